//! What mallory types (RA-4).

mod show;

use beffroi_markup::{Block, DEPTH_MAX, Inline, NODES_MAX, Tree, parse, plain_text};
use show::show;

/// Everything here comes out as one paragraph of the very text that went in: no tag of ours, no
/// link.
#[test]
fn html_that_is_not_ours_shows_as_typed() {
    for typed in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg><style><!--</style><img src=x onerror=alert(1)>--></svg>",
        "<svg onload=alert(1)>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt\" src=x>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<template><b></template>",
        "<iframe srcdoc=\"x\"></iframe>",
        "<xmp><p title=\"</xmp><svg/onload=alert(1)>\">",
        "<textarea><b></textarea>",
        "<!-- <b>a</b",
        "<!-- a -->",
        "<!DOCTYPE html>",
        "<?xml version=\"1.0\"?>",
        "<![CDATA[a]]>",
        "<b onclick=alert(1)>a</b>",
        "<b class=\"a\">a</b>",
        "<B STYLE=a>a</B>",
        "<u\u{a0}>a</u>",
        "<b/>a",
        "<b/onload=alert(1)>a",
        "<strong>a</strong>",
        "<a>a</a>",
        "<a name=\"a\">a</a>",
        "<a href>a</a>",
        "<a href=\"javascript:alert(1)\">a</a>",
        "<a href=\"JaVaScRiPt:alert(1)\">a</a>",
        "<a href=\" &NewLine; javascript:alert(1)\">a</a>",
        "<a href=\"/relative\">a</a>",
        "<a href=\"//evil.example\">a</a>",
        "<a href=\"data:text/html,a\">a</a>",
        "<a href=\"#a\">a</a>",
        "<a hREF=''>a</a>",
        "<a href=\"\">a</a>",
        "</b>",
        "<b>",
        "< b>a</ b>",
        "a < b > c",
        "<>",
        "</>",
        "<div>a</div>",
        "<plaintext>",
    ] {
        assert_eq!(show(typed), format!("p[{typed}]"));
    }
}

#[test]
fn entities_make_text_and_never_tags() {
    for (typed, expected) in [
        ("&lt;b&gt;a&lt;/b&gt;", "p[<b>a</b>]"),
        ("&#60;script&#x3e;", "p[<script>]"),
        ("&amp;lt;b&amp;gt;", "p[&lt;b&gt;]"),
        ("&notanentity; &#0; &#x110000;", "p[&notanentity; \u{fffd} \u{fffd}]"),
        ("<a href=\"java&#115;cript:alert(1)\">a</a>", "p[<a href=\"java&#115;cript:alert(1)\">a</a>]"),
        ("[a](java&#115;cript:alert(1))", "p[a (javascript:alert(1))]"),
        ("[a](javascript&colon;alert(1))", "p[a (javascript:alert(1))]"),
    ] {
        assert_eq!(show(typed), expected, "{typed:?}");
    }
}

#[test]
fn an_address_across_lines_is_refused() {
    assert_eq!(show("<a href=\"java\nscript:alert(1)\">a</a>"), "p[<a href=\"java/script:alert(1)\">a</a>]");
    assert_eq!(show("<a href=\"https://exam\nple.org\">a</a>").matches("link").count(), 1);
}

#[test]
fn a_refused_link_keeps_its_label_and_shows_its_address() {
    for (typed, expected) in [
        ("[a](javascript:alert)", "p[a (javascript:alert)]"),
        ("[a](<javascript:alert(1)>)", "p[a (javascript:alert(1))]"),
        ("[a](JAVASCRIPT:alert)", "p[a (JAVASCRIPT:alert)]"),
        ("[a](<java script:b>)", "p[a (java script:b)]"),
        ("[a](data:text/html;base64,b)", "p[a (data:text/html;base64,b)]"),
        ("[a](vbscript:b)", "p[a (vbscript:b)]"),
        ("[a](/b)", "p[a (/b)]"),
        ("[a](//evil.example)", "p[a (//evil.example)]"),
        ("[a](\\\\\\\\evil.example)", "p[a (\\\\evil.example)]"),
        ("[a](https:evil.example)", "p[a (https:evil.example)]"),
        ("[a](https:///evil.example)", "p[a (https:///evil.example)]"),
        ("[a](https://good.example@evil.example)", "p[a (https://good.example@evil.example)]"),
        ("[a](https://b:c@evil.example \"d\")", "p[a (https://b:c@evil.example \"d\")]"),
        ("[a]()", "p[a ()]"),
        ("<javascript:alert>", "p[javascript:alert]"),
        ("<a@b.example>", "p[a@b.example]"),
        ("https://b:c@evil.example", "p[https://b:c@evil.example]"),
        ("javascript://b.example/%0aalert(1)", "p[javascript://b.example/%0aalert(1)]"),
    ] {
        assert_eq!(show(typed), expected, "{typed:?}");
    }
}

#[test]
fn tags_that_do_not_nest_show_as_typed() {
    for (typed, expected) in [
        ("<b>a", "p[<b>a]"),
        ("a</b>", "p[a</b>]"),
        ("<b><i>a</b></i>", "p[b[<i>a]</i>]"),
        ("<b>a<b>c</b>", "p[<b>ab[c]]"),
        ("*<b>a*</b>", "p[i[<b>a]</b>]"),
        ("<b>*a</b>*", "p[<b>i[a</b>]]"),
        ("<b>a\n\nb</b>", "p[<b>a] p[b</b>]"),
        ("- <b>a\n- b</b>", "ul[p[<b>a]][p[b</b>]]"),
        ("<b></b>a", "p[a]"),
        ("<code>a", "p[<code>a]"),
        ("<code>a\n\nb</code>", "p[<code>a] p[b</code>]"),
        ("<pre>*a*", "p[<pre>i[a]]"),
        ("<pre>a\n\n*b*", "p[<pre>a] p[i[b]]"),
        ("> <pre>*a*\n> b</pre>", "quote[p[<pre>i[a]/b</pre>]]"),
    ] {
        assert_eq!(show(typed), expected, "{typed:?}");
    }
}

#[test]
fn no_link_holds_a_link() {
    for (typed, expected) in [
        (
            "<a href=\"https://a.example\">b <a href=\"https://c.example\">d</a></a>",
            "p[link(https://a.example/)[b d (https://c.example/)]]",
        ),
        ("<a href=\"https://a.example\">https://b.example</a>", "p[link(https://a.example/)[https://b.example]]"),
        (
            "<a href=\"https://a.example\">[b](https://c.example)</a>",
            "p[link(https://a.example/)[b (https://c.example)]]",
        ),
        (
            "[b <a href=\"https://a.example\">c</a>](https://d.example)",
            "p[link(https://d.example/)[b c (https://a.example/)]]",
        ),
    ] {
        assert_eq!(show(typed), expected, "{typed:?}");
    }
}

#[test]
fn html_does_not_switch_markdown_off() {
    for (typed, expected) in [
        ("<b>\n*a*\n</b>", "p[b[/i[a]/]]"),
        ("<div>\n*a*\n\n</div>", "p[<div>/i[a]] p[</div>]"),
        ("<script>\n*a*", "p[<script>/i[a]]"),
        ("<!--\n*a*", "p[<!--/i[a]]"),
        ("> <div>\n> *a*", "quote[p[<div>/i[a]]]"),
        ("- <style>\n  *a*", "ul[p[<style>/i[a]]]"),
    ] {
        assert_eq!(show(typed), expected, "{typed:?}");
    }
}

#[test]
fn invisible_control_characters_are_dropped() {
    assert_eq!(show("a\0b\u{1}c\u{7f}d\u{85}e\u{fdd1}f\u{fdd0}g"), "p[abcdefg]");
    assert_eq!(show("\u{fdd7}b\u{fdd0}>a\u{fdd7}/b>"), "p[b>a/b>]");
    assert_eq!(show("&#xFDD7;b>a"), "p[<b>a]");
}

/// Small stacks and deep texts: no step may recurse as deep as the text nests.
#[test]
fn floods_neither_overflow_the_stack_nor_the_tree() {
    let work = || {
        for part in FLOODS {
            let text = part.repeat(64 * 1024 / part.len());
            let tree = parse(&text);
            let (depth, nodes) = size(&tree);
            assert!(depth <= DEPTH_MAX, "{part:?} nests {depth} deep");
            assert!(nodes <= NODES_MAX + 100, "{part:?} makes {nodes} nodes");
            let json = serde_json::to_string(&tree).unwrap();
            assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{part:?}");
            plain_text(&tree);
        }
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(work).unwrap().join().unwrap();
}

const FLOODS: [&str; 27] = [
    ">",
    "> ",
    "> a\n",
    "- ",
    "- a\n",
    "1. ",
    "[",
    "![",
    "[a](",
    "[a](https://b.example)",
    "*",
    "*a ",
    "**a",
    "a**b",
    "~a~",
    "`",
    "`a",
    "<b>",
    "<b><i>",
    "</b>",
    "<pre>",
    "<code>",
    "<a href=\"https://b.example\">",
    "https://b.example ",
    "a\n",
    "# a\n",
    "```\n",
];

#[test]
fn what_is_too_deep_stays_as_text() {
    let quotes = show(&format!("{}a", "> ".repeat(1000)));
    assert_eq!(quotes.matches("quote[").count(), DEPTH_MAX);
    assert!(quotes.contains("p[> > > ") && quotes.contains("> > a]"), "{quotes}");
    let bold = show(&format!("{}a{}", "<b>".repeat(1000), "</b>".repeat(1000)));
    assert_eq!(bold.matches("b[").count(), DEPTH_MAX);
    assert!(bold.contains("[a]"));
    let link = show(&format!("{}[a](https://b.example)", "> ".repeat(20)));
    assert!(link.contains("p[a (link(https://b.example/)[https://b.example])]"), "{link}");
}

#[test]
fn what_follows_too_many_nodes_is_one_text() {
    let text = format!("{}end *of* text", "*a* ".repeat(NODES_MAX));
    let tree = parse(&text);
    let Some(Block::Paragraph { c }) = tree.blocks().last() else { panic!("{tree:?}") };
    let [Inline::Text { text }] = c.as_slice() else { panic!("{c:?}") };
    assert!(text.contains("*a* *a* ") && text.ends_with("end *of* text"));
}

#[test]
fn the_longest_message_of_the_smallest_nodes_is_shown_in_full() {
    let text = "a\n".repeat(2000);
    assert_eq!(show(&text).matches('/').count(), 1999);
}

/// Depth of nesting and number of nodes.
fn size(tree: &Tree) -> (usize, usize) {
    size_of_blocks(tree.blocks())
}

fn size_of_blocks(blocks: &[Block]) -> (usize, usize) {
    sum(blocks.iter().map(|block| match block {
        Block::Paragraph { c } => shallow(size_of_inlines(c)),
        Block::Heading { c, .. } => within(size_of_inlines(c)),
        Block::Quote { c } => within(size_of_blocks(c)),
        Block::List { items, .. } => within(sum(items.iter().map(|item| within(size_of_blocks(item))))),
        Block::CodeBlock { .. } | Block::Rule => (0, 1),
    }))
}

fn size_of_inlines(inlines: &[Inline]) -> (usize, usize) {
    sum(inlines.iter().map(|inline| match inline {
        Inline::Bold { c } | Inline::Italic { c } | Inline::Underline { c } | Inline::Strike { c } => {
            within(size_of_inlines(c))
        }
        Inline::Link { c, .. } => within((0, c.len())),
        Inline::Text { .. } | Inline::Code { .. } | Inline::Break => (0, 1),
    }))
}

fn within((depth, nodes): (usize, usize)) -> (usize, usize) {
    (depth + 1, nodes + 1)
}

fn shallow((depth, nodes): (usize, usize)) -> (usize, usize) {
    (depth, nodes + 1)
}

fn sum(sizes: impl Iterator<Item = (usize, usize)>) -> (usize, usize) {
    sizes.fold((0, 0), |(depth, nodes), (d, n)| (depth.max(d), nodes + n))
}
