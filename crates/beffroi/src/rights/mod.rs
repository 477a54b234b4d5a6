//! Who holds which rights: the roles that an administrator defines, and giving one to somebody. Nobody grants, changes or
//! takes away what they do not hold themselves (AZ-5). A change counts from the next request on, here at once and in
//! another process within a second, for access tokens and sockets as well.

mod actions;
pub mod routes;

pub use actions::give;
