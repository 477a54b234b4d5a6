//! What a client shows. The JSON form is part of the API.
//!
//! Only the builder makes trees, so their depth is bounded and everything that walks them may
//! recurse, the derived code included.

use serde::Serialize;

/// A parsed text: an array of blocks in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Tree(pub(crate) Vec<Block>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "t")]
pub enum Block {
    #[serde(rename = "p")]
    Paragraph { c: Vec<Inline> },
    #[serde(rename = "quote")]
    Quote { c: Vec<Block> },
    /// `start` is the number of the first item; 1 in an unordered list.
    #[serde(rename = "list")]
    List { ordered: bool, start: u64, items: Vec<Vec<Block>> },
    /// `lang` is one word as typed, not checked against any list of languages.
    #[serde(rename = "codeblock")]
    CodeBlock { lang: Option<String>, text: String },
    /// `level` is 1 to 3.
    #[serde(rename = "heading")]
    Heading { level: u8, c: Vec<Inline> },
    #[serde(rename = "rule")]
    Rule,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "t")]
pub enum Inline {
    #[serde(rename = "text")]
    Text { text: String },
    #[serde(rename = "b")]
    Bold { c: Vec<Inline> },
    #[serde(rename = "i")]
    Italic { c: Vec<Inline> },
    #[serde(rename = "u")]
    Underline { c: Vec<Inline> },
    #[serde(rename = "s")]
    Strike { c: Vec<Inline> },
    #[serde(rename = "code")]
    Code { text: String },
    /// `href` is http or https, absolute, normalised and without credentials. No link holds
    /// another.
    #[serde(rename = "link")]
    Link { href: String, c: Vec<Inline> },
    #[serde(rename = "br")]
    Break,
}

impl Tree {
    pub fn blocks(&self) -> &[Block] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn plain_text(&self) -> String {
        let mut out = String::new();
        write_blocks(&self.0, &mut out);
        out.truncate(out.trim_end().len());
        out
    }
}

impl Inline {
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Inline::Text { text } => text.trim().is_empty(),
            Inline::Break => true,
            _ => false,
        }
    }
}

fn write_blocks(blocks: &[Block], out: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph { c } | Block::Heading { c, .. } => write_inlines(c, out),
            Block::Quote { c } => write_blocks(c, out),
            Block::List { items, .. } => items.iter().for_each(|item| write_blocks(item, out)),
            Block::CodeBlock { text, .. } => out.push_str(text),
            Block::Rule => {}
        }
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
    }
}

fn write_inlines(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text { text } | Inline::Code { text } => out.push_str(text),
            Inline::Bold { c }
            | Inline::Italic { c }
            | Inline::Underline { c }
            | Inline::Strike { c }
            | Inline::Link { c, .. } => write_inlines(c, out),
            Inline::Break => out.push('\n'),
        }
    }
}
