//! Structured logs: text on a terminal, JSON lines elsewhere. No personal data at normal level (OB-6): a request is
//! logged by its route, never by its address line, which may carry an invitation code.

use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// What is logged unless somebody asks for more. The migrator tells at every start, of every command, that there is
/// nothing to do.
const FILTER: &str = "info,sqlx=warn,sea_orm_migration=warn";

/// Logs go to standard error, so that what a command prints stays clean. `BEFFROI_LOG` takes a filter such as `debug`.
pub fn start() {
    let filter = EnvFilter::try_from_env("BEFFROI_LOG").unwrap_or_else(|_| EnvFilter::new(FILTER));
    let registry = tracing_subscriber::registry().with(filter);
    let layer = fmt::layer().with_writer(std::io::stderr);
    // A second start (several servers in one test process) is harmless: the first one stays.
    let _already_started = if std::io::stderr().is_terminal() {
        registry.with(layer.with_target(false)).try_init()
    } else {
        registry.with(layer.json().flatten_event(true)).try_init()
    };
}
