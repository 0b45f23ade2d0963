//! Notes as pages have them: to be read, changed, found, and stepped back through.

use serde::{Deserialize, Serialize};

use crate::id::NoteId;
use crate::owner::Owner;
use crate::time::Stamp;

/// What a note is written in with: one about someone, or one of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The note; for one of a conversation, its part.
    pub id: NoteId,
    /// The text as typed.
    pub body: String,
    /// What a save of it has to name.
    pub version: i64,
}

impl From<&Note> for Written {
    fn from(note: &Note) -> Self {
        Self { id: note.id, body: note.body.clone(), version: note.version }
    }
}

/// A note, as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The note.
    pub id: NoteId,
    /// The text as typed, for the form.
    pub body: String,
    /// The text as safe HTML, in which boxes of task lists are buttons of a form.
    pub html: String,
    /// What a save of it has to name.
    pub version: i64,
    /// Who wrote it; nobody for a program.
    pub author: Option<String>,
    /// When.
    pub at: Stamp,
    /// Who saved it last and when, if it was saved again: several where they wrote at once, nobody for a program.
    pub edited: Option<(Vec<String>, Stamp)>,
    /// Whether it stands before the others.
    pub pinned: bool,
    /// Whether it names the viewer, who has not looked at it since.
    pub names_you: bool,
}

/// The notes about someone: pinned first, then newest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    /// At most 200.
    pub notes: Vec<Note>,
    /// Whether there are more, which the stream has.
    pub more: bool,
}

/// A note that names a teammate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The note.
    pub note: NoteId,
    /// Whom it is about.
    pub owner: Owner,
    /// What they are called.
    pub about: String,
    /// Who named the teammate, where that is known.
    pub by: Option<String>,
    /// The beginning of the note.
    pub text: String,
    /// When.
    pub at: Stamp,
    /// Whether the teammate has looked at it.
    pub seen: bool,
}

impl Mention {
    /// Where the note is read.
    pub fn address(&self) -> String {
        address(self.owner, self.note)
    }
}

/// Where a note is read: on the profile of whom it is about.
pub fn address(owner: Owner, note: NoteId) -> String {
    format!("{}?view=facts#note-{note}", owner.href())
}

/// The notes that name a teammate, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mentions {
    /// At most 50.
    pub mentions: Vec<Mention>,
}

/// Somebody, or something, that a note can lead to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What it is called.
    pub label: String,
    /// More about it.
    pub detail: String,
    /// Its page, such as `/contacts/5`.
    pub address: String,
}

/// A teammate who has had a note on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Their name.
    pub by: String,
    /// When they last did.
    pub at: Stamp,
}

/// Who else has seen the notes about someone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looks {
    /// The number up to which it is known.
    pub seq: i64,
    /// By note, who looked last first; a note that nobody else has seen is not among them.
    pub notes: Vec<(NoteId, Vec<Look>)>,
}

impl Looks {
    /// Who has seen a note.
    pub fn of(&self, note: NoteId) -> Vec<Look> {
        let found = self.notes.iter().find(|(id, _)| *id == note);
        found.map(|(_, looks)| looks.clone()).unwrap_or_default()
    }
}

/// A note that was found by its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The note; for one of a conversation, its part.
    pub id: NoteId,
    /// Where it is read.
    pub address: String,
    /// Whom it is about, or whose conversation it stands in.
    pub about: String,
    /// Who wrote it; nobody for a program.
    pub author: Option<String>,
    /// When.
    pub at: Stamp,
    /// The words around what was found, in order; true for what was.
    pub text: Vec<(String, bool)>,
}

/// Notes that were found, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundNotes {
    /// At most 30.
    pub notes: Vec<Found>,
    /// The number before which there are more, if there are.
    pub next: Option<NoteId>,
}

/// A text that a note had, or has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which.
    pub version: i64,
    /// Who wrote it: several where they wrote at once, nobody for a program.
    pub by: Vec<String>,
    /// When.
    pub at: Stamp,
}
