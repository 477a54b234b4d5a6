//! What a message may be.

use crate::platform::text::is_unprintable;
use crate::{
    error::{Error, FieldError, Result},
    ids::{ClientId, MessageId},
};
use beffroi_markup::Tree;

pub const TEXT_CHARS_MAX: usize = 4000;

/// A message that keeps the rules, with its text already read into its safe tree.
#[derive(Debug)]
pub struct Draft {
    pub client_id: ClientId,
    pub text: String,
    pub tree: Tree,
    pub reply_to: Option<MessageId>,
}

impl Draft {
    pub fn new(client_id: ClientId, text: String) -> Result<Self> {
        let text = checked_text(text)?;
        Ok(Self { client_id, tree: beffroi_markup::parse(&text), text, reply_to: None })
    }

    /// In answer to another message of the same room.
    pub fn in_reply_to(self, reply_to: Option<MessageId>) -> Self {
        Self { reply_to, ..self }
    }
}

/// The text of a message, or what is wrong with it.
pub fn checked_text(text: String) -> Result<String> {
    match fault(&text) {
        Some(fault) => Err(Error::invalid(vec![fault])),
        None => Ok(text),
    }
}

/// What a repeated send is recognised by, whatever became of the message since: SHA-256 of the text as it was sent.
pub fn text_digest(text: &str) -> Vec<u8> {
    beffroi_crypto::token::digest(text).to_vec()
}

fn fault(text: &str) -> Option<FieldError> {
    if text.chars().all(|c| c.is_whitespace() || is_unprintable(c)) {
        return Some(FieldError::new("text", "required"));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Some(FieldError::new("text", "control_characters"));
    }
    let is_long = text.chars().count() > TEXT_CHARS_MAX;
    is_long.then(|| FieldError::new("text", "too_long").with("max", TEXT_CHARS_MAX))
}
