//! An editor of a note, as a browser has one, with a line to the server that can lose and mix up what it carries.

use std::sync::{Arc, Mutex};

use futures::FutureExt as _;
use rapport::id::NoteId;
use rapport::live::FromServer;
use rapport::notes::{ROOT, frame, rooms};
use rapport::server::hub::Listener;
use rapport::server::state::AppState;
use rapport::teammates::Viewer;
use tokio::sync::{Notify, mpsc};
use yrs::encoding::read::Cursor;
use yrs::sync::{AwarenessUpdate, Message, MessageReader, SyncMessage};
use yrs::updates::decoder::{Decode as _, DecoderV1};
use yrs::{
    Doc, GetString as _, OffsetKind, Options, ReadTxn as _, Text as _, TextRef, Transact as _,
    Update,
};

/// A socket as the server knows it.
pub struct Line {
    app: Arc<AppState>,
    listener: Listener,
    hears: mpsc::Receiver<FromServer>,
    held: Vec<NoteId>,
    /// What is on its way to the server.
    pub up: Vec<Vec<u8>>,
    sent: u64,
}

/// Somebody's editor.
pub struct Editor {
    pub note: NoteId,
    pub viewer: Viewer,
    doc: Doc,
    body: TextRef,
    made: Arc<Mutex<Vec<Vec<u8>>>>,
    pub line: Option<Line>,
    /// Sockets that it has given up, which the server takes for good and which still carry something.
    late: Vec<Line>,
    /// What was inserted by each of the updates that are not sent yet.
    fresh: Vec<Option<char>>,
    /// Inserted characters that the server has not said it keeps: each with the message that carries it, 0 for none.
    pub unsure: Vec<(u64, char)>,
    /// Those that it says it keeps.
    pub kept: Vec<char>,
    pub refused: Vec<String>,
    pub seen: Vec<AwarenessUpdate>,
}

impl Editor {
    pub fn new(note: NoteId, viewer: Viewer) -> Self {
        let doc =
            Doc::with_options(Options { offset_kind: OffsetKind::Utf16, ..Options::default() });
        let body = doc.get_or_insert_text(ROOT);
        let made: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let makes = made.clone();
        doc.observe_update_v1("made", move |txn, event| {
            if txn.origin() != Some(&"heard".into()) {
                makes.lock().unwrap().push(event.update.clone());
            }
        })
        .unwrap();
        let (fresh, unsure, kept) = (Vec::new(), Vec::new(), Vec::new());
        let (refused, seen) = (Vec::new(), Vec::new());
        let (line, late) = (None, Vec::new());
        Self { note, viewer, doc, body, made, line, late, fresh, unsure, kept, refused, seen }
    }

    pub fn text(&self) -> String {
        self.body.get_string(&self.doc.transact())
    }

    pub fn client(&self) -> u64 {
        self.doc.client_id().get()
    }

    /// A new connection. What was on its way on the old one is lost.
    pub fn connect(&mut self, app: &Arc<AppState>) {
        let (queue, hears) = mpsc::channel(1000);
        let listener =
            Listener { socket: app.hub.next_socket(), queue, overrun: Arc::new(Notify::new()) };
        let (held, up) = (Vec::new(), Vec::new());
        self.line = Some(Line { app: app.clone(), listener, hears, held, up, sent: 0 });
        self.ask();
    }

    /// Says what it knows, so that it is told what it lacks.
    pub fn ask(&mut self) {
        // The server counts from the beginning again.
        if let Some(line) = &mut self.line {
            line.sent = 0;
        }
        for (number, _) in &mut self.unsure {
            *number = 0;
        }
        let vector = self.doc.transact().state_vector();
        self.post(Message::Sync(SyncMessage::SyncStep1(vector)));
    }

    /// A new connection, while what is on its way on the old one is late: it arrives after what the new one carries.
    pub fn connect_anew(&mut self, app: &Arc<AppState>) {
        self.late.extend(self.line.take());
        self.connect(app);
    }

    /// Something that is late arrives: any of it, before what was sent earlier. Nobody hears what the server says to it.
    pub async fn arrive_late(&mut self, any: usize) {
        let Some(line) = self.late.last_mut() else { return };
        if !line.up.is_empty() {
            let bytes = line.up.remove(any % line.up.len());
            rooms::hear(&line.app, &self.viewer, &line.listener, &mut line.held, &bytes).await;
            return;
        }
        if let Some(line) = self.late.pop() {
            rooms::leave(&line.app, &self.viewer, &line.listener, self.note).await;
        }
    }

    /// Whether nothing is late.
    pub const fn is_on_time(&self) -> bool {
        self.late.is_empty()
    }

    /// What this process was to hear late is lost with it.
    pub fn lose_late(&mut self, app: &Arc<AppState>) {
        self.late.retain(|line| !Arc::ptr_eq(&line.app, app));
    }

    /// The connection ends.
    pub async fn disconnect(&mut self) {
        if let Some(line) = self.line.take() {
            rooms::leave(&line.app, &self.viewer, &line.listener, self.note).await;
        }
        for (number, _) in &mut self.unsure {
            *number = 0;
        }
    }

    /// Whether it talks to this process.
    pub fn is_at(&self, app: &Arc<AppState>) -> bool {
        self.line.as_ref().is_some_and(|line| Arc::ptr_eq(&line.app, app))
    }

    /// Whether the server has told it to come anew.
    pub fn is_overrun(&self) -> bool {
        self.line.as_ref().is_some_and(|l| l.listener.overrun.notified().now_or_never().is_some())
    }

    /// The process at the other end is gone.
    pub fn cut(&mut self) {
        self.line = None;
        for (number, _) in &mut self.unsure {
            *number = 0;
        }
    }

    /// Puts a message on its way.
    pub fn post(&mut self, message: Message) {
        if let Some(line) = &mut self.line {
            line.up.push(frame::written(self.note, &[message]));
        }
    }

    /// Types a character that nobody else types, or takes one away; answers what went.
    pub fn type_at(&mut self, at: u32, inserted: Option<char>) -> Option<char> {
        let mut txn = self.doc.transact_mut();
        let text: Vec<u16> = self.body.get_string(&txn).encode_utf16().collect();
        let at = at.min(text.len() as u32);
        let gone = match inserted {
            Some(inserted) => {
                self.body.insert(&mut txn, at, &inserted.to_string());
                None
            }
            None if (at as usize) < text.len() => {
                self.body.remove_range(&mut txn, at, 1);
                char::from_u32(text[at as usize].into())
            }
            None => None,
        };
        drop(txn);
        if inserted.is_some() || gone.is_some() {
            self.fresh.push(inserted);
        }
        gone
    }

    /// Types a hundred keys at a place, every twentieth of which is taken away again.
    pub fn type_on(&mut self, place: u32) {
        let mut txn = self.doc.transact_mut();
        for key in 0..100 {
            self.body.insert(&mut txn, place + key, "x");
            if key % 20 == 0 {
                self.body.remove_range(&mut txn, place, 1);
            }
        }
        drop(txn);
        self.fresh.push(None);
    }

    /// Sends what was typed.
    pub fn send(&mut self) {
        let made = std::mem::take(&mut *self.made.lock().unwrap());
        let mut fresh = std::mem::take(&mut self.fresh).into_iter();
        for update in made {
            let inserted = fresh.next().flatten();
            let number = match &mut self.line {
                Some(line) => {
                    line.sent += 1;
                    line.sent
                }
                None => 0,
            };
            self.post(Message::Sync(SyncMessage::Update(update)));
            self.unsure.extend(inserted.map(|c| (number, c)));
        }
    }

    /// One message carries everything that was typed.
    fn all_in_one(&mut self) {
        self.made.lock().unwrap().clear();
        let fresh = std::mem::take(&mut self.fresh);
        self.unsure.extend(fresh.into_iter().flatten().map(|c| (0, c)));
        let Some(line) = &mut self.line else { return };
        line.sent += 1;
        for (number, _) in &mut self.unsure {
            *number = line.sent;
        }
    }

    /// Whether the server says that it keeps everything.
    pub fn is_sure(&self) -> bool {
        self.fresh.is_empty() && self.unsure.is_empty()
    }

    /// Sends raw bytes.
    pub async fn throw(&mut self, bytes: &[u8]) {
        let line = self.line.as_mut().unwrap();
        rooms::hear(&line.app, &self.viewer, &line.listener, &mut line.held, bytes).await;
        self.hear_all().await;
    }

    /// The server gets what is on its way, by its place.
    pub async fn arrive(&mut self, which: usize) {
        let Some(line) = &mut self.line else { return };
        if which < line.up.len() {
            let bytes = line.up.remove(which);
            rooms::hear(&line.app, &self.viewer, &line.listener, &mut line.held, &bytes).await;
        }
    }

    /// Hears everything that the server said.
    pub async fn hear_all(&mut self) {
        while let Some(Ok(FromServer::Note(bytes))) = self.line.as_mut().map(|l| l.hears.try_recv())
        {
            self.hear(&bytes);
        }
    }

    /// Everything arrives, here and there, until nothing is on its way.
    pub async fn settle(&mut self) {
        loop {
            self.send();
            self.hear_all().await;
            if self.line.as_ref().is_none_or(|line| line.up.is_empty()) {
                return;
            }
            self.arrive(0).await;
        }
    }

    fn hear(&mut self, bytes: &[u8]) {
        let (note, rest) = frame::read(bytes).unwrap();
        assert_eq!(note, self.note);
        let mut decoder = DecoderV1::new(Cursor::new(rest));
        let messages: Vec<_> = MessageReader::new(&mut decoder).collect::<Result<_, _>>().unwrap();
        for message in messages {
            match message {
                Message::Sync(SyncMessage::SyncStep1(known)) => {
                    self.all_in_one();
                    let missing = self.doc.transact().encode_diff_v1(&known);
                    self.post(Message::Sync(SyncMessage::SyncStep2(missing)));
                }
                Message::Sync(SyncMessage::SyncStep2(update) | SyncMessage::Update(update)) => {
                    let update = Update::decode_v1(&update).unwrap();
                    self.doc.transact_mut_with("heard").apply_update(update).unwrap();
                }
                Message::Awareness(update) => self.seen.push(update),
                Message::Auth(Some(reason)) => self.refused.push(reason),
                Message::Custom(frame::KEPT, count) => {
                    let count = frame::kept_count(&count).unwrap();
                    let sure = |(n, _): &mut (u64, char)| *n > 0 && *n <= count;
                    self.kept.extend(self.unsure.extract_if(.., sure).map(|(_, c)| c));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}
