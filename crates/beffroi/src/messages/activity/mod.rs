//! What others said to a person, gathered from all rooms.

pub mod routes;
mod store;
