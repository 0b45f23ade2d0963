//! Pages take turns: a few are made at a time, each soon, rather than all at once, each late.

use std::thread::available_parallelism;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// How many pages are made at a time for each core: one computes while the other waits for the database.
const FOR_EACH_CORE: usize = 2;
/// How long a page waits for its turn: one that asks much must not hold up all others.
const PATIENCE: Duration = Duration::from_millis(50);

/// Who may make a page now, first come, first served.
pub struct Turns(Semaphore);

impl Default for Turns {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self(Semaphore::new(cores * FOR_EACH_CORE))
    }
}

impl Turns {
    /// Waits for a turn, which lasts as long as what is given back; without one when it took too long.
    pub async fn take(&self) -> Option<SemaphorePermit<'_>> {
        timeout(PATIENCE, self.0.acquire()).await.ok()?.ok()
    }
}
