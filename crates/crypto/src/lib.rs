//! What must stay secret or unforgeable: password hashes, sealed values, derived keys, opaque
//! tokens.
//!
//! Nothing here reads a file, a clock or a random source: salts and nonces are arguments, so every
//! function is tested against published vectors. The primitives are those of `argon2` and
//! `aws-lc-rs`; this crate decides only what is bound to what, what is refused, and what is wiped.

pub mod keys;
pub mod password;
pub mod seal;
pub mod token;

#[cfg(test)]
mod vectors {
    //! Published test vectors are printed in hexadecimal.

    pub(crate) fn hex(digits: &str) -> Vec<u8> {
        let digits: String = digits.split_whitespace().collect();
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
    }

    /// A shorter HMAC key equals the same key filled with zeros to the block length (RFC 2104 §2).
    pub(crate) fn zero_filled(bytes: &[u8]) -> [u8; 32] {
        let mut filled = [0; 32];
        filled[..bytes.len()].copy_from_slice(bytes);
        filled
    }
}
