//! What a thread's page knows: the parts that it has loaded, what is on its way, and where the reader stands.

use std::collections::{BTreeMap, BTreeSet};

use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

use super::looks::looks_in;
use super::rows::{Row, rows};
use crate::answers::{Answer, ask, shared};
use crate::conversations::api::{DeletePart, ReadConversation, more_parts};
use crate::conversations::outbox::{Entry, Outbox};
use crate::conversations::{Part, PartKind, Parts, Thread};
use crate::error::Error;
use crate::id::{ConversationId, PartId, TeammateId};
use crate::live::{Topic, follow};
use crate::notes::Looks;
use crate::teammates::Viewer;
use crate::ui::{focus, fresh_id, scroll};

/// The box that scrolls.
const PARTS: &str = ".thread-parts";

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
    held: RwSignal<BTreeMap<PartId, Part>>,
    /// Whether there is more before what is held.
    earlier: RwSignal<bool>,
    /// The part around which the thread was opened; nothing at its end.
    around: RwSignal<Option<PartId>>,
    from: RwSignal<Option<PartId>>,
    at_end: RwSignal<bool>,
    loading: RwSignal<bool>,
    outbox: Option<Outbox>,
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

    /// Holds what an answer brought. One that does not reach back to what is held begins anew.
    fn take_in(self) {
        Effect::new(move |_| {
            let Some(Ok(thread)) = self.thread.get() else { return };
            let Parts { parts, earlier, later } = thread.parts;
            let Some(first) = parts.first().map(|p| p.id) else { return };
            self.held.update(|held| {
                let reaches = held.last_key_value().is_none_or(|(last, _)| first <= *last);
                if !reaches && earlier {
                    held.clear();
                }
                if held.first_key_value().is_none_or(|(oldest, _)| first <= *oldest) {
                    self.earlier.set(earlier);
                }
                held.extend(parts.iter().map(|p| (p.id, p.clone())));
            });
            // The answer before is read once more while the one around a part is on its way.
            let around = self.around.get_untracked();
            let last = parts.last().map(|p| p.id);
            let meant = around.is_none_or(|part| first <= part && Some(part) <= last);
            if !later && meant {
                self.around.set(None);
                self.from.set(self.held.with_untracked(|h| h.keys().next().copied()));
            }
            if let Some(outbox) = self.outbox {
                let ids: Vec<_> = parts.into_iter().map(|p| p.client_id).collect();
                outbox.shown(&ids);
            }
        });
    }

    /// Everything to show, in order. To be called within the thread's `Transition`, which waits for it.
    pub fn rows(self) -> Memo<Vec<Row>> {
        let rows = Memo::new(move |_| self.all_rows());
        self.stand(rows);
        rows
    }

    /// Keeps the reader's place: at the end it stays at the end, elsewhere it does not move.
    fn stand(self, rows: Memo<Vec<Row>>) {
        let query = use_query_map();
        let hash = use_location().hash;
        let target = Memo::new(move |_| {
            let named = query.read().get("part");
            let named = named.or_else(|| hash.read().strip_prefix("#part-").map(str::to_owned));
            named.and_then(|part| part.parse::<PartId>().ok())
        });
        Effect::new(move |shown: Option<Option<PartId>>| {
            let target = target.get();
            if let Some(part) = target.filter(|_| shown != Some(target)) {
                self.at_end.set(false);
                request_animation_frame(move || self.lead_to(part));
            }
            // A link to the conversation itself, followed from a page at a place in it, or before this code had come.
            let plain = target.is_none() && hash.with_untracked(String::is_empty);
            if plain && shown != Some(None) && self.around.get_untracked().is_some() {
                self.to_end();
            }
            target
        });
        Effect::new(move |before: Option<Option<String>>| {
            let last = rows.read().last().map(|row| row.key.clone());
            let arrived = before.flatten().is_some_and(|b| Some(b) != last);
            if self.at_end.get_untracked() {
                request_animation_frame(|| scroll::to_end(PARTS));
            } else if arrived && self.around.get_untracked().is_none() {
                // Another place in the thread that is shown is nothing new.
                self.below.set(true);
            }
            last
        });
        // A picture that arrives, a line more in the composer: who stood at the end stays there.
        scroll::on_resize(PARTS, ".thread-parts > .conversation", move || {
            if self.at_end.try_get_untracked() == Some(true) {
                scroll::to_end(PARTS);
            }
        });
        let handle = window_event_listener(ev::scroll, move |_| self.scrolled());
        on_cleanup(move || handle.remove());
    }

    fn lead_to(self, part: PartId) {
        if scroll::reveal(&format!("#part-{part}")) {
            return;
        }
        if self.around.get_untracked() != Some(part) {
            self.held.update(BTreeMap::clear);
            self.from.set(None);
            self.around.set(Some(part));
            self.version.update(|n| *n += 1);
            let tries = StoredValue::new(0);
            reveal_soon(part, tries);
        }
    }

    /// Whether who looks may take a note back, and bring it back.
    pub fn may_end(self, part: &Part) -> bool {
        part.kind == PartKind::Note && (self.admin || (part.ours && part.teammate == self.me))
    }

    /// Whether a deleted part can be brought back here.
    pub fn may_return(self, part: &Part) -> bool {
        part.returns && self.may_end(part)
    }

    /// The reader moved.
    pub fn scrolled(self) {
        let at_end = scroll::is_at_end(PARTS) && !untrack(|| self.later());
        self.at_end.set(at_end);
        if at_end && self.below.get_untracked() {
            self.below.set(false);
        }
    }

    /// Whether there are parts before those that are shown.
    pub fn earlier(self) -> bool {
        let Some(Ok(thread)) = self.thread.get() else { return false };
        let first = thread.parts.parts.first().map(|p| p.id);
        let held = self.held.with(|h| h.keys().next().copied());
        match (held, first) {
            (Some(held), Some(first)) if held < first => self.earlier.get(),
            _ => thread.parts.earlier,
        }
    }

    /// Whether there are parts after those that are shown.
    pub fn later(self) -> bool {
        self.around.get().is_some() && matches!(self.thread.get(), Some(Ok(t)) if t.parts.later)
    }

    /// Loads the parts before those that are shown; the reader's place stays where it is.
    pub fn load_earlier(self) {
        let first = self.held.with_untracked(|h| h.keys().next().copied());
        let Some(first) = first else { return };
        self.load(first, false, move |run| {
            let place = scroll::from_end(PARTS);
            self.earlier.set(run.earlier);
            if self.from.get_untracked().is_some() {
                self.from.set(run.parts.first().map(|p| p.id));
            }
            self.hold(run);
            request_animation_frame(move || scroll::to_from_end(PARTS, place));
        });
    }

    /// Loads the parts after those that are shown.
    pub fn load_later(self) {
        let last = self.held.with_untracked(|h| h.keys().next_back().copied());
        let Some(last) = last else { return };
        self.load(last, true, move |run| {
            let over = !run.later;
            self.hold(run);
            if over {
                self.around.set(None);
                self.from.set(self.held.with_untracked(|h| h.keys().next().copied()));
                self.version.update(|n| *n += 1);
            }
        });
    }

    /// Leads to the end, whatever lies between.
    pub fn to_end(self) {
        self.below.set(false);
        self.at_end.set(true);
        if self.around.get_untracked().is_some() {
            self.around.set(None);
            self.from.set(None);
            self.held.update(BTreeMap::clear);
            self.version.update(|n| *n += 1);
        }
        request_animation_frame(|| scroll::to_end(PARTS));
    }

    fn hold(self, run: Parts) {
        self.held.update(|held| held.extend(run.parts.into_iter().map(|p| (p.id, p))));
    }

    fn load(self, part: PartId, later: bool, done: impl FnOnce(Parts) + 'static) {
        if self.loading.get_untracked() {
            return;
        }
        self.loading.set(true);
        let id = self.id;
        leptos::task::spawn_local(async move {
            let answer = more_parts(id, part, later).await;
            // The page may show another conversation by now.
            if self.loading.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(run) => {
                    self.failed.set(None);
                    done(run);
                }
                Err(error) => self.failed.set(Some(error)),
            }
        });
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

/// Looks for a part that was asked for, until it is there or two seconds are over.
fn reveal_soon(part: PartId, tries: StoredValue<u32>) {
    let tried = tries.try_update_value(|n| {
        *n += 1;
        *n
    });
    if tried.is_some_and(|n| n <= 20) && !scroll::reveal(&format!("#part-{part}")) {
        set_timeout(move || reveal_soon(part, tries), std::time::Duration::from_millis(100));
    }
}
