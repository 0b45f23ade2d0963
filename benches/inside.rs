//! What is measured inside the process: `cargo bench --features ssr`. The server as a whole is bin/bench's.

#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rapport::demo::{self, Plan};
use rapport::id::{ContactId, TeammateId, WorkspaceId};
use rapport::import::{Columns, Import, Kind, Owners, Reading};
use rapport::owner::Owner;
use rapport::run;
use rapport::server::clock::Clock;
use rapport::server::dates::Dates;
use rapport::server::db::Db;
use rapport::server::state::AppState;
use rapport::stream::{self, Asked, Place};
use rapport::time::Time;
use rapport::tracking::{Arrival, accept_all, parse};
use rapport::ui::markdown;
use rapport::workspace::{New, choose, create};
use serde_json::json;

const NOW: Time = Time(1_772_366_400_000);

fn reading(c: &mut Criterion) {
    let note = "## Renewal\n\n- wants to pay by *invoice*\n- [x] address checked\n\nSee <https://example.com/a> and `code`.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
    c.bench_function("markdown: a note of 140 characters", |b| {
        b.iter(|| markdown::render(black_box(note)));
    });
    let call = json!({
        "userId": "u-1", "messageId": "m-1", "event": "Order completed", "timestamp": "2026-03-01T11:00:00Z",
        "properties": { "total": 80.5, "currency": "EUR", "items": [{ "sku": "a", "n": 2 }] },
        "context": { "ip": "129.67.1.9", "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "locale": "en-GB" },
    });
    c.bench_function("tracking: a call read", |b| {
        b.iter(|| parse("track", black_box(&call), Arrival::at(NOW)).unwrap());
    });
    let header = csv::ByteRecord::from(vec![
        "user_id",
        "name",
        "email",
        "plan",
        "seats",
        "signed_up_at",
        "company_id",
    ]);
    let row = csv::ByteRecord::from(vec![
        "u-1",
        "Grace Hopper",
        "grace@example.com",
        "pro",
        "12",
        "2025-02-01",
        "c-7",
    ]);
    let import = Import {
        kind: Kind::Contacts,
        file: "people.csv".into(),
        asked: Default::default(),
        map: Vec::new(),
        event: None,
        rejects: "rejects.csv".into(),
    };
    let columns = Columns::new(&import, &header).unwrap();
    let reading = Reading { encoding: "UTF-8".into(), separator: ',' };
    let owners = Owners::default();
    c.bench_function("import: a row read", |b| {
        b.iter(|| columns.call(black_box(&row), &reading, &owners, NOW).unwrap())
    });
}

async fn app(folder: &std::path::Path) -> (Arc<AppState>, WorkspaceId) {
    let url = format!("sqlite://{}", folder.join("bench.db").display());
    let db = Db::open(&url).await.unwrap();
    let new = New {
        workspace: "Bench".into(),
        name: "Ada".into(),
        email: "ada@example.com".into(),
        password: "correct horse battery".into(),
    };
    let keys = create(&db, new, NOW).await.unwrap();
    let workspace = choose(&db, Some(&keys.app_id)).await.unwrap();
    (Arc::new(AppState::new(db, Clock::System, false)), workspace)
}

fn database(c: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (app, workspace) = runtime.block_on(async {
        let (app, workspace) = app(folder.path()).await;
        let plan = Plan { people: 1_000, events: 100_000 };
        let mut made = demo::begin(&app, workspace, TeammateId(0), plan).await.unwrap();
        while demo::step(&app, workspace, &mut made).await.unwrap() {}
        (app, workspace)
    });
    let busiest =
        "select contact_id from event_counts group by contact_id order by sum(count) desc limit 1";
    let contact = runtime.block_on(async {
        let mut c = app.db.read().await.unwrap();
        let found: Result<(ContactId,), _> =
            run!(c, |x| sqlx::query_as::<_, (ContactId,)>(busiest).fetch_one(x));
        found.unwrap().0
    });
    c.bench_function("stream: a page of 50 entries, SQLite", |b| {
        b.to_async(&runtime).iter(|| async {
            let mut c = app.db.read().await.unwrap();
            let owner = Owner::Contact(contact);
            let asked = Asked {
                owner,
                facet: None,
                event: None,
                person: None,
                place: Place::Newest,
                limit: 50,
            };
            stream::page(&mut c, &Dates::new("UTC", NOW), workspace, &asked).await.unwrap()
        });
    });
    let mut group = c.benchmark_group("tracking");
    group.throughput(Throughput::Elements(500)).sample_size(20);
    let next = std::sync::atomic::AtomicI64::new(0);
    group.bench_function("a group of 500 calls, durable, SQLite", |b| {
        b.to_async(&runtime).iter(|| async {
            let first = next.fetch_add(500, std::sync::atomic::Ordering::Relaxed);
            let calls: Vec<_> = (first..first + 500)
                .map(|n| {
                    let body = json!({ "userId": format!("u-{}", n % 10_000), "messageId": format!("b-{n}"),
                        "event": "Ordered", "properties": { "total": n % 90 } });
                    parse("track", &body, Arrival::at(NOW)).unwrap()
                })
                .collect();
            accept_all(&app, workspace, &calls).await.unwrap()
        });
    });
    group.finish();
}

criterion_group!(inside, reading, database);
criterion_main!(inside);
