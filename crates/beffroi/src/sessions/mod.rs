//! Cookie sessions (AU-4): a random secret in the browser, its digest in the database, checked at every request.

pub mod actions;
mod cookie;
pub mod routes;
mod store;

pub use actions::authenticate;
pub use store::sweep;
