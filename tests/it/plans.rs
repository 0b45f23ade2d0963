//! What a workspace does in a day never looks through all of its people, events or companies: SQLite's plans are read.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rapport::companies;
use rapport::conversations::{self, Asked, Filter, Order, Range, Scope, State};
use rapport::id::{CompanyId, SegmentId, TagId, TeamId, TeammateId, WorkspaceId};
use rapport::run;
use rapport::server::clock::Clock;
use rapport::server::dates::Dates;
use rapport::server::db::{Changed, Conn, Db, schema};
use rapport::server::state::AppState;
use rapport::teammates::sign_in;
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, Row as _};

use crate::support::{Engine, TestApp};

/// Tables that have a row or more for each person or company.
const LARGE: [&str; 25] = [
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
    "note_looks",
    "note_words",
    "segment_members",
    "segment_turns",
    "segment_checks",
    "deliveries",
];

/// What counts through an index of its own on purpose, or looks once at the start whether anything is there.
const KNOWN: [&str; 9] = [
    "select count(*) from companies c where c.workspace_id = $1 and c.merged_into = 0 and c.archived_at = 0",
    // One step for each country.
    "with recursive found (code) as ( select min(country_code)",
    // What is found by words, less what of it is in the archive.
    "select (select count(*) from (select distinct * from (select contact_id from contact_words",
    "select c.health, count(*) from companies c where",
    "select count(*) from contacts p where p.workspace_id = $1 and p.merged_into = 0 and p.archived_at > 0",
    "select id from workspaces where exists",
    // All that waits, once at the start.
    "update deliveries set lease_until = $1 where state = 'waiting'",
    // The curves of a message: who got it, and of whom it failed.
    "select sent_at / 900000 as quarter",
    "select (case when due_at < 9007199254740991 then due_at else matched_at end) / 900000 as quarter",
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
        "/inbox?priority=1",
        "/inbox?priority=1&order=oldest",
        "/inbox?priority=1&order=waiting",
        "/inbox?priority=1&in=mine",
        "/segments",
        "/notes?find=renew+in+may",
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
    messages(at, app, &client).await;
}

/// A message to somebody who is chosen, and one to whoever gets a tag.
async fn messages(at: &str, app: &TestApp, client: &Client) {
    let post = async |path: &str, body: Value| {
        let asked = client.post(format!("{at}/api/{path}")).bearer_auth(&app.keys.api_token);
        let asked = asked.header("content-type", "application/json").body(body.to_string());
        let answer = asked.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {text}");
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let admin = app.number("select id from teammates").await.to_string();
    let found = client.get(format!("{at}/api/contacts/find_by_external_id/ada"));
    let found = found.bearer_auth(&app.keys.api_token).send().await.unwrap().text().await.unwrap();
    let ada: Value = serde_json::from_str(&found).unwrap();
    let tag = post("tags", json!({"name": "vip"})).await;
    let rule = json!({"version": 1, "rule": {"field": "tag", "op": "is", "value": tag["id"]}});
    for message in [
        json!({"admin_id": admin, "body": "Hello", "audience": "chosen", "contacts": [ada["id"]]}),
        json!({"admin_id": admin, "body": "Hello", "audience": "all", "rule": rule, "opt_out_tag": "out"}),
    ] {
        let made = post("outbound", message).await;
        let id = made["id"].as_str().unwrap();
        post(&format!("outbound/{id}/start"), json!({})).await;
    }
    post("tags", json!({"name": "vip", "users": [{"user_id": "ada"}]})).await;
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

/// The steps of a plan.
async fn steps_of(c: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let explained = sqlx::AssertSqlSafe(format!("explain query plan {sql}"));
    let rows = sqlx::query(explained).fetch_all(c).await.unwrap_or_else(|e| panic!("{e}: {sql}"));
    rows.iter().map(|row| row.get::<String, _>("detail")).collect()
}

/// The steps of a plan that go through a large table with nothing but the workspace to find by.
async fn searches(c: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let steps = steps_of(c, sql).await;
    // What follows an order that an index has, to a limit, ends soon.
    let in_order =
        sql.contains(" limit ") && !steps.iter().any(|s| s.contains("TEMP B-TREE FOR ORDER"));
    let table_of = |step: &str| {
        let name = step.split(' ').nth(1).unwrap_or_default();
        let named = LARGE.iter().find(|t| sql.contains(&format!("{t} {name} ")) || **t == name);
        named.is_some_and(|_| !in_order)
    };
    // All that waits of a message may be as many as there are people, and is taken a few at a time.
    let waits = |step: &str| {
        step.starts_with("SEARCH deliveries USING INDEX ")
            && step.ends_with("(workspace_id=? AND message_id=? AND state=?)")
    };
    let whole = |step: &String| {
        // One that only has to exist ends with the first.
        let all = step.starts_with("SCAN ")
            || (step.ends_with("(workspace_id=?)") && !step.contains(" EXISTS "));
        (all && table_of(step)) || waits(step)
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
    let sent = "update deliveries set state = j.state";
    assert!(said.iter().any(|sql| sql.starts_with(sent)), "no message went out");
    let mut c =
        SqliteConnection::connect_with(&schema::sqlite_options(&app.url).unwrap()).await.unwrap();
    let mut faults = Vec::new();
    for sql in said.iter().filter(|sql| !KNOWN.iter().any(|known| sql.starts_with(known))) {
        for step in searches(&mut c, sql).await {
            faults.push(format!("{step}\n    {sql}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // What is answered first is read in the order of an index of its own, whosever it is.
    let mut read = BTreeSet::new();
    for sql in &said {
        let from = " as k from conversations v where v.priority = 1 ";
        let Some((key, _)) = sql.split_once(from) else { continue };
        let key = key.rsplit(' ').next().unwrap();
        let index = if key == "v.updated_at" {
            "conversations_by_priority (workspace_id=? AND state=? AND (updated_at,id)"
        } else {
            "conversations_by_priority_waiting (workspace_id=? AND state=? AND (waiting_since,id)"
        };
        let steps = steps_of(&mut c, sql).await;
        let first = steps.iter().find(|step| step.starts_with("SEARCH v ")).unwrap();
        assert!(first.contains(&format!(" INDEX {index}")), "{first}: {sql}");
        read.insert((key, sql.contains(" desc limit "), sql.contains("v.assignee_id + 0 = ")));
    }
    assert_eq!(read.len(), 4, "{read:?}");
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

/// How many rows of a table a transaction of PostgreSQL has read, which it counts as it goes.
async fn rows_read(c: &mut Conn, table: &str) -> i64 {
    let sql = "select cast(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as bigint) from pg_stat_xact_user_tables \
               where cast(relname as text) = $1";
    let found: Result<(i64,), _> =
        run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(table).fetch_one(x));
    found.unwrap().0
}

/// Knows what was filled in, and begins to read where nobody else does: other processes count for themselves.
async fn analyzed(app: &TestApp, mut filled: Conn) -> Conn {
    let analyzed: Result<Changed, _> = run!(filled, |x| sqlx::query("analyze").execute(x));
    analyzed.unwrap();
    filled.commit().await.unwrap();
    let mut c = app.state.db.begin().await.unwrap();
    let alone: Result<Changed, _> =
        run!(c, |x| sqlx::query("set local max_parallel_workers_per_gather = 0").execute(x));
    alone.unwrap();
    c
}

/// How many lines the first page of a list has, and how many conversations were read for it.
async fn first_page(c: &mut Conn, dates: &Dates, asked: Asked<'_>) -> (usize, i64) {
    let before = rows_read(c, "conversations").await;
    let lines = conversations::list(c, dates, asked, Range::default()).await.unwrap().lines;
    (lines.len(), rows_read(c, "conversations").await - before)
}

/// PostgreSQL keeps one plan for all values of a statement that comes often: then a tag that few conversations have, and a
/// segment that few people are in, would be looked for through all of them.
#[tokio::test(flavor = "multi_thread")]
async fn rare_conversations_are_not_looked_for_among_all() {
    const MANY: i64 = 20_000;
    let app = TestApp::new(Engine::Postgres).await;
    let workspace = WorkspaceId(app.number("select id from workspaces").await);
    let viewer = TeammateId(app.number("select id from teammates").await);
    let mut c = app.state.db.begin().await.unwrap();
    for sql in [
        "insert into contacts (workspace_id, id, role, name, created_at, updated_at, last_seen_at) \
         select $1, n, 'user', 'P' || n, 1, 1, 1 from generate_series(1, $2 / 10) n",
        "insert into conversations (workspace_id, id, contact_id, state, channel, created_at, updated_at, last_part_id) \
         select $1, n, 1 + (n * 7919) % ($2 / 10), 'closed', 'messenger', n, n, 0 from generate_series(1, $2) n",
        "insert into taggings (workspace_id, owner_kind, owner_id, tag_id, tagged_at, tagged_by) \
         select $1, 'conversation', n, t, 1, 0 from generate_series(1, $2 / 2) n, generate_series(3, 7) t",
        "insert into taggings (workspace_id, owner_kind, owner_id, tag_id, tagged_at, tagged_by) \
         select $1, 'conversation', n, 8, 1, 0 from generate_series(1, $2 / 5) n",
        "insert into taggings (workspace_id, owner_kind, owner_id, tag_id, tagged_at, tagged_by) \
         select $1, 'conversation', n, 2, 1, 0 from generate_series(1, $2 / 1000) n",
        "insert into segment_members (workspace_id, segment_id, subject_id, entered_at) \
         select $1, t, n, 1 from generate_series(1, $2 / 20) n, generate_series(3, 7) t",
        "insert into segment_members (workspace_id, segment_id, subject_id, entered_at) \
         select $1, 2, n, 1 from generate_series(1, $2 / 4000) n",
    ] {
        let done: Result<Changed, _> =
            run!(c, |x| sqlx::query(sql).bind(workspace).bind(MANY).execute(x));
        done.unwrap();
    }
    let mut c = analyzed(&app, c).await;
    let dates = Dates::new("UTC", app.state.clock.now());
    let page = async |c: &mut Conn, scope: Scope, order: Order| {
        let filter = Filter { scope, state: State::Closed, order, ..Filter::default() };
        let asked = Asked { workspace, viewer, filter: &filter };
        first_page(c, &dates, asked).await
    };
    for order in [Order::Newest, Order::Oldest] {
        // Often, with what many have, as a team does.
        for n in 0..12 {
            for (what, common, rare, few) in [
                ("tag", Scope::Tag(TagId(8)), Scope::Tag(TagId(2)), 20),
                ("segment", Scope::Segment(SegmentId(3)), Scope::Segment(SegmentId(2)), 50),
            ] {
                page(&mut c, common, order).await;
                let (found, read) = page(&mut c, rare, order).await;
                assert_eq!(found, few, "{what}");
                assert!(read < 1_000, "{what}, time {n}: {read} rows are read for {found}");
            }
        }
    }
    // None of them is kept, so that none of them gets a plan for all values.
    let kept = "select count(*) from pg_prepared_statements where statement like '%cross join conversations v wh' || 'ere%'";
    let kept: Result<(i64,), _> = run!(c, |x| sqlx::query_as::<_, (i64,)>(kept).fetch_one(x));
    assert_eq!(kept.unwrap().0, 0);
}

/// Few are answered first, and they were touched longest ago: whoever goes through all in the order of the list meets them last.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_first_is_not_looked_for_among_all() {
    const MANY: i64 = 20_000;
    let app = TestApp::new(Engine::Postgres).await;
    let workspace = WorkspaceId(app.number("select id from workspaces").await);
    let viewer = TeammateId(app.number("select id from teammates").await);
    let mut c = app.state.db.begin().await.unwrap();
    for sql in [
        "insert into contacts (workspace_id, id, role, name, created_at, updated_at, last_seen_at) \
         select $1, n, 'user', 'P' || n, 1, 1, 1 from generate_series(1, $2 / 10) n where $3 > 0",
        "insert into conversations (workspace_id, id, contact_id, state, channel, assignee_id, team_id, priority, waiting_since, created_at, updated_at, last_part_id) \
         select $1, n, 1 + (n * 7919) % ($2 / 10), 'open', 'messenger', n % 2 * $3, 5, case when n <= 40 then 1 else 0 end, $2 - n + 1, n, n, 0 from generate_series(1, $2) n",
        "insert into taggings (workspace_id, owner_kind, owner_id, tag_id, tagged_at, tagged_by) \
         select $1, 'conversation', n, 2, 1, 0 from generate_series(1, $2 / 2) n where $3 > 0",
    ] {
        let done: Result<Changed, _> =
            run!(c, |x| sqlx::query(sql).bind(workspace).bind(MANY).bind(viewer).execute(x));
        done.unwrap();
    }
    let mut c = analyzed(&app, c).await;
    let dates = Dates::new("UTC", app.state.clock.now());
    // Each as often as it takes until what is kept has one plan for all values.
    for n in 0..7 {
        for (scope, few) in [
            (Scope::All, 40),
            (Scope::Mine, 20),
            (Scope::Team(TeamId(5)), 40),
            (Scope::Tag(TagId(2)), 40),
        ] {
            for &order in Order::ALL {
                let filter = Filter { scope, order, priority: true, ..Filter::default() };
                let asked = Asked { workspace, viewer, filter: &filter };
                let (found, read) = first_page(&mut c, &dates, asked).await;
                assert_eq!(found, few, "{scope:?}");
                assert!(read < 1_000, "{scope:?}, {order:?}, time {n}: {read} rows are read");
            }
        }
    }
}

/// PostgreSQL would read everybody in the order of the list until it had met a page of people who are in the company, which
/// is soon where they are spread among all, and takes all of them where they are those seen longest ago.
#[tokio::test(flavor = "multi_thread")]
async fn the_people_of_a_company_are_not_looked_for_among_all() {
    const MANY: i64 = 40_000;
    let app = TestApp::new(Engine::Postgres).await;
    let workspace = WorkspaceId(app.number("select id from workspaces").await);
    let mut c = app.state.db.begin().await.unwrap();
    for sql in [
        "insert into companies (workspace_id, id, company_id, company_key, name, created_at, updated_at, user_count, health) \
         values ($1, 1, 'big', 'big', 'Big', 1, 1, $2 / 10, 'inactive')",
        "insert into contacts (workspace_id, id, role, name, name_key, created_at, updated_at, last_seen_at, session_count) \
         select $1, n, 'user', 'P' || n, 'p' || lpad(cast(n as text), 9, '0'), 1, 1, n, n from generate_series(1, $2) n",
        "insert into memberships (workspace_id, contact_id, company_id, joined_at) \
         select $1, n, 1, 1 from generate_series(1, $2 / 10) n",
    ] {
        let done: Result<Changed, _> =
            run!(c, |x| sqlx::query(sql).bind(workspace).bind(MANY).execute(x));
        done.unwrap();
    }
    let mut c = analyzed(&app, c).await;
    let dates = Dates::new("UTC", app.state.clock.now());
    for (order, reversed) in [
        (companies::Order::LastSeen, false),
        (companies::Order::Sessions, false),
        (companies::Order::Name, true),
    ] {
        let asked = companies::Roll { order, reversed, ..companies::Roll::default() };
        let before = rows_read(&mut c, "contacts").await;
        let page =
            companies::members(&mut c, &dates, workspace, CompanyId(1), &asked).await.unwrap();
        let read = rows_read(&mut c, "contacts").await - before;
        assert_eq!((page.total, page.rows.len()), (MANY / 10, 50));
        assert!(read < MANY / 2, "{order:?}: {read} rows are read for a page");
    }
    let before = rows_read(&mut c, "contacts").await;
    companies::everyone(&mut c, workspace, CompanyId(1), "").await.unwrap();
    companies::dots(&mut c, workspace, CompanyId(1)).await.unwrap();
    let read = rows_read(&mut c, "contacts").await - before;
    assert!(read < MANY / 2, "{read} rows are read for everyone and the map");
}
