//! A database for one test, gone with it.

use std::ffi::OsStr;
use std::ops::Deref;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::Connection as _;

use super::Engine;

/// The address of a database that is gone once this is, unless the test failed: hundreds of them fill a disk.
pub struct Database(String);

impl Database {
    /// An empty one; SQLite's is a file in this folder, which has it when it is opened.
    pub async fn empty(engine: Engine, folder: &Path) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        if matches!(engine, Engine::Sqlite) {
            return Self(format!("sqlite://{}", folder.join("test.db").display()));
        }
        let name = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let server = server();
        on_server(format!("create database {name}")).await;
        let (base, _) = server.rsplit_once('/').unwrap();
        Self(format!("{base}/{name}"))
    }
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

fn server() -> String {
    std::env::var("RAPPORT_TEST_POSTGRES")
        .expect("RAPPORT_TEST_POSTGRES names a PostgreSQL for tests; bin/test starts one")
}

async fn on_server(statement: String) {
    let mut admin = sqlx::PgConnection::connect(&server()).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut admin).await.unwrap();
}
