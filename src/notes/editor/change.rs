//! What was changed in a field, in UTF-16 units as the browser counts them.

/// One stretch that took the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where it begins.
    pub at: usize,
    /// How much went.
    pub removed: usize,
    /// What came.
    pub inserted: Vec<u16>,
}

const fn is_high(unit: u16) -> bool {
    unit & 0xfc00 == 0xd800
}

const fn is_low(unit: u16) -> bool {
    unit & 0xfc00 == 0xdc00
}

/// Whether a unit is of something that can be seen, or ends a line, or is a tab: the server takes no others.
pub const fn is_seen(unit: u16) -> bool {
    matches!(unit, 0x09 | 0x0a) || !matches!(unit, 0..=0x1f | 0x7f..=0x9f)
}

/// What leads from one text to another, if they differ. The cursor stands behind what was typed: among equal letters it
/// says which of them are new.
pub fn between(old: &[u16], new: &[u16], caret: usize) -> Option<Change> {
    if old == new {
        return None;
    }
    let most = new.len().saturating_sub(caret).min(old.len());
    let mut tail =
        old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let shorter = old.len().min(new.len());
    let same =
        |tail: usize| old.iter().zip(new).take(shorter - tail).take_while(|(a, b)| a == b).count();
    // Half of a character is none: a pair that changed in one half changed.
    if tail > 0 && is_low(old[old.len() - tail]) {
        tail -= 1;
    }
    let mut head = same(tail);
    if head > 0 && is_high(old[head - 1]) {
        head -= 1;
    }
    Some(Change {
        at: head,
        removed: old.len() - tail - head,
        inserted: new[head..new.len() - tail].to_vec(),
    })
}

/// The same change of a text that was changed by others meanwhile: at the same place from the beginning, or else from the
/// end, or else where the texts begin to differ.
pub fn moved(change: Change, base: &[u16], now: &[u16]) -> Change {
    let Some(theirs) = between(base, now, 0) else { return change };
    let end = change.at + change.removed;
    if end <= theirs.at {
        return change;
    }
    if change.at >= theirs.at + theirs.removed {
        return Change { at: change.at + theirs.inserted.len() - theirs.removed, ..change };
    }
    // Both changed the same stretch: both texts stand there.
    Change { at: theirs.at + theirs.inserted.len(), removed: 0, ..change }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Change, between, moved};

    #[test]
    fn signs_that_nobody_can_see_are_left_out() {
        let left: Vec<u16> = units("a\u{7}\tb\n\r\u{85}é🙂\u{feff}\0")
            .into_iter()
            .filter(|u| super::is_seen(*u))
            .collect();
        assert_eq!(String::from_utf16(&left).unwrap(), "a\tb\né🙂\u{feff}");
    }

    fn units(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    fn made(text: &[u16], change: &Change) -> Vec<u16> {
        let mut text = text.to_vec();
        text.splice(change.at..change.at + change.removed, change.inserted.clone());
        text
    }

    fn change(old: &str, new: &str, caret: usize) -> Option<(usize, usize, String)> {
        let found = between(&units(old), &units(new), caret)?;
        Some((found.at, found.removed, String::from_utf16(&found.inserted).unwrap()))
    }

    #[test]
    fn the_cursor_tells_equal_letters_apart() {
        assert_eq!(change("aa", "aaa", 1), Some((0, 0, "a".into())));
        assert_eq!(change("aa", "aaa", 3), Some((2, 0, "a".into())));
        assert_eq!(change("aaa", "aa", 1), Some((1, 1, String::new())));
        assert_eq!(change("same", "same", 0), None);
    }

    #[test]
    fn no_character_is_halved() {
        // Two faces that differ in their second half alone.
        assert_eq!(change("🙂x", "🙃x", 2), Some((0, 2, "🙃".into())));
        assert_eq!(change("a🙂", "a🙂🙂", 5), Some((3, 0, "🙂".into())));
    }

    #[test]
    fn a_change_keeps_its_place_among_those_of_others() {
        let (base, now) = (units("one two three"), units("zero one two three"));
        let mine = between(&base, &units("one two! three"), 8).unwrap();
        assert_eq!(made(&now, &moved(mine, &base, &now)), units("zero one two! three"));
    }

    proptest! {
        #[test]
        fn a_change_leads_to_the_new_text(old in "[ab🙂🙃]{0,12}", new in "[ab🙂🙃]{0,12}", caret in 0_usize..30) {
            let (old, new) = (units(&old), units(&new));
            let after = between(&old, &new, caret.min(new.len())).map_or(old.clone(), |c| made(&old, &c));
            prop_assert_eq!(&after, &new);
            if let Some(change) = between(&old, &new, caret.min(new.len())) {
                prop_assert!(String::from_utf16(&change.inserted).is_ok());
            }
        }
    }
}
