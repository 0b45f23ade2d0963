//! Both engines end in the same tables, and the log has no gaps.

use std::collections::BTreeSet;

use rapport::id::{ContactId, TeammateId, WorkspaceId};
use rapport::server::db::{Entry, Write};
use rapport::stream::Kind;
use sqlx::Connection as _;

use crate::on_both;
use crate::support::{Database, Engine, NOON, TestApp};

async fn columns(engine: Engine) -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    let url = Database::empty(engine, folder.path()).await;
    rapport::server::db::Db::open(&url).await.unwrap();
    let rows: Vec<(String, String)> = match engine {
        Engine::Sqlite => {
            let mut c = sqlx::SqliteConnection::connect(&url).await.unwrap();
            let sql = "select m.name, c.name || ' ' || lower(c.type) || ' ' || c.\"notnull\" from sqlite_master m \
                       join pragma_table_info(m.name) c where m.type = 'table'";
            sqlx::query_as(sql).fetch_all(&mut c).await.unwrap()
        }
        Engine::Postgres => {
            let mut c = sqlx::PgConnection::connect(&url).await.unwrap();
            let sql = "select table_name::text, column_name || ' ' || replace(data_type, 'bytea', 'blob') || ' ' || \
                       case when is_nullable = 'NO' then 1 else 0 end from information_schema.columns \
                       where table_schema = 'public'";
            sqlx::query_as(sql).fetch_all(&mut c).await.unwrap()
        }
    };
    let ours = rows
        .into_iter()
        .filter(|(table, _)| !table.starts_with("_sqlx") && !table.starts_with("sqlite_"));
    ours.map(|(table, column)| format!("{table}.{column}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_end_in_the_same_tables() {
    let (sqlite, postgres) = (columns(Engine::Sqlite).await, columns(Engine::Postgres).await);
    assert!(sqlite.len() > 50, "found only {}", sqlite.len());
    assert_eq!(sqlite, postgres);
}

/// Whatever has a bound limit would be planned anew each time otherwise: a third of what a profile asks of SQLite.
#[tokio::test(flavor = "multi_thread")]
async fn sqlite_plans_a_statement_once() {
    let mut c = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let options: Vec<(String,)> =
        sqlx::query_as("pragma compile_options").fetch_all(&mut c).await.unwrap();
    assert!(options.iter().any(|(o,)| o == "ENABLE_QPSG"), "see .cargo/config.toml: {options:?}");
}

/// Nobody's commit waits for that, since the log is far from long.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_is_soon_in_the_file_itself() {
    let app = TestApp::new(Engine::Sqlite).await;
    let ada = serde_json::json!({ "userId": "ada", "traits": { "name": "Ada" } });
    assert_eq!(app.call("identify", &ada).await.0, 200);
    let file = app.url.trim_start_matches("sqlite://").to_owned();
    let copy = app.folder.path().join("copy.db");
    let seen = async || {
        // By another process: one that closes a file lets go of all its locks on it.
        let copied = std::process::Command::new("cp").arg(&file).arg(&copy).status().unwrap();
        assert!(copied.success());
        let url = format!("sqlite://{}", copy.display());
        let mut c = sqlx::SqliteConnection::connect(&url).await.unwrap();
        let sql = "select count(*) from contacts where external_id = 'ada'";
        let found: Result<(i64,), _> = sqlx::query_as(sql).fetch_one(&mut c).await;
        found.is_ok_and(|(n,)| n == 1)
    };
    for _ in 0..100 {
        if seen().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("it is in the log alone");
}

#[test]
fn both_engines_have_the_same_migrations() {
    let names = |folder: &str| -> Vec<_> {
        let mut names: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("migrations/sqlite"), names("migrations/postgres"));
}

on_both! {
    async fn a_tailing_reader_sees_every_number_once_while_32_write(app: TestApp) {
        let workspace = WorkspaceId(app.number("select id from workspaces").await);
        let write = async |n: i64| {
            for k in 0..6 {
                let mut w = Write::begin(&app.state, workspace, TeammateId(0)).await.unwrap();
                for _ in 0..=(n + k) % 3 {
                    let data = serde_json::json!({});
                    w.log(Entry::of_contact(Kind::Event, NOON, ContactId(n), 0, data));
                }
                w.commit().await.unwrap();
            }
        };
        let expected: i64 = (0..32).flat_map(|n| (0..6).map(move |k| (n + k) % 3 + 1)).sum();
        let tail = async {
            let mut seen = 0;
            while seen < expected {
                let mut c = app.state.db.read().await.unwrap();
                let sql = "select seq from activity where seq > $1 order by seq";
                let rows: Result<Vec<(i64,)>, _> =
                    rapport::run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(seen).fetch_all(x));
                for (seq,) in rows.unwrap() {
                    assert_eq!(seq, seen + 1, "a number was skipped or came late");
                    seen = seq;
                }
                drop(c);
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        };
        let writers = futures::future::join_all((0..32).map(write));
        tokio::time::timeout(std::time::Duration::from_secs(60), futures::future::join(writers, tail)).await.unwrap();
        assert_eq!(app.number("select n from workspace_seq").await, expected);
    }
}
