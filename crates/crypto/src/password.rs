//! Passwords are kept as argon2id hashes in PHC strings, nothing else.
//!
//! A stored hash decides how much memory and time its verification costs, so a foreign row is
//! refused before it can exhaust the machine. Hashing runs in an [`Arena`] that its owner keeps:
//! fresh pages took a third of a 19 MiB hash. How many hashes run at once is the caller's decision.

use std::fmt;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

/// Longest password that is hashed or verified, in bytes. Nobody types more, and whoever sends more
/// wants our time.
pub const PASSWORD_BYTES_MAX: usize = 1024;

/// Most memory one hash may ask for: 256 MiB.
const MEMORY_KIB_MAX: u32 = 256 * 1024;
/// Most passes one hash may ask for: with the memory above, some seconds.
const PASSES_MAX: u32 = 10;
/// Most lanes one hash may ask for. They are computed one after another here and buy no time.
const LANES_MAX: u32 = 8;
/// Length of the tags we write, in bytes (both recommended options of RFC 9106 §4).
const TAG_BYTES: usize = 32;
/// Length of the salts we write, in bytes (RFC 9106 §3.1).
const SALT_BYTES: usize = 16;

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2Cost {
    /// Memory in KiB, 8 per lane to 262,144.
    pub memory_kib: u32,
    /// Passes over that memory, 1 to 10.
    pub passes: u32,
    /// Lanes, 1 to 8.
    pub lanes: u32,
}

impl Default for Argon2Cost {
    /// The floor of the OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, lanes: 1 }
    }
}

/// Why there is no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HashError {
    #[error("not a complete PHC string")]
    Malformed,
    #[error("not argon2id version 19")]
    Algorithm,
    #[error("argon2 cost outside the accepted bounds")]
    Cost,
    #[error("password longer than {PASSWORD_BYTES_MAX} bytes")]
    PasswordTooLong,
}

/// An argon2id hash whose cost is known to be bearable. Neither `Debug` nor `Display` shows it; see
/// [`Self::expose`].
#[derive(Clone)]
pub struct PasswordHash {
    phc: Zeroizing<String>,
    cost: Argon2Cost,
    salt: phc::Salt,
    tag: phc::Output,
}

impl PasswordHash {
    /// Reads a PHC string (`$argon2id$v=19$m=…,t=…,p=…$salt$tag`).
    ///
    /// # Errors
    /// [`HashError::Algorithm`] for another function or version, [`HashError::Cost`] above 256 MiB,
    /// 10 passes or 8 lanes or with any further parameter, [`HashError::Malformed`] for everything
    /// else.
    pub fn parse(phc: &str) -> Result<Self, HashError> {
        let parsed = phc::PasswordHash::new(phc).map_err(|_| HashError::Malformed)?;
        if parsed.algorithm != argon2::ARGON2ID_IDENT || parsed.version != Some(Version::V0x13.into()) {
            return Err(HashError::Algorithm);
        }
        let cost = read_cost(&parsed.params)?;
        let (Some(salt), Some(tag)) = (parsed.salt, parsed.hash) else {
            return Err(HashError::Malformed);
        };
        context(cost, tag.len())?;
        Ok(Self { phc: Zeroizing::new(phc.to_owned()), cost, salt, tag })
    }

    /// The PHC string, to be stored.
    pub fn expose(&self) -> &str {
        &self.phc
    }

    /// Whether a new hash at `cost` would be stronger, so that the next successful sign-in should
    /// replace this one.
    ///
    /// Lanes do not count: they spread the same work. A salt or tag shorter than ours does.
    pub fn is_weaker_than(&self, cost: &Argon2Cost) -> bool {
        self.cost.memory_kib < cost.memory_kib
            || self.cost.passes < cost.passes
            || self.salt.len() < SALT_BYTES
            || self.tag.len() < TAG_BYTES
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(redacted)")
    }
}

impl fmt::Display for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("redacted")
    }
}

/// The memory a hash is computed in, kept between hashes. It grows to the largest cost it has seen.
///
/// It is wiped after every use, at about 4 % of its cost. Whoever reads the final memory can undo
/// the passes one by one, and then tests a guessed password with two BLAKE2b calls instead of the
/// whole cost.
#[derive(Default)]
pub struct Arena {
    blocks: Vec<Block>,
}

impl Arena {
    fn tag(&mut self, context: &Argon2<'_>, password: &[u8], salt: &[u8], tag: &mut [u8]) -> argon2::Result<()> {
        let used = self.at_least(context.params().block_count());
        let outcome = context.hash_password_into_with_memory(password, salt, tag, &mut *used);
        used.iter_mut().for_each(Zeroize::zeroize);
        outcome
    }

    fn at_least(&mut self, count: usize) -> &mut [Block] {
        if self.blocks.len() < count {
            // Not resized in place: that would copy the zeros that are there.
            self.blocks = vec![Block::new(); count];
        }
        &mut self.blocks[..count]
    }
}

/// Hashes a password. The salt comes from the operating system's random source, fresh for every
/// hash.
///
/// # Errors
/// [`HashError::PasswordTooLong`] above [`PASSWORD_BYTES_MAX`], [`HashError::Cost`] outside the
/// bounds of [`Argon2Cost`].
pub fn hash(
    password: &SecretString,
    salt: &[u8; 16],
    cost: Argon2Cost,
    arena: &mut Arena,
) -> Result<PasswordHash, HashError> {
    let password = password.expose_secret().as_bytes();
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(HashError::PasswordTooLong);
    }
    let context = context(cost, TAG_BYTES)?;
    let mut tag = Zeroizing::new([0; TAG_BYTES]);
    arena.tag(&context, password, salt, &mut *tag).expect("password, salt and cost are within bounds");
    Ok(written(cost, salt, &*tag))
}

/// Whether `password` is the one that was hashed. Compares in constant time; costs what the hash
/// says.
///
/// A password above [`PASSWORD_BYTES_MAX`] is refused at once: its length is no secret to who sent
/// it.
pub fn verify(password: &SecretString, hash: &PasswordHash, arena: &mut Arena) -> bool {
    let password = password.expose_secret().as_bytes();
    let Ok(context) = context(hash.cost, hash.tag.len()) else {
        return false;
    };
    let mut tag = Zeroizing::new(vec![0; hash.tag.len()]);
    password.len() <= PASSWORD_BYTES_MAX
        && arena.tag(&context, password, &hash.salt, &mut tag).is_ok()
        && bool::from(tag.ct_eq(hash.tag.as_bytes()))
}

fn context(cost: Argon2Cost, tag_bytes: usize) -> Result<Argon2<'static>, HashError> {
    let Argon2Cost { memory_kib, passes, lanes } = cost;
    if memory_kib > MEMORY_KIB_MAX || passes > PASSES_MAX || lanes > LANES_MAX {
        return Err(HashError::Cost);
    }
    let params = Params::new(memory_kib, passes, lanes, Some(tag_bytes)).map_err(|_| HashError::Cost)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Exactly `m`, `t` and `p`. The obsolete `keyid` and `data` would change what is hashed and nobody
/// writes them.
fn read_cost(params: &phc::ParamsString) -> Result<Argon2Cost, HashError> {
    let decimal = |name| params.get_decimal(name).ok_or(HashError::Cost);
    if params.iter().count() != 3 {
        return Err(HashError::Cost);
    }
    Ok(Argon2Cost { memory_kib: decimal("m")?, passes: decimal("t")?, lanes: decimal("p")? })
}

fn written(cost: Argon2Cost, salt: &[u8; SALT_BYTES], tag: &[u8]) -> PasswordHash {
    let Argon2Cost { memory_kib, passes, lanes } = cost;
    let salt = phc::Salt::new(salt).expect("a PHC salt may have 16 bytes");
    let tag = phc::Output::new(tag).expect("a PHC tag may have 32 bytes");
    let phc = Zeroizing::new(format!("$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${salt}${tag}"));
    PasswordHash { phc, cost, salt, tag }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::hex;
    use argon2::{AssociatedData, ParamsBuilder};

    const CHEAP: Argon2Cost = Argon2Cost { memory_kib: 64, passes: 1, lanes: 1 };
    const SALT: [u8; 16] = *b"sixteen byte sal";

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    fn alices_hash() -> PasswordHash {
        hash(&secret("correct horse"), &SALT, CHEAP, &mut Arena::default()).unwrap()
    }

    /// RFC 9106 §5.3. Its secret and associated data are not part of our interface, so the context
    /// is built here.
    #[test]
    fn argon2id_matches_rfc_9106() {
        let params = ParamsBuilder::new()
            .m_cost(32)
            .t_cost(3)
            .p_cost(4)
            .output_len(32)
            .data(AssociatedData::new(&[4; 12]).unwrap())
            .build()
            .unwrap();
        let context = Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).unwrap();
        let mut tag = [0; 32];
        Arena::default().tag(&context, &[1; 32], &[2; 16], &mut tag).unwrap();
        assert_eq!(tag[..], hex("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"));
    }

    /// From the test suite of the reference implementation (P-H-C/phc-winner-argon2, `src/test.c`).
    #[test]
    fn hashes_of_the_reference_implementation_verify() {
        for phc in [
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        ] {
            let stored = PasswordHash::parse(phc).unwrap();
            assert!(verify(&secret("password"), &stored, &mut Arena::default()), "{phc}");
            assert!(!verify(&secret("passwore"), &stored, &mut Arena::default()), "{phc}");
        }
    }

    #[test]
    fn only_the_password_that_was_hashed_verifies() {
        let stored = alices_hash();
        let mut arena = Arena::default();
        assert!(verify(&secret("correct horse"), &stored, &mut arena));
        for wrong in ["", "correct hors", "correct horse ", "Correct horse", "correct horse\0"] {
            assert!(!verify(&secret(wrong), &stored, &mut arena), "{wrong:?}");
        }
    }

    #[test]
    fn a_hash_survives_storage() {
        let stored = PasswordHash::parse(alices_hash().expose()).unwrap();
        assert_eq!(stored.expose(), alices_hash().expose());
        assert!(verify(&secret("correct horse"), &stored, &mut Arena::default()));
    }

    #[test]
    fn one_arena_serves_hashes_of_every_size_and_is_empty_after_each() {
        let mut arena = Arena::default();
        for memory_kib in [64, 8, 128, 16] {
            let cost = Argon2Cost { memory_kib, ..CHEAP };
            let stored = hash(&secret("one"), &SALT, cost, &mut arena).unwrap();
            assert!(verify(&secret("one"), &stored, &mut Arena::default()));
            assert!(arena.blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
        }
        assert_eq!(arena.blocks.len(), 128);
    }

    #[test]
    fn foreign_rows_are_refused_before_they_cost_anything() {
        const SALT_AND_TAG: &str = "c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        for (head, refusal) in [
            ("$argon2i$v=19$m=256,t=2,p=1$", HashError::Algorithm),
            ("$argon2d$v=19$m=256,t=2,p=1$", HashError::Algorithm),
            ("$argon2id$v=16$m=256,t=2,p=1$", HashError::Algorithm),
            ("$argon2id$m=256,t=2,p=1$", HashError::Algorithm),
            ("$argon2id$v=19$m=262145,t=2,p=1$", HashError::Cost),
            ("$argon2id$v=19$m=4294967295,t=2,p=1$", HashError::Cost),
            ("$argon2id$v=19$m=256,t=11,p=1$", HashError::Cost),
            ("$argon2id$v=19$m=256,t=2,p=9$", HashError::Cost),
            ("$argon2id$v=19$m=256,t=0,p=1$", HashError::Cost),
            ("$argon2id$v=19$m=256,t=2,p=0$", HashError::Cost),
            ("$argon2id$v=19$m=15,t=2,p=2$", HashError::Cost),
            ("$argon2id$v=19$m=256,t=2$", HashError::Cost),
            ("$argon2id$v=19$m=256,t=2,p=1,data=c29tZQ$", HashError::Cost),
            ("$argon2id$v=19$m=256,t=2,q=1$", HashError::Cost),
            ("argon2id$v=19$m=256,t=2,p=1$", HashError::Malformed),
        ] {
            let outcome = PasswordHash::parse(&format!("{head}{SALT_AND_TAG}"));
            assert_eq!(outcome.err(), Some(refusal), "{head}");
        }
        for incomplete in ["", "$", "$argon2id$v=19$m=256,t=2,p=1", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ"] {
            assert_eq!(PasswordHash::parse(incomplete).err(), Some(HashError::Malformed), "{incomplete:?}");
        }
        assert_eq!(PasswordHash::parse("$2b$12$abcdefghijklmnopqrstuv").err(), Some(HashError::Malformed));
    }

    #[test]
    fn the_largest_accepted_cost_is_accepted() {
        let phc = "$argon2id$v=19$m=262144,t=10,p=8$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert!(PasswordHash::parse(phc).is_ok());
    }

    #[test]
    fn no_hash_is_made_outside_the_bounds() {
        for cost in [
            Argon2Cost { memory_kib: MEMORY_KIB_MAX + 1, ..CHEAP },
            Argon2Cost { passes: PASSES_MAX + 1, ..CHEAP },
            Argon2Cost { lanes: LANES_MAX + 1, ..CHEAP },
            Argon2Cost { memory_kib: 7, ..CHEAP },
            Argon2Cost { passes: 0, ..CHEAP },
            Argon2Cost { lanes: 0, ..CHEAP },
        ] {
            assert_eq!(hash(&secret("x"), &SALT, cost, &mut Arena::default()).err(), Some(HashError::Cost), "{cost:?}");
        }
    }

    /// ID-2: nothing is truncated; the limit counts bytes.
    #[test]
    fn a_password_of_1024_bytes_counts_to_its_last_byte_and_one_more_is_refused() {
        let mut arena = Arena::default();
        let longest = "é".repeat(512);
        let stored = hash(&secret(&longest), &SALT, CHEAP, &mut arena).unwrap();
        assert!(verify(&secret(&longest), &stored, &mut arena));
        assert!(!verify(&secret(&"é".repeat(511)), &stored, &mut arena));
        let longer = secret(&format!("{longest}x"));
        assert_eq!(hash(&longer, &SALT, CHEAP, &mut arena).err(), Some(HashError::PasswordTooLong));
        assert!(!verify(&longer, &stored, &mut arena));
    }

    #[test]
    fn weaker_means_less_memory_fewer_passes_or_a_shorter_salt() {
        let stored = alices_hash();
        assert!(!stored.is_weaker_than(&CHEAP));
        assert!(!stored.is_weaker_than(&Argon2Cost { lanes: 4, ..CHEAP }));
        assert!(!stored.is_weaker_than(&Argon2Cost { memory_kib: 32, ..CHEAP }));
        assert!(stored.is_weaker_than(&Argon2Cost { memory_kib: 65, ..CHEAP }));
        assert!(stored.is_weaker_than(&Argon2Cost { passes: 2, ..CHEAP }));
        let short_salt = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert!(PasswordHash::parse(short_salt).unwrap().is_weaker_than(&CHEAP));
    }

    #[test]
    fn a_hash_never_prints_itself() {
        let stored = alices_hash();
        assert_eq!(format!("{stored} {stored:?}"), "redacted PasswordHash(redacted)");
    }
}
