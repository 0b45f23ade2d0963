//! The queue in front of the database: many senders share one transaction and one sync.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use tokio::sync::{mpsc, oneshot};

use super::{Call, GROUP, accept_all};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::server::metrics;
use crate::server::state::AppState;

/// How many requests may wait; more are told to come back.
const LONGEST: usize = 10_000;

struct Waiting {
    workspace: WorkspaceId,
    calls: Vec<Call>,
    answer: oneshot::Sender<Result<(), Error>>,
}

/// Takes calls in and answers when they are durable.
pub struct Queue {
    sender: mpsc::Sender<Waiting>,
}

impl Queue {
    /// A queue whose task ends when the queue is dropped. Call it within a tokio runtime.
    pub fn start(app: Weak<AppState>) -> Self {
        let (sender, receiver) = mpsc::channel(LONGEST);
        tokio::spawn(drain(app, receiver));
        Self { sender }
    }

    /// Writes the calls of one request, at most [`GROUP`], all or none, and answers when they are durable.
    ///
    /// # Errors
    /// As [`accept_all`]; [`Error::TooMany`] when the queue is full.
    pub async fn accept(&self, workspace: WorkspaceId, calls: Vec<Call>) -> Result<(), Error> {
        let (answer, done) = oneshot::channel();
        let waiting = Waiting { workspace, calls, answer };
        self.sender.try_send(waiting).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => Error::TooMany,
            mpsc::error::TrySendError::Closed(_) => Error::Internal,
        })?;
        done.await.map_err(|_| Error::Internal)?
    }
}

async fn drain(app: Weak<AppState>, mut receiver: mpsc::Receiver<Waiting>) {
    let mut all = Vec::new();
    while receiver.recv_many(&mut all, GROUP).await > 0 {
        let Some(app) = app.upgrade() else { return };
        let mut by_workspace: BTreeMap<WorkspaceId, Vec<Waiting>> = BTreeMap::new();
        for waiting in all.drain(..) {
            by_workspace.entry(waiting.workspace).or_default().push(waiting);
        }
        for (workspace, mut rest) in by_workspace {
            while !rest.is_empty() {
                let group = first(&mut rest);
                write(&app, workspace, group).await;
            }
        }
    }
}

/// The requests that fit into the next group.
fn first(rest: &mut Vec<Waiting>) -> Vec<Waiting> {
    let mut size = 0;
    let fits = rest.iter().take_while(|w| {
        size += w.calls.len();
        size <= GROUP
    });
    let n = fits.count().max(1);
    rest.drain(..n).collect()
}

async fn write(app: &Arc<AppState>, workspace: WorkspaceId, group: Vec<Waiting>) {
    let together: Vec<Call> = group.iter().flat_map(|w| w.calls.iter().cloned()).collect();
    let result = accept_all(app, workspace, &together).await;
    metrics::tracked(*result.as_ref().unwrap_or(&0));
    if result.is_ok() || group.len() == 1 {
        for waiting in group {
            // A sender that is gone has no use for the answer.
            let _ = waiting.answer.send(result.clone().map(|_| ()));
        }
        return;
    }
    // One of them was refused: each gets its own answer.
    for waiting in group {
        let result = accept_all(app, workspace, &waiting.calls).await;
        metrics::tracked(*result.as_ref().unwrap_or(&0));
        let _ = waiting.answer.send(result.map(|_| ()));
    }
}
