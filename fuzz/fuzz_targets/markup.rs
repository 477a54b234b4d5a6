//! No text may panic, link anywhere but to http(s), or nest deeper than a JSON reader follows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let tree = beffroi_markup::parse(text);
    beffroi_markup::plain_text(&tree);
    let json = serde_json::to_string(&tree).expect("a tree serialises");
    let json: Value = serde_json::from_str(&json).expect("a tree is shallow");
    let mut nodes = vec![&json];
    while let Some(node) = nodes.pop() {
        match node {
            Value::Array(inner) => nodes.extend(inner),
            Value::Object(fields) => {
                fields
                    .get("href")
                    .and_then(Value::as_str)
                    .inspect(|href| check(href));
                nodes.extend(fields.values());
            }
            _ => {}
        }
    }
});

fn check(href: &str) {
    let url = url::Url::parse(href).expect("an href is absolute");
    assert!(
        ["http", "https"].contains(&url.scheme()) && url.has_host(),
        "{href}"
    );
    assert!(
        url.username().is_empty() && url.password().is_none(),
        "{href}"
    );
}
