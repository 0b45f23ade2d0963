//! What a text says without the signs of Markdown, and where it leads.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::OPTIONS;

/// How much of a text is read for its first words, in characters.
const READ: usize = 2_000;

/// The words with which a text begins, on one line and without the signs of Markdown: for where there is no room for more.
pub fn words(text: &str) -> String {
    all_words(beginning(text))
}

/// The lines with which a text begins, without the signs of Markdown and without empty ones.
pub fn lines(text: &str) -> String {
    let said = said(beginning(text));
    let lines = said.lines().map(in_one).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// All words of a text, on one line and without the signs of Markdown.
pub fn all_words(text: &str) -> String {
    in_one(&said(text))
}

fn beginning(text: &str) -> &str {
    let end = text.char_indices().nth(READ).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

fn in_one(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a text says, each of its lines and of the rows of its tables on a line.
fn said(text: &str) -> String {
    let mut out = String::new();
    for event in Parser::new_ext(text, OPTIONS) {
        match event {
            Event::Text(words) | Event::Code(words) => out.push_str(&words),
            Event::Html(raw) | Event::InlineHtml(raw) => out.push_str(&raw),
            Event::Start(Tag::TableCell) => out.push(' '),
            Event::Start(
                Tag::Item
                | Tag::TableHead
                | Tag::TableRow
                | Tag::Paragraph
                | Tag::Heading { .. }
                | Tag::CodeBlock(_),
            )
            | Event::SoftBreak
            | Event::HardBreak
            | Event::Rule
            | Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::Table,
            ) => out.push('\n'),
            _ => {}
        }
    }
    out
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

#[cfg(test)]
mod tests {
    #[test]
    fn the_first_words_have_no_signs() {
        let text = "# Plan\n\n- [x] **call** [Ida](/contacts/5)\n- two\n\n![screen](/attachments/1/a.png) `a` <b>\n@Ada";
        assert_eq!(super::words(text), "Plan call Ida two screen a <b> @Ada");
        assert_eq!(super::words(&"é ".repeat(10_000)).chars().count(), 1_999);
        assert_eq!(super::words(""), "");
        let table = "# News\n\n| Thing | **Price** |\n|---|---|\n| Kettle | 48 |\n\nSee\n[here](https://x.example)";
        assert_eq!(super::words(table), "News Thing Price Kettle 48 See here");
        assert_eq!(super::lines(table), "News\nThing Price\nKettle 48\nSee\nhere");
    }
}
