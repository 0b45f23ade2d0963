//! Loading what a note is written in with, and telling it what happens.

use std::time::Duration;

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::channel::oneshot::{self, Receiver, Sender};
use gloo_timers::future::sleep;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{Desk, Event, Place, Row, carrier, kept, session, tools};
use crate::id::{NoteId, TeammateId};
use crate::live::Live;

/// How long to wait before the next try to load it.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(3)];

/// How long after a page came, or a part of it went, it is looked what waits in this browser: by then those notes are open
/// that go on by themselves.
const SETTLED: Duration = Duration::from_secs(2);

/// What works on one field.
struct Work {
    desk: Desk,
    place: Place,
    live: Live,
    events: UnboundedReceiver<Event>,
    own: UnboundedSender<Event>,
}

/// Makes a field one that several write in at once. Where what does it does not come, the field stays a form's.
pub fn open(desk: Desk, place: Place) {
    if desk.is_open() {
        return desk.say(Event::Opened);
    }
    let Some(live) = desk.live else { return };
    let (own, events) = unbounded();
    desk.events.set_value(Some(own.clone()));
    spawn_local(async move {
        if !loaded().await {
            desk.events.try_set_value(None);
            return;
        }
        let work = Work { desk, place, live, events, own };
        if begin(work).await.is_err() {
            desk.events.try_set_value(None);
        }
    });
}

/// Whether something that its teammate typed in a note waits in this browser.
pub fn is_kept(desk: Desk) -> bool {
    !kept::all(desk.note, desk.me).is_empty()
}

/// Shows the buttons for formatting, until that part of the page is gone. Where they do not come the field is as it was.
pub fn show_tools(row: Row, gone: Receiver<()>) {
    spawn_local(async move {
        if loaded().await {
            let _ = fill(row, gone).await;
        }
    });
}

/// Brings to the server what waits in this browser for notes that nobody writes in on this page.
pub fn carry(me: TeammateId, live: Live) {
    spawn_local(async move {
        sleep(SETTLED).await;
        for note in kept::notes(me) {
            if live.online.try_get_untracked() != Some(true) {
                return;
            }
            if live.hears_note(note) {
                continue;
            }
            let (done, end) = oneshot::channel();
            if !loaded().await || bring(note, me, live, done).await.is_err() {
                return;
            }
            // It is dropped once that note is done with.
            let _ = end.await;
        }
    });
}

/// Loads the code; false when it does not come.
async fn loaded() -> bool {
    for pause in PAUSES {
        if load().await.is_ok() {
            return true;
        }
        sleep(pause).await;
    }
    load().await.is_ok()
}

#[wasm_split(note_editor, preload(load), fallible)]
fn begin(work: Work) -> Result<(), SplitLoaderError> {
    session::begin(work.desk, work.place, work.live, work.events, work.own);
    Ok(())
}

#[wasm_split(note_editor, fallible)]
fn fill(row: Row, gone: Receiver<()>) -> Result<(), SplitLoaderError> {
    tools::fill(row, gone);
    Ok(())
}

#[wasm_split(note_editor, fallible)]
fn bring(
    note: NoteId,
    me: TeammateId,
    live: Live,
    done: Sender<()>,
) -> Result<(), SplitLoaderError> {
    carrier::bring(note, me, live, done);
    Ok(())
}
