//! What was written and is on its way: shown at once, kept in the browser until the server has it, and sent again
//! under the same id, so that nothing is lost and nothing is said twice.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
use browser as post;
#[cfg(not(feature = "hydrate"))]
use elsewhere as post;
use futures::channel::mpsc::UnboundedSender;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::PartKind;
use crate::attachments::Attachment;
use crate::error::Error;
use crate::id::{ConversationId, TeammateId};
use crate::live::Live;

/// Something that is to be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The id that makes it one part, however often it is sent.
    pub client_id: String,
    /// Who wrote it: another who signs in here does not send it.
    pub teammate: TeammateId,
    /// Where it is said.
    pub conversation: ConversationId,
    /// As what.
    pub kind: PartKind,
    /// The text.
    pub body: String,
    /// The files that come with it.
    pub files: Vec<Attachment>,
    /// When it was written, by this browser's clock: the order of sending.
    pub written: i64,
}

/// Something on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What is to be said.
    pub item: Item,
    /// Why it was not sent the last time.
    pub failed: Option<Error>,
    /// Whether the server has it, so that the thread shows it any moment.
    pub sent: bool,
}

impl Entry {
    /// Whether it is tried again by itself: a lost connection comes back, a refusal stays one.
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser sends"))]
    fn goes_on(&self) -> bool {
        !self.sent && matches!(self.failed, None | Some(Error::Unreachable))
    }
}

/// Everything on its way from this tab, in the order of writing.
#[derive(Clone, Copy)]
pub struct Outbox {
    /// What is on its way.
    pub entries: RwSignal<Vec<Entry>>,
    /// Goes up when the server has taken something.
    pub taken: RwSignal<u32>,
    me: TeammateId,
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser sends"))]
    bell: StoredValue<Option<UnboundedSender<()>>>,
}

impl Outbox {
    /// Makes the outbox of a teammate available below; in a browser what was kept is sent, once the page is the browser's:
    /// the server knows nothing of it, and what it sent must be found as it was.
    pub fn provide(me: TeammateId, live: Live, settled: ArcRwSignal<bool>) {
        let outbox = Self {
            entries: RwSignal::new(Vec::new()),
            taken: RwSignal::new(0),
            me,
            bell: StoredValue::new(None),
        };
        provide_context(outbox);
        Effect::new(move |started: Option<bool>| {
            let settled = settled.get();
            if settled && started != Some(true) {
                post::start(outbox);
            }
            settled
        });
        Effect::new(move |_| {
            if live.online.get() {
                outbox.ring();
            }
        });
    }

    /// Sends something; the thread shows it at once.
    pub fn send(
        self,
        conversation: ConversationId,
        kind: PartKind,
        body: String,
        files: Vec<Attachment>,
    ) {
        let client_id = crate::ui::fresh_id();
        let written = post::now();
        let item = Item { client_id, teammate: self.me, conversation, kind, body, files, written };
        post::keep(&item);
        self.entries.update(|all| all.push(Entry { item, failed: None, sent: false }));
        self.ring();
    }

    /// Tries again under the same id.
    pub fn retry(self, client_id: &str) {
        self.mark(client_id, |entry| entry.failed = None);
        self.ring();
    }

    /// Gives something up; answers what it was.
    pub fn take_back(self, client_id: &str) -> Option<Item> {
        post::forget(client_id);
        let mut taken = None;
        self.entries.update(|all| {
            let at = all.iter().position(|e| e.item.client_id == client_id);
            taken = at.map(|at| all.remove(at).item);
        });
        taken
    }

    /// Forgets what the thread shows as said.
    pub fn shown(self, client_ids: &[String]) {
        let known = |e: &Entry| e.sent && client_ids.contains(&e.item.client_id);
        if self.entries.with_untracked(|all| all.iter().any(known)) {
            self.entries.update(|all| all.retain(|e| !known(e)));
        }
    }

    fn mark(self, client_id: &str, change: impl FnOnce(&mut Entry)) {
        self.entries.try_update(|all| {
            if let Some(entry) = all.iter_mut().find(|e| e.item.client_id == client_id) {
                change(entry);
            }
        });
    }

    fn ring(self) {
        // Before the page is live nobody listens yet; what waits is sent then.
        self.bell.try_with_value(|bell| bell.as_ref().map(|b| b.unbounded_send(()).is_ok()));
    }
}
