//! The hashing pool (ID-3): password work runs off the async threads, a bounded number at once, behind a bounded queue.
//! The permit moves into the blocking task: it is given back when the hash is done, not when the client hangs up, so
//! that a flood of abandoned sign-ins cannot stack up memory.

use crate::{error::Error, platform::random::Random};
use beffroi_crypto::password::{self, Arena, Argon2Cost, PasswordHash};
use secrecy::SecretString;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// People waiting for a permit; beyond it a sign-in is refused at once rather than late.
const QUEUE_MAX: usize = 64;
/// Longest wait for a permit.
const WAIT_MAX: Duration = Duration::from_secs(2);
/// What a refused client is asked to wait before the next try.
const RETRY_AFTER: Duration = Duration::from_secs(2);

pub struct HashingPool {
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    arenas: Arc<Mutex<Vec<Arena>>>,
    cost: Argon2Cost,
    random: Random,
    /// Verified where there is no hash to verify: the same cost, therefore the same time (ID-14).
    nobody: PasswordHash,
    verifications: AtomicUsize,
}

impl HashingPool {
    /// `concurrency` hashes at once, each of `cost.memory_kib` KiB.
    pub fn new(cost: Argon2Cost, concurrency: usize, random: Random) -> Result<Self, Error> {
        let mut arena = Arena::default();
        let unguessable = beffroi_crypto::token::encode(&random.bytes());
        let nobody = password::hash(&unguessable, &random.bytes(), cost, &mut arena).map_err(Error::internal)?;
        Ok(Self {
            permits: Arc::new(Semaphore::new(concurrency.max(1))),
            waiting: AtomicUsize::new(0),
            arenas: Arc::new(Mutex::new(vec![arena])),
            cost,
            random,
            nobody,
            verifications: AtomicUsize::new(0),
        })
    }

    pub async fn hash(&self, password: SecretString) -> Result<PasswordHash, Error> {
        let permit = self.permit().await?;
        let (salt, cost) = (self.random.bytes(), self.cost);
        self.run(permit, move |arena| password::hash(&password, &salt, cost, arena)).await?.map_err(Error::internal)
    }

    /// Exactly one verification, whoever asks: without a hash the pool's own stands in and the answer is no.
    pub async fn verify(&self, password: SecretString, hash: Option<PasswordHash>) -> Result<bool, Error> {
        let permit = self.permit().await?;
        self.verifications.fetch_add(1, Ordering::SeqCst);
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let matches = self.run(permit, move |arena| password::verify(&password, &hash, arena)).await?;
        Ok(matches && exists)
    }

    /// How many verifications this pool has done; a test counts one per failure path.
    pub fn verifications(&self) -> usize {
        self.verifications.load(Ordering::SeqCst)
    }

    /// Whether a stored hash should be replaced at the next successful sign-in (ID-2).
    pub fn is_outdated(&self, hash: &PasswordHash) -> bool {
        hash.is_weaker_than(&self.cost)
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, Error> {
        let place = Place::take(&self.waiting).ok_or(Error::busy(RETRY_AFTER))?;
        let permit = tokio::time::timeout(WAIT_MAX, self.permits.clone().acquire_owned()).await;
        drop(place);
        permit.map_err(|_| Error::busy(RETRY_AFTER))?.map_err(Error::internal)
    }

    async fn run<T: Send + 'static>(
        &self,
        permit: OwnedSemaphorePermit,
        work: impl FnOnce(&mut Arena) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let arenas = self.arenas.clone();
        let task = tokio::task::spawn_blocking(move || {
            let mut arena = arenas.lock().ok().and_then(|mut free| free.pop()).unwrap_or_default();
            let done = work(&mut arena);
            if let Ok(mut free) = arenas.lock() {
                free.push(arena);
            }
            drop(permit);
            done
        });
        task.await.map_err(Error::internal)
    }
}

/// A place in the queue, given back however the wait ends.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Option<Self> {
        if waiting.fetch_add(1, Ordering::SeqCst) >= QUEUE_MAX {
            waiting.fetch_sub(1, Ordering::SeqCst);
            return None;
        }
        Some(Self(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
