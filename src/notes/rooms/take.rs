//! Taking in what several sent of one note: the others are told, it is kept together, then the senders are told.

use std::sync::Arc;

use yrs::sync::{Message, SyncMessage};

use super::keep::{Kept, Updates};
use super::room::{Room, Unwritten};
use super::{Place, refuse, say};
use crate::error::Error;
use crate::id::{NoteId, TeammateId};
use crate::notes::document::Applied;
use crate::notes::{Refusal, frame};
use crate::server::hub::Listener;
use crate::server::state::AppState;

/// The most bytes that a document may have, what was deleted in it included.
const MOST: usize = 8 * 1024 * 1024;

/// An update as it came.
pub(super) struct Arrived {
    pub by: TeammateId,
    pub listener: Listener,
    pub update: Vec<u8>,
    /// Whether it is what the server asked for.
    pub asked: bool,
}

/// What came of an update that the document took: what it changed, if it changed anything.
type Change = Option<Vec<u8>>;

impl Room {
    /// Takes updates in the order in which they came. Each sender is told what came of it: that it is kept, or why it is
    /// not; where neither is known the sender comes anew, and sends it again.
    pub async fn take(&mut self, app: &Arc<AppState>, place: Place, mut arrived: Vec<Arrived>) {
        let mut early = Vec::new();
        if let Err(error) = self.try_take(app, place, &mut arrived, &mut early).await {
            tracing::error!(%error, "notes");
            // What is in memory may be ahead of the disk, and so may what the others were told: whoever comes anew brings it.
            self.stored = None;
            let senders = arrived.iter().map(|a| &a.listener).chain(&early);
            for listener in senders.chain(self.members.iter().map(|m| &m.listener)) {
                listener.overrun.notify_one();
            }
        }
    }

    async fn try_take(
        &mut self,
        app: &Arc<AppState>,
        place: Place,
        arrived: &mut Vec<Arrived>,
        early: &mut Vec<Listener>,
    ) -> Result<(), Error> {
        let Some(changes) = self.apply(app, place, arrived, early).await? else {
            self.refuse_all(place.1, arrived);
            return Ok(());
        };
        let made = arrived.iter().zip(&changes).filter_map(|(a, c)| Some((a.by, c.clone()?)));
        let made: Vec<_> = made.collect();
        let mut kept = None;
        if !made.is_empty() {
            self.tell_others(place.1, arrived, &changes);
            kept = self.keep(app, place, made).await?;
            if kept.is_none() {
                self.stored = None;
                self.refuse_all(place.1, arrived);
                return Ok(());
            }
            let now = app.clock.now();
            let since = self.unwritten.map_or(now, |u| u.since);
            self.unwritten = Some(Unwritten { since, last: now });
        }
        self.tell_senders(place.1, arrived);
        if let Some(Kept { last, missed }) = kept {
            // After what was taken in: what others kept may build on the same, when it came to them as well. Told only once
            // it is: where passing on fails, reading the note anew tells it.
            self.pass_on(place.1, &missed)?;
            self.told = last;
        }
        self.ask(app, place, early).await
    }

    /// Makes the changes in memory; `None` when there is no such note. What is refused is taken out of the list and its
    /// sender told; what builds on something that is not there goes over to `early`.
    async fn apply(
        &mut self,
        app: &AppState,
        place: Place,
        arrived: &mut Vec<Arrived>,
        early: &mut Vec<Listener>,
    ) -> Result<Option<Vec<Change>>, Error> {
        loop {
            if self.load(app, place).await?.is_none() {
                return Ok(None);
            }
            let Some(stored) = &self.stored else { return Ok(None) };
            let mut bytes = stored.bytes;
            let mut changes = Vec::with_capacity(arrived.len());
            let mut refusal = None;
            for Arrived { update, asked, .. } in arrived.iter() {
                match stored.document.apply(update) {
                    Ok(Applied::Changed(changed)) if bytes + changed.len() > MOST => {
                        refusal = Some(Refusal::TooLong);
                        break;
                    }
                    Ok(Applied::Changed(changed)) => {
                        bytes += changed.len();
                        changes.push(Some(changed));
                    }
                    Ok(Applied::Known) => changes.push(None),
                    // Whoever has not got it either would be asked for ever.
                    Ok(Applied::Missing) => {
                        refusal = asked.then_some(Refusal::Unreadable);
                        break;
                    }
                    Err(why) => {
                        refusal = Some(why);
                        break;
                    }
                }
            }
            if changes.len() == arrived.len() {
                return Ok(Some(changes));
            }
            // What is not taken may be in the document: the others' go into one that is read anew.
            self.stored = None;
            let odd = arrived.remove(changes.len());
            match refusal {
                Some(why) => refuse(&odd.listener, place.1, why),
                None => early.push(odd.listener),
            }
        }
    }

    /// Writes changes to disk, behind whatever others wrote meanwhile; `None` when the note is gone.
    async fn keep(
        &mut self,
        app: &Arc<AppState>,
        place: Place,
        updates: Vec<(TeammateId, Vec<u8>)>,
    ) -> Result<Option<Kept>, Error> {
        let Some(stored) = &mut self.stored else { return Ok(None) };
        let (rows, bytes) = (updates.len(), updates.iter().map(|u| u.1.len()).sum::<usize>());
        let work = Updates { place, known: stored.last, updates };
        let Some(kept) = app.notes.keeping(app).put(work).await? else { return Ok(None) };
        stored.last = kept.last;
        stored.rows += rows;
        stored.loose += bytes;
        stored.bytes += bytes;
        Ok(Some(kept))
    }

    /// Tells each what the others changed, while it is on its way to disk: a slow disk delays nobody's screen.
    fn tell_others(&self, note: NoteId, arrived: &[Arrived], changes: &[Change]) {
        for member in &self.members {
            let socket = member.listener.socket;
            let theirs = arrived.iter().zip(changes).filter(|(a, _)| a.listener.socket != socket);
            let messages: Vec<_> = theirs
                .filter_map(|(_, change)| Some(Message::Sync(SyncMessage::Update(change.clone()?))))
                .collect();
            if !messages.is_empty() {
                say(&member.listener, note, &messages);
            }
        }
    }

    /// Tells each sender how much of what they sent is kept.
    fn tell_senders(&mut self, note: NoteId, arrived: &[Arrived]) {
        for member in &mut self.members {
            let socket = member.listener.socket;
            let own = arrived.iter().filter(|a| a.listener.socket == socket).count() as u64;
            if own > 0 {
                member.kept += own;
                say(&member.listener, note, &[frame::kept(member.kept)]);
            }
        }
    }

    /// Something before what these sent got lost: it comes with the answer, which counts for both.
    async fn ask(&mut self, app: &AppState, place: Place, early: &[Listener]) -> Result<(), Error> {
        if early.is_empty() {
            return Ok(());
        }
        let Some(document) = self.load(app, place).await? else { return Ok(()) };
        let ask = Message::Sync(SyncMessage::SyncStep1(document.vector()));
        for listener in early {
            let asked = self.members.iter_mut().find(|m| m.listener.socket == listener.socket);
            if let Some(member) = asked {
                member.kept += 1;
            }
            say(listener, place.1, std::slice::from_ref(&ask));
        }
        Ok(())
    }

    /// The note is gone: nobody's typing is kept, unless it is brought back.
    fn refuse_all(&mut self, note: NoteId, arrived: &[Arrived]) {
        for Arrived { listener, .. } in arrived {
            refuse(listener, note, Refusal::Gone);
        }
        let sent = |socket| arrived.iter().any(|a| a.listener.socket == socket);
        for member in self.members.iter().filter(|m| !sent(m.listener.socket)) {
            refuse(&member.listener, note, Refusal::Gone);
        }
        self.unwritten = None;
    }
}
