//! How long a company's stream and people take, with many of both.
//!
//! `company_bench DATABASE_URL MEMBERS ENTRIES [SECONDS]`: into a database that `rapport init` made; makes a company with
//! as many people and entries unless it is there, and prints the median and the 99th of two hundred times, in milliseconds,
//! of each thing that its page asks, anywhere in the stream. Fills for at most `SECONDS` (600 where nothing is said), and
//! says so where that is not enough.

use std::time::{Duration, Instant};

use rapport::companies::{self, Order, Roll};
use rapport::id::{CompanyId, ContactId, WorkspaceId};
use rapport::owner::Owner;
use rapport::run;
use rapport::server::clock::Clock;
use rapport::server::dates::Dates;
use rapport::server::db::{Changed, Conn, Db};
use rapport::stream::{self, Asked, Facet, Place};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// How many rows a transaction writes.
const GROUP: i64 = 5_000;
/// How often each thing is asked.
const TIMES: i64 = 200;
/// The first of the ids that are made here, and the company's: others than those of `inbox_bench`, which fills the same database.
const BASE: i64 = 3_000_000_000;
/// The time of the first entry; another follows each second.
const BEGIN: i64 = 1_700_000_000_000;

#[tokio::main]
async fn main() -> Outcome<()> {
    // What fails in the database says so there only.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(std::io::stderr)
        .init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, members, entries, rest @ ..] = arguments.as_slice() else {
        return Err("company_bench DATABASE_URL MEMBERS ENTRIES [SECONDS]".into());
    };
    let (db, members) = (Db::open(url).await?, members.parse::<i64>()?);
    let entries = entries.parse::<i64>()?;
    let seconds = rest.first().map_or(Ok(600), |s| s.parse())?;
    let mut c = db.read().await?;
    let (workspace,): (i64,) =
        run!(c, |x| sqlx::query_as::<_, (i64,)>("select id from workspaces order by id limit 1")
            .fetch_one(x))?;
    let known = "select count(*) from companies where company_id = 'bench'";
    let (known,): (i64,) = run!(c, |x| sqlx::query_as::<_, (i64,)>(known).fetch_one(x))?;
    drop(c);
    if known == 0 {
        fill(&db, workspace, members, entries, Duration::from_secs(seconds)).await?;
    }
    measure(&db, WorkspaceId(workspace), members, entries).await
}

async fn fill(
    db: &Db,
    workspace: i64,
    members: i64,
    entries: i64,
    patience: Duration,
) -> Outcome<()> {
    let began = Instant::now();
    for sql in PEOPLE {
        write(db, sql, workspace, members, members, began + patience).await?;
    }
    for sql in ENTRIES {
        write(db, sql, workspace, entries, members, began + patience).await?;
    }
    write(db, COMPANY, workspace, 1, members, began + patience).await?;
    let mut c = db.begin().await?;
    let top = "update workspace_seq set n = n + $2 where workspace_id = $1";
    let _: Changed = run!(c, |x| sqlx::query(top).bind(workspace).bind(BASE + entries).execute(x))?;
    // SQLite's statistics come with its schema.
    if matches!(c, Conn::PostgresTx(_)) {
        let _: Changed = run!(c, |x| sqlx::query("analyze").execute(x))?;
    }
    c.commit().await?;
    eprintln!("filled in {:.0} s", began.elapsed().as_secs_f64());
    Ok(())
}

async fn write(
    db: &Db,
    sql: &'static str,
    workspace: i64,
    many: i64,
    members: i64,
    until: Instant,
) -> Outcome<()> {
    for first in (0..many).step_by(GROUP as usize) {
        if Instant::now() > until {
            return Err(
                "filling takes longer than it may: give it more seconds, or ask for fewer".into()
            );
        }
        let rows: Vec<_> = (first..many.min(first + GROUP)).map(|n| [n]).collect();
        let rows = serde_json::to_string(&rows)?;
        let mut c = db.begin().await?;
        let _: Changed = run!(c, |x| {
            sqlx::query(sql)
                .bind(workspace)
                .bind(&rows)
                .bind(members)
                .bind(BASE)
                .bind(BEGIN)
                .execute(x)
        })?;
        c.commit().await?;
    }
    Ok(())
}

const COMPANY: &str = "insert into companies (workspace_id, id, company_id, company_key, name, created_at, updated_at, \
     last_seen_at, user_count, health, health_due_at) \
     select $1, $4, 'bench', 'bench', 'Bench', $5, $5, $5 + 1, $3, 'inactive', 0 from json_each($2)";

const PEOPLE: [&str; 2] = [
    "insert into contacts (workspace_id, id, role, external_id, name, name_key, created_at, updated_at, last_seen_at, location) \
     select $1, $4 + j.n, 'user', 'company-bench-' || j.n, 'Person ' || j.n, 'person ' || j.n, $5, $5, $5 + j.n, \
     '{\"city\":\"Town ' || (j.n % 300) || '\",\"latitude\":' || (j.n % 170 - 85) || ',\"longitude\":' || (j.n % 360 - 180) || '}' \
     from (select cast(value ->> 0 as bigint) as n from json_each($2)) j where $3 > 0",
    "insert into memberships (workspace_id, contact_id, company_id, joined_at) \
     select $1, $4 + j.n, $4, $5 from (select cast(value ->> 0 as bigint) as n from json_each($2)) j where $3 > 0",
];

/// Mostly events; of ten one is a tag.
const ENTRIES: [&str; 3] = [
    "insert into activity (workspace_id, seq, occurred_at, kind, contact_id, company_id, actor_id, ref_id, data) \
     select $1, $4 + j.n, $5 + j.n * 1000, case when j.n % 10 = 0 then 'tag_added' else 'event' end, $4 + (j.n * 7919) % $3, 0, 0, 1, '{\"name\":\"x\"}' \
     from (select cast(value ->> 0 as bigint) as n from json_each($2)) j",
    "insert into stream (workspace_id, owner_kind, owner_id, occurred_at, seq, facet) \
     select $1, 'company', $4, $5 + j.n * 1000, $4 + j.n, case when j.n % 10 = 0 then 'tag' else 'event' end \
     from (select cast(value ->> 0 as bigint) as n from json_each($2)) j where $3 > 0",
    "insert into stream (workspace_id, owner_kind, owner_id, occurred_at, seq, facet) \
     select $1, 'contact', $4 + (j.n * 7919) % $3, $5 + j.n * 1000, $4 + j.n, case when j.n % 10 = 0 then 'tag' else 'event' end \
     from (select cast(value ->> 0 as bigint) as n from json_each($2)) j",
];

async fn measure(db: &Db, workspace: WorkspaceId, members: i64, entries: i64) -> Outcome<()> {
    let dates = Dates::new("UTC", Clock::System.now());
    let company = CompanyId(BASE);
    println!(
        "| what of a company with {members} people and {entries} entries | median ms | p99 ms |\n|---|---|---|"
    );
    let everything = [
        ("the stream's first page", None, None, false),
        ("a page anywhere in the stream", None, None, true),
        ("a page of its tags, anywhere", Some(Facet::Tag), None, true),
        ("a page of a type that it has none of", Some(Facet::Note), None, false),
        ("one person's entries in it", None, Some(ContactId(BASE + members / 2)), false),
    ];
    for (name, facet, person, deep) in everything {
        let mut times = Vec::new();
        for n in 0..TIMES {
            let at = (n * 7_654_321) % entries;
            let before = || Place::Before(format!("{}.{}", BEGIN + at * 1000, BASE + at));
            let place = if deep { before() } else { Place::Newest };
            let asked = Asked {
                owner: Owner::Company(company),
                facet,
                event: None,
                person,
                place,
                limit: 50,
            };
            let mut c = db.read().await?;
            let began = Instant::now();
            stream::page(&mut c, &dates, workspace, &asked).await?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        print(name, times);
    }
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let mut c = db.read().await?;
        let began = Instant::now();
        companies::profile(&mut c, &dates, workspace, company).await?.ok_or("no company")?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    print("the card", times);
    let rolls = [
        ("by last seen", Order::LastSeen, 0),
        ("by name, in the middle", Order::Name, members / 100),
    ];
    for (name, order, page) in rolls {
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let mut c = db.read().await?;
            let roll = Roll { find: String::new(), order, reversed: false, page };
            let began = Instant::now();
            companies::members(&mut c, &dates, workspace, company, &roll).await?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        print(&format!("a page of people {name}"), times);
    }
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let mut c = db.read().await?;
        let began = Instant::now();
        companies::dots(&mut c, workspace, company).await?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    print("the map", times);
    Ok(())
}

fn print(name: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times.get((times.len() as f64 * part) as usize).copied().unwrap_or(0.0);
    println!("| {name} | {:.1} | {:.1} |", at(0.5), at(0.99));
}
