//! What an operation reads and answers, told by the types of its handler: the API document cannot say anything else than
//! what the program does. A type that a handler takes or returns says it by [`Input`] or [`Output`].

use crate::{
    app::App,
    audit::Circumstances,
    error::{Code, Result},
    platform::i18n::Language,
};
use axum::{
    extract::{Path, Request, State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    response::Response,
};
use http::{HeaderMap, StatusCode, Uri};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Where the document keeps the shapes that have a name.
pub const SHAPES: &str = "/components/schemas";

/// One operation, as far as its handler's types tell.
#[derive(Default)]
pub struct Operation {
    /// The shapes of the path's values, in their order.
    pub path: Vec<Value>,
    /// Parameters of the query and of the headers.
    pub parameters: Vec<Value>,
    pub body: Option<Value>,
    pub answers: BTreeMap<u16, Value>,
    /// How it may be refused.
    pub codes: Vec<Code>,
    /// A file or screen of the application: no part of the API.
    pub is_screen: bool,
}

impl Operation {
    pub fn answer(&mut self, status: StatusCode, description: &str, content: Option<(&str, Value)>) -> &mut Value {
        let mut answer = json!({"description": description});
        if let Some((kind, schema)) = content {
            answer["content"] = json!({kind: {"schema": schema}});
        }
        self.answers.entry(status.as_u16()).insert_entry(answer).into_mut()
    }
}

/// The shapes met so far: what is asked for and what is told may differ in what is required.
pub struct Schemas {
    asked: SchemaGenerator,
    told: SchemaGenerator,
}

impl Schemas {
    pub fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = SHAPES.into());
        let (asked, told) = (settings.clone().for_deserialize(), settings.for_serialize());
        Self { asked: SchemaGenerator::new(asked), told: SchemaGenerator::new(told) }
    }

    /// A shape that stands in a request only, written out in its place.
    pub fn asked<T: JsonSchema>(&mut self) -> Value {
        T::json_schema(&mut self.asked).to_value()
    }

    /// A shape of an answer, by reference where it has a name.
    pub fn told<T: JsonSchema>(&mut self) -> Value {
        self.told.subschema_for::<T>().to_value()
    }

    /// Every shape with a name.
    pub fn named(mut self) -> Map<String, Value> {
        let mut named = self.asked.take_definitions(true);
        named.extend(self.told.take_definitions(true));
        named
    }
}

impl Default for Schemas {
    fn default() -> Self {
        Self::new()
    }
}

/// What a handler takes.
#[diagnostic::on_unimplemented(
    message = "the API document cannot tell what a handler reads as `{Self}`",
    note = "take `Payload`, `OptionalPayload`, `Query` or `Ids` of a type that derives `JsonSchema`, or implement `Input`"
)]
pub trait Input {
    fn describe(_: &mut Operation, _: &mut Schemas) {}
}

/// What a handler returns.
#[diagnostic::on_unimplemented(
    message = "the API document cannot tell what a handler answers as `{Self}`",
    note = "return `Success`, `Created`, `Page` or `NoContent` of a type that derives `JsonSchema`; a response made by hand \
            is named by what it is like: `As<Success<View>>`"
)]
pub trait Output {
    fn describe(operation: &mut Operation, schemas: &mut Schemas);
}

/// These come from the server, or from parts of a request that every one has.
impl Input for State<App> {}
impl Input for Circumstances {}
impl Input for Language {}
impl Input for HeaderMap {}
impl Input for Uri {}
impl Input for Request {}

/// A name or code in a path.
impl Input for Path<String> {
    fn describe(operation: &mut Operation, _: &mut Schemas) {
        operation.path.push(json!({"type": "string", "minLength": 1}));
    }
}

impl Input for Result<WebSocketUpgrade, WebSocketUpgradeRejection> {
    fn describe(operation: &mut Operation, _: &mut Schemas) {
        operation.codes.extend([Code::CROSS_SITE, Code::UPGRADE_REQUIRED]);
    }
}

impl<T: Output> Output for Result<T> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas) {
        T::describe(operation, schemas);
    }
}

fn plain_text(operation: &mut Operation) {
    operation.answer(StatusCode::OK, "Plain text", Some(("text/plain", json!({"type": "string"}))));
}

impl Output for &'static str {
    fn describe(operation: &mut Operation, _: &mut Schemas) {
        plain_text(operation);
    }
}

impl Output for String {
    fn describe(operation: &mut Operation, _: &mut Schemas) {
        plain_text(operation);
    }
}

/// A response made by hand that is like `D`.
pub struct As<D> {
    response: Response,
    like: std::marker::PhantomData<fn() -> D>,
}

impl<D> From<Response> for As<D> {
    fn from(response: Response) -> Self {
        Self { response, like: std::marker::PhantomData }
    }
}

impl<D> axum::response::IntoResponse for As<D> {
    fn into_response(self) -> Response {
        self.response
    }
}

impl<D: Output> Output for As<D> {
    fn describe(operation: &mut Operation, schemas: &mut Schemas) {
        D::describe(operation, schemas);
    }
}

/// A file or screen of the application.
pub struct Screen;

impl Output for Screen {
    fn describe(operation: &mut Operation, _: &mut Schemas) {
        operation.is_screen = true;
    }
}

/// The connection goes on as a WebSocket.
pub struct Socket;

impl Output for Socket {
    fn describe(operation: &mut Operation, _: &mut Schemas) {
        operation.answer(StatusCode::SWITCHING_PROTOCOLS, "The chat socket, subprotocol `beffroi.v1`", None);
    }
}
