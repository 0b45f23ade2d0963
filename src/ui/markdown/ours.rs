//! Links and pictures of ours in a text: cards with the names of now, pictures, or the words alone.

use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{Event, Tag, TagEnd};

use super::safe::cleaner;
use super::{Place, reachable, rendered};

/// What the cleaner lets through of a note: that of any text, links with cards, and pictures of our own.
static OURS: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = cleaner();
    cleaner
        .add_tags(["img"])
        .add_tag_attributes("img", ["src", "alt", "width", "height", "loading"])
        .attribute_filter(|tag, attribute, value| {
            let is_ours = value.starts_with(PICTURES);
            (tag != "img" || attribute != "src" || is_ours).then(|| value.into())
        })
        .add_allowed_classes("span", ["mention", "ref", "ref-card", "whole"])
        .add_allowed_classes("a", ["ref-to"]);
    cleaner
});

/// Where files of ours are.
const PICTURES: &str = "/attachments/";

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

/// Renders a note: names after `@` as they are written and as they are shown, and what `ours` says of links and pictures
/// that are ours; it says nothing of those that are not.
pub fn render_note<'a>(
    text: &str,
    names: &[(&str, &str)],
    ours: impl Fn(&str) -> Option<Ours<'a>>,
) -> String {
    let html = OURS.clean(&rendered(text, names, |_| None, ours, Place::Note)).to_string();
    let html = reachable(&html);
    // What is ours opens in the page. What was typed shows as text: no such tag comes from it.
    let mut parts = html.split("<a class=\"ref-to\"");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("<a class=\"ref-to\"");
        out.push_str(&part.replacen(" target=\"_blank\"", "", 1));
    }
    out
}

/// What is open of ours while a text is read.
#[derive(Default)]
pub(super) struct Own {
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
    pub(super) fn take<'a, 'e>(
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

#[cfg(test)]
mod tests {
    use super::super::render;
    use super::{Linked, Ours, render_note};

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
}
