//! The schema's version: what this program knows, what a database has, and getting from one to the other.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{PgConnection, SqliteConnection};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// It cannot be reached, or it is no such database.
    #[error(
        "{0}; expected sqlite://PATH or postgres://USER@HOST/NAME of a database that can be reached"
    )]
    Unreachable(#[from] sqlx::Error),
    /// A later version of Rapport wrote it.
    #[error(
        "the database has schema {found}, and Rapport {} knows schemas up to {known}: a later version of Rapport \
         has used it. Start that version, or restore the backup made before the upgrade into a new database",
        env!("CARGO_PKG_VERSION")
    )]
    Newer {
        /// The database's schema.
        found: i64,
        /// The last schema that this program knows.
        known: i64,
    },
    /// A change of the schema failed.
    #[error("its schema cannot be brought up to date: {0}")]
    Stuck(#[from] MigrateError),
}

/// The last schema that this program knows.
pub fn known() -> i64 {
    SQLITE.iter().map(|m| m.version).max().unwrap_or_default()
}

/// Refuses a schema that a later version made.
///
/// # Errors
/// [`Unusable::Newer`].
pub fn check(found: Option<i64>) -> Result<(), Unusable> {
    match found {
        Some(found) if found > known() => Err(Unusable::Newer { found, known: known() }),
        _ => Ok(()),
    }
}

/// The schema of a SQLite database; `None` for a new one.
pub async fn of_sqlite(c: &mut SqliteConnection) -> Result<Option<i64>, sqlx::Error> {
    let sql = "select count(*) from sqlite_master where name = '_sqlx_migrations'";
    let (there,): (i64,) = sqlx::query_as(sql).fetch_one(&mut *c).await?;
    if there == 0 {
        return Ok(None);
    }
    let sql = "select max(version) from _sqlx_migrations";
    let (version,): (Option<i64>,) = sqlx::query_as(sql).fetch_one(c).await?;
    Ok(version)
}

/// The schema of a PostgreSQL database; `None` for a new one.
pub async fn of_postgres(c: &mut PgConnection) -> Result<Option<i64>, sqlx::Error> {
    let sql = "select to_regclass('_sqlx_migrations') is not null";
    let (there,): (bool,) = sqlx::query_as(sql).fetch_one(&mut *c).await?;
    if !there {
        return Ok(None);
    }
    let sql = "select max(version) from _sqlx_migrations";
    let (version,): (Option<i64>,) = sqlx::query_as(sql).fetch_one(c).await?;
    Ok(version)
}

/// Brings a SQLite database to a schema; answers the one that it had.
///
/// # Errors
/// [`Unusable`]; what is newer than this program is left as it is.
pub async fn migrate_sqlite(c: &mut SqliteConnection, to: i64) -> Result<Option<i64>, Unusable> {
    let found = of_sqlite(c).await?;
    check(found)?;
    SQLITE.run_direct(Some(to), c, false).await?;
    Ok(found)
}

/// Brings a PostgreSQL database to a schema; answers the one that it had.
///
/// # Errors
/// [`Unusable`]; what is newer than this program is left as it is.
pub async fn migrate_postgres(c: &mut PgConnection, to: i64) -> Result<Option<i64>, Unusable> {
    let found = of_postgres(c).await?;
    check(found)?;
    POSTGRES.run_direct(Some(to), c, false).await?;
    Ok(found)
}

/// How every connection to a SQLite file is set up.
pub fn sqlite_options(url: &str) -> Result<SqliteConnectOptions, sqlx::Error> {
    use std::str::FromStr as _;
    use std::time::Duration;

    use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
    Ok(SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("secure_delete", "on")
        // What is read comes from the system's own copy of the file, not from another one in this process; 2 GB are the
        // most that SQLite takes (<https://sqlite.org/mmap.html>).
        .pragma("mmap_size", "2147418112"))
}

/// How the one connection that writes is set up besides. A group of calls touches more pages than SQLite keeps of itself
/// (2 MB), and each page would be read from and written to the file again and again: it keeps 64 MB. It moves its log into
/// the file only where that is 256 MB long all the same (see `checkpoints`).
pub fn for_writing(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options.pragma("cache_size", "-65536").pragma("wal_autocheckpoint", "65536")
}
