//! Randomness as an argument: the operating system's in the product, a seeded stream in tests.

use crate::platform::clock::Moment;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub enum Random {
    System,
    /// SHA-256 over a seed and a counter. Only for tests: whoever knows the seed knows everything.
    Seeded {
        seed: u64,
        drawn: Arc<AtomicU64>,
    },
}

impl Random {
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded { seed, drawn: Arc::default() }
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            Self::System => {
                getrandom::fill(&mut bytes).expect("an operating system without randomness cannot run a server safely")
            }
            Self::Seeded { seed, drawn } => {
                for chunk in bytes.chunks_mut(32) {
                    let block = drawn.fetch_add(1, Ordering::SeqCst);
                    let digest = beffroi_crypto::token::digest(&format!("{seed}/{block}"));
                    chunk.copy_from_slice(&digest[..chunk.len()]);
                }
            }
        }
        bytes
    }

    /// UUID v4 (RFC 9562 §5.4), for people, rooms and credentials.
    pub fn id(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// UUID v7 (RFC 9562 §5.7), for what is listed in the order of time.
    pub fn id_at(&self, now: Moment) -> Uuid {
        let millis = u64::try_from(now.0).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }
}
