//! Loading what a note is written in with, and telling it what happens.

use std::time::Duration;

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use gloo_timers::future::sleep;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{Desk, Event, Place, kept, session};
use crate::live::Live;

/// How long to wait before the next try to load it.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(3)];

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
        let mut load = begin_loaded().await;
        for pause in PAUSES {
            if load {
                break;
            }
            sleep(pause).await;
            load = begin_loaded().await;
        }
        if !load {
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

/// Loads the code; false when it does not come.
async fn begin_loaded() -> bool {
    load().await.is_ok()
}

#[wasm_split(note_editor, preload(load), fallible)]
fn begin(work: Work) -> Result<(), SplitLoaderError> {
    session::begin(work.desk, work.place, work.live, work.events, work.own);
    Ok(())
}
