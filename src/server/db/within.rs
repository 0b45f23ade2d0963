//! Connections that are cut short at a moment, and others like them beside them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::Pool;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Conn, failed};
use crate::error::Error;

/// After how many steps of its machine SQLite looks at the clock: well under a millisecond.
const LOOK_EVERY: i32 = 10_000;

/// How long to wait for a connection that seemed to be free: longer, and asking alone is as fast.
const MOMENT: Duration = Duration::from_millis(20);

/// A connection to a file.
pub(super) async fn sqlite(pool: &SqlitePool, end: Instant) -> Result<Conn, Error> {
    let waited = tokio::time::timeout_at(end.into(), pool.acquire()).await;
    let mut c = waited.map_err(|_| Error::TooSlow)?.map_err(failed)?;
    let mut handle = c.lock_handle().await.map_err(failed)?;
    handle.set_progress_handler(LOOK_EVERY, move || Instant::now() < end);
    drop(handle);
    Ok(Conn::SqliteWithin(c, pool.clone(), end))
}

/// Where other connections to the same server come from, and the leave to have one of the few for long questions, which ends
/// with the connection.
pub struct Others {
    pool: PgPool,
    long: Arc<Semaphore>,
    _leave: OwnedSemaphorePermit,
}

/// A connection to a server, whose statements are each told how much time is left.
pub(super) async fn postgres(
    pool: &PgPool,
    long: &Arc<Semaphore>,
    end: Instant,
) -> Result<Conn, Error> {
    let both = async {
        // It is never closed.
        let leave = long.clone().acquire_owned().await.map_err(|_| Error::Internal)?;
        Ok::<_, Error>((leave, pool.begin().await.map_err(failed)?))
    };
    let waited = tokio::time::timeout_at(end.into(), both).await;
    let (leave, tx) = waited.map_err(|_| Error::TooSlow)??;
    let others = Others { pool: pool.clone(), long: long.clone(), _leave: leave };
    Ok(Conn::PostgresWithin(tx, others, end))
}

/// Whether two more could be had from a pool: one, and another for whoever asks next.
fn is_roomy<D: sqlx::Database>(pool: &Pool<D>) -> bool {
    let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
    pool.size().saturating_sub(idle) + 2 <= pool.options().get_max_connections()
}

impl Conn {
    /// Another connection with the same limit, to ask a part of a question at the same time; `None` where too few are free,
    /// and for a connection without a limit.
    pub(crate) async fn beside(&mut self) -> Option<Self> {
        let found = match self {
            Self::SqliteWithin(_, pool, end) if is_roomy(pool) => {
                tokio::time::timeout(MOMENT, sqlite(pool, *end)).await
            }
            // As with a file, one is left for whoever asks next.
            Self::PostgresWithin(_, others, end)
                if is_roomy(&others.pool) && others.long.available_permits() > 1 =>
            {
                tokio::time::timeout(MOMENT, postgres(&others.pool, &others.long, *end)).await
            }
            _ => return None,
        };
        found.ok()?.ok()
    }
}
