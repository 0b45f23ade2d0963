//! Paragraphs, lists, quotes, code and tables, as Markdown.

use super::inline::{Around, inline, is_silent, longest, words};
use super::{Element, Node};

/// What stands in lines of its own.
const BLOCKS: [&str; 37] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tr",
    "ul",
    "tbody",
];
/// The most columns of a table.
const COLUMNS: usize = 50;

fn is_block(node: &Node) -> bool {
    let Node::Element(element) = node else { return false };
    BLOCKS.contains(&element.tag.as_str())
}

/// Whether something in lines of its own is in it, at any depth.
fn holds_blocks(element: &Element) -> bool {
    element
        .children
        .iter()
        .any(|node| is_block(node) || matches!(node, Node::Element(inner) if holds_blocks(inner)))
}

/// The blocks of a part of a page, each as its lines.
pub fn blocks(nodes: &[Node]) -> Vec<String> {
    let mut out = Vec::new();
    let mut line = Vec::new();
    for node in nodes {
        match node {
            Node::Element(element) if is_silent(element) => {}
            Node::Element(element) if is_block(node) || holds_blocks(element) => {
                end(&mut out, &mut line);
                out.extend(block(element));
            }
            _ => line.push(node.clone()),
        }
    }
    end(&mut out, &mut line);
    out
}

/// Ends a paragraph.
fn end(out: &mut Vec<String>, line: &mut Vec<Node>) {
    let text = inline(&std::mem::take(line), Around::default());
    if !text.is_empty() {
        out.push(text.lines().map(plain_start).collect::<Vec<_>>().join("\n"));
    }
}

/// A line that does not begin as another block would.
fn plain_start(line: &str) -> String {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let after = number.strip_prefix(['.', ')']);
    let counted = line.len() > number.len()
        && after.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    if counted {
        let (digits, rest) = line.split_at(line.len() - number.len());
        return format!("{digits}\\{rest}");
    }
    let marked =
        line.starts_with(['#', '>', '=']) || line.starts_with("- ") || line.starts_with("+ ");
    let rule = line.starts_with("---") || line == "-" || line == "+";
    if marked || rule { format!("\\{line}") } else { line.to_owned() }
}

fn block(element: &Element) -> Vec<String> {
    match element.tag.as_str() {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => heading(element).into_iter().collect(),
        "hr" => vec!["---".to_owned()],
        "pre" => code(element).into_iter().collect(),
        "blockquote" => {
            let inside = blocks(&element.children).join("\n\n");
            if inside.is_empty() { Vec::new() } else { vec![led(&inside, "> ", ">")] }
        }
        "ul" | "ol" => list(element).into_iter().collect(),
        "table" => table(element),
        _ => blocks(&element.children),
    }
}

fn heading(element: &Element) -> Option<String> {
    let level = element.tag[1..].parse().unwrap_or(1);
    let around = Around { bold: true, cell: true, ..Around::default() };
    let text = inline(&element.children, around).replace("\\|", "|");
    (!text.is_empty()).then(|| format!("{} {text}", "#".repeat(level)))
}

fn code(element: &Element) -> Option<String> {
    let code = words(&element.children);
    let code = code.trim_matches('\n').trim_end();
    let fence = "`".repeat(longest(code, '`').max(2) + 1);
    (!code.trim().is_empty()).then(|| format!("{fence}\n{code}\n{fence}"))
}

/// Each line with something before it; `bare` before one that is empty.
fn led(text: &str, lead: &str, bare: &str) -> String {
    let line = |line: &str| match line.is_empty() {
        true => bare.to_owned(),
        false => format!("{lead}{line}"),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn list(element: &Element) -> Option<String> {
    let mut items: Vec<String> = Vec::new();
    let mut number = 0;
    for node in &element.children {
        let Node::Element(item) = node else { continue };
        if matches!(item.tag.as_str(), "ul" | "ol") {
            // Some write a list beside the item that it belongs to.
            let inner = list(item);
            let inner =
                inner.map(|text| led(&text, if element.tag == "ol" { "   " } else { "  " }, ""));
            items.extend(inner);
            continue;
        }
        if is_silent(item) {
            continue;
        }
        number += 1;
        let marker = if element.tag == "ol" { format!("{number}. ") } else { "- ".to_owned() };
        let text = item_text(item);
        let indent = " ".repeat(marker.len());
        let text = led(&text, &indent, "");
        items.push(format!("{marker}{}", text.strip_prefix(&indent).unwrap_or(&text)));
    }
    (!items.is_empty()).then(|| items.join("\n"))
}

/// An item: its words, then what else is in it.
fn item_text(item: &Element) -> String {
    let ticked = find_box(&item.children, 3);
    let mut text = match ticked {
        Some(true) => "[x] ".to_owned(),
        Some(false) => "[ ] ".to_owned(),
        None => String::new(),
    };
    for (n, block) in blocks(&item.children).into_iter().enumerate() {
        let is_list = block.starts_with("- ") || block.starts_with("1. ");
        text.push_str(match (n, is_list) {
            (0, false) => "",
            (_, true) => "\n",
            _ => "\n\n",
        });
        text.push_str(&block);
    }
    text
}

/// The box that an item begins with.
fn find_box(nodes: &[Node], deep: usize) -> Option<bool> {
    nodes.iter().find_map(|node| {
        let Node::Element(element) = node else { return None };
        let inner = || {
            (deep > 0 && element.tag != "ul" && element.tag != "ol")
                .then_some(())
                .and_then(|()| find_box(&element.children, deep - 1))
        };
        element.ticked.or_else(inner)
    })
}

/// The rows of a table, each as its cells.
fn rows<'a>(element: &'a Element) -> Vec<Vec<&'a Element>> {
    let mut found = Vec::new();
    for node in &element.children {
        let Node::Element(inner) = node else { continue };
        match inner.tag.as_str() {
            "tr" => {
                let cell = |node: &'a Node| match node {
                    Node::Element(cell) if matches!(cell.tag.as_str(), "td" | "th") => Some(cell),
                    _ => None,
                };
                found.push(inner.children.iter().filter_map(cell).take(COLUMNS).collect());
            }
            "thead" | "tbody" | "tfoot" => found.extend(rows(inner)),
            _ => {}
        }
    }
    found.retain(|row: &Vec<_>| !row.is_empty());
    found
}

fn table(element: &Element) -> Vec<String> {
    let rows = rows(element);
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let nests = |cell: &&Element| {
        cell.children
            .iter()
            .any(|node| matches!(node, Node::Element(e) if e.tag == "table" || holds_table(e)))
    };
    // What only arranges a page is no table.
    if columns < 2 || rows.iter().flatten().any(nests) {
        return rows.iter().flatten().flat_map(|cell| blocks(&cell.children)).collect();
    }
    let around = Around { cell: true, ..Around::default() };
    let line = |row: &Vec<&Element>| {
        let cells = (0..columns)
            .map(|n| row.get(n).map_or_else(String::new, |c| inline(&spaced(&c.children), around)));
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    let mut lines: Vec<_> = rows.iter().map(line).collect();
    lines.insert(1, format!("|{}", " --- |".repeat(columns)));
    vec![lines.join("\n")]
}

fn holds_table(element: &Element) -> bool {
    element
        .children
        .iter()
        .any(|node| matches!(node, Node::Element(e) if e.tag == "table" || holds_table(e)))
}

/// What stands in lines of its own, one after the other on one line.
fn spaced(nodes: &[Node]) -> Vec<Node> {
    let mut out = Vec::new();
    for node in nodes {
        match node {
            Node::Element(element) if is_block(node) || holds_blocks(element) => {
                out.push(Node::Text(" ".into()));
                out.extend(spaced(&element.children));
                out.push(Node::Text(" ".into()));
            }
            other => out.push(other.clone()),
        }
    }
    out
}
