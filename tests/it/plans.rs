//! What a workspace does in a day never looks through all of its people, events or companies: SQLite's plans are read.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rapport::server::clock::Clock;
use rapport::server::db::{Db, schema};
use rapport::server::state::AppState;
use rapport::teammates::sign_in;
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, Row as _};

use crate::support::{Engine, TestApp};

/// Tables that have a row or more for each person or company.
const LARGE: [&str; 21] = [
    "contacts",
    "companies",
    "contact_words",
    "company_words",
    "contact_identities",
    "event_counts",
    "event_days",
    "company_days",
    "sessions",
    "activity",
    "stream",
    "memberships",
    "attribute_values",
    "taggings",
    "message_ids",
    "conversations",
    "parts",
    "notes",
    "note_mentions",
    "segment_members",
    "segment_turns",
];

/// What counts through an index of its own on purpose, or looks once at the start whether anything is there.
const KNOWN: [&str; 6] = [
    "select count(*) from companies c where c.workspace_id = $1 and c.merged_into = 0 and c.archived_at = 0",
    // One step for each country.
    "with recursive found (code) as ( select min(country_code)",
    // What is found by words, less what of it is in the archive.
    "select (select count(*) from (select distinct * from (select contact_id from contact_words",
    "select c.health, count(*) from companies c where",
    "select count(*) from contacts p where p.workspace_id = $1 and p.merged_into = 0 and p.archived_at > 0",
    "select id from workspaces where exists",
];

/// The program, stopped when the test ends however it ends.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One teammate's day and one product's calls.
async fn a_day(at: &str, app: &TestApp, token: &str) {
    let client = Client::new();
    let calls = [
        ("identify", json!({"userId": "ada", "traits": {"email": "ada@x.example", "plan": "Pro"}})),
        ("identify", json!({"userId": "ada", "traits": {"email": "a@x.example", "plan": "Free"}})),
        ("track", json!({"userId": "ada", "event": "Ordered", "properties": {"total": 12}})),
        ("page", json!({"userId": "ada", "name": "Home"})),
        ("group", json!({"userId": "ada", "groupId": "engines", "traits": {"name": "Engines"}})),
        ("track", json!({"userId": "ada", "event": "Ordered"})),
        ("track", json!({"anonymousId": "somebody", "event": "Ordered"})),
        ("identify", json!({"anonymousId": "somebody", "userId": "grace"})),
    ];
    for (kind, body) in calls {
        let sent = client.post(format!("{at}/v1/{kind}")).basic_auth(&app.keys.write_key, Some(""));
        let sent = sent.header("content-type", "application/json").body(body.to_string());
        let answer = sent.send().await.unwrap();
        assert!(answer.status().is_success(), "{kind}: {}", answer.text().await.unwrap());
    }
    let page = async |path: &str| {
        let asked = client.get(format!("{at}{path}"));
        let answer =
            asked.header("cookie", format!("rapport_session={token}")).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.text().await.unwrap()
    };
    let first = |page: &str, path: &str| {
        let from = page.split(path).nth(1).unwrap_or_else(|| panic!("no link to {path}"));
        format!("{path}{}", from.split(|c: char| !c.is_ascii_digit()).next().unwrap())
    };
    let person = first(&page("/people?find=ada").await, "/contacts/");
    let company = first(&page("/companies?find=engines").await, "/companies/");
    for path in [
        &person,
        &format!("{person}?type=events"),
        &format!("{person}?type=notes"),
        &company,
        &format!("{company}?view=stream"),
        "/people",
        "/companies",
        "/inbox",
        "/segments",
    ] {
        page(path).await;
    }
    let rest = async |path: &str| {
        let asked = client.get(format!("{at}/api/{path}")).bearer_auth(&app.keys.api_token);
        let answer = asked.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
    };
    for path in ["contacts", "companies", "tags", "events?type=user&user_id=ada&summary=true"] {
        rest(path).await;
    }
}

/// The statements in a log of lines in JSON.
fn statements(log: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in log.lines() {
        let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
        let field = |name: &str| {
            [&line["fields"][name], &line[name]]
                .into_iter()
                .find_map(Value::as_str)
                .unwrap_or_default()
        };
        // A short one stands in the summary alone.
        let whole = [field("db.statement"), field("summary")];
        let Some(sql) = whole.into_iter().map(str::trim).find(|sql| !sql.is_empty()) else {
            continue;
        };
        let word = sql.split_whitespace().next().unwrap_or_default();
        if matches!(word, "select" | "insert" | "update" | "delete" | "with") && !sql.ends_with('…')
        {
            found.insert(sql.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    found
}

/// The steps of a plan that go through a large table with nothing but the workspace to find by.
async fn searches(c: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let explained = sqlx::AssertSqlSafe(format!("explain query plan {sql}"));
    let rows = sqlx::query(explained).fetch_all(c).await.unwrap_or_else(|e| panic!("{e}: {sql}"));
    let steps: Vec<String> = rows.iter().map(|row| row.get::<String, _>("detail")).collect();
    // What follows an order that an index has, to a limit, ends soon.
    let in_order =
        sql.contains(" limit ") && !steps.iter().any(|s| s.contains("TEMP B-TREE FOR ORDER"));
    let table_of = |step: &str| {
        let name = step.split(' ').nth(1).unwrap_or_default();
        let named = LARGE.iter().find(|t| sql.contains(&format!("{t} {name} ")) || **t == name);
        named.is_some_and(|_| !in_order)
    };
    let whole = |step: &String| {
        (step.starts_with("SCAN ") || step.ends_with("(workspace_id=?)")) && table_of(step)
    };
    steps.into_iter().filter(whole).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_work_looks_through_no_large_table() {
    let app = TestApp::new(Engine::Sqlite).await;
    let state = AppState::new(Db::open(&app.url).await.unwrap(), Clock::System, false);
    let token = sign_in(&state, "ada@example.com", "correct horse battery").await.unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let log = app.folder.path().join("log");
    let addr = free.to_string();
    let program = Command::new(env!("CARGO_BIN_EXE_rapport"))
        .args(["serve", "--addr", &addr, "--database-url", &app.url])
        .args(["--log", "warn,sqlx::query=debug", "--log-format", "json"])
        .arg("--data-dir")
        .arg(app.folder.path())
        .stderr(Stdio::from(std::fs::File::create(&log).unwrap()))
        .spawn()
        .unwrap();
    let program = Program(program);
    let mut tries = 0;
    while tokio::net::TcpStream::connect(&addr).await.is_err() {
        tries += 1;
        assert!(tries < 400, "the program did not start");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    a_day(&format!("http://{addr}"), &app, &token).await;
    // Segments are looked at again within a second.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    drop(program);

    let said = statements(&std::fs::read_to_string(&log).unwrap());
    assert!(said.len() > 100, "only {} statements are in the log", said.len());
    assert!(said.iter().any(|sql| sql.contains("from event_counts e")), "no profile was looked at");
    let mut c =
        SqliteConnection::connect_with(&schema::sqlite_options(&app.url).unwrap()).await.unwrap();
    let mut faults = Vec::new();
    for sql in said.iter().filter(|sql| !KNOWN.iter().any(|known| sql.starts_with(known))) {
        for step in searches(&mut c, sql).await {
            faults.push(format!("{step}\n    {sql}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Beside indexes that have statistics, SQLite takes one without for the best.
#[tokio::test]
async fn every_index_of_a_table_with_statistics_has_its_own() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut c =
        SqliteConnection::connect_with(&schema::sqlite_options(&app.url).unwrap()).await.unwrap();
    let sql = "select name from sqlite_master where type = 'index' and tbl_name in (select tbl from sqlite_stat1) \
               and name not in (select idx from sqlite_stat1)";
    let without: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut c).await.unwrap();
    assert!(without.is_empty(), "no statistics in the migrations for {without:?}");
    let sql = "select idx from sqlite_stat1 where idx not in (select name from sqlite_master where type = 'index')";
    let unknown: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut c).await.unwrap();
    assert!(unknown.is_empty(), "statistics of no index: {unknown:?}");
}
