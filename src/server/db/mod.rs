//! Two engines behind one type: the same statement text runs on SQLite and PostgreSQL.

mod activity;
mod checkpoints;
mod conn;
mod entry;
mod hold;
mod notices;
mod resting;
mod running;
pub mod schema;
mod slow;
mod statement;
mod within;
mod write;

use std::ops::Range;
use std::str::FromStr as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use log::LevelFilter;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection as _, PgConnection, Postgres, Sqlite};
use tokio::sync::Semaphore;

use crate::error::Error;
use crate::run;
use checkpoints::Checkpoints;
pub use conn::{Conn, Raw};
pub use entry::Entry;
pub(crate) use entry::topics_of;
pub use hold::Hold;
pub use notices::Notice;
pub use resting::Read;
use resting::Resting;
pub use running::{Changed, failed};
use schema::Unusable;
pub use slow::took;
pub use statement::{Statement, escaped};
pub use within::Others;
pub use write::Write;

/// How many ids a process takes at a time, and the least it has before a transaction begins:
/// inside one it cannot take more, since SQLite has a single writer.
const ID_BLOCK: i64 = 20_000;
const ID_RESERVE: i64 = 10_000;

/// How many questions of unknown length are asked of a file at once: each keeps a core of its own busy.
const LONG: u32 = 3;
/// How many connections to a server there are, and how many of them are for such questions at most.
const SERVED: u32 = 16;
const LONG_SERVED: usize = 6;
/// How many read from a file at once; its connections serve nobody else.
const READERS: usize = 8;
/// How many read from a server at once, and how many of its connections rest for them, while the others are there for whoever
/// writes.
const SERVED_READERS: usize = 12;
const RESTING: usize = 4;

enum Pools {
    /// `long` is for questions that may take long, so that those that do not never wait for them.
    Sqlite {
        write: SqlitePool,
        read: Arc<Resting<Sqlite>>,
        long: SqlitePool,
        checkpoints: Checkpoints,
    },
    /// `long` as with SQLite: so many connections are left to those.
    Postgres { pool: PgPool, read: Arc<Resting<Postgres>>, long: Arc<Semaphore> },
}

/// An open database of either engine.
pub struct Db {
    pools: Pools,
    ids: Mutex<Range<i64>>,
}

/// How long a connection to a server may rest until it is asked whether it still stands.
const RESTED: Duration = Duration::from_secs(1);

/// What takes long is told of by [`took`], in a line instead of the whole statement. Every statement is in the log for who asks for
/// that much.
fn quiet<O: ConnectOptions>(options: O) -> O {
    options.log_slow_statements(LevelFilter::Off, Duration::from_hours(1))
}

/// No statement is compiled to machine code. PostgreSQL does so where it expects one to be long, which it does of any that looks
/// up the people of a list among millions: a quarter of a millisecond's work was compiled for fifteen
/// (<https://www.postgresql.org/docs/current/jit-decision.html>).
async fn plain(c: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("set jit = off").execute(c).await.map(drop)
}

impl Db {
    /// Opens `sqlite://PATH` or `postgres://…` and brings its schema up to date.
    /// A SQLite file is made when it is not there.
    ///
    /// # Errors
    /// [`Unusable`] for what cannot be reached, and for a schema that a later version made, which is left as it is.
    pub async fn open(url: &str) -> Result<Self, Unusable> {
        let pools = if url.starts_with("sqlite:") {
            let options = quiet(schema::sqlite_options(url)?);
            let writing = schema::for_writing(options.clone());
            // A file does not go away as a server does, so that no connection to it is tried before it is used.
            let write = SqlitePoolOptions::new()
                .max_connections(1)
                .test_before_acquire(false)
                .connect_with(writing)
                .await?;
            schema::migrate_sqlite(&mut *write.acquire().await?, schema::known()).await?;
            let read = SqlitePoolOptions::new()
                .max_connections(READERS as u32)
                .test_before_acquire(false)
                .connect_with(options.clone().pragma("query_only", "on"))
                .await?;
            let long = SqlitePoolOptions::new()
                .max_connections(LONG)
                .test_before_acquire(false)
                .connect_lazy_with(options.clone().pragma("query_only", "on"));
            let checkpoints = Checkpoints::begin(options, write.clone());
            let read = Resting::new(read, READERS, READERS);
            Pools::Sqlite { write, read, long, checkpoints }
        } else {
            // A server may have gone meanwhile; who was used a moment ago need not say that it has not.
            let pool = PgPoolOptions::new()
                .max_connections(SERVED)
                .test_before_acquire(false)
                .before_acquire(|c, about| {
                    Box::pin(async move { Ok(about.idle_for < RESTED || c.ping().await.is_ok()) })
                })
                .after_connect(|c, _| Box::pin(async move { plain(c).await }))
                .connect_with(quiet(PgConnectOptions::from_str(url)?))
                .await?;
            schema::migrate_postgres(&mut *pool.acquire().await?, schema::known()).await?;
            let read = Resting::new(pool.clone(), SERVED_READERS, RESTING);
            Pools::Postgres { pool, read, long: Arc::new(Semaphore::new(LONG_SERVED)) }
        };
        Ok(Self { pools, ids: Mutex::new(0..0) })
    }

    /// How many connections to the database rest, and how many there are.
    pub fn connections(&self) -> (u32, u32) {
        let (idle, all) = match &self.pools {
            Pools::Sqlite { write, read, long, .. } => (
                write.num_idle() + read.len() + read.pool().num_idle() + long.num_idle(),
                write.size() + read.pool().size() + long.size(),
            ),
            Pools::Postgres { pool, read, .. } => (read.len() + pool.num_idle(), pool.size()),
        };
        (u32::try_from(idle).unwrap_or(u32::MAX), all)
    }

    /// A connection to read with: each statement sees what was committed when it began. Waits for one that is free.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database cannot be reached, and where none is free in time.
    pub async fn read(&self) -> Result<Conn, Error> {
        match &self.pools {
            Pools::Sqlite { read, .. } => read.take().await.map(Conn::Sqlite),
            Pools::Postgres { read, .. } => read.take().await.map(Conn::Postgres),
        }
    }

    /// A connection for questions that somebody else composed: after this time they are cut short, and so is the wait for
    /// one when as many are asked already.
    ///
    /// # Errors
    /// [`Error::TooSlow`] when none was free in time, here and by each statement.
    pub async fn read_within(&self, limit: Duration) -> Result<Conn, Error> {
        let end = Instant::now() + limit;
        match &self.pools {
            Pools::Sqlite { long, .. } => within::sqlite(long, end).await,
            Pools::Postgres { pool, long, .. } => within::postgres(pool, long, end).await,
        }
    }

    /// A transaction to write with. On SQLite writers queue here, one at a time;
    /// it begins as a writer, because a reader that turns writer fails at once when another wrote.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database cannot be reached, and where the queue is longer than its patience.
    pub async fn begin(&self) -> Result<Conn, Error> {
        if self.ids_left() < ID_RESERVE {
            self.take_ids().await?;
        }
        self.begin_bare().await
    }

    async fn begin_bare(&self) -> Result<Conn, Error> {
        match &self.pools {
            Pools::Sqlite { write, checkpoints, .. } => {
                checkpoints.wrote();
                write.begin_with("begin immediate").await.map(Conn::SqliteTx)
            }
            Pools::Postgres { pool, .. } => pool.begin().await.map(Conn::PostgresTx),
        }
        .map_err(failed)
    }

    fn ids_left(&self) -> i64 {
        let ids = self.ids.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        ids.end - ids.start
    }

    async fn take_ids(&self) -> Result<(), Error> {
        let mut c = self.begin_bare().await?;
        let sql = "update id_blocks set next = next + $1 where name = 'all' returning next";
        let (end,): (i64,) =
            run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(ID_BLOCK).fetch_one(x))?;
        c.commit().await?;
        *self.ids.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = end - ID_BLOCK..end;
        Ok(())
    }

    /// Makes a deletion final in the files too: SQLite's log, which still holds the old pages, is emptied into the
    /// database, whose freed pages are overwritten (`secure_delete`). PostgreSQL's vacuum does the like in its own time.
    pub async fn forget(&self) -> Result<(), Error> {
        let Pools::Sqlite { write, .. } = &self.pools else { return Ok(()) };
        let mut c = write.acquire().await.map_err(failed)?;
        let sql = "pragma wal_checkpoint(truncate)";
        let (busy, _, _): (i64, i64, i64) =
            sqlx::query_as(sql).fetch_one(&mut *c).await.map_err(failed)?;
        if busy > 0 {
            tracing::warn!("a reader keeps the log of a deletion; the next checkpoint empties it");
        }
        Ok(())
    }

    /// The next unused id of the whole database, under 2^53; numbers that are not used are gaps.
    ///
    /// # Errors
    /// [`Error::Internal`] when one transaction asks for more than 10,000: [`begin`](Self::begin) takes them in blocks.
    pub fn next_id(&self) -> Result<i64, Error> {
        let mut ids = self.ids.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        ids.next().ok_or_else(|| {
            tracing::error!("one transaction used up the block of ids");
            Error::Internal
        })
    }
}
