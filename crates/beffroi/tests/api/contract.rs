//! Whatever a test meets, the API document says of its operation: so the lists of errors above the handlers cannot lie.

use beffroi::{app::App, openapi, router};
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;
use std::{collections::BTreeMap, sync::OnceLock};

/// By path template and method in small letters.
type Operations = BTreeMap<String, BTreeMap<String, Operation>>;

/// An operation's codes by status; an answer that is no refusal has none.
type Operation = BTreeMap<u16, Vec<String>>;

/// The same for every house.
static OPERATIONS: OnceLock<Operations> = OnceLock::new();

pub fn learn(app: &App) {
    OPERATIONS.get_or_init(|| operations(&openapi::document(router::table(app).routes())));
}

/// Fails when the answer is one that the document does not know.
#[track_caller]
pub fn check(method: &Method, path: &str, status: StatusCode, headers: &HeaderMap, body: &Value) {
    let operations = OPERATIONS.get().expect("a house was built");
    let Some(template) = template(operations.keys(), path) else { return };
    let Some(operation) = operations[template].get(&method.as_str().to_lowercase()) else { return };
    let codes = operation.get(&status.as_u16());
    let code = body["code"].as_str().unwrap_or_default();
    let is_known = codes.is_some_and(|codes| codes.is_empty() || codes.iter().any(|known| known == code));
    assert!(is_known, "the API document lacks {} {code} of {method} {template}", status.as_u16());
    let needed = match status.as_u16() {
        201 => header::LOCATION,
        401 => header::WWW_AUTHENTICATE,
        429 | 503 => header::RETRY_AFTER,
        _ => return,
    };
    assert!(headers.contains_key(&needed), "{method} {template}: {} without {needed}", status.as_u16());
}

/// The template that the router takes: a word before a value, wherever both fit.
fn template<'a>(templates: impl Iterator<Item = &'a String>, path: &str) -> Option<&'a String> {
    let is_value = |part: &str| part.starts_with('{');
    let fits = |template: &&String| {
        let mut parts = template.split('/').zip(path.split('/'));
        template.split('/').count() == path.split('/').count()
            && parts.all(|(part, given)| part == given || is_value(part) && !given.is_empty())
    };
    templates.filter(fits).min_by_key(|template| template.split('/').map(is_value).collect::<Vec<_>>())
}

fn operations(document: &Value) -> Operations {
    let object = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let operation = |operation: &Value| -> Operation {
        let answers = object(&operation["responses"]).into_iter();
        answers.map(|(status, answer)| (status.parse().expect("a status"), codes(document, &answer))).collect()
    };
    let paths = object(&document["paths"]).into_iter();
    paths
        .map(|(path, methods)| {
            let methods = object(&methods).into_iter();
            (path, methods.map(|(method, told)| (method, operation(&told))).collect())
        })
        .collect()
}

fn codes(document: &Value, answer: &Value) -> Vec<String> {
    let reference = answer["$ref"].as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#')));
    let schema = &reference.unwrap_or(answer)["content"]["application/problem+json"]["schema"];
    let codes = schema["allOf"][1]["properties"]["code"]["enum"].as_array().cloned().unwrap_or_default();
    codes.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
