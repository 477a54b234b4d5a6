//! The settings of one server, as the rest of the house knows them. `keys.rs` is the table of all settings, `layers.rs`
//! where they come from, `profiles.rs` the kinds of houses, `secrets.rs` what must stay secret.

pub mod keys;
pub mod layers;
pub mod listing;
pub mod profiles;
mod secrets;

pub use secrets::{Secrets, generate_secret, write_secret};

use crate::{
    error::Result,
    platform::{
        database::{Database, Unfit},
        limits::{Rate, Rates},
        random::Random,
    },
};
use beffroi_crypto::password::Argon2Cost;
use ipnet::IpNet;
use layers::Layers;
use secrecy::{ExposeSecret, SecretString};
use secrets::TYPED_SECRET_CHARS_MIN;
use std::{
    fs, io,
    net::SocketAddr,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};
use url::Url;

#[derive(Clone)]
pub struct Config {
    pub data: PathBuf,
    /// What the operator calls the community, over what the page would.
    pub server_name: Option<String>,
    pub listen: SocketAddr,
    /// Where people reach the server, when a proxy stands before it.
    pub public_url: Option<Url>,
    pub environment: Environment,
    pub database_url: Option<SecretString>,
    pub encryption_key: SecretString,
    /// Signs access tokens.
    pub jwt_secret: SecretString,
    pub password_cost: Argon2Cost,
    /// Password hashes computed at once.
    pub hashing_concurrency: usize,
    pub sessions: SessionTimes,
    pub rates: Rates,
    /// The global rate counts every request, not only those without a valid credential (RA-1).
    pub global_rate_is_for_all: bool,
    /// Proxies of ours between the client and us (RA-2).
    pub trusted_proxy_hops: u8,
    /// Where those proxies are; empty where the number of hops is all we know.
    pub trusted_proxies: Vec<IpNet>,
    /// Connections that one address (IPv6: one /64) may hold at once (RA-7).
    pub connections_per_address: u32,
    pub csrf_mode: CsrfMode,
    /// The people of `beffroi demo`, shown on its sign-in page; empty everywhere else.
    pub demo_accounts: Vec<DemoAccount>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    Development,
    Staging,
    Production,
}

/// What a change made with the cookie must bring, to prove that our own page sends it (RA-3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CsrfMode {
    /// What the browser says by itself: `Sec-Fetch-Site`, or `Origin`.
    #[default]
    Fetch,
    /// A token besides.
    Token,
}

/// How long a cookie session lives (AU-4, AU-5).
#[derive(Clone, Copy, Debug)]
pub struct SessionTimes {
    pub idle: Duration,
    pub absolute: Duration,
    /// With "stay signed in".
    pub remembered_idle: Duration,
    pub remembered_absolute: Duration,
    /// How long an access token lasts.
    pub access: Duration,
    /// How long a refresh token waits for its use.
    pub refresh: Duration,
}

impl Default for SessionTimes {
    fn default() -> Self {
        const HOUR: Duration = Duration::from_secs(3600);
        Self {
            idle: HOUR / 2,
            absolute: 24 * HOUR,
            remembered_idle: 7 * 24 * HOUR,
            remembered_absolute: 30 * 24 * HOUR,
            access: HOUR / 4,
            refresh: 7 * 24 * HOUR,
        }
    }
}

#[derive(Clone, Debug, schemars::JsonSchema, serde::Serialize)]
pub struct DemoAccount {
    pub username: String,
    pub password: String,
}

/// Why the settings do not make a server.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{path} could not be {done}")]
    File { path: String, done: &'static str, source: io::Error },
    #[error(
        "{name} is too weak: a secret typed by hand needs {TYPED_SECRET_CHARS_MIN} characters of some variety; `beffroi secret generate` prints a good one"
    )]
    WeakSecret { name: &'static str },
    #[error("{path} may be read by others: `chmod 600 {path}`")]
    ReadableByOthers { path: String },
    #[error(
        "{0} is not on this machine alone and would be served in clear text: put a TLS proxy before it and set TRUST_PROXY_HOPS, or say --insecure-http"
    )]
    ClearText(SocketAddr),
    #[error("the database has keys, but DATABASE_ENCRYPTION_KEY is not set and the data directory holds none")]
    KeyIsGone,
    #[error("DATABASE_URL must be a URL that begins with postgres:// or sqlite:")]
    DatabaseUrl,
}

impl Config {
    pub fn new(data: PathBuf, listen: SocketAddr, secrets: Secrets) -> Self {
        Self {
            data,
            server_name: None,
            listen,
            public_url: None,
            environment: Environment::Production,
            database_url: None,
            encryption_key: secrets.encryption_key,
            jwt_secret: secrets.jwt_secret,
            password_cost: Argon2Cost::default(),
            hashing_concurrency: std::thread::available_parallelism().map_or(2, usize::from),
            sessions: SessionTimes::default(),
            rates: Rates::default(),
            global_rate_is_for_all: false,
            trusted_proxy_hops: 0,
            trusted_proxies: Vec::new(),
            connections_per_address: 100,
            csrf_mode: CsrfMode::default(),
            demo_accounts: Vec::new(),
        }
    }

    /// The configuration of a deployment, its secrets made where this is its first start.
    pub fn from_layers(data: PathBuf, layers: &Layers, random: &Random) -> Result<Self, ConfigError> {
        prepare_data_directory(&data)?;
        let secrets = Secrets::load(&data, layers, random)?;
        let environment = match layers.setting("server.environment").text.as_str() {
            "development" => Environment::Development,
            "staging" => Environment::Staging,
            _ => Environment::Production,
        };
        Ok(Self {
            server_name: layers.optional("server.name"),
            public_url: layers.optional("server.public_url"),
            environment,
            database_url: layers.secret("database.url"),
            csrf_mode: match layers.setting("csrf.mode").text.as_str() {
                "token" => CsrfMode::Token,
                _ => CsrfMode::Fetch,
            },
            sessions: SessionTimes::from_layers(layers),
            rates: rates(layers),
            global_rate_is_for_all: layers.setting("limits.global_scope").text == "all",
            trusted_proxy_hops: layers.value("server.trust_proxy_hops"),
            connections_per_address: layers.value("limits.connections_per_address"),
            trusted_proxies: keys::networks(&layers.setting("server.trusted_proxies").text).unwrap_or_default(),
            ..Self::new(data, layers.value("server.listen"), secrets)
        })
    }

    /// Where people open the application.
    pub fn origin(&self) -> String {
        match &self.public_url {
            Some(url) => url.origin().ascii_serialization(),
            None => format!("http://{}", self.listen),
        }
    }

    /// Whether browsers reach us by https, so that cookies may be `Secure` and `__Host-` (AU-4).
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }

    /// Refuses to serve in clear text beyond this machine by accident (DP-1).
    pub fn refuse_clear_text(&self, insecure_http: bool) -> Result<(), ConfigError> {
        refuse_clear_text(self.listen, self.trusted_proxy_hops, self.environment, insecure_http)
    }

    /// Where the database lies when it is SQLite.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        sqlite_file(&self.data, self.database_url.as_ref())
    }

    pub async fn open_database(&self) -> Result<Database> {
        open_database(&self.data, self.database_url.as_ref()).await
    }
}

pub fn refuse_clear_text(
    listen: SocketAddr,
    trusted_proxy_hops: u8,
    environment: Environment,
    insecure_http: bool,
) -> Result<(), ConfigError> {
    let is_fenced = listen.ip().is_loopback() || trusted_proxy_hops >= 1;
    if is_fenced || insecure_http || environment == Environment::Development {
        return Ok(());
    }
    Err(ConfigError::ClearText(listen))
}

pub fn sqlite_file(data: &Path, url: Option<&SecretString>) -> Option<PathBuf> {
    let Some(url) = url else { return Some(data.join("beffroi.db")) };
    let path = url.expose_secret().strip_prefix("sqlite:")?;
    Some(PathBuf::from(path.trim_start_matches("//")))
}

pub async fn open_database(data: &Path, url: Option<&SecretString>) -> Result<Database> {
    if let Some(file) = sqlite_file(data, url) {
        return open_sqlite(&file).await;
    }
    let url = url.map(ExposeSecret::expose_secret).unwrap_or_default();
    // One that is no URL would be repeated by the driver's complaint, password included.
    let is_url = Url::parse(url).is_ok();
    if !is_url || !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(crate::error::Error::internal(ConfigError::DatabaseUrl));
    }
    Database::open_postgres(url).await.map_err(|unfit: Unfit| unfit.into())
}

impl SessionTimes {
    fn from_layers(layers: &Layers) -> Self {
        let minutes = |name: &str| Duration::from_secs(60 * layers.value::<u64>(name));
        Self {
            idle: minutes("sessions.idle_minutes"),
            absolute: minutes("sessions.absolute_minutes"),
            remembered_idle: minutes("sessions.remembered_idle_minutes"),
            remembered_absolute: minutes("sessions.remembered_absolute_minutes"),
            access: minutes("sessions.access_minutes"),
            refresh: Duration::from_secs(24 * 3600 * layers.value::<u64>("sessions.refresh_days")),
        }
    }
}

/// The rates of RA-1 as these settings have them.
pub fn rates(layers: &Layers) -> Rates {
    let Rates { global, per_person, per_address, sign_in, messages } = Rates::default();
    Rates {
        global: rate(layers, "limits.global_per_minute", "limits.global_burst", global),
        per_person: rate(layers, "limits.person_per_minute", "limits.person_burst", per_person),
        per_address: rate(layers, "limits.address_per_minute", "limits.address_burst", per_address),
        sign_in: rate(layers, "limits.sign_in_per_5_minutes", "limits.sign_in_burst", sign_in),
        messages: rate(layers, "limits.messages_per_minute", "limits.messages_burst", messages),
    }
}

/// A rate that somebody set without its burst has as many at once: a burst of a lower layer was not meant for it.
fn rate(layers: &Layers, requests: &str, burst: &str, built_in: Rate) -> Rate {
    let is_named = layers.setting(burst).origin.layer() >= layers.setting(requests).origin.layer();
    let per_window = layers.value(requests);
    let burst = if is_named { layers.value(burst) } else { per_window };
    Rate { requests: per_window, burst, ..built_in }
}

/// SQLite gives its journals the mode of the database, which we therefore make before it does: what people write is
/// readable by its owner only, even in a directory that somebody made for everyone.
async fn open_sqlite(file: &Path) -> Result<Database> {
    let failed = |source| ConfigError::File { path: file.display().to_string(), done: "made", source };
    let made = fs::OpenOptions::new().append(true).create(true).mode(0o600).open(file);
    made.map_err(failed).map_err(crate::error::Error::internal)?;
    Ok(Database::open_sqlite(file).await?)
}

/// Makes the data directory, readable by its owner only.
pub fn prepare_data_directory(data: &Path) -> Result<(), ConfigError> {
    let failed = |done| move |source| ConfigError::File { path: data.display().to_string(), done, source };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(failed("made"))?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(data.join("keys")).map_err(failed("made"))
}

#[cfg(test)]
mod tests {
    use super::{
        keys::{KEYS, NOT_YET},
        layers::Sources,
        profiles::{PROFILES, Profile},
        *,
    };

    fn layers(profile: &str, environment: &[(&str, &str)]) -> Layers {
        let sources = Sources {
            profile: Profile::named(profile).expect("a profile"),
            file: None,
            dot_env: Vec::new(),
            environment: environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            command_line: Vec::new(),
        };
        Layers::read(sources).expect("settings that make a server")
    }

    #[test]
    fn what_is_built_in_is_what_a_server_of_the_suite_has() {
        let layers = layers("chat", &[]);
        let (times, shipped) = (SessionTimes::from_layers(&layers), SessionTimes::default());
        assert_eq!(format!("{times:?}"), format!("{shipped:?}"));
        assert_eq!(format!("{:?}", rates(&layers)), format!("{:?}", Rates::default()));
    }

    // RA-1: where no burst is named, it is the rate itself.
    #[test]
    fn a_rate_set_without_its_burst_has_as_many_at_once() {
        let per_address = |environment: &[(&str, &str)]| rates(&layers("sandbox", environment)).per_address;
        assert_eq!(per_address(&[]), Rate::per_minute(300, 300));
        assert_eq!(per_address(&[("RATE_LIMIT_PER_IP_RPM", "40")]), Rate::per_minute(40, 40));
        assert_eq!(per_address(&[("RATE_LIMIT_PER_IP_BURST", "7")]), Rate::per_minute(300, 7));
        let both = [("RATE_LIMIT_PER_IP_RPM", "40"), ("RATE_LIMIT_PER_IP_BURST", "7")];
        assert_eq!(per_address(&both), Rate::per_minute(40, 7));
    }

    #[test]
    fn every_name_means_one_thing() {
        let traditional = KEYS.iter().flat_map(|key| key.environment.iter().copied());
        let mut names: Vec<&str> = traditional.chain(NOT_YET.iter().map(|(name, _)| *name)).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn every_built_in_value_is_one_that_would_be_accepted() {
        for key in KEYS.iter().filter(|key| !key.default.is_empty()) {
            assert!(key.kind.accepts(key.default), "{}", key.name);
        }
    }

    // PR-1, PR-2, PR-3, PR-4, PR-5
    #[test]
    fn every_profile_names_only_what_there_is() {
        for profile in PROFILES {
            layers(profile.name, &[("DATABASE_URL", "sqlite:x")]);
        }
    }
}
