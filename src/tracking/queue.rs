//! Calls of many senders share one transaction and one sync.

use std::sync::Arc;

use super::{Call, GROUP, accept_all};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::server::groups::{Grouped, Groups};
use crate::server::metrics;
use crate::server::state::AppState;

/// The calls of one request, at most [`GROUP`].
pub struct Request {
    workspace: WorkspaceId,
    calls: Vec<Call>,
}

/// Takes calls in and answers when they are durable.
pub type Queue = Groups<Request>;

impl Queue {
    /// Writes the calls of one request, at most [`GROUP`], all or none, and answers when they are durable.
    ///
    /// # Errors
    /// As [`accept_all`]; [`Error::TooMany`] when the queue is full.
    pub async fn accept(&self, workspace: WorkspaceId, calls: Vec<Call>) -> Result<(), Error> {
        self.put(Request { workspace, calls }).await
    }
}

impl Grouped for Request {
    type Key = WorkspaceId;
    type Done = ();
    const MOST: usize = GROUP;

    fn key(&self) -> WorkspaceId {
        self.workspace
    }

    fn size(&self) -> usize {
        self.calls.len()
    }

    async fn write(app: &Arc<AppState>, group: &[Self]) -> Result<Vec<()>, Error> {
        let Some(first) = group.first() else { return Ok(Vec::new()) };
        let together: Vec<Call> = group.iter().flat_map(|r| r.calls.iter().cloned()).collect();
        let result = accept_all(app, first.workspace, &together).await;
        metrics::tracked(*result.as_ref().unwrap_or(&0));
        result.map(|_| vec![(); group.len()])
    }
}
