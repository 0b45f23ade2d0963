//! The parts of a thread that its page has loaded, and loading more of them.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::place::PARTS;
use super::state::ThreadState;
use crate::conversations::Parts;
use crate::conversations::api::more_parts;
use crate::id::PartId;
use crate::ui::scroll;

impl ThreadState {
    /// Holds what an answer brought. One that does not reach back to what is held begins anew.
    pub(super) fn take_in(self) {
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

    fn hold(self, run: Parts) {
        self.held.update(|held| held.extend(run.parts.into_iter().map(|p| (p.id, p))));
    }

    fn load(self, part: PartId, later: bool, done: impl FnOnce(Parts) + 'static) {
        if self.loading.get_untracked() {
            return;
        }
        self.loading.set(true);
        let id = self.id;
        spawn_local(async move {
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
}
