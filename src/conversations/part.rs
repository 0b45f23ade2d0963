//! What is said in a conversation: its parts, a run of them, and what is being written.

use serde::{Deserialize, Serialize};

use crate::attachments::Attachment;
use crate::error::Error;
use crate::id::{PartId, TeammateId};
use crate::notes::visible;
use crate::time::{Stamp, Time};

/// The longest text of a part, in characters.
pub const LONGEST: usize = 100_000;

/// What a part is to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    /// Said to the person, or by them.
    Message,
    /// For the team alone.
    Note,
}

impl PartKind {
    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Note => "note",
        }
    }
}

/// One thing said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its number.
    pub id: PartId,
    /// The id that the sender's page gave it.
    pub client_id: String,
    /// What it is to the person.
    pub kind: PartKind,
    /// Whether a teammate wrote it; else the person did.
    pub ours: bool,
    /// The teammate who wrote it; 0 for the person and for their product.
    pub teammate: TeammateId,
    /// Who wrote it.
    pub author: String,
    /// The text as it was typed; empty where it was deleted.
    pub body: String,
    /// The text as HTML that is safe to show, in which a note's boxes of task lists are buttons of a form; empty where it
    /// was deleted.
    pub html: String,
    /// When.
    pub at: Stamp,
    /// The heading of the day it was written on.
    pub day: String,
    /// When its text was last changed; the epoch for never.
    pub edited_at: Time,
    /// Who changed it last, where that was not its author alone: several where they wrote at once.
    pub edited_by: Vec<String>,
    /// What a save of its text has to name.
    pub version: i64,
    /// Whether its author took it back.
    pub deleted: bool,
    /// Whether it can be brought back then.
    pub returns: bool,
    /// The files that came with it.
    pub files: Vec<Attachment>,
}

/// A run of a conversation's parts, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// The parts.
    pub parts: Vec<Part>,
    /// Whether there are older ones.
    pub earlier: bool,
    /// Whether there are newer ones.
    pub later: bool,
}

/// Which run of parts is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The newest 50.
    Newest,
    /// The 50 before a part.
    Before(PartId),
    /// The 50 after a part.
    After(PartId),
    /// 25 before a part, the part, and 25 after it.
    Around(PartId),
    /// Everything from a part on; the newest 500 of it, where that is more.
    From(PartId),
}

/// What a teammate has begun to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// As what it would be said.
    pub kind: PartKind,
    /// The text so far.
    pub body: String,
    /// Goes up by one a save; 0 where nothing was saved.
    pub version: i64,
}

/// A text as it is kept: without white space around it and signs that nobody can see; its lines end in LF.
///
/// # Errors
/// [`Error::Invalid`] for nothing, for more than 100,000 characters, and for NUL.
pub fn clean(text: &str) -> Result<String, Error> {
    if text.contains('\0') {
        return Err(Error::invalid("body", "write plain text"));
    }
    // What nobody can see would be in the way of who writes in a note later, and says nothing to anybody.
    let text = visible(text).trim().to_owned();
    if text.is_empty() {
        return Err(Error::invalid("body", "write something first"));
    }
    if text.chars().count() > LONGEST {
        return Err(Error::invalid("body", "write at most 100,000 characters"));
    }
    Ok(text)
}

/// The text of a part that has files: it may be empty.
///
/// # Errors
/// As [`clean`], but for nothing.
pub fn clean_with_files(text: &str) -> Result<String, Error> {
    let nothing = visible(text).trim().is_empty() && !text.contains('\0');
    if nothing { Ok(String::new()) } else { clean(text) }
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn texts_are_trimmed_and_bounded() {
        assert_eq!(clean("  a\r\nb \n").as_deref(), Ok("a\nb"));
        assert_eq!(clean("a\rb\u{7}\tc").as_deref(), Ok("a\nb\tc"));
        assert!(clean(" \u{7} ").is_err());
        assert!(clean(" \n ").is_err());
        assert!(clean(&"x".repeat(100_001)).is_err());
        assert!(clean("a\0b").is_err());
    }
}
