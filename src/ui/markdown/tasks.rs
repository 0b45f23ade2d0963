//! Boxes of task lists: ticked in the text by their place, and shown as buttons.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::{OPTIONS, Ours, render_note};

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

#[cfg(test)]
mod tests {
    use super::super::render;
    use super::{render_tickable, ticked};

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
}
