//! Live pages: a socket carries hints that something changed, requests carry what it is now.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;
mod here;
#[cfg(feature = "ssr")]
mod rest;

use std::collections::HashMap;
use std::sync::Arc;

#[cfg(feature = "hydrate")]
use browser as socket;
#[cfg(not(feature = "hydrate"))]
use elsewhere as socket;
use futures::channel::mpsc::UnboundedSender;
pub use here::look_at;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
pub use rest::{beats, router};
use serde::{Deserialize, Serialize};

use crate::id::{CompanyId, ContactId, ConversationId, NoteId, TeammateId};
use crate::owner::Owner;

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

/// The code with which the server closes a socket whose session is over; those from 4000 on are free to use
/// (RFC 6455, 7.4.2).
pub const SIGNED_OUT: u16 = 4401;
/// How long a reply counts as under way after its last sign, in milliseconds: who writes one stops to think. The server
/// tells of it, and the browser shows it, for as long.
pub const REPLYING: u32 = 20_000;

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

/// How often the server says that it is there, in milliseconds, where it has nothing else to say.
pub const BEAT: u32 = 30_000;
/// After how long a silence the browser takes the connection for lost, in milliseconds. One that no packet goes through any
/// more, after a sleep or in a network that forgot it, ends for the browser only after many minutes.
pub const SILENCE: u32 = 45_000;

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

/// Somebody who is writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typist {
    /// In which conversation.
    pub conversation: ConversationId,
    /// The teammate's name; `None` for the person.
    pub name: Option<String>,
    /// The teammate; `None` for the person.
    pub teammate: Option<TeammateId>,
    /// Whether it is for the team alone.
    pub note: bool,
    /// Tells this sign from an earlier one.
    #[cfg_attr(
        not(feature = "hydrate"),
        allow(dead_code, reason = "only a browser hears of them")
    )]
    mark: u32,
}

impl Typist {
    /// Whether a teammate is answering the person, so that another answer would cross it.
    pub const fn replies(&self) -> bool {
        self.teammate.is_some() && !self.note
    }
}

/// A topic that the page follows: the newest number known, and who counts its changes.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser looks at them"))]
struct Followed {
    since: i64,
    versions: Vec<RwSignal<u32>>,
}

/// The browser's side of the socket, shared by the whole page.
#[derive(Clone, Copy)]
pub struct Live {
    /// Whether the connection is there; true until it is lost.
    pub online: RwSignal<bool>,
    /// Whether the session is over: the teammate signed out elsewhere, or was removed. Nothing is tried any more then.
    pub signed_out: RwSignal<bool>,
    /// Who is writing in the conversations that the page follows.
    pub typing: RwSignal<Vec<Typist>>,
    /// Who has which conversation open, as far as the page follows them.
    pub present: RwSignal<HashMap<ConversationId, Vec<Colleague>>>,
    /// Counts the connections of this page; 0 until the first stands.
    pub connections: RwSignal<u32>,
    /// Who hears what is said about a note that is open here.
    notes: StoredValue<HashMap<NoteId, UnboundedSender<Vec<u8>>>>,
    /// The conversation that the page shows.
    shown: StoredValue<Option<ConversationId>>,
    followed: StoredValue<HashMap<Topic, Followed>>,
    sender: StoredValue<Option<UnboundedSender<FromBrowser>>>,
}

impl Live {
    /// Makes the page's socket available below, and opens it in a browser.
    pub fn provide() -> Self {
        let live = Self {
            online: RwSignal::new(true),
            signed_out: RwSignal::new(false),
            typing: RwSignal::new(Vec::new()),
            present: RwSignal::new(HashMap::new()),
            connections: RwSignal::new(0),
            notes: StoredValue::new(HashMap::new()),
            shown: StoredValue::new(None),
            followed: StoredValue::new(HashMap::new()),
            sender: StoredValue::new(None),
        };
        provide_context(live);
        Effect::new(move |_| socket::start(live));
        live
    }

    /// Follows a topic from the number at which the page was made; `version` counts its changes. Several parts of a
    /// page may follow one topic.
    fn follow(self, topic: Topic, since: i64, version: RwSignal<u32>) {
        let told = self.followed.try_update_value(|all| match all.get_mut(&topic) {
            None => {
                all.insert(topic, Followed { since, versions: vec![version] });
                (true, false)
            }
            Some(followed) => {
                let new = !followed.versions.contains(&version);
                if new {
                    followed.versions.push(version);
                }
                // What the others heard of already, one that comes with an older number has missed.
                let missed = new && since < followed.since;
                followed.since = followed.since.max(since);
                (false, missed)
            }
        });
        let Some((first, missed)) = told else { return };
        if first {
            self.say(FromBrowser::Subscribe { topic, since });
        }
        if missed {
            version.try_update(|n| *n += 1);
        }
    }

    /// Stops following a topic for one of those who count its changes.
    fn leave(self, topic: Topic, version: RwSignal<u32>) {
        let over = self.followed.try_update_value(|all| {
            let Some(followed) = all.get_mut(&topic) else { return false };
            followed.versions.retain(|v| *v != version);
            let over = followed.versions.is_empty();
            if over {
                all.remove(&topic);
            }
            over
        });
        if over == Some(true) {
            self.say(FromBrowser::Unsubscribe { topic });
        }
    }

    /// Says that the teammate of this page is writing, to the person or to the team alone, or that they are not any
    /// more.
    pub fn typing_in(self, conversation: ConversationId, note: bool, over: bool) {
        self.say(FromBrowser::Typing { conversation, note, over });
    }

    /// Hears what is said about a note from now on.
    pub fn hear_note(self, note: NoteId, ear: UnboundedSender<Vec<u8>>) {
        self.notes.try_update_value(|all| all.insert(note, ear));
    }

    /// Whether somebody on this page hears what is said about a note.
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser asks"))]
    pub fn hears_note(self, note: NoteId) -> bool {
        self.notes.try_with_value(|all| all.contains_key(&note)) == Some(true)
    }

    /// Says something about a note; without a connection it is not said.
    pub fn say_note(self, message: Vec<u8>) {
        self.say(FromBrowser::Note(message));
    }

    /// The note is no longer open here.
    pub fn leave_note(self, note: NoteId) {
        self.notes.try_update_value(|all| all.remove(&note));
        self.say(FromBrowser::LeaveNote { note });
    }

    pub(crate) fn say(self, message: FromBrowser) {
        self.sender.try_with_value(|sender| {
            // Without a connection there is nobody to tell: all topics are named anew when it is back.
            sender.as_ref().map(|s| s.unbounded_send(message).is_ok())
        });
    }
}

/// Follows a topic for as long as the component stands, from the number of the newest answer on: `seq` reads it, and
/// `version` goes up whenever the topic changes. Without a socket it does nothing.
pub fn follow(
    topic: Topic,
    version: RwSignal<u32>,
    seq: impl Fn() -> Option<i64> + Send + Sync + 'static,
) {
    let Some(live) = use_context::<Live>() else { return };
    Effect::new(move |_| {
        if let Some(since) = seq() {
            live.follow(topic, since, version);
        }
    });
    on_cleanup(move || live.leave(topic, version));
}
