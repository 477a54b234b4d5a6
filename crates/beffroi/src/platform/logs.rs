//! Structured logs: text on a terminal, JSON lines elsewhere, or as asked for. No personal data at normal level (OB-6): a
//! request is logged by its route, never by its address line, which may carry an invitation code.

use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, Registry, fmt, layer::SubscriberExt, reload, util::SubscriberInitExt};

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

/// What is logged, which can change while the server runs.
#[derive(Clone)]
pub struct LogFilter(reload::Handle<EnvFilter, Registry>);

impl LogFilter {
    pub fn change(&self, filter: &str) {
        if let Err(error) = self.0.reload(EnvFilter::new(filter)) {
            tracing::warn!(%error, "what is logged could not be changed");
        }
    }
}

/// Logs go to standard error, so that what a command prints stays clean.
pub fn start(filter: &str, format: Format) -> LogFilter {
    let (filter, handle) = reload::Layer::new(EnvFilter::new(filter));
    let registry = tracing_subscriber::registry().with(filter);
    let layer = fmt::layer().with_writer(std::io::stderr);
    // A second start (several servers in one test process) is harmless: the first one stays.
    let _already_started = match format {
        Format::Text => registry.with(layer.with_target(false)).try_init(),
        Format::Json => registry.with(layer.json().flatten_event(true)).try_init(),
    };
    LogFilter(handle)
}
