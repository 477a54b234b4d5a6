//! Hides from the Markdown parser what is not Markdown.
//!
//! Characters that Markdown would act on are replaced by stand-ins, one to one, and [`unshield`]
//! puts them back in every string that leaves the parser. So a shield set in the wrong place, say
//! inside a code block, costs nothing but formatting. The stand-ins are Unicode noncharacters: they
//! mean nothing in interchanged text and are removed from the input, hence cannot be forged.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

use linkify::{LinkFinder, LinkKind};

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
    let typed = |c| {
        STAND_INS
            .iter()
            .find(|(_, stand_in)| *stand_in == c)
            .map_or(c, |(typed, _)| *typed)
    };
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
    if text.contains(invisible) {
        text.replace(invisible, "")
    } else {
        text
    }
}

fn replace_within(text: &str, ranges: &[Range<usize>], chosen: impl Fn(char) -> bool) -> String {
    let stand_in = |c| {
        STAND_INS
            .iter()
            .find(|(typed, _)| *typed == c && chosen(c))
            .map_or(c, |(_, s)| *s)
    };
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
        .map(|link| {
            link.start()..link.start() + link.as_str().trim_end_matches(['*', '_', '~']).len()
        })
        .collect()
}

/// No line opens an HTML block, which would show a paragraph of Markdown raw, nor a link
/// definition, which would hide the line. Both begin with `<` or `[` after nothing but the marks of
/// quotes and lists.
fn guard_line_starts(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive('\n') {
        let start = line
            .find(|c: char| !c.is_ascii() || !is_line_mark(c as u8))
            .unwrap_or(line.len());
        out.push_str(&line[..start]);
        if line[start..].starts_with(['<', '[']) {
            out.push(GUARD);
        }
        out.push_str(&line[start..]);
    }
    out
}

fn is_line_mark(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'>' | b'*' | b'+' | b'-' | b'.' | b')' | b'0'..=b'9'
    )
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
    line_start: usize,
    /// Whether only the marks of quotes and lists stand before `at` on its line.
    is_line_start: bool,
    backticks: Backticks,
    last_pre_end: usize,
    last_code_end: usize,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line_start: 0,
            is_line_start: true,
            backticks: Backticks::new(text),
            last_pre_end: text.rfind("</pre>").unwrap_or(0),
            last_code_end: text.rfind("</code>").unwrap_or(0),
        }
    }

    fn next_element(&mut self) -> Option<Range<usize>> {
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b'\n' => self.start_line(),
                b'\\' => self.skip(2),
                b'`' | b'~' => self.skip_code(*byte),
                b'<' => {
                    if let Some(content) = self.element() {
                        self.skip_to(content.end);
                        return Some(content);
                    }
                    self.skip(1);
                }
                byte => {
                    self.is_line_start &= is_line_mark(*byte);
                    self.at += 1;
                }
            }
        }
        None
    }

    fn start_line(&mut self) {
        self.at += 1;
        self.line_start = self.at;
        self.is_line_start = true;
    }

    fn skip(&mut self, bytes: usize) {
        self.at += bytes;
        self.is_line_start = false;
    }

    fn skip_to(&mut self, end: usize) {
        if let Some(newline) = self.text[self.at..end].rfind('\n') {
            self.line_start = self.at + newline + 1;
        }
        self.at = end;
        self.is_line_start = false;
    }

    fn skip_code(&mut self, mark: u8) {
        let run = self.text.as_bytes()[self.at..]
            .iter()
            .take_while(|byte| **byte == mark)
            .count();
        let end = if self.is_line_start && run >= 3 {
            self.fence_end(mark, run)
        } else {
            None
        };
        match end.or_else(|| {
            (mark == b'`')
                .then(|| self.backticks.span_end(self.at))
                .flatten()
        }) {
            Some(end) => self.skip_to(end),
            None => self.skip(run),
        }
    }

    /// A fence lasts to a line of at least as many marks, or to the end.
    fn fence_end(&self, mark: u8, run: usize) -> Option<usize> {
        let mut line_end = self.at
            + self.text[self.at..]
                .find('\n')
                .unwrap_or(self.text.len() - self.at);
        if mark == b'`' && self.text[self.at + run..line_end].contains('`') {
            return None;
        }
        for line in self.text[line_end..].split_inclusive('\n').skip(1) {
            line_end += line.len();
            let line = line
                .trim_ascii_end()
                .trim_start_matches(|c: char| c.is_ascii() && is_line_mark(c as u8));
            if line.len() >= run && line.bytes().all(|byte| byte == mark) {
                return Some((line_end).min(self.text.len()));
            }
        }
        Some(self.text.len())
    }

    /// The content of the element that begins here. Inline code ends with its paragraph. Where
    /// lines carry the marks of a quote they are left to Markdown, or the marks would show.
    fn element(&self) -> Option<Range<usize>> {
        let rest = &self.text[self.at..];
        let (open, close, last) = if rest.starts_with("<pre>") {
            ("<pre>", "</pre>", self.last_pre_end)
        } else if rest.starts_with("<code>") {
            ("<code>", "</code>", self.last_code_end)
        } else {
            return None;
        };
        // Without this, unclosed tags would each search to the end.
        if last < self.at {
            return None;
        }
        let start = self.at + open.len();
        let end = start + self.text[start..].find(close)?;
        let content = &self.text[start..end];
        let is_quoted = self.text[self.line_start..self.at].contains('>') && content.contains('\n');
        let is_cut = open == "<code>" && content.contains("\n\n");
        (!is_quoted && !is_cut).then_some(start..end)
    }
}

/// Finds the end of a code span: the next run of as many backticks in the same paragraph.
struct Backticks {
    /// Start, length and the start of the next run of the same length.
    runs: Vec<(usize, usize, Option<usize>)>,
    blank_lines: Vec<usize>,
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
        Self {
            runs,
            blank_lines: text.match_indices("\n\n").map(|(at, _)| at).collect(),
        }
    }

    fn span_end(&self, start: usize) -> Option<usize> {
        let run = self.runs.binary_search_by_key(&start, |run| run.0).ok()?;
        let (_, length, close) = self.runs[run];
        let close = close?;
        let blank = self
            .blank_lines
            .get(self.blank_lines.partition_point(|at| *at < start));
        blank.is_none_or(|at| *at > close).then_some(close + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shielded_parts(text: &str) -> Vec<&str> {
        verbatim_contents(text)
            .into_iter()
            .map(|range| &text[range])
            .collect()
    }

    #[test]
    fn the_contents_of_code_and_pre_are_shielded() {
        assert_eq!(shielded_parts("a <code>*b*</code> c"), ["*b*"]);
        assert_eq!(
            shielded_parts("<PRE>\n# a\n\n`b\n</PRE>"),
            ["\n# a\n\n`b\n"]
        );
        assert_eq!(
            shielded_parts("<pre><code>a</code></pre> <code>b</code>"),
            ["<code>a</code>", "b"]
        );
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
        assert_eq!(
            guarded,
            "\u{FDD0}<b>\n> \u{FDD0}<div>\n1. - \u{FDD0}[x]: y\na <b>\n"
        );
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
