//! The socket (CH-3). The database is the truth, events are hints: clients write by HTTP, the socket carries events out.
//! A reconnecting client gets exactly what it missed; a hole in a room's numbers is read from the database.

mod comparison;
mod cursor;
mod hub;
mod replay;
pub mod routes;
mod socket;
mod typing;

pub use comparison::compare;
pub use hub::Hub;
