//! A tree in one line: `p[plain b[bold] link(https://…)[label]]`, `/` for a line break.

use beffroi_markup::{Block, Inline, parse};

pub(crate) fn show(text: &str) -> String {
    blocks(parse(text).blocks())
}

fn blocks(blocks: &[Block]) -> String {
    let shown: Vec<String> = blocks.iter().map(block).collect();
    shown.join(" ")
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph { c } => format!("p[{}]", inlines(c)),
        Block::Quote { c } => format!("quote[{}]", blocks(c)),
        Block::List { ordered, start, items } => {
            let items: Vec<String> = items.iter().map(|item| format!("[{}]", blocks(item))).collect();
            if *ordered { format!("ol({start}){}", items.concat()) } else { format!("ul{}", items.concat()) }
        }
        Block::CodeBlock { lang, text } => {
            format!("codeblock({})[{text}]", lang.as_deref().unwrap_or(""))
        }
        Block::Heading { level, c } => format!("h{level}[{}]", inlines(c)),
        Block::Rule => "rule".to_owned(),
    }
}

fn inlines(nodes: &[Inline]) -> String {
    nodes.iter().map(inline).collect()
}

fn inline(node: &Inline) -> String {
    match node {
        Inline::Text { text } => text.clone(),
        Inline::Bold { c } => format!("b[{}]", inlines(c)),
        Inline::Italic { c } => format!("i[{}]", inlines(c)),
        Inline::Underline { c } => format!("u[{}]", inlines(c)),
        Inline::Strike { c } => format!("s[{}]", inlines(c)),
        Inline::Code { text } => format!("code[{text}]"),
        Inline::Link { href, c } => format!("link({href})[{}]", inlines(c)),
        Inline::Break => "/".to_owned(),
    }
}
