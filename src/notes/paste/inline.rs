//! Words with their formatting, as Markdown.

use super::{Element, Node};

/// What is in force around some words.
#[derive(Debug, Clone, Copy, Default)]
pub struct Around {
    /// They are bold already, or stand in a heading.
    pub bold: bool,
    /// They are italic already.
    pub italic: bool,
    /// They are a link's.
    pub linked: bool,
    /// They stand in a cell of a table, which has one line.
    pub cell: bool,
}

/// What of a page is never shown as words.
const SILENT: [&str; 19] = [
    "script", "style", "head", "title", "meta", "link", "template", "noscript", "iframe", "object",
    "embed", "svg", "math", "canvas", "audio", "video", "select", "textarea", "button",
];

/// Whether an element is no words.
pub fn is_silent(element: &Element) -> bool {
    SILENT.contains(&element.tag.as_str())
}

/// Words on one line, or on several where the page breaks them.
pub fn inline(nodes: &[Node], around: Around) -> String {
    let mut out = String::new();
    put(&mut out, nodes, around);
    // Lines have no space at either end.
    let lines: Vec<_> = out.lines().map(|line| line.trim_matches(' ')).collect();
    let text = lines.join(if around.cell { " " } else { "\n" });
    text.trim().to_owned()
}

fn put(out: &mut String, nodes: &[Node], around: Around) {
    for node in nodes {
        match node {
            Node::Text(text) => put_words(out, text, around),
            Node::Element(element) if is_silent(element) => {}
            Node::Element(element) => put_element(out, element, around),
        }
    }
}

fn put_element(out: &mut String, element: &Element, around: Around) {
    let tag = element.tag.as_str();
    match tag {
        "br" => out.push('\n'),
        "img" => {
            let alt = element.alt.as_deref().map(str::trim).filter(|alt| !alt.is_empty());
            match (alt, element.to.as_deref().and_then(address)) {
                (Some(alt), Some(to)) if !around.linked => {
                    out.push_str(&format!("[{}]({to})", escaped(alt, around)));
                }
                (Some(alt), _) => put_words(out, alt, around),
                _ => {}
            }
        }
        "code" | "kbd" | "samp" | "tt" => put_code(out, &words(&element.children)),
        "a" if !around.linked => match element.to.as_deref().and_then(address) {
            Some(to) => put_link(out, element, &to, around),
            None => put(out, &element.children, around),
        },
        _ => put_styled(out, element, around),
    }
}

fn put_link(out: &mut String, element: &Element, to: &str, around: Around) {
    let shown = words(&element.children);
    // An address that is shown as it is needs no words.
    if shown.trim() == to {
        out.push_str(to);
        return;
    }
    let mut text = String::new();
    put(&mut text, &element.children, Around { linked: true, ..around });
    wrap(out, &text, "[", &format!("]({to})"));
}

fn put_styled(out: &mut String, element: &Element, around: Around) {
    let tag = element.tag.as_str();
    let bold = element.bold.unwrap_or(matches!(tag, "b" | "strong")) && !around.bold;
    let italic =
        element.italic.unwrap_or(matches!(tag, "i" | "em" | "cite" | "dfn")) && !around.italic;
    let gone = matches!(tag, "del" | "s" | "strike");
    let inside = Around { bold: around.bold || bold, italic: around.italic || italic, ..around };
    let mut text = String::new();
    put(&mut text, &element.children, inside);
    let marks = format!(
        "{}{}{}",
        if gone { "~~" } else { "" },
        if bold { "**" } else { "" },
        if italic { "*" } else { "" }
    );
    let back: String = marks.chars().rev().collect();
    wrap(out, &text, &marks, &back);
}

/// Puts marks around words, not around the white space at their ends; words that are none get none.
fn wrap(out: &mut String, text: &str, before: &str, after: &str) {
    let words = text.trim();
    let (lead, rest) = text.split_at(text.len() - text.trim_start().len());
    if lead.contains('\n') {
        out.push('\n');
    } else {
        push_space(out, lead);
    }
    if words.is_empty() {
        return;
    }
    let tail = &rest[words.len()..];
    out.push_str(before);
    out.push_str(words);
    out.push_str(after);
    out.push_str(tail);
}

fn push_space(out: &mut String, text: &str) {
    if !text.is_empty() && !out.ends_with([' ', '\n']) {
        out.push(' ');
    }
}

fn put_code(out: &mut String, code: &str) {
    let code = code.replace('\n', " ");
    if code.trim().is_empty() {
        return push_space(out, &code);
    }
    let fence = "`".repeat(longest(&code, '`') + 1);
    let space = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
    out.push_str(&format!("{fence}{space}{code}{space}{fence}"));
}

/// How many of a character stand together at most.
pub fn longest(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or_default() / of.len_utf8()
}

/// The words of a part of a page as they stand in it.
pub fn words(nodes: &[Node]) -> String {
    let mut out = String::new();
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Element(element) if is_silent(element) => {}
            Node::Element(element) if element.tag == "br" => out.push('\n'),
            Node::Element(element) => out.push_str(&words(&element.children)),
        }
    }
    out
}

/// An address as Markdown takes it; only what a reader may be led to.
fn address(to: &str) -> Option<String> {
    let to = to.trim();
    let scheme = to.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase())?;
    if !matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel") {
        return None;
    }
    let mut clean = String::with_capacity(to.len());
    for c in to.chars() {
        match c {
            ' ' => clean.push_str("%20"),
            '(' => clean.push_str("%28"),
            ')' => clean.push_str("%29"),
            '<' => clean.push_str("%3C"),
            '>' => clean.push_str("%3E"),
            '\\' => clean.push_str("%5C"),
            c if c.is_control() || c.is_whitespace() => {}
            c => clean.push(c),
        }
    }
    Some(clean)
}

/// Words with one space between them, in which nothing is a sign of Markdown.
fn put_words(out: &mut String, text: &str, around: Around) {
    for c in escaped(text, around).chars() {
        if c.is_whitespace() {
            push_space(out, " ");
        } else {
            out.push(c);
        }
    }
}

fn escaped(text: &str, around: Around) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        // An address that stands bare becomes a link, and stays whole.
        if word.contains("://") && !around.linked {
            out.push_str(word);
            continue;
        }
        let mut before = ' ';
        let mut rest = word.chars().peekable();
        while let Some(c) = rest.next() {
            let next = rest.peek().copied().unwrap_or(' ');
            let sign = match c {
                '\\' | '*' | '`' | '[' | ']' | '<' => true,
                // Within a word it is none.
                '_' => !(before.is_alphanumeric() && next.is_alphanumeric()),
                '~' => before == '~' || next == '~',
                '&' => next.is_ascii_alphanumeric() || next == '#',
                '|' => around.cell,
                _ => false,
            };
            if sign {
                out.push('\\');
            }
            out.push(c);
            before = c;
        }
    }
    out
}
