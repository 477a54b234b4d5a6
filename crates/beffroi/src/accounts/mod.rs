//! People and their accounts: set-up, registration, profile. Personal fields are sealed (DP-3).

pub mod actions;
mod blocks;
pub mod model;
pub mod routes;
mod store;

pub use blocks::{block, blocked_among, blocked_ids, is_any_blocked, is_blocked, unblock};
pub use routes::UserView;
pub use store::{
    Account, Acquaintances, Person, active_among, active_ids, an_administrator_exists, changed_since, find,
    find_by_login, list, lock, look_up, mark_seen, people, raise_token_epoch, replace_password_hash, set_password_hash,
    set_role,
};
