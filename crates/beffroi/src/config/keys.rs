//! Every setting: its name in `beffroi.toml`, its names in the environment, what it may be, what it is without anybody's
//! doing. What reads, checks, shows and documents settings reads this table.

use ipnet::IpNet;
use std::net::SocketAddr;
use tracing_subscriber::EnvFilter;
use url::Url;

pub struct Key {
    /// `section.key`.
    pub name: &'static str,
    /// Traditional names; `BEFFROI_SECTION__KEY` works besides.
    pub environment: &'static [&'static str],
    pub kind: Kind,
    /// Nothing means: not set.
    pub default: &'static str,
    pub about: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Line,
    Number {
        min: u32,
        max: u32,
    },
    Switch,
    Choice(&'static [&'static str]),
    Listen,
    WebAddress,
    Networks,
    LogFilter,
    /// Never shown; may come from a file of its own, never from the command line.
    Secret,
}

use Kind::{Choice, Line, Listen, LogFilter, Networks, Number, Secret, Switch, WebAddress};

const RATE: Kind = Number { min: 1, max: 1_000_000 };
const CONNECTIONS: Kind = Number { min: 1, max: 100_000 };
const YEAR_MINUTES: u32 = 365 * 24 * 60;
const MINUTES: Kind = Number { min: 1, max: YEAR_MINUTES };
/// What ended is remembered for an hour (`sessions/standing.rs`): no access token may live longer.
pub const ACCESS_MINUTES_MAX: u32 = 60;

#[rustfmt::skip]
pub const KEYS: &[Key] = &[
    key("server.name", &[], Line, "", "What the community calls itself. Set here, it can no longer be changed on the page"),
    key("server.listen", &["BEFFROI_LISTEN"], Listen, "127.0.0.1:8080", "Address and port to listen on"),
    key("server.public_url", &["PUBLIC_URL"], WebAddress, "", "Where people reach the server, when a proxy stands before it"),
    key("server.environment", &["ENVIRONMENT"], Choice(&["development", "staging", "production"]), "production", "development shows internal errors to everybody"),
    key("server.insecure_http", &[], Switch, "false", "Serve in clear text beyond this machine"),
    key("server.trust_proxy_hops", &["TRUST_PROXY_HOPS"], Number { min: 0, max: 255 }, "0", "Proxies of yours between the clients and this server"),
    key("server.trusted_proxies", &["TRUSTED_PROXIES"], Networks, "", "Where those proxies are; from anywhere else their header counts for nothing"),
    key("database.url", &["DATABASE_URL"], Secret, "", "postgres://… or sqlite:PATH, instead of the SQLite file in the data directory"),
    key("secrets.jwt", &["JWT_SECRET", "SECRET_KEY"], Secret, "", "Signs access tokens; made at the first start when not set"),
    key("secrets.database_encryption", &["DATABASE_ENCRYPTION_KEY"], Secret, "", "Wraps the keys of the database; made at the first start when not set"),
    key("sessions.idle_minutes", &["SESSION_TIMEOUT_MINUTES"], MINUTES, "30", "A browser's session ends after so long without use"),
    key("sessions.absolute_minutes", &[], MINUTES, "1440", "... and after so long in all"),
    key("sessions.remembered_idle_minutes", &[], MINUTES, "10080", "The same with \"stay signed in\""),
    key("sessions.remembered_absolute_minutes", &[], MINUTES, "43200", "The same with \"stay signed in\", and of a program's session"),
    key("sessions.access_minutes", &["JWT_EXPIRY_MINUTES", "ACCESS_TOKEN_EXPIRE_MINUTES"], Number { min: 1, max: ACCESS_MINUTES_MAX }, "15", "How long an access token lasts"),
    key("sessions.refresh_days", &["JWT_REFRESH_EXPIRY_DAYS"], Number { min: 1, max: 365 }, "7", "How long a refresh token waits for its use"),
    key("csrf.mode", &[], Choice(&["fetch", "token"]), "fetch", "What proves that our own page makes a change: what the browser says by itself, or a token besides"),
    key("registration.mode", &["REGISTRATION_MODE"], Choice(&["invite"]), "invite", "How one becomes a member: by invitation, which is all there is yet"),
    key("limits.global_per_minute", &["RATE_LIMIT_GLOBAL_RPM"], RATE, "1000", "Requests without a valid credential, all together"),
    key("limits.global_burst", &["RATE_LIMIT_GLOBAL_BURST"], RATE, "100", "... so many of them at once; a rate set without its burst has as many"),
    key("limits.global_scope", &[], Choice(&["anonymous", "all"]), "anonymous", "all: the global rate counts requests with a valid credential, too"),
    key("limits.person_per_minute", &["RATE_LIMIT_PER_USER_RPM"], RATE, "100", "Requests of one person"),
    key("limits.person_burst", &["RATE_LIMIT_PER_USER_BURST"], RATE, "20", "... at once"),
    key("limits.address_per_minute", &["RATE_LIMIT_PER_IP_RPM"], RATE, "200", "Requests of one address (IPv6: of one /64)"),
    key("limits.address_burst", &["RATE_LIMIT_PER_IP_BURST"], RATE, "50", "... at once"),
    key("limits.messages_per_minute", &["RATE_LIMIT_MESSAGES_RPM"], RATE, "60", "Messages of one person"),
    key("limits.messages_burst", &["RATE_LIMIT_MESSAGES_BURST"], RATE, "10", "... at once"),
    key("limits.sign_in_per_5_minutes", &["RATE_LIMIT_LOGIN_PER_5MIN"], RATE, "5", "Failed sign-ins by address and account"),
    key("limits.sign_in_burst", &["RATE_LIMIT_LOGIN_BURST"], RATE, "2", "... at once"),
    key("limits.connections_per_address", &["MAX_CONNECTIONS_PER_IP"], CONNECTIONS, "100", "Connections that one address (IPv6: one /64) may hold at once"),
    key("logs.level", &["BEFFROI_LOG"], LogFilter, "info,sqlx=warn,sea_orm_migration=warn", "What is logged: error, warn, info, debug, trace, or a filter such as info,sqlx=warn"),
    key("logs.format", &["BEFFROI_LOG_FORMAT"], Choice(&["auto", "text", "json"]), "auto", "auto: text on a terminal, JSON lines elsewhere"),
];

const fn key(
    name: &'static str,
    environment: &'static [&'static str],
    kind: Kind,
    default: &'static str,
    about: &'static str,
) -> Key {
    Key { name, environment, kind, default, about }
}

/// Traditional names that Beffroi does not answer to yet. Whoever asks for a protection by its name and does not get it
/// must learn so before anybody relies on it: those refuse to start. Of the others it is only said.
pub const NOT_YET: &[(&str, NotYet)] = &[
    ("ACME_DOMAINS", NotYet::Protects),
    ("ALLOWED_FILE_TYPES", NotYet::Convenience),
    ("AUDIT_LOG_RETENTION_DAYS", NotYet::Convenience),
    ("AUTO_BLOCK_ENABLED", NotYet::Protects),
    ("BACKUP_DESTINATIONS", NotYet::Protects),
    ("CLAMD_ADDRESS", NotYet::Convenience),
    ("CORS_ALLOWED_METHODS", NotYet::Convenience),
    ("CORS_ALLOWED_ORIGINS", NotYet::Convenience),
    ("CORS_MAX_AGE", NotYet::Convenience),
    ("CORS_ORIGINS", NotYet::Convenience),
    ("GEOIP_FILE", NotYet::Convenience),
    ("HTTP_REDIRECT_LISTEN", NotYet::Convenience),
    ("JWT_ALGORITHM", NotYet::Convenience),
    ("MAIL_FROM", NotYet::Convenience),
    ("MAX_CONCURRENT_SESSIONS", NotYet::Protects),
    ("MAX_FILE_SIZE_MB", NotYet::Convenience),
    ("METRICS_LISTEN", NotYet::Convenience),
    ("METRICS_TOKEN", NotYet::Convenience),
    ("OUTBOUND_ALLOW", NotYet::Convenience),
    ("PROMETHEUS_METRICS_ENABLED", NotYet::Convenience),
    ("RATE_LIMIT_DEMO_RPM", NotYet::Convenience),
    ("REDIS_URL", NotYet::Convenience),
    ("SANDBOX_RESET_MINUTES", NotYet::Convenience),
    ("SECURITY_ALERT_WEBHOOK", NotYet::Protects),
    ("SECURITY_ALERT_WEBHOOK_FORMAT", NotYet::Convenience),
    ("SMTP_URL", NotYet::Convenience),
    ("TLS_CERT_FILE", NotYet::Protects),
    ("TLS_KEY_FILE", NotYet::Protects),
    ("TWO_FACTOR_REQUIRED", NotYet::Protects),
    ("VIRUS_SCAN_ENABLED", NotYet::Protects),
    ("WEBHOOK_SECRET", NotYet::Convenience),
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum NotYet {
    Protects,
    Convenience,
}

impl Key {
    pub fn named(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    pub fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret)
    }

    /// Whether a running server takes a new value without a restart.
    pub fn is_live(&self) -> bool {
        self.name == "logs.level" || self.kind == RATE
    }

    /// The name that messages use.
    pub fn usual_name(&self) -> &'static str {
        self.environment.first().copied().unwrap_or(self.name)
    }

    pub fn section(&self) -> &'static str {
        self.name.split_once('.').map_or("", |(section, _)| section)
    }
}

impl Kind {
    pub fn accepts(self, text: &str) -> bool {
        match self {
            Self::Line => text.chars().count() <= crate::settings::SERVER_NAME_CHARS_MAX && !text.contains('\n'),
            Self::Number { min, max } => text.parse().is_ok_and(|number: u32| (min..=max).contains(&number)),
            Self::Switch => matches!(text, "true" | "false"),
            Self::Choice(choices) => choices.contains(&text),
            Self::Listen => text.parse::<SocketAddr>().is_ok(),
            Self::WebAddress => {
                text.parse().is_ok_and(|url: Url| matches!(url.scheme(), "http" | "https") && url.has_host())
            }
            Self::Networks => networks(text).is_some(),
            Self::LogFilter => EnvFilter::builder().parse(text).is_ok(),
            Self::Secret => true,
        }
    }

    pub fn wanted(self) -> String {
        match self {
            Self::Line => format!("one line of at most {} characters", crate::settings::SERVER_NAME_CHARS_MAX),
            Self::Number { min, max } => format!("a whole number from {min} to {max}"),
            Self::Switch => "true or false".to_owned(),
            Self::Choice([only]) => format!("{only}, which is all there is yet"),
            Self::Choice(choices) => format!("one of {}", choices.join(", ")),
            Self::Listen => "an address and a port such as 127.0.0.1:8080".to_owned(),
            Self::WebAddress => "an address such as https://chat.example.org".to_owned(),
            Self::Networks => "addresses or networks such as 10.0.0.0/8, with commas between them".to_owned(),
            Self::LogFilter => "error, warn, info, debug, trace or a filter such as info,sqlx=warn".to_owned(),
            Self::Secret => "a secret".to_owned(),
        }
    }

    /// Whether TOML writes it without quotation marks.
    pub fn is_bare(self) -> bool {
        matches!(self, Self::Number { .. } | Self::Switch)
    }
}

/// `10.0.0.0/8, 192.0.2.1`: none where one of them cannot be read.
pub fn networks(text: &str) -> Option<Vec<IpNet>> {
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| entry.parse().ok().or_else(|| entry.parse::<std::net::IpAddr>().ok().map(IpNet::from)))
        .collect()
}
