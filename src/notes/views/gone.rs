//! Notes that were deleted on this page, at the places where they stood.

use crate::id::NoteId;
use crate::notes::Note;

/// What stands in the list of notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// A note.
    Note(Box<Note>),
    /// The way back for one that was deleted here.
    Gone(NoteId),
}

impl Item {
    /// The note that it is, or was.
    const fn note(&self) -> NoteId {
        match self {
            Self::Note(note) => note.id,
            Self::Gone(note) => *note,
        }
    }

    /// What tells it from the others: a note that comes back is drawn anew.
    pub const fn key(&self) -> (NoteId, bool) {
        (self.note(), matches!(self, Self::Gone(_)))
    }
}

/// A note that was deleted here, and what stood before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gone {
    note: NoteId,
    before: Option<NoteId>,
}

/// Remembers where a note stands that is about to be deleted.
pub(super) fn remember(gone: &mut Vec<Gone>, notes: Vec<Note>, note: NoteId) {
    let now = items(notes, gone);
    let place = now.iter().position(|item| item.note() == note);
    let before = place.and_then(|at| at.checked_sub(1)).map(|at| now[at].note());
    gone.retain(|g| g.note != note);
    gone.push(Gone { note, before });
}

/// The notes, and among them what was deleted. One that is there still, or again, is a note.
pub(super) fn items(notes: Vec<Note>, gone: &[Gone]) -> Vec<Item> {
    let mut items: Vec<_> = notes.into_iter().map(|note| Item::Note(Box::new(note))).collect();
    let place = |items: &[Item], note| items.iter().position(|item| item.note() == note);
    let mut left: Vec<_> = gone.iter().filter(|g| place(&items, g.note).is_none()).collect();
    // What stood before one may have been deleted after it.
    let stands = |items: &[Item], g: &Gone| g.before.is_none_or(|b| place(items, b).is_some());
    while !left.is_empty() {
        let next = left.iter().position(|g| stands(&items, g)).unwrap_or_default();
        let Gone { note, before } = left.remove(next);
        let at = before.and_then(|before| place(&items, before));
        items.insert(at.map_or(0, |at| at + 1), Item::Gone(*note));
    }
    items
}

#[cfg(test)]
mod tests {
    use super::{Gone, items, remember};
    use crate::id::NoteId;
    use crate::notes::Note;
    use crate::time::{Stamp, Time};

    fn notes(ids: &[i64]) -> Vec<Note> {
        let text = String::new;
        let note = |id: &i64| Note {
            id: NoteId(*id),
            body: text(),
            html: text(),
            version: 1,
            author: None,
            at: Stamp { at: Time(0), exact: text(), clock: text(), iso: text(), ago: text() },
            edited: None,
            pinned: false,
            names_you: false,
        };
        ids.iter().map(note).collect()
    }

    fn shown(ids: &[i64], gone: &[Gone]) -> Vec<(i64, bool)> {
        items(notes(ids), gone).iter().map(|item| (item.key().0.0, item.key().1)).collect()
    }

    #[test]
    fn what_was_deleted_stands_where_the_note_stood() {
        let mut gone = Vec::new();
        remember(&mut gone, notes(&[9, 7, 5, 3]), NoteId(5));
        assert_eq!(shown(&[9, 7, 5, 3], &gone), [(9, false), (7, false), (5, false), (3, false)]);
        assert_eq!(shown(&[9, 7, 3], &gone), [(9, false), (7, false), (5, true), (3, false)]);
        // One below it, the one above it, and the first.
        remember(&mut gone, notes(&[9, 7, 3]), NoteId(3));
        remember(&mut gone, notes(&[9, 7]), NoteId(7));
        remember(&mut gone, notes(&[9]), NoteId(9));
        assert_eq!(shown(&[], &gone), [(9, true), (7, true), (5, true), (3, true)]);
        // Newer ones stand before; one that came back is a note, and is deleted anew.
        assert_eq!(
            shown(&[11, 5], &gone),
            [(9, true), (7, true), (11, false), (5, false), (3, true)]
        );
        remember(&mut gone, notes(&[9, 7, 5]), NoteId(5));
        assert_eq!(shown(&[9, 7], &gone), [(9, false), (7, false), (5, true), (3, true)]);
    }
}
