//! Notes that were deleted on this page, at the places where they stood.

use std::collections::BTreeSet;

use crate::id::NoteId;
use crate::notes::{Note, Owner};
use crate::ui::flash::{use_typed, was_about};

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

/// A note that was deleted, and what stood before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gone {
    id: NoteId,
    /// Nothing where the page came when it was deleted already.
    note: Option<Box<Note>>,
    before: Option<NoteId>,
}

/// The one that a form without a script has just deleted: the first of the list of whom it is about says so, wherever it stood.
pub(super) fn just_now(owner: Owner) -> Vec<Gone> {
    let path = "/do/delete_note";
    let id = use_typed(path, "note").filter(|_| was_about(path, "owner", owner));
    let id = id.and_then(|note| note.parse().ok());
    id.map(|id| Gone { id, note: None, before: None }).into_iter().collect()
}

/// Remembers where a note stands that is about to be deleted, or was a moment ago.
pub(super) fn remember(gone: &mut Vec<Gone>, notes: Vec<Note>, note: NoteId) {
    let Some(found) = notes.iter().find(|n| n.id == note).cloned() else { return };
    let now = items(notes, gone, &BTreeSet::new());
    let place = now.iter().position(|item| item.note() == note);
    let before = place.and_then(|at| at.checked_sub(1)).map(|at| now[at].note());
    gone.retain(|g| g.id != note);
    gone.push(Gone { id: note, note: Some(Box::new(found)), before });
}

/// Remembers those of the list before that are being written in here, and that somebody else has deleted.
pub(super) fn notice(
    gone: &mut Vec<Gone>,
    before: &[Note],
    now: &[Note],
    written: &BTreeSet<NoteId>,
) {
    let is_there = |id: NoteId| now.iter().any(|n| n.id == id);
    let is_known = |gone: &[Gone], id: NoteId| gone.iter().any(|g| g.id == id);
    for Note { id, .. } in before {
        if written.contains(id) && !is_there(*id) && !is_known(gone, *id) {
            // What went with it and is nobody's here is no place to stand after.
            let stays = before.iter().filter(|n| n.id == *id || is_there(n.id));
            remember(gone, stays.cloned().collect(), *id);
        }
    }
}

/// The notes, and among them what was deleted. One that is there still, or again, is a note; so is one for as long as somebody
/// writes in it here, who is told, and has their words before them.
pub(super) fn items(notes: Vec<Note>, gone: &[Gone], written: &BTreeSet<NoteId>) -> Vec<Item> {
    let mut items: Vec<_> = notes.into_iter().map(|note| Item::Note(Box::new(note))).collect();
    let place = |items: &[Item], note| items.iter().position(|item| item.note() == note);
    let mut left: Vec<_> = gone.iter().filter(|g| place(&items, g.id).is_none()).collect();
    // What stood before one may have been deleted after it.
    let stands = |items: &[Item], g: &Gone| g.before.is_none_or(|b| place(items, b).is_some());
    while !left.is_empty() {
        let next = left.iter().position(|g| stands(&items, g)).unwrap_or_default();
        let Gone { id, note, before } = left.remove(next);
        let at = before.and_then(|before| place(&items, before));
        let item = match note {
            Some(note) if written.contains(id) => Item::Note(note.clone()),
            _ => Item::Gone(*id),
        };
        items.insert(at.map_or(0, |at| at + 1), item);
    }
    items
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Gone, items, notice, remember};
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
        let items = items(notes(ids), gone, &BTreeSet::new());
        items.iter().map(|item| (item.key().0.0, item.key().1)).collect()
    }

    #[test]
    fn what_is_being_written_in_stays_until_it_is_closed() {
        let mut gone = Vec::new();
        let written = BTreeSet::from([NoteId(5)]);
        notice(&mut gone, &notes(&[9, 7, 5, 3]), &notes(&[9, 3]), &written);
        // Once: what was deleted in between is nobody's here.
        notice(&mut gone, &notes(&[9, 5, 3]), &notes(&[9, 3]), &written);
        let now = |written: &BTreeSet<NoteId>| {
            let items = items(notes(&[9, 3]), &gone, written);
            items.iter().map(|item| (item.key().0.0, item.key().1)).collect::<Vec<_>>()
        };
        assert_eq!(now(&written), [(9, false), (5, false), (3, false)]);
        assert_eq!(now(&BTreeSet::new()), [(9, false), (5, true), (3, false)]);
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
