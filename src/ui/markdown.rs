//! Markdown as HTML that is safe to show: rendered and cleaned on the server, never in the browser.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};

/// What the cleaner lets through: the words of prose, links that open beside the page, boxes of task lists.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(cleaner);

/// The same, and what a note shows of our own: links with cards, and pictures of its own.
static OURS: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = cleaner();
    cleaner
        .add_tags(["img"])
        .add_tag_attributes("img", ["src", "alt", "width", "height", "loading"])
        .attribute_filter(|tag, attribute, value| {
            let is_ours = value.starts_with(PICTURES);
            (tag != "img" || attribute != "src" || is_ours).then(|| value.into())
        })
        .add_allowed_classes("span", ["mention", "ref", "ref-card"])
        .add_allowed_classes("a", ["ref-to"]);
    cleaner
});

/// Where files of ours are.
const PICTURES: &str = "/attachments/";

fn cleaner() -> Builder<'static> {
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
}

/// Something of ours that a text leads to, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Its page, without a scheme and a host.
    pub href: String,
    /// What it is called.
    pub name: String,
    /// A few lines about it.
    pub about: Vec<String>,
}

/// What stands in the place of a link or a picture of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ours<'a> {
    /// It is not there, or not for who reads: the words alone.
    Gone,
    /// Its name now, which leads to it, with a card.
    Link(&'a Linked),
    /// A picture of a note.
    Picture {
        /// Where its bytes are, without a scheme and a host.
        to: String,
        /// In pixels.
        width: i64,
        /// In pixels.
        height: i64,
    },
}

/// Where the links and the pictures of a text lead.
pub fn leads(text: &str) -> Vec<String> {
    let to = |event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            Some(dest_url.into_string())
        }
        _ => None,
    };
    Parser::new_ext(text, OPTIONS).filter_map(to).collect()
}

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

/// Renders a note as [`render_note`] does, with a button in the place of each box of a task list: pressed, it sends its
/// form with `tick`, which names the box and what it is to be (`3-true`), as [`ticked`] counts them.
pub fn render_tickable<'a>(
    text: &str,
    names: &[(&str, &str)],
    ours: impl Fn(&str) -> Option<Ours<'a>>,
) -> String {
    let html = render_note(text, names, ours);
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

/// How much of a text is read for its first words, in characters.
const READ: usize = 2_000;

/// The words with which a text begins, on one line and without the signs of Markdown: for where there is no room for more.
pub fn words(text: &str) -> String {
    let end = text.char_indices().nth(READ).map_or(text.len(), |(at, _)| at);
    let mut out = String::new();
    for event in Parser::new_ext(&text[..end], OPTIONS) {
        match event {
            Event::Text(words) | Event::Code(words) => out.push_str(&words),
            Event::Html(raw) | Event::InlineHtml(raw) => out.push_str(&raw),
            Event::Start(
                Tag::Item
                | Tag::TableCell
                | Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::CodeBlock(_),
            )
            | Event::SoftBreak
            | Event::HardBreak
            | Event::Rule
            | Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock) => {
                out.push(' ')
            }
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Renders Markdown in which `@` before one of these names stands out.
pub fn render_naming(text: &str, names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| (*name, *name)).collect();
    CLEANER.clean(&rendered(text, &names, |_| None, |_| None)).to_string()
}

/// Renders a note: names after `@` as they are written and as they are shown, and what `ours` says of links and pictures
/// that are ours; it says nothing of those that are not.
pub fn render_note<'a>(
    text: &str,
    names: &[(&str, &str)],
    ours: impl Fn(&str) -> Option<Ours<'a>>,
) -> String {
    let html = OURS.clean(&rendered(text, names, |_| None, ours)).to_string();
    // What is ours opens in the page. What was typed shows as text: no such tag comes from it.
    let mut parts = html.split("<a class=\"ref-to\"");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("<a class=\"ref-to\"");
        out.push_str(&part.replacen(" target=\"_blank\"", "", 1));
    }
    out
}

/// Renders Markdown whose links go where `lead` says, or where they went for those of which it says nothing.
pub fn render_leading(text: &str, lead: impl Fn(&str) -> Option<String>) -> String {
    CLEANER.clean(&rendered(text, &[], lead, |_| None)).to_string()
}

fn rendered<'a>(
    text: &str,
    names: &[(&str, &str)],
    lead: impl Fn(&str) -> Option<String>,
    ours: impl Fn(&str) -> Option<Ours<'a>>,
) -> String {
    let mut depth = 0_usize;
    let mut linked = 0_usize;
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
    out
}

/// What is open of ours while a text is read.
#[derive(Default)]
struct Own {
    /// Links and pictures in whose place something else stands, and those whose words alone stay.
    open: Vec<Option<bool>>,
    /// How many of the open ones have something else in their place.
    hidden: usize,
    /// A picture whose words are being read: its address, width and height.
    picture: Option<(String, i64, i64)>,
    words: String,
}

impl Own {
    /// The event where it is none of ours, or else what stands in its place.
    fn take<'a, 'e>(
        &mut self,
        event: Event<'e>,
        ours: impl Fn(&str) -> Option<Ours<'a>>,
    ) -> Result<Event<'e>, Option<Vec<Event<'e>>>> {
        match &event {
            Event::Start(tag @ (Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })) => {
                let found = ours(dest_url);
                let is_picture = matches!(tag, Tag::Image { .. });
                let hides = match &found {
                    None => None,
                    Some(Ours::Link(_)) => Some(!is_picture),
                    Some(Ours::Picture { .. }) => Some(is_picture),
                    Some(Ours::Gone) => Some(false),
                };
                let was_hidden = self.hidden > 0;
                self.open.push(hides);
                self.hidden += usize::from(hides == Some(true));
                match (was_hidden, found, hides) {
                    (true, ..) => Err(None),
                    (_, Some(Ours::Link(to)), Some(true)) => Err(Some(card(to))),
                    (_, Some(Ours::Picture { to, width, height }), Some(true)) => {
                        self.picture = Some((to, width, height));
                        Err(None)
                    }
                    (_, _, Some(_)) => Err(None),
                    (_, _, None) => Ok(event),
                }
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                let closed = self.open.pop().flatten();
                self.hidden -= usize::from(closed == Some(true));
                if self.hidden == 0
                    && let Some((to, width, height)) = self.picture.take()
                {
                    let words = std::mem::take(&mut self.words);
                    return Err(Some(picture(&to, &words, width, height)));
                }
                if closed.is_some() || self.hidden > 0 { Err(None) } else { Ok(event) }
            }
            Event::Text(words) | Event::Code(words) if self.hidden > 0 => {
                if self.picture.is_some() {
                    self.words.push_str(words);
                }
                Err(None)
            }
            _ if self.hidden > 0 => Err(None),
            _ => Ok(event),
        }
    }
}

fn card<'e>(to: &Linked) -> Vec<Event<'e>> {
    let tag = |tag: &str| Event::InlineHtml(tag.to_owned().into());
    let text = |text: &str| Event::Text(text.to_owned().into());
    let href = html_escape::encode_double_quoted_attribute(&to.href);
    let mut events = vec![
        tag(&format!("<span class=\"ref\"><a class=\"ref-to\" href=\"{href}\">")),
        text(&to.name),
        tag("</a><span class=\"ref-card\"><strong>"),
        text(&to.name),
        tag("</strong>"),
    ];
    for line in &to.about {
        events.extend([tag("<span>"), text(line), tag("</span>")]);
    }
    events.push(tag("</span></span>"));
    events
}

fn picture<'e>(to: &str, words: &str, width: i64, height: i64) -> Vec<Event<'e>> {
    let to = html_escape::encode_double_quoted_attribute(to);
    let words = html_escape::encode_double_quoted_attribute(words);
    let html = format!(
        "<a href=\"{to}\"><img src=\"{to}\" alt=\"{words}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\"></a>"
    );
    vec![Event::InlineHtml(html.into())]
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
    use super::{Linked, Ours, render, render_note, render_tickable, ticked};

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
        let html = render_tickable(text, &[], |_| None);
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
            |_| None,
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
    fn what_is_ours_is_shown_as_it_is_now_or_as_words() {
        let ida = Linked {
            href: "/contacts/5".into(),
            name: "Ida <b> Rhodes".into(),
            about: vec!["ida@example.com".into()],
        };
        let ours = |to: &str| match to {
            "/contacts/5" => Some(Ours::Link(&ida)),
            "/attachments/7/a.png" => {
                Some(Ours::Picture { to: to.to_owned(), width: 40, height: 30 })
            }
            to if to.starts_with('/') => Some(Ours::Gone),
            _ => None,
        };
        let html = render_note(
            "[**Old** `name`](/contacts/5) [gone *one*](/contacts/6) ![a \" ![b](/contacts/5)](/attachments/7/a.png) \
             ![lost](/attachments/8/b.png) [![x](/attachments/7/a.png)](/contacts/6) \
             [![y](/attachments/7/a.png)](/contacts/5) [out](https://a.example) ![p](https://b.example/c.png)",
            &[],
            ours,
        );
        assert_eq!(html.matches("<a class=\"ref-to\" href=\"/contacts/5\"").count(), 2, "{html}");
        assert!(html.contains(">Ida &lt;b&gt; Rhodes</a>") && !html.contains("name"), "{html}");
        assert!(html.contains("<span>ida@example.com</span>"), "{html}");
        assert!(html.contains(" gone <em>one</em> ") && !html.contains("/contacts/6"), "{html}");
        let picture =
            "<img src=\"/attachments/7/a.png\" alt=\"a &quot; b\" width=\"40\" height=\"30\"";
        assert!(html.contains(picture) && html.contains("alt=\"x\""), "{html}");
        assert_eq!(html.matches("<img").count(), 2, "{html}");
        assert!(html.contains(" lost ") && !html.contains("/attachments/8"), "{html}");
        assert_eq!(html.matches("target=\"_blank\"").count(), 4, "{html}");
        // Where nothing is known of ours, and where nobody says anything.
        let html =
            render_note("<img src=/attachments/7/a.png> ![a](/attachments/7/a.png)", &[], |_| None);
        assert!(!html.contains("<img"), "{html}");
        assert!(!render("![a](/attachments/7/a.png)").contains("<img"));
    }

    #[test]
    fn the_first_words_have_no_signs() {
        let text = "# Plan\n\n- [x] **call** [Ida](/contacts/5)\n- two\n\n![screen](/attachments/1/a.png) `a` <b>\n@Ada";
        assert_eq!(super::words(text), "Plan call Ida two screen a <b> @Ada");
        assert_eq!(super::words(&"é ".repeat(10_000)).chars().count(), 1_999);
        assert_eq!(super::words(""), "");
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
