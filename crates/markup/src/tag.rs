//! The six tags of RA-4 and nothing near them.

use crate::address;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    B,
    I,
    U,
    Code,
    Pre,
    A,
}

impl Name {
    pub(crate) const COUNT: usize = 6;

    fn read(typed: &str) -> Option<Self> {
        [("b", Self::B), ("i", Self::I), ("u", Self::U), ("code", Self::Code), ("pre", Self::Pre), ("a", Self::A)]
            .into_iter()
            .find_map(|(name, tag)| typed.eq_ignore_ascii_case(name).then_some(tag))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    /// `href` stands in an `a` and is the accepted address.
    Open {
        name: Name,
        href: Option<Box<str>>,
    },
    Close(Name),
}

/// Reads one piece of inline HTML. `None` if it is not exactly one of ours: other names,
/// attributes, a refused address, `<b/>`, comments, declarations.
pub(crate) fn read(html: &str) -> Option<Tag> {
    let inside = html.strip_prefix('<')?.strip_suffix('>')?;
    if let Some(name) = inside.strip_prefix('/') {
        return Name::read(name.trim_ascii_end()).map(Tag::Close);
    }
    let name_end = inside.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inside.len());
    let (name, attributes) = inside.split_at(name_end);
    match Name::read(name)? {
        Name::A => {
            let href = address::accepted(&decode(only_href(attributes)?))?;
            Some(Tag::Open { name: Name::A, href: Some(href.into()) })
        }
        name => attributes.trim_ascii().is_empty().then_some(Tag::Open { name, href: None }),
    }
}

/// The value of `href` if that is the only attribute.
fn only_href(attributes: &str) -> Option<&str> {
    let attributes = attributes.trim_ascii();
    let (name, value) = attributes.split_once('=')?;
    if !name.trim_ascii_end().eq_ignore_ascii_case("href") {
        return None;
    }
    let value = value.trim_ascii_start();
    match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].strip_suffix(quote).filter(|value| !value.contains(quote)),
        _ => (!value.contains(|c: char| c.is_ascii_whitespace())).then_some(value),
    }
}

/// Decodes the references that are needed in an address. Any other stays as typed, which the
/// address rules judge.
fn decode(value: &str) -> String {
    value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(href: &str) -> Option<Tag> {
        Some(Tag::Open { name: Name::A, href: Some(href.into()) })
    }

    #[test]
    fn our_tags_are_read_in_any_case() {
        assert_eq!(read("<b>"), Some(Tag::Open { name: Name::B, href: None }));
        assert_eq!(read("<B >"), Some(Tag::Open { name: Name::B, href: None }));
        assert_eq!(read("<PRE\n>"), Some(Tag::Open { name: Name::Pre, href: None }));
        assert_eq!(read("</Code >"), Some(Tag::Close(Name::Code)));
    }

    #[test]
    fn an_address_is_read_from_any_quoting() {
        for html in [
            "<a href=\"https://example.org/?a&amp;b\">",
            "<A HREF = 'https://example.org/?a&b' >",
            "<a\nhref=https://example.org/?a&b>",
        ] {
            assert_eq!(read(html), link("https://example.org/?a&b"), "{html}");
        }
    }

    #[test]
    fn everything_else_is_not_ours() {
        for html in [
            "<b/>",
            "<b class=x>",
            "<b onclick=alert(1)>",
            "<bb>",
            "<b-b>",
            "<a>",
            "<a href>",
            "<a href=\"https://example.org\" title=\"x\">",
            "<a title=\"x\" href=\"https://example.org\">",
            "<a href=\"https://example.org\" href=\"https://example.com\">",
            "<a xhref=\"https://example.org\">",
            "<a href=\"javascript:alert(1)\">",
            "<a href=\"java\nscript:alert(1)\">",
            "<a href=\"&#106;avascript:alert(1)\">",
            "<a href=\"/path\">",
            "<script>",
            "<!-- b -->",
            "<![CDATA[<b>]]>",
            "<?php ?>",
            "</b/>",
            "</>",
            "<>",
        ] {
            assert_eq!(read(html), None, "{html}");
        }
    }
}
