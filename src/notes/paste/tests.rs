//! What comes of pages.

use proptest::prelude::*;

use super::{Element, Node, is_formatted, visible, written};

fn text(words: &str) -> Node {
    Node::Text(words.into())
}

fn el(tag: &str, children: Vec<Node>) -> Node {
    Node::Element(Element { tag: tag.into(), children, ..Element::default() })
}

fn link(to: &str, children: Vec<Node>) -> Node {
    Node::Element(Element { tag: "a".into(), to: Some(to.into()), children, ..Element::default() })
}

fn bold(tag: &str, bold: bool, words: &str) -> Node {
    let children = vec![text(words)];
    Node::Element(Element { tag: tag.into(), bold: Some(bold), children, ..Element::default() })
}

#[test]
fn prose_is_written() {
    let page = [
        el("h2", vec![text("A "), el("b", vec![text("plan")])]),
        el(
            "p",
            vec![
                text("One\n  two "),
                el("strong", vec![text("three ")]),
                el("em", vec![text("four")]),
                text(" "),
                el("code", vec![text("a`b")]),
                el("br", vec![]),
                text("next, see "),
                link("https://a.example/b (c)", vec![text("this")]),
                text("."),
            ],
        ),
        el("blockquote", vec![el("p", vec![text("said")]), el("p", vec![text("more")])]),
        el("pre", vec![el("code", vec![text("let a = 1;\n  b\n")])]),
        el("hr", vec![]),
    ];
    assert_eq!(
        written(&page),
        "## A plan\n\nOne two **three** *four* ``a`b``\nnext, see [this](https://a.example/b%20%28c%29).\n\n\
         > said\n>\n> more\n\n```\nlet a = 1;\n  b\n```\n\n---"
    );
}

#[test]
fn lists_nest_and_boxes_stay() {
    let tick =
        |is| Node::Element(Element { tag: "input".into(), ticked: Some(is), ..Element::default() });
    let page = [
        el(
            "ul",
            vec![
                text("\n"),
                el(
                    "li",
                    vec![
                        text("a"),
                        el(
                            "ol",
                            vec![
                                el("li", vec![text("b")]),
                                el("li", vec![el("p", vec![text("c")])]),
                            ],
                        ),
                    ],
                ),
                el("ul", vec![el("li", vec![text("beside")])]),
                el("li", vec![el("p", vec![text("d")]), el("p", vec![text("e")])]),
            ],
        ),
        el(
            "ul",
            vec![
                el("li", vec![tick(true), text(" done")]),
                el("li", vec![el("label", vec![tick(false), text("open")])]),
            ],
        ),
    ];
    assert_eq!(
        written(&page),
        "- a\n  1. b\n  2. c\n  - beside\n- d\n\n  e\n\n- [x] done\n- [ ] open"
    );
}

#[test]
fn tables_are_tables_and_what_only_arranges_is_none() {
    let cell = |words: &str| el("td", vec![el("p", vec![text(words)])]);
    let table = el(
        "table",
        vec![el(
            "tbody",
            vec![
                el("tr", vec![el("th", vec![text("a")]), el("th", vec![text("b")])]),
                el("tr", vec![cell("1|2"), el("td", vec![text("x"), el("br", vec![]), text("y")])]),
                el("tr", vec![cell("short")]),
            ],
        )],
    );
    let written_table = "| a | b |\n| --- | --- |\n| 1\\|2 | x y |\n| short |  |";
    assert_eq!(written(std::slice::from_ref(&table)), written_table);
    let around =
        el("table", vec![el("tr", vec![el("td", vec![table]), el("td", vec![text("beside")])])]);
    assert_eq!(written(&[around]), format!("{written_table}\n\nbeside"));
}

#[test]
fn what_a_style_says_counts_more_than_a_name() {
    // As word processors on the web write it.
    let page = [Node::Element(Element {
        tag: "b".into(),
        bold: Some(false),
        children: vec![el("p", vec![bold("span", true, "loud"), bold("b", false, " quiet")])],
        ..Element::default()
    })];
    assert_eq!(written(&page), "**loud** quiet");
}

#[test]
fn words_are_no_signs() {
    let page = [
        el("p", vec![text("1. *a* _b_ c_d [e] <script> &amp; ~~f~~ `g`")]),
        el("p", vec![text("# no heading")]),
        el("p", vec![text("- no item")]),
        el("p", vec![text("https://a.example/x_y_z")]),
    ];
    let markdown = written(&page);
    let html = crate::ui::markdown::render(&markdown);
    for tag in ["<em", "<strong", "<h1", "<li", "<del", "<code", "<script"] {
        assert!(!html.contains(tag), "{tag}: {markdown} {html}");
    }
    for shown in
        ["1. *a* _b_ c_d [e] &lt;script&gt; &amp;amp; ~~f~~ `g`", "# no heading", "- no item"]
    {
        assert!(html.contains(shown), "{shown}: {html}");
    }
    assert!(html.contains("href=\"https://a.example/x_y_z\""), "{html}");
}

#[test]
fn nothing_hostile_comes_through() {
    let page = [
        el("script", vec![text("alert(1)")]),
        el("style", vec![text("p { color: red }")]),
        el("svg", vec![el("script", vec![text("alert(1)")])]),
        link("javascript:alert(1)", vec![text("press")]),
        link(" JaVaScRiPt:alert(1)", vec![text("me")]),
        link("data:text/html,x", vec![text("now")]),
        link("https://a.example/](javascript:x)", vec![text("] (x")]),
        Node::Element(Element {
            tag: "img".into(),
            to: Some("https://elsewhere.example/pixel.png".into()),
            ..Element::default()
        }),
    ];
    let markdown = written(&page);
    assert!(
        !markdown.contains("alert") && !markdown.contains("pixel") && !markdown.contains("color"),
        "{markdown}"
    );
    assert!(markdown.starts_with("pressmenow"), "{markdown}");
    let html = crate::ui::markdown::render(&markdown);
    assert!(!html.contains("href=\"javascript") && !html.contains("<img"), "{html}");
    assert_eq!(visible("a\0b\u{7}c\r\nd\re\tf\u{feff}"), "abc\nd\ne\tf");
}

#[test]
fn only_what_is_formatted_is_taken_for_a_page() {
    assert!(is_formatted("<meta charset='utf-8'><P>a <A href='x'>b</A>"));
    assert!(is_formatted("<span style=\"font-weight:700\">a</span>"));
    // As an editor for programs writes it: colours alone.
    assert!(!is_formatted(
        "<meta><div style='color:#fff;font-weight: normal;font-size:14px'><div><span>let</span> a</div></div>"
    ));
    assert!(!is_formatted("<p>one</p><p>two</p>"));
}

fn page() -> impl Strategy<Value = Vec<Node>> {
    let leaf = "[a-z*_`#<>|\\[\\]&. \n-]{0,12}".prop_map(Node::Text);
    let tags = proptest::sample::select(vec![
        "p",
        "b",
        "i",
        "ul",
        "ol",
        "li",
        "table",
        "tr",
        "td",
        "pre",
        "code",
        "blockquote",
        "h3",
        "br",
        "a",
        "span",
        "script",
        "div",
    ]);
    let node = leaf.prop_recursive(6, 60, 5, move |inner| {
        (tags.clone(), prop::collection::vec(inner, 0..5), prop::option::of("[a-z:/()]{0,12}"))
            .prop_map(|(tag, children, to)| {
                Node::Element(Element { tag: tag.into(), to, children, ..Element::default() })
            })
    });
    prop::collection::vec(node, 0..5)
}

proptest! {
    #[test]
    fn any_page_is_written_and_shows_nothing_that_runs(page in page()) {
        let markdown = written(&page);
        let html = crate::ui::markdown::render(&markdown);
        prop_assert!(!html.contains("<script") && !html.contains("href=\"javascript"), "{}", html);
    }
}

#[test]
fn what_is_more_than_words_stands_on_lines_of_its_own() {
    use super::apart;
    assert_eq!(apart("Before. ", "a **b**", " after"), "a **b**");
    assert_eq!(apart("Before.", "## Plan\n\nwords", ""), "\n\n## Plan\n\nwords");
    assert_eq!(apart("Before\n", "- a\n- b", "\nafter"), "- a\n- b");
    assert_eq!(apart("Before\n  ", "| a |\n| --- |", "after"), "| a |\n| --- |\n\n");
    assert_eq!(apart("x", "1. a", "y"), "\n\n1. a\n\n");
    assert_eq!(apart("x", "2026 was good", "y"), "2026 was good");
}
