//! Every event that people are told about, and who hears it.
//!
//! | kind | audience | numbered |
//! | --- | --- | --- |
//! | `message.created` | members of the room | yes, by the message |
//! | `message.edited` | members of the room | yes |
//! | `message.deleted` | members of the room | yes |
//! | `room.changed` | members of the room | yes |
//! | `member.changed` | members of the room, and the person it is about | yes |
//!
//! Ephemeral, for whoever is there: `typing`, to the others in the room (`realtime/typing.rs`).
//!
//! A [`Notice`] is for one person's other sessions, and not numbered: who was away finds it in `GET /auth/notices`.

use crate::{
    ids::{AuditEventId, RoomId, SessionId, UserId},
    platform::clock::Moment,
    roles::Role,
};
use axum::extract::ws::Utf8Bytes;
use schemars::JsonSchema;
use serde::Serialize;

pub const MESSAGE_CREATED: &str = "message.created";
pub const MESSAGE_EDITED: &str = "message.edited";
pub const MESSAGE_DELETED: &str = "message.deleted";
pub const ROOM_CHANGED: &str = "room.changed";
pub const MEMBER_CHANGED: &str = "member.changed";

/// What a commit makes true for listeners.
#[derive(Clone, Debug)]
pub enum Publication {
    /// A numbered event of a room, encoded once; every socket shares the bytes.
    Event { room: RoomId, seq: i64, frame: Utf8Bytes },
    /// A person's sockets begin to hear a room, from the event after `seq`.
    Joined { user: UserId, room: RoomId, seq: i64 },
    /// A person's sockets stop hearing a room, once they heard the event `seq`.
    Left { user: UserId, room: RoomId },
    /// For a person's sockets, but for those of the session that it is about.
    Notice { user: UserId, but: SessionId, frame: Utf8Bytes },
    /// A person's account changed: what is known of it by heart is looked up again.
    PersonChanged { user: UserId },
    /// What a role may do changed: what is known of its people by heart is looked up again.
    RoleChanged { role: Role },
    /// A session is over: its sockets close at once.
    SessionEnded { session: SessionId, reason: &'static str },
}

/// An account was first used from a network: was it you?
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Notice {
    pub id: AuditEventId,
    pub at: Moment,
    pub network: Option<String>,
    pub device: Option<String>,
}

impl Notice {
    pub fn frame(&self) -> Utf8Bytes {
        let json = serde_json::json!({"t": "notice", "notice": self});
        Utf8Bytes::from(json.to_string())
    }
}

/// A numbered event as the socket and `GET /rooms/{id}/changes` show it.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[schemars(rename = "RoomEvent")]
pub struct RoomEvent<D> {
    pub room: RoomId,
    pub seq: i64,
    pub kind: String,
    pub data: D,
}

#[derive(Serialize)]
struct Frame<'a, D> {
    t: &'static str,
    #[serde(flatten)]
    event: &'a RoomEvent<D>,
}

impl<D: Serialize> RoomEvent<D> {
    /// The frame that the socket carries.
    pub fn frame(&self) -> Utf8Bytes {
        let json = serde_json::to_string(&Frame { t: "event", event: self });
        Utf8Bytes::from(json.expect("events serialise: their keys are strings"))
    }

    pub fn publication(&self) -> Publication {
        Publication::Event { room: self.room, seq: self.seq, frame: self.frame() }
    }
}
