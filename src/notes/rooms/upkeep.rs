//! What is done for open notes again and again: texts are written back, rows folded, and other processes asked.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::changed;
use crate::error::Error;
use crate::id::TeammateId;
use crate::notes::{documents, projecting};
use crate::server::db::Write;
use crate::server::state::AppState;
use crate::time::Time;

/// How often is looked whether a text is to be written back.
const SWEEP: Duration = Duration::from_millis(500);
/// After how many sweeps other processes are asked.
const ASK: u32 = 2;

/// Writes texts back that are due, folds what has many rows, and puts away what nobody has open; `now` of the end of time
/// means all.
pub async fn sweep(app: &AppState, now: Time) {
    for (place, shared) in app.notes.all() {
        let mut room = shared.lock().await;
        room.look_around(app, place, now);
        if let Err(error) = room.tidy(app, place, now).await {
            tracing::error!(%error, "notes");
            continue;
        }
        let mut rooms = app.notes.lock();
        if room.is_empty() {
            room.closed = true;
            rooms.remove(&place);
            app.notes.take_heard(place);
        }
    }
}

/// Asks the database for what other processes kept of the notes that are open here.
pub async fn ask_others(app: &AppState) -> Result<(), Error> {
    let mut known = Vec::new();
    for (place, room) in app.notes.all() {
        // One that is being written in is asked the next time.
        if let Ok(room) = room.try_lock()
            && let Some(last) = room.last()
        {
            known.push((place.0, place.1, last));
        }
    }
    if known.is_empty() {
        return Ok(());
    }
    let ahead = documents::ahead(&mut app.db.read().await?, &known).await?;
    for (workspace, note) in ahead {
        changed(app, workspace, note).await;
    }
    Ok(())
}

/// Writes back what a process that was stopped had kept and not written into the notes.
pub async fn finish(app: &AppState) -> Result<(), Error> {
    let behind = documents::behind(&mut app.db.read().await?).await?;
    for (workspace, note) in behind {
        let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
        projecting::write_back(&mut w, note).await?;
        w.commit().await?;
    }
    Ok(())
}

/// Does all this for as long as the process runs.
pub async fn watch(app: Weak<AppState>) {
    let mut beat = tokio::time::interval(SWEEP);
    let mut beats = 0_u32;
    if let Some(app) = app.upgrade()
        && let Err(error) = finish(&app).await
    {
        tracing::error!(%error, "notes");
    }
    loop {
        beat.tick().await;
        let Some(app): Option<Arc<AppState>> = app.upgrade() else { return };
        if *app.stopping.borrow() {
            return;
        }
        sweep(&app, app.clock.now()).await;
        beats = beats.wrapping_add(1);
        if beats.is_multiple_of(ASK)
            && let Err(error) = ask_others(&app).await
        {
            tracing::error!(%error, "notes");
        }
    }
}
