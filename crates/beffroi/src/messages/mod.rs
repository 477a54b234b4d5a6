//! Messages: sent through the group-commit writer, read in pages. Nothing is acknowledged before it is durable (CH-3).

mod access;
pub mod actions;
pub mod activity;
pub mod model;
mod pages;
pub mod routes;
mod store;
mod view;
mod writer;

pub use pages::Pages;
pub use store::{created_after, find_all, seq_of, unread};
pub use view::{MessageView, views};
pub use writer::{MessageWriter, Post, Posted};
