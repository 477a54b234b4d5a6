//! Grows the tree from the steps, within the limits on depth and nodes.
//!
//! Paragraphs have no frame of their own: inlines gather in the nearest frame that holds blocks and
//! become a paragraph when a block or the end follows. An element that finds no room opens without
//! a frame, so that its content lands in the frame around it.

use std::mem;

use crate::shield::{link_finder, unshield};
use crate::steps::{Element, Step, Target, What};
use crate::tree::{Block, Inline, Tree};
use crate::{DEPTH_MAX, address};

/// Longest word after a fence that is taken for a language, in bytes.
const LANGUAGE_BYTES_MAX: usize = 32;

pub(crate) fn build(source: &str, steps: Vec<Step<'_>>, nodes_max: usize) -> Tree {
    let mut builder = Builder::new(nodes_max);
    for step in steps {
        if builder.nodes_left == 0 && !matches!(step.what, What::Close) {
            return builder.finish(&source[step.at..]);
        }
        builder.take(step.what);
    }
    builder.finish("")
}

struct Builder {
    /// The first is the root.
    frames: Vec<Frame>,
    /// What each open element needs at its end, the innermost last.
    endings: Vec<Ending>,
    verbatim: Option<Verbatim>,
    nodes_left: usize,
}

#[derive(Default)]
struct Frame {
    kind: Kind,
    blocks: Vec<Block>,
    items: Vec<Vec<Block>>,
    inlines: Vec<Inline>,
    /// Text not yet searched for addresses: Markdown delivers it in pieces.
    text: String,
}

#[derive(Default)]
enum Kind {
    #[default]
    Root,
    Quote,
    List {
        start: Option<u64>,
    },
    Item,
    Heading(u8),
    Bold,
    Italic,
    Underline,
    Strike,
    Link {
        href: String,
        typed: String,
        title: String,
    },
}

enum Ending {
    Frame,
    Paragraph,
    Verbatim,
    /// No frame; this text follows the content.
    Text(String),
}

struct Verbatim {
    element: VerbatimElement,
    text: String,
}

enum VerbatimElement {
    Fence { lang: Option<String> },
    Pre,
    Code,
}

impl Builder {
    fn new(nodes_max: usize) -> Self {
        Self { frames: vec![Frame::default()], endings: Vec::new(), verbatim: None, nodes_left: nodes_max }
    }

    fn take(&mut self, what: What<'_>) {
        match what {
            What::Open(element) => self.open(element),
            What::Close => self.close(),
            What::Text(text) | What::Tag(_, text) => self.text(&unshield(&text)),
            What::Code(text) => self.inline(Inline::Code { text: unshield(&text).into_owned() }),
            What::Break => self.line_break(),
            What::Rule => self.block(Block::Rule),
        }
    }

    /// Closes what is open and appends the rest of the source as typed.
    fn finish(mut self, rest: &str) -> Tree {
        while !self.endings.is_empty() {
            self.close();
        }
        self.end_paragraph();
        let mut blocks = mem::take(&mut self.top().blocks);
        if !rest.trim().is_empty() {
            let text = unshield(rest).into_owned();
            blocks.push(Block::Paragraph { c: vec![Inline::Text { text }] });
        }
        Tree(blocks)
    }

    fn open(&mut self, element: Element) {
        match element {
            Element::Paragraph => self.open_block(None),
            Element::Heading(level) => self.open_block(Some(Kind::Heading(level.min(3)))),
            Element::Quote => self.open_block(Some(Kind::Quote)),
            Element::List { start } => {
                // A list needs room for its items too.
                let has_room = self.frames.len() < DEPTH_MAX;
                self.open_block(has_room.then_some(Kind::List { start }));
            }
            Element::Item => {
                let is_listed = matches!(self.top().kind, Kind::List { .. });
                self.open_block(is_listed.then_some(Kind::Item));
            }
            Element::Bold => self.open_inline(Kind::Bold),
            Element::Italic => self.open_inline(Kind::Italic),
            Element::Underline => self.open_inline(Kind::Underline),
            Element::Strike => self.open_inline(Kind::Strike),
            Element::Link(target) => self.open_link(*target),
            Element::Fence { info } => self.open_fence(&info),
            Element::Pre => self.open_verbatim(VerbatimElement::Pre, String::new()),
            Element::Code => self.open_verbatim(VerbatimElement::Code, String::new()),
        }
    }

    fn open_block(&mut self, kind: Option<Kind>) {
        self.end_paragraph();
        match kind.filter(|_| self.has_room()) {
            Some(kind) => self.open_frame(kind),
            None => self.endings.push(Ending::Paragraph),
        }
    }

    fn open_inline(&mut self, kind: Kind) {
        if self.has_room() {
            self.end_text();
            self.open_frame(kind);
        } else {
            self.endings.push(Ending::Text(String::new()));
        }
    }

    /// A link that may not be one shows its label, then the address as typed.
    fn open_link(&mut self, target: Target) {
        let Target { href, typed, title, is_bare } = target;
        match href {
            Some(href) if self.has_room() && !self.is_in_link() => {
                self.end_text();
                self.open_frame(Kind::Link { href, typed, title });
            }
            _ if is_bare => self.endings.push(Ending::Text(String::new())),
            _ if title.is_empty() => self.endings.push(Ending::Text(format!(" ({typed})"))),
            _ => self.endings.push(Ending::Text(format!(" ({typed} \"{title}\")"))),
        }
    }

    /// A language is one plain word. Who types text behind the fence means it to be read.
    fn open_fence(&mut self, info: &str) {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '#' | '.' | '_');
        self.end_paragraph();
        if info.is_empty() {
            self.open_verbatim(VerbatimElement::Fence { lang: None }, String::new());
        } else if info.len() <= LANGUAGE_BYTES_MAX && info.chars().all(is_plain) {
            let lang = Some(info.to_owned());
            self.open_verbatim(VerbatimElement::Fence { lang }, String::new());
        } else {
            self.open_verbatim(VerbatimElement::Fence { lang: None }, format!("{info}\n"));
        }
    }

    fn open_verbatim(&mut self, element: VerbatimElement, text: String) {
        self.verbatim = Some(Verbatim { element, text });
        self.endings.push(Ending::Verbatim);
    }

    fn open_frame(&mut self, kind: Kind) {
        self.frames.push(Frame { kind, ..Frame::default() });
        self.endings.push(Ending::Frame);
    }

    fn close(&mut self) {
        match self.endings.pop() {
            Some(Ending::Frame) => self.close_frame(),
            Some(Ending::Paragraph) => self.end_paragraph(),
            Some(Ending::Verbatim) => self.close_verbatim(),
            Some(Ending::Text(text)) => self.text(&text),
            None => {}
        }
    }

    fn close_frame(&mut self) {
        if self.top().kind.holds_blocks() {
            self.end_paragraph();
        } else {
            self.end_text();
        }
        let Frame { kind, blocks, items, inlines: c, .. } = self.frames.pop().unwrap_or_default();
        match kind {
            Kind::Root => {}
            Kind::Quote => self.block(Block::Quote { c: blocks }),
            Kind::List { start } => {
                self.block(Block::List { ordered: start.is_some(), start: start.unwrap_or(1), items });
            }
            Kind::Item => self.item(blocks),
            Kind::Heading(level) => self.block(Block::Heading { level, c }),
            Kind::Link { href, typed, title } => self.close_link(href, typed, &title, c),
            Kind::Bold | Kind::Italic | Kind::Underline | Kind::Strike if c.is_empty() => {}
            Kind::Bold => self.inline(Inline::Bold { c }),
            Kind::Italic => self.inline(Inline::Italic { c }),
            Kind::Underline => self.inline(Inline::Underline { c }),
            Kind::Strike => self.inline(Inline::Strike { c }),
        }
    }

    fn close_link(&mut self, href: String, typed: String, title: &str, mut c: Vec<Inline>) {
        if c.iter().all(Inline::is_blank) {
            c = vec![self.label(&typed)];
        }
        self.inline(Inline::Link { href, c });
        if !title.is_empty() {
            self.text(&format!(" \"{title}\""));
        }
    }

    /// `<pre>` is a block where blocks may stand, and cuts its paragraph in two; elsewhere it is
    /// inline code.
    fn close_verbatim(&mut self) {
        let Some(Verbatim { element, text }) = self.verbatim.take() else {
            return;
        };
        match element {
            VerbatimElement::Fence { lang } => self.block(Block::CodeBlock { lang, text: without_last_newline(text) }),
            VerbatimElement::Pre if self.top().kind.holds_blocks() => {
                self.block(Block::CodeBlock { lang: None, text: pre_text(&text) });
            }
            VerbatimElement::Pre => self.inline(Inline::Code { text: pre_text(&text) }),
            VerbatimElement::Code => self.inline(Inline::Code { text }),
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(verbatim) = &mut self.verbatim {
            verbatim.text.push_str(text);
            return;
        }
        for (line, text) in text.split('\n').enumerate() {
            if line > 0 {
                self.inline(Inline::Break);
            }
            self.top().text.push_str(text);
        }
    }

    fn line_break(&mut self) {
        match &mut self.verbatim {
            Some(verbatim) => verbatim.text.push('\n'),
            None => self.inline(Inline::Break),
        }
    }

    fn block(&mut self, block: Block) {
        self.end_paragraph();
        self.top().blocks.push(block);
        self.count();
    }

    fn item(&mut self, blocks: Vec<Block>) {
        self.top().items.push(blocks);
        self.count();
    }

    fn inline(&mut self, inline: Inline) {
        self.end_text();
        self.top().inlines.push(inline);
        self.count();
    }

    fn end_paragraph(&mut self) {
        self.end_text();
        let mut c = mem::take(&mut self.top().inlines);
        if c.iter().all(Inline::is_blank) {
            return;
        }
        let content = c.iter().rposition(|inline| *inline != Inline::Break).map_or(0, |last| last + 1);
        c.truncate(content);
        let leading = c.iter().take_while(|inline| **inline == Inline::Break).count();
        c.drain(..leading);
        self.top().blocks.push(Block::Paragraph { c });
        self.count();
    }

    /// Addresses in the text become links, except within a link.
    fn end_text(&mut self) {
        let text = mem::take(&mut self.top().text);
        if text.is_empty() {
            return;
        }
        if self.is_in_link() || !text.contains("://") {
            return self.plain(&text);
        }
        for span in link_finder().spans(&text) {
            let href = span.kind().filter(|_| self.nodes_left > 0).and_then(|_| address::accepted(span.as_str()));
            match href {
                Some(href) => self.bare_link(href, span.as_str()),
                None => self.plain(span.as_str()),
            }
        }
    }

    fn bare_link(&mut self, href: String, typed: &str) {
        let c = vec![self.label(typed)];
        self.top().inlines.push(Inline::Link { href, c });
        self.count();
    }

    fn label(&mut self, typed: &str) -> Inline {
        self.count();
        Inline::Text { text: typed.to_owned() }
    }

    fn plain(&mut self, text: &str) {
        if let Some(Inline::Text { text: before }) = self.top().inlines.last_mut() {
            before.push_str(text);
            return;
        }
        self.top().inlines.push(Inline::Text { text: text.to_owned() });
        self.count();
    }

    fn count(&mut self) {
        self.nodes_left = self.nodes_left.saturating_sub(1);
    }

    fn has_room(&self) -> bool {
        self.frames.len() <= DEPTH_MAX
    }

    fn is_in_link(&self) -> bool {
        self.frames.iter().any(|frame| matches!(frame.kind, Kind::Link { .. }))
    }

    fn top(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the root is never closed")
    }
}

impl Kind {
    fn holds_blocks(&self) -> bool {
        matches!(self, Kind::Root | Kind::Quote | Kind::List { .. } | Kind::Item)
    }
}

fn without_last_newline(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

/// `<pre>` ignores a newline at its start, and the customary `<code>` around its content.
fn pre_text(text: &str) -> String {
    let text = text.strip_prefix('\n').unwrap_or(text);
    let text = text.strip_suffix('\n').unwrap_or(text);
    let inner = text
        .get(..6)
        .filter(|open| open.eq_ignore_ascii_case("<code>"))
        .and_then(|_| text.get(6..text.len().checked_sub(7)?))
        .filter(|inner| text[6 + inner.len()..].eq_ignore_ascii_case("</code>"));
    inner.unwrap_or(text).to_owned()
}
