//! A connection of either engine, with or without a transaction around it.

use std::time::Instant;

use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqlitePool;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};

use super::resting::Read;
use super::{Others, failed};
use crate::error::Error;

/// A connection, with or without a transaction around it.
pub enum Conn {
    /// SQLite, reading.
    Sqlite(Read<Sqlite>),
    /// SQLite inside `begin immediate`.
    SqliteTx(Transaction<'static, Sqlite>),
    /// PostgreSQL, reading.
    Postgres(Read<Postgres>),
    /// PostgreSQL inside a transaction.
    PostgresTx(Transaction<'static, Postgres>),
    /// SQLite, reading until a moment, and where others like it come from.
    SqliteWithin(PoolConnection<Sqlite>, SqlitePool, Instant),
    /// PostgreSQL, reading until a moment, and where others like it come from.
    PostgresWithin(Transaction<'static, Postgres>, Others, Instant),
}

/// A borrowed connection by engine: what [`run!`](crate::run) matches on.
pub enum Raw<'a> {
    /// SQLite.
    Sqlite(&'a mut SqliteConnection),
    /// PostgreSQL.
    Postgres(&'a mut PgConnection),
}

impl Conn {
    /// The connection underneath, to ask one thing; [`whole`](Self::whole) says that the answer was read.
    pub fn raw(&mut self) -> Raw<'_> {
        match self {
            Self::Sqlite(c) => Raw::Sqlite(c.begin()),
            Self::SqliteWithin(c, ..) => Raw::Sqlite(c),
            Self::SqliteTx(c) => Raw::Sqlite(c),
            Self::Postgres(c) => Raw::Postgres(c.begin()),
            Self::PostgresTx(c) | Self::PostgresWithin(c, ..) => Raw::Postgres(c),
        }
    }

    /// The answer was read to its end, so that whoever reads next can have the connection as it is. One of which nobody says so
    /// is tried first.
    pub const fn whole(&mut self) {
        match self {
            Self::Sqlite(c) => c.whole(),
            Self::Postgres(c) => c.whole(),
            _ => {}
        }
    }

    /// Whether the numbers of a few are gathered, as an array, before the rows that have them are read. It is PostgreSQL's way: a join it
    /// would begin with everything there is where it takes the few for many, as it takes a small segment for one of the usual size. SQLite
    /// begins with what a statement names first.
    pub const fn gathers(&self) -> bool {
        matches!(self, Self::Postgres(_) | Self::PostgresTx(_) | Self::PostgresWithin(..))
    }

    /// Gives the next statement what is left of the time, where there is a limit. SQLite looks at the clock by itself.
    pub(super) async fn hurry(&mut self) -> Result<(), Error> {
        let Self::PostgresWithin(c, _, end) = self else { return Ok(()) };
        let left = end.saturating_duration_since(Instant::now()).as_millis();
        if left == 0 {
            return Err(Error::TooSlow);
        }
        let sql = "select set_config('statement_timeout', $1, true)";
        sqlx::query(sql).bind(left.to_string()).execute(&mut **c).await.map_err(failed)?;
        Ok(())
    }

    /// Holds the lock of this number to the end of the transaction. SQLite has one writer at a time, who is alone anyway.
    pub(crate) async fn alone(&mut self, number: i64) -> Result<(), Error> {
        if let Raw::Postgres(c) = self.raw() {
            let sql = "select pg_advisory_xact_lock($1)";
            sqlx::query(sql).bind(number).execute(c).await.map_err(failed)?;
        }
        Ok(())
    }

    /// Commits a transaction; a plain connection has nothing to commit.
    pub async fn commit(self) -> Result<(), Error> {
        match self {
            Self::SqliteTx(tx) => tx.commit().await.map_err(failed),
            Self::PostgresTx(tx) => tx.commit().await.map_err(failed),
            Self::Sqlite(_)
            | Self::SqliteWithin(..)
            | Self::Postgres(_)
            | Self::PostgresWithin(..) => Ok(()),
        }
    }
}
