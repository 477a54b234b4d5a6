//! The cursor: how far a person has heard each of their rooms. Opaque outside, authenticated, bound to the person.
//! A frame inwards holds 4 KiB, so a cursor holds a bounded number of rooms; any further one starts with a gap.

use crate::{
    ids::{RoomId, UserId},
    keyring::KeyRing,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use beffroi_crypto::keys::{mac, mac_matches};
use std::collections::HashMap;

const VERSION: u8 = 1;
const TAG_BYTES: usize = 16;
/// A room is named by the first half of its id: 62 random bits tell one person's rooms apart.
const NAME_BYTES: usize = 8;
const ENTRY_BYTES: usize = NAME_BYTES + 8;
/// 160 entries make 3,440 characters.
pub(super) const ROOMS_MAX: usize = 160;

pub(super) type Heard = HashMap<RoomId, i64>;

/// Writes the numbers heard in `rooms`, of which the first [`ROOMS_MAX`] are kept.
pub(super) fn encode(keys: &KeyRing, user: UserId, rooms: impl IntoIterator<Item = (RoomId, i64)>) -> String {
    let mut bytes = vec![VERSION];
    for (room, seq) in rooms.into_iter().take(ROOMS_MAX) {
        bytes.extend_from_slice(&room.0.as_bytes()[..NAME_BYTES]);
        bytes.extend_from_slice(&seq.to_be_bytes());
    }
    let tag = mac(keys.cursor_key(), &bound(user, &bytes));
    bytes.extend_from_slice(&tag[..TAG_BYTES]);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a cursor of this person for these rooms; None for one that we did not give them.
pub(super) fn decode(
    keys: &KeyRing,
    user: UserId,
    cursor: &str,
    rooms: impl IntoIterator<Item = RoomId>,
) -> Option<Heard> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (signed, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG_BYTES)?)?;
    let (version, entries) = signed.split_first()?;
    let is_ours = mac_matches(keys.cursor_key(), &bound(user, signed), tag);
    if !is_ours || *version != VERSION || entries.len() % ENTRY_BYTES != 0 {
        return None;
    }
    let heard: HashMap<&[u8], i64> = entries
        .chunks_exact(ENTRY_BYTES)
        .filter_map(|entry| {
            let (name, seq) = entry.split_at(NAME_BYTES);
            Some((name, i64::from_be_bytes(seq.try_into().ok()?)))
        })
        .collect();
    Some(rooms.into_iter().filter_map(|room| Some((room, *heard.get(&room.0.as_bytes()[..NAME_BYTES])?))).collect())
}

fn bound(user: UserId, bytes: &[u8]) -> Vec<u8> {
    [b"beffroi/cursor", user.0.as_bytes().as_slice(), bytes].concat()
}
