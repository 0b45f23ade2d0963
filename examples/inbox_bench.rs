//! How long a page of the inbox takes with many conversations, list by list.
//!
//! `inbox_bench DATABASE_URL CONVERSATIONS [fill]`: into a database that `rapport init` made; fills it unless it is filled,
//! and prints a row of a table for each list: the median and the 99th of a hundred times, in milliseconds, of pages
//! anywhere in the list. With `fill` it only fills.

use std::time::Instant;

use rapport::conversations::{self, Asked, Counted, Filter, Order, Range, Scope, State};
use rapport::id::{SegmentId, TagId, TeamId, TeammateId, WorkspaceId};
use rapport::run;
use rapport::server::clock::Clock;
use rapport::server::dates::Dates;
use rapport::server::db::{Changed, Conn, Db};
use rapport::server::state::AppState;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// How many rows a transaction writes.
const GROUP: i64 = 5_000;
/// How often each list is read.
const TIMES: usize = 100;
/// The first of the ids that are made here.
const BASE: i64 = 1_000_000_000;

#[tokio::main]
async fn main() -> Outcome<()> {
    // What fails in the database says so there only.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(std::io::stderr)
        .init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, many, rest @ ..] = arguments.as_slice() else {
        return Err("inbox_bench DATABASE_URL CONVERSATIONS [fill]".into());
    };
    let (db, many) = (Db::open(url).await?, many.parse::<i64>()?);
    let mut c = db.read().await?;
    let (workspace,): (i64,) =
        run!(c, |x| sqlx::query_as::<_, (i64,)>("select id from workspaces order by id limit 1")
            .fetch_one(x))?;
    let (known,): (i64,) =
        run!(c, |x| sqlx::query_as::<_, (i64,)>("select count(*) from conversations")
            .fetch_one(x))?;
    drop(c);
    if known < many {
        fill(&db, workspace, many).await?;
    }
    if rest.is_empty() { measure(db, WorkspaceId(workspace)).await } else { Ok(()) }
}

/// Four of a hundred are open and as many put off; half of the open ones wait for an answer.
async fn fill(db: &Db, workspace: i64, many: i64) -> Outcome<()> {
    let began = Instant::now();
    let people = (many / 5).max(1);
    write(db, TEAM, workspace, 30, people).await?;
    for sql in PEOPLE {
        write(db, sql, workspace, people, people).await?;
    }
    for sql in CONVERSATIONS {
        write(db, sql, workspace, many, people).await?;
    }
    let mut c = db.begin().await?;
    // A server that runs meanwhile is to count anew.
    let version = "update workspace_seq set inbox = inbox + 1 where workspace_id = $1";
    let _: Changed = run!(c, |x| sqlx::query(version).bind(workspace).execute(x))?;
    // SQLite's statistics come with its schema.
    if matches!(c, Conn::PostgresTx(_)) {
        let _: Changed = run!(c, |x| sqlx::query("analyze").execute(x))?;
    }
    c.commit().await?;
    eprintln!("filled in {:.0} s", began.elapsed().as_secs_f64());
    Ok(())
}

async fn write(db: &Db, sql: &'static str, workspace: i64, many: i64, people: i64) -> Outcome<()> {
    for first in (0..many).step_by(GROUP as usize) {
        let rows: Vec<_> = (first..many.min(first + GROUP)).map(|n| [n]).collect();
        let rows = serde_json::to_string(&rows)?;
        let mut c = db.begin().await?;
        let _: Changed = run!(c, |x| {
            sqlx::query(sql).bind(workspace).bind(&rows).bind(people).bind(BASE).execute(x)
        })?;
        c.commit().await?;
    }
    Ok(())
}

/// Thirty teammates. What is bound and not needed is said to be no text.
const TEAM: &str = "insert into teammates (workspace_id, id, name, email, email_key, role, password_hash, created_at) \
     select $1, $4 + j.n, 'Teammate ' || j.n, 'bench' || j.n || '@example.com', 'bench' || j.n || '@example.com', 'agent', '', 1 \
     from (select cast(value ->> 0 as bigint) as n from json_each($2)) j where $3 > 0";

const PEOPLE: [&str; 3] = [
    "insert into contacts (workspace_id, id, role, external_id, name, name_key, email, email_key, created_at, updated_at, last_seen_at) \
     select $1, $4 + j.n, 'user', 'bench-' || j.n, 'Person ' || j.n, 'person ' || j.n, 'p' || j.n || '@example.com', 'p' || j.n || '@example.com', 1, 1, 1 \
     from (select cast(value ->> 0 as bigint) as n from json_each($2)) j where $3 > 0",
    "insert into contact_words (workspace_id, word, contact_id) \
     select $1, w.word, $4 + w.n from (select 'person' as word, cast(value ->> 0 as bigint) as n from json_each($2) \
     union all select 'p' || (value ->> 0) || '@example.com', cast(value ->> 0 as bigint) from json_each($2)) w where $3 > 0",
    // A segment that one person in a thousand is in, and one of every twentieth.
    "insert into segment_members (workspace_id, segment_id, subject_id, entered_at) \
     select $1, $4 + j.segment, $4 + j.n, 1 from (select cast(value ->> 0 as bigint) as n, 1 as segment from json_each($2) \
     where cast(value ->> 0 as bigint) % 1000 = 0 union all select cast(value ->> 0 as bigint), 2 from json_each($2) \
     where cast(value ->> 0 as bigint) % 20 = 0) j where $3 > 0",
];

const CONVERSATIONS: [&str; 5] = [
    "insert into conversations (workspace_id, id, contact_id, state, channel, assignee_id, team_id, priority, created_at, updated_at, \
     snoozed_until, waiting_since, last_part_id) \
     select $1, $4 + j.n, $4 + (j.n * 7919) % $3, case when j.n % 25 = 0 then 'open' when j.n % 25 = 1 then 'snoozed' else 'closed' end, \
     'messenger', case when j.n % 4 = 0 then 0 else $4 + (j.n / 25) % 30 end, case when j.n % 3 = 0 then 0 else $4 + (j.n / 25) % 10 end, \
     case when j.n % 40 = 0 then 1 else 0 end, $4 + j.n, $4 + (j.n * 104729) % 100000000, case when j.n % 25 = 1 then 9000000000000 else 0 end, \
     case when j.n % 50 = 0 then $4 + (j.n * 15485863) % 100000000 else 0 end, $4 + j.n \
     from (select cast(value ->> 0 as bigint) as n from json_each($2)) j",
    "insert into parts (workspace_id, conversation_id, id, kind, author_kind, author_id, body, client_id, created_at) \
     select $1, $4 + j.n, $4 + j.n, 'message', 'contact', $4 + (j.n * 7919) % $3, 'A question about invoice ' || j.n || ', and what became of it', \
     'bench-' || j.n, $4 from (select cast(value ->> 0 as bigint) as n from json_each($2)) j",
    // A tag that every tenth has, and one that every thousandth has.
    "insert into taggings (workspace_id, owner_kind, owner_id, tag_id, tagged_at, tagged_by) \
     select $1, 'conversation', $4 + j.n, $4 + j.tag, 1, 0 from \
     (select cast(value ->> 0 as bigint) as n, 1 as tag from json_each($2) where cast(value ->> 0 as bigint) % 10 = 0 \
     union all select cast(value ->> 0 as bigint), 2 from json_each($2) where cast(value ->> 0 as bigint) % 1000 = 0) j where $3 > 0",
    "insert into mentions (workspace_id, teammate_id, conversation_id, part_id, created_at) \
     select $1, $4 + (j.n / 50) % 30, $4 + j.n, $4 + j.n, $4 + j.n from (select cast(value ->> 0 as bigint) as n from json_each($2)) j \
     where j.n % 50 = 0 and $3 > 0",
    "insert into conversation_reads (workspace_id, teammate_id, conversation_id, part_id) \
     select $1, $4 + (j.n / 25) % 30, $4 + j.n, $4 + j.n from (select cast(value ->> 0 as bigint) as n from json_each($2)) j \
     where j.n % 2 = 0 and $3 > 0",
];

async fn measure(db: Db, workspace: WorkspaceId) -> Outcome<()> {
    let mut app = AppState::new(db, Clock::System, false);
    let viewer = TeammateId(BASE + 3);
    let of = |scope| Filter { scope, ..Filter::default() };
    let first = |scope| Filter { priority: true, ..of(scope) };
    let found = |find: &str| Filter { find: find.into(), ..Filter::default() };
    let lists = [
        ("all", of(Scope::All)),
        ("priority", first(Scope::All)),
        ("mine", of(Scope::Mine)),
        ("mine with priority", first(Scope::Mine)),
        ("unassigned", of(Scope::Unassigned)),
        ("a team", of(Scope::Team(TeamId(BASE + 2)))),
        ("a team with priority", first(Scope::Team(TeamId(BASE + 2)))),
        ("mentions", of(Scope::Mentions)),
        ("a tag of every tenth", of(Scope::Tag(TagId(BASE + 1)))),
        ("a tag of every thousandth", of(Scope::Tag(TagId(BASE + 2)))),
        ("a segment of every thousandth person", of(Scope::Segment(SegmentId(BASE + 1)))),
        ("a segment of every twentieth person", of(Scope::Segment(SegmentId(BASE + 2)))),
        ("people of a word that one has", found("p77@example.com")),
        ("people of a word that all have", found("person")),
    ];
    let dates = Dates::new("UTC", Clock::System.now());
    println!("| list | state | order | median ms | p99 ms |\n|---|---|---|---|---|");
    for (name, list) in lists {
        for state in [State::Open, State::Closed] {
            for &order in Order::ALL {
                let filter = Filter { state, order, ..list.clone() };
                let asked = Asked { workspace, viewer, filter: &filter };
                let mut times = Vec::new();
                for n in 0..TIMES {
                    // Most look at the beginning; some have scrolled far.
                    let at = BASE + (n as i64 * 7_654_321) % 100_000_000;
                    let after = (n % 2 == 1).then(|| format!("{at}.{BASE}"));
                    let mut c = app.db.read().await?;
                    let began = Instant::now();
                    let range = Range { after: after.as_deref(), until: None };
                    conversations::list(&mut c, &dates, asked, range).await?;
                    times.push(began.elapsed().as_secs_f64() * 1000.0);
                }
                print(name, state.word(), order.word(), times);
            }
        }
    }
    let mut times = Vec::new();
    for _ in 0..TIMES {
        // As after a change: nothing is kept of the count before.
        app.counted = Counted::default();
        let began = Instant::now();
        conversations::views(&app, &dates, workspace, viewer).await?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    print("every view's count", "open", "", times);
    Ok(())
}

fn print(name: &str, state: &str, order: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times.get((times.len() as f64 * part) as usize).copied().unwrap_or(0.0);
    println!("| {name} | {state} | {order} | {:.1} | {:.1} |", at(0.5), at(0.99));
}
