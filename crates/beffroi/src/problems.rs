//! `/problems/CODE`: what the `type` of a refusal leads to, in the reader's language (RFC 9457 §3.1.1).

use crate::{
    error::{Code, Error, Result},
    platform::i18n::{self, Language},
};
use axum::extract::Path;

/// Explains a refusal by its code, in the language of the reader.
///
/// Errors: not_found.
pub async fn show(language: Language, Path(name): Path<String>) -> Result<String> {
    let code = Code::ALL.iter().find(|code| code.name == name).ok_or(Error::refuse(Code::NOT_FOUND))?;
    let text = i18n::text(language, &format!("error.{}", code.name), &[]);
    Ok(format!("{} ({})\n\n{text}\n", code.name, code.status.as_u16()))
}
