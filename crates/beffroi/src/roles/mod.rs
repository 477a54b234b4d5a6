//! Who may do what: permissions by their fixed names, roles as data. Deny by default (AZ-3).

mod model;
mod store;

pub use model::{BUILT_IN_ROLES, Permission, PermissionSet, Role};
pub use store::{ensure_built_in, lock, permissions_of};
