//! What people write never runs: the corpus of tricks, and random mixtures of their pieces.

use proptest::prelude::*;
use rapport::notes::from_html;
use rapport::ui::markdown::{self, Linked, Ours};

const CORPUS: &str = include_str!("../../end2end/xss.txt");

/// Elements that prose may have.
const ELEMENTS: [&str; 29] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "input",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
];

/// Whether an address without one of these beginnings is a place on the page's own site, read as a browser reads it.
fn leads_here(value: &str) -> bool {
    let page = url::Url::parse("https://inbox.example/inbox/1").unwrap();
    page.join(value).is_ok_and(|to| to.scheme() == "https" && to.host() == page.host())
}

/// Says what is wrong with a piece of HTML, reading its tags as a browser does.
fn wrong(html: &str) -> Option<String> {
    wrong_in(html, false)
}

/// The same of a note, which may show pictures of its own and cards.
fn wrong_in(html: &str, note: bool) -> Option<String> {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        // Inside quotes a bracket ends nothing.
        let (mut quoted, mut end) = (false, None);
        for (n, c) in rest.char_indices() {
            match c {
                '"' => quoted = !quoted,
                '>' if !quoted => {
                    end = Some(n);
                    break;
                }
                _ => {}
            }
        }
        let Some(end) = end else { return Some(format!("a tag without an end: {rest}")) };
        let tag = &rest[..end];
        rest = &rest[end..];
        let name: String =
            tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let is_picture = note && name == "img";
        if name != "ul" && !is_picture && !ELEMENTS.contains(&name.as_str()) {
            return Some(format!("the element {tag}"));
        }
        let mut values = tag[name.len()..].split('"');
        while let (Some(attribute), Some(value)) = (values.next(), values.next()) {
            let attribute = attribute.trim().trim_end_matches('=');
            let good = match attribute {
                "href" => {
                    ["https:", "http:", "mailto:", "tel:"]
                        .iter()
                        .any(|s| value.to_lowercase().starts_with(s))
                        || leads_here(value)
                }
                "src" => is_picture && value.starts_with("/attachments/"),
                "alt" | "width" | "height" | "loading" => is_picture,
                "class" if note && name == "span" && value.starts_with("ref") => true,
                "class" if note && name == "a" => value == "ref-to",
                "class" => name == "span" && value == "mention",
                // What a box is called that cannot be ticked.
                "aria-label" => name == "input" && value == "✓",
                "rel" | "target" | "title" | "type" | "disabled" | "checked" | "start"
                | "align" => true,
                _ => false,
            };
            if !good {
                return Some(format!("the attribute {attribute}=\"{value}\""));
            }
        }
    }
    None
}

#[test]
fn the_check_itself_finds_what_is_wrong() {
    for bad in [
        "<script>",
        "<p onclick=\"x\">",
        "<a href=\"javascript:x\">",
        "<img src=\"x\">",
        "<p style=\"x\">",
        "<p",
    ] {
        assert!(wrong(bad).is_some(), "{bad}");
    }
    assert_eq!(wrong("<p>x <a href=\"https://x.example\" rel=\"noopener\">y</a><br></p>"), None);
}

#[test]
fn nothing_of_the_corpus_runs() {
    let names = ["Ada Lovelace", "<script>alert(1)</script>", "x\" onclick=\"alert(1)"];
    for line in CORPUS.lines() {
        for html in [markdown::render(line), markdown::render_naming(line, &names)] {
            assert_eq!(wrong(&html), None, "{line}\n{html}");
        }
    }
    let all = markdown::render(CORPUS);
    assert_eq!(wrong(&all), None);
    let named =
        markdown::render_naming("@<script>alert(1)</script> and @x\" onclick=\"alert(1)", &names);
    assert_eq!(wrong(&named), None, "{named}");
}

/// What a program sends as HTML is kept as Markdown, which is shown: nothing of it runs on the way.
#[test]
fn nothing_of_the_corpus_runs_that_was_sent_as_html() {
    for line in CORPUS.lines() {
        for sent in [
            line.to_owned(),
            format!("<p>{line}</p>"),
            format!("<p>x</p>{line}"),
            format!("<ul><li>{line}</li></ul><table><tr><td>a<td>{line}</table>"),
            format!("<p><a href=\"{line}\">x</a><img src=\"{line}\" alt=\"{line}\"></p>"),
            format!("<pre><code>{line}</code></pre>"),
        ] {
            let kept = from_html(&sent);
            let html = markdown::render(&kept);
            assert_eq!(wrong(&html), None, "{sent}\n{kept}\n{html}");
        }
    }
    let html = markdown::render(&from_html(&format!("<p>{CORPUS}")));
    assert_eq!(wrong(&html), None);
}

/// A note in which everything that looks like a place of ours is one, under a hostile name.
fn noted(text: &str) -> String {
    let hostile = Linked {
        href: "/contacts/5\" onclick=\"alert(1)".into(),
        name: "<script>alert(1)</script>".into(),
        about: vec!["\"><img src=x onerror=alert(1)>".into()],
    };
    markdown::render_note(text, &[("Ada", "<b onclick=x>")], |to| match to {
        to if to.starts_with("/attachments/") => {
            Some(Ours::Picture { to: to.to_owned(), width: 1, height: 1 })
        }
        to if to.starts_with('/') => Some(Ours::Link(&hostile)),
        to if to.len() % 2 == 0 => Some(Ours::Gone),
        _ => None,
    })
}

#[test]
fn nothing_of_the_corpus_runs_in_a_note() {
    for line in CORPUS.lines() {
        for text in [
            line.to_owned(),
            format!("[{line}](/contacts/5) ![{line}](/attachments/5/x.png) @Ada"),
            format!("![x](</attachments/{line}>) [x](</{line}>)"),
        ] {
            let html = noted(&text);
            assert_eq!(wrong_in(&html, true), None, "{text}\n{html}");
        }
    }
    assert_eq!(wrong_in(&noted(CORPUS), true), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_mixture_of_its_pieces_runs(picks in proptest::collection::vec((0_usize..10_000, 0_usize..40, 0_usize..40), 1..8)) {
        let lines: Vec<_> = CORPUS.lines().collect();
        let piece = |(line, from, count): &(usize, usize, usize)| -> String {
            lines[line % lines.len()].chars().skip(*from).take(*count + 1).collect()
        };
        let text: String = picks.iter().map(piece).collect();
        let html = markdown::render_naming(&text, &["Ada", "onerror"]);
        prop_assert_eq!(wrong(&html), None, "{}\n{}", text, html);
        let sent = markdown::render(&from_html(&format!("<p>{text}")));
        prop_assert_eq!(wrong(&sent), None, "{}\n{}", text, sent);
    }
}
