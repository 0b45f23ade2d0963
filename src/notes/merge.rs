//! What somebody changed in a whole text, and the same change on a text that went on meanwhile.

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use std::time::{Duration, Instant};

/// How long a difference may be looked for; one found in less detail replaces more, and loses nothing.
const PATIENCE: Duration = Duration::from_millis(200);

/// A change at one place. Offsets and lengths count UTF-16 units of the text before the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Where.
    pub at: u32,
    /// How much goes.
    pub remove: u32,
    /// What comes in its place.
    pub insert: String,
}

fn units(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}

/// Words, runs of spaces, and everything else one by one: what people change is words, and letters that two words have
/// in common by chance are no reason to weave them into each other.
fn tokens(text: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        '\n' => 0,
        c if c.is_alphanumeric() => 1,
        c if c.is_whitespace() => 2,
        _ => 3,
    };
    let mut out = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let now = kind(c);
        if at > start && (before != Some(now) || matches!(now, 0 | 3)) {
            out.push(&text[start..at]);
            start = at;
        }
        before = Some(now);
    }
    if start < text.len() {
        out.push(&text[start..]);
    }
    out
}

/// What leads from one text to another, in order of place, without overlaps: by lines first, so that a line is not taken
/// for a part of another that begins alike, and by words within lines that changed.
pub fn edits(old: &str, new: &str) -> Vec<Edit> {
    let until = Instant::now().checked_add(PATIENCE);
    let (before, after): (Vec<_>, Vec<_>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let mut at = 0;
    let mut out = Vec::new();
    for op in capture_diff_slices_deadline(Algorithm::Myers, &before, &after, until) {
        let (_, gone, come) = op.as_tag_tuple();
        let (removed, inserted) = (before[gone].concat(), after[come].concat());
        if !matches!(op, DiffOp::Equal { .. }) {
            by_words(at, &removed, &inserted, until, &mut out);
        }
        at += units(&removed);
    }
    out
}

fn by_words(at: u32, old: &str, new: &str, until: Option<Instant>, out: &mut Vec<Edit>) {
    let (before, after) = (tokens(old), tokens(new));
    let mut at = at;
    for op in capture_diff_slices_deadline(Algorithm::Myers, &before, &after, until) {
        let (_, gone, come) = op.as_tag_tuple();
        let (removed, inserted) = (before[gone].concat(), after[come].concat());
        if !matches!(op, DiffOp::Equal { .. }) {
            out.push(trimmed(at, &removed, &inserted));
        }
        at += units(&removed);
    }
}

/// A replacement, as an insertion or a removal alone where it is one within a word. A word that became another is
/// replaced as a whole.
fn trimmed(at: u32, old: &str, new: &str) -> Edit {
    let first: usize =
        old.chars().zip(new.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let (skipped, less, more) = (&old[..first], &old[first..], &new[first..]);
    let last: usize = less
        .chars()
        .rev()
        .zip(more.chars().rev())
        .take_while(|(a, b)| a == b)
        .map(|(c, _)| c.len_utf8())
        .sum();
    let (less, more) = (&less[..less.len() - last], &more[..more.len() - last]);
    if less.is_empty() || more.is_empty() {
        return Edit { at: at + units(skipped), remove: units(less), insert: more.to_owned() };
    }
    Edit { at, remove: units(old), insert: new.to_owned() }
}

/// The changes from `base` to `mine`, as changes of `theirs`, which others made of the same base: what both did alike
/// happens once, what others inserted stays, and where both wrote at one place theirs comes first. They are in the order
/// in which they can be made one after the other: the last place first.
pub fn rebased(base: &str, mine: &str, theirs: &str) -> Vec<Edit> {
    let others = edits(base, theirs);
    let mut out = Vec::new();
    for edit in edits(base, mine).into_iter().filter(|edit| !others.contains(edit)) {
        out.extend(remaining(&others, edit.at, edit.at + edit.remove));
        if !edit.insert.is_empty() {
            out.push(Edit { at: moved(&others, edit.at), remove: 0, insert: edit.insert });
        }
    }
    // At one place what goes goes first, so that what comes is not taken for it.
    out.sort_by_key(|edit| (std::cmp::Reverse(edit.at), std::cmp::Reverse(edit.remove)));
    out
}

/// A text after changes, each counting in what the one before it left.
pub fn changed(text: &str, changes: &[Edit]) -> String {
    let mut units: Vec<u16> = text.encode_utf16().collect();
    for edit in changes {
        let from = (edit.at as usize).min(units.len());
        let to = (from + edit.remove as usize).min(units.len());
        units.splice(from..to, edit.insert.encode_utf16());
    }
    String::from_utf16_lossy(&units)
}

/// Where a place of the base is after the changes of others.
fn moved(others: &[Edit], at: u32) -> u32 {
    let mut shift = 0_i64;
    for other in others.iter().take_while(|o| o.at <= at) {
        if other.at + other.remove > at {
            // The place is gone: behind what came instead.
            return (i64::from(other.at) + shift + i64::from(units(&other.insert))) as u32;
        }
        shift += i64::from(units(&other.insert)) - i64::from(other.remove);
    }
    (i64::from(at) + shift) as u32
}

/// What is left of a stretch of the base after the changes of others, as removals.
fn remaining(others: &[Edit], from: u32, to: u32) -> Vec<Edit> {
    let mut out = Vec::new();
    let mut start = from;
    let mut push = |start: u32, end: u32| {
        if end > start {
            out.push(Edit { at: moved(others, start), remove: end - start, insert: String::new() });
        }
    };
    for other in others.iter().filter(|o| o.at < to && o.at + o.remove >= from) {
        push(start, other.at.max(start));
        start = start.max(other.at + other.remove);
    }
    push(start, to);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{changed as made, edits, rebased};

    fn merged(base: &str, mine: &str, theirs: &str) -> String {
        made(theirs, &rebased(base, mine, theirs))
    }

    #[test]
    fn changes_at_different_places_both_hold() {
        let base = "Call them on Monday.\nThey renew in May.";
        let mine = "Call them on Tuesday.\nThey renew in May.";
        let theirs = "Please call them on Monday.\nThey renew in May, on the 3rd.";
        assert_eq!(
            merged(base, mine, theirs),
            "Please call them on Tuesday.\nThey renew in May, on the 3rd."
        );
    }

    #[test]
    fn at_one_place_both_texts_are_there() {
        assert_eq!(merged("base", "mine", "theirs"), "theirsmine");
        assert_eq!(merged("", "mine", "theirs"), "theirsmine");
        // Which of the two spaces went is as good as the other.
        let kept = merged("a b c", "a c", "a b! c");
        assert!(["a! c", "a !c"].contains(&kept.as_str()), "{kept}");
        assert_eq!(merged("helo", "hello", "helo there"), "hello there");
    }

    #[test]
    fn what_both_did_alike_happens_once() {
        assert_eq!(merged("a", "a b", "a b"), "a b");
        assert_eq!(merged("a b c", "a c", "a c"), "a c");
    }

    proptest! {
        #[test]
        fn a_change_of_the_base_is_the_change(base in "[ab 🙂\n]{0,30}", mine in "[ab 🙂\n]{0,30}") {
            let mut direct = edits(&base, &mine);
            direct.reverse();
            prop_assert_eq!(made(&base, &direct), mine.clone());
            prop_assert_eq!(merged(&base, &mine, &base), mine.clone());
            prop_assert_eq!(merged(&base, &base, &mine), mine);
        }

        #[test]
        fn what_is_inserted_is_not_lost(base in "[ab é🙂]{0,30}", theirs in "[abx é🙂]{0,30}", at in 0_usize..30) {
            let mut mine: Vec<char> = base.chars().collect();
            mine.insert(at.min(mine.len()), 'Q');
            let mine: String = mine.into_iter().collect();
            let merged = merged(&base, &mine, &theirs);
            prop_assert_eq!(merged.matches('Q').count(), 1, "{}", merged);
            prop_assert_eq!(merged.replace('Q', ""), theirs);
        }
    }
}
