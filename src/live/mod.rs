//! Live pages: a socket carries hints that something changed, requests carry what it is now.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;
mod here;
#[cfg(feature = "ssr")]
mod rest;
mod said;

use std::collections::HashMap;

#[cfg(feature = "hydrate")]
use browser as socket;
#[cfg(not(feature = "hydrate"))]
use elsewhere as socket;
use futures::channel::mpsc::UnboundedSender;
pub use here::look_at;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
pub use rest::{beats, router};
pub use said::{BEAT, Colleague, FromBrowser, FromServer, REPLYING, SIGNED_OUT, SILENCE, Topic};

use crate::id::{ConversationId, NoteId, TeammateId};

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
