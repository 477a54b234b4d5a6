//! The settings of one server: built-in defaults, overridden by environment and flags. Secrets come from the
//! environment, a file (`NAME_FILE`), or are made at the first start in the data directory, readable by its owner only.

use crate::{
    error::Result,
    platform::{
        database::{Database, Unfit},
        limits::Rates,
        random::Random,
    },
};
use beffroi_crypto::password::Argon2Cost;
use secrecy::{ExposeSecret, SecretString};
use std::{
    fs, io,
    io::Write,
    net::SocketAddr,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};
use url::Url;

/// A secret that a person typed must be at least this long (DP-7).
const TYPED_SECRET_CHARS_MIN: usize = 64;
/// ... and hold at least this many different characters.
const TYPED_SECRET_VARIETY_MIN: usize = 12;

#[derive(Clone)]
pub struct Config {
    pub data: PathBuf,
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
    /// Proxies of ours between the client and us (RA-2).
    pub trusted_proxy_hops: u8,
    /// Connections that one address (IPv6: one /64) may hold at once (RA-7).
    pub connections_per_address: u32,
    pub csrf_mode: CsrfMode,
    /// The people of `beffroi demo`, shown on its sign-in page; empty everywhere else.
    pub demo_accounts: Vec<DemoAccount>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
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
    #[error("{name} and {name}_FILE are both set: keep one")]
    SetTwice { name: &'static str },
    #[error("{path} may be read by others: `chmod 600 {path}`")]
    ReadableByOthers { path: String },
    #[error(
        "{0} is not on this machine alone and would be served in clear text: put a TLS proxy before it and set TRUST_PROXY_HOPS, or say --insecure-http"
    )]
    ClearText(SocketAddr),
    #[error("DATABASE_URL must be a URL that begins with postgres:// or sqlite:")]
    DatabaseUrl,
}

impl Config {
    pub fn new(data: PathBuf, listen: SocketAddr, secrets: Secrets) -> Self {
        Self {
            data,
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
            trusted_proxy_hops: 0,
            connections_per_address: 100,
            csrf_mode: CsrfMode::default(),
            demo_accounts: Vec::new(),
        }
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
        let is_fenced = self.listen.ip().is_loopback() || self.trusted_proxy_hops >= 1;
        if is_fenced || insecure_http || self.environment == Environment::Development {
            return Ok(());
        }
        Err(ConfigError::ClearText(self.listen))
    }

    pub async fn open_database(&self) -> Result<Database> {
        let Some(url) = &self.database_url else {
            return open_sqlite(&self.data.join("beffroi.db")).await;
        };
        let url = url.expose_secret();
        if let Some(path) = url.strip_prefix("sqlite:") {
            return open_sqlite(Path::new(path.trim_start_matches("//"))).await;
        }
        // One that is no URL would be repeated by the driver's complaint, password included.
        let is_url = Url::parse(url).is_ok();
        if !is_url || !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(crate::error::Error::internal(ConfigError::DatabaseUrl));
        }
        Database::open_postgres(url).await.map_err(|unfit: Unfit| unfit.into())
    }
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

/// A secret that somebody set: `NAME` or the file named by `NAME_FILE`.
pub fn secret_from_environment(name: &'static str) -> Result<Option<SecretString>, ConfigError> {
    let file = std::env::var_os(format!("{name}_FILE"));
    let typed = std::env::var(name).ok().filter(|value| !value.is_empty());
    let secret = match (typed, file) {
        (Some(_), Some(_)) => return Err(ConfigError::SetTwice { name }),
        (Some(value), None) => Some(value),
        (None, Some(path)) => Some(read_secret(Path::new(&path))?),
        (None, None) => None,
    };
    Ok(secret.map(SecretString::from))
}

/// The secrets that a server cannot be without: as set, else made at the first start.
pub struct Secrets {
    /// Wraps the database's keys.
    pub encryption_key: SecretString,
    /// Signs access tokens.
    pub jwt_secret: SecretString,
}

impl Secrets {
    pub fn load(data: &Path, random: &Random) -> Result<Self, ConfigError> {
        Ok(Self {
            encryption_key: secret(data, "DATABASE_ENCRYPTION_KEY", "database-encryption-key", random)?,
            jwt_secret: secret(data, "JWT_SECRET", "jwt-secret", random)?,
        })
    }

    /// Secrets of a server that leaves nothing behind.
    pub fn throw_away(random: &Random) -> Self {
        let secret = || SecretString::from(generate_secret(random));
        Self { encryption_key: secret(), jwt_secret: secret() }
    }
}

fn secret(data: &Path, name: &'static str, file: &str, random: &Random) -> Result<SecretString, ConfigError> {
    let secret = match secret_from_environment(name)? {
        Some(secret) => secret,
        None => {
            let path = data.join("keys").join(file);
            if !path.exists() {
                write_secret(&path, &generate_secret(random))?;
            }
            SecretString::from(read_secret(&path)?)
        }
    };
    if is_strong(secret.expose_secret()) { Ok(secret) } else { Err(ConfigError::WeakSecret { name }) }
}

/// 256 random bits as 64 hexadecimal digits.
pub fn generate_secret(random: &Random) -> String {
    random.bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn is_strong(secret: &str) -> bool {
    let mut variety: Vec<char> = secret.chars().collect();
    let chars = variety.len();
    variety.sort_unstable();
    variety.dedup();
    // Sixteen hexadecimal digits are the whole alphabet of a generated secret; a random one misses few of them.
    chars >= TYPED_SECRET_CHARS_MIN && variety.len() >= TYPED_SECRET_VARIETY_MIN
}

fn read_secret(path: &Path) -> Result<String, ConfigError> {
    let failed = |source| ConfigError::File { path: path.display().to_string(), done: "read", source };
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o004 != 0 {
        return Err(ConfigError::ReadableByOthers { path: path.display().to_string() });
    }
    Ok(fs::read_to_string(path).map_err(failed)?.trim().to_owned())
}

/// Writes a file that only its owner can read, and never over an existing one.
pub fn write_secret(path: &Path, secret: &str) -> Result<(), ConfigError> {
    let failed = |source| ConfigError::File { path: path.display().to_string(), done: "written", source };
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    writeln!(file, "{secret}").map_err(failed)?;
    file.sync_all().map_err(failed)
}
