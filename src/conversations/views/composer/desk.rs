//! What is being written: the text of each kind, its draft, its files, and how it is sent.

use std::time::Duration;

use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use super::files::Chip;
use super::suggest::Suggest;
use crate::answers::now;
use crate::attachments::{Attachment, MOST};
use crate::conversations::api::{read_drafts, save_draft};
use crate::conversations::outbox::Outbox;
use crate::conversations::views::state::ThreadState;
use crate::conversations::{Draft, PartKind, SAY};
use crate::error::Error;
use crate::live::Live;
use crate::ui::flash::use_typed;
use crate::ui::upload::{self, Picked};
use crate::ui::{draft, editor, fresh_id};

/// How long the keys rest before a draft is saved.
const REST: Duration = Duration::from_millis(700);

/// What is known of one kind's draft.
#[derive(Debug, Clone, Default)]
struct Known {
    /// The text as it is in the field, or would be if its kind was chosen.
    text: String,
    /// The version that the server had last.
    version: i64,
    /// What was saved last.
    saved: String,
    /// Whether a save is under way.
    saving: bool,
}

/// An unsaved text in the browser, and the version that it was typed over.
#[derive(Serialize, Deserialize)]
struct Local {
    body: String,
    version: i64,
}

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
    /// Whether what was pasted last did not fit.
    pub too_long: RwSignal<bool>,
    /// Files on their way and attached.
    pub chips: RwSignal<Vec<Chip>>,
    /// What is suggested while writing.
    pub suggest: Suggest,
    known: StoredValue<[Known; 2]>,
    typed: StoredValue<u32>,
    outbox: Option<Outbox>,
    live: Option<Live>,
}

const fn slot(kind: PartKind) -> usize {
    match kind {
        PartKind::Message => 0,
        PartKind::Note => 1,
    }
}

impl Desk {
    /// A desk with the drafts and files that the thread came with.
    pub fn provide(state: ThreadState) -> Self {
        let thread = now(&state.thread);
        let mut known = [Known::default(), Known::default()];
        let (drafts, unsent) = thread.map_or_else(Default::default, |t| (t.drafts, t.unsent));
        for Draft { kind, body, version } in drafts {
            known[slot(kind)] = Known { text: body.clone(), version, saved: body, saving: false };
        }
        let note = use_typed(SAY, "kind").as_deref() == Some(PartKind::Note.word());
        let kind = if note { PartKind::Note } else { PartKind::Message };
        let desk = Self {
            state,
            field: NodeRef::new(),
            kind: RwSignal::new(kind),
            text: RwSignal::new(known[slot(kind)].text.clone()),
            offer: RwSignal::new(None),
            too_long: RwSignal::new(false),
            chips: RwSignal::new(unsent.into_iter().map(Chip::done).collect()),
            suggest: Suggest::new(state),
            known: StoredValue::new(known),
            typed: StoredValue::new(0),
            outbox: use_context(),
            live: use_context(),
        };
        desk.listen();
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
            if there != mine && !there.is_empty() && self.local(kind).is_none() {
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

    fn show(self, text: &str) {
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
        self.too_long.set(false);
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

    /// Says what is written; the field is free for the next at once.
    pub fn send(self) {
        let (kind, body) = (self.kind.get_untracked(), self.text.get_untracked().trim().to_owned());
        let files: Vec<Attachment> =
            self.chips.with_untracked(|c| c.iter().filter_map(Chip::file).take(MOST).collect());
        let Some(outbox) = self.outbox else { return };
        if self.is_uploading_now() || (body.is_empty() && files.is_empty()) {
            return;
        }
        outbox.send(self.state.id, kind, body, files);
        if let Some(live) = self.live {
            live.typing_in(self.state.id, kind == PartKind::Note, true);
        }
        self.chips.update(|c| c.retain(|chip| chip.file().is_none()));
        self.offer.set(None);
        self.show("");
        self.typed(String::new());
        self.state.to_end();
    }

    /// Whether a file is still on its way.
    pub fn is_uploading(self) -> bool {
        self.chips.with(|c| c.iter().any(Chip::is_uploading))
    }

    fn is_uploading_now(self) -> bool {
        self.chips.with_untracked(|c| c.iter().any(Chip::is_uploading))
    }

    /// Sends files ahead, each with its progress.
    pub fn upload(self, files: Vec<Picked>) {
        for file in files {
            let key = fresh_id();
            let chip = Chip::new(key.clone(), file.name());
            if file.size() > crate::attachments::LARGEST as f64 {
                let error =
                    Error::invalid("file", "the file is larger than 25 MB. Send a link to it");
                chip.state.set(super::files::ChipState::Failed(error));
                self.chips.update(|c| c.push(chip));
                continue;
            }
            let far = chip.state;
            self.chips.update(|c| c.push(chip));
            let fields = [("conversation", self.state.id.to_string())];
            upload::send::<Attachment>(
                &file,
                "/attachments",
                &fields,
                move |part| {
                    far.try_set(super::files::ChipState::Uploading(part));
                },
                move |answer| self.uploaded(&key, answer),
            );
        }
    }

    fn uploaded(self, key: &str, answer: Result<Attachment, Error>) {
        use super::files::ChipState;
        let waits = self
            .chips
            .try_with_untracked(|c| c.iter().find(|chip| chip.key == key).map(|chip| chip.state));
        match (waits.flatten(), answer) {
            (Some(state), Ok(file)) => {
                state.try_set(ChipState::Done(file));
                // The list itself changed in what it means: whether it can be sent.
                self.chips.try_update(|_| ());
            }
            (Some(state), Err(error)) => {
                state.try_set(ChipState::Failed(error));
                self.chips.try_update(|_| ());
            }
            // It was taken away meanwhile.
            (None, Ok(file)) => super::files::forget(file.id),
            (None, Err(_)) => {}
        }
    }

    /// It is the teammate's who typed: where several use a browser one after the other, nobody goes on with another's words.
    fn name(self, kind: PartKind) -> String {
        format!("thread-{}-{}-by-{}", self.state.id, kind.word(), self.state.me)
    }

    /// Keeps an unsaved text in the browser.
    fn keep(self, kind: PartKind) {
        let local = self.known.with_value(|k| {
            let known = &k[slot(kind)];
            (known.text != known.saved)
                .then(|| Local { body: known.text.clone(), version: known.version })
        });
        match local.and_then(|local| serde_json::to_string(&local).ok()) {
            Some(text) => draft::keep(&self.name(kind), &text),
            None => draft::forget(&self.name(kind)),
        }
    }

    fn local(self, kind: PartKind) -> Option<Local> {
        serde_json::from_slice(draft::kept(&self.name(kind))?.as_bytes()).ok()
    }

    /// Goes on with what was typed in this browser and not saved.
    fn recover(self) {
        for kind in [PartKind::Message, PartKind::Note] {
            let Some(local) = self.local(kind) else { continue };
            let newer = self.known.try_update_value(|k| {
                let known = &mut k[slot(kind)];
                known.text.clone_from(&local.body);
                let newer = known.version > local.version && known.saved != local.body;
                (newer && !known.saved.is_empty()).then(|| Draft {
                    kind,
                    body: known.saved.clone(),
                    version: known.version,
                })
            });
            match newer.flatten() {
                Some(draft) if kind == self.kind.get_untracked() => self.offer.set(Some(draft)),
                Some(_) => {}
                None => self.save_soon(kind),
            }
        }
    }

    /// Asks for the drafts alone: what was said meanwhile was told.
    fn look(self) {
        let id = self.state.id;
        spawn_local(async move {
            // What fails is asked for the next time.
            for draft in read_drafts(id).await.unwrap_or_default() {
                self.hear(draft);
            }
        });
    }

    /// Another device saved a draft: an empty field takes it, one with a text offers it.
    fn hear(self, draft: Draft) {
        let kind = draft.kind;
        let taken = self.known.try_update_value(|k| {
            let known = &mut k[slot(kind)];
            if draft.version <= known.version || known.saving || draft.body == known.text {
                return None;
            }
            let clean =
                known.text == known.saved && (known.text.is_empty() || draft.body.is_empty());
            if clean {
                known.text.clone_from(&draft.body);
                known.saved.clone_from(&draft.body);
                known.version = draft.version;
            }
            Some(clean)
        });
        let here = self.kind.try_get_untracked() == Some(kind);
        match taken.flatten() {
            Some(true) if here => self.show(&draft.body),
            Some(false) if here && !draft.body.is_empty() => self.offer.set(Some(draft)),
            _ => {}
        }
    }

    /// Takes the other device's text.
    pub fn take_other(self) {
        let Some(draft) = self.offer.get_untracked() else { return };
        self.offer.set(None);
        self.known.update_value(|k| {
            let known = &mut k[slot(draft.kind)];
            known.version = draft.version;
            known.saved.clone_from(&draft.body);
            known.text.clone_from(&draft.body);
        });
        draft::forget(&self.name(draft.kind));
        self.show(&draft.body);
    }

    /// Keeps this text over the other device's.
    pub fn keep_mine(self) {
        let Some(draft) = self.offer.get_untracked() else { return };
        self.offer.set(None);
        self.known.update_value(|k| k[slot(draft.kind)].version = draft.version);
        self.save(draft.kind);
    }

    fn save_soon(self, kind: PartKind) {
        let mine = self.typed.try_update_value(|n| {
            *n += 1;
            *n
        });
        set_timeout(
            move || {
                if self.typed.try_get_value() == mine {
                    self.save(kind);
                }
            },
            REST,
        );
    }

    /// Saves a draft unless it is saved, or another one is offered.
    fn save(self, kind: PartKind) {
        if self.offer.try_get_untracked().is_none_or(|offer| offer.is_some()) {
            return;
        }
        let begun = self.known.try_update_value(|k| {
            let known = &mut k[slot(kind)];
            if known.saving || known.text == known.saved {
                return None;
            }
            known.saving = true;
            Some((known.text.clone(), known.version))
        });
        let Some((body, version)) = begun.flatten() else { return };
        let id = self.state.id;
        spawn_local(async move {
            let answer = save_draft(id, kind, body.clone(), version).await;
            self.saved(kind, body, answer);
        });
    }

    fn saved(self, kind: PartKind, body: String, answer: Result<(Draft, bool), Error>) {
        let more = self.known.try_update_value(|k| {
            let known = &mut k[slot(kind)];
            known.saving = false;
            match answer {
                Ok((draft, saved)) if saved || draft.body == body => {
                    known.version = draft.version;
                    known.saved = body;
                    (known.text != known.saved, None)
                }
                Ok((draft, _)) => (false, Some(draft)),
                // Typing on, or the connection coming back, tries again.
                Err(_) => (false, None),
            }
        });
        // The page may show another conversation by now; then the browser keeps what was not saved.
        let Some((more, other)) = more else { return };
        self.keep(kind);
        if let Some(draft) = other.filter(|_| kind == self.kind.get_untracked()) {
            self.offer.set(Some(draft));
        }
        if more {
            self.save_soon(kind);
        }
    }
}
