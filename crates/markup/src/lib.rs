//! Hostile text in, safe tree out.
//!
//! What a member types is Markdown plus the tags `b i u code pre a[href]` and comes out as a
//! [`Tree`] of a few node kinds. There is no HTML in it that a client could inject, only texts and
//! http(s) addresses. What we do not understand or do not allow shows as it was typed: nothing
//! disappears.
//!
//! Four steps: `shield` hides from Markdown what is not Markdown, pulldown-cmark parses, `steps`
//! pairs the tags, `builder` grows the tree within its limits. No step recurses.

mod address;
mod builder;
mod shield;
mod steps;
mod tag;
mod tree;

pub use tree::{Block, Inline, Tree};

/// Deepest nesting of blocks and inlines together. What is deeper stays, without its formatting.
pub const DEPTH_MAX: usize = 16;

/// Most nodes of a tree: two and a half per character of the longest message. What follows them is
/// plain text.
pub const NODES_MAX: usize = 10_000;

/// Reads text of any length and content.
pub fn parse(text: &str) -> Tree {
    parse_within(text, NODES_MAX)
}

/// The visible text alone, for notifications and previews: a line per block, item and line break.
pub fn plain_text(tree: &Tree) -> String {
    tree.plain_text()
}

fn parse_within(text: &str, nodes_max: usize) -> Tree {
    let source = shield::shield(text);
    builder::build(&source, steps::read(&source), nodes_max)
}
