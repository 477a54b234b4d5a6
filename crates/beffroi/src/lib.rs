//! Beffroi: a self-hosted community chat server. ARCHITECTURE.md is the map of this house.

pub mod accounts;
pub mod actor;
pub mod app;
pub mod audit;
pub mod cli;
pub mod config;
pub mod error;
pub mod event;
pub mod ids;
pub mod invites;
pub mod jobs;
pub mod keyring;
pub mod messages;
pub mod openapi;
pub mod people;
pub mod platform;
pub mod problems;
pub mod realtime;
pub mod roles;
pub mod rooms;
pub mod route;
pub mod router;
pub mod server;
pub mod sessions;
pub mod settings;
pub mod tx;
