//! Which addresses a text may link to.

use url::Url;

/// Longest address that becomes a link, in bytes. What is longer is no address a person would read.
const ADDRESS_BYTES_MAX: usize = 2048;

/// The normal form of an absolute http(s) address with a host and without credentials; `None` for
/// everything else.
///
/// Stricter than the URL standard, whose parser forgives what only serves to disguise a host: tabs
/// and line breaks anywhere, backslashes and missing or surplus slashes (`https:\\host`,
/// `https:host`, `https:///host`).
pub(crate) fn accepted(typed: &str) -> Option<String> {
    let typed = typed.trim_matches(' ');
    let forgiven = |c: char| (c.is_whitespace() && c != ' ') || c.is_control() || c == '\\';
    if typed.len() > ADDRESS_BYTES_MAX || typed.contains(forgiven) {
        return None;
    }
    let (scheme, rest) = typed.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    if !["http", "https"].iter().any(|s| scheme.eq_ignore_ascii_case(s))
        || authority.is_empty()
        || authority.contains('@')
    {
        return None;
    }
    let url = Url::parse(typed).ok()?;
    (url.has_host() && url.username().is_empty() && url.password().is_none()).then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::accepted;

    #[test]
    fn absolute_web_addresses_are_accepted_in_normal_form() {
        for (typed, normal) in [
            ("https://example.org", "https://example.org/"),
            ("HTTPS://Example.ORG:443/A?b#c", "https://example.org/A?b#c"),
            ("http://[::1]:8080/", "http://[::1]:8080/"),
            ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
            ("https://example.org/a@b", "https://example.org/a@b"),
            ("http://0x7f.1/", "http://127.0.0.1/"),
            (" https://example.org/a b ", "https://example.org/a%20b"),
        ] {
            assert_eq!(accepted(typed).as_deref(), Some(normal), "{typed}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for typed in [
            "",
            "example.org",
            "/path",
            "//example.org",
            "?query",
            "#fragment",
            "javascript:alert(1)",
            "JaVaScRiPt://example.org/%0aalert(1)",
            "java\nscript:alert(1)",
            "java\tscript://example.org",
            "\u{1}javascript:alert(1)",
            "data:text/html,<script>",
            "vbscript:msgbox",
            "ftp://example.org",
            "file:///etc/passwd",
            "blob:https://example.org/x",
            "view-source:https://example.org",
            "mailto:alice@example.org",
            "https:example.org",
            "https:/example.org",
            "https:///example.org",
            "https:\\\\example.org",
            "https://example.org\\@evil.example",
            "https://alice:secret@example.org",
            "https://alice@example.org",
            "https://@example.org",
            "https://exam\nple.org",
            "https://exam ple.org",
            "https://",
            "https://?",
            "https://example.org:99999",
            "https://[::1",
            "ht\ntps://example.org",
        ] {
            assert_eq!(accepted(typed), None, "{typed:?}");
        }
        let long = format!("https://example.org/{}", "a".repeat(2048));
        assert_eq!(accepted(&long), None);
    }
}
