//! What a message may be.

use crate::{
    error::{Error, FieldError, Result},
    ids::ClientId,
};
use beffroi_markup::Tree;

pub const TEXT_CHARS_MAX: usize = 4000;

/// A message that keeps the rules, with its text already read into its safe tree.
#[derive(Debug)]
pub struct Draft {
    pub client_id: ClientId,
    pub text: String,
    pub tree: Tree,
}

impl Draft {
    pub fn new(client_id: ClientId, text: String) -> Result<Self> {
        if let Some(fault) = fault(&text) {
            return Err(Error::invalid(vec![fault]));
        }
        Ok(Self { client_id, tree: beffroi_markup::parse(&text), text })
    }
}

fn fault(text: &str) -> Option<FieldError> {
    if text.trim().is_empty() {
        return Some(FieldError::new("text", "required"));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Some(FieldError::new("text", "control_characters"));
    }
    let is_long = text.chars().count() > TEXT_CHARS_MAX;
    is_long.then(|| FieldError::new("text", "too_long").with("max", TEXT_CHARS_MAX))
}
