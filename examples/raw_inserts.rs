//! What tracking is measured against: batched inserts of all the rows that an event causes, in groups of 500,
//! each group one synced transaction, without reading, checking or answering anything.
//!
//! `raw_inserts DATABASE_URL GROUPS`: into a database that `rapport init` made; prints events a second.

use std::time::Instant;

use rapport::run;
use rapport::server::db::{Changed, Db};
use serde_json::json;

const GROUP: i64 = 500;
/// How many people do something, over and over, as in the measurement of the API.
const PEOPLE: i64 = 10_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, groups] = arguments.as_slice() else {
        return Err("raw_inserts DATABASE_URL GROUPS".into());
    };
    let groups: i64 = groups.parse()?;
    let db = Db::open(url).await?;
    let mut c = db.read().await?;
    let (workspace,): (i64,) =
        run!(c, |x| sqlx::query_as::<_, (i64,)>("select id from workspaces order by id limit 1")
            .fetch_one(x))?;
    drop(c);
    let began = Instant::now();
    for group in 0..groups {
        let rows: Vec<_> = (0..GROUP)
            .map(|n| {
                let at = group * GROUP + n;
                let person = 1 + at * 7919 % PEOPLE;
                let data = json!({ "total": at % 90, "currency": "EUR" }).to_string();
                (
                    1_000_000_000 + at,
                    1_772_366_400_000 + at,
                    person,
                    data,
                    format!("raw-{at}"),
                    20_513 + at % 3,
                )
            })
            .collect();
        let rows = serde_json::to_string(&rows)?;
        let mut c = db.begin().await?;
        for sql in STATEMENTS {
            let _: Changed = run!(c, |x| sqlx::query(sql).bind(workspace).bind(&rows).execute(x))?;
        }
        c.commit().await?;
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("{:.0}", (groups * GROUP) as f64 / seconds);
    Ok(())
}

const STATEMENTS: [&str; 6] = [
    "insert into message_ids (workspace_id, message_id) select $1, value ->> 4 from json_each($2)",
    "insert into activity (workspace_id, seq, occurred_at, kind, contact_id, company_id, actor_id, ref_id, data) \
     select $1, cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), 'event', cast(value ->> 2 as bigint), 0, 0, 1, value ->> 3 \
     from json_each($2)",
    "insert into stream (workspace_id, owner_kind, owner_id, occurred_at, seq, facet) \
     select $1, 'contact', cast(value ->> 2 as bigint), cast(value ->> 1 as bigint), cast(value ->> 0 as bigint), 'event' \
     from json_each($2)",
    "insert into event_counts (workspace_id, contact_id, event_name_id, count, first_at, last_at) \
     select $1, cast(value ->> 2 as bigint), 1, 1, cast(value ->> 1 as bigint), cast(value ->> 1 as bigint) from json_each($2) where true \
     on conflict (workspace_id, contact_id, event_name_id) do update set count = event_counts.count + 1, last_at = excluded.last_at",
    "insert into event_days (workspace_id, contact_id, event_name_id, day, count) \
     select $1, cast(value ->> 2 as bigint), 1, cast(value ->> 5 as bigint), 1 from json_each($2) where true \
     on conflict (workspace_id, contact_id, event_name_id, day) do update set count = event_days.count + 1",
    "update workspace_seq set n = n + 500 where workspace_id = $1 and $2 <> ''",
];
