//! One open note.

use yrs::StateVector;
use yrs::sync::{AwarenessUpdate, Message, SyncMessage};

use super::seen::{Sight, spots};
use super::{Place, say};
use crate::error::Error;
use crate::id::{NoteId, TeammateId};
use crate::notes::document::{Applied, Document};
use crate::notes::documents::{self, Stored};
use crate::notes::turns::{self, QUIET};
use crate::notes::{Refusal, projecting, texts};
use crate::server::db::Write;
use crate::server::hub::Listener;
use crate::server::nodes::Word;
use crate::server::state::AppState;
use crate::teammates::Viewer;
use crate::time::Time;

/// How long it is at most not written back while somebody types, in milliseconds.
const BUSY: i64 = 10_000;
/// From how many rows, or bytes of them, on updates are folded into the state.
const ROWS: usize = 200;
const BYTES: usize = 256 * 1024;
/// Somebody who has the note open.
pub(super) struct Member {
    pub listener: Listener,
    /// How many of the updates that the socket sent are kept.
    pub kept: u64,
}

/// Since when something was typed that is not written back, and when last.
#[derive(Clone, Copy)]
pub(super) struct Unwritten {
    pub since: Time,
    pub last: Time,
}

/// An open note.
#[derive(Default)]
pub struct Room {
    pub(super) stored: Option<Stored>,
    /// Up to which update the members were told.
    pub(super) told: i64,
    pub(super) members: Vec<Member>,
    sight: Sight,
    pub(super) unwritten: Option<Unwritten>,
    /// It was put away, and another stands in its place.
    pub closed: bool,
}

impl Room {
    /// Whether nobody has it open, and nothing is left to do.
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty() && self.unwritten.is_none()
    }

    /// The newest update that it knows, if anybody is to be told of newer ones.
    pub fn last(&self) -> Option<i64> {
        let known = self.stored.as_ref().map_or(self.told, |s| s.last);
        (!self.members.is_empty()).then_some(known)
    }

    /// Somebody opens the note, or comes back: they are told what they lack, and asked for what the server lacks.
    pub async fn greet(
        &mut self,
        app: &AppState,
        place: Place,
        viewer: &Viewer,
        listener: &Listener,
        known: &StateVector,
    ) -> Result<Result<(), Refusal>, Error> {
        self.catch_up(app, place).await?;
        let Some(document) = self.load(app, place).await? else { return Ok(Err(Refusal::Gone)) };
        let missing = document.since(known);
        let vector = document.vector();
        let socket = listener.socket;
        if self.members.is_empty() {
            app.hub.nodes.say(|| Word::WhoIsIn(place.0, place.1));
        }
        self.members.retain(|m| m.listener.socket != socket);
        self.members.push(Member { listener: listener.clone(), kept: 0 });
        tracing::debug!(note = %place.1, teammate = %viewer.id, "opened");
        say(
            listener,
            place.1,
            &[
                Message::Sync(SyncMessage::SyncStep2(missing)),
                Message::Sync(SyncMessage::SyncStep1(vector)),
            ],
        );
        self.introduce(place.1, listener);
        Ok(Ok(()))
    }

    /// Tells one socket who is seen.
    pub fn introduce(&self, note: NoteId, listener: &Listener) {
        if let Some(everyone) = self.sight.everyone() {
            say(listener, note, &[Message::Awareness(everyone)]);
        }
    }

    /// Somebody says where they are.
    pub fn meet(
        &mut self,
        app: &AppState,
        place: Place,
        viewer: &Viewer,
        listener: &Listener,
        update: AwarenessUpdate,
    ) {
        let news = self.sight.take(viewer, listener.socket, update);
        self.tell_of(app, place, listener.socket, news);
    }

    /// Tells everybody, here and at other processes, where somebody is now.
    fn tell_of(&self, app: &AppState, place: Place, socket: u64, news: Option<AwarenessUpdate>) {
        let Some(news) = news else { return };
        app.hub.nodes.say(|| Word::Spots(place.0, place.1, spots(&news)));
        self.tell(place.1, Some(socket), Message::Awareness(news));
    }

    /// Where those are who are connected to this process.
    pub(super) fn own_spots(&self) -> Option<AwarenessUpdate> {
        self.sight.own()
    }

    /// Takes in what other processes said of their editors, and tells who has the note open.
    pub(super) fn take_heard(&mut self, app: &AppState, place: Place, now: Time) {
        for (node, said) in app.notes.take_heard(place) {
            if let Some(news) = self.sight.hear(node, said, now) {
                self.tell(place.1, None, Message::Awareness(news));
            }
        }
    }

    /// The same, and forgets those of processes that fell silent; the end of time is none at which anybody does.
    pub(super) fn look_around(&mut self, app: &AppState, place: Place, now: Time) {
        if now.0 == i64::MAX {
            return;
        }
        self.take_heard(app, place, now);
        if let Some(news) = self.sight.expire(now) {
            self.tell(place.1, None, Message::Awareness(news));
        }
    }

    /// A socket no longer has it open; answers whether nobody has.
    pub fn leave(&mut self, app: &AppState, place: Place, socket: u64) -> bool {
        self.members.retain(|m| m.listener.socket != socket);
        let news = self.sight.forget(socket);
        self.tell_of(app, place, socket, news);
        self.members.is_empty()
    }

    fn tell(&self, note: NoteId, but: Option<u64>, message: Message) {
        let messages = [message];
        for member in self.members.iter().filter(|m| Some(m.listener.socket) != but) {
            say(&member.listener, note, &messages);
        }
    }

    /// Takes what others kept into the document, and tells who has it open.
    pub(super) fn pass_on(&mut self, note: NoteId, missed: &[Vec<u8>]) -> Result<(), Error> {
        for update in missed {
            let Some(stored) = &mut self.stored else { return Ok(()) };
            match stored.document.apply(update) {
                Ok(Applied::Changed(changed)) => {
                    stored.rows += 1;
                    stored.loose += changed.len();
                    stored.bytes += changed.len();
                    self.tell(note, None, Message::Sync(SyncMessage::Update(changed)));
                }
                Ok(Applied::Known) => {}
                Ok(Applied::Missing) | Err(_) => {
                    self.stored = None;
                    return Err(Error::Internal);
                }
            }
        }
        Ok(())
    }

    /// Takes what was kept of the note elsewhere.
    pub async fn catch_up(
        &mut self,
        app: &AppState,
        (workspace, note): Place,
    ) -> Result<(), Error> {
        let Some(stored) = &mut self.stored else {
            // Who has it open is told of what is read.
            return match self.members.is_empty() {
                true => Ok(()),
                false => self.load(app, (workspace, note)).await.map(|_| ()),
            };
        };
        let mut c = app.db.read().await?;
        let (missed, last) = documents::missed(&mut c, workspace, note, stored.last).await?;
        stored.last = last;
        self.pass_on(note, &missed)?;
        self.told = last;
        Ok(())
    }

    /// The document, made if the note has none yet; `None` when there is no such note.
    pub(super) async fn load(
        &mut self,
        app: &AppState,
        (workspace, note): Place,
    ) -> Result<Option<&Document>, Error> {
        if self.stored.is_none() {
            let mut c = app.db.read().await?;
            let mut found = documents::read(&mut c, workspace, note).await?;
            drop(c);
            if found.is_none() {
                let mut c = app.db.begin().await?;
                let Some(record) = texts::find(&mut c, workspace, note).await? else {
                    return Ok(None);
                };
                documents::create(&mut c, workspace, note, &record.body).await?;
                found = documents::read(&mut c, workspace, note).await?;
                c.commit().await?;
            }
            let last = found.as_ref().map_or(0, |s| s.last);
            // What others kept since the members were told of anything is in what was read.
            if last > self.told && !self.members.is_empty() {
                let mut c = app.db.read().await?;
                let (missed, _) = documents::missed(&mut c, workspace, note, self.told).await?;
                for update in missed {
                    self.tell(note, None, Message::Sync(SyncMessage::Update(update)));
                }
            }
            self.told = last;
            self.stored = found;
        }
        Ok(self.stored.as_ref().map(|s| &s.document))
    }

    /// Writes the text back if it is time, and folds the rows if they are many, or nobody has the note open any more: then it
    /// is time as well, since the rows say who wrote what.
    pub async fn tidy(&mut self, app: &AppState, place: Place, now: Time) -> Result<(), Error> {
        let alone = self.members.is_empty();
        let due = |u: Unwritten| {
            alone || now.0 - u.last.0 >= QUIET || now.0 - u.since.0 >= BUSY || now.0 == i64::MAX
        };
        let many = |s: &Stored| s.rows > ROWS || s.loose > BYTES || (alone && s.rows > 0);
        let full = self.stored.as_ref().is_some_and(many);
        if (full || self.unwritten.is_some_and(due)) && self.load(app, place).await?.is_some() {
            self.project(app, place).await?;
        }
        if full {
            self.fold(app, place).await?;
        }
        Ok(())
    }

    async fn project(&mut self, app: &AppState, place: Place) -> Result<(), Error> {
        self.catch_up(app, place).await?;
        let Some(stored) = &self.stored else { return Ok(()) };
        let text = stored.document.text();
        // Found before the transaction: cutting it into turns may take a moment.
        let mut c = app.db.read().await?;
        let found = turns::read(&mut c, place.0, place.1, Some((&text, stored.last))).await?;
        drop(c);
        if !found.is_empty() {
            let mut w = Write::begin(app, place.0, TeammateId(0)).await?;
            projecting::project(&mut w, place.1, Some(found)).await?;
            w.commit().await?;
        }
        self.unwritten = None;
        Ok(())
    }

    async fn fold(&mut self, app: &AppState, (workspace, note): Place) -> Result<(), Error> {
        let Some(stored) = &mut self.stored else { return Ok(()) };
        let mut c = app.db.begin().await?;
        let held = documents::hold(&mut c, workspace, note).await?;
        // Whoever is ahead folds, or this process does when it has caught up and the note has the text.
        if held.is_some_and(|s| s.last == stored.last && s.projected == s.last) {
            let state = stored.document.state();
            documents::fold(&mut c, workspace, note, &state, stored.last).await?;
            c.commit().await?;
            (stored.rows, stored.loose, stored.bytes) = (0, 0, state.len());
        }
        Ok(())
    }
}
