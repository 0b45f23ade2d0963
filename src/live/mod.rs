//! Live pages: a socket carries hints that something changed, requests carry what it is now.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;
#[cfg(feature = "ssr")]
mod rest;

use std::collections::HashMap;

#[cfg(feature = "hydrate")]
use browser as socket;
#[cfg(not(feature = "hydrate"))]
use elsewhere as socket;
use futures::channel::mpsc::UnboundedSender;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
pub use rest::router;
use serde::{Deserialize, Serialize};

use crate::id::{CompanyId, ContactId, ConversationId, TeammateId};

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
    /// One conversation.
    Conversation(ConversationId),
    /// The list of conversations.
    Inbox,
    /// What a teammate alone sees: how far they have read, and the views they keep.
    Mine(TeammateId),
    /// The workspace itself: team, keys, settings, jobs.
    Workspace,
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
    },
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
    /// Somebody is writing; it is over after five seconds in which this is not said again.
    Typing {
        /// In which conversation.
        conversation: ConversationId,
        /// The teammate's name; `None` for the person.
        name: Option<String>,
        /// The teammate; `None` for the person.
        teammate: Option<TeammateId>,
    },
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
    /// Tells this sign from an earlier one.
    #[cfg_attr(
        not(feature = "hydrate"),
        allow(dead_code, reason = "only a browser hears of them")
    )]
    mark: u32,
}

/// A topic that the page follows: the newest number known, and the count of its changes.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser looks at them"))]
struct Followed {
    since: i64,
    version: RwSignal<u32>,
}

/// The browser's side of the socket, shared by the whole page.
#[derive(Clone, Copy)]
pub struct Live {
    /// Whether the connection is there; true until it is lost.
    pub online: RwSignal<bool>,
    /// Who is writing in the conversations that the page follows.
    pub typing: RwSignal<Vec<Typist>>,
    followed: StoredValue<HashMap<Topic, Followed>>,
    sender: StoredValue<Option<UnboundedSender<FromBrowser>>>,
}

impl Live {
    /// Makes the page's socket available below, and opens it in a browser.
    pub fn provide() -> Self {
        let live = Self {
            online: RwSignal::new(true),
            typing: RwSignal::new(Vec::new()),
            followed: StoredValue::new(HashMap::new()),
            sender: StoredValue::new(None),
        };
        provide_context(live);
        Effect::new(move |_| socket::start(live));
        live
    }

    /// Follows a topic from the number at which the page was made; `version` counts its changes.
    pub fn follow(self, topic: Topic, since: i64, version: RwSignal<u32>) {
        let known = self
            .followed
            .try_update_value(|all| all.insert(topic, Followed { since, version }))
            .flatten();
        if known.is_none() {
            self.say(FromBrowser::Subscribe { topic, since });
        }
    }

    /// Stops following a topic.
    pub fn leave(self, topic: Topic) {
        self.followed.try_update_value(|all| all.remove(&topic));
        self.say(FromBrowser::Unsubscribe { topic });
    }

    /// Says that the teammate of this page is writing, to the person or to the team alone.
    pub fn typing_in(self, conversation: ConversationId, note: bool) {
        self.say(FromBrowser::Typing { conversation, note });
    }

    fn say(self, message: FromBrowser) {
        self.sender.try_with_value(|sender| {
            // Without a connection there is nobody to tell: all topics are named anew when it is back.
            sender.as_ref().map(|s| s.unbounded_send(message).is_ok())
        });
    }
}
