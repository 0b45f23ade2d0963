//! Being told: which news makes a sound or a notification for a teammate, and when it stays quiet.

pub mod api;
pub mod device;
#[cfg(feature = "ssr")]
mod news;
#[cfg(feature = "ssr")]
pub mod push;
#[cfg(feature = "ssr")]
mod quiet;
pub mod ring;
#[cfg(feature = "ssr")]
mod store;
pub mod views;

#[cfg(feature = "ssr")]
pub use news::news;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{alerts, save};

use crate::id::{ConversationId, DeviceId, NoteId};
use crate::notes::{self, Owner};
use crate::time::Stamp;

/// Which news a teammate is told of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// What people write in conversations that they look after, and notes that name them.
    Mine,
    /// What people write in any conversation, and notes that name them.
    #[default]
    Inbox,
    /// Nothing.
    Nothing,
}

impl About {
    /// Every choice with its words for the settings page.
    pub const ALL: [(Self, &'static str, &'static str); 3] = [
        (
            Self::Inbox,
            "inbox",
            "Everything new in the inbox, what I am given, and notes that name me",
        ),
        (Self::Mine, "mine", "My conversations, what I am given, and notes that name me"),
        (Self::Nothing, "nothing", "Nothing"),
    ];

    /// The word in the database and in forms.
    pub fn word(self) -> &'static str {
        // Every choice has a row; the fallback is for the compiler.
        Self::ALL
            .into_iter()
            .find(|(about, ..)| *about == self)
            .map_or("inbox", |(_, word, _)| word)
    }

    /// The choice of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, w, _)| *w == word).map(|(about, ..)| about)
    }
}

/// Hours in which a teammate is told of nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// Whether they are kept.
    pub on: bool,
    /// When they begin, in minutes since midnight.
    pub from: u16,
    /// When they end, in minutes since midnight: on the next day unless it is later than the beginning.
    pub to: u16,
    /// On which days they begin, Monday first.
    pub days: [bool; 7],
    /// The IANA time zone of these times; empty for the workspace's.
    pub time_zone: String,
}

/// How a teammate wants to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alerts {
    /// Whether a sound is made.
    pub sound: bool,
    /// Whether browsers show notifications, those in which they are allowed.
    pub browser: bool,
    /// Of what.
    pub about: About,
    /// When not.
    pub quiet: Quiet,
}

impl Default for Alerts {
    fn default() -> Self {
        let quiet = Quiet {
            on: false,
            from: 19 * 60,
            to: 8 * 60,
            days: [true; 7],
            time_zone: String::new(),
        };
        Self { sound: true, browser: true, about: About::default(), quiet }
    }
}

/// A minute of the day as a field of a form has it: `08:30`.
pub fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The settings with what their page offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// How the viewer wants to be told.
    pub alerts: Alerts,
    /// The workspace's time zone.
    pub time_zone: String,
    /// Every time zone to choose from.
    pub zones: Vec<String>,
    /// The viewer's browsers that are told while no page is open, the one that asks first.
    pub devices: Vec<Device>,
    /// The installation's key, which a browser is asked to be told by.
    pub push_key: String,
}

/// A browser that is told while no page of Rapport is open in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Which.
    pub id: DeviceId,
    /// The browser and its system.
    pub name: String,
    /// When it was added.
    pub since: Stamp,
    /// When it was told of something last.
    pub told: Option<Stamp>,
    /// Whether it is the one that asks.
    pub here: bool,
}

/// Where something new is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// In a conversation.
    Conversation(ConversationId),
    /// In a note about someone.
    Note(NoteId, Owner),
}

impl Place {
    /// The address of the page that shows it.
    pub fn address(self) -> String {
        match self {
            Self::Conversation(id) => format!("/inbox/{id}"),
            Self::Note(note, owner) => notes::address(owner, note),
        }
    }

    /// One word for it. What is told of it takes the place of what was told of it before.
    pub fn word(self) -> String {
        match self {
            Self::Conversation(id) => format!("conversation-{id}"),
            Self::Note(note, _) => format!("note-{note}"),
        }
    }
}

/// Something that a teammate is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its number in the log.
    pub seq: i64,
    /// Where.
    pub place: Place,
    /// Who wrote, and for a note that names the teammate, that they did.
    pub title: String,
    /// The beginning of what they wrote.
    pub text: String,
}

/// What is new for a teammate since a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// The number up to which this is true.
    pub seq: i64,
    /// How many open conversations of theirs they have not read, 1,000 for that many and more.
    pub unread: i64,
    /// Whether a sound is made.
    pub sound: bool,
    /// Whether a notification is shown.
    pub browser: bool,
    /// What they are told of, the oldest first; nothing in quiet hours.
    pub items: Vec<Item>,
}
