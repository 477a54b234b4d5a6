//! Secrets come from the environment, `.env`, a file (`NAME_FILE`), `beffroi.toml`, or are made at the first start in the
//! data directory, readable by its owner only. None is taken that others may read or that is easy to guess.

use super::{ConfigError, keys::Key, layers::Layers};
use crate::platform::random::Random;
use secrecy::{ExposeSecret, SecretString};
use std::{
    fs,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

/// A secret that a person typed must be at least this long (DP-7).
pub(super) const TYPED_SECRET_CHARS_MIN: usize = 64;
/// ... and hold at least this many different characters.
const TYPED_SECRET_VARIETY_MIN: usize = 12;

/// The secrets that a server cannot be without: as set, else made at the first start.
pub struct Secrets {
    /// Wraps the database's keys.
    pub encryption_key: SecretString,
    /// Signs access tokens.
    pub jwt_secret: SecretString,
}

impl Secrets {
    pub fn load(data: &Path, layers: &Layers, random: &Random) -> Result<Self, ConfigError> {
        let load = |key: &'static str, file: &str| {
            let set = layers.secret(key).map(|secret| strong(name_of(key), secret)).transpose()?;
            set.map_or_else(|| made(&data.join("keys").join(file), name_of(key), random), Ok)
        };
        Ok(Self {
            encryption_key: load("secrets.database_encryption", "database-encryption-key")?,
            jwt_secret: load("secrets.jwt", "jwt-secret")?,
        })
    }

    /// The key of a deployment as it is: set, or made by an earlier start. Makes none.
    pub fn present_encryption_key(data: &Path, layers: &Layers) -> Result<Option<SecretString>, ConfigError> {
        let key = "secrets.database_encryption";
        let file = data.join("keys").join("database-encryption-key");
        let secret = match layers.secret(key) {
            Some(secret) => secret,
            None if !file.exists() => return Ok(None),
            None => read_secret(&file)?.into(),
        };
        strong(name_of(key), secret).map(Some)
    }

    /// Whether the secrets that are there are good ones. Makes none.
    pub fn check(data: &Path, layers: &Layers) -> Result<(), ConfigError> {
        Self::present_encryption_key(data, layers)?;
        let file = data.join("keys").join("jwt-secret");
        let jwt = match layers.secret("secrets.jwt") {
            Some(secret) => Some(secret),
            None if file.exists() => Some(read_secret(&file)?.into()),
            None => None,
        };
        jwt.map(|secret| strong(name_of("secrets.jwt"), secret)).transpose().map(drop)
    }

    /// Secrets of a server that leaves nothing behind.
    pub fn throw_away(random: &Random) -> Self {
        let secret = || SecretString::from(generate_secret(random));
        Self { encryption_key: secret(), jwt_secret: secret() }
    }
}

/// What messages call the secret.
fn name_of(key: &str) -> &'static str {
    Key::named(key).expect("a key of the table").usual_name()
}

/// One that we make ourselves at the first start.
fn made(path: &Path, name: &'static str, random: &Random) -> Result<SecretString, ConfigError> {
    if !path.exists() {
        write_secret(path, &generate_secret(random))?;
    }
    strong(name, read_secret(path)?.into())
}

fn strong(name: &'static str, secret: SecretString) -> Result<SecretString, ConfigError> {
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

pub(super) fn read_secret(path: &Path) -> Result<String, ConfigError> {
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
