//! A text as plain mail says it: without the signs of Markdown, with its lines, lists and quotes, and with where its links lead.

mod lines;

use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd};

use super::OPTIONS;
use lines::Lines;

/// How far code stands in.
const CODE: &str = "    ";
/// A line across.
const RULE: &str = "----------";

/// The text of an e-mail for who reads plain mail: links as `words (address)`, pictures by their words, or by where they are where they have
/// none, and tables in columns. HTML stands as it was typed.
pub fn plain(text: &str) -> String {
    let mut page = Page::default();
    for event in Parser::new_ext(text, OPTIONS) {
        page.take(event);
    }
    page.lines.text()
}

/// A link or a picture that is open: where it leads, and where its words begin.
struct Open<'a> {
    to: CowStr<'a>,
    from: usize,
    picture: bool,
}

/// The text as far as it is written.
#[derive(Default)]
struct Page<'a> {
    lines: Lines,
    /// Of each list that is open the number of its next item, of one with numbers.
    lists: Vec<Option<u64>>,
    open: Vec<Open<'a>>,
    code: bool,
    /// The rows of the table that is open.
    table: Option<Vec<Vec<String>>>,
}

impl<'a> Page<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(words) if self.code => self.typed(CODE, &words),
            Event::Text(words) | Event::Code(words) => self.here().push_str(&words),
            Event::Html(raw) | Event::InlineHtml(raw) => self.typed("", &raw),
            Event::SoftBreak | Event::HardBreak => self.lines.end(),
            Event::Rule => {
                self.lines.end_block();
                self.here().push_str(RULE);
                self.lines.end_block();
            }
            Event::TaskListMarker(done) => {
                self.here().push_str(if done { "[x] " } else { "[ ] " });
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        match tag {
            Tag::BlockQuote(_) => self.lines.quote(),
            Tag::List(number) => {
                self.lines.end();
                self.lists.push(number);
            }
            Tag::Item => {
                let sign = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".into(),
                };
                self.lines.item(sign);
            }
            Tag::HtmlBlock | Tag::Paragraph | Tag::Heading { .. } => self.lines.end(),
            Tag::CodeBlock(_) => {
                self.lines.end();
                self.code = true;
            }
            Tag::Strikethrough => self.here().push('~'),
            Tag::Table(_) => {
                self.lines.end();
                self.table = Some(Vec::new());
            }
            Tag::TableHead | Tag::TableRow => {
                self.table.iter_mut().for_each(|rows| rows.push(Vec::new()));
            }
            Tag::TableCell => {
                let row = self.table.as_mut().and_then(|rows| rows.last_mut());
                row.into_iter().for_each(|row| row.push(String::new()));
            }
            Tag::Link { dest_url, .. } => self.begin(dest_url, false),
            Tag::Image { dest_url, .. } => self.begin(dest_url, true),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::BlockQuote(_) => {
                self.lines.leave();
                self.lines.end_block();
            }
            TagEnd::Item => self.lines.leave(),
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.lines.end_block();
                }
            }
            TagEnd::HtmlBlock | TagEnd::Paragraph | TagEnd::Heading(_) => self.lines.end_block(),
            TagEnd::CodeBlock => {
                self.code = false;
                self.lines.end_block();
            }
            TagEnd::Strikethrough => self.here().push('~'),
            TagEnd::Table => {
                let rows = self.table.take().unwrap_or_default();
                self.columns(&rows);
                self.lines.end_block();
            }
            TagEnd::Link | TagEnd::Image => self.lead(),
            _ => {}
        }
    }

    /// Where words belong: in the cell of a table, or on the line.
    fn here(&mut self) -> &mut String {
        match self.table.as_mut().and_then(|rows| rows.last_mut()).and_then(|row| row.last_mut()) {
            Some(cell) => cell,
            None => self.lines.here(),
        }
    }

    /// Lines as they were typed, each after this.
    fn typed(&mut self, before: &str, words: &str) {
        for line in words.split_inclusive('\n') {
            self.here().push_str(before);
            self.here().push_str(line.trim_end_matches(['\n', '\r']));
            if line.ends_with('\n') {
                self.lines.end();
            }
        }
    }

    fn begin(&mut self, to: CowStr<'a>, picture: bool) {
        let from = self.here().len();
        self.open.push(Open { to, from, picture });
    }

    /// Says where a link leads, after its words, which may say it already.
    fn lead(&mut self) {
        let Some(Open { to, from, picture }) = self.open.pop() else { return };
        let within = !self.open.is_empty();
        let here = self.here();
        let words = here.get(from..).unwrap_or_default().trim();
        let Some(to) = address(&to) else { return };
        match (words.is_empty(), picture) {
            (true, true) if within => {}
            (true, _) => here.push_str(to),
            (false, false) if words != to => here.push_str(&format!(" ({to})")),
            _ => {}
        }
    }

    /// The rows of a table, each cell as wide as the widest of its column.
    fn columns(&mut self, rows: &[Vec<String>]) {
        let width = |n: usize| {
            let cells = rows.iter().filter_map(|row| row.get(n));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<_> = (0..rows.first().map_or(0, Vec::len)).map(width).collect();
        for row in rows {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            self.here().push_str(&cells.collect::<Vec<_>>().join("  "));
            self.lines.end();
        }
    }
}

/// An address as people read it; nothing for what the page would not lead to either.
fn address(to: &str) -> Option<&str> {
    let (scheme, rest) = to.split_once(':')?;
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => Some(to),
        "mailto" | "tel" => Some(rest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn prose_has_no_signs_and_keeps_its_lines() {
        let text =
            "# Plan\n\n**Bold** and _slanted_, `code` &amp; ~~60~~ 48\nnext\n\nLast\n\n---\n\nBye";
        let said = "Plan\n\nBold and slanted, code & ~60~ 48\nnext\n\nLast\n\n----------\n\nBye";
        assert_eq!(plain(text), said);
        assert_eq!(plain(""), "");
        let html = "a <b>c</b>\n\n<div>\nd\n</div>";
        assert_eq!(plain(html), html);
    }

    #[test]
    fn links_say_where_they_lead() {
        let text = "[Our **menu**](https://a.example/m?x=1&y=2), <https://b.example>, https://c.example. \
                    [me@a.example](mailto:me@a.example) <you@a.example> [call](tel:+1555) [x](javascript:alert) [](https://d.example)";
        let said = "Our menu (https://a.example/m?x=1&y=2), https://b.example, https://c.example. \
                    me@a.example you@a.example call (+1555) x https://d.example";
        assert_eq!(plain(text), said);
    }

    #[test]
    fn pictures_are_their_words() {
        let text = "![A *kettle*](https://a.example/k.png)\n\n[![In](https://a.example/l.png)](https://b.example)\n\n\
                    [![](https://a.example/l.png)](https://b.example) ![](https://a.example/n.png) ![x](data:y)";
        let said =
            "A kettle\n\nIn (https://b.example)\n\nhttps://b.example https://a.example/n.png x";
        assert_eq!(plain(text), said);
    }

    #[test]
    fn lists_and_quotes_stand_as_people_type_them() {
        let text = "Get:\n\n- one\n  - **two**\n    three\n- [x] four\n\n9. nine\n10. ten\n\n    more\n\n> said\n> > deep\n>\n> again\n\nend";
        let said = "Get:\n\n- one\n  - two\n    three\n- [x] four\n\n9. nine\n\n10. ten\n\n    more\n\n> said\n>\n> > deep\n>\n> again\n\nend";
        assert_eq!(plain(text), said);
        assert_eq!(plain("- \n- b\n\nc"), "-\n- b\n\nc");
        assert_eq!(plain("- > a\n  > b"), "- > a\n  > b");
    }

    #[test]
    fn code_and_tables_keep_their_columns() {
        let text = "```\na  b\n\nc\n```\n\n| Thing | **Price** |\n|---|--:|\n| [Kettle](https://a.example) | 48 |\n| Cup | 7 |\n\nend";
        let said = "    a  b\n\n    c\n\n\
                    Thing                       Price\nKettle (https://a.example)  48\nCup                         7\n\nend";
        assert_eq!(plain(text), said);
    }

    #[test]
    fn what_nests_without_end_stays_small() {
        let lines = "x\n".repeat(5_000);
        for sign in ["> ", "- "] {
            let text = format!("{}{lines}", sign.repeat(5_000));
            let said = plain(&text);
            assert!(said.contains('x') && said.len() < text.len() * 40, "{}", said.len());
        }
    }
}
