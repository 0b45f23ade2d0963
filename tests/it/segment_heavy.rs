//! Somebody who did something a great many times: a rule about metadata of any time is judged by what is new.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use rapport::attributes::Subject;
use rapport::outbound::{Draft, Goal, Whom};
use rapport::segments::{self, Predicate};
use serde_json::{Value, json};

use crate::on_both;
use crate::outbound::{detail, draft, read_by, start, tag, vip};
use crate::segment_limits::fill;
use crate::segments::{check, is, make, members, settle};
use crate::support::TestApp;

const MANY: i64 = 50_000;
const DAY: i64 = 86_400_000;

/// Gives the only person who paid so many more payments, a second apart.
async fn pay(app: &TestApp, many: i64) {
    fill(app, "update workspace_seq set n = n + $2 where workspace_id = $1", many).await;
    let sql = "insert into activity (workspace_id, seq, occurred_at, kind, contact_id, company_id, actor_id, ref_id, data) \
               with recursive n (i) as (select 1 union all select i + 1 from n where i < $2) \
               select $1, w.n - $2 + n.i, a.occurred_at - n.i * 1000, 'event', a.contact_id, 0, 0, a.ref_id, '{\"total\":20,\"sku\":\"x\"}' \
               from n cross join activity a cross join workspace_seq w where a.workspace_id = $1 and a.kind = 'event' and w.workspace_id = $1";
    fill(app, sql, many).await;
    fill(app, "update event_counts set count = count + $2 where workspace_id = $1", many).await;
}

async fn track(app: &TestApp, whom: Value, total: i64, ago: i64) {
    let at = app.state.clock.now().plus(-ago).0;
    let at = jiff::Timestamp::from_millisecond(at).unwrap();
    let mut event =
        json!({"event": "Paid", "timestamp": at.to_string(), "properties": {"total": total}});
    event.as_object_mut().unwrap().extend(whom.as_object().unwrap().clone());
    assert_eq!(app.call("track", &event).await.0, StatusCode::OK);
}

/// How long it takes to judge after each of so many payments.
async fn judged(app: &TestApp, events: u32) -> Duration {
    let mut took = Duration::ZERO;
    for _ in 0..events {
        track(app, json!({"userId": "heavy"}), 20, 0).await;
        let began = Instant::now();
        segments::run_due(&app.state).await.unwrap();
        took += began.elapsed();
    }
    took / events
}

fn paid(op: &str, count: i64) -> Value {
    json!({"event": "Paid", "op": op, "count": count, "metadata": [is("total", "greater", json!(100))]})
}

on_both! {
    async fn one_more_time_of_a_great_many_is_not_a_reason_to_read_them_all(app: TestApp) {
        track(&app, json!({"userId": "heavy"}), 20, 0).await;
        settle(&app).await;
        pay(&app, MANY).await;
        let kept = &app.state.segments.kept;
        kept.keep_from(i64::MAX);
        let three = make(&app, Subject::Contact, "Three", paid("at_least", 3)).await.unwrap();
        let four = make(&app, Subject::Contact, "Four", paid("exactly", 4)).await.unwrap();
        let never = make(&app, Subject::Contact, "Never", paid("not_occurred", 0)).await.unwrap();
        let long_ago = json!({"event": "Paid", "op": "first", "when": [{"op": "more_than_days_ago", "value": 300}], "metadata": [is("total", "greater", json!(100))]});
        let long_ago = make(&app, Subject::Contact, "Long ago", long_ago).await.unwrap();
        settle(&app).await;
        let all = judged(&app, 5).await;
        kept.keep_from(500);
        judged(&app, 1).await;
        let new = judged(&app, 100).await;
        eprintln!("{:?}: {MANY} payments: {all:?} an event where all are read, {new:?} where what is new is", app.engine);
        assert!(new * 4 < all, "{new:?} {all:?}");
        let inside = async |said: &str| {
            settle(&app).await;
            check(&app, said).await;
            let mut out = Vec::new();
            for id in [three, four, never, long_ago] {
                out.push(members(&app, id).await.len());
            }
            out
        };
        assert_eq!(inside("none").await, [0, 0, 1, 0]);
        // What comes late counts, however late, and so does what another one did who turns out to be the same.
        track(&app, json!({"userId": "heavy"}), 200, 0).await;
        assert_eq!(inside("one").await, [0, 0, 0, 0]);
        track(&app, json!({"userId": "heavy"}), 200, 30 * 60_000).await;
        assert_eq!(inside("half an hour late").await, [0, 0, 0, 0]);
        track(&app, json!({"userId": "heavy"}), 200, 400 * DAY).await;
        assert_eq!(inside("a year late").await, [1, 0, 0, 1]);
        track(&app, json!({"anonymousId": "visitor"}), 300, 2 * DAY).await;
        settle(&app).await;
        app.call("identify", &json!({"userId": "heavy", "anonymousId": "visitor"})).await;
        assert_eq!(inside("merged").await, [1, 1, 0, 1]);
        track(&app, json!({"userId": "heavy"}), 200, 0).await;
        assert_eq!(inside("five").await, [1, 0, 0, 1]);
        // Who is erased and comes again is somebody new.
        let (_, found) = app.api("GET", "/contacts/find_by_external_id/heavy", Value::Null).await;
        let (status, gone) = app.api("DELETE", &format!("/contacts/{}", found["id"].as_str().unwrap()), Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{gone}");
        assert_eq!(inside("erased").await, [0, 0, 0, 0]);
        track(&app, json!({"userId": "heavy"}), 200, 0).await;
        assert_eq!(inside("again").await, [0, 0, 0, 0]);
    }

    async fn a_goal_is_told_alike_of_a_great_many_times_kept_and_read(app: TestApp) {
        track(&app, json!({"userId": "heavy"}), 20, 0).await;
        settle(&app).await;
        pay(&app, MANY).await;
        let goal = Goal { rule: Predicate::read(&json!({"version": 1, "rule": paid("occurred", 0)})).unwrap().text(), days: 7 };
        let message = Draft { goal: Some(goal), ..draft(Whom::All, vip(&app).await, "Pay") };
        tag(&app, "users", "heavy", "vip", true).await;
        let message = start(&app, &message).await;
        assert_eq!(read_by(&app, "heavy").await, ["Pay"]);
        app.pass(1_000);
        let kept = &app.state.segments.kept;
        kept.keep_from(i64::MAX);
        judged(&app, 1).await;
        assert_eq!(detail(&app, message).await.brief.counts.goal, 0);
        kept.keep_from(500);
        judged(&app, 2).await;
        assert_eq!(detail(&app, message).await.brief.counts.goal, 0);
        track(&app, json!({"userId": "heavy"}), 200, 400 * DAY).await;
        settle(&app).await;
        assert_eq!(detail(&app, message).await.brief.counts.goal, 0, "it was before they got the message");
        track(&app, json!({"userId": "heavy"}), 200, 0).await;
        settle(&app).await;
        assert_eq!(detail(&app, message).await.brief.counts.goal, 1);
    }
}
