//! Rooms and their members. A room is only found through what the actor may see of it (`access`).

mod access;
pub mod actions;
pub mod direct;
mod direct_store;
pub mod model;
pub mod routes;
mod store;
mod view;

pub use access::{KnownRoom, ReadableRoom, WritableRoom, known, readable, require_may_add, to_write_to, writable};
pub use direct_store::{closed_among, lock_conversation};
pub use store::{
    Room, advance, advance_any, append_event, events_after, find, is_member, last_seqs, lock, mark_read, member_ids,
    members_among, read_seqs, readable_ids, retreat, rooms_of, set_last_seqs,
};
pub use view::{RoomView, view};
