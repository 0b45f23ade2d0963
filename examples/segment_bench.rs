//! How soon segments follow, with many people and many segments.
//!
//! `segment_bench DATABASE_URL [SEGMENTS [FOLDER]]`: into a database that `rapport demo` and `company_bench` filled; makes
//! as many segments (200 where nothing is said) unless they are there, fills them, and prints how long it takes
//! - from tagging one person until an open tab hears of it, and until the list that it then asks for has the new number,
//! - from tagging a company of many until each of its people has been judged again, and how long others who write wait
//!   meanwhile,
//! - to take calls of an event that five of the segments ask for,
//! - to count those for whom a rule of four conditions holds, about and exactly,
//! - to search for nearly everybody by the REST API, page by page,
//! - to judge those whom the passing of six hours and of a day concerns. It ends with that, as if the day had passed.
//!
//! With 0 segments it only counts. With a folder it writes the rows that it counted there, for `tools/duck.mjs`.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use rapport::attributes::Subject;
use rapport::contacts;
use rapport::error::Error;
use rapport::id::{CompanyId, ContactId, SegmentId, TeammateId, WorkspaceId};
use rapport::live::Topic;
use rapport::owner::Owner;
use rapport::rest::{Filter, Paging};
use rapport::run;
use rapport::segments::{self, Predicate};
use rapport::server::clock::Clock;
use rapport::server::db::{Conn, Db, Write};
use rapport::server::hub::Listener;
use rapport::server::state::AppState;
use rapport::tags;
use rapport::time::Time;
use rapport::tracking::{self, Arrival};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// What five segments ask for.
const EVENT: &str = "Order completed";
/// How often one person is tagged.
const TIMES: usize = 200;
/// How many groups of 100 calls are taken.
const GROUPS: i64 = 400;
/// An hour, in milliseconds.
const HOUR: i64 = 3_600_000;
/// How often somebody entered or left a segment.
const MOVED: &str =
    "select count(*) from activity where kind in ('segment_entered', 'segment_left')";

#[tokio::main]
async fn main() -> Outcome<()> {
    // What fails in the database says so there only.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(std::io::stderr)
        .init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, rest @ ..] = arguments.as_slice() else {
        return Err("segment_bench DATABASE_URL [SEGMENTS [FOLDER]]".into());
    };
    let many: usize = rest.first().map_or(Ok(200), |n| n.parse())?;
    let folder = rest.get(1).map(String::as_str);
    let app = Arc::new(AppState::new(Db::open(url).await?, Clock::System, false));
    let workspace =
        WorkspaceId(number(&app, "select id from workspaces order by id limit 1").await?);
    if many == 0 {
        return counting(&app, workspace, folder).await;
    }
    let people =
        number(&app, "select people from workspace_seq order by workspace_id limit 1").await?;
    let tag = make(&app, workspace, many).await?;
    let began = Instant::now();
    segments::run_due(&app).await?;
    let (all, members) = (
        number(&app, "select count(*) from segments where archived_at = 0").await?,
        number(&app, "select cast(sum(members) as bigint) from segments where archived_at = 0")
            .await?,
    );
    let share = members as f64 * 100.0 / (all * people.max(1)) as f64;
    println!(
        "| {all} segments of {people} people filled, {share:.1} % in each | {:.0} s |",
        began.elapsed().as_secs_f64()
    );
    let work = tokio::spawn(segments::watch(Arc::downgrade(&app)));
    one(&app, workspace, tag).await?;
    company(&app, workspace).await?;
    called(&app, workspace, many).await?;
    counting(&app, workspace, folder).await?;
    app.stopping.send_replace(true);
    app.segments.wake.notify_one();
    work.await?;
    drop(app);
    passing(url).await
}

async fn number(app: &AppState, sql: &'static str) -> Outcome<i64> {
    let mut c = app.db.read().await?;
    let (n,): (i64,) = run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).fetch_one(x))?;
    Ok(n)
}

async fn write(app: &AppState, workspace: WorkspaceId) -> Outcome<Write<'_>> {
    Ok(Write::begin(app, workspace, TeammateId(0)).await?)
}

fn is(field: &str, op: &str, value: impl Into<Value>) -> Value {
    json!({ "field": field, "op": op, "value": value.into() })
}

/// Rules of many kinds, five of which ask for an event; the tag that the first asks for.
async fn make(app: &AppState, workspace: WorkspaceId, many: usize) -> Outcome<rapport::id::TagId> {
    let mut w = write(app, workspace).await?;
    let (tag, _) = tags::make(&mut w, "Bench person").await?;
    let (firm, _) = tags::make(&mut w, "Bench company").await?;
    w.commit().await?;
    for n in 0..many {
        let k = n as i64;
        let rule = match n {
            0 => is("tag", "is", tag.0.to_string()),
            1 => json!({ "company": is("tag", "is", firm.0.to_string()) }),
            2..=6 => {
                json!({ "event": EVENT, "op": "exactly", "count": k - 1 })
            }
            _ => match n % 4 {
                0 => {
                    json!({ "all": [is("session_count", "at_least", k % 7), is("last_seen_at", "more_than_days_ago", 5 * (k % 60)), is("last_seen_at", "less_than_days_ago", 5 * (k % 60) + 30)] })
                }
                1 => {
                    json!({ "all": [is("signed_up_at", "more_than_days_ago", 9 * (k % 60)), is("signed_up_at", "less_than_days_ago", 9 * (k % 60) + 25)] })
                }
                2 => {
                    json!({ "any": [is("name", "starts_with", char::from(b'a' + (k % 26) as u8).to_string()), is("name", "contains", "zz")] })
                }
                _ => {
                    json!({ "all": [is("location.country_code", "is_not", "US"), json!({ "not": is("session_count", "greater", k % 3) })] })
                }
            },
        };
        let rule = json!({ "version": 1, "rule": rule });
        let predicate = Predicate::read(&rule).map_err(Error::from)?;
        let mut w = write(app, workspace).await?;
        // One that is there already stays.
        if segments::create(&mut w, Subject::Contact, &format!("Bench {n}"), &predicate)
            .await
            .is_ok()
        {
            w.commit().await?;
        }
    }
    Ok(tag)
}

fn said(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!("| {what} | median {:.1} ms, p99 {:.1} ms |", at(0.5), at(0.99));
}

/// From the press to the hint that reaches a tab which shows the segments.
async fn one(app: &Arc<AppState>, workspace: WorkspaceId, tag: rapport::id::TagId) -> Outcome<()> {
    let (queue, mut hints) = mpsc::channel(1_000);
    let listener =
        Listener { socket: app.hub.next_socket(), queue, overrun: Arc::new(Notify::new()) };
    app.hub.subscribe(workspace, Topic::Segments, listener);
    let first =
        number(app, "select min(id) from contacts where merged_into = 0 and archived_at = 0")
            .await?;
    let (mut times, mut shown) = (Vec::new(), Vec::new());
    for n in 0..TIMES {
        while hints.try_recv().is_ok() {}
        let began = Instant::now();
        let mut w = write(app, workspace).await?;
        let who = ContactId(first);
        if n % 2 == 0 {
            tags::add(&mut w, who, "Bench person").await?;
        } else {
            tags::remove(&mut w, who, tag).await?;
        }
        w.commit().await?;
        tokio::time::timeout(Duration::from_secs(10), hints.recv()).await?;
        times.push(began.elapsed());
        // What the tab asks for then, until it says what is so.
        let wanted = i64::from(n % 2 == 0);
        loop {
            let mut c = app.db.read().await?;
            let all = segments::segments(&mut c, workspace).await?.all;
            let members = all.iter().find(|s| s.name == "Bench 0").map(|s| s.members);
            if members == Some(wanted) {
                break;
            }
            if began.elapsed() > Duration::from_secs(10) {
                return Err(format!("{members:?} are in the segment, not {wanted}").into());
            }
        }
        shown.push(began.elapsed());
    }
    said("one person tagged, until an open tab hears of the segment", times);
    said("one person tagged, until the list in that tab has the new number", shown);
    Ok(())
}

/// How many calls of an event a second are taken and kept, which five segments ask for: 16 at once, 100 each, of 10,000
/// people over and over.
async fn called(app: &Arc<AppState>, workspace: WorkspaceId, many: usize) -> Outcome<()> {
    let next = Arc::new(AtomicI64::new(0));
    let began = Instant::now();
    let one = |app: Arc<AppState>, next: Arc<AtomicI64>| async move {
        loop {
            let group = next.fetch_add(1, Ordering::Relaxed);
            if group >= GROUPS {
                return Ok::<_, Error>(());
            }
            let now = app.clock.now();
            let call = |n: i64| {
                let at = group * 100 + n;
                let body = json!({ "userId": format!("bench-{}", at * 7919 % 10_000), "event": EVENT,
                                   "messageId": format!("bench:{}:{at}", now.0), "properties": { "total": at % 90, "currency": "EUR" } });
                tracking::parse("track", &body, Arrival { now, browser: None, sent_at: None })
            };
            let calls = (0..100).map(call).collect::<Result<Vec<_>, _>>()?;
            tracking::accept_all(&app, workspace, &calls).await?;
        }
    };
    let all: Vec<_> = (0..16).map(|_| tokio::spawn(one(app.clone(), next.clone()))).collect();
    for task in all {
        task.await??;
    }
    let taken = began.elapsed().as_secs_f64();
    while number(app, "select count(*) from segment_checks").await? > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!(
        "| tracking, five of {many} segments ask for the event | {:.0} events/s, all judged {:.1} s after the last |",
        (GROUPS * 100) as f64 / taken,
        began.elapsed().as_secs_f64() - taken
    );
    Ok(())
}

/// What it takes to judge those whose moment comes in six hours, and in the rest of a day.
async fn passing(url: &str) -> Outcome<()> {
    let now = Clock::System.now();
    let app =
        Arc::new(AppState::new(Db::open(url).await?, Clock::Fixed(AtomicI64::new(now.0)), false));
    segments::run_due(&app).await?;
    for hours in [6, 24] {
        let then = now.plus(hours * HOUR);
        let mut c = app.db.read().await?;
        let sql =
            "select count(distinct subject_id), count(*) from segment_turns where due_at <= $1";
        let (people, due): (i64, i64) =
            run!(c, |x| sqlx::query_as::<_, (i64, i64)>(sql).bind(then).fetch_one(x))?;
        drop(c);
        let before = number(&app, MOVED).await?;
        if let Clock::Fixed(at) = &app.clock {
            at.store(then.0, Ordering::Relaxed);
        }
        let began = Instant::now();
        segments::run_due(&app).await?;
        let took = began.elapsed();
        let moved = number(&app, MOVED).await? - before;
        println!(
            "| {hours} hours passing: {due} moments of {people} people come, {moved} enter or leave | {:.1} s, {:.2} ms each |",
            took.as_secs_f64(),
            took.as_secs_f64() * 1000.0 / due.max(1) as f64
        );
    }
    Ok(())
}

/// From the tag on a company of many until the last of its people has been judged, and what others who write wait.
async fn company(app: &Arc<AppState>, workspace: WorkspaceId) -> Outcome<()> {
    let id = number(app, "select coalesce(max(id), 0) from companies where company_id = 'bench'")
        .await?;
    let many = number(
        app,
        "select coalesce(max(user_count), 0) from companies where company_id = 'bench'",
    )
    .await?;
    if id == 0 {
        println!("| a company of many tagged | there is none: run company_bench before |");
        return Ok(());
    }
    let mut waits = Vec::new();
    let mut w = write(app, workspace).await?;
    let (tag, name) = tags::make(&mut w, "Bench company").await?;
    tags::apply(&mut w, Owner::Company(CompanyId(id)), &tags::Tag { id: tag, name }).await?;
    let began = Instant::now();
    w.commit().await?;
    let mut n = 0;
    loop {
        let asked = Instant::now();
        let event = json!({ "userId": format!("other-{}", n % 50), "event": "Waited" });
        let call = tracking::parse(
            "track",
            &event,
            Arrival { now: app.clock.now(), browser: None, sent_at: None },
        )?;
        tracking::accept_all(app, workspace, &[call]).await?;
        waits.push(asked.elapsed());
        n += 1;
        let left = number(app, "select count(*) from segment_checks").await?;
        let inside = number(app, "select members from segments where name = 'Bench 1'").await?;
        if (left == 0 && inside >= many) || began.elapsed() > Duration::from_secs(120) {
            break;
        }
    }
    println!(
        "| a company of {many} tagged, until each of them was judged | {:.1} s |",
        began.elapsed().as_secs_f64()
    );
    said("meanwhile, others who write", waits);
    Ok(())
}

/// Four conditions of different kinds, as the builder counts them.
async fn counting(app: &AppState, workspace: WorkspaceId, folder: Option<&str>) -> Outcome<()> {
    let rule = json!({ "version": 1, "rule": { "all": [
        is("last_seen_at", "less_than_days_ago", 120),
        is("custom_attributes.seats", "at_least", 30),
        { "event": EVENT, "op": "at_least", "count": 2 },
        { "not": is("location.country_code", "is", "US") },
    ] } });
    let text = rule.to_string();
    let predicate = Predicate::read(&rule).map_err(Error::from)?;
    let mut c = app.db.read().await?;
    let known = segments::known(&mut c, workspace).await?;
    let (of, now) = (Subject::Contact, app.clock.now());
    let rule = match segments::resolve(&known, of, None::<SegmentId>, &predicate) {
        Ok(rule) => rule,
        Err(faults) => return Err(faults.first().message.into()),
    };
    let mut times = Vec::new();
    let mut about = None;
    for _ in 0..15 {
        let began = Instant::now();
        about = segments::estimate(&mut c, workspace, of, None, &text, now).await?;
        times.push(began.elapsed());
    }
    match about {
        None => println!("| estimating a rule of four conditions | too few people |"),
        Some(about) => {
            let what = format!(
                "estimating a rule of four conditions, {} people (±{})",
                about.count, about.error
            );
            said(&what, times);
        }
    }
    let mut found = 0;
    // By one connection, and as the builder does it, by two where another one is free.
    for (what, limit) in [("by one connection", None), ("by two", Some(segments::LONGEST))] {
        let mut times = Vec::new();
        for _ in 0..15 {
            let mut c = match limit {
                Some(limit) => app.db.read_within(limit).await?,
                None => app.db.read().await?,
            };
            let began = Instant::now();
            found = segments::count(&mut c, workspace, of, &rule, now).await?;
            times.push(began.elapsed());
        }
        said(&format!("counting a rule of four conditions {what}, {found} people"), times);
    }
    searching(app, workspace, now).await?;
    match folder {
        Some(folder) => rows(&mut c, folder, now, found).await,
        None => Ok(()),
    }
}

/// Searches by the REST API that nearly everybody matches: the first page, which counts, and those after it.
async fn searching(app: &AppState, workspace: WorkspaceId, now: Time) -> Outcome<()> {
    for query in [
        json!({ "field": "role", "operator": "=", "value": "user" }),
        json!({ "field": "custom_attributes.newsletter", "operator": "=", "value": true }),
        json!({ "operator": "AND", "value": [
            { "field": "last_seen_at", "operator": ">", "value": 1 },
            { "field": "role", "operator": "=", "value": "user" },
        ] }),
    ] {
        let filter = Filter::read(Some(&query))?;
        let (mut first, mut rest) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            let mut sent = serde_json::Map::new();
            for n in 0..5 {
                let began = Instant::now();
                let mut c = app.db.read_within(segments::LONGEST).await?;
                let paging = Paging::of_search(&sent)?;
                let page =
                    contacts::search(&mut c, now, workspace, Some(&filter), None, &paging).await?;
                let times = if n == 0 { &mut first } else { &mut rest };
                times.push(began.elapsed());
                sent.insert("pagination".into(), page.2["next"].clone());
            }
        }
        said(&format!("searching for {query}, the first page"), first);
        said("the pages after it", rest);
    }
    Ok(())
}

/// The rows that were counted, as files for another database: people, what they have in attributes, what they did.
async fn rows(c: &mut Conn, folder: &str, now: Time, found: i64) -> Outcome<()> {
    std::fs::create_dir_all(folder)?;
    let sql = "select id, last_seen_at, country_code from contacts where merged_into = 0 and archived_at = 0";
    let people: Vec<(i64, i64, String)> =
        run!(c, |x| sqlx::query_as::<_, (i64, i64, String)>(sql).fetch_all(x))?;
    let mut text = String::from("id,last_seen_at,country_code\n");
    for (id, seen, country) in people {
        writeln!(text, "{id},{seen},{country}")?;
    }
    std::fs::write(format!("{folder}/people.csv"), text)?;
    let sql = "select v.subject_id, a.name, v.number from attribute_values v join attributes a on a.workspace_id = v.workspace_id \
               and a.id = v.attribute_id where v.subject = 'contact' and v.number is not null";
    let values: Vec<(i64, String, f64)> =
        run!(c, |x| sqlx::query_as::<_, (i64, String, f64)>(sql).fetch_all(x))?;
    let mut text = String::from("person,attribute,number\n");
    for (id, name, number) in values {
        writeln!(text, "{id},{name},{number}")?;
    }
    std::fs::write(format!("{folder}/values.csv"), text)?;
    let sql = "select e.contact_id, n.name, e.count from event_counts e join event_names n on n.workspace_id = e.workspace_id \
               and n.id = e.event_name_id";
    let counts: Vec<(i64, String, i64)> =
        run!(c, |x| sqlx::query_as::<_, (i64, String, i64)>(sql).fetch_all(x))?;
    let mut text = String::from("person,event,times\n");
    for (id, name, count) in counts {
        writeln!(text, "{id},{name},{count}")?;
    }
    std::fs::write(format!("{folder}/counts.csv"), text)?;
    std::fs::write(
        format!("{folder}/asked.json"),
        json!({ "now": now.0, "found": found }).to_string(),
    )?;
    Ok(())
}
