//! The suite: sentences about people, told through the front door, on SQLite and on PostgreSQL.
//! `house` builds a server with a clock in the test's hands; `postgres` starts one cluster for the whole run.

mod contract;
mod house;
#[allow(dead_code, reason = "shared by several suites, each of which needs a part")]
#[path = "../support/postgres.rs"]
mod postgres;

mod activity;
mod answers;
mod audit;
mod bad_input;
mod connections;
mod cursors;
mod direct_messages;
mod edits;
mod elsewhere;
mod invites;
mod limits;
mod messages;
mod openapi;
mod passwords;
mod people;
mod permissions;
mod presence;
mod races;
mod realtime;
mod roles;
mod room_rights;
mod rooms;
mod security;
mod sessions;
mod setup;
mod sign_in;
mod stale_edits;
mod threads;
mod tickets;
mod tokens;
mod typing;
