//! Connections to read with that rest between two questions without having gone back to their pool.
//!
//! A page asks some ten questions, each with a connection of its own. A pool takes one back in a task that says hello to the
//! database first (`PoolConnection::drop` of sqlx 0.9), since whoever dropped it may have done so in the middle of an answer: one
//! more way there and back for each question. Here it is known whether the last answer was read to its end, and one that was
//! can be used again as it is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{Database, Pool};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{RESTED, failed};
use crate::error::Error;

/// How long one is kept from its pool in all, which closes those that have become old.
const AWAY: Duration = Duration::from_mins(10);

/// Where readers take a connection from.
pub(super) struct Resting<D: Database> {
    pool: Pool<D>,
    /// How many may read at once.
    readers: Arc<Semaphore>,
    most: usize,
    idle: Mutex<Vec<Idle<D>>>,
}

struct Idle<D: Database> {
    conn: PoolConnection<D>,
    /// When it left the pool, and since when it rests.
    left: Instant,
    since: Instant,
}

impl<D: Database> Resting<D> {
    /// So many `readers` at once have a connection of this pool, of which `most` rest here at most.
    pub(super) fn new(pool: Pool<D>, readers: usize, most: usize) -> Arc<Self> {
        let readers = Arc::new(Semaphore::new(readers));
        Arc::new(Self { pool, readers, most, idle: Mutex::default() })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle<D>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many rest here.
    pub(super) fn len(&self) -> usize {
        self.idle().len()
    }

    /// The pool that they are of.
    pub(super) fn pool(&self) -> &Pool<D> {
        &self.pool
    }

    /// A connection to read with.
    pub(super) async fn take(self: &Arc<Self>) -> Result<Read<D>, Error> {
        let turn = self.turn().await.map_err(failed)?;
        let (conn, left) = match self.fresh() {
            Some(idle) => (idle.conn, idle.left),
            None => (self.pool.acquire().await.map_err(failed)?, Instant::now()),
        };
        Ok(Read { conn: Some(conn), home: Some((self.clone(), turn)), left, is_whole: true })
    }

    /// Waits for a turn, as long as for a connection of the pool.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, sqlx::Error> {
        if let Ok(turn) = self.readers.clone().try_acquire_owned() {
            return Ok(turn);
        }
        let limit = self.pool.options().get_acquire_timeout();
        let waited = tokio::time::timeout(limit, self.readers.clone().acquire_owned()).await;
        waited.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)
    }

    /// The one that came last, unless it has rested too long: then all have, and their pool has them back.
    fn fresh(&self) -> Option<Idle<D>> {
        let mut idle = self.idle();
        let last = idle.pop()?;
        if last.since.elapsed() < RESTED {
            return Some(last);
        }
        let late = std::mem::take(&mut *idle);
        drop(idle);
        drop((last, late));
        None
    }

    /// Lays one down where there is room.
    fn put(&self, conn: PoolConnection<D>, left: Instant) {
        let mut idle = self.idle();
        if idle.len() < self.most && left.elapsed() < AWAY {
            idle.push(Idle { conn, left, since: Instant::now() });
        }
    }
}

impl<D: Database> Drop for Resting<D> {
    fn drop(&mut self) {
        // A pool takes one back by a task; at the end of a process there may be nothing left that runs it.
        for idle in self.idle().drain(..) {
            drop(idle.conn.detach());
        }
    }
}

/// A connection that somebody reads with.
pub struct Read<D: Database> {
    /// Nothing once it was dropped.
    conn: Option<PoolConnection<D>>,
    /// Where it rests afterwards.
    home: Option<(Arc<Resting<D>>, OwnedSemaphorePermit)>,
    left: Instant,
    /// Whether no answer is under way.
    is_whole: bool,
}

impl<D: Database> Read<D> {
    /// Begins a question, whose answer is under way until [`whole`](Self::whole) says otherwise.
    pub(super) fn begin(&mut self) -> &mut D::Connection {
        self.is_whole = false;
        let Some(conn) = &mut self.conn else { unreachable!("it goes when this is dropped") };
        conn
    }

    /// The answer was read to its end.
    pub(super) const fn whole(&mut self) {
        self.is_whole = true;
    }
}

impl<D: Database> From<PoolConnection<D>> for Read<D> {
    fn from(conn: PoolConnection<D>) -> Self {
        Self { conn: Some(conn), home: None, left: Instant::now(), is_whole: false }
    }
}

impl<D: Database> Drop for Read<D> {
    fn drop(&mut self) {
        if let (Some(conn), Some((home, _)), true) = (self.conn.take(), &self.home, self.is_whole) {
            home.put(conn, self.left);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sqlx::Sqlite;
    use sqlx::sqlite::SqlitePoolOptions;

    use super::Resting;

    #[tokio::test]
    async fn one_whose_answer_was_read_is_used_again_and_no_other() {
        // Each has a database of its own, by which it is known again.
        let pool = SqlitePoolOptions::new().max_connections(3).connect("sqlite::memory:");
        let home = Resting::<Sqlite>::new(pool.await.unwrap(), 2, 1);
        let mut first = home.take().await.unwrap();
        sqlx::query("create table mark (n)").execute(first.begin()).await.unwrap();
        first.whole();
        drop(first);
        assert_eq!(home.len(), 1);
        let mut again = home.take().await.unwrap();
        sqlx::query("select n from mark").fetch_all(again.begin()).await.unwrap();
        drop(again);
        assert_eq!(home.len(), 0, "nobody said that the answer was read");

        let both = (home.take().await.unwrap(), home.take().await.unwrap());
        assert!(home.readers.try_acquire().is_err(), "two read at once");
        drop(both);
        assert_eq!(home.len(), 1, "there is room for one");
        home.idle()[0].since -= Duration::from_secs(2);
        drop(home.take().await.unwrap());
        home.idle()[0].left -= Duration::from_mins(11);
        drop(home.take().await.unwrap());
        assert_eq!(home.len(), 0, "its pool has it back from time to time");
    }
}
