//! Markdown events and HTML tags become one sequence of steps for the builder.
//!
//! A tag counts only together with its partner: both in the same paragraph and inside the same
//! Markdown element. A closing tag takes the nearest open one of its name; open tags in between,
//! and all others without a partner, show as typed. `<code>` and `<pre>` count only if nothing but
//! text is between them.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag as Start};

use crate::address;
use crate::shield::unshield;
use crate::tag::{self, Name, Tag};

pub(crate) struct Step<'a> {
    /// Where in the source the step begins; for [`What::Close`] where its element begins.
    pub(crate) at: usize,
    pub(crate) what: What<'a>,
}

pub(crate) enum What<'a> {
    Open(Element),
    /// Closes the latest open element.
    Close,
    Text(CowStr<'a>),
    Code(CowStr<'a>),
    Break,
    Rule,
    /// A tag of ours, as typed, that has found no partner yet.
    Tag(Tag, CowStr<'a>),
}

pub(crate) enum Element {
    Paragraph,
    Heading(u8),
    Quote,
    List {
        start: Option<u64>,
    },
    Item,
    Fence {
        info: Box<str>,
    },
    Bold,
    Italic,
    Underline,
    Strike,
    /// Boxed: a flood makes very many steps, few of them links.
    Link(Box<Target>),
    Code,
    Pre,
}

pub(crate) struct Target {
    /// `None` if the address is refused.
    pub(crate) href: Option<String>,
    /// As typed, to be shown where the label does not.
    pub(crate) typed: String,
    pub(crate) title: String,
    /// Whether the label is the address itself.
    pub(crate) is_bare: bool,
}

pub(crate) fn read(source: &str) -> Vec<Step<'_>> {
    let parser = Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH);
    let mut steps: Vec<Step<'_>> = Vec::new();
    for next in parser.into_offset_iter().map(step) {
        match steps.last_mut().and_then(|last| joined(source, last, &next)) {
            Some((last, text)) => last.what = What::Text(text.into()),
            None => steps.push(next),
        }
    }
    pair_tags(&mut steps);
    steps
}

/// One text for two that touch in the source. Markdown delivers a text per character that might
/// have had a meaning, and a flood of those would be our largest cost.
fn joined<'s, 'a>(source: &'a str, last: &'s mut Step<'a>, next: &Step<'a>) -> Option<(&'s mut Step<'a>, &'a str)> {
    let (What::Text(before), What::Text(after)) = (&last.what, &next.what) else {
        return None;
    };
    let end = next.at + after.len();
    // A decoded entity may be as long as its source, so lengths alone do not tell.
    let is_source = |at: usize, text: &str| source.get(at..).is_some_and(|rest| rest.as_ptr() == text.as_ptr());
    let touches = last.at + before.len() == next.at;
    let text =
        source.get(last.at..end).filter(|_| touches && is_source(last.at, before) && is_source(next.at, after))?;
    Some((last, text))
}

fn step((event, range): (Event<'_>, Range<usize>)) -> Step<'_> {
    let what = match event {
        Event::Start(start) => What::Open(element(start)),
        Event::End(_) => What::Close,
        Event::Code(text) => What::Code(text),
        Event::InlineHtml(html) => match tag::read(&unshield(&html)) {
            Some(tag) => What::Tag(tag, html),
            None => What::Text(html),
        },
        Event::SoftBreak | Event::HardBreak => What::Break,
        Event::Rule => What::Rule,
        Event::Text(text) | Event::Html(text) => What::Text(text),
        // Extensions that are off. Their text must not vanish should one be turned on.
        Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => What::Text(text),
        Event::TaskListMarker(_) => What::Text("".into()),
    };
    Step { at: range.start, what }
}

fn element(start: Start<'_>) -> Element {
    match start {
        Start::Heading { level, .. } => Element::Heading(level as u8),
        Start::BlockQuote(_) => Element::Quote,
        Start::List(start) => Element::List { start },
        Start::Item => Element::Item,
        Start::CodeBlock(CodeBlockKind::Fenced(info)) => Element::Fence { info: unshield(&info).into() },
        Start::CodeBlock(CodeBlockKind::Indented) => Element::Fence { info: "".into() },
        Start::Strong => Element::Bold,
        Start::Emphasis => Element::Italic,
        Start::Strikethrough => Element::Strike,
        Start::Link { link_type, dest_url, title, .. } | Start::Image { link_type, dest_url, title, .. } => {
            let typed = unshield(&dest_url).into_owned();
            Element::Link(Box::new(Target {
                href: address::accepted(&typed),
                typed,
                title: unshield(&title).into_owned(),
                is_bare: matches!(link_type, LinkType::Autolink | LinkType::Email),
            }))
        }
        _ => Element::Paragraph,
    }
}

/// The tags that are open within one Markdown element.
#[derive(Default)]
struct Level {
    /// Step and number of non-text steps before it.
    open: Vec<(usize, Name, usize)>,
    /// How many of each name are open. Without it a flood of closing tags would each search all
    /// open ones.
    counts: [u32; Name::COUNT],
}

fn pair_tags(steps: &mut [Step<'_>]) {
    let mut levels = vec![Level::default()];
    let mut not_text = 0;
    for at in 0..steps.len() {
        let level = levels.last_mut().expect("starts and ends are balanced");
        match &steps[at].what {
            What::Open(_) => {
                levels.push(Level::default());
                not_text += 1;
            }
            What::Close => {
                levels.pop();
            }
            What::Code(_) | What::Rule => not_text += 1,
            What::Tag(Tag::Open { name, .. }, _) => {
                level.open.push((at, *name, not_text));
                level.counts[*name as usize] += 1;
            }
            What::Tag(Tag::Close(name), _) => {
                if let Some(open) = level.take(*name, not_text) {
                    not_text += 1;
                    join(steps, open, at);
                }
            }
            What::Text(_) | What::Break => {}
        }
    }
}

impl Level {
    fn take(&mut self, name: Name, not_text: usize) -> Option<usize> {
        if self.counts[name as usize] == 0 {
            return None;
        }
        while let Some((open, open_name, not_text_before)) = self.open.pop() {
            self.counts[open_name as usize] -= 1;
            if open_name == name {
                let is_verbatim = matches!(name, Name::Code | Name::Pre);
                return (!is_verbatim || not_text == not_text_before).then_some(open);
            }
        }
        None
    }
}

fn join(steps: &mut [Step<'_>], open: usize, close: usize) {
    let What::Tag(Tag::Open { name, href }, _) = &mut steps[open].what else {
        return;
    };
    let element = match name {
        Name::B => Element::Bold,
        Name::I => Element::Italic,
        Name::U => Element::Underline,
        Name::Code => Element::Code,
        Name::Pre => Element::Pre,
        Name::A => {
            let href = href.take();
            let typed = href.as_deref().unwrap_or_default().to_owned();
            Element::Link(Box::new(Target {
                href: href.map(String::from),
                typed,
                title: String::new(),
                is_bare: false,
            }))
        }
    };
    steps[open].what = What::Open(element);
    steps[close].what = What::Close;
}
