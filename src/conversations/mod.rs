//! Conversations: what is said to people and by them, one thread each.

pub mod api;
#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
mod states;
#[cfg(feature = "ssr")]
mod store;
pub mod views;

#[cfg(feature = "ssr")]
pub use reading::{find, list, of_contact, texts, thread};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use states::{assign, close, reopen};
#[cfg(feature = "ssr")]
pub use store::{receive, say, start};

use crate::error::Error;
use crate::id::{ContactId, ConversationId, PartId, TeammateId};
use crate::time::Stamp;

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

/// Which conversations a list has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shelf {
    /// Those that are open.
    #[default]
    Open,
    /// Those that are closed.
    Closed,
}

impl Shelf {
    /// The word in the database and in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// The shelf that an address names; open ones where it names none.
    pub fn from_word(word: Option<&str>) -> Self {
        if word == Some("closed") { Self::Closed } else { Self::Open }
    }
}

/// One thing said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its number.
    pub id: PartId,
    /// What it is to the person.
    pub kind: PartKind,
    /// Whether a teammate wrote it; else the person did.
    pub ours: bool,
    /// Who wrote it.
    pub author: String,
    /// The text as HTML that is safe to show.
    pub html: String,
    /// When.
    pub at: Stamp,
}

/// One conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which.
    pub id: ConversationId,
    /// With whom.
    pub contact: ContactId,
    /// Their name.
    pub title: String,
    /// The beginning of the newest part.
    pub last: String,
    /// Whether the newest part is for the team alone.
    pub last_is_note: bool,
    /// When something last happened.
    pub at: Stamp,
    /// Whether it is open.
    pub open: bool,
    /// Whether something said to the person has not reached them.
    pub waiting: bool,
    /// Who looks after it.
    pub assignee: Option<String>,
}

/// A part of a list of conversations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// The number up to which this is true.
    pub seq: i64,
    /// The conversations, the last touched first.
    pub lines: Vec<Line>,
    /// What to ask for the next part, if there is one.
    pub next: Option<String>,
}

/// A conversation whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// The number up to which this is true.
    pub seq: i64,
    /// What a list says of it.
    pub line: Line,
    /// The newest 500 parts, the oldest of them first.
    pub parts: Vec<Part>,
    /// Who looks after it, 0 for nobody.
    pub assignee: TeammateId,
    /// Who may.
    pub teammates: Vec<(TeammateId, String)>,
    /// Whether the person is blocked, so that nobody writes to them.
    pub blocked: bool,
}

/// A text as it is kept: without white space around it.
///
/// # Errors
/// [`Error::Invalid`] for nothing, for more than 100,000 characters, and for NUL.
pub fn clean(text: &str) -> Result<String, Error> {
    let text = text.trim().replace("\r\n", "\n");
    if text.is_empty() {
        return Err(Error::invalid("body", "write something first"));
    }
    if text.chars().count() > LONGEST {
        return Err(Error::invalid("body", "write at most 100,000 characters"));
    }
    if text.contains('\0') {
        return Err(Error::invalid("body", "write plain text"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn texts_are_trimmed_and_bounded() {
        assert_eq!(clean("  a\r\nb \n").as_deref(), Ok("a\nb"));
        assert!(clean(" \n ").is_err());
        assert!(clean(&"x".repeat(100_001)).is_err());
        assert!(clean("a\0b").is_err());
    }
}
