//! What the parts of the inbox share.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::pages::Pages;
use crate::answers::Answer;
use crate::conversations::api::Act;
use crate::conversations::{Done, Filter, View, Views};
use crate::id::ConversationId;
use crate::ui::after_paint;

/// The inbox as its parts see it.
#[derive(Clone, Copy)]
pub struct Inbox {
    /// Which list is shown.
    pub filter: Memo<Filter>,
    /// Which conversation is shown.
    pub current: Memo<Option<ConversationId>>,
    /// Whose thread stands there: the one that is shown, but for the moment in which a press is answered.
    pub drawn: RwSignal<Option<ConversationId>>,
    /// Views and what menus offer.
    pub views: Answer<Views>,
    /// The list as far as it is known.
    pub pages: RwSignal<Pages>,
    /// Which conversations are selected.
    pub selected: RwSignal<BTreeSet<ConversationId>>,
    /// From where on Shift selects.
    pub anchor: RwSignal<Option<ConversationId>>,
    /// What changes conversations.
    pub act: ServerAction<Act>,
    /// What was done last, while it can be undone.
    pub done: RwSignal<Option<Done>>,
    /// Counts what this page changed.
    pub own: RwSignal<u32>,
    /// Counts what others changed, at most once a second.
    pub theirs: RwSignal<u32>,
    /// The conversation and part that this page said was read.
    pub opened: StoredValue<Option<(ConversationId, i64)>>,
    /// Where in the list the conversation is that is shown, or was before it left the list.
    pub place: StoredValue<Option<usize>>,
}

impl Inbox {
    /// Whether the list that is shown is a view that somebody keeps.
    pub fn is_kept(self) -> bool {
        let filter = self.filter.read();
        let kept = |view: &View| view.saved.is_some() && view.filter == *filter;
        self.views.with_good(|views| views.views.iter().any(kept)).unwrap_or_default()
    }

    /// Whether another thread than the one that stands there is shown in a moment.
    pub fn is_opening(self) -> bool {
        self.current.get() != self.drawn.get()
    }

    /// Draws the thread that is shown after the browser has painted what marks the press: taking a long one away and beginning another
    /// takes longer than an answer to a press may.
    pub fn draw_after_press(self) {
        Effect::new(move |_| {
            if self.current.get() == self.drawn.get_untracked() {
                return;
            }
            after_paint(move || {
                let now = self.current.try_get_untracked();
                let drawn = self.drawn.try_get_untracked();
                if let Some(now) = now.filter(|now| Some(now) != drawn.as_ref()) {
                    self.drawn.set(now);
                }
            });
        });
    }

    /// The conversation below or above the one that is shown.
    pub fn beside(self, by: isize) -> Option<ConversationId> {
        self.pages.with_untracked(|pages| {
            let shown = self.current.get_untracked().and_then(|id| pages.place(id));
            let to = match (shown, self.place.get_value()) {
                (Some(place), _) => place.checked_add_signed(by)?,
                // The one that was shown has left: the next one has its place.
                (None, Some(place)) if by > 0 => place.min(pages.len().checked_sub(1)?),
                (None, Some(place)) => place.checked_add_signed(by)?,
                (None, None) => 0,
            };
            pages.at(to)
        })
    }

    /// Selects a conversation or takes it out; with Shift, every one from the last on.
    pub fn pick(self, id: ConversationId, range: bool) {
        let anchor = self.anchor.get_untracked().filter(|_| range);
        let rows = anchor.and_then(|anchor| {
            self.pages.with_untracked(|pages| {
                let (a, b) = (pages.place(anchor)?, pages.place(id)?);
                Some((a.min(b)..=a.max(b)).filter_map(|n| pages.at(n)).collect::<Vec<_>>())
            })
        });
        self.selected.update(|selected| match rows {
            Some(rows) => selected.extend(rows),
            None => {
                if !selected.remove(&id) {
                    selected.insert(id);
                }
            }
        });
        self.anchor.set(Some(id));
    }
}
