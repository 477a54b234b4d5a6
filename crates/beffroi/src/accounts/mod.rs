//! People and their accounts: set-up, registration, profile. Personal fields are sealed (DP-3).

pub mod actions;
pub mod model;
pub mod routes;
mod store;

pub use routes::UserView;
pub use store::{
    Account, Person, an_administrator_exists, find, find_by_login, list, mark_seen, people, replace_password_hash,
};
