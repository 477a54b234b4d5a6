//! What a line or a text that people typed may be made of. Limits count characters (Unicode scalar values).

use crate::error::FieldError;
use unicode_normalization::UnicodeNormalization;

/// Trims a one-line text and checks it: printable, neither shorter nor longer than allowed. What is too long is so before it
/// is trimmed: a client counts what it sends, and so does the API document.
pub fn line(field: &str, text: &str, chars_min: usize, chars_max: usize) -> Result<String, FieldError> {
    check_length(field, text, 0, chars_max)?;
    let text: String = text.trim().nfc().collect();
    if text.chars().any(is_unprintable) {
        return Err(FieldError::new(field, "control_characters"));
    }
    check_length(field, &text, chars_min, chars_max)?;
    Ok(text)
}

/// The same for a line that may be left out; a blank one is none.
pub fn optional_line(field: &str, text: Option<&str>, chars_max: usize) -> Result<Option<String>, FieldError> {
    let Some(text) = text else { return Ok(None) };
    line(field, text, 0, chars_max).map(|text| Some(text).filter(|text| !text.is_empty()))
}

pub fn check_length(field: &str, text: &str, chars_min: usize, chars_max: usize) -> Result<(), FieldError> {
    let chars = text.chars().count();
    if chars == 0 && chars_min > 0 {
        return Err(FieldError::new(field, "required"));
    }
    if chars < chars_min {
        return Err(FieldError::new(field, "too_short").with("min", chars_min));
    }
    if chars > chars_max {
        return Err(FieldError::new(field, "too_long").with("max", chars_max));
    }
    Ok(())
}

/// Control characters, the invisible ones that reorder or hide what stands beside them, and the blank ones that count as
/// letters (Hangul fillers) or signs (empty Braille): a name of them would be no name.
pub fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// What two spellings of one name share: compatibility forms folded, case folded.
pub fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}
