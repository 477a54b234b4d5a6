//! Tokens against forged requests (RA-3, `csrf.mode = "token"`): a time and its MAC for one session. No table knows them; a
//! page of another site can neither read one nor make one.

use crate::{ids::SessionId, keyring::KeyRing, platform::clock::Moment};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use beffroi_crypto::keys::{mac, mac_matches};
use std::time::Duration;

/// How long one is good.
const LIFETIME: Duration = Duration::from_secs(3600);
const TIME_BYTES: usize = 8;
const TAG_BYTES: usize = 16;
/// base64url of both.
const TOKEN_CHARS: usize = 32;

pub(super) struct CsrfToken {
    pub text: String,
    pub expires_at: Moment,
}

impl CsrfToken {
    pub(super) fn issue(keys: &KeyRing, session: SessionId, now: Moment) -> Self {
        let expires_at = now + LIFETIME;
        let time = expires_at.0.to_be_bytes();
        let tag = mac(keys.csrf_key(), &signed(session, &time));
        let text = URL_SAFE_NO_PAD.encode([time.as_slice(), &tag[..TAG_BYTES]].concat());
        Self { text, expires_at }
    }
}

/// Whether we issued this text to this session, less than an hour ago.
pub(super) fn is_good(keys: &KeyRing, session: SessionId, text: &str, now: Moment) -> bool {
    if text.len() != TOKEN_CHARS {
        return false;
    }
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else { return false };
    let Some((time, tag)) = bytes.split_first_chunk::<TIME_BYTES>() else { return false };
    let is_ours = tag.len() == TAG_BYTES && mac_matches(keys.csrf_key(), &signed(session, time), tag);
    is_ours && now < Moment(i64::from_be_bytes(*time))
}

fn signed(session: SessionId, time: &[u8]) -> Vec<u8> {
    [b"beffroi/csrf".as_slice(), session.0.as_bytes(), time].concat()
}
