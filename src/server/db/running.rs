//! Running one statement text on either engine, and what comes of it.

use crate::error::Error;

/// Runs one body on whichever engine the connection has: `run!(conn, |c| query(SQL).execute(c))`. One that took long is told
/// of by its place in the program, see [`took`](crate::server::db::took).
#[macro_export]
macro_rules! run {
    ($conn:expr, |$c:ident| $body:expr) => {{
        let began = ::std::time::Instant::now();
        let done = match $conn.raw() {
            $crate::server::db::Raw::Sqlite($c) => {
                $body.await.map(Into::into).map_err($crate::server::db::failed)
            }
            $crate::server::db::Raw::Postgres($c) => {
                $body.await.map(Into::into).map_err($crate::server::db::failed)
            }
        };
        if done.is_ok() {
            $conn.whole();
        }
        $crate::server::db::took(began, concat!(module_path!(), ":", line!()));
        done
    }};
}

/// The number of rows that a statement changed, on either engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed(
    /// Rows.
    pub u64,
);

impl From<sqlx::sqlite::SqliteQueryResult> for Changed {
    fn from(result: sqlx::sqlite::SqliteQueryResult) -> Self {
        Self(result.rows_affected())
    }
}

impl From<sqlx::postgres::PgQueryResult> for Changed {
    fn from(result: sqlx::postgres::PgQueryResult) -> Self {
        Self(result.rows_affected())
    }
}

/// Logs a database error and turns it into the outcome that callers see.
pub fn failed(error: sqlx::Error) -> Error {
    if is_cut_short(&error) {
        return Error::TooSlow;
    }
    tracing::error!(%error, "database");
    Error::Internal
}

/// Whether a statement was ended because its time was over: SQLite's `SQLITE_INTERRUPT`
/// (<https://sqlite.org/rescode.html#interrupt>), PostgreSQL's `query_canceled`.
fn is_cut_short(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    error.code().is_some_and(|code| code == "9" || code == "57014")
}
