//! The shapes of success.

use crate::{
    error::{Error, Result},
    platform::http::describe::{Operation, Output, Schemas},
};
use axum::{
    Json,
    body::Bytes,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use std::marker::PhantomData;

#[derive(Serialize)]
struct Envelope<T> {
    success: bool,
    data: T,
}

/// 200 with one thing.
pub struct Success<T>(pub T);

impl<T: Serialize> Success<T> {
    /// As it goes out.
    pub(super) fn text(&self) -> Result<String> {
        serde_json::to_string(&Envelope { success: true, data: &self.0 }).map_err(Error::internal)
    }
}

impl<T: Serialize> IntoResponse for Success<T> {
    fn into_response(self) -> Response {
        Json(Envelope { success: true, data: self.0 }).into_response()
    }
}

impl<T: JsonSchema> Output for Success<T> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas) {
        let envelope = envelope(schemas.told::<T>());
        operation.answer(StatusCode::OK, "Done", Some(("application/json", envelope)));
    }
}

fn envelope(data: Value) -> Value {
    json!({
        "type": "object",
        "required": ["success", "data"],
        "properties": {"success": {"const": true}, "data": data},
    })
}

/// 201 with the thing and where it is.
pub struct Created<T> {
    pub location: String,
    pub data: T,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::CREATED, Success(self.data)).into_response();
        if let Ok(location) = HeaderValue::try_from(self.location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

impl<T: JsonSchema> Output for Created<T> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas) {
        let envelope = envelope(schemas.told::<T>());
        let answer = operation.answer(StatusCode::CREATED, "Made", Some(("application/json", envelope)));
        answer["headers"] =
            json!({"Location": {"description": "Where it is", "required": true, "schema": {"type": "string"}}});
    }
}

/// 201 with the thing, or 200 with what an earlier request of the same kind made.
pub enum Repeatable<T> {
    Now(Created<T>),
    Before(Success<T>),
}

impl<T: Serialize> IntoResponse for Repeatable<T> {
    fn into_response(self) -> Response {
        match self {
            Self::Now(created) => created.into_response(),
            Self::Before(success) => success.into_response(),
        }
    }
}

impl<T: JsonSchema> Output for Repeatable<T> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas) {
        Created::<T>::describe(operation, schemas);
        Success::<T>::describe(operation, schemas);
    }
}

/// 200 with a page of a list and how to ask for the next one.
#[derive(Serialize)]
pub struct Page<T> {
    success: bool,
    pub data: Vec<T>,
    pub next: Option<String>,
}

impl<T> Page<T> {
    pub fn new(data: Vec<T>, next: Option<String>) -> Self {
        Self { success: true, data, next }
    }

    /// A list that is short by its nature.
    pub fn whole(data: Vec<T>) -> Self {
        Self::new(data, None)
    }
}

/// Cuts a page out of rows of which one more than `limit` was asked for, so that whether there is more is known, not
/// guessed; the cursor of the last row that is shown leads on.
pub fn cut<R>(mut rows: Vec<R>, limit: u64, cursor: impl Fn(&R) -> String) -> (Vec<R>, Option<String>) {
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > shown;
    rows.truncate(shown);
    let next = rows.last().filter(|_| has_more).map(cursor);
    (rows, next)
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

impl<T: JsonSchema> Output for Page<T> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas) {
        let mut page = envelope(json!({"type": "array", "items": schemas.told::<T>()}));
        page["required"] = json!(["success", "data", "next"]);
        page["properties"]["next"] = json!({"type": ["string", "null"], "description": "Asks on, as `cursor`"});
        operation.answer(StatusCode::OK, "A page of the list", Some(("application/json", page)));
    }
}

/// 202: what comes of it is not told here.
pub struct Accepted;

impl IntoResponse for Accepted {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, Success(json!({}))).into_response()
    }
}

impl Output for Accepted {
    fn describe(operation: &mut Operation, _: &mut Schemas) {
        let envelope = envelope(json!({"type": "object"}));
        operation.answer(StatusCode::ACCEPTED, "Taken in", Some(("application/json", envelope)));
    }
}

/// The answer `A` as it goes over the wire, so that it can be kept and given again.
pub struct Encoded<A>(Bytes, PhantomData<A>);

impl<A> Encoded<A> {
    /// One that was encoded before.
    pub fn of(bytes: Bytes) -> Self {
        Self(bytes, PhantomData)
    }

    pub fn bytes(&self) -> Bytes {
        self.0.clone()
    }
}

impl<T: Serialize> Encoded<Page<T>> {
    pub fn new(page: &Page<T>) -> Result<Self> {
        Ok(Self::of(serde_json::to_vec(page).map_err(Error::internal)?.into()))
    }
}

impl<A> IntoResponse for Encoded<A> {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], self.0).into_response()
    }
}

impl<A: Output> Output for Encoded<A> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas) {
        A::describe(operation, schemas);
    }
}

/// 204.
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl Output for NoContent {
    fn describe(operation: &mut Operation, _: &mut Schemas) {
        operation.answer(StatusCode::NO_CONTENT, "Done", None);
    }
}
