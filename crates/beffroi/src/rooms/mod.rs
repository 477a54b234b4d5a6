//! Rooms and their members. A room is only found through what the actor may see of it (`access`).

mod access;
pub mod actions;
pub mod model;
pub mod routes;
mod store;

pub use access::{
    KnownRoom, ReadableRoom, WritableRoom, known, readable, require_may_add, writable, writable_by_member,
};
pub use routes::{RoomView, view};
pub use store::{
    Room, advance, advance_any, append_event, events_after, find, is_member, last_seqs, lock, mark_read, members_among,
    retreat, rooms_of,
};
