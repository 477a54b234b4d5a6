//! Opaque credentials: 256 random bits that mean nothing by themselves.
//!
//! The bearer gets the text, the database only its digest, so that a stolen table opens no session.
//! A plain SHA-256 is enough: nobody guesses 256 bits, however fast the hash.

use aws_lc_rs::digest::{SHA256, digest as sha};
use base64ct::{Base64UrlUnpadded, Encoding};
use secrecy::SecretString;
use zeroize::Zeroizing;

/// Length of an encoded token, in characters: 32 bytes in base64url.
const TOKEN_CHARACTERS: usize = 43;

/// Writes 32 random bytes as a token: base64url without padding (RFC 4648 §5), 43 characters.
pub fn encode(secret: &[u8; 32]) -> SecretString {
    let mut characters = Zeroizing::new([0; TOKEN_CHARACTERS]);
    let token = Base64UrlUnpadded::encode(secret, &mut *characters).expect("32 bytes become 43 characters");
    SecretString::from(token)
}

/// What is stored of a token, and what a presented one is looked up by: SHA-256 of its characters.
pub fn digest(token: &str) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(sha(&SHA256, token.as_bytes()).as_ref());
    digest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::hex;
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    /// FIPS 180-4 examples.
    #[test]
    fn the_digest_is_sha_256() {
        assert_eq!(digest("abc")[..], hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        assert_eq!(digest("")[..], hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    }

    #[test]
    fn a_token_uses_the_alphabet_that_is_safe_in_urls() {
        assert_eq!(encode(&[0xff; 32]).expose_secret(), "__________________________________________8");
        assert_eq!(encode(&[0xfb; 32]).expose_secret(), "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s");
    }

    proptest! {
        #[test]
        fn a_token_has_43_characters_and_tells_its_32_bytes(secret: [u8; 32]) {
            let token = encode(&secret);
            prop_assert_eq!(token.expose_secret().len(), TOKEN_CHARACTERS);
            let mut decoded = [0; 32];
            Base64UrlUnpadded::decode(token.expose_secret(), &mut decoded).unwrap();
            prop_assert_eq!(decoded, secret);
        }
    }
}
