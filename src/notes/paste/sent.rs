//! What a program sends, as Markdown: official clients of Intercom write HTML.

use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use pulldown_cmark::{Event, Parser};

use super::{DEPTH, Element, Node, visible, written};

/// Elements that make a text HTML by themselves: nobody closes them, or not always.
const ALONE: [&str; 5] = ["p", "br", "hr", "img", "div"];
/// Elements that make a text HTML where they are opened and closed.
const CLOSED: [&str; 32] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "s",
    "del",
    "strike",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "span",
    "body",
    "html",
    "section",
    "article",
];

/// The Markdown of a text that is HTML, and any other as it is. HTML is what has, outside code, one of the elements that
/// prose is made of; `a < b`, `Vec<T>` and a tag in backticks are none. HTML without any words stays as it was typed: it is shown
/// as that, and nothing is lost.
pub fn from_html(text: &str) -> String {
    let converted = is_html(text).then(|| written(&read(text)));
    converted.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| text.to_owned())
}

/// Whether a text is HTML, as Markdown tells its tags from its code.
fn is_html(text: &str) -> bool {
    // What follows an indent would be code.
    let tags = Parser::new(text.trim_start()).filter_map(|event| match event {
        Event::Html(piece) | Event::InlineHtml(piece) => Some(piece),
        _ => None,
    });
    let (mut opened, mut closed) = (Vec::new(), Vec::new());
    for piece in tags {
        for tag in piece.split('<').skip(1) {
            let (names, tag) = match tag.strip_prefix('/') {
                Some(tag) => (&mut closed, tag),
                None => (&mut opened, tag),
            };
            let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
            let (name, rest) = tag.split_at(end);
            if rest.starts_with(|c: char| c == '>' || c == '/' || c.is_whitespace()) {
                names.push(name.to_ascii_lowercase());
            }
        }
    }
    opened.iter().any(|name| {
        let name = name.as_str();
        ALONE.contains(&name)
            || (CLOSED.contains(&name) && closed.iter().any(|other| other == name))
    })
}

fn read(html: &str) -> Vec<Node> {
    let page = parse_document(RcDom::default(), ParseOpts::default()).one(html);
    children(&page.document, 0)
}

fn children(of: &Handle, depth: usize) -> Vec<Node> {
    of.children.borrow().iter().filter_map(|child| node(child, depth)).collect()
}

fn node(of: &Handle, depth: usize) -> Option<Node> {
    let NodeData::Element { name, attrs, .. } = &of.data else {
        return matches!(of.data, NodeData::Text { .. }).then(|| Node::Text(words(of)));
    };
    if depth >= DEPTH {
        return Some(Node::Text(words(of)));
    }
    let attribute = |wanted: &str| {
        let attrs = attrs.borrow();
        let found = attrs.iter().find(|a| a.name.local.eq_str_ignore_ascii_case(wanted));
        found.map(|a| a.value.to_string())
    };
    if attribute("hidden").is_some() {
        return None;
    }
    let tag = name.local.to_ascii_lowercase().to_string();
    let is_box = tag == "input" && attribute("type").as_deref() == Some("checkbox");
    let to = attribute(if tag == "img" { "src" } else { "href" });
    let alt = attribute("alt").map(|alt| visible(&alt)).filter(|alt| !alt.trim().is_empty());
    Some(Node::Element(Element {
        // A picture without words is led to by the name of its file.
        alt: alt.or_else(|| (tag == "img").then(|| file_name(to.as_deref()))),
        to,
        bold: None,
        italic: None,
        ticked: is_box.then(|| attribute("checked").is_some()),
        children: children(of, depth + 1),
        tag,
    }))
}

/// What an address ends with, without what is asked of it.
fn file_name(address: Option<&str>) -> String {
    let path = address.unwrap_or_default().split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or("", |(_, rest)| rest);
    let name = path.split_once('/').map_or("", |(_, path)| path.rsplit('/').next().unwrap_or(path));
    visible(if name.is_empty() { path } else { name })
}

/// All words in a part of a page, however deep they lie.
fn words(of: &Handle) -> String {
    let mut out = String::new();
    let mut waiting = vec![of.clone()];
    while let Some(next) = waiting.pop() {
        if let NodeData::Text { contents } = &next.data {
            out.push_str(&contents.borrow());
        }
        waiting.extend(next.children.borrow().iter().rev().cloned());
    }
    visible(&out)
}

#[cfg(test)]
mod tests {
    use super::from_html;

    #[test]
    fn html_becomes_markdown() {
        for (html, markdown) in [
            ("<p>Hi</p>", "Hi"),
            (
                "<p>Hi <b>Ada</b>,</p><p>see <a href=\"https://a.example/x\">this</a>.<br>Bye</p>",
                "Hi **Ada**,\n\nsee [this](https://a.example/x).\nBye",
            ),
            ("  <div>\n    <ul><li>one</li>\n    <li>two</li></ul>\n  </div>", "- one\n- two"),
            ("<P CLASS=x>a &lt; b &amp; *c*", "a \\< b & \\*c\\*"),
            ("One<br/>two", "One\ntwo"),
            ("<b>Only bold</b>", "**Only bold**"),
            ("<h2>Plan</h2><pre><code>let a = 1;</code></pre>", "## Plan\n\n```\nlet a = 1;\n```"),
            ("<p>x</p><script>alert(1)</script><style>p{}</style>", "x"),
            ("<p onclick=\"x\">See <a href=\"javascript:alert(1)\">it</a></p>", "See it"),
            (
                "<p>A picture: <img src=\"https://a.example/b/chart.png?x=1\"></p>",
                "A picture: [chart.png](https://a.example/b/chart.png?x=1)",
            ),
            (
                "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
                "| a | b |\n| --- | --- |\n| 1 | 2 |",
            ),
        ] {
            assert_eq!(from_html(html), markdown, "{html}");
        }
    }

    #[test]
    fn markdown_and_plain_text_keep_what_they_say() {
        for text in [
            "Hi **Ada**, see [this](https://a.example)",
            "a < b and c > d",
            "if a<b then x>y",
            "Vec<T> and Map<a, b>",
            "Use `<b>bold</b>` or `<p>`",
            "```\n<p>code</p>\n```",
            "A list:\n\n    <p>in code</p>",
            "<3 you",
            "<https://a.example>",
            "\\<p>typed\\</p>",
            "Where is <order>?",
            "<script>alert(1)</script>",
            "the <b> tag and the <i> tag",
            "1 <b 2",
            "",
            "<img src=x onerror=alert(1)>",
            "<p></p>",
        ] {
            assert_eq!(from_html(text), text);
        }
    }

    #[test]
    fn what_is_very_deep_or_broken_ends() {
        let deep = format!("{}x{}", "<div><b>".repeat(5_000), "</b></div>".repeat(5_000));
        assert!(from_html(&deep).contains('x'));
        let open = "<p><b><i><a href=x><table>".repeat(2_000);
        assert!(!from_html(&open).is_empty());
    }
}
