//! Several processes on one database: what one of them changes, and who has what open there, the tabs of the others hear.
//!
//! The log is the truth: each process looks every second how far it goes, and tells its own tabs of the lines that others
//! wrote. On PostgreSQL they also call out to each other, so that nobody waits for that second, and so that what has no
//! line in the log travels too: changes that nobody needs to catch up with, who is where, who is writing.

mod hear;
mod log;
mod out;
mod packing;

use std::sync::Weak;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use crate::error::Error;
use crate::id::{ConversationId, NoteId, WorkspaceId};
use crate::live::{Colleague, FromServer, Topic};
use crate::notes::rooms::{self, Spot};
use crate::server::db::Notice;
use crate::server::state::AppState;
use log::Log;
use out::Out;

/// How often the log is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How often the others are told again who is where.
const RENEW: Duration = Duration::from_secs(50);
/// How long somebody counts who has something open in another process, in milliseconds, after it was said last.
pub const HOLDS: i64 = 60_000;
/// The pause between two things that are called out.
const PAUSE: Duration = Duration::from_millis(50);

/// A tab of another process that has a conversation open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Here {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Which conversation.
    pub conversation: ConversationId,
    /// The number of its socket there.
    pub socket: u64,
    /// Who sits before it.
    pub who: Colleague,
    /// For how many milliseconds more they count as replying; 0 for not. Clocks of two machines may differ.
    pub replies: i64,
}

/// What one process says to the others.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Word {
    /// The log of a workspace has new lines.
    Log(WorkspaceId),
    /// These changed without a line in the log.
    Touched(WorkspaceId, Vec<Topic>),
    /// To be said to everyone who follows a topic.
    Said(WorkspaceId, Topic, FromServer),
    /// A tab has a conversation open, or still has it.
    Here(Here),
    /// A tab of this number has it open no longer.
    Gone(WorkspaceId, ConversationId, u64),
    /// Where editors of a note are now that are connected to the process that says so.
    Spots(WorkspaceId, NoteId, Vec<Spot>),
    /// A note was opened to be written in: say who is in it.
    WhoIsIn(WorkspaceId, NoteId),
    /// I have just come, or may have missed something: say who is where.
    Hello,
}

/// What this process knows of the log, and what waits to be said to the others.
#[derive(Default)]
pub struct Nodes {
    log: Log,
    out: Out,
}

impl Nodes {
    /// A transaction of this process was committed: its lines in the log, from one number to another, and what else it
    /// changed. The tabs of this process are told by the caller.
    pub(crate) fn committed<'a>(
        &self,
        workspace: WorkspaceId,
        lines: Option<(i64, i64)>,
        touched: impl IntoIterator<Item = &'a Topic>,
    ) {
        if let Some((first, last)) = lines {
            self.log.wrote(workspace, first, last);
        }
        self.out.committed(workspace, lines.is_some(), touched);
    }

    /// Has the other processes told something, if there are any.
    pub(crate) fn say(&self, word: impl FnOnce() -> Word) {
        self.out.say(word);
    }
}

/// Follows what other processes do, for as long as this one runs.
pub async fn watch(app: Weak<AppState>) {
    let mut notices = None;
    let mut every = LOOK;
    if let Some(app) = app.upgrade() {
        notices = app.db.notices();
        every = every.max(app.rest);
        app.hub.nodes.log.begin();
    }
    let mut look = tokio::time::interval(every);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut renew = tokio::time::interval(RENEW);
    loop {
        let heard = tokio::select! {
            _ = look.tick() => Beat::Look,
            _ = renew.tick() => Beat::Renew,
            heard = next(&mut notices) => Beat::Heard(heard),
        };
        let Some(app) = app.upgrade().filter(|app| !*app.stopping.borrow()) else { return };
        let done = match heard {
            Beat::Look => log::look(&app, None).await,
            Beat::Renew => {
                app.presence.tell_all(&app.hub, app.clock.now());
                rooms::tell_spots(&app, None);
                Ok(())
            }
            Beat::Heard(Notice::Begun) => begun(&app).await,
            Beat::Heard(Notice::Called(text)) => hear::called(&app, &text).await,
        };
        if let Err(error) = done {
            tracing::warn!(%error, "what other processes changed waits for the next look");
        }
    }
}

enum Beat {
    Look,
    Renew,
    Heard(Notice),
}

async fn next(notices: &mut Option<mpsc::Receiver<Notice>>) -> Notice {
    match notices {
        Some(notices) => match notices.recv().await {
            Some(notice) => notice,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

/// Listening begins, for the first time or after a pause in which something may have been said.
async fn begun(app: &AppState) -> Result<(), Error> {
    app.hub.nodes.out.open();
    log::look(app, None).await?;
    log::everything(app);
    app.hub.nodes.say(|| Word::Hello);
    app.presence.tell_all(&app.hub, app.clock.now());
    rooms::tell_spots(app, None);
    Ok(())
}

/// Says to the other processes what waits to be said, for as long as this one runs.
pub async fn speak(app: Weak<AppState>) {
    loop {
        let Some(held) = app.upgrade() else { return };
        let rung = held.hub.nodes.out.rung.clone();
        drop(held);
        // Nobody rings any more where the process's state is gone.
        let _ = tokio::time::timeout(LOOK, rung.notified()).await;
        if let Some(app) = app.upgrade() {
            flush(&app).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Says what waits to be said; what cannot be said now waits on.
pub async fn flush(app: &AppState) {
    let out = &app.hub.nodes.out;
    let waiting = out.take();
    for text in packing::texts(out.node, &waiting.words()) {
        if app.db.call_out(&text).await.is_err() {
            // Lines of the log are found by looking, and who is where is said again after the pause.
            return out.put_back(waiting);
        }
    }
}
