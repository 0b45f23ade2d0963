//! Conversations: what is said to people and by them, one thread each.

#[cfg(feature = "ssr")]
mod act;
#[cfg(feature = "ssr")]
mod adding;
pub mod api;
#[cfg(feature = "ssr")]
mod begin;
mod change;
#[cfg(feature = "ssr")]
mod counted;
#[cfg(feature = "ssr")]
mod counts;
#[cfg(feature = "ssr")]
mod drafts;
mod filter;
#[cfg(feature = "ssr")]
mod forms;
mod line;
#[cfg(feature = "ssr")]
mod list;
#[cfg(feature = "ssr")]
mod many;
#[cfg(feature = "ssr")]
mod mentions;
#[cfg(feature = "ssr")]
mod noted;
pub mod outbox;
mod part;
#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
mod reads;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
mod saved;
#[cfg(feature = "ssr")]
mod shift;
#[cfg(feature = "ssr")]
mod states;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
mod tagging;
#[cfg(feature = "ssr")]
mod thread;
mod view;
pub mod views;
#[cfg(feature = "ssr")]
mod waking;

#[cfg(feature = "ssr")]
pub use act::{act, undo};
pub use change::{Change, Done, Snooze, Standing, Undo};
#[cfg(feature = "ssr")]
pub use counted::Counted;
#[cfg(feature = "ssr")]
pub use counts::COUNTED;
#[cfg(feature = "ssr")]
pub use drafts::{drafts, save_draft};
pub use filter::{Filter, Order, Scope, State};
#[cfg(feature = "ssr")]
pub use forms::router as forms;
pub use line::{Line, Lines};
#[cfg(feature = "ssr")]
pub use list::{Asked, Range, list};
#[cfg(feature = "ssr")]
pub use many::{Begin, Opening, start_many};
#[cfg(feature = "ssr")]
pub use noted::{delete_note, restore_note};
#[cfg(feature = "ssr")]
pub(crate) use noted::{forget_note, name};
pub use part::{Draft, LONGEST, Part, PartKind, Parts, Window, clean, clean_with_files};
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
pub use shift::Moved;
#[cfg(feature = "ssr")]
pub use states::{assign, assign_team, close, put_back, reopen, set_priority, snooze, unsnooze};
#[cfg(feature = "ssr")]
pub use store::{Words, receive, receive_words, say, say_words, start};
#[cfg(feature = "ssr")]
pub use tagging::{tag, tags_of, untag};
#[cfg(feature = "ssr")]
pub use thread::{parts, thread};
pub use view::{Group, View, Views};
#[cfg(feature = "ssr")]
pub use waking::{wake_due, watch};

use crate::attachments::Attachment;
use crate::id::{PartId, TeammateId};

/// Where the browser's own form says something in a conversation; what it wrote comes back under it when it fails.
pub const SAY: &str = "/inbox/say";
/// Where the browser's own form begins a conversation.
pub const START: &str = "/inbox/start";

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
    /// The endings of files that are refused here, where they are not the usual ones.
    pub refused: Option<Vec<String>>,
}

/// Something that happened in a conversation besides what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// The heading of its day.
    pub day: String,
    /// What.
    pub line: crate::stream::Line,
}
