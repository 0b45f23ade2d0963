//! A note that is being written in: the field, its document, and the server, kept equal.
//!
//! What the field holds is compared with what it held before anything else is done, so that a letter is never taken for
//! somebody else's. While an input method composes a word, what others type waits.

mod mirror;
mod sight;
mod text;
mod unsent;
mod wire;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender};
use leptos::task::spawn_local;
use leptos::web_sys::HtmlTextAreaElement;
use sight::Sight;
use unsent::Unsent;
use yrs::undo::UndoManager;
use yrs::{Doc, OffsetKind, Options, TextRef, undo};

use super::{Desk, Event, Place};
use crate::live::Live;
use crate::notes::ROOT;

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
    /// Whether it will be looked soon how long what was typed has waited.
    watched: bool,
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
            watched: false,
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
            Event::Waited => {
                self.watched = false;
                self.tell();
            }
            Event::Gone => {}
        }
        self.send();
        self.watch();
    }
}
