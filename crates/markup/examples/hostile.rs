//! How long 64 KiB of the worst texts take: `cargo run --release -p beffroi-markup --example
//! hostile`.

use std::time::{Duration, Instant};

const TEXT_BYTES: usize = 64 * 1024;
const RUNS: usize = 7;

fn main() {
    println!("{:>9} {:>9}  64 KiB of", "parse", "serialise");
    for (name, text) in texts() {
        let tree = beffroi_markup::parse(&text);
        let parse = fastest(|| beffroi_markup::parse(&text));
        let serialise = fastest(|| serde_json::to_vec(&tree));
        println!("{:>6.2} ms {:>6.2} ms  {name}", ms(parse), ms(serialise));
    }
}

fn texts() -> Vec<(String, String)> {
    let repeated = [
        ">",
        "> ",
        "[",
        "]",
        "*",
        "_",
        "~",
        "`",
        "<",
        "&",
        "\\",
        "!",
        "(",
        "#",
        "-",
        "- ",
        "1. ",
        "\n",
        " \n",
        "\t",
        "a*",
        "*a ",
        "**a ",
        "a**b",
        "*_",
        "_a",
        "~~a ",
        "~a",
        "`a",
        "`a``b```c",
        "[a](",
        "[a](b",
        "![",
        "![a](",
        "[]",
        "[a][b]",
        "[a]: b\n",
        "[[a](b)",
        "[a](<",
        "[a](https://b.example)",
        "| a | https://b.example |\n",
        "![](https://b.example)",
        "<b>",
        "</b>",
        "<b><i>",
        "<b></i>",
        "*<b>",
        "<a href=\"https://b.example\">",
        "<a ",
        "<a b=\"",
        "<a b='\"",
        "<!--",
        "<?",
        "<!A",
        "<![CDATA[",
        "</",
        "<pre>",
        "\n<pre>",
        "<pre>a</pre>",
        "<code>",
        "<code>`</code>",
        "<code>a</code>",
        "&amp;",
        "&#0;",
        "&#x",
        "&aaaaaaaa",
        "https://b.example ",
        "https://b.example/_a_ ",
        "https://",
        "https://b.example/(",
        "://",
        "a://",
        "a:",
        "http://a:b@",
        "https://b.example\n",
        "<https://b.example>",
        "<https://",
        "a@b.c ",
        "<a@b.c>",
        "> a\n",
        ">> a\n> b\n",
        "- a\n",
        "- a\n  - b\n",
        "* * ",
        "# a\n",
        "a\n===\n",
        "```\n",
        "~~~\n",
        "> ```\n",
        "    a\n",
        "é",
        "𝕏",
        "\u{301}",
        "\r",
        "\0",
        "a\n",
        "a  \n",
        "\\\n",
        "***\n",
        "\"",
        "[a](b \"c\n",
    ];
    let mut texts: Vec<_> = repeated.iter().map(|part| (format!("{part:?}"), fill(part))).collect();
    texts.extend([
        ("half \"[\", half \"](a)\"".to_owned(), halves("[", "](a)")),
        ("half \"<b>\", half \"</b>\"".to_owned(), halves("<b>", "</b>")),
        ("half \"<b>\", half \"</i>\"".to_owned(), halves("<b>", "</i>")),
        ("half \"*a \", half \"a_ \"".to_owned(), halves("*a ", "a_ ")),
        ("half \"*a**b\", half \"a**b*\"".to_owned(), halves("*a**b", "a**b*")),
        ("half \">\", half \"?|\\n\"".to_owned(), halves(">", "?|\n")),
        ("half \"1. \", half \"?\\n[\"".to_owned(), halves("1. ", "?\n[")),
        ("half \"<code>\\n\\n\", half \"</code>\"".to_owned(), halves("<code>\n\n", "</code>")),
        ("half \">\", half \"\\n> a\"".to_owned(), halves(">", "\n> a")),
        ("half \"- \", half \"\\na\"".to_owned(), halves("- ", "\na")),
        ("ever longer runs of backticks".to_owned(), ever_longer("`", "a")),
        ("ever longer runs of asterisks".to_owned(), ever_longer("*", "a")),
        ("ever deeper indents".to_owned(), ever_longer(" ", "- a\n")),
        ("ever deeper quotes".to_owned(), ever_longer(">", "a\n")),
        ("one address".to_owned(), format!("https://{}", fill("a"))),
        ("one host of many labels".to_owned(), format!("https://{}", fill("é."))),
    ]);
    texts
}

fn fill(part: &str) -> String {
    part.repeat(TEXT_BYTES / part.len())
}

fn halves(first: &str, second: &str) -> String {
    let (first, second) = (fill(first), fill(second));
    format!("{}{}", &first[..first.len() / 2], &second[second.len() / 2..])
}

fn ever_longer(part: &str, between: &str) -> String {
    let mut text = String::new();
    for length in 1.. {
        if text.len() > TEXT_BYTES {
            break;
        }
        text.push_str(&part.repeat(length));
        text.push_str(between);
    }
    text
}

fn fastest<T>(work: impl Fn() -> T) -> Duration {
    let timed = |_| {
        let start = Instant::now();
        std::hint::black_box(work());
        start.elapsed()
    };
    (0..RUNS).map(timed).min().unwrap_or_default()
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
