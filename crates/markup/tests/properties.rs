//! What holds for every text.

use beffroi_markup::{Block, Inline, Tree, parse, plain_text};
use proptest::prelude::*;
use url::Url;

/// Words that Markdown and HTML give no meaning, numbered so that each can be missed.
const WORDS: usize = 60;

const FRAGMENTS: [&str; 74] = [
    ".example/",
    "\n",
    "\n\n",
    " ",
    "  \n",
    "\t",
    "    ",
    "> ",
    ">",
    "- ",
    "+ ",
    "* ",
    "1. ",
    "2) ",
    "# ",
    "#### ",
    "===",
    "---",
    "***",
    "*",
    "**",
    "_",
    "__",
    "~",
    "~~",
    "`",
    "``",
    "```",
    "~~~",
    "\n```\n",
    "\n~~~\n",
    "[",
    "]",
    "(",
    ")",
    "](",
    "![",
    "]: ",
    "][",
    "<",
    ">",
    "</",
    "/>",
    "\\",
    "&",
    "&amp;",
    "&lt;",
    ";",
    "#",
    "!",
    "\"",
    "'",
    "|",
    "=",
    "://",
    "https://",
    "http://",
    "(https://",
    "](https://",
    "<https://",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<u>",
    "</u>",
    "<code>",
    "</code>",
    "<pre>",
    "</pre>",
    "<a href=\"https://",
    "<a href=",
    "</a>",
    "<!--",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn no_text_makes_it_panic_or_link_elsewhere(text: String) {
        check(&parse(&text))?;
    }

    #[test]
    fn every_word_is_shown(parts in prop::collection::vec(0..FRAGMENTS.len() + 40, 0..WORDS)) {
        let mut text = String::new();
        let mut words = Vec::new();
        for part in parts {
            match FRAGMENTS.get(part) {
                Some(fragment) => text.push_str(fragment),
                None => {
                    let word = format!("q{}z", words.len());
                    text.push_str(&word);
                    words.push(word);
                }
            }
        }
        let tree = parse(&text);
        check(&tree)?;
        let shown = shown(&tree);
        for word in words {
            prop_assert!(shown.contains(&word), "{word} of {text:?} is not in {shown:?}");
        }
    }

    /// Text of letters, spaces and punctuation without meaning comes out as it went in.
    #[test]
    fn plain_words_stay_as_they_are(text in "\\p{L}{1,9}( \\p{L}{1,9}){0,9}[.?]?") {
        prop_assert_eq!(plain_text(&parse(&text)), text);
    }
}

fn check(tree: &Tree) -> Result<(), TestCaseError> {
    let mut seen = Seen::default();
    blocks(tree.blocks(), &mut seen);
    prop_assert!(!seen.touching_texts, "adjacent texts are merged");
    prop_assert!(!seen.nested_link, "no link holds a link");
    for href in seen.hrefs {
        let url = Url::parse(&href).expect("an href is absolute");
        prop_assert!(["http", "https"].contains(&url.scheme()), "{href}");
        prop_assert!(url.has_host() && url.username().is_empty() && url.password().is_none(), "{href}");
        prop_assert_eq!(url.as_str(), href.as_str());
    }
    plain_text(tree);
    Ok(())
}

fn shown(tree: &Tree) -> String {
    let mut seen = Seen::default();
    blocks(tree.blocks(), &mut seen);
    format!("{} {}", seen.text, seen.hrefs.join(" "))
}

#[derive(Default)]
struct Seen {
    text: String,
    hrefs: Vec<String>,
    is_in_link: bool,
    nested_link: bool,
    touching_texts: bool,
}

fn blocks(nodes: &[Block], seen: &mut Seen) {
    for block in nodes {
        match block {
            Block::Paragraph { c } | Block::Heading { c, .. } => inlines(c, seen),
            Block::Quote { c } => blocks(c, seen),
            Block::List { items, .. } => items.iter().for_each(|item| blocks(item, seen)),
            Block::CodeBlock { lang, text } => {
                seen.text.push_str(lang.as_deref().unwrap_or(""));
                seen.text.push('\n');
                seen.text.push_str(text);
            }
            Block::Rule => {}
        }
        seen.text.push('\n');
    }
}

fn inlines(nodes: &[Inline], seen: &mut Seen) {
    let texts = nodes.windows(2);
    seen.touching_texts |= texts.into_iter().any(|pair| matches!(pair, [Inline::Text { .. }, Inline::Text { .. }]));
    for inline in nodes {
        match inline {
            Inline::Text { text } | Inline::Code { text } => seen.text.push_str(text),
            Inline::Bold { c } | Inline::Italic { c } | Inline::Underline { c } | Inline::Strike { c } => {
                inlines(c, seen)
            }
            Inline::Link { href, c } => {
                seen.nested_link |= seen.is_in_link;
                seen.is_in_link = true;
                seen.hrefs.push(href.clone());
                inlines(c, seen);
                seen.is_in_link = false;
            }
            Inline::Break => seen.text.push('\n'),
        }
    }
}
