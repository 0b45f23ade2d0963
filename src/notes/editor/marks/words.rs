//! Signs around words.

use std::ops::Range;

use super::lines::{lines, of};
use super::{Edit, Made, begins, is_blank, kept, moved, together};

/// What is selected without white space at its ends.
fn trimmed(text: &[u16], selected: Range<usize>) -> Range<usize> {
    let inside = &text[selected.clone()];
    let ahead = inside.iter().take_while(|unit| is_blank(**unit)).count();
    let behind = inside.iter().rev().take_while(|unit| is_blank(**unit)).count();
    if ahead == inside.len() {
        return selected.start..selected.start;
    }
    selected.start + ahead..selected.end - behind
}

/// Whether a unit is of a word that has a space before the next.
fn is_of_word(unit: u16) -> bool {
    match char::from_u32(unit.into()) {
        // Thai and its neighbours; Chinese and Japanese.
        Some('\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{2e80}'..='\u{9fff}') => false,
        Some(c) => c.is_alphanumeric(),
        // Half of a character that has two.
        None => true,
    }
}

/// What is meant: what is selected, or the word in which the cursor stands.
fn meant(text: &[u16], selected: Range<usize>) -> Range<usize> {
    let place = trimmed(text, selected);
    if !place.is_empty() {
        return place;
    }
    let ahead = text[..place.start].iter().rev().take_while(|unit| is_of_word(**unit)).count();
    let behind = text[place.start..].iter().take_while(|unit| is_of_word(**unit)).count();
    if ahead == 0 || behind == 0 { place } else { place.start - ahead..place.start + behind }
}

/// How many of these stand at the end of a text, and at the beginning of another.
fn run(before: &[u16], after: &[u16], sign: u16) -> usize {
    let ahead = before.iter().rev().take_while(|unit| **unit == sign).count();
    ahead.min(after.iter().take_while(|unit| **unit == sign).count())
}

/// Whether so many of a sign have one of one or of two among them.
const fn has(run: usize, length: usize) -> bool {
    if length == 1 { run % 2 == 1 } else { run >= length }
}

/// The signs around a piece, or at its ends within it.
fn signs(text: &[u16], piece: &Range<usize>, sign: &str) -> Option<[Range<usize>; 2]> {
    let unit = sign.encode_utf16().next()?;
    let length = sign.len();
    let (start, end) = (piece.start, piece.end);
    if has(run(&text[..start], &text[end..], unit), length) {
        return Some([start - length..start, end..end + length]);
    }
    let inside = &text[piece.clone()];
    let ahead = inside.iter().take_while(|u| **u == unit).count();
    let within = ahead.min(inside.iter().rev().take_while(|u| **u == unit).count());
    let is = inside.len() > 2 * length && has(within, length);
    is.then(|| [start..start + length, end - length..end])
}

/// The pieces of a stretch that take a sign: of each line its words, without what makes it an item or a heading.
fn pieces(text: &[u16], place: &Range<usize>) -> Vec<Range<usize>> {
    let words = lines(text, place).into_iter().filter_map(|line| {
        let line = of(text, line);
        let (start, end) = (line.words.max(place.start), line.place.end.min(place.end));
        (start < end).then(|| trimmed(text, start..end)).filter(|piece| !piece.is_empty())
    });
    words.collect()
}

/// Puts a sign around what is selected, on each line, or takes it away where it stands around all of it already. Of several signs that
/// mean the same, the first that fits is put.
pub fn around(text: &[u16], selected: Range<usize>, same: &[&str]) -> Made {
    let place = meant(text, selected);
    let there = |piece: &Range<usize>| same.iter().find_map(|sign| signs(text, piece, sign));
    let mut all = pieces(text, &place);
    if all.is_empty() {
        // Between the two is where the next words come.
        let Some([before, behind]) = there(&place) else {
            let at = place.start + same[0].len();
            let both = same[0].repeat(2);
            return together(text, vec![Edit::new(place.start..place.start, &both)], at..at);
        };
        let at = before.start;
        return together(text, vec![Edit::new(before, ""), Edit::new(behind, "")], at..at);
    }
    let mut edits = Vec::new();
    let ends = all.iter().all(|piece| there(piece).is_some());
    for piece in &mut all {
        match there(piece) {
            Some([before, behind]) if ends => {
                *piece = piece.start.max(before.end)..piece.end.min(behind.start);
                edits.extend([Edit::new(before, ""), Edit::new(behind, "")]);
            }
            Some(_) => {}
            None => {
                let (start, end) = (piece.start, piece.end);
                let sign = fitting(text, piece, same);
                edits.extend([Edit::new(start..start, sign), Edit::new(end..end, sign)]);
            }
        }
    }
    let first = all.first().map_or(place.start, |piece| piece.start);
    let last = all.last().map_or(place.end, |piece| piece.end);
    let selected = if ends || all.len() == 1 {
        kept(&edits, first..last)
    } else {
        // Of several lines with their signs: what is between them is not the words alone either.
        moved(&edits, first, false)..moved(&edits, last, true)
    };
    together(text, edits, selected)
}

/// The sign that a piece takes: within a word only some are understood.
fn fitting<'a>(text: &[u16], piece: &Range<usize>, same: &[&'a str]) -> &'a str {
    let is_letter = |unit: Option<&u16>| unit.is_some_and(|unit| is_of_word(*unit));
    let ahead = piece.start.checked_sub(1).and_then(|at| text.get(at));
    let is_inner = is_letter(ahead) || is_letter(text.get(piece.end));
    let inner = same.iter().find(|sign| !sign.contains('_')).filter(|_| is_inner);
    inner.or(same.first()).copied().unwrap_or_default()
}

/// A link of which this is a part: all of it, and its words.
fn link_at(text: &[u16], place: &Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
    let line = lines(text, place).into_iter().next()?;
    let units = |sign: char| sign as u16;
    let middles = line.clone().filter(|at| begins(&text[*at..line.end], "]("));
    for middle in middles {
        let start = text[line.start..middle].iter().rposition(|unit| *unit == units('['));
        let end = text[middle..line.end].iter().position(|unit| *unit == units(')'));
        let (Some(start), Some(end)) = (start, end) else { continue };
        let all = line.start + start..middle + end + 1;
        let is_picture = all.start > line.start && text[all.start - 1] == units('!');
        let is_in = match place.is_empty() {
            true => all.start < place.start && place.end < all.end,
            false => all.start <= place.start && place.end <= all.end,
        };
        if is_in && !is_picture {
            return Some((all.clone(), all.start + 1..middle));
        }
    }
    None
}

/// Makes what is selected lead somewhere, and what leads somewhere words again.
pub fn linked(text: &[u16], selected: Range<usize>) -> Made {
    if let Some((all, words)) = link_at(text, &trimmed(text, selected.clone())) {
        let selected = all.start..all.start + words.len();
        let ends = [Edit::new(all.start..words.start, ""), Edit::new(words.end..all.end, "")];
        return together(text, ends.into(), selected);
    }
    const ADDRESS: &str = "https://";
    let place = meant(text, selected);
    let inside = &text[place.clone()];
    let leads = begins(inside, ADDRESS) || begins(inside, "http://");
    let (start, end) = (place.start, place.end);
    if leads && !inside.iter().any(|unit| is_blank(*unit)) {
        let ends = [Edit::new(start..start, "[]("), Edit::new(end..end, ")")];
        return together(text, ends.into(), start + 1..start + 1);
    }
    let ends = [Edit::new(start..start, "["), Edit::new(end..end, "](https://)")];
    let address = end + 3..end + 3 + ADDRESS.len();
    // Words come before where they lead.
    let selected = if place.is_empty() { start + 1..start + 1 } else { address };
    together(text, ends.into(), selected)
}
