//! What lines begin with.

use std::ops::Range;

use super::{Edit, LINE, Made, begins, is_blank, kept, together};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Plain,
    /// What stands over others.
    Heading,
    /// An item.
    Bullet,
    /// An item with a number.
    Number,
    /// An item that can be ticked.
    Box,
}

/// A line, read.
pub struct Line {
    /// Where it is, without its end.
    pub place: Range<usize>,
    /// Where the signs of a quote end.
    quote: usize,
    /// Where the sign begins that says what it is.
    sign: usize,
    /// Where its words begin.
    pub words: usize,
    kind: Kind,
}

impl Line {
    fn has_words(&self, text: &[u16]) -> bool {
        text[self.quote..self.place.end].iter().any(|unit| !is_blank(*unit))
    }

    const fn is_quoted(&self) -> bool {
        self.quote > self.place.start
    }
}

/// The lines of which something is selected, or in which the cursor stands.
pub fn lines(text: &[u16], selected: &Range<usize>) -> Vec<Range<usize>> {
    let ahead = text[..selected.start].iter().rposition(|unit| *unit == LINE);
    let mut start = ahead.map_or(0, |at| at + 1);
    // One that is selected to its beginning alone is not meant.
    let last = if selected.is_empty() { selected.end } else { selected.end - 1 };
    let mut found = Vec::new();
    while start <= last || found.is_empty() {
        let length = text[start..].iter().position(|unit| *unit == LINE);
        let end = length.map_or(text.len(), |length| start + length);
        found.push(start..end);
        start = end + 1;
        if start > text.len() {
            break;
        }
    }
    found
}

/// Reads a line.
pub fn of(text: &[u16], place: Range<usize>) -> Line {
    let is = |at: usize, sign: u8| at < place.end && text[at] == u16::from(sign);
    let mut quote = place.start;
    loop {
        let mut at = quote;
        while is(at, b' ') && at < quote + 3 {
            at += 1;
        }
        if !is(at, b'>') {
            break;
        }
        quote = if is(at + 1, b' ') { at + 2 } else { at + 1 };
    }
    let mut sign = quote;
    while is(sign, b' ') || is(sign, b'\t') {
        sign += 1;
    }
    let (kind, length) = signed(&String::from_utf16_lossy(&text[sign..place.end]));
    Line { words: (sign + length).min(place.end), place, quote, sign, kind }
}

/// What a line is that begins so, and how long the sign is that says it.
fn signed(line: &str) -> (Kind, usize) {
    let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&hashes) && line[hashes..].starts_with(' ') {
        return (Kind::Heading, hashes + 1);
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = (1..=9).contains(&digits)
        && [". ", ") "].iter().any(|stop| line[digits..].starts_with(stop));
    let (kind, length) = match line {
        _ if ["- ", "* ", "+ "].iter().any(|sign| line.starts_with(sign)) => (Kind::Bullet, 2),
        _ if numbered => (Kind::Number, digits + 2),
        _ => return (Kind::Plain, 0),
    };
    let ticks = ["[ ] ", "[x] ", "[X] "].iter().any(|mark| line[length..].starts_with(mark));
    if ticks { (Kind::Box, length + 4) } else { (kind, length) }
}

/// A line without words before the next one, which would be taken in by the last.
fn gap(text: &[u16], last: &Line) -> Option<Edit> {
    let start = Some(last.place.end + 1).filter(|start| *start <= text.len())?;
    let next = of(text, lines(text, &(start..start)).into_iter().next()?);
    let goes_on = next.kind == Kind::Plain && !next.is_quoted() && next.has_words(text);
    goes_on.then(|| Edit::new(last.place.end..last.place.end, "\n"))
}

/// Makes the lines what they are to be, or plain ones where all of them are that already.
pub fn begun(text: &[u16], selected: Range<usize>, kind: Kind) -> Made {
    let sign = match kind {
        Kind::Heading => "## ",
        Kind::Box => "- [ ] ",
        _ => "- ",
    };
    let mut all: Vec<_> = lines(text, &selected).into_iter().map(|line| of(text, line)).collect();
    if all.iter().any(|line| line.has_words(text)) {
        all.retain(|line| line.has_words(text));
    } else {
        all.truncate(1);
    }
    let ends = all.iter().all(|line| line.kind == kind);
    let edit = |line: &Line| Edit::new(line.sign..line.words, if ends { "" } else { sign });
    let mut edits: Vec<_> = all.iter().filter(|line| ends || line.kind != kind).map(edit).collect();
    let selected = kept(&edits, selected);
    if !ends && kind != Kind::Heading {
        edits.extend(all.last().and_then(|last| gap(text, last)));
    }
    together(text, edits, selected)
}

/// Makes the lines what somebody else said, with those without words between them, or takes one of its signs away.
pub fn quoted(text: &[u16], selected: Range<usize>) -> Made {
    let all: Vec<_> = lines(text, &selected).into_iter().map(|line| of(text, line)).collect();
    let ends = all.iter().all(Line::is_quoted);
    let mut edits: Vec<_> = if ends {
        all.iter().map(|line| Edit::new(first_sign(text, line), "")).collect()
    } else {
        let bare = all.iter().filter(|line| !line.is_quoted());
        bare.map(|line| Edit::new(line.place.start..line.place.start, "> ")).collect()
    };
    let selected = kept(&edits, selected);
    if !ends {
        edits.extend(all.last().and_then(|last| gap(text, last)));
    }
    together(text, edits, selected)
}

/// The first sign of a line that is quoted.
fn first_sign(text: &[u16], line: &Line) -> Range<usize> {
    let start = line.place.start;
    let ahead = text[start..line.quote].iter().position(|unit| *unit == u16::from(b'>'));
    let end = start + ahead.map_or(0, |at| at + 1);
    let space = end < line.quote && text[end] == u16::from(b' ');
    start..end + usize::from(space)
}

const FENCE: &str = "```";

/// Puts lines between fences of code, or takes those away that stand around them.
pub fn fenced(text: &[u16], selected: Range<usize>) -> Made {
    let all = lines(text, &selected);
    let (Some(first), Some(last)) = (all.first().cloned(), all.last().cloned()) else {
        return together(text, Vec::new(), selected);
    };
    let is_fence = |line: &Range<usize>| begins(&text[line.clone()], FENCE);
    let ahead = first.start.checked_sub(1).map(|end| lines(text, &(end..end)).remove(0));
    let after = Some(last.end + 1).filter(|at| *at <= text.len());
    let after = after.map(|start| lines(text, &(start..start)).remove(0));
    if let (Some(ahead), Some(after)) = (ahead.filter(is_fence), after.filter(is_fence)) {
        let edits =
            vec![Edit::new(ahead.start..first.start, ""), Edit::new(last.end..after.end, "")];
        let selected = kept(&edits, selected);
        return together(text, edits, selected);
    }
    if all.len() > 2 && is_fence(&first) && is_fence(&last) {
        let (start, end) = (first.end + 1, last.start - 1);
        let edits = vec![Edit::new(first.start..start, ""), Edit::new(end..last.end, "")];
        let selected = first.start..first.start + (end - start);
        return together(text, edits, selected);
    }
    let (start, end) = (first.start, last.end);
    let edits = vec![Edit::new(start..start, "```\n"), Edit::new(end..end, "\n```")];
    let selected = kept(&edits, selected);
    together(text, edits, selected)
}
