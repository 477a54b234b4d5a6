//! What members type on a good day.

mod show;

use beffroi_markup::{parse, plain_text};
use show::show;

fn all_show_as(cases: &[(&str, &str)]) {
    for (typed, expected) in cases {
        assert_eq!(show(typed), *expected, "{typed:?}");
    }
}

#[test]
fn emphasis_and_the_tags_that_mean_the_same() {
    all_show_as(&[
        ("plain", "p[plain]"),
        ("*a* _b_", "p[i[a] i[b]]"),
        ("**a** __b__", "p[b[a] b[b]]"),
        ("~~a~~", "p[s[a]]"),
        ("<b>a</b> <i>b</i> <u>c</u>", "p[b[a] i[b] u[c]]"),
        ("<b>a *b* <u>c</u></b>", "p[b[a i[b] u[c]]]"),
        ("snake_case_name and 2*3*4", "p[snake_case_name and 2i[3]4]"),
        ("\\*a\\* &lt;b&gt; &copy;", "p[*a* <b> ©]"),
    ]);
}

#[test]
fn a_single_newline_breaks_the_line_and_an_empty_line_the_paragraph() {
    all_show_as(&[
        ("a\nb", "p[a/b]"),
        ("a  \nb\\\nc", "p[a/b/c]"),
        ("a\r\nb\rc", "p[a/b/c]"),
        ("a\n\nb", "p[a] p[b]"),
        ("\n\n \n", ""),
        ("", ""),
        ("<b>a\nb</b>", "p[b[a/b]]"),
    ]);
}

#[test]
fn blocks() {
    all_show_as(&[
        ("> a\n> b", "quote[p[a/b]]"),
        ("> a\n>> b", "quote[p[a] quote[p[b]]]"),
        ("- a\n- b", "ul[p[a]][p[b]]"),
        ("3. a\n4. b", "ol(3)[p[a]][p[b]]"),
        ("- a\n  - b\n\n  c", "ul[p[a] ul[p[b]] p[c]]"),
        ("# a\n## b\n### c\n#### d\n###### e", "h1[a] h2[b] h3[c] h3[d] h3[e]"),
        ("a\n---", "h2[a]"),
        ("***", "rule"),
        ("a | b\n--|--\nc | d", "p[a | b/--|--/c | d]"),
    ]);
}

#[test]
fn code() {
    all_show_as(&[
        ("`a *b* <b>`", "p[code[a *b* <b>]]"),
        ("```rust\nlet a = 1;\n\nb\n```", "codeblock(rust)[let a = 1;\n\nb]"),
        ("```c++\na\n```", "codeblock(c++)[a]"),
        ("    a\n    b", "codeblock()[a\nb]"),
        ("<code>a *b* [c](d) `e` &lt;</code>", "p[code[a *b* [c](d) `e` <]]"),
        ("<code>*a</code> <code>b*</code>", "p[code[*a] code[b*]]"),
        ("<code>a\nb</code>", "p[code[a\nb]]"),
        ("> <code>a\n> b</code>", "quote[p[code[a\nb]]]"),
        ("<pre>a</pre>", "codeblock()[a]"),
        ("<pre>\n# a\n\n  - b\n</pre>", "codeblock()[# a\n\n  - b]"),
        ("<pre><code>a &amp; <b>b</b></code></pre>", "codeblock()[a & <b>b</b>]"),
        ("see <pre>a\nb</pre> and *c*", "p[see ] codeblock()[a\nb] p[ and i[c]]"),
        ("see\n<pre>a</pre>\nb", "p[see] codeblock()[a] p[b]"),
        ("<pre>a</pre> <pre>b</pre>", "codeblock()[a] codeblock()[b]"),
        ("- <pre>a</pre>", "ul[codeblock()[a]]"),
        ("<b><pre>a</pre></b>", "p[b[code[a]]]"),
        ("`<code>` and *not* `</code>`", "p[code[<code>] and i[not] code[</code>]]"),
        ("```html\n<pre>\n*a*\n</pre>\n[b]: c\n```", "codeblock(html)[<pre>\n*a*\n</pre>\n[b]: c]"),
    ]);
}

#[test]
fn text_behind_a_fence_that_is_no_language_is_kept() {
    all_show_as(&[
        ("```look at this\na\n```", "codeblock()[look at this\na]"),
        ("```<b>\na\n```", "codeblock()[<b>\na]"),
        ("```oops", "codeblock(oops)[]"),
    ]);
}

#[test]
fn links() {
    all_show_as(&[
        ("[a](https://b.example)", "p[link(https://b.example/)[a]]"),
        ("[*a* `b`](<https://b.example/c d>)", "p[link(https://b.example/c%20d)[i[a] code[b]]]"),
        ("[a](https://b.example \"title\")", "p[link(https://b.example/)[a] \"title\"]"),
        ("[](https://b.example)", "p[link(https://b.example/)[https://b.example]]"),
        ("<https://b.example/_c_>", "p[link(https://b.example/_c_)[https://b.example/_c_]]"),
        ("<a href=\"https://b.example/?c&amp;d\">*e*</a>", "p[link(https://b.example/?c&d)[i[e]]]"),
        ("<A HREF='http://b.example'>c</A>", "p[link(http://b.example/)[c]]"),
    ]);
}

#[test]
fn bare_addresses_become_links() {
    all_show_as(&[
        ("see https://b.example/c.", "p[see link(https://b.example/c)[https://b.example/c].]"),
        ("(https://b.example/c_(d))", "p[(link(https://b.example/c_(d))[https://b.example/c_(d)])]"),
        ("**https://b.example**", "p[b[link(https://b.example/)[https://b.example]]]"),
        ("_https://b.example/c_d_", "p[i[link(https://b.example/c_d)[https://b.example/c_d]]]"),
        (
            "https://b.example/_c_/a_(b)_c https://b.example/a_(b)",
            "p[link(https://b.example/_c_/a_(b)_c)[https://b.example/_c_/a_(b)_c] \
             link(https://b.example/a_(b))[https://b.example/a_(b)]]",
        ),
        ("https://b.example/?c=1&amp;d=2", "p[link(https://b.example/?c=1&d=2)[https://b.example/?c=1&d=2]]"),
        ("HTTPS://B.example", "p[link(https://b.example/)[HTTPS://B.example]]"),
        ("`https://b.example`", "p[code[https://b.example]]"),
        ("    https://b.example", "codeblock()[https://b.example]"),
        ("[https://b.example](https://c.example)", "p[link(https://c.example/)[https://b.example]]"),
        (
            "ftp://b.example www.b.example b.example a@b.example",
            "p[ftp://b.example www.b.example b.example a@b.example]",
        ),
    ]);
}

#[test]
fn images_become_links_and_are_never_loaded() {
    all_show_as(&[
        ("![a *b*](https://c.example/d.png)", "p[link(https://c.example/d.png)[a i[b]]]"),
        ("![](https://c.example/d.png)", "p[link(https://c.example/d.png)[https://c.example/d.png]]"),
        ("![a](d.png)", "p[a (d.png)]"),
        ("[![a](https://b.example)](https://c.example)", "p[link(https://c.example/)[a (https://b.example)]]"),
    ]);
}

#[test]
fn nothing_hides_in_a_definition() {
    all_show_as(&[
        ("[a]: https://b.example \"c\"", "p[[a]: link(https://b.example/)[https://b.example] \"c\"]"),
        ("[a]: b\n\n[c][a]", "p[[a]: b] p[[c][a]]"),
        ("> - [a]: b", "quote[ul[p[[a]: b]]]"),
    ]);
}

#[test]
fn the_json_form() {
    let typed =
        "# a\n> b **c**\n\n3. `d`\n   <u>e</u>\n\n```rust\nf\n```\n- [g](https://h.example) ~~i~~ *j*\n\n---\n    k";
    let expected = serde_json::json!([
        {"t": "heading", "level": 1, "c": [{"t": "text", "text": "a"}]},
        {"t": "quote", "c": [
            {"t": "p", "c": [{"t": "text", "text": "b "}, {"t": "b", "c": [{"t": "text", "text": "c"}]}]},
        ]},
        {"t": "list", "ordered": true, "start": 3, "items": [[
            {"t": "p", "c": [
                {"t": "code", "text": "d"},
                {"t": "br"},
                {"t": "u", "c": [{"t": "text", "text": "e"}]},
            ]},
        ]]},
        {"t": "codeblock", "lang": "rust", "text": "f"},
        {"t": "list", "ordered": false, "start": 1, "items": [[
            {"t": "p", "c": [
                {"t": "link", "href": "https://h.example/", "c": [{"t": "text", "text": "g"}]},
                {"t": "text", "text": " "},
                {"t": "s", "c": [{"t": "text", "text": "i"}]},
                {"t": "text", "text": " "},
                {"t": "i", "c": [{"t": "text", "text": "j"}]},
            ]},
        ]]},
        {"t": "rule"},
        {"t": "codeblock", "lang": null, "text": "k"},
    ]);
    assert_eq!(serde_json::to_value(parse(typed)).unwrap(), expected);
}

#[test]
fn plain_text_is_what_is_read() {
    let typed = "# a\n> b **c**\n\n- d\n- [e](https://f.example) `g`\n  h\n\n---\n```\ni\n```";
    assert_eq!(plain_text(&parse(typed)), "a\nb c\nd\ne g\nh\ni");
    assert_eq!(plain_text(&parse("")), "");
}
