//! Markdown as HTML that is safe to show: rendered and cleaned on the server, never in the browser.

mod marks;
mod ours;
mod plain;
mod safe;
mod tables;
mod tasks;
mod words;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use marks::{addresses, link, naming};
use ours::Own;
use safe::{CLEANER, MAIL};

pub use marks::names_in;
pub use ours::{Linked, Ours, render_note};
pub use plain::plain;
pub use tasks::{render_tickable, ticked};
pub use words::{all_words, leads, lines, words};

/// How deep quotes and lists may lie in one another: a browser and its reader give up sooner.
const DEPTH: usize = 32;

const OPTIONS: Options =
    Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_TASKLISTS);

/// Renders Markdown (tables, strikethrough and task lists included). HTML is shown as it was typed, pictures
/// become links to them, and every line break stays one.
pub fn render(text: &str) -> String {
    render_naming(text, &[])
}

/// Renders Markdown for a page of ours: as [`render`] does, and what may be wider than its column is reached by the keyboard.
pub fn render_shown(text: &str) -> String {
    reachable(&render(text))
}

/// Tables and code, which scroll by themselves, as places that the keyboard goes to. What was typed shows as text: no such tag
/// comes from it.
fn reachable(html: &str) -> String {
    html.replace("<table>", "<table tabindex=\"0\">").replace("<pre>", "<pre tabindex=\"0\">")
}

/// Renders Markdown in which `@` before one of these names stands out.
pub fn render_naming(text: &str, names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| (*name, *name)).collect();
    CLEANER.clean(&rendered(text, &names, |_| None, |_| None, Place::Anywhere)).to_string()
}

/// Renders the Markdown of an e-mail: links go where `lead` says, or where they went for those of which it says nothing, and
/// pictures are shown from where they are, by https only.
pub fn render_mail(text: &str, lead: impl Fn(&str) -> Option<String>) -> String {
    MAIL.clean(&rendered(text, &[], lead, |_| None, Place::Mail)).to_string()
}

/// Where a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Anywhere.
    Anywhere,
    /// In an e-mail, which shows pictures from where they are.
    Mail,
    /// In a note, in a column that may be narrow.
    Note,
}

fn rendered<'a>(
    text: &str,
    names: &[(&str, &str)],
    lead: impl Fn(&str) -> Option<String>,
    ours: impl Fn(&str) -> Option<Ours<'a>>,
    place: Place,
) -> String {
    let mut depth = 0_usize;
    let mut linked = 0_usize;
    let mut in_cell = false;
    // Of each picture that is open, whether it is shown as one.
    let mut shown = Vec::new();
    // Of each link and picture that is open, where it leads as long as it has no words: those are its words then.
    let mut wordless: Vec<Option<CowStr<'_>>> = Vec::new();
    let mut own = Own::default();
    let events = Parser::new_ext(text, OPTIONS).filter_map(|event| {
        let event = match own.take(event, &ours) {
            Ok(event) => event,
            Err(shown) => return shown,
        };
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
            Event::Start(Tag::TableCell) => in_cell = place == Place::Note,
            Event::End(TagEnd::TableCell) => in_cell = false,
            Event::Start(Tag::Link { .. } | Tag::CodeBlock(_)) => linked += 1,
            Event::End(TagEnd::Link | TagEnd::CodeBlock) => linked -= 1,
            _ => {}
        }
        let stays = match &event {
            Event::Start(Tag::Image { dest_url, .. }) => {
                let stays = place == Place::Mail && dest_url.starts_with("https://");
                shown.push(stays);
                stays
            }
            Event::End(TagEnd::Image) => shown.pop() == Some(true),
            _ => false,
        };
        if stays {
            wordless.fill(None);
            return Some(vec![event]);
        }
        let mut unnamed = None;
        match &event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                wordless.push(Some(dest_url.clone()));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => unnamed = wordless.pop().flatten(),
            Event::Text(words) | Event::Code(words) | Event::InlineHtml(words)
                if !words.trim().is_empty() =>
            {
                wordless.fill(None);
            }
            _ => {}
        }
        Some(match event {
            Event::End(TagEnd::Link) => named(unnamed),
            Event::Html(raw) | Event::InlineHtml(raw) => vec![Event::Text(raw)],
            Event::SoftBreak => vec![Event::HardBreak],
            Event::Start(Tag::Image { dest_url, title, .. }) if linked == 0 => {
                vec![Event::Start(link(dest_url, title))]
            }
            Event::End(TagEnd::Image) if linked == 0 => named(unnamed),
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => Vec::new(),
            Event::Text(words) if linked == 0 && words.contains("://") => addresses(&words),
            Event::Text(words) if words.contains('@') && !names.is_empty() => naming(&words, names),
            Event::Text(words) if in_cell => tables::whole(&words),
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
    tables::aligned(out)
}

/// The end of a link, after what names it where nothing else does.
fn named(unnamed: Option<CowStr<'_>>) -> Vec<Event<'_>> {
    unnamed.map(Event::Text).into_iter().chain([Event::End(TagEnd::Link)]).collect()
}

const fn nests(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::BlockQuote(_) | Tag::List(_) | Tag::Item)
}

#[cfg(test)]
mod tests {
    use super::render;

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
        assert_eq!(html.matches("aria-label=\"✓\"").count(), 2, "{html}");
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
        let html = super::render_mail(
            "[a](https://a.example \"b\") https://b.example ![c](https://c.example/c.png) <me@a.example> [d](mailto:me@a.example) [e](javascript:e) `https://f.example` href=\"https://g.example\"",
            lead,
        );
        assert_eq!(html.matches("href=\"https://us.example/led?to=").count(), 3, "{html}");
        assert_eq!(html.matches("&amp;n=1").count(), 3, "{html}");
        assert_eq!(html.matches("href=\"mailto:me@a.example\"").count(), 2, "{html}");
        assert!(html.contains("<code>https://f.example</code>"), "{html}");
        assert!(!html.contains("href=\"javascript"), "{html}");
    }

    #[test]
    fn an_email_shows_its_pictures_by_https_alone() {
        let text = "![A **kettle**](https://a.example/k.png)\n\n[![in](https://a.example/l.png)](https://b.example)\n\n\
                    ![x](http://a.example/x.png) ![y](javascript:alert(1)) <img src=\"https://a.example/raw.png\">";
        let html = super::render_mail(text, |to| Some(format!("{to}?led")));
        assert_eq!(html.matches("<img ").count(), 2, "{html}");
        assert!(html.contains("src=\"https://a.example/k.png\" alt=\"A kettle\""), "{html}");
        assert!(
            html.contains("<a href=\"https://b.example?led\"") && html.contains("alt=\"in\""),
            "{html}"
        );
        assert!(html.contains("<a href=\"http://a.example/x.png?led\""), "{html}");
        assert!(!html.contains("\"javascript") && !render(text).contains("<img "), "{html}");
    }

    #[test]
    fn a_link_without_words_is_named_by_where_it_leads() {
        let html = render(
            "![](https://a.example/k) [ ](https://b.example) [![](https://c.example)](https://d.example) [`x`](https://e.example)",
        );
        for said in ["a.example/k</a>", "b.example</a>", "d.example</a>", "<code>x</code></a>"] {
            assert!(html.contains(said), "{said}: {html}");
        }
        let html = super::render_mail("[![](https://a.example)](https://b.example)", |_| None);
        assert!(html.contains("<img ") && !html.contains("b.example</a>"), "{html}");
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
