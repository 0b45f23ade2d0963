//! A note that is being written in: the field, its document, and the server, kept equal.
//!
//! What the field holds is compared with what it held before anything else is done, so that a letter is never taken for
//! somebody else's. While an input method composes a word, what others type waits.

mod mirror;
mod sight;
mod unsent;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender};
use gloo_timers::future::sleep;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::HtmlTextAreaElement;
use sight::Sight;
use unsent::Unsent;
use yrs::encoding::read::Cursor;
use yrs::sync::{Message, MessageReader, SyncMessage};
use yrs::undo::UndoManager;
use yrs::updates::decoder::{Decode as _, DecoderV1};
use yrs::{
    Assoc, Doc, GetString as _, IndexedSequence as _, OffsetKind, Options, ReadTxn as _,
    StateVector, StickyIndex, Text as _, TextRef, Transact as _, Update, undo,
};

use super::change::{self, Change};
use super::{Desk, Event, Place, Status, kept};
use crate::live::Live;
use crate::notes::{ROOT, frame};

/// Marks what is typed here, and what comes from elsewhere.
const TYPED: &str = "typed";
const HEARD: &str = "heard";
/// How long what is typed in one go is undone in one go, in milliseconds.
const GO: u64 = 1000;
/// How long somebody counts as writing after a key.
const WRITES: Duration = Duration::from_secs(3);

/// What was changed in the document here and is to be sent.
type Made = Arc<Mutex<Vec<Vec<u8>>>>;

struct Session {
    desk: Desk,
    live: Live,
    own: UnboundedSender<Event>,
    field: HtmlTextAreaElement,
    base: Vec<u16>,
    doc: Doc,
    body: TextRef,
    undo: UndoManager<()>,
    made: Made,
    /// What the field held when it was last compared.
    shown: Vec<u16>,
    unsent: Unsent,
    sight: Sight,
    /// Whether the document has come.
    begun: bool,
    composing: bool,
    waiting: Vec<Vec<u8>>,
    closed: bool,
    /// Whether what comes next is undone by itself.
    pasting: bool,
    keys: u32,
}

/// Works on a field until the page no longer shows it.
pub fn begin(
    desk: Desk,
    place: Place,
    live: Live,
    mut events: UnboundedReceiver<Event>,
    own: UnboundedSender<Event>,
) {
    let mut session = Session::new(desk, place, live, own);
    let (ear, mut hears) = futures::channel::mpsc::unbounded();
    live.hear_note(desk.note, ear);
    let heard = session.own.clone();
    spawn_local(async move {
        while let Some(bytes) = hears.next().await {
            if heard.unbounded_send(Event::Heard(bytes)).is_err() {
                return;
            }
        }
    });
    spawn_local(async move {
        session.connect();
        while let Some(event) = events.next().await {
            if event == Event::Gone {
                break;
            }
            session.on(event);
        }
        live.leave_note(desk.note);
    });
}

impl Session {
    fn new(desk: Desk, place: Place, live: Live, own: UnboundedSender<Event>) -> Self {
        let doc =
            Doc::with_options(Options { offset_kind: OffsetKind::Utf16, ..Options::default() });
        let body = doc.get_or_insert_text(ROOT);
        let made = Made::default();
        let makes = made.clone();
        let seen = doc.observe_update_v1("made", move |txn, event| {
            if txn.origin() != Some(&HEARD.into()) {
                makes.lock().unwrap_or_else(PoisonError::into_inner).push(event.update.clone());
            }
        });
        // The document is new: nothing else is at work on it.
        debug_assert!(seen.is_ok());
        let mut undo = UndoManager::with_options(undo::Options {
            capture_timeout_millis: GO,
            tracked_origins: [TYPED.into()].into(),
            capture_transaction: None,
            timestamp: Arc::new(|| js_sys::Date::now() as u64),
            init_undo_stack: Vec::new(),
            init_redo_stack: Vec::new(),
        });
        undo.expand_scope(&doc, &body);
        let client = doc.client_id().get();
        let unsent = Unsent::new(desk.note, desk.me, client);
        let sight = Sight::new(client, place.mirror);
        let base: Vec<u16> = place.base.encode_utf16().collect();
        Self {
            desk,
            live,
            own,
            field: place.field,
            shown: base.clone(),
            base,
            doc,
            body,
            undo,
            made,
            unsent,
            sight,
            begun: false,
            composing: false,
            waiting: Vec::new(),
            closed: false,
            pasting: false,
            keys: 0,
        }
    }

    fn on(&mut self, event: Event) {
        match event {
            Event::Typed => {
                self.absorb();
                self.writes();
            }
            Event::Composing(composing) => {
                self.composing = composing;
                self.absorb();
                if !composing {
                    for update in std::mem::take(&mut self.waiting) {
                        self.take(&update);
                    }
                }
            }
            Event::Moved => {
                self.absorb();
                self.point();
            }
            Event::Undo { again } => self.undo(again),
            Event::Pasted => {
                // It may stand in the field already, or come right after this.
                self.undo.reset();
                self.pasting = true;
                self.absorb();
            }
            Event::Closed => {
                self.closed = true;
                self.sight.writing = false;
                self.leave_when_saved();
            }
            Event::Opened => {
                self.closed = false;
                self.connect();
            }
            Event::Connected if self.closed && self.unsent.is_empty() => {}
            Event::Connected => self.connect(),
            Event::Lost => {
                self.unsent.lost();
                self.sight.clear();
                self.sight.publish(&self.doc, &self.shown, self.desk);
                self.tell();
            }
            Event::Heard(bytes) => self.hear(&bytes),
            Event::Silent(keys) => {
                if keys == self.keys {
                    self.sight.writing = false;
                    self.point();
                }
            }
            Event::Gone => {}
        }
        self.send();
    }

    /// Says what is known here; the server answers with what is missing, and asks for what it lacks.
    fn connect(&mut self) {
        self.unsent.lost();
        let vector = self.doc.transact().state_vector();
        self.say(&[Message::Sync(SyncMessage::SyncStep1(vector))]);
    }

    fn say(&self, messages: &[Message]) {
        self.live.say_note(frame::written(self.desk.note, messages));
    }

    fn hear(&mut self, bytes: &[u8]) {
        let Some((_, rest)) = frame::read(bytes) else { return };
        let mut decoder = DecoderV1::new(Cursor::new(rest));
        let messages: Vec<_> = MessageReader::new(&mut decoder).filter_map(Result::ok).collect();
        for message in messages {
            match message {
                Message::Sync(SyncMessage::SyncStep1(known)) => self.answer(&known),
                Message::Sync(SyncMessage::SyncStep2(update)) if !self.begun => {
                    self.start(&update);
                }
                Message::Sync(SyncMessage::SyncStep2(update) | SyncMessage::Update(update)) => {
                    if self.composing {
                        self.waiting.push(update);
                    } else {
                        self.take(&update);
                    }
                }
                Message::Awareness(update) => {
                    self.sight.hear(update);
                    self.sight.publish(&self.doc, &self.shown, self.desk);
                }
                Message::AwarenessQuery => self.point(),
                Message::Auth(Some(reason)) => {
                    _ = self.desk.status.try_set(Status::Refused(reason))
                }
                Message::Custom(frame::KEPT, count) => {
                    if let Some(count) = frame::kept_count(&count) {
                        self.unsent.kept(count);
                    }
                    // What was refused before is taken now.
                    if self.refused() {
                        self.desk.status.try_set(Status::Together { saved: false });
                    }
                    self.tell();
                    self.leave_when_saved();
                }
                Message::Auth(None) | Message::Custom(..) => {}
            }
        }
    }

    /// The document comes for the first time. What was typed before it came is put in, here and from an earlier page.
    fn start(&mut self, update: &[u8]) {
        self.begun = true;
        self.apply(update);
        for (name, update) in kept::all(self.desk.note, self.desk.me) {
            self.apply(&update);
            self.unsent.add(update);
            kept::forget(&name);
        }
        let now: Vec<u16> = self.text().encode_utf16().collect();
        let field: Vec<u16> = self.field.value().encode_utf16().collect();
        let caret = self.caret().1;
        if let Some(typed) = change::between(&self.base, &field, caret) {
            self.make(change::moved(typed, &self.base, &now));
        }
        self.shown = field;
        self.show(None);
        self.tell();
        self.point();
    }

    /// The server asks for what it lacks.
    fn answer(&mut self, known: &StateVector) {
        if !self.begun {
            return;
        }
        self.absorb();
        self.drain();
        let missing = self.doc.transact().encode_diff_v1(known);
        self.unsent.all_sent();
        self.say(&[Message::Sync(SyncMessage::SyncStep2(missing))]);
        self.point();
        self.tell();
    }

    fn text(&self) -> String {
        self.body.get_string(&self.doc.transact())
    }

    /// Takes what somebody else typed.
    fn take(&mut self, update: &[u8]) {
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

    fn apply(&self, update: &[u8]) {
        let Ok(update) = Update::decode_v1(update) else { return };
        // What does not fit comes again when the page connects anew.
        let _ = self.doc.transact_mut_with(HEARD).apply_update(update);
    }

    fn caret(&self) -> (usize, usize) {
        let start = self.field.selection_start().ok().flatten().unwrap_or_default();
        let end = self.field.selection_end().ok().flatten().unwrap_or(start);
        (start as usize, end as usize)
    }

    /// Takes what was typed in the field into the document.
    fn absorb(&mut self) {
        if !self.begun {
            return;
        }
        let field: Vec<u16> = self.field.value().encode_utf16().collect();
        if let Some(typed) = change::between(&self.shown, &field, self.caret().1) {
            self.make(typed);
            self.shown = field;
            if std::mem::take(&mut self.pasting) {
                self.undo.reset();
            }
        }
    }

    fn make(&mut self, change: Change) {
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
    fn show(&mut self, carets: Option<(u32, u32)>) {
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

    fn undo(&mut self, again: bool) {
        self.absorb();
        let done = if again { self.undo.redo_blocking() } else { self.undo.undo_blocking() };
        if done {
            self.show(None);
            self.point();
        }
    }

    /// Somebody types here; it is over when no key comes for a while.
    fn writes(&mut self) {
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
    fn point(&mut self) {
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

    /// Gathers what was changed here.
    fn drain(&mut self) {
        let made = std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner));
        for update in made {
            self.unsent.add(update);
        }
    }

    /// Sends what was changed here.
    fn send(&mut self) {
        self.drain();
        let mut sent = false;
        while let Some(update) = self.unsent.next_update() {
            self.say(&[Message::Sync(SyncMessage::Update(update))]);
            sent = true;
        }
        if sent || self.unsent.changed() {
            self.unsent.store();
            self.tell();
        }
    }

    fn tell(&self) {
        if self.refused() || !self.begun {
            return;
        }
        let online = self.live.online.try_get_untracked() == Some(true);
        let saved = self.unsent.is_empty();
        let status = if online { Status::Together { saved } } else { Status::Offline };
        if self.desk.status.try_with_untracked(|s| *s != status) == Some(true) {
            self.desk.status.try_set(status);
        }
    }

    fn refused(&self) -> bool {
        let is = |status: &Status| matches!(status, Status::Refused(_));
        self.desk.status.try_with_untracked(is) == Some(true)
    }

    fn leave_when_saved(&mut self) {
        if self.closed && self.unsent.is_empty() {
            self.live.say(crate::live::FromBrowser::LeaveNote { note: self.desk.note });
        }
    }
}
