//! A database for one test, gone with it.

use std::ffi::OsStr;
use std::ops::Deref;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use rapport::server::db::Db;
use rapport::workspace::{Created, create};
use sqlx::Connection as _;
use tokio::sync::OnceCell;

use super::{Engine, NOON, new_workspace};

/// The address of a database that is gone once this is, unless the test failed: hundreds of them fill a disk.
pub struct Database(String);

impl Database {
    /// An empty one; SQLite's is a file in this folder, which has it when it is opened.
    pub async fn empty(engine: Engine, folder: &Path) -> Self {
        if matches!(engine, Engine::Sqlite) {
            return Self(format!("sqlite://{}", folder.join("test.db").display()));
        }
        let name = next_name();
        on_server(format!("create database {name}")).await;
        Self(on_its_server(&name))
    }

    /// One with the schema and a workspace, and that workspace's keys. All of an engine are copies of one: the schema's
    /// steps would take a quarter of a second of each test.
    pub async fn founded(engine: Engine, folder: &Path) -> (Self, Created) {
        match engine {
            Engine::Sqlite => {
                static FIRST: OnceCell<(Vec<u8>, Created)> = OnceCell::const_new();
                let (bytes, keys) = FIRST.get_or_init(found_file).await;
                let database = Self::empty(engine, folder).await;
                std::fs::write(folder.join("test.db"), bytes).unwrap();
                (database, keys.clone())
            }
            Engine::Postgres => {
                static FIRST: OnceCell<(String, Created)> = OnceCell::const_new();
                let (first, keys) = FIRST.get_or_init(found_on_server).await;
                let name = next_name();
                on_server(format!("create database {name} template {first}")).await;
                (Self(on_its_server(&name)), keys.clone())
            }
        }
    }
}

async fn found(url: &str) -> (Db, Created) {
    let db = Db::open(url).await.unwrap();
    let keys = create(&db, new_workspace("ada@example.com"), NOON).await.unwrap();
    (db, keys)
}

async fn found_file() -> (Vec<u8>, Created) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("first.db");
    let (db, keys) = found(&format!("sqlite://{}", path.display())).await;
    // All of it is in the file then, and nothing in the log beside it.
    db.forget().await.unwrap();
    (std::fs::read(path).unwrap(), keys)
}

/// It stays on the server, as one for all that this process tests.
async fn found_on_server() -> (String, Created) {
    let name = next_name();
    on_server(format!("create database {name}")).await;
    let (db, keys) = found(&on_its_server(&name)).await;
    // A database that somebody is connected to cannot be copied.
    drop(db);
    let sql =
        format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
    on_server(sql).await;
    (name, keys)
}

impl Drop for Database {
    fn drop(&mut self) {
        if std::thread::panicking() || self.0.starts_with("sqlite:") {
            return;
        }
        // Whoever still uses it, such as a worker that has not heard that its server stops, is cut off.
        let name = self.0.rsplit('/').next().unwrap_or_default();
        let statement = format!("drop database if exists {name} with (force)");
        let dropping = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(on_server(statement));
        });
        dropping.join().unwrap();
    }
}

impl Deref for Database {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<OsStr> for Database {
    fn as_ref(&self) -> &OsStr {
        self.0.as_ref()
    }
}

fn next_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn on_its_server(name: &str) -> String {
    let server = server();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

fn server() -> String {
    std::env::var("RAPPORT_TEST_POSTGRES")
        .expect("RAPPORT_TEST_POSTGRES names a PostgreSQL for tests; bin/test starts one")
}

async fn on_server(statement: String) {
    let mut admin = sqlx::PgConnection::connect(&server()).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut admin).await.unwrap();
}
