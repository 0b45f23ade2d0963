//! What is kept of what is being written: saved a moment after the keys rest, in the browser until then, and brought together
//! with what another device of the same teammate saved.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use crate::conversations::api::{read_drafts, save_draft};
use crate::conversations::{Draft, PartKind};
use crate::error::Error;
use crate::ui::draft;

/// How long the keys rest before a draft is saved.
const REST: Duration = Duration::from_millis(700);

/// What is known of one kind's draft.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The text as it is in the field, or would be if its kind was chosen.
    pub text: String,
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

/// What the server has of each kind.
pub fn kept(drafts: Vec<Draft>) -> [Known; 2] {
    let mut known = [Known::default(), Known::default()];
    for Draft { kind, body, version } in drafts {
        known[slot(kind)] = Known { text: body.clone(), version, saved: body, saving: false };
    }
    known
}

/// Where a kind's draft is.
pub const fn slot(kind: PartKind) -> usize {
    match kind {
        PartKind::Message => 0,
        PartKind::Note => 1,
    }
}

impl Desk {
    /// It is the teammate's who typed: where several use a browser one after the other, nobody goes on with another's words.
    fn name(self, kind: PartKind) -> String {
        format!("thread-{}-{}-by-{}", self.state.id, kind.word(), self.state.me)
    }

    /// Keeps an unsaved text in the browser.
    pub(super) fn keep(self, kind: PartKind) {
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

    /// Whether this browser keeps an unsaved text.
    pub(super) fn is_kept(self, kind: PartKind) -> bool {
        self.local(kind).is_some()
    }

    fn local(self, kind: PartKind) -> Option<Local> {
        serde_json::from_slice(draft::kept(&self.name(kind))?.as_bytes()).ok()
    }

    /// Goes on with what was typed in this browser and not saved.
    pub(super) fn recover(self) {
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
    pub(super) fn look(self) {
        let id = self.state.id;
        spawn_local(async move {
            // What fails is asked for the next time.
            for draft in read_drafts(id).await.unwrap_or_default() {
                self.hear(draft);
            }
        });
    }

    /// Another device saved a draft: an empty field takes it, one with a text offers it.
    pub(super) fn hear(self, draft: Draft) {
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

    pub(super) fn save_soon(self, kind: PartKind) {
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
    pub(super) fn save(self, kind: PartKind) {
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
