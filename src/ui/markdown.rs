//! Markdown as HTML that is safe to show: rendered and cleaned on the server, never in the browser.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};

/// What the cleaner lets through: the words of prose, links that open beside the page, boxes of task lists.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::default();
    cleaner
        .rm_tags(["img", "map", "area"])
        .add_tags(["input"])
        .add_tag_attributes("input", ["checked"])
        .set_tag_attribute_value("input", "type", "checkbox")
        .set_tag_attribute_value("input", "disabled", "")
        .set_tag_attribute_value("a", "target", "_blank")
        .link_rel(Some("noopener noreferrer nofollow"))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .tag_attribute_values(HashMap::new())
        .add_allowed_classes("span", ["mention"]);
    cleaner
});

/// How deep quotes and lists may lie in one another: a browser and its reader give up sooner.
const DEPTH: usize = 32;

/// Renders Markdown (tables, strikethrough and task lists included). HTML is shown as it was typed, pictures
/// become links to them, and every line break stays one.
pub fn render(text: &str) -> String {
    render_naming(text, &[])
}

const OPTIONS: Options =
    Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_TASKLISTS);

/// The text with a box of a task list ticked or not: the box at this place among all of them, counted from 0. `None` when
/// there is no such box, or it is as it should be.
pub fn ticked(text: &str, place: usize, tick: bool) -> Option<String> {
    let mut boxes =
        Parser::new_ext(text, OPTIONS).into_offset_iter().filter_map(|(event, range)| {
            let Event::TaskListMarker(is) = event else { return None };
            Some((is, range))
        });
    let (is, range) = boxes.nth(place)?;
    // The sign stands between the brackets.
    let at = range.start + text[range].find('[')? + 1;
    let end = at + text[at..].find(']')?;
    let sign = if tick { "x" } else { " " };
    (is != tick).then(|| format!("{}{sign}{}", &text[..at], &text[end..]))
}

/// Renders Markdown as [`render`] does, with a button in the place of each box of a task list: pressed, it sends its form
/// with `tick`, which names the box and what it is to be (`3-true`), as [`ticked`] counts them.
pub fn render_tickable(text: &str, names: &[(&str, &str)]) -> String {
    let html = render_called(text, names);
    let mut out = String::with_capacity(html.len());
    let mut rest = html.as_str();
    // What was typed shows as text: the only boxes in what was cleaned are those of task lists.
    for (place, (is, words)) in boxes(text).into_iter().enumerate() {
        let Some((before, after)) = rest.split_once("<input ") else { break };
        let Some((_, after)) = after.split_once('>') else { break };
        let words = html_escape::encode_double_quoted_attribute(&words);
        out.push_str(before);
        out.push_str(&format!(
            "<button type=\"submit\" class=\"box\" role=\"checkbox\" aria-checked=\"{is}\" aria-label=\"{words}\" name=\"tick\" value=\"{place}-{}\"></button>",
            !is
        ));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The most characters of a box's name.
const NAME: usize = 80;

/// The boxes of task lists: whether each is ticked, and the words beside it.
fn boxes(text: &str) -> Vec<(bool, String)> {
    let mut found: Vec<(bool, String)> = Vec::new();
    let mut open = false;
    for event in Parser::new_ext(text, OPTIONS) {
        match event {
            Event::TaskListMarker(is) => {
                found.push((is, String::new()));
                open = true;
            }
            Event::Text(words) | Event::Code(words) if open => {
                if let Some((_, name)) = found.last_mut() {
                    name.push_str(&words);
                }
            }
            Event::SoftBreak | Event::HardBreak if open => {
                if let Some((_, name)) = found.last_mut() {
                    name.push(' ');
                }
            }
            Event::Start(Tag::List(_)) | Event::End(TagEnd::Item) => open = false,
            _ => {}
        }
    }
    for (_, name) in &mut found {
        let words: String = name.trim().chars().take(NAME).collect();
        *name = if words.is_empty() { "Done".to_owned() } else { words };
    }
    found
}

/// Renders Markdown in which `@` before one of these names stands out.
pub fn render_naming(text: &str, names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| (*name, *name)).collect();
    render_called(text, &names)
}

/// The same of names that are written otherwise than they are shown: each as written, and as shown.
pub fn render_called(text: &str, names: &[(&str, &str)]) -> String {
    rendered(text, names, |_| None)
}

/// Renders Markdown whose links go where `lead` says, or where they went for those of which it says nothing.
pub fn render_leading(text: &str, lead: impl Fn(&str) -> Option<String>) -> String {
    rendered(text, &[], lead)
}

fn rendered(text: &str, names: &[(&str, &str)], lead: impl Fn(&str) -> Option<String>) -> String {
    let mut depth = 0_usize;
    let mut linked = 0_usize;
    let events = Parser::new_ext(text, OPTIONS).filter_map(|event| {
        match &event {
            Event::Start(tag) if nests(tag) => {
                depth += 1;
                if depth > DEPTH {
                    return None;
                }
            }
            Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item) => {
                depth -= 1;
                if depth >= DEPTH {
                    return None;
                }
            }
            Event::Start(Tag::Link { .. } | Tag::CodeBlock(_)) => linked += 1,
            Event::End(TagEnd::Link | TagEnd::CodeBlock) => linked -= 1,
            _ => {}
        }
        Some(match event {
            Event::Html(raw) | Event::InlineHtml(raw) => vec![Event::Text(raw)],
            Event::SoftBreak => vec![Event::HardBreak],
            Event::Start(Tag::Image { dest_url, title, .. }) if linked == 0 => {
                vec![Event::Start(link(dest_url, title))]
            }
            Event::End(TagEnd::Image) if linked == 0 => vec![Event::End(TagEnd::Link)],
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => Vec::new(),
            Event::Text(words) if linked == 0 && words.contains("://") => addresses(&words),
            Event::Text(words) if words.contains('@') && !names.is_empty() => naming(&words, names),
            other => vec![other],
        })
    });
    let mut out = String::with_capacity(text.len() * 3 / 2);
    let led = |event| match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = lead(&dest_url).map_or(dest_url, CowStr::from);
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        other => other,
    };
    html::push_html(&mut out, events.flatten().map(led));
    CLEANER.clean(&out).to_string()
}

const fn nests(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::BlockQuote(_) | Tag::List(_) | Tag::Item)
}

fn link<'a>(dest_url: CowStr<'a>, title: CowStr<'a>) -> Tag<'a> {
    Tag::Link { link_type: LinkType::Inline, dest_url, title, id: "".into() }
}

/// Where a text names one of these with `@`, as ranges of bytes: whole names only, the longest first.
pub fn names_in(text: &str, names: &[&str]) -> Vec<std::ops::Range<usize>> {
    let mut found: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, _) in text.match_indices('@') {
        let word_before = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        if word_before || found.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let rest = &text[at + 1..];
        let ends = |name: &&&str| !rest[name.len()..].starts_with(char::is_alphanumeric);
        let here = names.iter().filter(|n| !n.is_empty() && rest.starts_with(**n)).filter(ends);
        if let Some(name) = here.max_by_key(|name| name.len()) {
            found.push(at..at + 1 + name.len());
        }
    }
    found
}

fn naming<'a>(words: &str, names: &[(&str, &str)]) -> Vec<Event<'a>> {
    let mut events = Vec::new();
    let mut done = 0;
    let written: Vec<_> = names.iter().map(|(written, _)| *written).collect();
    for range in names_in(words, &written) {
        let name = &words[range.start + 1..range.end];
        let shown = names.iter().find(|(written, _)| *written == name).map_or(name, |n| n.1);
        events.push(Event::Text(words[done..range.start].to_owned().into()));
        events.push(Event::InlineHtml("<span class=\"mention\">".into()));
        events.push(Event::Text(format!("@{shown}").into()));
        events.push(Event::InlineHtml("</span>".into()));
        done = range.end;
    }
    events.push(Event::Text(words[done..].to_owned().into()));
    events
}

/// Web addresses that stand bare among words become links; the full stop behind one is not part of it.
fn addresses<'a>(words: &str) -> Vec<Event<'a>> {
    let mut events = Vec::new();
    for word in words.split_inclusive(char::is_whitespace) {
        let start = ["https://", "http://"].into_iter().find_map(|scheme| word.find(scheme));
        let Some(start) = start else {
            events.push(Event::Text(word.to_owned().into()));
            continue;
        };
        let (before, rest) = word.split_at(start);
        let address =
            rest.trim_end_matches(|c: char| c.is_whitespace() || ".,;:!?)]}\"'»”".contains(c));
        let after = &rest[address.len()..];
        let address: CowStr<'a> = address.to_owned().into();
        events.push(Event::Text(before.to_owned().into()));
        events.push(Event::Start(link(address.clone(), "".into())));
        events.push(Event::Text(address));
        events.push(Event::End(TagEnd::Link));
        events.push(Event::Text(after.to_owned().into()));
    }
    events
}

#[cfg(test)]
mod tests {
    use super::{render, render_tickable, ticked};

    #[test]
    fn prose_tables_and_tasks_are_rendered() {
        let html = render(
            "# Plan\n**bold** ~~old~~\nnext\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] done\n- [ ] open",
        );
        for part in
            ["<h1>Plan</h1>", "<strong>bold</strong>", "<del>old</del><br>", "<table>", "checked"]
        {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert_eq!(html.matches("type=\"checkbox\"").count(), 2);
    }

    #[test]
    fn boxes_are_ticked_by_their_place() {
        let text = "- [ ] one 🙂\n- [x] two\n\n1. a\n   - [ ] deep\n\n`- [ ] code`\n> - [X] quoted";
        assert!(ticked(text, 0, true).unwrap().starts_with("- [x] one"));
        assert_eq!(ticked(text, 0, false), None, "it is not ticked");
        assert!(ticked(text, 1, false).unwrap().contains("- [ ] two"));
        assert!(ticked(text, 2, true).unwrap().contains("   - [x] deep"));
        assert!(ticked(text, 3, false).unwrap().contains("> - [ ] quoted"));
        assert_eq!(ticked(text, 4, true), None);
        assert_eq!(render(text).matches("type=\"checkbox\"").count(), 4, "as many as are shown");
        let html = render_tickable(text, &[]);
        assert_eq!(
            (html.matches("<button").count(), html.matches("<input").count()),
            (4, 0),
            "{html}"
        );
        for part in [
            "aria-checked=\"false\" aria-label=\"one 🙂\" name=\"tick\" value=\"0-true\"",
            "aria-checked=\"true\" aria-label=\"two\" name=\"tick\" value=\"1-false\"",
            "aria-label=\"deep\"",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn a_box_has_the_words_beside_it_and_nothing_breaks_out_of_them() {
        let html = render_tickable(
            "- [ ] \"x\" onclick=<b>\n\n<input type=\"checkbox\">\n\n- [ ] \n- [x] **a** `b`\n  - [ ] c",
            &[],
        );
        assert_eq!(
            (html.matches("<button").count(), html.matches("<input").count()),
            (4, 0),
            "{html}"
        );
        assert!(html.contains("aria-label=\"&quot;x&quot; onclick=\""), "{html}");
        assert!(html.contains("aria-label=\"a b\"") && html.contains("aria-label=\"c\""), "{html}");
    }

    #[test]
    fn nothing_runs_and_nothing_is_fetched() {
        for evil in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](data:text/html,<script>alert(1)</script>)",
            "![x](https://elsewhere.example/pixel.png)",
            "<a href=\"https://x.example\" onclick=\"alert(1)\">x</a>",
            "<form action=https://x.example><input name=password>",
            "[![x](https://elsewhere.example/pixel.png)](https://y.example)",
            "<p style=\"position:fixed\">x</p>",
        ] {
            let html = render(evil);
            for tag in [
                "<script",
                "<img",
                "<form",
                "<p style",
                "href=\"javascript",
                "href=\"data",
                "<input name",
            ] {
                assert!(!html.contains(tag), "{evil}: {html}");
            }
        }
        assert!(render("<b>x</b>").contains("&lt;b&gt;"), "what was typed is shown");
    }

    #[test]
    fn links_open_beside_the_page_and_say_nothing_of_it() {
        let html = render(
            "See https://a.example/b?c=d. And [b](https://b.example), ![c](https://c.example/c.png)",
        );
        assert_eq!(html.matches("rel=\"noopener noreferrer nofollow\"").count(), 3, "{html}");
        assert_eq!(html.matches("target=\"_blank\"").count(), 3, "{html}");
        assert!(html.contains("href=\"https://a.example/b?c=d\""), "{html}");
        assert!(!render("`https://a.example`").contains("<a"));
    }

    #[test]
    fn links_are_led_and_words_that_look_like_them_are_not() {
        let lead = |to: &str| {
            to.starts_with("https:").then(|| format!("https://us.example/led?to={}&n=1", to.len()))
        };
        let html = super::render_leading(
            "[a](https://a.example \"b\") https://b.example ![c](https://c.example/c.png) <me@a.example> [d](mailto:me@a.example) [e](javascript:e) `https://f.example` href=\"https://g.example\"",
            lead,
        );
        assert_eq!(html.matches("href=\"https://us.example/led?to=").count(), 4, "{html}");
        assert_eq!(html.matches("&amp;n=1").count(), 4, "{html}");
        assert_eq!(html.matches("href=\"mailto:me@a.example\"").count(), 2, "{html}");
        assert!(html.contains("<code>https://f.example</code>"), "{html}");
        assert!(!html.contains("href=\"javascript"), "{html}");
    }

    #[test]
    fn what_nests_without_end_stays_flat() {
        for text in
            [">".repeat(100_000), "- ".repeat(50_000), "*".repeat(100_000), "[".repeat(100_000)]
        {
            assert!(render(&text).matches("<blockquote>").count() <= super::DEPTH);
        }
        let deep = (0..200).map(|n| format!("{}- x{n}\n", "  ".repeat(n))).collect::<String>();
        let html = render(&deep);
        assert!(html.contains("x199") && html.matches("<ul>").count() <= super::DEPTH, "{html}");
    }
}
