//! A part of a stream as a page shows it.

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::id::{ContactId, NoteId};
use crate::time::Stamp;
use crate::ui::Fact;

/// One thing that happened, as the stream shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number in the log, which is its permanent link.
    pub seq: i64,
    /// What kind of thing.
    pub kind: Kind,
    /// The teammate who did it, if one did.
    pub actor: Option<String>,
    /// In a company's stream, whom of its people it is about.
    pub person: Option<(ContactId, String)>,
    /// The event's, tag's or company's name; empty where there is none.
    pub name: String,
    /// What was written, as HTML that is safe to show; empty where nothing was.
    pub html: String,
    /// The deleted note that can be brought back here.
    pub deleted: Option<NoteId>,
    /// Where it leads, where that is another page.
    pub href: Option<String>,
    /// When, by the sender's account.
    pub at: Stamp,
    /// Names and values that belong to it.
    pub detail: Vec<Fact>,
}

/// Lines of one kind and name in a row, folded: the newest first, never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fold {
    /// The newest.
    pub newest: Line,
    /// The older ones in the row.
    pub rest: Vec<Line>,
}

impl Fold {
    /// The number of its oldest line, by which it is known while newer ones join it.
    pub fn oldest(&self) -> i64 {
        self.rest.last().unwrap_or(&self.newest).seq
    }
}

/// What happened on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The heading.
    pub title: String,
    /// What happened, newest first.
    pub folds: Vec<Fold>,
}

/// Where in a stream a part of it begins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// With the newest entry.
    #[default]
    Newest,
    /// After this cursor in reading order, as [`Page::older`] gave it.
    Before(String),
    /// Up to this cursor in reading order, as [`Page::newer`] gave it: what is newer.
    After(String),
    /// A few entries before the one of this number, so that it is seen among those around it.
    At(i64),
}

/// A part of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Its days, newest first.
    pub days: Vec<Day>,
    /// The entry around which it is, if one was asked for.
    pub at: Option<i64>,
    /// What to ask for the part before it, if there is one.
    pub newer: Option<String>,
    /// What to ask for the part that follows, if there is one.
    pub older: Option<String>,
}
