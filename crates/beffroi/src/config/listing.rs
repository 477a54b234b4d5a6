//! Settings written out for people: as they are, and as the example that documents them all.

use super::{
    keys::{KEYS, Key},
    layers::{Layers, Setting},
};
use serde_json::{Value, json};
use std::fmt::Write;

/// `beffroi config show`: every setting in TOML, secrets hidden, on request with where each comes from.
pub fn show(layers: &Layers, with_origin: bool) -> String {
    sections(|key, out| {
        let setting = layers.setting(key.name);
        let origin = if with_origin { format!("  # {}", setting.origin) } else { String::new() };
        // What is not set has no value in TOML.
        let comment = if setting.text.is_empty() { "# " } else { "" };
        let _never_fails = writeln!(out, "{comment}{} = {}{origin}", short(key), literal(key, &shown(key, setting)));
    })
}

pub fn show_json(layers: &Layers) -> Value {
    let entry = |key: &Key| {
        let setting = layers.setting(key.name);
        let value = (!setting.text.is_empty()).then(|| shown(key, setting));
        json!({"key": key.name, "value": value, "origin": setting.origin.to_string()})
    };
    KEYS.iter().map(entry).collect()
}

/// `beffroi config example`: a file in which every setting stands with its built-in value, nothing in force.
pub fn example() -> String {
    let settings = sections(|key, out| {
        let _never_fails = writeln!(out, "# {}.", key.about);
        let _never_fails = writeln!(out, "# {}; in the environment {}.", wanted(key), names(key));
        let _never_fails = writeln!(out, "# {} = {}\n", short(key), literal(key, key.default));
    });
    format!(
        "# Every setting of Beffroi with its built-in value. Written by `beffroi config example`.\n\
         # Put what you change into beffroi.toml, in the data directory or where the server starts.\n\
         # The environment and the command line win over it. Every secret may instead come from a file of its own:\n\
         # NAME_FILE in the environment, key_file here.\n\n{settings}"
    )
}

fn sections(write: impl Fn(&Key, &mut String)) -> String {
    let (mut out, mut section) = (String::new(), "");
    for key in KEYS {
        if key.section() != section {
            section = key.section();
            let gap = if out.is_empty() || out.ends_with("\n\n") { "" } else { "\n" };
            let _never_fails = writeln!(out, "{gap}[{section}]");
        }
        write(key, &mut out);
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn short(key: &Key) -> &str {
    key.name.split_once('.').map_or(key.name, |(_, short)| short)
}

fn shown(key: &Key, setting: &Setting) -> String {
    if key.is_secret() && !setting.text.is_empty() { "***".to_owned() } else { setting.text.clone() }
}

fn literal(key: &Key, text: &str) -> String {
    if key.kind.is_bare() { text.to_owned() } else { Value::from(text).to_string() }
}

fn wanted(key: &Key) -> String {
    let wanted = key.kind.wanted();
    let mut chars = wanted.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn names(key: &Key) -> String {
    let own = format!("BEFFROI_{}", key.name.replacen('.', "__", 1).to_uppercase());
    key.environment.iter().map(|name| (*name).to_owned()).chain([own]).collect::<Vec<_>>().join(" or ")
}
