//! Conversations: what is said to people and by them, one thread each.

#[cfg(feature = "ssr")]
mod act;
pub mod api;
#[cfg(feature = "ssr")]
mod begin;
mod change;
#[cfg(feature = "ssr")]
mod counted;
#[cfg(feature = "ssr")]
mod drafts;
mod filter;
#[cfg(feature = "ssr")]
mod forms;
#[cfg(feature = "ssr")]
mod list;
#[cfg(feature = "ssr")]
mod many;
#[cfg(feature = "ssr")]
mod mentions;
#[cfg(feature = "ssr")]
mod noted;
pub mod outbox;
#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
mod reads;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
mod saved;
#[cfg(feature = "ssr")]
mod states;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
mod tagging;
#[cfg(feature = "ssr")]
mod thread;
pub mod views;
#[cfg(feature = "ssr")]
mod waking;

#[cfg(feature = "ssr")]
pub use act::{act, undo};
pub use change::{Change, Done, Snooze, Standing, Undo};
#[cfg(feature = "ssr")]
pub use counted::Counted;
#[cfg(feature = "ssr")]
pub use drafts::{drafts, save_draft};
pub use filter::{Filter, Order, Scope, State};
#[cfg(feature = "ssr")]
pub use forms::router as forms;
#[cfg(feature = "ssr")]
pub use list::{Asked, COUNTED, Range, list};
#[cfg(feature = "ssr")]
pub use many::{Begin, Opening, start_many};
#[cfg(feature = "ssr")]
pub use noted::{delete_note, restore_note};
#[cfg(feature = "ssr")]
pub(crate) use noted::{forget_note, name};
#[cfg(feature = "ssr")]
pub use reading::{beginning, find, of_contact, texts};
#[cfg(feature = "ssr")]
pub use reads::{mark_read, mark_unread};
#[cfg(feature = "ssr")]
pub use rest::{notified, router as rest};
#[cfg(feature = "ssr")]
pub use saved::{delete_view, name_of, save_view, views};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use states::{
    Moved, assign, assign_team, close, put_back, reopen, set_priority, snooze, unsnooze,
};
#[cfg(feature = "ssr")]
pub use store::{Words, receive, receive_words, say, say_words, start};
#[cfg(feature = "ssr")]
pub use tagging::{tag, tags_of, untag};
#[cfg(feature = "ssr")]
pub use thread::{parts, thread};
#[cfg(feature = "ssr")]
pub use waking::{wake_due, watch};

use crate::attachments::Attachment;
use crate::error::Error;
use crate::id::{ContactId, ConversationId, PartId, TagId, TeamId, TeammateId, ViewId};
use crate::time::{Stamp, Time};

/// Where the browser's own form says something in a conversation; what it wrote comes back under it when it fails.
pub const SAY: &str = "/inbox/say";
/// Where the browser's own form begins a conversation.
pub const START: &str = "/inbox/start";
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
    /// Who changed it last, where that was not its author.
    pub edited_by: Option<String>,
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

/// One conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which.
    pub id: ConversationId,
    /// With whom.
    pub contact: ContactId,
    /// Their name.
    pub title: String,
    /// The address of their picture on this site, if there is one.
    pub picture: Option<String>,
    /// The company that they have been in for longest.
    pub company: Option<String>,
    /// The beginning of the newest part.
    pub last: String,
    /// Whether the newest part is for the team alone.
    pub last_is_note: bool,
    /// The newest part's number, 0 for none.
    pub last_part: i64,
    /// When something last happened.
    pub at: Stamp,
    /// Since when the person waits for an answer, where they do.
    pub waits: Option<Stamp>,
    /// Where on its way.
    pub state: State,
    /// Until when it is put off, in words.
    pub snoozed: Option<String>,
    /// Whether something said to the person has not reached them.
    pub waiting: bool,
    /// Who looks after it.
    pub assignee: Option<String>,
    /// Their number, 0 for nobody.
    pub assignee_id: TeammateId,
    /// Which team looks after it.
    pub team: Option<String>,
    /// Its number, 0 for none.
    pub team_id: TeamId,
    /// Whether it is answered first.
    pub priority: bool,
    /// Whether the viewer has not read the newest part.
    pub unread: bool,
    /// Its tags, by name.
    pub tags: Vec<(TagId, String)>,
}

impl Line {
    /// Whether it is not closed.
    pub fn is_open(&self) -> bool {
        self.state != State::Closed
    }

    /// Whether another answer says something else of it than that time went by and the viewer read it.
    pub fn differs(&self, other: &Self) -> bool {
        let still = |line: &Self| {
            let mut line = Self { unread: false, ..line.clone() };
            line.at.ago.clear();
            line.waits.iter_mut().for_each(|waits| waits.ago.clear());
            line
        };
        still(self) != still(other)
    }
}

/// A part of a list of conversations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// The number up to which this is true.
    pub seq: i64,
    /// The conversations, in the order that was asked for.
    pub lines: Vec<Line>,
    /// What to ask for the next part, if there is one.
    pub next: Option<String>,
}

/// Where a view stands beside the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// The ones that everybody has.
    Main,
    /// Those that the viewer keeps.
    Kept,
    /// Those that the team keeps.
    Shared,
    /// One for each team.
    Team,
    /// One for each teammate.
    Teammate,
    /// One for each tag that conversations have.
    Tag,
    /// One for each segment that somebody is in.
    Segment,
}

/// A list of conversations that stands beside the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Where.
    pub group: Group,
    /// What it is called.
    pub name: String,
    /// What it has.
    pub filter: Filter,
    /// Its number, where somebody keeps it.
    pub saved: Option<ViewId>,
    /// How many conversations it has, 1,000 for that many and more.
    pub count: i64,
}

impl View {
    /// The count as it is shown: nothing for none, `999+` beyond 999.
    pub fn counted(&self) -> String {
        match self.count {
            0 => String::new(),
            n @ 1..=999 => n.to_string(),
            _ => "999+".into(),
        }
    }
}

/// Every view, and what menus offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Views {
    /// The number up to which this is true.
    pub seq: i64,
    /// The views, group by group.
    pub views: Vec<View>,
    /// Teams that conversations can be given to, by name.
    pub teams: Vec<(TeamId, String)>,
    /// Teammates that conversations can be given to, by name.
    pub teammates: Vec<(TeammateId, String)>,
    /// Names of tags, to suggest.
    pub tags: Vec<String>,
    /// When the viewer's day ends.
    pub midnight: Time,
    /// Whether what is put off now until later today comes back before that.
    pub later_today: bool,
}

/// A conversation whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// The number up to which this is true.
    pub seq: i64,
    /// What a list says of it.
    pub line: Line,
    /// What was said, as far as it was asked for.
    pub parts: Parts,
    /// The newest part that the person has had on their screen, 0 for none.
    pub read: PartId,
    /// What the viewer has begun to write here.
    pub drafts: Vec<Draft>,
    /// The files that the viewer has attached here and not sent.
    pub unsent: Vec<Attachment>,
    /// What happened besides, the oldest first.
    pub happened: Vec<Happened>,
    /// Who looks after it, 0 for nobody.
    pub assignee: TeammateId,
    /// Who may.
    pub teammates: Vec<(TeammateId, String)>,
    /// Whether the person is blocked, so that nobody writes to them.
    pub blocked: bool,
}

/// Something that happened in a conversation besides what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// The heading of its day.
    pub day: String,
    /// What.
    pub line: crate::stream::Line,
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

/// The text of a part that has files: it may be empty.
///
/// # Errors
/// As [`clean`], but for nothing.
pub fn clean_with_files(text: &str) -> Result<String, Error> {
    if text.trim().is_empty() && !text.contains('\0') { Ok(String::new()) } else { clean(text) }
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
