//! Who may do what: permissions by their fixed names, roles as data. Deny by default (AZ-3).

mod model;
mod store;

pub use model::{BUILT_IN_ROLES, Permission, PermissionSet, Role};
pub use store::{
    Definition, all, count, delete_unused, ensure_built_in, find, insert, lock, permissions_of, set_permissions,
};
