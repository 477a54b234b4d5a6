//! Each scenario furnishes a house, measures and audits it, and returns its runs.

mod audit;
mod fan_out;
mod history;
mod idle;
mod join;
mod send;
mod sign_in;
mod start;

use crate::{Options, Result, measure::Run};
use std::pin::Pin;

type Scenario = for<'a> fn(&'a Options) -> Pin<Box<dyn Future<Output = Result<Vec<Run>>> + 'a>>;

pub const SCENARIOS: &[(&str, &str, Scenario)] = &[
    ("start", "from nothing to open, idle memory, size of the program", |options| Box::pin(start::run(options))),
    ("send", "messages acknowledged, by 1, 16 and 64 senders", |options| Box::pin(send::run(options))),
    ("fan-out", "deliveries to the members of one room", |options| Box::pin(fan_out::run(options))),
    ("busy", "deliveries in a room of a thousand where many write", |options| Box::pin(fan_out::busy(options))),
    ("idle", "memory of open sockets where nothing happens", |options| Box::pin(idle::run(options))),
    ("history", "pages of a long room", |options| Box::pin(history::run(options))),
    ("sign-in", "sign-ins beside bare hashes, refreshes", |options| Box::pin(sign_in::run(options))),
    ("crush", "messages while 32 people sign in again and again", |options| Box::pin(sign_in::crush(options))),
    ("tokens", "requests that an access token opens", |options| Box::pin(start::tokens(options))),
    ("join", "five hundred people join one room at once", |options| Box::pin(join::run(options))),
];
