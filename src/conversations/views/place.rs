//! Where the reader of a thread stands, which nothing that arrives moves.

use std::collections::BTreeMap;
use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

use super::rows::Row;
use super::state::ThreadState;
use crate::id::PartId;
use crate::ui::scroll;

/// The box that scrolls.
pub(super) const PARTS: &str = ".thread-parts";

impl ThreadState {
    /// Keeps the reader's place: at the end it stays at the end, elsewhere it does not move.
    pub(super) fn stand(self, rows: Memo<Vec<Row>>) {
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

    /// The reader moved.
    pub fn scrolled(self) {
        let at_end = scroll::is_at_end(PARTS) && !untrack(|| self.later());
        self.at_end.set(at_end);
        if at_end && self.below.get_untracked() {
            self.below.set(false);
        }
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
}

/// Looks for a part that was asked for, until it is there or two seconds are over.
fn reveal_soon(part: PartId, tries: StoredValue<u32>) {
    let tried = tries.try_update_value(|n| {
        *n += 1;
        *n
    });
    if tried.is_some_and(|n| n <= 20) && !scroll::reveal(&format!("#part-{part}")) {
        set_timeout(move || reveal_soon(part, tries), Duration::from_millis(100));
    }
}
