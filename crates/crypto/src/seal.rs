//! Values sealed at rest with AES-256-GCM, each bound to its place.
//!
//! A sealed value is `version (1 byte) | key id (u32, big endian) | nonce (12) | ciphertext | tag
//! (16)`. The head, the table, the column and the row are authenticated with it, so that who can
//! write to the database still cannot move a value to another row or pass it off as made with
//! another key.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

const VERSION: u8 = 1;
const HEAD_BYTES: usize = 1 + 4;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// A key for AES-256-GCM. Clones share the one copy in memory; the last one wipes it.
#[derive(Clone)]
pub struct SealKey(Arc<Zeroizing<[u8; 32]>>);

impl SealKey {
    pub fn from_bytes(mut bytes: [u8; 32]) -> Self {
        let key = Arc::new(Zeroizing::new(bytes));
        bytes.zeroize();
        Self(key)
    }

    fn cipher(&self) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.0[..]).expect("AES-256 takes 32 bytes"))
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(redacted)")
    }
}

/// Where a sealed value lives. It opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    /// The primary key of the row, in bytes.
    pub row: &'a [u8],
}

/// Why a sealed value stays shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    #[error("sealed value of an unknown version")]
    Version,
    #[error("sealed value cut short")]
    Truncated,
    #[error("sealed value damaged, moved or made with another key")]
    Refused,
}

/// Seals `plain` for its place.
///
/// The nonce must never repeat under one key: GCM then gives up both secrecy and authenticity.
/// Random nonces are good for 2³² values per key (NIST SP 800-38D §8.3).
pub fn seal(key: &SealKey, key_id: u32, place: &Place<'_>, nonce: [u8; 12], plain: &[u8]) -> Vec<u8> {
    let head = head(key_id);
    let mut sealed = Vec::with_capacity(HEAD_BYTES + NONCE_BYTES + plain.len() + TAG_BYTES);
    sealed.extend_from_slice(&head);
    sealed.extend_from_slice(&nonce);
    encrypt(key, nonce, &bound(head, place), plain, &mut sealed);
    sealed
}

/// Which key a value was sealed with. Not yet authenticated: it only chooses the key for [`open`].
///
/// # Errors
/// [`OpenError::Version`] or [`OpenError::Truncated`] if this is no sealed value.
pub fn key_id(sealed: &[u8]) -> Result<u32, OpenError> {
    Ok(parts(sealed)?.key_id)
}

/// Opens what [`seal`] made for the same place with the same key and key id.
///
/// # Errors
/// [`OpenError::Refused`] for anything else; [`OpenError::Version`] or [`OpenError::Truncated`] if
/// the form is wrong.
pub fn open(key: &SealKey, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let Parts { key_id, nonce, ciphertext, tag } = parts(sealed)?;
    decrypt(key, nonce, &bound(head(key_id), place), ciphertext, tag)
}

struct Parts<'a> {
    key_id: u32,
    nonce: [u8; NONCE_BYTES],
    ciphertext: &'a [u8],
    tag: &'a [u8],
}

fn parts(sealed: &[u8]) -> Result<Parts<'_>, OpenError> {
    let (version, rest) = sealed.split_first().ok_or(OpenError::Truncated)?;
    if *version != VERSION {
        return Err(OpenError::Version);
    }
    let (key_id, rest) = rest.split_first_chunk().ok_or(OpenError::Truncated)?;
    let (nonce, rest) = rest.split_first_chunk().ok_or(OpenError::Truncated)?;
    let (ciphertext, tag) = rest.split_last_chunk::<TAG_BYTES>().ok_or(OpenError::Truncated)?;
    Ok(Parts { key_id: u32::from_be_bytes(*key_id), nonce: *nonce, ciphertext, tag })
}

fn head(key_id: u32) -> [u8; HEAD_BYTES] {
    let [a, b, c, d] = key_id.to_be_bytes();
    [VERSION, a, b, c, d]
}

/// The associated data. Lengths stand before the parts, or `ab`+`c` would be the same place as
/// `a`+`bc`.
fn bound(head: [u8; HEAD_BYTES], place: &Place<'_>) -> Vec<u8> {
    let mut bound = head.to_vec();
    for part in [place.table.as_bytes(), place.column.as_bytes(), place.row] {
        bound.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bound.extend_from_slice(part);
    }
    bound
}

fn encrypt(key: &SealKey, nonce: [u8; NONCE_BYTES], bound: &[u8], plain: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(plain);
    let tag = key
        .cipher()
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound), &mut out[start..])
        .expect("AES-GCM seals up to 64 GiB");
    out.extend_from_slice(tag.as_ref());
}

fn decrypt(
    key: &SealKey,
    nonce: [u8; NONCE_BYTES],
    bound: &[u8],
    ciphertext: &[u8],
    tag: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let mut plain = Zeroizing::new(vec![0; ciphertext.len()]);
    key.cipher()
        .open_separate_gather(Nonce::assume_unique_for_key(nonce), Aad::from(bound), ciphertext, tag, &mut plain)
        .map_err(|_| OpenError::Refused)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::hex;
    use proptest::prelude::*;

    const EMAIL: Place<'_> = Place { table: "users", column: "email", row: b"alice" };

    fn key(byte: u8) -> SealKey {
        SealKey::from_bytes([byte; 32])
    }

    fn sealed(plain: &[u8]) -> Vec<u8> {
        seal(&key(1), 7, &EMAIL, [9; 12], plain)
    }

    /// Test cases 13, 14 and 16 of McGrew and Viega's GCM submission, which NIST publishes with SP
    /// 800-38D.
    #[test]
    fn aes_256_gcm_matches_the_nist_vectors() {
        let sixteen = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
        for (key, nonce, bound, plain, expected) in [
            (hex(&"00".repeat(32)), hex(&"00".repeat(12)), vec![], vec![], "530f8afbc74536b9a963b4f1c4cb738b"),
            (
                hex(&"00".repeat(32)),
                hex(&"00".repeat(12)),
                vec![],
                vec![0; 16],
                "cea7403d4d606b6e074ec5d3baf39d18 d0d1c8a799996bf0265b98b5d48ab919",
            ),
            (
                hex(sixteen),
                hex("cafebabefacedbaddecaf888"),
                hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
                hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
                     1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"),
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
                 8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
                 76fc6ece0f4e1768cddf8853bb2d551b",
            ),
        ] {
            let key = SealKey::from_bytes(key.try_into().unwrap());
            let nonce = nonce.try_into().unwrap();
            let mut out = vec![];
            encrypt(&key, nonce, &bound, &plain, &mut out);
            assert_eq!(out, hex(expected));
            let (ciphertext, tag) = out.split_at(plain.len());
            assert_eq!(*decrypt(&key, nonce, &bound, ciphertext, tag).unwrap(), plain);
        }
    }

    #[test]
    fn the_layout_is_version_key_id_nonce_ciphertext_tag() {
        let sealed = sealed(b"alice@example.org");
        assert_eq!(sealed[..5], [1, 0, 0, 0, 7]);
        assert_eq!(sealed[5..17], [9; 12]);
        assert_eq!(sealed.len(), 17 + 17 + 16);
        assert_eq!(key_id(&sealed), Ok(7));
    }

    #[test]
    fn a_value_of_another_form_is_told_apart() {
        let mut of_another_version = sealed(b"x");
        of_another_version[0] = 2;
        assert_eq!(open(&key(1), &EMAIL, &of_another_version), Err(OpenError::Version));
        assert_eq!(key_id(&of_another_version), Err(OpenError::Version));
        assert_eq!(key_id(&[]), Err(OpenError::Truncated));
        assert_eq!(open(&key(1), &EMAIL, &sealed(b"")[..32]), Err(OpenError::Truncated));
    }

    #[test]
    fn a_place_is_not_the_sum_of_its_letters() {
        let moved = Place { table: "userse", column: "mail", row: b"alice" };
        assert_eq!(open(&key(1), &moved, &sealed(b"x")), Err(OpenError::Refused));
        let moved = Place { table: "users", column: "emaila", row: b"lice" };
        assert_eq!(open(&key(1), &moved, &sealed(b"x")), Err(OpenError::Refused));
    }

    #[test]
    fn a_key_never_prints_itself() {
        assert_eq!(format!("{:?}", key(1)), "SealKey(redacted)");
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_in_its_place(
            plain: Vec<u8>, key_number: u32, nonce: [u8; 12], bytes: [u8; 32], table: String, row: Vec<u8>,
        ) {
            let place = Place { table: &table, column: "email", row: &row };
            let key = SealKey::from_bytes(bytes);
            let sealed = seal(&key, key_number, &place, nonce, &plain);
            prop_assert_eq!(key_id(&sealed), Ok(key_number));
            prop_assert_eq!(&*open(&key, &place, &sealed).unwrap(), &plain);
        }

        #[test]
        fn a_sealed_value_opens_in_no_other_place(plain: Vec<u8>, table: String, column: String, row: Vec<u8>) {
            let elsewhere = Place { table: &table, column: &column, row: &row };
            prop_assume!((&*table, &*column, &*row) != (EMAIL.table, EMAIL.column, EMAIL.row));
            prop_assert_eq!(open(&key(1), &elsewhere, &sealed(&plain)), Err(OpenError::Refused));
        }

        #[test]
        fn a_sealed_value_opens_with_no_other_key(plain: Vec<u8>, other: [u8; 32]) {
            prop_assume!(other != [1; 32]);
            prop_assert_eq!(open(&SealKey::from_bytes(other), &EMAIL, &sealed(&plain)), Err(OpenError::Refused));
        }

        #[test]
        fn one_flipped_bit_anywhere_keeps_it_shut(plain: Vec<u8>, at: prop::sample::Index, bit in 0..8u8) {
            let mut sealed = sealed(&plain);
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!(open(&key(1), &EMAIL, &sealed).is_err());
        }

        #[test]
        fn a_truncated_or_lengthened_value_stays_shut(plain: Vec<u8>, cut: prop::sample::Index, more: u8) {
            let mut sealed = sealed(&plain);
            prop_assert!(open(&key(1), &EMAIL, &sealed[..cut.index(sealed.len())]).is_err());
            sealed.push(more);
            prop_assert_eq!(open(&key(1), &EMAIL, &sealed), Err(OpenError::Refused));
        }

        #[test]
        fn bytes_from_anywhere_do_not_panic(bytes: Vec<u8>) {
            let _ = key_id(&bytes);
            prop_assert!(open(&key(1), &EMAIL, &bytes).is_err());
        }
    }
}
