//! Notes: what the team writes down about a person or a company, in Markdown.

pub mod api;
#[cfg(feature = "ssr")]
pub mod document;
#[cfg(feature = "ssr")]
pub mod documents;
mod editor;
pub mod frame;
#[cfg(feature = "ssr")]
mod links;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
pub mod mentions;
#[cfg(feature = "ssr")]
mod merge;
mod paste;
#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
pub mod rooms;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
pub mod versions;
pub mod views;

#[cfg(feature = "ssr")]
pub use reading::{Shown, existing, find, of_owner, page, shown};
#[cfg(feature = "ssr")]
pub use rest::router as rest;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{add, delete, edit, pin, restore, restore_version, tick};

use crate::error::Error;
use crate::id::{NoteId, TeammateId};
pub use crate::owner::Owner;
use crate::time::{Stamp, Time};

/// For how long a deleted note can be brought back: 30 days, in milliseconds.
pub const KEPT: i64 = 30 * 24 * 60 * 60 * 1000;

/// The name of the text in a note's document.
pub const ROOT: &str = "body";

/// Why what somebody sent of a note is not taken. The note is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The workspace has no such note, or it is deleted.
    Gone,
    /// It is no message that the server knows, or no text that can be kept.
    Unreadable,
    /// One message is too large.
    TooLarge,
    /// The note would be too long.
    TooLong,
    /// The socket has too many notes open.
    TooMany,
}

impl Refusal {
    /// What happened and what to do, as a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Gone => {
                "This note was deleted while you were writing. Bring it back, or copy your text"
            }
            Self::Unreadable => {
                "This could not be kept: it is no text. Copy what you wrote, and open the note again"
            }
            Self::TooLarge => "This is too much at once. Paste it in smaller pieces",
            Self::TooLong => "The note would be too long. Shorten it, or go on in another note",
            Self::TooMany => "Too many notes are open on this page. Close one",
        }
    }
}

/// A note, as the database has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Record {
    /// The note.
    pub id: NoteId,
    /// Whom it is about: `contact` or `company`.
    pub owner_kind: String,
    /// Their number.
    pub owner_id: i64,
    /// The text, in Markdown.
    pub body: String,
    /// Goes up by one a save.
    pub version: i64,
    /// Who wrote it, 0 for a program.
    pub author_id: TeammateId,
    /// Their name, if it was a teammate.
    pub author: Option<String>,
    /// When.
    pub created_at: Time,
    /// Who saved it last, 0 for nobody but the author.
    pub edited_by: TeammateId,
    /// Their name.
    pub editor: Option<String>,
    /// When it was last saved.
    pub updated_at: Time,
    /// Since when it is pinned; the epoch for not.
    pub pinned_at: Time,
    /// When it was deleted; the epoch for not.
    pub deleted_at: Time,
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
    /// Who saved it last and when, if it was saved again.
    pub edited: Option<(Option<String>, Stamp)>,
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

/// A text that a note had, or has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which.
    pub version: i64,
    /// Who wrote it last; nobody for a program.
    pub by: Option<String>,
    /// When.
    pub at: Stamp,
}

/// A note's text, without white space at its end and without signs that nobody can see.
///
/// # Errors
/// [`Error::Invalid`] unless it has 1 to 100,000 characters that can be seen, and no NUL.
pub fn clean_body(body: &str) -> Result<String, Error> {
    // A form sends CR LF; lines end in LF here, so that equal texts are equal.
    let body = body.replace("\r\n", "\n").replace('\r', "\n");
    let body: String =
        body.chars().filter(|c| matches!(c, '\n' | '\t' | '\0') || !c.is_control()).collect();
    let body = body.trim_end();
    if body.trim().is_empty() {
        return Err(Error::invalid("body", "write something first"));
    }
    if body.contains('\0') {
        return Err(Error::invalid("body", "the text has a character that cannot be kept (NUL)"));
    }
    let count = body.chars().count();
    if count > 100_000 {
        let message = format!("the text has {count} characters; 100000 is the most. Shorten it");
        return Err(Error::invalid("body", message));
    }
    Ok(body.to_owned())
}

#[cfg(test)]
mod tests {
    use super::clean_body;

    #[test]
    fn texts_are_bounded_and_visible() {
        assert_eq!(clean_body("  a\r\nb \n\n").as_deref(), Ok("  a\nb"));
        assert_eq!(clean_body("a\u{7}b\u{1b}[1m\u{85}\tc\rd").as_deref(), Ok("ab[1m\tc\nd"));
        assert!(clean_body(" \n\t\u{a0}").is_err());
        assert!(clean_body("\u{7}\u{8}").is_err());
        assert!(clean_body("a\0b").is_err());
        assert!(clean_body(&"é".repeat(100_000)).is_ok());
        assert!(clean_body(&"x".repeat(100_001)).is_err());
    }
}
