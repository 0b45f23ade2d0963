//! Notes: what the team writes down about a person, about a company, or in a conversation, in Markdown.

pub mod api;
#[cfg(feature = "ssr")]
pub mod document;
#[cfg(feature = "ssr")]
pub mod documents;
pub(crate) mod editor;
#[cfg(feature = "ssr")]
mod forgetting;
#[cfg(feature = "ssr")]
mod forms;
pub mod frame;
#[cfg(feature = "ssr")]
mod links;
#[cfg(feature = "ssr")]
pub mod looks;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
pub mod mentions;
#[cfg(feature = "ssr")]
mod merge;
#[cfg(feature = "ssr")]
mod named;
#[cfg(feature = "ssr")]
mod names;
#[cfg(feature = "ssr")]
mod offers;
mod pages;
mod paste;
#[cfg(feature = "ssr")]
mod projecting;
#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
pub mod rooms;
#[cfg(feature = "ssr")]
mod search;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
pub mod texts;
#[cfg(feature = "ssr")]
mod turns;
#[cfg(feature = "ssr")]
pub mod versions;
pub mod views;
#[cfg(feature = "ssr")]
mod words;
#[cfg(feature = "ssr")]
mod writers;

#[cfg(feature = "ssr")]
pub(crate) use forgetting::{forget_deleted, forget_later};
#[cfg(feature = "ssr")]
pub use forms::router as forms;
#[cfg(feature = "ssr")]
pub(crate) use links::Links;
pub use pages::{
    Found, FoundNotes, Look, Looks, Mention, Mentions, Note, Notes, Offer, Step, Written, address,
};
#[cfg(feature = "ssr")]
pub use paste::from_html;
pub(crate) use paste::visible;
#[cfg(feature = "ssr")]
pub(crate) use projecting::{
    forget_history, forget_text, keep_text, kept_text, looks_again, put_back, write_back,
};
#[cfg(feature = "ssr")]
pub use reading::{Shown, existing, find, of_owner, page, shown};
#[cfg(feature = "ssr")]
pub use rest::{router as rest, shape as to_json};
#[cfg(feature = "ssr")]
pub use search::search;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{add, delete, edit, pin, restore, restore_version, tick};
#[cfg(feature = "ssr")]
pub use words::write_words;
#[cfg(feature = "ssr")]
pub(crate) use words::{forget as forget_words, keep as keep_words};
#[cfg(feature = "ssr")]
pub(crate) use writers::Called;

use crate::attachments::Attachment;
use crate::error::Error;
use crate::id::{NoteId, TeammateId};
pub use crate::owner::Owner;
use crate::time::Time;

/// For how long a deleted note can be brought back: 30 days, in milliseconds.
pub const KEPT: i64 = 30 * 24 * 60 * 60 * 1000;

/// Where the browser's own form writes a note with pictures; what it wrote comes back under the name of the function that a
/// script would have called.
pub const FORM: &str = "/notes/form";

/// A picture of a note, in Markdown.
pub fn picture(file: &Attachment) -> String {
    let name = file.name.rsplit_once('.').map_or(file.name.as_str(), |(name, _)| name);
    let alt: String = name.chars().filter(|c| !"[]\\".contains(*c)).collect();
    format!("![{alt}]({})", file.href())
}

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
                "This could not be kept: it is no text, or has signs that nobody can see. Copy what you wrote, and open the note again"
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
    /// Whom it is about, `contact` or `company`; or that it stands in a `conversation`.
    pub owner_kind: String,
    /// Its number.
    pub owner_id: i64,
    /// The text, in Markdown.
    pub body: String,
    /// Goes up by one a save.
    pub version: i64,
    /// Who wrote it, 0 for a program.
    pub author_id: TeammateId,
    /// Their name, if it was a teammate.
    pub author: Option<String>,
    /// Their address, if it was a teammate.
    pub author_email: Option<String>,
    /// When.
    pub created_at: Time,
    /// Who saved it last, 0 for nobody but the author.
    pub edited_by: TeammateId,
    /// Their name.
    pub editor: Option<String>,
    /// Everybody who wrote in it then, where several did at once: a JSON list of their numbers; else nothing.
    pub together: String,
    /// When it was last saved.
    pub updated_at: Time,
    /// Since when it is pinned; the epoch for not.
    pub pinned_at: Time,
    /// When it was deleted; the epoch for not.
    pub deleted_at: Time,
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
