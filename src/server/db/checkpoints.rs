//! SQLite's log is carried into the database beside those who write, not by whoever's commit makes it long: for eight
//! thousand pages that takes 170 ms, and everyone else who writes waits for it.

use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// How long what was written stays in the log alone, about: each time costs a sync of the database.
const PAUSE: Duration = Duration::from_secs(1);
/// From how many pages on the log is begun anew; reading takes longer the longer it is.
const LONG: i64 = 8_192;
/// Waits for nobody, and nobody waits for it (<https://sqlite.org/pragma.html#pragma_wal_checkpoint>).
const PASSIVE: &str = "pragma wal_checkpoint(passive)";

/// Carries the log over while it lives.
pub struct Checkpoints {
    wrote: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Checkpoints {
    /// Begins for a file, with the pool of the one connection that writes to it.
    pub fn begin(options: SqliteConnectOptions, write: SqlitePool) -> Self {
        let wrote = Arc::new(Notify::new());
        let heard = Arc::clone(&wrote);
        let own = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .connect_lazy_with(options.create_if_missing(false));
        let task = tokio::spawn(async move {
            loop {
                heard.notified().await;
                tokio::time::sleep(PAUSE).await;
                if let Err(error) = carry(&own, &write).await {
                    tracing::warn!(%error, "the log stays for now; who writes carries it over when it is very long");
                }
            }
        });
        Self { wrote, task }
    }

    /// Somebody writes.
    pub fn wrote(&self) {
        self.wrote.notify_one();
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(own: &SqlitePool, write: &SqlitePool) -> Result<(), sqlx::Error> {
    let passive = sqlx::query_as::<_, (i64, i64, i64)>(PASSIVE);
    let (_busy, pages, _carried) = passive.fetch_one(own).await?;
    if pages > LONG {
        // A log begins anew only where all of it is in the database. What came meanwhile is carried over, and then the
        // little that came during that, while nobody writes.
        sqlx::query(PASSIVE).execute(own).await?;
        sqlx::query(PASSIVE).execute(write).await?;
    }
    Ok(())
}
