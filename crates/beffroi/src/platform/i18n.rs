//! The catalogue: one file per language, shared with the browser. Keys are flat, placeholders are `{name}`.

use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A language that the product speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    #[default]
    English,
    French,
}

impl Language {
    pub const ALL: [Language; 2] = [Language::English, Language::French];

    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The best of `Accept-Language` (RFC 9110 §12.5.4) that we speak.
    pub fn accepted(header: &str) -> Option<Self> {
        let mut wanted: Vec<(f32, Language)> = header
            .split(',')
            .take(20)
            .filter_map(|part| {
                let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
                let quality = rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.parse().ok())?;
                (quality > 0.0).then_some((quality, Self::from_tag(tag.trim())?))
            })
            .collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.first().map(|(_, language)| *language)
    }
}

type Texts = HashMap<String, String>;

static CATALOGUE: LazyLock<[Texts; 2]> = LazyLock::new(|| {
    [read(include_str!("../../../../web/i18n/en.json")), read(include_str!("../../../../web/i18n/fr.json"))]
});

fn read(json: &str) -> Texts {
    let map: Map<String, Value> = serde_json::from_str(json).expect("the catalogue is checked by a test");
    map.into_iter().filter_map(|(key, text)| Some((key, text.as_str()?.to_owned()))).collect()
}

/// The text of a key with its placeholders filled. A missing key shows as itself; a test keeps that from happening.
pub fn text(language: Language, key: &str, values: &[(&str, String)]) -> String {
    let texts = &CATALOGUE[language as usize];
    let mut text = texts.get(key).cloned().unwrap_or_else(|| key.to_owned());
    for (name, value) in values {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

/// Whether the catalogue of that language has the key.
pub fn knows(language: Language, key: &str) -> bool {
    CATALOGUE[language as usize].contains_key(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_gets_the_best_language_that_we_speak() {
        assert_eq!(Language::accepted("fr-CH, fr;q=0.9, en;q=0.8"), Some(Language::French));
        assert_eq!(Language::accepted("de, en;q=0.5, fr;q=0.4"), Some(Language::English));
        assert_eq!(Language::accepted("fr;q=0, en;q=0.1"), Some(Language::English));
        assert_eq!(Language::accepted("de"), None);
        assert_eq!(Language::accepted("fr;q=nonsense"), None);
    }
}
