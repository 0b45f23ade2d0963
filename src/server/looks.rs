//! Looking after something until the process stops.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::server::state::AppState;

/// Looks at something at once, then every so often, and whenever it is rung for.
pub struct Looks {
    app: Weak<AppState>,
    /// Held to the end, so that the process waits for what is being done.
    stopping: Option<watch::Receiver<bool>>,
    bell: Arc<Notify>,
    every: Duration,
    wait: Duration,
}

impl Looks {
    /// Nobody rings.
    pub fn every(every: Duration, app: Weak<AppState>) -> Self {
        Self::rung(|_| Arc::default(), every, app)
    }

    /// This rings.
    pub fn rung(
        by: impl FnOnce(&AppState) -> Arc<Notify>,
        every: Duration,
        app: Weak<AppState>,
    ) -> Self {
        let held = app.upgrade();
        let stopping = held.as_ref().map(|held| held.stopping.subscribe());
        let every = held.as_ref().map_or(every, |held| every.max(held.rest));
        let bell = held.map(|held| by(&held)).unwrap_or_default();
        Self { app, stopping, bell, every, wait: Duration::ZERO }
    }

    /// The next look comes within this time.
    pub fn soon(&mut self, within: Duration) {
        self.wait = self.wait.min(within);
    }

    /// Waits for the next look, and gives what it may use, for that look alone; nothing once the process is told to stop, or is gone.
    pub async fn next(&mut self) -> Option<Arc<AppState>> {
        let stopping = self.stopping.as_mut()?;
        tokio::select! {
            biased;
            () = async { _ = stopping.wait_for(|stopping| *stopping).await } => return None,
            () = self.bell.notified() => {}
            () = tokio::time::sleep(self.wait) => {}
        }
        self.wait = self.every;
        self.app.upgrade()
    }
}
