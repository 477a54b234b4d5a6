//! Hides from the Markdown parser what is not Markdown.
//!
//! Characters that Markdown would act on are replaced by stand-ins, one to one, and [`unshield`]
//! puts them back in every string that leaves the parser. So a shield set in the wrong place, say
//! inside a code block, costs nothing but formatting. The stand-ins are Unicode noncharacters: they
//! mean nothing in interchanged text and are removed from the input, hence cannot be forged.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

use linkify::{LinkFinder, LinkKind};

use crate::DEPTH_MAX;

const RESERVED: RangeInclusive<char> = '\u{FDD0}'..='\u{FDEF}';

/// Stands before a character that would open a block and has no counterpart.
const GUARD: char = '\u{FDD0}';

const STAND_INS: [(char, char); 9] = [
    ('*', '\u{FDD1}'),
    ('_', '\u{FDD2}'),
    ('~', '\u{FDD3}'),
    ('[', '\u{FDD4}'),
    (']', '\u{FDD5}'),
    ('\\', '\u{FDD6}'),
    ('<', '\u{FDD7}'),
    ('`', '\u{FDD8}'),
    ('\n', '\u{FDD9}'),
];

/// Most quotes and lists that open on one line. The tree is shallower, and the Markdown parser
/// takes time in proportion to depth times lines where such a line is continued without its marks.
const CONTAINERS_MAX: usize = 2 * DEPTH_MAX;

/// The text as the Markdown parser shall see it. Control characters are gone: they show nothing.
pub(crate) fn shield(text: &str) -> String {
    let text = clean(text);
    let text = replace_within(&text, &verbatim_contents(&text), |_| true);
    let text = replace_within(&text, &bare_addresses(&text), |c| matches!(c, '_' | '~'));
    guard_line_starts(&text)
}

/// Puts back what [`shield`] replaced.
pub(crate) fn unshield(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| RESERVED.contains(&c)) {
        return Cow::Borrowed(text);
    }
    let typed = |c| STAND_INS.iter().find(|(_, stand_in)| *stand_in == c).map_or(c, |(typed, _)| *typed);
    Cow::Owned(text.chars().filter(|c| *c != GUARD).map(typed).collect())
}

pub(crate) fn link_finder() -> LinkFinder {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    finder
}

fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let invisible = |c: char| (c.is_control() && c != '\n' && c != '\t') || RESERVED.contains(&c);
    if text.contains(invisible) { text.replace(invisible, "") } else { text }
}

fn replace_within(text: &str, ranges: &[Range<usize>], chosen: impl Fn(char) -> bool) -> String {
    let stand_in = |c| STAND_INS.iter().find(|(typed, _)| *typed == c && chosen(c)).map_or(c, |(_, s)| *s);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for range in ranges {
        out.push_str(&text[done..range.start]);
        out.extend(text[range.clone()].chars().map(stand_in));
        done = range.end;
    }
    out.push_str(&text[done..]);
    out
}

/// Emphasis would tear `https://example.org/a_(b)_c` apart. Trailing marks belong to the sentence:
/// `_https://…_`.
fn bare_addresses(text: &str) -> Vec<Range<usize>> {
    link_finder()
        .links(text)
        .filter(|link| !text[..link.start()].ends_with('<'))
        .map(|link| link.start()..link.start() + link.as_str().trim_end_matches(['*', '_', '~']).len())
        .collect()
}

/// No line opens an HTML block, which would show a paragraph of Markdown raw, nor a link
/// definition, which would hide the line. Both begin with `<` or `[` after the marks of quotes and
/// lists. And no line opens more of those than [`CONTAINERS_MAX`].
fn guard_line_starts(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive('\n') {
        let content = line.trim_start_matches(is_line_mark);
        let guarded = match too_deep(&line[..line.len() - content.len()]) {
            Some(mark) => mark,
            None if content.starts_with(['<', '[']) => line.len() - content.len(),
            None => {
                out.push_str(line);
                continue;
            }
        };
        out.push_str(&line[..guarded]);
        out.push(GUARD);
        out.push_str(&line[guarded..]);
    }
    out
}

/// The mark that would open one quote or list too many. A row of one mark is a rule, however long.
fn too_deep(marks: &str) -> Option<usize> {
    let mut opening = marks.bytes().enumerate().filter(|(at, mark)| match mark {
        b'>' => true,
        b' ' | b'\t' | b'0'..=b'9' => false,
        _ => matches!(marks.as_bytes().get(at + 1), None | Some(b' ' | b'\t')),
    });
    let (at, _) = opening.nth(CONTAINERS_MAX)?;
    let is_rule = |mark| marks.bytes().all(|byte| byte == mark || byte == b' ' || byte == b'\t');
    (!is_rule(b'-') && !is_rule(b'*')).then_some(at)
}

fn is_line_mark(c: char) -> bool {
    matches!(c, ' ' | '\t' | '>' | '*' | '+' | '-' | '.' | ')' | '0'..='9')
}

/// What stands between `<pre>` or `<code>` and its closing tag, outside of Markdown's own code.
fn verbatim_contents(text: &str) -> Vec<Range<usize>> {
    if !text.contains('<') {
        return Vec::new();
    }
    let lower = text.to_ascii_lowercase();
    let mut scan = Scan::new(&lower);
    std::iter::from_fn(|| scan.next_element()).collect()
}

/// Walks over the text from left to right, as Markdown does: whichever of code span, fence and
/// element begins first has its content to itself.
struct Scan<'a> {
    /// In lower case; the offsets are those of the text as typed.
    text: &'a str,
    at: usize,
    line: Line,
    backticks: Backticks,
    blank_lines: Vec<usize>,
    pre: Element,
    code: Element,
}

struct Line {
    /// Where the first character stands that is no mark of a quote or list.
    start: usize,
    end: usize,
    is_quoted: bool,
}

struct Element {
    open: &'static str,
    close: &'static str,
    /// The first closing tag at or after the latest search. Without this memory a flood of opening
    /// tags would each search to the end.
    next_close: Option<usize>,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        let element = |open, close| Element { open, close, next_close: text.find(close) };
        Self {
            text,
            at: 0,
            line: Line::read(text, 0),
            backticks: Backticks::new(text),
            blank_lines: text.match_indices("\n\n").map(|(at, _)| at).collect(),
            pre: element("<pre>", "</pre>"),
            code: element("<code>", "</code>"),
        }
    }

    fn next_element(&mut self) -> Option<Range<usize>> {
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b'\n' => self.skip_to(self.at + 1),
                b'\\' => self.at += 1 + usize::from(self.is_escaped(self.at + 1)),
                b'`' | b'~' => self.skip_code(*byte),
                b'<' => {
                    if let Some(content) = self.element() {
                        self.skip_to(content.end);
                        return Some(content);
                    }
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
        None
    }

    fn is_escaped(&self, at: usize) -> bool {
        self.text.as_bytes().get(at).is_some_and(u8::is_ascii_punctuation)
    }

    fn skip_to(&mut self, end: usize) {
        if let Some(newline) = self.text[self.at..end].rfind('\n') {
            self.line = Line::read(self.text, self.at + newline + 1);
        }
        self.at = end;
    }

    fn skip_code(&mut self, mark: u8) {
        let run = self.text.as_bytes()[self.at..].iter().take_while(|byte| **byte == mark).count();
        let fence_end = (self.at == self.line.start && run >= 3).then(|| self.fence_end(mark, run)).flatten();
        match fence_end.or_else(|| self.span_end(mark)) {
            Some(end) => self.skip_to(end),
            None => self.at += run,
        }
    }

    /// A fence lasts to a line of at least as many marks, or to the end.
    fn fence_end(&self, mark: u8, run: usize) -> Option<usize> {
        if mark == b'`' && self.text[self.at + run..self.line.end].contains('`') {
            return None;
        }
        let mut end = self.line.end;
        for line in self.text[self.line.end..].split_inclusive('\n').skip(1) {
            end += line.len();
            let line = line.trim_ascii_end().trim_start_matches(is_line_mark);
            if line.len() >= run && line.bytes().all(|byte| byte == mark) {
                return Some(end);
            }
        }
        Some(self.text.len())
    }

    fn span_end(&self, mark: u8) -> Option<usize> {
        let end = (mark == b'`').then(|| self.backticks.span_end(self.at)).flatten()?;
        (end <= self.paragraph_end()).then_some(end)
    }

    /// The content of the element that begins here. Inline code ends with its paragraph. Where
    /// lines carry the marks of a quote they are left to Markdown, or the marks would show.
    fn element(&mut self) -> Option<Range<usize>> {
        let paragraph_end = self.paragraph_end();
        let rest = &self.text[self.at..];
        let (element, limit) = if rest.starts_with(self.pre.open) {
            (&mut self.pre, self.text.len())
        } else if rest.starts_with(self.code.open) {
            (&mut self.code, paragraph_end)
        } else {
            return None;
        };
        let limit = if self.line.is_quoted { self.line.end } else { limit };
        let start = self.at + element.open.len();
        let end = element.close_after(self.text, start)?;
        (end <= limit).then_some(start..end)
    }

    fn paragraph_end(&self) -> usize {
        let next = self.blank_lines.partition_point(|at| *at < self.at);
        self.blank_lines.get(next).copied().unwrap_or(self.text.len())
    }
}

impl Line {
    fn read(text: &str, start: usize) -> Self {
        let end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
        let content = text[start..end].trim_start_matches(is_line_mark);
        let marks = &text[start..end - content.len()];
        Self { start: end - content.len(), end, is_quoted: marks.contains('>') }
    }
}

impl Element {
    fn close_after(&mut self, text: &str, start: usize) -> Option<usize> {
        if self.next_close? < start {
            self.next_close = text[start..].find(self.close).map(|at| start + at);
        }
        self.next_close
    }
}

/// Finds the end of a code span: behind the next run of as many backticks.
struct Backticks {
    /// Start, length and the start of the next run of the same length.
    runs: Vec<(usize, usize, Option<usize>)>,
}

impl Backticks {
    fn new(text: &str) -> Self {
        let mut runs: Vec<(usize, usize, Option<usize>)> = Vec::new();
        for (at, _) in text.match_indices('`') {
            match runs.last_mut() {
                Some((start, length, _)) if *start + *length == at => *length += 1,
                _ => runs.push((at, 1, None)),
            }
        }
        let longest = runs.iter().map(|run| run.1).max().unwrap_or(0);
        let mut next = vec![None; longest + 1];
        for (start, length, same) in runs.iter_mut().rev() {
            *same = next[*length].replace(*start);
        }
        Self { runs }
    }

    fn span_end(&self, start: usize) -> Option<usize> {
        let run = self.runs.binary_search_by_key(&start, |run| run.0).ok()?;
        let (_, length, close) = self.runs[run];
        Some(close? + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shielded_parts(text: &str) -> Vec<&str> {
        verbatim_contents(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn the_contents_of_code_and_pre_are_shielded() {
        assert_eq!(shielded_parts("a <code>*b*</code> c"), ["*b*"]);
        assert_eq!(shielded_parts("<PRE>\n# a\n\n`b\n</PRE>"), ["\n# a\n\n`b\n"]);
        assert_eq!(shielded_parts("<pre><code>a</code></pre> <code>b</code>"), ["<code>a</code>", "b"]);
        assert_eq!(shielded_parts("<code>a ` b</code> and ` c"), ["a ` b"]);
    }

    #[test]
    fn markdowns_own_code_is_left_alone() {
        for text in [
            "`<code>` and *not* `</code>`",
            "``<code>`` a ` b ``</code>``",
            "```\n<pre>\n```\n*x*\n```\n</pre>\n```",
            "~~~\n<pre>\n~~~\n*x*\n~~~\n</pre>\n~~~",
            "> ```\n> <pre>x</pre>\n> ```",
            "<code>a",
            "<code>a\n\nb</code>",
            "> <pre>\n> a</pre>",
        ] {
            assert_eq!(shielded_parts(text), [""; 0], "{text}");
        }
        assert_eq!(shielded_parts("\\`<code>a</code>`"), ["a"]);
        assert_eq!(shielded_parts("`\n\n<code>a</code>`"), ["a"]);
        assert_eq!(shielded_parts("```\nx\n```\n<code>a</code>"), ["a"]);
    }

    #[test]
    fn line_starts_are_guarded_behind_the_marks_of_quotes_and_lists() {
        let guarded = guard_line_starts("<b>\n> <div>\n1. - [x]: y\na <b>\n");
        assert_eq!(guarded, "\u{FDD0}<b>\n> \u{FDD0}<div>\n1. - \u{FDD0}[x]: y\na <b>\n");
    }

    proptest! {
        #[test]
        fn unshielding_restores_what_was_typed(
            text in "(?s)([a-c*_~\\[\\]\\\\<>`\n !é]|<pre>|</pre>|<code>|</code>|https://a\\.b/|```|~~~|\n\n){0,40}"
        ) {
            let shielded = shield(&text);
            let restored = unshield(&shielded);
            prop_assert_eq!(restored.as_ref(), text);
        }

        #[test]
        fn only_invisible_characters_are_removed(text: String) {
            let expected = clean(&text);
            let shielded = shield(&text);
            let restored = unshield(&shielded);
            prop_assert_eq!(restored.as_ref(), expected);
        }
    }
}
