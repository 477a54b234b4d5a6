//! One root, many keys, each for one purpose; and the message authentication codes made with them.
//!
//! A purpose is a constant of the program such as `"session cookie v1"`. Two purposes never share a
//! key, so that a value made for one place cannot be replayed in another.

use std::fmt;

use aws_lc_rs::{hkdf, hmac};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// Shortest tag that [`mac_matches`] accepts, in bytes (RFC 2104 §5 asks for half the hash, and
/// never below 80 bits).
const TAG_BYTES_MIN: usize = 16;

/// Derives the key for `purpose` from `root`: HKDF-SHA-256 without a salt, the purpose as info (RFC
/// 5869).
///
/// The root must hold the full entropy already; HKDF does not slow down guesses at a password.
pub fn derive(root: &[u8], purpose: &str) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    expand(&[], root, purpose.as_bytes(), &mut *key);
    key
}

/// A key for HMAC-SHA-256. A clone is wiped on drop like the original.
#[derive(Clone)]
pub struct MacKey(hmac::Key);

impl MacKey {
    pub fn from_bytes(mut bytes: [u8; 32]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
        bytes.zeroize();
        Self(key)
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(redacted)")
    }
}

/// A blind index: finds a sealed value by equality without opening it. 128 bits, so that it can be
/// unique.
///
/// The caller normalises `value` first. Whoever has the key can list likely values, so it lives
/// outside the database.
///
/// # Panics
/// If `label` holds a NUL: it separates the label from the value.
pub fn keyed_index(key: &MacKey, label: &str, value: &[u8]) -> [u8; 16] {
    assert!(!label.contains('\0'), "a label holds no NUL");
    let mut context = hmac::Context::with_key(&key.0);
    context.update(label.as_bytes());
    context.update(&[0]);
    context.update(value);
    let mut index = [0; 16];
    index.copy_from_slice(&context.sign().as_ref()[..16]);
    index
}

/// HMAC-SHA-256 of the message (RFC 2104).
pub fn mac(key: &MacKey, message: &[u8]) -> [u8; 32] {
    let mut tag = [0; 32];
    tag.copy_from_slice(hmac::sign(&key.0, message).as_ref());
    tag
}

/// Whether `tag` is the MAC of the message or its beginning of at least 16 bytes. Compares in
/// constant time.
pub fn mac_matches(key: &MacKey, message: &[u8], tag: &[u8]) -> bool {
    let expected = Zeroizing::new(mac(key, message));
    (TAG_BYTES_MIN..=expected.len()).contains(&tag.len()) && bool::from(expected[..tag.len()].ct_eq(tag))
}

fn expand(salt: &[u8], root: &[u8], info: &[u8], key: &mut [u8]) {
    struct Bytes(usize);
    impl hkdf::KeyType for Bytes {
        fn len(&self) -> usize {
            self.0
        }
    }
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(root)
        .expand(&[info], Bytes(key.len()))
        .and_then(|okm| okm.fill(key))
        .expect("HKDF-SHA-256 yields up to 8160 bytes");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{hex, zero_filled};

    /// RFC 5869 appendix A.1 to A.3.
    #[test]
    fn hkdf_matches_rfc_5869() {
        let counting = |from: u8, to: u8| (from..=to).collect::<Vec<u8>>();
        for (salt, root, info, expected) in [
            (
                counting(0x00, 0x0c),
                vec![0x0b; 22],
                counting(0xf0, 0xf9),
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
            ),
            (
                counting(0x60, 0xaf),
                counting(0x00, 0x4f),
                counting(0xb0, 0xff),
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09
                 da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
            ),
            (
                vec![],
                vec![0x0b; 22],
                vec![],
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
            ),
        ] {
            let expected = hex(expected);
            let mut key = vec![0; expected.len()];
            expand(&salt, &root, &info, &mut key);
            assert_eq!(key, expected);
        }
    }

    #[test]
    fn derive_is_hkdf_without_salt() {
        let expected = hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
        assert_eq!(derive(&[0x0b; 22], "")[..], expected);
    }

    #[test]
    fn each_purpose_and_each_root_has_its_own_key() {
        assert_eq!(derive(b"root", "index"), derive(b"root", "index"));
        assert_ne!(derive(b"root", "index"), derive(b"root", "seal"));
        assert_ne!(derive(b"root", "index"), derive(b"toor", "index"));
    }

    /// RFC 4231 §4.2 to §4.5; the two cases with keys above 32 bytes cannot be asked of this
    /// interface.
    #[test]
    fn hmac_matches_rfc_4231() {
        for (key, message, expected) in [
            (vec![0x0b; 20], b"Hi There".to_vec(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (vec![0xaa; 20], vec![0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            ((1..=25).collect(), vec![0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        ] {
            let key = MacKey::from_bytes(zero_filled(&key));
            assert_eq!(mac(&key, &message)[..], hex(expected));
            assert!(mac_matches(&key, &message, &hex(expected)));
        }
    }

    /// RFC 4231 §4.6.
    #[test]
    fn a_tag_truncated_to_128_bits_matches() {
        let key = MacKey::from_bytes(zero_filled(&[0x0c; 20]));
        assert!(mac_matches(&key, b"Test With Truncation", &hex("a3b6167473100ee06e0c796c2955552b")));
    }

    #[test]
    fn a_forged_or_too_short_or_too_long_tag_does_not_match() {
        let key = MacKey::from_bytes([7; 32]);
        let tag = mac(&key, b"message");
        for bit in 0..256 {
            let mut forged = tag;
            forged[bit / 8] ^= 1 << (bit % 8);
            assert!(!mac_matches(&key, b"message", &forged), "bit {bit}");
        }
        assert!(mac_matches(&key, b"message", &tag[..16]));
        assert!(!mac_matches(&key, b"message", &tag[..15]));
        assert!(!mac_matches(&key, b"message", &[]));
        assert!(!mac_matches(&key, b"message", &[&tag[..], &[0]].concat()));
        assert!(!mac_matches(&key, b"messagf", &tag));
        assert!(!mac_matches(&MacKey::from_bytes([8; 32]), b"message", &tag));
    }

    #[test]
    fn an_index_depends_on_key_label_and_value() {
        let key = MacKey::from_bytes([7; 32]);
        let index = keyed_index(&key, "email:v1", b"alice@example.org");
        assert_eq!(index, keyed_index(&key, "email:v1", b"alice@example.org"));
        assert_eq!(index[..], mac(&key, b"email:v1\0alice@example.org")[..16]);
        assert_ne!(index, keyed_index(&key, "email:v2", b"alice@example.org"));
        assert_ne!(index, keyed_index(&key, "email:v1", b"alice@example.com"));
        assert_ne!(index, keyed_index(&MacKey::from_bytes([8; 32]), "email:v1", b"alice@example.org"));
        assert_ne!(keyed_index(&key, "a", b"b\0c"), keyed_index(&key, "a", b"bc"));
    }

    #[test]
    #[should_panic(expected = "a label holds no NUL")]
    fn a_label_with_a_nul_is_a_bug() {
        keyed_index(&MacKey::from_bytes([7; 32]), "a\0b", b"c");
    }

    #[test]
    fn a_key_never_prints_itself() {
        assert_eq!(format!("{:?}", MacKey::from_bytes([7; 32])), "MacKey(redacted)");
    }
}
