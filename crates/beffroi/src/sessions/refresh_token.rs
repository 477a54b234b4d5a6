//! Refresh tokens: `bfr_rt_` and the session, the generation and their MAC. None lies in the database, and the successor of
//! one can be made again: an answer that was lost on its way costs nobody their session.

use crate::{ids::SessionId, keyring::KeyRing};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use beffroi_crypto::keys::{mac, mac_matches};
use uuid::Uuid;

const PREFIX: &str = "bfr_rt_";
const TAG_BYTES: usize = 16;
const BODY_BYTES: usize = 16 + 8;

/// What a refresh token names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RefreshToken {
    pub session: SessionId,
    pub generation: i64,
}

impl RefreshToken {
    pub(super) fn write(self, keys: &KeyRing) -> String {
        let body = self.body();
        let tag = mac(keys.refresh_key(), &signed(&body));
        let bytes = [body.as_slice(), &tag[..TAG_BYTES]].concat();
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// None for anything that we did not write: such a token revokes nothing, or anybody could end a session.
    pub(super) fn read(keys: &KeyRing, text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        let (body, tag) = bytes.split_at_checked(BODY_BYTES)?;
        if tag.len() != TAG_BYTES || !mac_matches(keys.refresh_key(), &signed(body), tag) {
            return None;
        }
        let (session, generation) = body.split_at(16);
        Some(Self {
            session: SessionId(Uuid::from_slice(session).ok()?),
            generation: i64::from_be_bytes(generation.try_into().ok()?),
        })
    }

    fn body(self) -> Vec<u8> {
        [self.session.0.as_bytes().as_slice(), &self.generation.to_be_bytes()].concat()
    }
}

fn signed(body: &[u8]) -> Vec<u8> {
    [b"beffroi/refresh", body].concat()
}
