//! The two ends of a copy: a snapshot that is read, and an empty database that is filled at once or not at all.

use std::path::PathBuf;
use std::str::FromStr as _;

use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

use super::indexes::Indexes;
use super::rows;
use super::table::Table;
use crate::server::db::{Conn, Raw, schema};

/// The one table that a new database has a row in.
const IDS: &str = "id_blocks";

/// A whole table takes long to read; nobody needs to be warned of it.
fn sqlite(url: &str) -> Result<SqliteConnectOptions, sqlx::Error> {
    Ok(schema::sqlite_options(url)?.disable_statement_logging())
}

async fn postgres(url: &str) -> Result<PgPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
    PgPoolOptions::new().max_connections(1).connect_with(options).await
}

/// A database as it is at one moment, whatever others write meanwhile. Its schema is left as it is.
pub struct Source {
    /// A transaction that reads.
    pub conn: Conn,
    /// Its schema.
    pub schema: i64,
    /// Its tables.
    pub tables: Vec<Table>,
}

impl Source {
    /// Opens a database to read the whole of it.
    ///
    /// # Errors
    /// A sentence that says why it cannot be read.
    pub async fn open(url: &str) -> Result<Self, String> {
        let problem = |e: sqlx::Error| schema::Unusable::from(e).to_string();
        let (mut conn, found) = if url.starts_with("sqlite:") {
            let options = sqlite(url).map_err(problem)?.create_if_missing(false);
            let pool = SqlitePoolOptions::new().max_connections(1);
            let pool = pool.connect_with(options.pragma("query_only", "on")).await;
            let mut tx = pool.map_err(problem)?.begin_with("begin").await.map_err(problem)?;
            let found = schema::of_sqlite(&mut tx).await.map_err(problem)?;
            (Conn::SqliteTx(tx), found)
        } else {
            let pool = postgres(url).await.map_err(problem)?;
            let begin = "begin isolation level repeatable read read only";
            let mut tx = pool.begin_with(begin).await.map_err(problem)?;
            let found = schema::of_postgres(&mut tx).await.map_err(problem)?;
            (Conn::PostgresTx(tx), found)
        };
        schema::check(found).map_err(|e| e.to_string())?;
        let schema = found.ok_or("there is no data of Rapport in this database")?;
        let tables = rows::tables(&mut conn).await?;
        Ok(Self { conn, schema, tables })
    }
}

/// A SQLite file that is not there yet: unless it is kept, it goes again with what was made beside it.
struct Fresh(Option<PathBuf>);

impl Fresh {
    fn of(url: &str) -> Result<Self, sqlx::Error> {
        let path = schema::sqlite_options(url)?.get_filename().to_owned();
        Ok(Self(Some(path).filter(|path| !path.exists())))
    }

    fn keep(&mut self) {
        self.0 = None;
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let Some(path) = self.0.take() else { return };
        for end in ["", "-wal", "-shm"] {
            let mut path = path.as_os_str().to_owned();
            path.push(end);
            // What was not made need not go.
            let _ = std::fs::remove_file(path);
        }
    }
}

enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Refuses a database that holds anything, before anything in it is changed.
async fn expect_empty(c: &mut Conn, found: Option<i64>, to: i64) -> Result<(), String> {
    schema::check(found).map_err(|e| e.to_string())?;
    for table in rows::tables(c).await? {
        let new = found.is_some() && table.name == IDS;
        if !new && (found.is_none() || rows::any(c, &table).await?) {
            return Err(format!(
                "this database holds data already (in {}); name an empty one. Nothing was changed",
                table.name
            ));
        }
    }
    match found.filter(|found| *found > to) {
        Some(found) => Err(format!(
            "this database is empty but has schema {found} already, and the data has schema {to}; name a new \
             database. Nothing was changed"
        )),
        None => Ok(()),
    }
}

/// A database that is being filled.
pub struct Target {
    /// The one transaction that fills it.
    pub conn: Conn,
    /// Its tables.
    pub tables: Vec<Table>,
    pool: Pool,
    indexes: Indexes,
    /// Goes after the connections to it.
    fresh: Fresh,
}

impl Target {
    /// Opens an empty database, brings it to a schema, and begins to fill it.
    ///
    /// # Errors
    /// A sentence that says why it cannot be filled: it holds data, or has a later schema.
    pub async fn open(url: &str, to: i64) -> Result<Self, String> {
        let problem = |e: sqlx::Error| schema::Unusable::from(e).to_string();
        let (mut fresh, mut indexes) = (Fresh(None), Indexes::default());
        let (mut conn, pool) = if url.starts_with("sqlite:") {
            fresh = Fresh::of(url).map_err(problem)?;
            let options = schema::for_writing(sqlite(url).map_err(problem)?);
            let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options);
            let pool = pool.await.map_err(problem)?;
            let mut c = pool.acquire().await.map_err(problem)?;
            let found = schema::of_sqlite(&mut c).await.map_err(problem)?;
            let mut c = Conn::Sqlite(c.into());
            expect_empty(&mut c, found, to).await?;
            drop(c);
            let mut c = pool.acquire().await.map_err(problem)?;
            schema::migrate_sqlite(&mut c, to).await.map_err(|e| e.to_string())?;
            drop(c);
            let mut tx = pool.begin_with("begin immediate").await.map_err(problem)?;
            indexes = Indexes::lay_aside(&mut tx).await.map_err(problem)?;
            (Conn::SqliteTx(tx), Pool::Sqlite(pool))
        } else {
            let pool = postgres(url).await.map_err(problem)?;
            let mut c = pool.acquire().await.map_err(problem)?;
            let found = schema::of_postgres(&mut c).await.map_err(problem)?;
            let mut c = Conn::Postgres(c.into());
            expect_empty(&mut c, found, to).await?;
            drop(c);
            let mut c = pool.acquire().await.map_err(problem)?;
            schema::migrate_postgres(&mut c, to).await.map_err(|e| e.to_string())?;
            drop(c);
            let tx = pool.begin().await.map_err(problem)?;
            (Conn::PostgresTx(tx), Pool::Postgres(pool))
        };
        let tables = rows::tables(&mut conn).await?;
        for table in &tables {
            rows::clear(&mut conn, table).await?;
        }
        Ok(Self { conn, tables, pool, indexes, fresh })
    }

    /// Keeps what was written, and brings the schema up to date.
    ///
    /// # Errors
    /// A sentence that says what failed.
    pub async fn finish(mut self) -> Result<(), String> {
        let problem = |e: sqlx::Error| schema::Unusable::from(e).to_string();
        if let Raw::Sqlite(c) = self.conn.raw() {
            self.indexes.make_again(c).await.map_err(problem)?;
        }
        self.conn.commit().await.map_err(|e| e.to_string())?;
        self.fresh.keep();
        let done = match self.pool {
            Pool::Sqlite(pool) => {
                let mut c = pool.acquire().await.map_err(problem)?;
                let done = schema::migrate_sqlite(&mut c, schema::known()).await;
                drop(c);
                // Whoever closes it last carries its log into it: who copies the file elsewhere now has everything.
                pool.close().await;
                done
            }
            Pool::Postgres(pool) => {
                let mut c = pool.acquire().await.map_err(problem)?;
                let done = schema::migrate_postgres(&mut c, schema::known()).await;
                // Its plans are poor until it has looked at what arrived.
                sqlx::query("analyze").execute(&mut *c).await.map_err(problem)?;
                done
            }
        };
        done.map(|_| ()).map_err(|e| format!("all data is there, but {e}"))
    }
}
