//! What the two sides of the socket say to each other.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::id::{CompanyId, ContactId, ConversationId, NoteId, TeammateId};
use crate::owner::Owner;

/// The code with which the server closes a socket whose session is over; those from 4000 on are free to use
/// (RFC 6455, 7.4.2).
pub const SIGNED_OUT: u16 = 4401;
/// How long a reply counts as under way after its last sign, in milliseconds: who writes one stops to think. The server
/// tells of it, and the browser shows it, for as long.
pub const REPLYING: u32 = 20_000;
/// How often the server says that it is there, in milliseconds, where it has nothing else to say.
pub const BEAT: u32 = 30_000;
/// After how long a silence the browser takes the connection for lost, in milliseconds. One that no packet goes through any
/// more, after a sleep or in a network that forgot it, ends for the browser only after many minutes.
pub const SILENCE: u32 = 45_000;

/// Something that a page shows and that can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// One person: profile and stream.
    Contact(ContactId),
    /// The list of people.
    People,
    /// One company: profile, people and stream.
    Company(CompanyId),
    /// The list of companies.
    Companies,
    /// Segments: how many each holds for, and how far it is filled.
    Segments,
    /// Outbound messages: how each stands and what it counts.
    Messages,
    /// One conversation.
    Conversation(ConversationId),
    /// The list of conversations.
    Inbox,
    /// What a teammate alone sees: how far they have read, and the views they keep.
    Mine(TeammateId),
    /// The workspace itself: team, keys, settings, jobs.
    Workspace,
    /// Who has seen the notes about someone.
    Looks(Owner),
    /// Who has seen the notes of a conversation.
    LooksIn(ConversationId),
    /// Webhooks: how each stands and what it was told. Admins alone.
    Webhooks,
    /// What a person's own Messenger shows. Only that follows it.
    Messenger(ContactId),
}

/// What a browser says over the socket.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromBrowser {
    /// Tell me when this changes; I know everything up to this number.
    Subscribe {
        /// What to follow.
        topic: Topic,
        /// The number that the page was made at.
        since: i64,
    },
    /// The page no longer shows this.
    Unsubscribe {
        /// What not to follow any more.
        topic: Topic,
    },
    /// I am writing in a conversation.
    Typing {
        /// Which.
        conversation: ConversationId,
        /// Whether it is for the team alone.
        note: bool,
        /// Whether nothing is being written any more.
        #[serde(default)]
        over: bool,
    },
    /// I have this conversation before me, or none; said again while it lasts.
    Here {
        /// Which.
        conversation: Option<ConversationId>,
    },
    /// Something about a note that is written together; it travels as it is (see [`notes::frame`](crate::notes::frame)).
    #[serde(skip)]
    Note(Vec<u8>),
    /// I no longer have this note open to write in.
    LeaveNote {
        /// Which.
        note: NoteId,
    },
}

/// A teammate, as the others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    /// Who.
    pub id: TeammateId,
    /// Their name.
    pub name: String,
}

/// What the server says over the socket.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromServer {
    /// This changed: ask again.
    Changed {
        /// What changed.
        topic: Topic,
        /// The number up to which it is known now.
        seq: i64,
    },
    /// The topic is followed, and nothing was missed.
    Following {
        /// What is followed.
        topic: Topic,
    },
    /// The topic does not exist, or is not the viewer's.
    Refused {
        /// What was asked for.
        topic: Topic,
    },
    /// Somebody is writing; it is over when this is not said again for a while.
    Typing {
        /// In which conversation.
        conversation: ConversationId,
        /// The teammate's name; `None` for the person.
        name: Option<String>,
        /// The teammate; `None` for the person.
        teammate: Option<TeammateId>,
        /// Whether it is for the team alone.
        note: bool,
        /// Whether it is over already.
        over: bool,
    },
    /// Who has a conversation open now, the receiver included; each teammate once.
    Present {
        /// Which.
        conversation: ConversationId,
        /// Who, in the order in which they came.
        who: Vec<Colleague>,
    },
    /// I am still here.
    Beat,
    /// Something about a note that is written together; it travels as it is (see [`notes::frame`](crate::notes::frame)).
    #[serde(skip)]
    Note(Arc<[u8]>),
}
