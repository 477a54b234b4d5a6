//! A new password: one's own change, and the one-time link for whoever forgot theirs (ID-7, ID-8).

pub mod actions;
pub mod routes;
mod store;

pub use store::sweep;
