//! The key ring (DP-3): `DATABASE_ENCRYPTION_KEY` wraps the data keys that lie in the database, and only they seal.
//! A wrong key cannot unwrap them, and the server does not start.

mod store;

use crate::{
    error::{Error, Result},
    platform::{clock::Clock, random::Random},
};
use beffroi_crypto::{
    keys::{self, MacKey},
    seal::{self, Place, SealKey},
};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use zeroize::Zeroizing;

/// What a data key is for.
const SEALING: &str = "sealing";
const INDEXING: &str = "indexing";
const CURSORS: &str = "cursors";
const REFRESHING: &str = "refreshing";
const CSRF: &str = "csrf";
/// One key of each is made at the first start; a database that is older than a purpose gets its key at the next.
const PURPOSES: [&str; 5] = [SEALING, INDEXING, CURSORS, REFRESHING, CSRF];

/// The wrapping key's own number in sealed values; data keys count from 1.
const WRAPPING_KEY_ID: u32 = 0;

#[derive(Clone)]
pub struct KeyRing {
    sealing: HashMap<u32, SealKey>,
    current: u32,
    index: MacKey,
    cursor: MacKey,
    refresh: MacKey,
    csrf: MacKey,
    random: Random,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    #[error(
        "DATABASE_ENCRYPTION_KEY does not open this database's keys: it is not the key that this database was made with"
    )]
    WrongKey,
    #[error("the key ring is incomplete: no key for {0}")]
    Incomplete(&'static str),
}

impl KeyRing {
    /// Unwraps the data keys, made at the first start.
    ///
    /// # Errors
    /// [`KeyRingError::WrongKey`] when the secret is not the one that wrapped them.
    pub async fn open(
        db: &crate::platform::database::Database,
        secret: &SecretString,
        clock: &Clock,
        random: &Random,
    ) -> Result<Self> {
        let wrapping = wrapping_key(secret);
        let tx = db.begin().await?;
        let mut rows = store::list(&tx).await?;
        // A wrong secret must not add keys that only it opens.
        for row in &rows {
            unwrap(&wrapping, row.id, &row.wrapped)?;
        }
        let missing = PURPOSES.iter().filter(|purpose| !rows.iter().any(|row| row.purpose == **purpose));
        let last = rows.iter().map(|row| row.id).max().unwrap_or(0);
        let missing: Vec<(i32, &str)> = (last + 1..).zip(missing.copied()).collect();
        if !missing.is_empty() {
            for (id, purpose) in missing {
                let fresh = Zeroizing::new(random.bytes::<32>());
                let wrapped =
                    seal::seal(&wrapping, WRAPPING_KEY_ID, &place(&id.to_be_bytes()), random.bytes(), fresh.as_slice());
                store::insert(&tx, id, purpose, wrapped, clock.now()).await?;
            }
            rows = store::list(&tx).await?;
        }
        tx.commit().await?;
        Self::unwrap_all(&wrapping, rows, random.clone())
    }

    /// Whether the secret opens the data keys that are there; makes none.
    pub async fn check(db: &crate::platform::database::Database, secret: &SecretString) -> Result<()> {
        let wrapping = wrapping_key(secret);
        store::list(db.reader()).await?.iter().try_for_each(|row| unwrap(&wrapping, row.id, &row.wrapped).map(drop))
    }

    fn unwrap_all(wrapping: &SealKey, rows: Vec<store::DataKey>, random: Random) -> Result<Self> {
        let mut sealing = HashMap::new();
        let mut current = None;
        let (mut index, mut cursor, mut refresh, mut csrf) = (None, None, None, None);
        for row in rows {
            let id = u32::try_from(row.id).map_err(Error::internal)?;
            let key = unwrap(wrapping, row.id, &row.wrapped)?;
            match row.purpose.as_str() {
                SEALING => {
                    sealing.insert(id, SealKey::from_bytes(*key));
                    current = current.max(Some(id));
                }
                INDEXING => index = Some(MacKey::from_bytes(*key)),
                CURSORS => cursor = Some(MacKey::from_bytes(*key)),
                REFRESHING => refresh = Some(MacKey::from_bytes(*key)),
                CSRF => csrf = Some(MacKey::from_bytes(*key)),
                _ => {}
            }
        }
        let missing = |purpose| Error::internal(KeyRingError::Incomplete(purpose));
        Ok(Self {
            sealing,
            current: current.ok_or_else(|| missing(SEALING))?,
            index: index.ok_or_else(|| missing(INDEXING))?,
            cursor: cursor.ok_or_else(|| missing(CURSORS))?,
            refresh: refresh.ok_or_else(|| missing(REFRESHING))?,
            csrf: csrf.ok_or_else(|| missing(CSRF))?,
            random,
        })
    }

    /// Seals a personal field for exactly this place.
    pub fn seal(&self, place: &Place<'_>, plain: &str) -> Vec<u8> {
        let key = &self.sealing[&self.current];
        seal::seal(key, self.current, place, self.random.bytes(), plain.as_bytes())
    }

    /// Opens what [`KeyRing::seal`] made for the same place.
    pub fn open_text(&self, place: &Place<'_>, sealed: &[u8]) -> Result<String> {
        let id = seal::key_id(sealed).map_err(Error::internal)?;
        let key = self.sealing.get(&id).ok_or(Error::broken("a value is sealed with a key that is gone"))?;
        let plain = seal::open(key, place, sealed).map_err(Error::internal)?;
        String::from_utf8(plain.to_vec()).map_err(Error::internal)
    }

    /// What a sealed value is looked up by. `label` names what kind of value it is.
    pub fn index(&self, label: &str, value: &str) -> Vec<u8> {
        keys::keyed_index(&self.index, label, value.as_bytes()).to_vec()
    }

    /// Authenticates what we hand out and want back unchanged.
    pub fn cursor_key(&self) -> &MacKey {
        &self.cursor
    }

    /// Authenticates refresh tokens.
    pub fn refresh_key(&self) -> &MacKey {
        &self.refresh
    }

    /// Authenticates tokens against forged requests.
    pub fn csrf_key(&self) -> &MacKey {
        &self.csrf
    }
}

fn wrapping_key(secret: &SecretString) -> SealKey {
    SealKey::from_bytes(*keys::derive(secret.expose_secret().as_bytes(), "beffroi/data-keys/wrapping/v1"))
}

fn place(row: &[u8; 4]) -> Place<'_> {
    Place { table: "data_keys", column: "wrapped", row }
}

fn unwrap(wrapping: &SealKey, id: i32, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>> {
    let key = seal::open(wrapping, &place(&id.to_be_bytes()), wrapped)
        .map_err(|_| Error::internal(KeyRingError::WrongKey))?;
    let key: [u8; 32] = key.as_slice().try_into().map_err(Error::internal)?;
    Ok(Zeroizing::new(key))
}
