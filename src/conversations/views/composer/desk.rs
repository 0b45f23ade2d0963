//! What is being written: the text of each kind, and how it is sent. What is kept of it is in `drafts.rs`, the files that
//! go with it are in `uploads.rs`.

use leptos::html::Textarea;
use leptos::prelude::*;

use super::drafts::{Known, kept, slot};
use super::files::Chip;
use super::suggest::Suggest;
use crate::answers::now;
use crate::attachments::{Attachment, MOST};
use crate::conversations::outbox::{Item, Outbox};
use crate::conversations::views::state::ThreadState;
use crate::conversations::{Draft, PartKind, SAY};
use crate::live::Live;
use crate::ui::editor;
use crate::ui::flash::use_typed;

/// The composer's state.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Where it is said.
    pub state: ThreadState,
    /// The field.
    pub field: NodeRef<Textarea>,
    /// What is being written.
    pub kind: RwSignal<PartKind>,
    /// The text in the field.
    pub text: RwSignal<String>,
    /// A draft of another device.
    pub offer: RwSignal<Option<Draft>>,
    /// Why nothing of what was pasted last was put in.
    pub failed: RwSignal<Option<String>>,
    /// Files on their way and attached.
    pub chips: RwSignal<Vec<Chip>>,
    /// What is suggested while writing.
    pub suggest: Suggest,
    pub(super) known: StoredValue<[Known; 2]>,
    pub(super) typed: StoredValue<u32>,
    outbox: Option<Outbox>,
    live: Option<Live>,
}

impl Desk {
    /// A desk with the drafts and files that the thread came with.
    pub fn provide(state: ThreadState) -> Self {
        let thread = now(&state.thread);
        let (drafts, unsent) = thread.map_or_else(Default::default, |t| (t.drafts, t.unsent));
        let known = kept(drafts);
        let note = use_typed(SAY, "kind").as_deref() == Some(PartKind::Note.word());
        let kind = if note { PartKind::Note } else { PartKind::Message };
        let desk = Self {
            state,
            field: NodeRef::new(),
            kind: RwSignal::new(kind),
            text: RwSignal::new(known[slot(kind)].text.clone()),
            offer: RwSignal::new(None),
            failed: RwSignal::new(None),
            chips: RwSignal::new(unsent.into_iter().map(Chip::done).collect()),
            suggest: Suggest::new(state),
            known: StoredValue::new(known),
            typed: StoredValue::new(0),
            outbox: use_context(),
            live: use_context(),
        };
        desk.listen();
        desk.keep_order();
        desk
    }

    fn listen(self) {
        // Once the field is there: what was typed before the page was live, or before it was loaded anew, goes on.
        Effect::new(move |done: Option<bool>| {
            let Some(field) = self.field.get().filter(|_| done != Some(true)) else {
                return done.unwrap_or(false);
            };
            self.recover();
            let kind = self.kind.get_untracked();
            let mine = self.known.with_value(|k| k[slot(kind)].text.clone());
            let there = field.value();
            if there != mine && !there.is_empty() && !self.is_kept(kind) {
                self.typed(there);
            } else {
                self.show(&mine);
            }
            true
        });
        // A draft that another device saved.
        Effect::new(move |_| {
            let Some(Ok(thread)) = self.state.thread.get() else { return };
            thread.drafts.into_iter().for_each(|draft| self.hear(draft));
        });
        if let Some(live) = self.live {
            Effect::new(move |_| {
                if live.online.get() {
                    [PartKind::Message, PartKind::Note].into_iter().for_each(|k| self.save(k));
                }
            });
        }
        // Whoever comes back to this window may have gone on writing on another device meanwhile.
        let back = window_event_listener(leptos::ev::focus, move |_| self.look());
        on_cleanup(move || back.remove());
        Effect::new(move |_| {
            if let Some((kind, text)) = self.state.quote.get() {
                self.quote(kind, &text);
            }
        });
        Effect::new(move |_| {
            if let Some(item) = self.state.back.get() {
                self.write_again(item);
            }
        });
    }

    /// Whether a note is being written.
    pub fn is_note(self) -> bool {
        self.kind.get() == PartKind::Note
    }

    /// Turns to the other kind; each keeps its own text, so that no note slips into a reply.
    pub fn turn(self, kind: PartKind, focus: bool) {
        if self.kind.get_untracked() != kind {
            self.kind.set(kind);
            self.offer.set(None);
            let text = self.known.with_value(|k| k[slot(kind)].text.clone());
            self.show(&text);
        }
        if let Some(field) = self.field.get_untracked().filter(|_| focus) {
            // A field that cannot take the focus leaves it where it is.
            let _ = field.focus();
        }
    }

    pub(super) fn show(self, text: &str) {
        self.text.set(text.to_owned());
        if let Some(field) = self.field.get_untracked()
            && field.value() != text
        {
            field.set_value(text);
        }
    }

    /// The text in the field changed.
    pub fn typed(self, text: String) {
        let kind = self.kind.get_untracked();
        self.known.update_value(|k| k[slot(kind)].text.clone_from(&text));
        self.text.set(text);
        self.failed.set(None);
        self.keep(kind);
        self.suggest.look(self);
        self.save_soon(kind);
    }

    /// Puts something before and behind what is selected.
    pub fn wrap(self, before: &str, after: &str) {
        if let Some(field) = self.field.get_untracked() {
            editor::wrap(&field, before, after);
        }
    }

    /// Puts a text where the cursor is.
    pub fn insert(self, text: &str) {
        if let Some(field) = self.field.get_untracked() {
            editor::insert(&field, text);
        }
    }

    /// A part is quoted. What only the team may see is quoted in a note.
    fn quote(self, kind: PartKind, text: &str) {
        self.state.quote.set(None);
        if kind == PartKind::Note {
            self.turn(PartKind::Note, false);
        }
        let quoted: String = text.lines().map(|line| format!("> {line}\n")).collect();
        let gap = if self.text.get_untracked().trim().is_empty() { "" } else { "\n\n" };
        self.insert(&format!("{gap}{quoted}\n"));
    }

    /// What was not sent stands in the field again, before what is written there by now.
    fn write_again(self, item: Item) {
        self.state.back.set(None);
        self.turn(item.kind, true);
        let now = self.text.get_untracked();
        let gap = if item.body.is_empty() || now.trim().is_empty() { "" } else { "\n\n" };
        let text = format!("{}{gap}{now}", item.body);
        self.show(&text);
        self.typed(text);
        self.suggest.choices.close();
        self.chips.update(|chips| chips.extend(item.files.into_iter().map(Chip::done)));
    }

    /// Says what is written; the field is free for the next at once.
    pub fn send(self) {
        let (kind, body) = (self.kind.get_untracked(), self.text.get_untracked().trim().to_owned());
        let files: Vec<Attachment> =
            self.chips.with_untracked(|c| c.iter().filter_map(Chip::file).take(MOST).collect());
        let sent: Vec<_> = files.iter().map(|file| file.id).collect();
        let Some(outbox) = self.outbox else { return };
        if self.is_uploading_now() || (body.is_empty() && files.is_empty()) {
            return;
        }
        outbox.send(self.state.id, kind, body, files);
        if let Some(live) = self.live {
            live.typing_in(self.state.id, kind == PartKind::Note, true);
        }
        // What failed stays with why, and what is beyond the number of a message goes with the next.
        self.chips.update(|c| c.retain(|chip| chip.file().is_none_or(|f| !sent.contains(&f.id))));
        self.offer.set(None);
        self.show("");
        self.typed(String::new());
        self.state.to_end();
    }
}
