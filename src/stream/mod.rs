//! The stream: everything that happened with someone, newest first, grouped by day.

pub mod api;
#[cfg(feature = "ssr")]
mod store;
pub mod views;

use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{Asked, changed_since, last_seq, page};

use crate::time::Stamp;

/// What an entry of the activity log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Someone did something in the customer's product.
    Event,
    /// A tag was added.
    TagAdded,
    /// A tag was taken off.
    TagRemoved,
    /// Facts about someone were sent.
    AttributesChanged,
    /// Someone became known.
    ContactCreated,
}

/// Which entries a stream shows: one type at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// What they did in the product.
    Event,
    /// Tags added and taken off.
    Tag,
    /// Data that changed.
    Change,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Event,
        Self::TagAdded,
        Self::TagRemoved,
        Self::AttributesChanged,
        Self::ContactCreated,
    ];

    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::TagAdded => "tag_added",
            Self::TagRemoved => "tag_removed",
            Self::AttributesChanged => "attributes_changed",
            Self::ContactCreated => "contact_created",
        }
    }

    /// The kind that the database calls so.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }

    /// The type of the stream that it belongs to.
    pub const fn facet(self) -> Facet {
        match self {
            Self::Event => Facet::Event,
            Self::TagAdded | Self::TagRemoved => Facet::Tag,
            Self::AttributesChanged | Self::ContactCreated => Facet::Change,
        }
    }
}

impl Facet {
    /// Every type with the word of its tab, in the order of the tabs.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Event, "Events"), (Self::Tag, "Tags"), (Self::Change, "Data changes")];

    /// The word in the database and in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Tag => "tag",
            Self::Change => "change",
        }
    }

    /// The type that an address names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().map(|(f, _)| f).find(|f| f.word() == word)
    }
}

/// One thing that happened, as the stream shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number in the log, which is its permanent link.
    pub seq: i64,
    /// What kind of thing.
    pub kind: Kind,
    /// The teammate who did it, if one did.
    pub actor: Option<String>,
    /// The event's or the tag's name; empty where there is none.
    pub name: String,
    /// When, by the sender's account.
    pub at: Stamp,
    /// Names and values that belong to it.
    pub detail: Vec<(String, String)>,
}

/// Lines of one kind and name in a row, folded: the newest first, never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fold {
    /// The newest.
    pub newest: Line,
    /// The older ones in the row.
    pub rest: Vec<Line>,
}

/// What happened on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The heading.
    pub title: String,
    /// What happened, newest first.
    pub folds: Vec<Fold>,
}

/// A part of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Its days, newest first.
    pub days: Vec<Day>,
    /// What to ask for the part that follows, if there is one.
    pub older: Option<String>,
}
