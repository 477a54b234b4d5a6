//! Whether a thing is still as somebody read it (RFC 9110 §13.1). A read of one thing carries its tag. A change may bring the
//! tag that it was made after, which is compared under the lock of the change: only there is the answer still true when the
//! change is written. A read may bring the tag of what is known, and is answered 304 when nothing is new.
//!
//! A tag of something that can be edited has two parts, `"EDITABLE.WHOLE"`. What changes by itself, such as how many messages
//! wait in a room, is part of the second alone: nobody's edit is stale because somebody else spoke.

use crate::{
    error::{Code, Error, FieldError, Result},
    platform::http::{
        answer::Success,
        describe::{Input, Operation, Output, Schemas},
    },
};
use axum::{
    body::Body,
    extract::{FromRequestParts, Request},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

/// Stands for what can be edited of a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag(String);

impl Tag {
    pub fn of(editable: &Value) -> Self {
        Self(digest(&editable.to_string()))
    }
}

/// 128 bits: nobody has to fear that two states of one thing share them.
fn digest(text: &str) -> String {
    beffroi_crypto::token::digest(text)[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Something that is read and changed as a whole.
pub trait Editable {
    fn tag(&self) -> Tag;
}

/// 200 with one thing that can be edited, and its tag.
pub struct Current<T>(pub T);

impl<T: Editable + Serialize> IntoResponse for Current<T> {
    fn into_response(self) -> Response {
        let Tag(editable) = self.0.tag();
        tagged(Success(self.0), |whole| format!("\"{editable}.{whole}\""))
    }
}

impl<T: JsonSchema> Output for Current<T> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas) {
        describe_tagged::<T>(operation, schemas, "Stands for it as it is; goes into `If-Match` and `If-None-Match`");
    }
}

/// 200 with one thing that nobody edits, and its tag.
pub struct Shown<T>(pub T);

impl<T: Serialize> IntoResponse for Shown<T> {
    fn into_response(self) -> Response {
        tagged(Success(self.0), |whole| format!("\"{whole}\""))
    }
}

impl<T: JsonSchema> Output for Shown<T> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas) {
        describe_tagged::<T>(operation, schemas, "Stands for it as it is; goes into `If-None-Match`");
    }
}

fn tagged<T: Serialize>(success: Success<T>, tag: impl FnOnce(String) -> String) -> Response {
    let text = match success.text() {
        Ok(text) => text,
        Err(error) => return error.into_response(),
    };
    let tag = HeaderValue::try_from(tag(digest(&text)));
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn describe_tagged<T: JsonSchema>(operation: &mut Operation, schemas: &mut Schemas, description: &str) {
    Success::<T>::describe(operation, schemas);
    if let Some(answer) = operation.answers.get_mut(&StatusCode::OK.as_u16()) {
        answer["headers"] =
            json!({"ETag": {"description": description, "required": true, "schema": {"type": "string"}}});
    }
}

/// Answers 304 to whoever knows already what a read would tell. Outside the handlers, since files of the application have
/// tags, too.
pub async fn spare(request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = if is_read { listed(request.headers(), header::IF_NONE_MATCH).ok().flatten() } else { None };
    let response = next.run(request).await;
    let tag = response.headers().get(header::ETAG).and_then(|tag| opaque(tag.to_str().ok()?));
    let is_known = known.zip(tag).is_some_and(|(known, tag)| known.include(tag));
    if is_known && response.status() == StatusCode::OK { not_modified(response) } else { response }
}

/// What `spare` adds to the reads whose answer has a tag.
pub fn describe_spare(operation: &mut Operation) {
    let ok = operation.answers.get(&StatusCode::OK.as_u16());
    if ok.is_none_or(|answer| answer["headers"]["ETag"].is_null()) {
        return;
    }
    operation.parameters.push(json!({
        "name": "If-None-Match",
        "in": "header",
        "required": false,
        "description": "The `ETag` of what is known already",
        "schema": {"type": "string"},
    }));
    operation.answer(StatusCode::NOT_MODIFIED, "As it was", None);
}

fn not_modified(response: Response) -> Response {
    let (mut head, _) = response.into_parts();
    head.status = StatusCode::NOT_MODIFIED;
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        head.headers.remove(name);
    }
    Response::from_parts(head, Body::empty())
}

/// The tags of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Listed {
    /// `*`
    Any,
    These(Vec<String>),
}

impl Listed {
    fn include(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tags.iter().any(|one| one == tag),
        }
    }

    /// Our tags hold no commas. Empty elements are passed over (RFC 9110 §5.6.1): a list of none matches nothing.
    fn parse(text: &str) -> Option<Self> {
        if text.trim() == "*" {
            return Some(Self::Any);
        }
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let tags = parts.map(|part| opaque(part).map(str::to_owned));
        tags.collect::<Option<_>>().map(Self::These)
    }
}

/// None when the header is absent.
fn listed(headers: &HeaderMap, name: HeaderName) -> Result<Option<Listed>> {
    let malformed = || Error::malformed(FieldError::new(name.as_str(), "malformed"));
    let values: Vec<&str> =
        headers.get_all(&name).iter().map(|value| value.to_str().map_err(|_| malformed())).collect::<Result<_>>()?;
    if values.is_empty() { Ok(None) } else { Listed::parse(&values.join(",")).map(Some).ok_or_else(malformed) }
}

/// What stands between the quotes. A proxy that compresses marks our tags as weak, and a client brings back what it got: the
/// mark is passed over, for it tells of the bytes of an answer.
fn opaque(tag: &str) -> Option<&str> {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let opaque = tag.strip_prefix('"')?.strip_suffix('"')?;
    opaque.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"').then_some(opaque)
}

/// What a change asks of the thing it is meant for; nothing, when the header is absent.
pub struct IfMatch(Option<Listed>);

impl IfMatch {
    /// Called under the lock of the change, and after everything that may refuse it for another reason than this.
    pub fn require(&self, present: &impl Editable) -> Result<()> {
        let Some(Listed::These(tags)) = &self.0 else { return Ok(()) };
        let Tag(present) = present.tag();
        let editable = |tag: &String| tag.split('.').next().is_some_and(|editable| editable == present);
        if tags.iter().any(editable) { Ok(()) } else { Err(Error::refuse(Code::STALE)) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        listed(&parts.headers, header::IF_MATCH).map(Self)
    }
}

impl Input for IfMatch {
    fn describe(operation: &mut Operation, _: &mut Schemas) {
        operation.parameters.push(json!({
            "name": "If-Match",
            "in": "header",
            "required": false,
            "description": "The `ETag` of what this change was made after: refused when it has been edited meanwhile",
            "schema": {"type": "string", "pattern": r#"^(\*|(W/)?"[!#-+\--~]*"(, ?(W/)?"[!#-+\--~]*")*)?$"#},
        }));
        operation.codes.push(Code::STALE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Text(&'static str);

    impl Editable for Text {
        fn tag(&self) -> Tag {
            Tag::of(&json!(self.0))
        }
    }

    #[test]
    fn a_list_of_tags_matches_when_one_of_them_does() {
        let Tag(present) = Text("a").tag();
        let passes = |header: &str| Listed::parse(header).map(|asked| IfMatch(Some(asked)).require(&Text("a")).is_ok());
        let [bare, whole] = [format!("\"{present}\""), format!("\"{present}.0\"")];
        for header in ["*", " * ", &bare, &whole, &format!("\"x\", {whole}"), &format!("W/{whole},\"y\"")] {
            assert_eq!(passes(header), Some(true), "{header}");
        }
        for header in ["\"x\"", "\"\"", "\"x\",\"y\"", "\"x\",", "", &format!("\"0.{present}\"")] {
            assert_eq!(passes(header), Some(false), "{header}");
        }
        for header in ["x", "\"x", "x\"", "\"", "\"x\" \"y\"", "*,\"x\"", "\"x y\"", "w/\"x\""] {
            assert_eq!(passes(header), None, "{header}");
        }
    }
}
