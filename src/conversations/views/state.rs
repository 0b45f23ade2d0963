//! What a thread's page knows, and what it shows of it. The parts that it has loaded are in `held.rs`, where the reader
//! stands is in `place.rs`.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::looks::looks_in;
use super::rows::{Row, rows};
use crate::answers::{Answer, ask, shared};
use crate::conversations::api::{DeletePart, ReadConversation};
use crate::conversations::outbox::{Entry, Item, Outbox};
use crate::conversations::{Part, PartKind, Thread};
use crate::error::Error;
use crate::id::{ConversationId, PartId, TeammateId};
use crate::live::{Topic, follow};
use crate::notes::Looks;
use crate::teammates::Viewer;
use crate::ui::{focus, fresh_id};

/// The state of one thread, shared by its parts and its composer.
#[derive(Clone, Copy)]
pub struct ThreadState {
    /// Which conversation.
    pub id: ConversationId,
    /// Who looks at it.
    pub me: TeammateId,
    /// Whether they run the workspace.
    admin: bool,
    /// The newest answer of the server.
    pub thread: Answer<Thread>,
    /// Who else has seen its notes.
    pub looks: Answer<Looks>,
    /// Counts the changes; going up asks again.
    pub version: RwSignal<u32>,
    /// What is to be quoted, and in what kind of part.
    pub quote: RwSignal<Option<(PartKind, String)>>,
    /// What was not sent and is to be written in again.
    pub back: RwSignal<Option<Item>>,
    /// Takes notes back.
    pub delete: ServerAction<DeletePart>,
    /// The notes that are being written in here.
    pub written: RwSignal<BTreeSet<PartId>>,
    /// Whether something was said below what is on the screen.
    pub below: RwSignal<bool>,
    /// Why more could not be loaded.
    pub failed: RwSignal<Option<Error>>,
    /// The id of what a form without a script would send: made here, once for the server and the browser.
    pub first_id: StoredValue<String>,
    /// Everything loaded so far, beside the newest answer.
    pub(super) held: RwSignal<BTreeMap<PartId, Part>>,
    /// Whether there is more before what is held.
    pub(super) earlier: RwSignal<bool>,
    /// The part around which the thread was opened; nothing at its end.
    pub(super) around: RwSignal<Option<PartId>>,
    pub(super) from: RwSignal<Option<PartId>>,
    pub(super) at_end: RwSignal<bool>,
    pub(super) loading: RwSignal<bool>,
    pub(super) outbox: Option<Outbox>,
}

impl ThreadState {
    /// Reads a thread and follows it.
    pub fn provide(id: ConversationId) -> Self {
        let named = use_query_map().with_untracked(|q| q.get("part"));
        let around = RwSignal::new(named.and_then(|part| part.parse().ok()));
        let from = RwSignal::new(None);
        let version = RwSignal::new(0_u32);
        let thread = ask(move || {
            version.track();
            ReadConversation { id, around: around.get_untracked(), from: from.get_untracked() }
        });
        let viewer = use_context::<Option<Viewer>>().flatten();
        let held = RwSignal::new(BTreeMap::new());
        let outbox = use_context();
        let state = Self {
            id,
            me: viewer.as_ref().map_or(TeammateId(0), |v| v.id),
            admin: viewer.is_some_and(|v| v.role.can_configure()),
            thread,
            looks: looks_in(id, around),
            version,
            quote: RwSignal::new(None),
            back: RwSignal::new(None),
            delete: ServerAction::new(),
            written: RwSignal::new(BTreeSet::new()),
            below: RwSignal::new(false),
            failed: RwSignal::new(None),
            first_id: StoredValue::new(shared(&format!("first-id-{id}"), fresh_id)),
            held,
            earlier: RwSignal::new(false),
            around,
            from,
            at_end: RwSignal::new(around.get_untracked().is_none()),
            loading: RwSignal::new(false),
            outbox,
        };
        state.follow();
        state.take_in();
        state
    }

    fn follow(self) {
        let Self { id, thread, version, .. } = self;
        follow(Topic::Conversation(id), version, move || Some(thread.get()?.ok()?.seq));
        if let Some(outbox) = self.outbox {
            Effect::new(move |before: Option<u32>| {
                let taken = outbox.taken.get();
                if before.is_some_and(|before| before != taken) {
                    self.version.update(|n| *n += 1);
                }
                taken
            });
        }
        Effect::new(move |_| {
            if let Some(Ok(part)) = self.delete.value().get() {
                self.written.update(|written| _ = written.remove(&part));
                self.version.update(|n| *n += 1);
            }
        });
        Effect::new(move |_| {
            if let Some(DeletePart { part, .. }) = self.delete.input().get() {
                focus::land(format!("#part-{part} .part-gone button"));
            }
        });
    }

    /// Everything to show, in order. To be called within the thread's `Transition`, which waits for it.
    pub fn rows(self) -> Memo<Vec<Row>> {
        let rows = Memo::new(move |_| self.all_rows());
        self.stand(rows);
        rows
    }

    /// Whether who looks may take a note back, and bring it back.
    pub fn may_end(self, part: &Part) -> bool {
        part.kind == PartKind::Note && (self.admin || (part.ours && part.teammate == self.me))
    }

    /// Whether a deleted part can be brought back here.
    pub fn may_return(self, part: &Part) -> bool {
        part.returns && self.may_end(part)
    }

    fn all_rows(self) -> Vec<Row> {
        let Self { id, thread, held, outbox, written, .. } = self;
        let Some(Ok(thread)) = thread.get() else { return Vec::new() };
        let mut all = held.get();
        // Before the page is live, and in the moment before an answer is taken in, it stands for itself.
        let first = thread.parts.parts.first().map(|p| p.id);
        let apart = all.last_key_value().is_some_and(|(last, _)| first.is_some_and(|f| f > *last));
        if apart && thread.parts.earlier {
            all.clear();
        }
        all.extend(thread.parts.parts.into_iter().map(|p| (p.id, p)));
        let on_its_way = |e: &&Entry| e.item.conversation == id;
        let waiting = outbox.map_or_else(Vec::new, |outbox| {
            outbox.entries.with(|all| all.iter().filter(on_its_way).cloned().collect())
        });
        written.with(|written| {
            rows(all.into_values().collect(), thread.happened, waiting, thread.read, written)
        })
    }
}
