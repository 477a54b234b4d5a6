//! Structured logs: text on a terminal, JSON lines elsewhere, or as asked for. No personal data at normal level (OB-6): a
//! request is logged by its route, never by its address line, which may carry an invitation code.

use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
}

impl Format {
    /// `text`, `json`, or what suits whoever reads standard error.
    pub fn named(name: &str) -> Self {
        match name {
            "text" => Self::Text,
            "json" => Self::Json,
            _ if std::io::stderr().is_terminal() => Self::Text,
            _ => Self::Json,
        }
    }
}

/// Logs go to standard error, so that what a command prints stays clean.
pub fn start(filter: &str, format: Format) {
    let registry = tracing_subscriber::registry().with(EnvFilter::new(filter));
    let layer = fmt::layer().with_writer(std::io::stderr);
    // A second start (several servers in one test process) is harmless: the first one stays.
    let _already_started = match format {
        Format::Text => registry.with(layer.with_target(false)).try_init(),
        Format::Json => registry.with(layer.json().flatten_event(true)).try_init(),
    };
}
