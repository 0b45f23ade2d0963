//! The field and the document, kept equal.

use gloo_timers::future::sleep;
use leptos::task::spawn_local;
use yrs::sync::Message;
use yrs::updates::decoder::Decode as _;
use yrs::{
    Assoc, GetString as _, IndexedSequence as _, StickyIndex, Text as _, Transact as _, Update,
};

use super::{HEARD, Session, TYPED, WRITES};
use crate::notes::editor::Event;
use crate::notes::editor::change::{self, Change};

impl Session {
    /// The document's text.
    pub(super) fn text(&self) -> String {
        self.body.get_string(&self.doc.transact())
    }

    /// Takes what somebody else typed.
    pub(super) fn take(&mut self, update: &[u8]) {
        self.absorb();
        let (start, end) = self.caret();
        let (start, end) = (self.mark(start), self.mark(end));
        self.apply(update);
        let txn = self.doc.transact();
        let place = |mark: &Option<StickyIndex>| mark.as_ref()?.get_offset(&txn).map(|o| o.index);
        let carets = place(&start).zip(place(&end));
        drop(txn);
        self.show(carets);
    }

    fn mark(&self, at: usize) -> Option<StickyIndex> {
        self.body.sticky_index(&self.doc.transact(), at as u32, Assoc::Before)
    }

    /// Puts what comes from elsewhere into the document.
    pub(super) fn apply(&self, update: &[u8]) {
        let Ok(update) = Update::decode_v1(update) else { return };
        // What does not fit comes again when the page connects anew.
        let _ = self.doc.transact_mut_with(HEARD).apply_update(update);
    }

    /// Where the selection begins and ends, in UTF-16 units.
    pub(super) fn caret(&self) -> (usize, usize) {
        let start = self.field.selection_start().ok().flatten().unwrap_or_default();
        let end = self.field.selection_end().ok().flatten().unwrap_or(start);
        (start as usize, end as usize)
    }

    /// Takes what was typed in the field into the document.
    pub(super) fn absorb(&mut self) {
        if !self.begun {
            return;
        }
        let field: Vec<u16> = self.field.value().encode_utf16().collect();
        if let Some(mut typed) = change::between(&self.shown, &field, self.caret().1) {
            let all = typed.inserted.len();
            typed.inserted.retain(|unit| change::is_seen(*unit));
            let hidden = all > typed.inserted.len();
            self.make(typed);
            self.shown = field;
            if hidden {
                self.show(None);
            }
            if std::mem::take(&mut self.pasting) {
                self.undo.reset();
            }
        }
    }

    /// Makes a change in the document as something that was typed.
    pub(super) fn make(&mut self, change: Change) {
        let mut txn = self.doc.transact_mut_with(TYPED);
        let (at, removed) = (change.at as u32, change.removed as u32);
        if removed > 0 {
            self.body.remove_range(&mut txn, at, removed);
        }
        if !change.inserted.is_empty() {
            self.body.insert(&mut txn, at, &String::from_utf16_lossy(&change.inserted));
        }
    }

    /// Shows the document's text in the field, with the cursor where it belongs.
    pub(super) fn show(&mut self, carets: Option<(u32, u32)>) {
        let text = self.text();
        let now: Vec<u16> = text.encode_utf16().collect();
        if now != self.shown {
            let scroll = self.field.scroll_top();
            let (_, end) = self.caret();
            self.field.set_value(&text);
            let carets = carets.unwrap_or_else(|| {
                let moved = change::between(&self.shown, &now, 0);
                let at = moved.map_or(end, |c| c.at + c.inserted.len()) as u32;
                (at, at)
            });
            // An offset beyond the text is the text's end.
            let _ = self.field.set_selection_range(carets.0, carets.1);
            self.field.set_scroll_top(scroll);
            self.shown = now;
        }
        self.sight.publish(&self.doc, &self.shown, self.desk);
    }

    /// Takes back what was typed here last, or does it again.
    pub(super) fn undo(&mut self, again: bool) {
        self.absorb();
        let done = if again { self.undo.redo_blocking() } else { self.undo.undo_blocking() };
        if done {
            self.show(None);
            self.point();
        }
    }

    /// Somebody types here; it is over when no key comes for a while.
    pub(super) fn writes(&mut self) {
        self.keys = self.keys.wrapping_add(1);
        let (own, keys) = (self.own.clone(), self.keys);
        spawn_local(async move {
            sleep(WRITES).await;
            // A page that is gone hears nothing.
            let _ = own.unbounded_send(Event::Silent(keys));
        });
        self.sight.writing = true;
        self.point();
    }

    /// Says where the cursor is.
    pub(super) fn point(&mut self) {
        if !self.begun {
            return;
        }
        let (start, end) = self.caret();
        let (anchor, head) = (self.mark(start), self.mark(end));
        if let Some(update) = self.sight.say(anchor, head) {
            self.say(&[Message::Awareness(update)]);
        }
        self.sight.publish(&self.doc, &self.shown, self.desk);
    }
}
