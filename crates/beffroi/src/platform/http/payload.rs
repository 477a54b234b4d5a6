//! Reading what clients send: bounded in size and time, strict about fields, precise about what is wrong (RA-7).

use crate::{
    error::{Code, Error, FieldError, Result},
    platform::http::describe::{Input, Operation, Schemas},
};
use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Path, rejection::PathRejection},
};
use http::{HeaderMap, Request, header, request::Parts};
use http_body::Body as _;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _, Unexpected},
};
use serde_json::{Value, json};
use std::time::Duration;

/// Largest JSON body.
pub const JSON_BYTES_MAX: usize = 256 * 1024;
/// A body arrives within this time or not at all.
const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// A JSON body. Unknown, missing, doubled and wrongly typed fields are 400 and named.
pub struct Payload<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Payload<T> {
    type Rejection = Error;

    async fn from_request(request: Request<Body>, _: &S) -> Result<Self> {
        require_json(request.headers())?;
        let body = Limited::new(request.into_body(), JSON_BYTES_MAX).collect();
        let body = tokio::time::timeout(BODY_DEADLINE, body).await.map_err(|_| Error::refuse(Code::TIMED_OUT))?;
        let bytes = body.map_err(|error| unreadable(&*error))?.to_bytes();
        parse_json(&bytes).map(Self)
    }
}

impl<T: JsonSchema> Input for Payload<T> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas) {
        let content = json!({"application/json": {"schema": schemas.asked::<T>()}});
        operation.body = Some(json!({"required": true, "content": content}));
        operation.codes.extend(BODY_CODES);
    }
}

/// How every body may be refused.
const BODY_CODES: [Code; 5] =
    [Code::MALFORMED, Code::TIMED_OUT, Code::TOO_LARGE, Code::UNSUPPORTED_MEDIA_TYPE, Code::INVALID];

/// A JSON body that may be left out, as with DELETE.
pub struct OptionalPayload<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalPayload<T> {
    type Rejection = Error;

    async fn from_request(request: Request<Body>, state: &S) -> Result<Self> {
        let is_empty = request.body().size_hint().exact() == Some(0);
        if is_empty {
            return Ok(Self(T::default()));
        }
        Payload::from_request(request, state).await.map(|Payload(body)| Self(body))
    }
}

impl<T: JsonSchema> Input for OptionalPayload<T> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas) {
        Payload::<T>::describe(operation, schemas);
        if let Some(body) = &mut operation.body {
            body["required"] = json!(false);
        }
    }
}

fn require_json(headers: &HeaderMap) -> Result<()> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut parts = content_type.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|mime| mime.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.all(|part| {
        let part = part.to_ascii_lowercase();
        !part.starts_with("charset=") || matches!(part.as_str(), "charset=utf-8" | "charset=\"utf-8\"")
    });
    if is_json && is_utf8 { Ok(()) } else { Err(Error::refuse(Code::UNSUPPORTED_MEDIA_TYPE)) }
}

fn unreadable(error: &(dyn std::error::Error + 'static)) -> Error {
    let code = if error.is::<LengthLimitError>() { Code::TOO_LARGE } else { Code::MALFORMED };
    Error::refuse(code)
}

/// Parses JSON of bounded depth (128); a lone surrogate is no text and refused (RFC 8259 §8.2).
/// What we read is always an object: serde would take a list of its values as well, unnamed and in their order.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Error::refuse(Code::MALFORMED));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let is_data = error.inner().classify() == serde_json::error::Category::Data;
        if is_data { wrong_field(&path, &error.inner().to_string()) } else { Error::refuse(Code::MALFORMED) }
    })?;
    json.end().map_err(|_| Error::refuse(Code::MALFORMED))?;
    Ok(parsed)
}

/// A whole number, however JSON writes it: to JSON, and to JSON Schema, 7.0 is 7.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let Some(number) = Option::<serde_json::Number>::deserialize(deserializer)? else { return Ok(None) };
    // Every whole number up to here has a float of its own, and the float is exactly that number.
    let is_exact = |float: &f64| float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
    let from_float = || number.as_f64().filter(is_exact).map(|float| float as i64);
    let wrong = || D::Error::invalid_type(Unexpected::Float(number.as_f64().unwrap_or(f64::NAN)), &"a whole number");
    number.as_i64().or_else(from_float).map(Some).ok_or_else(wrong)
}

/// A query string, as strict as a body.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let pairs = url::form_urlencoded::parse(parts.uri.query().unwrap_or("").as_bytes());
        let parsed = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs));
        parsed.map(Self).map_err(|error| wrong_field(&error.path().to_string(), &error.inner().to_string()))
    }
}

impl<T: JsonSchema> Input for Query<T> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas) {
        let mut shape = schemas.asked::<T>();
        let required = shape["required"].take();
        for (name, schema) in shape["properties"].as_object_mut().into_iter().flatten() {
            let is_required = required.as_array().is_some_and(|names| names.iter().any(|required| required == name));
            let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let mut parameter =
                json!({"name": name, "in": "query", "required": is_required, "schema": without_null(schema.take())});
            if let Some(description) = description {
                parameter["description"] = description;
            }
            operation.parameters.push(parameter);
        }
        operation.codes.extend([Code::MALFORMED, Code::INVALID]);
    }
}

/// A query has no null: what is absent is left out.
fn without_null(mut schema: Value) -> Value {
    if let Some(types) = schema["type"].as_array() {
        let mut types = types.iter().filter(|name| *name != "null");
        schema["type"] = types.next().cloned().unwrap_or_default();
    }
    if let Some(names) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        names.retain(|name| !name.is_null());
    }
    let kept = schema["anyOf"].as_array().and_then(|any| any.iter().find(|one| one["type"] != "null"));
    kept.cloned().unwrap_or(schema)
}

/// serde names unknown, missing and doubled fields only inside its message, always between back-ticks.
fn wrong_field(path: &str, message: &str) -> Error {
    let named = message.split('`').nth(1).unwrap_or("");
    let (field, code) = if message.starts_with("unknown field") {
        (path.to_owned(), "unknown")
    } else if message.starts_with("missing field") {
        (join(path, named), "required")
    } else if message.starts_with("duplicate field") {
        (join(path, named), "duplicate")
    } else {
        (path.to_owned(), "wrong_type")
    };
    Error::malformed(FieldError::new(field, code))
}

fn join(path: &str, field: &str) -> String {
    if path == "." { field.to_owned() } else { format!("{path}.{field}") }
}

/// The ids of a path; one that is no UUID is 400 and named.
pub struct Ids<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Ids<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let Path(ids) = Path::<T>::from_request_parts(parts, state).await.map_err(|error| invalid_id(&error))?;
        Ok(Self(ids))
    }
}

/// One id, or a tuple of them in the order of the path.
impl<T: JsonSchema> Input for Ids<T> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas) {
        let shape = schemas.asked::<T>();
        match shape["prefixItems"].as_array() {
            Some(shapes) => operation.path.extend(shapes.iter().cloned()),
            None => operation.path.push(shape),
        }
        operation.codes.push(Code::INVALID_ID);
    }
}

fn invalid_id(_: &PathRejection) -> Error {
    Error::refuse_fields(Code::INVALID_ID, vec![FieldError::new("id", "malformed")])
}

/// How many entries of a list are asked for.
pub const LIMIT_MAX: i64 = 100;
const LIMIT_DEFAULT: i64 = 50;

/// Checks `limit`: 1 to 100, 50 when absent.
pub fn limit(asked: Option<i64>) -> Result<u64> {
    let limit = asked.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        let field = FieldError::new("limit", "out_of_range").with("min", 1).with("max", LIMIT_MAX);
        return Err(Error::invalid(vec![field]));
    }
    u64::try_from(limit).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[expect(dead_code, reason = "only its parsing matters here")]
        text: String,
        #[expect(dead_code, reason = "only its parsing matters here")]
        list: Option<Vec<u8>>,
    }

    #[track_caller]
    fn refused(json: &str) -> (Code, Vec<(String, &'static str)>) {
        match parse_json::<Sample>(json.as_bytes()) {
            Err(Error::Refused(refusal)) => {
                (refusal.code, refusal.fields.into_iter().map(|field| (field.field, field.code)).collect())
            }
            other => panic!("{json} gave {other:?}"),
        }
    }

    fn field(name: &str, code: &'static str) -> (Code, Vec<(String, &'static str)>) {
        (Code::MALFORMED, vec![(name.to_owned(), code)])
    }

    #[test]
    fn a_wrong_body_is_refused_by_the_name_of_its_field() {
        assert_eq!(refused(r#"{"text":1}"#), field("text", "wrong_type"));
        assert_eq!(refused(r#"{"text":"a","list":[1,300]}"#), field("list[1]", "wrong_type"));
        assert_eq!(refused(r#"{"text":"a","role":"admin"}"#), field("role", "unknown"));
        assert_eq!(refused(r#"{"text":"a","text":"b"}"#), field("text", "duplicate"));
        assert_eq!(refused(r#"{}"#), field("text", "required"));
    }

    #[test]
    fn what_is_no_json_is_refused_without_a_field() {
        let malformed = (Code::MALFORMED, Vec::new());
        for json in ["", "{", "nonsense", r#"{"text":"\ud800"}"#, r#"{"text":"a"} {"text":"b"}"#, "\u{feff}{}"] {
            assert_eq!(refused(json), malformed, "{json}");
        }
        let deep = format!(r#"{{"text":"a","list":{}"#, "[".repeat(100_000));
        assert_eq!(parse_json::<Sample>(deep.as_bytes()).map_err(|error| error.code()).unwrap_err(), Code::MALFORMED);
    }
}
