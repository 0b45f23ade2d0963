//! What was typed in a note that is not open on this page any more, brought to the server: whoever comes out of a tunnel
//! may have gone on to another page in it.

use std::pin::pin;
use std::time::Duration;

use futures::StreamExt as _;
use futures::channel::mpsc::{UnboundedReceiver, unbounded};
use futures::channel::oneshot::Sender;
use futures::future::{Either, select};
use gloo_timers::future::sleep;
use leptos::task::spawn_local;
use yrs::encoding::read::Cursor;
use yrs::sync::{Message, MessageReader, SyncMessage};
use yrs::updates::decoder::{Decode as _, DecoderV1};
use yrs::{Doc, ReadTxn as _, StateVector, Transact as _, Update};

use super::kept;
use crate::id::{NoteId, TeammateId};
use crate::live::Live;
use crate::notes::frame;

/// How long the server may take; what it has not got by then is brought the next time.
const LATE: Duration = Duration::from_secs(30);

/// How it ended.
enum End {
    /// The note is left: all of it is kept, or not taken, or nobody answered.
    Over,
    /// The note was opened here meanwhile, and goes on by itself.
    Open,
}

/// Brings what waits in this browser for a note, and drops `done` then.
pub fn bring(note: NoteId, me: TeammateId, live: Live, done: Sender<()>) {
    let (ear, hears) = unbounded();
    live.hear_note(note, ear);
    spawn_local(async move {
        let talk = pin!(talk(note, me, live, hears));
        let end = match select(talk, pin!(sleep(LATE))).await {
            Either::Left((end, _)) => end,
            Either::Right(_) => End::Over,
        };
        if matches!(end, End::Over) {
            live.leave_note(note);
        }
        drop(done);
    });
}

async fn talk(
    note: NoteId,
    me: TeammateId,
    live: Live,
    mut hears: UnboundedReceiver<Vec<u8>>,
) -> End {
    let doc = Doc::new();
    let say = |message| live.say_note(frame::written(note, &[message]));
    say(Message::Sync(SyncMessage::SyncStep1(StateVector::default())));
    let (mut begun, mut lacks, mut sent) = (false, None, Vec::new());
    while let Some(bytes) = hears.next().await {
        let Some((_, rest)) = frame::read(&bytes) else { continue };
        let mut decoder = DecoderV1::new(Cursor::new(rest));
        let messages: Vec<_> = MessageReader::new(&mut decoder).filter_map(Result::ok).collect();
        for message in messages {
            match message {
                Message::Sync(SyncMessage::SyncStep2(update)) => {
                    apply(&doc, &update);
                    begun = true;
                }
                Message::Sync(SyncMessage::SyncStep1(known)) => lacks = Some(known),
                Message::Auth(Some(_)) => return End::Over,
                Message::Custom(frame::KEPT, count)
                    if !sent.is_empty() && frame::kept_count(&count) > Some(0) =>
                {
                    forget(note, me, &sent);
                    return End::Over;
                }
                _ => {}
            }
        }
        let Some(known) = lacks.as_ref().filter(|_| begun && sent.is_empty()) else { continue };
        sent = kept::all(note, me);
        if sent.is_empty() {
            return End::Over;
        }
        for (_, update) in &sent {
            apply(&doc, update);
        }
        let missing = doc.transact().encode_diff_v1(known);
        say(Message::Sync(SyncMessage::SyncStep2(missing)));
    }
    End::Open
}

fn apply(doc: &Doc, update: &[u8]) {
    if let Ok(update) = Update::decode_v1(update) {
        // What does not fit stays where it is kept.
        let _ = doc.transact_mut().apply_update(update);
    }
}

/// Forgets what the server has now. Another tab may have typed on meanwhile: that waits.
fn forget(note: NoteId, me: TeammateId, sent: &[(String, Vec<u8>)]) {
    for one in kept::all(note, me).iter().filter(|one| sent.contains(one)) {
        kept::forget(&one.0);
    }
}
