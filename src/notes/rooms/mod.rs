//! Notes that are open to be written in, on sockets of this process: who sends an update, who is told, and when the text
//! is written back into the note.
//!
//! An update is told to the others at once, and to its sender as kept once it is on disk. Where a server dies in between, the
//! others have what it has not, and bring it when they come back, as their sender does; whoever is first stands as its
//! author. What arrives while others are on their way to disk goes together: within a note at once, and with those of other
//! notes in one commit. Other processes on the same database are asked once a
//! second for what they kept, and say by themselves where their cursors are, where the database carries such words.

mod elsewhere;
mod keep;
mod room;
mod seen;
mod take;
mod upkeep;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

pub(crate) use elsewhere::{hear_spots, tell_spots};
use keep::Updates;
use room::Room;
pub(crate) use seen::Spot;
use take::Arrived;
pub use upkeep::{ask_others, finish, sweep, watch};
use yrs::encoding::read::Cursor;
use yrs::sync::{Message, MessageReader, SyncMessage};
use yrs::updates::decoder::DecoderV1;

use super::{Refusal, frame, texts};
use crate::error::Error;
use crate::id::{NoteId, WorkspaceId};
use crate::live::FromServer;
use crate::server::groups::Groups;
use crate::server::hub::Listener;
use crate::server::state::AppState;
use crate::teammates::Viewer;
use crate::time::Time;

/// Notes that one socket may have open.
const OPEN: usize = 20;

/// A note in its workspace.
type Place = (WorkspaceId, NoteId);
/// Where the editors of another process are.
type Heard = (u64, Vec<Spot>);
type Shared = Arc<tokio::sync::Mutex<Room>>;

/// The notes that are open.
#[derive(Default)]
pub struct Rooms {
    rooms: Mutex<HashMap<Place, Shared>>,
    /// What arrived and nobody has taken in yet.
    arrived: Mutex<HashMap<Place, Vec<Arrived>>>,
    keeping: OnceLock<Groups<Updates>>,
    /// What other processes said of their editors and nobody has taken in yet.
    heard: Mutex<HashMap<Place, Vec<Heard>>>,
}

impl Rooms {
    fn lock(&self) -> MutexGuard<'_, HashMap<Place, Shared>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, place: Place) -> Shared {
        self.lock().entry(place).or_default().clone()
    }

    fn all(&self) -> Vec<(Place, Shared)> {
        self.lock().iter().map(|(place, room)| (*place, room.clone())).collect()
    }

    fn arrive(&self, place: Place, update: Arrived) {
        let mut all = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(place).or_default().push(update);
    }

    fn take_arrived(&self, place: Place) -> Vec<Arrived> {
        let mut all = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&place).unwrap_or_default()
    }

    /// What writes updates to disk, started when it is first asked for.
    fn keeping(&self, app: &Arc<AppState>) -> &Groups<Updates> {
        self.keeping.get_or_init(|| Groups::start(Arc::downgrade(app)))
    }

    /// How many notes are open.
    pub fn count(&self) -> usize {
        self.lock().len()
    }
}

/// Says something about a note to one socket.
fn say(listener: &Listener, note: NoteId, messages: &[Message]) {
    let bytes = frame::written(note, messages);
    if listener.queue.try_send(FromServer::Note(bytes.into())).is_err() {
        listener.overrun.notify_one();
    }
}

/// Tells one socket why what it sent about a note is not taken.
fn refuse(listener: &Listener, note: NoteId, refusal: Refusal) {
    say(listener, note, &[Message::Auth(Some(refusal.sentence().to_owned()))]);
}

/// Hears what a socket says about a note; `held` are the notes that it has open.
pub async fn hear(
    app: &Arc<AppState>,
    viewer: &Viewer,
    listener: &Listener,
    held: &mut Vec<NoteId>,
    bytes: &[u8],
) {
    let Some((note, rest)) = frame::read(bytes) else { return };
    if bytes.len() > frame::LARGEST {
        return refuse(listener, note, Refusal::TooLarge);
    }
    let Some(messages) = messages(rest) else {
        return refuse(listener, note, Refusal::Unreadable);
    };
    for message in messages {
        let heard = answer(app, viewer, listener, held, note, message).await;
        match heard {
            Ok(Ok(())) => {}
            Ok(Err(refusal)) => return refuse(listener, note, refusal),
            // What it sent is not kept. It comes again, and sends it again.
            Err(_) => return listener.overrun.notify_one(),
        }
    }
}

/// The messages of one frame; `None` when something in it is none.
fn messages(bytes: &[u8]) -> Option<Vec<Message>> {
    let read = || {
        let mut decoder = DecoderV1::new(Cursor::new(bytes));
        MessageReader::new(&mut decoder).collect::<Result<Vec<_>, _>>().ok()
    };
    // The library asserts some of what it reads.
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).ok().flatten()?;
    // One that ends too soon is none.
    (!read.is_empty()).then_some(read)
}

async fn answer(
    app: &Arc<AppState>,
    viewer: &Viewer,
    listener: &Listener,
    held: &mut Vec<NoteId>,
    note: NoteId,
    message: Message,
) -> Result<Result<(), Refusal>, Error> {
    let place = (viewer.workspace, note);
    let begins = matches!(message, Message::Sync(SyncMessage::SyncStep1(_)));
    if !held.contains(&note) {
        if !begins || !may_open(app, viewer, note).await? {
            return Ok(Err(Refusal::Gone));
        }
        if held.len() >= OPEN {
            return Ok(Err(Refusal::TooMany));
        }
        held.push(note);
    }
    let message = match message {
        Message::Sync(SyncMessage::SyncStep2(update)) => Err((update, true)),
        Message::Sync(SyncMessage::Update(update)) => Err((update, false)),
        other => Ok(other),
    };
    let message = match message {
        Ok(other) => Some(other),
        Err((update, asked)) => {
            let listener = listener.clone();
            app.notes.arrive(place, Arrived { by: viewer.id, listener, update, asked });
            None
        }
    };
    loop {
        let room = app.notes.open(place);
        let mut room = room.lock().await;
        // Everybody had gone, and it was put away between finding and holding it.
        if room.closed {
            continue;
        }
        return match message {
            Some(Message::Sync(SyncMessage::SyncStep1(known))) => {
                room.greet(app, place, viewer, listener, &known).await
            }
            Some(Message::Awareness(update)) => {
                room.meet(app, place, viewer, listener, update);
                Ok(Ok(()))
            }
            Some(Message::AwarenessQuery) => {
                room.introduce(place.1, listener);
                Ok(Ok(()))
            }
            Some(_) => Ok(Ok(())),
            // Whoever holds the room takes in all that arrived while another held it.
            None => {
                let arrived = app.notes.take_arrived(place);
                room.take(app, place, arrived).await;
                Ok(Ok(()))
            }
        };
    }
}

async fn may_open(app: &AppState, viewer: &Viewer, note: NoteId) -> Result<bool, Error> {
    let mut c = app.db.read().await?;
    Ok(texts::find(&mut c, viewer.workspace, note).await?.is_some())
}

/// A socket no longer has a note open.
pub async fn leave(app: &AppState, viewer: &Viewer, listener: &Listener, note: NoteId) {
    let place = (viewer.workspace, note);
    let found = app.notes.lock().get(&place).cloned();
    let Some(room) = found else { return };
    let mut room = room.lock().await;
    // Who closes a note looks at its text next.
    if room.leave(app, place, listener.socket)
        && let Err(error) = room.tidy(app, place, Time(i64::MAX)).await
    {
        tracing::error!(%error, "notes");
    }
}

/// A note was deleted: who has it open is told, also before they type on.
pub async fn deleted(app: &AppState, workspace: WorkspaceId, note: NoteId) {
    let found = app.notes.lock().get(&(workspace, note)).cloned();
    if let Some(room) = found {
        for member in &room.lock().await.members {
            refuse(&member.listener, note, Refusal::Gone);
        }
    }
}

/// A note was changed otherwise than by a socket: who has it open is told.
pub async fn changed(app: &AppState, workspace: WorkspaceId, note: NoteId) {
    let place = (workspace, note);
    let found = app.notes.lock().get(&place).cloned();
    if let Some(room) = found
        && let Err(error) = room.lock().await.catch_up(app, place).await
    {
        // The next look at what others kept makes it good.
        tracing::error!(%error, "notes");
    }
}
