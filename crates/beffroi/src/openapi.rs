//! The API document (OpenAPI 3.1), made from the lines of the router: method, path, access and rate from the line itself,
//! shapes from the types of its handler, words and particular refusals from the comment above the handler:
//!
//! ```text
//! /// Opens a room; whoever opens it owns it.
//! ///
//! /// Errors: room.name_taken.
//! ```
//!
//! What can be refused anywhere (no credential, too many requests, …) is added here by what the line asks for.

use crate::{
    app::App,
    error::{Code, FieldError},
    platform::http::{
        describe::{As, Operation, SHAPES, Schemas},
        etag,
    },
    roles::Permission,
    route::{Access, Limit, Route},
    router,
};
use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The comments above the handlers, by the handler's path; collected by `build.rs`.
const COMMENTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/comments.rs"));

/// How a request is refused that does not say who makes it, or whose credential is over.
const UNRECOGNISED: [Code; 8] = [
    Code::AUTH_REQUIRED,
    Code::AUTH_AMBIGUOUS,
    Code::TOKEN_INVALID,
    Code::TOKEN_EXPIRED,
    Code::SESSION_IDLE,
    Code::SESSION_ABSOLUTE,
    Code::SESSION_REVOKED,
    Code::PASSWORD_CHANGED,
];

/// This document.
pub async fn show(State(app): State<App>) -> As<Document> {
    let json = app.document.get_or_init(|| document(router::table(&app).routes()).to_string().into());
    let mut response = Response::new(Body::from(json.clone()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.into_response().into()
}

pub struct Document;

impl crate::platform::http::describe::Output for Document {
    fn describe(operation: &mut Operation, _: &mut Schemas) {
        operation.answer(StatusCode::OK, "OpenAPI 3.1", Some(("application/json", json!({"type": "object"}))));
    }
}

pub fn document(routes: &[Route]) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in routes {
        if let Some(operation) = operation(route, &mut schemas) {
            paths.entry(route.path).or_default().insert(route.method.as_str().to_ascii_lowercase(), operation);
        }
    }
    let mut shapes = schemas.named();
    shapes.insert("Problem".to_owned(), problem());
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Beffroi",
            "version": "1",
            "description": "A self-hosted community chat server. Failures are problems (RFC 9457) with a stable `code`.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": shapes, "responses": shared_refusals(), "securitySchemes": credentials()},
    });
    plainly_named(document)
}

fn credentials() -> Value {
    json!({
        "bearer": {"type": "http", "scheme": "bearer", "description": "`access_token` of a sign-in"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "bf_sid", "description": "The session of the browser \
            application; over HTTPS its name is `__Host-bf_sid`. Changes must come from the server's own pages, \
            and bring a token in `X-CSRF-Token` where the server's `csrf_mode` is `token`."},
        "ticket": {"type": "apiKey", "in": "query", "name": "ticket", "description": "`ticket` of `POST /api/v1/ws-ticket`, \
            for one socket"},
    })
}

/// None for the files and screens of the application.
fn operation(route: &Route, schemas: &mut Schemas) -> Option<Value> {
    let mut told = Operation::default();
    (route.describe)(&mut told, schemas);
    if told.is_screen {
        return None;
    }
    let comment = Comment::above(route.handler);
    told.codes.extend(comment.codes.iter());
    told.codes.extend(general_codes(route));
    if route.method == Method::GET {
        etag::describe_spare(&mut told);
    }
    let mut operation = json!({
        "operationId": operation_id(route),
        "tags": [route.handler.split("::").next()],
        "summary": comment.summary,
        "parameters": path_parameters(route.path, &told.path).chain(told.parameters).collect::<Vec<_>>(),
        "responses": responses(told.answers, told.codes),
        "security": security(route.access),
    });
    let optional = [
        ("description", comment.description.map(Value::from)),
        ("requestBody", told.body),
        ("x-permission", permission(route.access)),
        ("x-rate-limit", rate_limit(route.limit)),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            operation[name] = value;
        }
    }
    Some(operation)
}

/// `rooms.list` of `rooms::routes::list`.
fn operation_id(route: &Route) -> String {
    let names: Vec<&str> = route.handler.split("::").filter(|name| *name != "routes").collect();
    names.join(".")
}

fn path_parameters<'a>(path: &'a str, shapes: &'a [Value]) -> impl Iterator<Item = Value> + 'a {
    let names = path.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name));
    names.zip(shapes).map(|(name, schema)| json!({"name": name, "in": "path", "required": true, "schema": schema}))
}

fn security(access: Access) -> Value {
    match access {
        Access::Anyone => json!([]),
        Access::HoldsAtSocket(_) => json!([{"bearer": []}, {"cookie": []}, {"ticket": []}]),
        _ => json!([{"bearer": []}, {"cookie": []}]),
    }
}

fn permission(access: Access) -> Option<Value> {
    let names = |permissions: &[Permission]| json!(permissions.iter().map(|one| one.name()).collect::<Vec<_>>());
    match access {
        Access::Anyone | Access::SignedIn => None,
        Access::Holds(permission) | Access::HoldsAtSocket(permission) => Some(names(&[permission])),
        Access::HoldsEither(one, other) => Some(names(&[one, other])),
    }
}

fn rate_limit(limit: Limit) -> Option<Value> {
    match limit {
        Limit::Free => None,
        Limit::Standard => Some(json!("standard")),
        Limit::Messages => Some(json!("messages")),
    }
}

/// What follows from the line in the router.
fn general_codes(route: &Route) -> Vec<Code> {
    // Any request may lack its `Host`, or be one too many of its address.
    let mut codes = vec![Code::MALFORMED, Code::TOO_MANY_CONNECTIONS, Code::INTERNAL, Code::UNAVAILABLE];
    if route.limit != Limit::Free {
        codes.push(Code::RATE_LIMITED);
    }
    if route.access != Access::Anyone {
        codes.extend(UNRECOGNISED);
    }
    if permission(route.access).is_some() {
        codes.push(Code::FORBIDDEN);
    }
    if route.method != Method::GET {
        codes.push(Code::CROSS_SITE);
        if route.access != Access::Anyone {
            codes.push(Code::CSRF_REQUIRED);
        }
    }
    codes
}

/// What the comment above a handler says.
struct Comment {
    summary: String,
    description: Option<String>,
    codes: Vec<Code>,
}

impl Comment {
    fn above(handler: &str) -> Self {
        let found = COMMENTS.iter().find(|(name, _)| *name == handler);
        let text = found.map_or("", |(_, text)| text).trim().replace("\n\n", "\u{b6}").replace('\n', " ");
        let (errors, words): (Vec<&str>, Vec<&str>) =
            text.split('\u{b6}').map(str::trim).partition(|paragraph| paragraph.starts_with(ERRORS));
        let words = words.join("\n\n");
        let (summary, rest) = words.split_once(". ").unwrap_or((words.trim_end_matches('.'), ""));
        Self {
            summary: summary.to_owned(),
            description: (!rest.is_empty()).then(|| rest.to_owned()),
            codes: errors.into_iter().flat_map(codes_in).collect(),
        }
    }
}

const ERRORS: &str = "Errors:";

/// The codes of `Errors: room.name_taken, room.archived.`
fn codes_in(paragraph: &str) -> impl Iterator<Item = Code> {
    let names = paragraph.trim_start_matches(ERRORS).split(',').map(|name| name.trim().trim_end_matches('.'));
    names.filter_map(|name| Code::ALL.iter().copied().find(|code| code.name == name))
}

/// Names in the comments that are no codes, with their handlers: a test wants none.
pub fn unknown_codes() -> Vec<String> {
    let lists = COMMENTS.iter().flat_map(|(handler, text)| {
        let list = text.split_once(ERRORS).map_or("", |(_, list)| list);
        list.split(',').map(move |name| (handler, name.trim().trim_end_matches('.')))
    });
    let unknown = lists.filter(|(_, name)| !name.is_empty() && !Code::ALL.iter().any(|code| code.name == *name));
    unknown.map(|(handler, name)| format!("{handler}: {name}")).collect()
}

/// The answers of an operation by their status, its refusals grouped by theirs.
fn responses(answers: BTreeMap<u16, Value>, codes: Vec<Code>) -> BTreeMap<String, Value> {
    let mut refusals: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for code in codes {
        let names = refusals.entry(code.status.as_u16()).or_default();
        if !names.contains(&code.name) {
            names.push(code.name);
        }
    }
    let refusals = refusals.into_iter().map(|(status, mut names)| {
        names.sort_unstable();
        (status.to_string(), by_reference(status, &names).unwrap_or_else(|| refusal(status, &names)))
    });
    answers.into_iter().map(|(status, answer)| (status.to_string(), answer)).chain(refusals).collect()
}

/// Refusals that nearly every operation shares stand in the document once.
const SHARED: &[(&str, &[Code])] = &[
    ("Forbidden", &[Code::FORBIDDEN]),
    ("CrossSite", &[Code::CROSS_SITE]),
    ("Forged", &[Code::CROSS_SITE, Code::CSRF_REQUIRED]),
    ("ForbiddenOrForged", &[Code::FORBIDDEN, Code::CROSS_SITE, Code::CSRF_REQUIRED]),
    ("TimedOut", &[Code::TIMED_OUT]),
    ("TooLarge", &[Code::TOO_LARGE]),
    ("UnsupportedMediaType", &[Code::UNSUPPORTED_MEDIA_TYPE]),
    ("Invalid", &[Code::INVALID]),
    ("RateLimited", &[Code::TOO_MANY_CONNECTIONS, Code::RATE_LIMITED]),
    ("TooManyConnections", &[Code::TOO_MANY_CONNECTIONS]),
    ("ServerError", &[Code::INTERNAL]),
    ("Unavailable", &[Code::UNAVAILABLE]),
];

fn shared() -> impl Iterator<Item = (&'static str, u16, Vec<&'static str>)> {
    let unauthorized = UNRECOGNISED.iter().copied().filter(|code| code.status == StatusCode::UNAUTHORIZED).collect();
    let listed = SHARED.iter().map(|(name, codes)| (*name, codes.to_vec()));
    listed.chain([("Unauthorized", unauthorized)]).map(|(name, codes): (_, Vec<Code>)| {
        let mut names: Vec<&str> = codes.iter().map(|code| code.name).collect();
        names.sort_unstable();
        (name, codes[0].status.as_u16(), names)
    })
}

fn shared_refusals() -> BTreeMap<&'static str, Value> {
    shared().map(|(name, status, codes)| (name, refusal(status, &codes))).collect()
}

fn by_reference(status: u16, codes: &[&str]) -> Option<Value> {
    let (name, ..) = shared().find(|(_, shared, names)| *shared == status && names == codes)?;
    Some(json!({"$ref": format!("#/components/responses/{name}")}))
}

fn refusal(status: u16, codes: &[&str]) -> Value {
    let particular = json!({"properties": {"status": {"const": status}, "code": {"enum": codes}}});
    let schema = json!({"allOf": [{"$ref": "#/components/schemas/Problem"}, particular]});
    let quoted: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    let mut refusal = json!({
        "description": quoted.join(", "),
        "content": {"application/problem+json": {"schema": schema}},
    });
    let header = match status {
        401 => ("WWW-Authenticate", "How to say who one is", "string"),
        429 | 503 => ("Retry-After", "Seconds until it makes sense to come back", "integer"),
        _ => return refusal,
    };
    let (name, description, kind) = header;
    refusal["headers"] = json!({name: {"description": description, "required": true, "schema": {"type": kind}}});
    refusal
}

/// RFC 9457, with our `code`, `request_id` and `errors`.
fn problem() -> Value {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.name).collect();
    let text = json!({"type": "string"});
    json!({
        "type": "object",
        "description": "A failure. `code` is stable; `detail` is for people, in the language of `Accept-Language`.",
        "required": ["success", "type", "title", "status", "code", "detail", "request_id", "errors"],
        "properties": {
            "success": {"const": false},
            "type": {"type": "string", "format": "uri-reference"},
            "title": text,
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": codes},
            "detail": text,
            "request_id": {"type": "string", "format": "uuid"},
            "errors": {"type": "array", "description": "Every field that is wrong", "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": text, "code": {"type": "string", "enum": FieldError::CODES}, "detail": text,
                },
            }},
        },
    })
}

/// `Room` rather than `RoomView`: outsiders see no views.
fn plainly_named(mut document: Value) -> Value {
    let shapes = document["components"]["schemas"].as_object_mut().map(std::mem::take).unwrap_or_default();
    let plain = |name: &str| {
        let short = name.strip_suffix("View").filter(|short| !shapes.contains_key(*short));
        short.unwrap_or(name).to_owned()
    };
    let renamed: Map<String, Value> = shapes.iter().map(|(name, shape)| (plain(name), shape.clone())).collect();
    document["components"]["schemas"] = Value::Object(renamed);
    refer(&mut document, &|reference| {
        let name = reference.strip_prefix(&format!("#{SHAPES}/"))?;
        Some(format!("#{SHAPES}/{}", plain(name)))
    });
    document
}

/// Rewrites every `$ref` that `to` has another target for.
fn refer(value: &mut Value, to: &dyn Fn(&str) -> Option<String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, to)),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                let target = field.as_str().filter(|_| name == "$ref").and_then(to);
                match target {
                    Some(target) => *field = Value::String(target),
                    None => refer(field, to),
                }
            }
        }
        _ => {}
    }
}
