//! Who is writing in a room. Nobody needs to know it to the second: one person is told of once in a while, and beyond a
//! few at once everybody sees that several people are writing anyway. So a room of `n` listeners costs a bounded number of
//! rounds of `n` frames, however many write in it.

use crate::{accounts::Person, ids::RoomId, ids::UserId, platform::clock::Moment};
use axum::extract::ws::Utf8Bytes;
use serde_json::json;
use std::{collections::HashMap, time::Duration};

/// One person is told of once in this time, per room. Clients show it for twice as long.
const PAUSE: Duration = Duration::from_secs(3);
/// People told of at once in one room.
const PEOPLE_MAX: usize = 5;

/// The people who lately wrote, and whether the others were told of them.
#[derive(Default)]
pub(super) struct Typing(HashMap<UserId, Noted>);

struct Noted {
    at: Moment,
    is_told: bool,
}

impl Typing {
    /// Whether the others are to be told of this person now.
    pub(super) fn note(&mut self, user: UserId, now: Moment) -> bool {
        self.0.retain(|_, noted| now.since(noted.at) < PAUSE);
        let told = self.0.values().filter(|noted| noted.is_told).count();
        if self.0.contains_key(&user) || told >= PEOPLE_MAX {
            return false;
        }
        self.0.insert(user, Noted { at: now, is_told: true });
        true
    }

    /// They may not write here: asked no sooner again than anybody else, and in nobody's place.
    pub(super) fn refuse(&mut self, user: UserId) {
        if let Some(noted) = self.0.get_mut(&user) {
            noted.is_told = false;
        }
    }
}

pub(super) fn frame(room: RoomId, user: &Person) -> Utf8Bytes {
    let frame = json!({"t": "ephemeral", "kind": "typing", "room": room, "user": user, "state": "typing"});
    Utf8Bytes::from(frame.to_string())
}
