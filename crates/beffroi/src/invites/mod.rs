//! Invitations: links to the server and, if they name one, to a room; with an end and a number of uses.

mod actions;
pub mod routes;
mod store;

pub use actions::{require_usable, use_up};
pub use store::Invite;
