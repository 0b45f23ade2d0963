//! Tables: the side that a column stands at, and words that no line breaks.

use pulldown_cmark::Event;

/// Columns of tables to the side that they are to stand at, in the way that the cleaner and the page's policy let through. What was
/// typed shows as text: no such style comes from it.
pub(super) fn aligned(html: String) -> String {
    if !html.contains("style=\"text-align: ") {
        return html;
    }
    ["left", "center", "right"].iter().fold(html, |html, side| {
        html.replace(&format!(" style=\"text-align: {side}\">"), &format!(" align=\"{side}\">"))
    })
}

/// The longest word that stands on one line however narrow its column is.
const WHOLE: usize = 24;

/// Words of a cell. Dates, and other words of numbers with a hyphen, stay on one line: a narrow column would break them there.
pub(super) fn whole<'a>(words: &str) -> Vec<Event<'a>> {
    let is_whole = |word: &str| {
        let word = word.trim_end();
        let inner = word.trim_matches(|c: char| !c.is_alphanumeric());
        inner.contains('-') && word.len() <= WHOLE && word.contains(|c: char| c.is_ascii_digit())
    };
    let mut events = Vec::new();
    let mut plain = String::new();
    for word in words.split_inclusive(char::is_whitespace) {
        if !is_whole(word) {
            plain.push_str(word);
            continue;
        }
        events.push(Event::Text(std::mem::take(&mut plain).into()));
        events.push(Event::InlineHtml("<span class=\"whole\">".into()));
        events.push(Event::Text(word.trim_end().to_owned().into()));
        events.push(Event::InlineHtml("</span>".into()));
        plain.push_str(&word[word.trim_end().len()..]);
    }
    events.push(Event::Text(plain.into()));
    events
}

#[cfg(test)]
mod tests {
    use crate::ui::markdown::{render, render_note};

    #[test]
    fn dates_in_the_cells_of_a_note_stand_on_one_line() {
        let text = "On 2026-11-28\n\n| due | x-ray - <b> |\n|---|---|\n| by 2026-11-28, 9-to-5 | [INV-7 a](https://a.example/1-2) 2026-11-28-2026-11-28-2026 |";
        let html = render_note(text, &[], |_| None);
        for part in [
            "by <span class=\"whole\">2026-11-28,</span> <span class=\"whole\">9-to-5</span></td>",
            "<span class=\"whole\">INV-7</span> a</a> 2026-11-28-2026-11-28-2026</td>",
            "On 2026-11-28</p>",
            "x-ray - &lt;b&gt;",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!render(text).contains("<span"), "elsewhere a text is what it is");
    }

    #[test]
    fn columns_of_tables_stand_at_their_side() {
        let html =
            render("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | <td style=\"text-align: right\">3 |");
        for part in
            ["<th align=\"left\">a", "<th align=\"center\">b", "<td align=\"right\">&lt;td style="]
        {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("<td style") && !html.contains("<th style"), "{html}");
    }
}
