//! Where the next page of a list begins: after the last row that was shown, told by what the list is ordered by. Opaque
//! outside, but no secret: it says what its page said. A row that is gone meanwhile costs nothing.

use crate::error::{Code, Error, FieldError, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

/// The cursor of the last row that is shown.
pub fn cursor(key: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).expect("a key of texts, numbers and ids is JSON"))
}

/// Reads the key of a `cursor=`; none when the list is read from its beginning.
pub fn after<K: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<K>> {
    let Some(cursor) = cursor else { return Ok(None) };
    let refused = || Error::refuse_fields(Code::INVALID_CURSOR, vec![FieldError::new("cursor", "malformed")]);
    let json = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
    // PostgreSQL takes no NUL in a text, and no key that we wrote has one.
    let has_nul = json.windows(6).any(|window| window == br"\u0000");
    if has_nul { Err(refused()) } else { serde_json::from_slice(&json).map(Some).map_err(|_| refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_as_what_it_was_written_from() {
        let key = ("Café « Ü »".to_owned(), 7);
        assert_eq!(after::<(String, i64)>(Some(&cursor(&key))).expect("ours"), Some(key));
        assert_eq!(after::<(String, i64)>(None).expect("none"), None);
    }

    #[test]
    fn a_cursor_that_we_did_not_write_is_refused() {
        let forged = [cursor(&"one text"), cursor(&("nul\0", 1)), cursor(&(1, 1)), "&".to_owned(), String::new()];
        for forged in forged {
            let refusal = after::<(String, i64)>(Some(&forged)).map_err(|error| error.code());
            assert_eq!(refusal, Err(Code::INVALID_CURSOR), "{forged}");
        }
    }
}
