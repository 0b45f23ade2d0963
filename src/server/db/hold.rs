//! Who uses a database: many servers may, or one command that fills it or moves it away.

use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::time::Duration;

use sqlx::{Connection as _, PgConnection};

use super::schema::sqlite_options;

/// Names Rapport's lock among the advisory locks of a PostgreSQL database.
const KEY: i64 = 0x0052_6170_706f_7274;
/// How often a database that somebody holds alone is asked for.
const TRIES: u32 = 20;
/// How long to wait before it is asked for again.
const PAUSE: Duration = Duration::from_millis(100);

/// Held while a database is used; dropping it, or the end of the process, lets go.
#[derive(Debug)]
pub enum Hold {
    /// A lock on the file beside a SQLite database.
    Sqlite(File),
    /// A connection with an advisory lock.
    Postgres(PgConnection),
}

impl Hold {
    /// Holds a database as one of many; `None` where somebody goes on holding it alone, which a server that starts does
    /// for a moment only.
    ///
    /// # Errors
    /// When the database or its folder cannot be reached.
    pub async fn shared(url: &str) -> Result<Option<Self>, sqlx::Error> {
        for _ in 0..TRIES {
            let sql = "select pg_try_advisory_lock_shared($1)";
            if let Some(hold) = Self::take(url, sql, File::try_lock_shared).await? {
                return Ok(Some(hold));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(None)
    }

    /// Holds a database alone; `None` while anybody else holds it.
    ///
    /// # Errors
    /// When the database or its folder cannot be reached.
    pub async fn alone(url: &str) -> Result<Option<Self>, sqlx::Error> {
        Self::take(url, "select pg_try_advisory_lock($1)", File::try_lock).await
    }

    async fn take(
        url: &str,
        sql: &'static str,
        lock: fn(&File) -> Result<(), TryLockError>,
    ) -> Result<Option<Self>, sqlx::Error> {
        if url.starts_with("sqlite:") {
            let mut path = sqlite_options(url)?.get_filename().as_os_str().to_owned();
            path.push(".lock");
            let file = File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(PathBuf::from(path))?;
            return match lock(&file) {
                Ok(()) => Ok(Some(Self::Sqlite(file))),
                Err(TryLockError::WouldBlock) => Ok(None),
                Err(TryLockError::Error(error)) => Err(error.into()),
            };
        }
        let mut c = PgConnection::connect(url).await?;
        let (held,): (bool,) = sqlx::query_as(sql).bind(KEY).fetch_one(&mut c).await?;
        Ok(held.then_some(Self::Postgres(c)))
    }
}
