//! What a press on a button for formatting makes of a text, in UTF-16 units as the browser counts them. All signs of Markdown
//! are characters of one unit.

mod lines;
mod words;

use std::ops::Range;

/// What words can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// More weight.
    Bold,
    /// Stress.
    Italic,
    /// The line is what stands over those that follow.
    Heading,
    /// Each line is an item.
    List,
    /// Each line is an item that can be ticked.
    Box,
    /// They lead somewhere.
    Link,
    /// Somebody else said it.
    Quote,
    /// As it was typed, each letter as wide as the others.
    Code,
}

/// What a press changes: one stretch, so that it is one step for who undoes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The stretch that goes.
    pub place: Range<usize>,
    /// What comes in its place.
    pub put: Vec<u16>,
    /// What is selected afterwards.
    pub selected: Range<usize>,
}

/// What becomes of a text in which this is selected, or the cursor stands. What has the mark already loses it.
pub fn made(mark: Mark, text: &[u16], selected: Range<usize>) -> Made {
    match mark {
        Mark::Bold => words::around(text, selected, &["**", "__"]),
        Mark::Italic => words::around(text, selected, &["_", "*"]),
        Mark::Code if text[selected.clone()].contains(&LINE) => lines::fenced(text, selected),
        Mark::Code => words::around(text, selected, &["`"]),
        Mark::Link => words::linked(text, selected),
        Mark::Quote => lines::quoted(text, selected),
        Mark::Heading => lines::begun(text, selected, lines::Kind::Heading),
        Mark::List => lines::begun(text, selected, lines::Kind::Bullet),
        Mark::Box => lines::begun(text, selected, lines::Kind::Box),
    }
}

const LINE: u16 = b'\n' as u16;

/// One of the changes that a press consists of.
struct Edit {
    at: Range<usize>,
    put: Vec<u16>,
}

impl Edit {
    fn new(at: Range<usize>, put: &str) -> Self {
        Self { at, put: put.encode_utf16().collect() }
    }
}

/// Where a place of the text is after the changes; `behind` what is put in just there, or before it.
fn moved(edits: &[Edit], place: usize, behind: bool) -> usize {
    let before = |edit: &&Edit| edit.at.start < place || (behind && edit.at.start == place);
    edits
        .iter()
        .filter(before)
        .fold(place, |now, edit| now + edit.put.len() - (edit.at.end.min(place) - edit.at.start))
}

/// What was selected, after the changes: the same words.
fn kept(edits: &[Edit], selected: Range<usize>) -> Range<usize> {
    let bare = selected.is_empty();
    moved(edits, selected.start, true)..moved(edits, selected.end, bare)
}

/// All changes as one; they are in order.
fn together(text: &[u16], edits: Vec<Edit>, selected: Range<usize>) -> Made {
    let start = edits.first().map_or(selected.start, |edit| edit.at.start);
    let end = edits.last().map_or(start, |edit| edit.at.end);
    let (mut put, mut done) = (Vec::new(), start);
    for edit in edits {
        put.extend_from_slice(&text[done..edit.at.start]);
        put.extend(edit.put);
        done = edit.at.end;
    }
    Made { place: start..end, put, selected }
}

/// Whether a text goes on so at this place.
fn begins(text: &[u16], sign: &str) -> bool {
    let sign: Vec<u16> = sign.encode_utf16().collect();
    text.starts_with(&sign)
}

const fn is_blank(unit: u16) -> bool {
    matches!(unit, 0x20 | 0x09 | 0x0a | 0x3000 | 0xa0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Mark::{self, Bold, Box, Code, Heading, Italic, Link, List, Quote};
    use super::{Made, made};

    const ALL: [Mark; 8] = [Bold, Italic, Heading, List, Box, Link, Quote, Code];

    /// What is selected stands between two bars; one bar is the cursor.
    fn read(text: &str) -> (Vec<u16>, std::ops::Range<usize>) {
        let parts: Vec<Vec<u16>> = text.split('|').map(|p| p.encode_utf16().collect()).collect();
        let start = parts[0].len();
        let end = if parts.len() > 2 { start + parts[1].len() } else { start };
        (parts.concat(), start..end)
    }

    fn applied(text: &[u16], made: Made) -> (Vec<u16>, std::ops::Range<usize>) {
        let mut text = text.to_vec();
        text.splice(made.place, made.put);
        (text, made.selected)
    }

    fn written((mut text, selected): (Vec<u16>, std::ops::Range<usize>)) -> String {
        text.insert(selected.end, u16::from(b'|'));
        if !selected.is_empty() {
            text.insert(selected.start, u16::from(b'|'));
        }
        String::from_utf16(&text).unwrap()
    }

    fn pressed(mark: Mark, text: &str) -> String {
        let (text, selected) = read(text);
        written(applied(&text, made(mark, &text, selected)))
    }

    /// Pressed once it is one, and pressed again the other.
    fn there_and_back(mark: Mark, without: &str, with: &str) {
        assert_eq!(pressed(mark, without), with, "{mark:?}");
        assert_eq!(pressed(mark, with), without, "{mark:?} again");
    }

    #[test]
    fn words_are_given_weight_and_lose_it_again() {
        there_and_back(Bold, "one |two| three", "one **|two|** three");
        there_and_back(Italic, "one |två 🙂| three", "one _|två 🙂|_ three");
        there_and_back(Code, "one |two| three", "one `|two|` three");
        there_and_back(Bold, "one | three", "one **|** three");
        there_and_back(Italic, "_|two|_ **b**", "|two| **b**");
        // Where the cursor stands in a word, the word is meant; behind one it is what comes next.
        assert_eq!(pressed(Bold, "one t|wo three"), "one **|two|** three");
        assert_eq!(pressed(Bold, "one two| three"), "one two**|** three");
        // Words of these languages stand without a space between them.
        assert_eq!(pressed(Bold, "日|本"), "日**|**本");
        // White space at the ends is none of it, and part of a word takes the sign that works there.
        assert_eq!(pressed(Bold, "one| two |three"), "one **|two|** three");
        assert_eq!(pressed(Italic, "un|believ|able"), "un*|believ|*able");
        // What is selected with its signs, or between those of both.
        assert_eq!(pressed(Bold, "one |**two**| three"), "one |two| three");
        assert_eq!(pressed(Italic, "***|two|***"), "**|two|**");
        assert_eq!(pressed(Italic, "**|two|**"), "**_|two|_**");
        assert_eq!(pressed(Bold, "__|two|__"), "|two|");
    }

    #[test]
    fn several_lines_are_given_weight_each_for_itself() {
        there_and_back(Bold, "- |one\n\n- [ ] two|", "- |**one**\n\n- [ ] **two**|");
        assert_eq!(pressed(Italic, "|## one|"), "## _|one|_");
        assert_eq!(pressed(Bold, "|one\n**two**|"), "|**one**\n**two**|");
    }

    #[test]
    fn lines_become_items_and_lines_again() {
        there_and_back(List, "one\n|two\nthree|", "one\n- |two\n- three|");
        there_and_back(Box, "|", "- [ ] |");
        there_and_back(Heading, "Rene|wal", "## Rene|wal");
        assert_eq!(pressed(Heading, "# Ren|ewal"), "Ren|ewal");
        assert_eq!(
            pressed(Box, "- |one\n2. two\n\nthree|"),
            "- [ ] |one\n- [ ] two\n\n- [ ] three|"
        );
        assert_eq!(pressed(List, "- [x] one|"), "- one|");
        assert_eq!(pressed(List, "  - on|e"), "  on|e");
        assert_eq!(pressed(List, "> |one"), "> - |one");
        assert_eq!(pressed(Heading, "#no| heading"), "## #no| heading");
        // The line after it stays one by itself, and one that is selected to its beginning alone is not meant.
        assert_eq!(pressed(List, "one|\ntwo"), "- one|\n\ntwo");
        assert_eq!(pressed(List, "|one\n|two"), "- |one\n|\ntwo");
        assert_eq!(pressed(List, "one|\n- two"), "- one|\n- two");
        assert_eq!(pressed(Heading, "one|\ntwo"), "## one|\ntwo");
    }

    #[test]
    fn lines_are_quoted_as_one() {
        there_and_back(Quote, "|one\n\ntwo|", "> |one\n> \n> two|");
        assert_eq!(pressed(Quote, "one|\ntwo"), "> one|\n\ntwo");
        assert_eq!(pressed(Quote, ">one|\n> two"), "one|\n> two");
        assert_eq!(pressed(Quote, "> > one|"), "> one|");
    }

    #[test]
    fn lines_of_code_stand_between_fences() {
        there_and_back(Code, "a\n|let x;\nlet y;|\nb", "a\n```\n|let x;\nlet y;|\n```\nb");
        assert_eq!(pressed(Code, "|```\nlet x;\n```|"), "|let x;|");
    }

    #[test]
    fn words_lead_somewhere_and_no_more() {
        assert_eq!(pressed(Link, "see |the offer| now"), "see [the offer](|https://|) now");
        assert_eq!(pressed(Link, "see [the offer](|https://|) now"), "see |the offer| now");
        assert_eq!(pressed(Link, "see [the o|ffer](/contacts/5) now"), "see |the offer| now");
        assert_eq!(pressed(Link, "see | now"), "see [|](https://) now");
        assert_eq!(pressed(Link, "|https://a.example/b|"), "[|](https://a.example/b)");
        assert_eq!(pressed(Link, "of|fer"), "[offer](|https://|)");
        // A picture is none, nor is what stands behind a link.
        assert_eq!(
            pressed(Link, "![a |b| c](/attachments/7/a.png)"),
            "![a [b](|https://|) c](/attachments/7/a.png)"
        );
        assert_eq!(pressed(Link, "[a](b)|"), "[a](b)[|](https://)");
    }

    proptest! {
        #[test]
        fn whatever_is_pressed_keeps_the_words(
            text in "[ab🙂日 \\n>#*_`\\-\\[\\]()x1.]{0,24}", ends in (0_usize..40, 0_usize..40), mark in 0_usize..8,
        ) {
            let text: Vec<u16> = text.encode_utf16().collect();
            // A browser puts a cursor between whole characters alone.
            let whole = |at: usize| {
                let at = at.min(text.len());
                if text.get(at).is_some_and(|u| u & 0xfc00 == 0xdc00) { at - 1 } else { at }
            };
            let (start, end) = (whole(ends.0.min(ends.1)), whole(ends.0.max(ends.1)));
            let (now, selected) = applied(&text, made(ALL[mark], &text, start..end));
            prop_assert!(selected.start <= selected.end && selected.end <= now.len());
            let letters = |text: &[u16]| {
                let text = String::from_utf16(text).unwrap().replace("https://", "").replace("[x] ", "");
                text.chars().filter(|c| "ab日🙂".contains(*c)).collect::<String>()
            };
            // Where a link led, and in which language code was, go with the sign.
            if !matches!(ALL[mark], Link | Code) {
                prop_assert_eq!(letters(&text), letters(&now));
            }
        }
    }
}
