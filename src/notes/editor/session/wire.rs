//! What goes over the socket: what is known here, what was typed, and what the server says of it.

use std::sync::PoisonError;
use std::time::Duration;

use gloo_timers::future::sleep;
use leptos::prelude::*;
use leptos::task::spawn_local;
use yrs::encoding::read::Cursor;
use yrs::sync::{Message, MessageReader, SyncMessage};
use yrs::updates::decoder::DecoderV1;
use yrs::{ReadTxn as _, StateVector, Transact as _};

use super::Session;
use crate::live::FromBrowser;
use crate::notes::editor::waiting::LOOK;
use crate::notes::editor::{Event, Status, change, kept};
use crate::notes::frame;

impl Session {
    /// Says what is known here; the server answers with what is missing, and asks for what it lacks.
    pub(super) fn connect(&mut self) {
        self.unsent.lost();
        let vector = self.doc.transact().state_vector();
        self.say(&[Message::Sync(SyncMessage::SyncStep1(vector))]);
    }

    /// Says something about the note.
    pub(super) fn say(&self, messages: &[Message]) {
        self.live.say_note(frame::written(self.desk.note, messages));
    }

    /// Hears what the server says of it.
    pub(super) fn hear(&mut self, bytes: &[u8]) {
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
                    let refused = Status::Refused(reason);
                    // Said again with each key it would be heard again with each key.
                    if self.desk.status.try_with_untracked(|s| *s != refused) == Some(true) {
                        self.desk.status.try_set(refused);
                    }
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
        if let Some(mut typed) = change::between(&self.base, &field, caret) {
            typed.inserted.retain(|unit| change::is_seen(*unit));
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

    /// Gathers what was changed here.
    fn drain(&mut self) {
        let made = std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner));
        for update in made {
            self.unsent.add(update);
        }
    }

    /// Sends what was changed here.
    pub(super) fn send(&mut self) {
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

    /// Looks at what waits for the server until it has everything.
    pub(super) fn watch(&mut self) {
        if self.unsent.is_empty() || std::mem::replace(&mut self.watched, true) {
            return;
        }
        let own = self.own.clone();
        spawn_local(async move {
            sleep(Duration::from_millis(LOOK.into())).await;
            // A page that is gone hears nothing.
            let _ = own.unbounded_send(Event::Waited);
        });
    }

    /// Tells the page how what was typed stands.
    pub(super) fn tell(&self) {
        if self.refused() || !self.begun {
            return;
        }
        let online = self.live.online.try_get_untracked() == Some(true);
        let status = match online {
            false => Status::Offline,
            true if self.unsent.is_late() => Status::Late,
            true => Status::Together { saved: self.unsent.is_empty() },
        };
        if self.desk.status.try_with_untracked(|s| *s != status) == Some(true) {
            self.desk.status.try_set(status);
        }
    }

    fn refused(&self) -> bool {
        let is = |status: &Status| matches!(status, Status::Refused(_));
        self.desk.status.try_with_untracked(is) == Some(true)
    }

    /// Leaves a note that was closed, once the server has all of it.
    pub(super) fn leave_when_saved(&mut self) {
        if self.closed && self.unsent.is_empty() {
            self.live.say(FromBrowser::LeaveNote { note: self.desk.note });
        }
    }
}
