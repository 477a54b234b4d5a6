//! The second suite: the real program, started, killed, misconfigured and talked to slowly, as its operators and
//! clients do. `program` runs it, `people` talk to it; what needs no process of its own is told in the first suite.

#[allow(dead_code, reason = "shared by several suites, each of which needs a part")]
#[path = "../support/postgres.rs"]
mod postgres;

mod people;
mod program;

mod command_line;
mod configuration;
mod crash;
mod demo;
mod proxy;
mod slow_clients;
mod two_servers;
