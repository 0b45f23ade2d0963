//! A shop's purchases: who made just so many in a window, and the first or the last one then, by the builder, by the REST
//! API and by plain SQL. `RAPPORT_PURCHASES` names another file.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::companies::ada;
use crate::on_both;
use crate::segments::{members, settle};
use crate::support::TestApp;

/// Midnight before a day, in UTC, in milliseconds.
fn midnight(day: &str) -> i64 {
    let date: jiff::civil::Date = day.parse().unwrap();
    date.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_millisecond()
}

async fn send(app: &TestApp) {
    let file = std::env::var("RAPPORT_PURCHASES");
    let file = file.unwrap_or_else(|_| "tests/data/purchases.csv".into());
    let text = std::fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = text.trim().lines().skip(1).collect();
    for part in lines.chunks(200) {
        let call = |line: &&str| {
            let [customer, day, cds, value] = line.split(',').collect::<Vec<_>>()[..] else {
                panic!("{line}");
            };
            let (cds, value) = (cds.parse::<i64>().unwrap(), value.parse::<f64>().unwrap());
            json!({"type": "track", "userId": customer, "event": "Purchase", "timestamp": format!("{day}T00:00:00Z"),
                   "properties": {"cds": cds, "value_usd": value}})
        };
        let batch: Vec<Value> = part.iter().map(call).collect();
        let (status, answer) = app.call("batch", &json!({"batch": batch})).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
}

/// Whom a statement finds that counts each person's purchases from a moment until before another, and looks at the first
/// and the last of all.
async fn plain(
    app: &TestApp,
    sql: &'static str,
    from: i64,
    until: i64,
    count: i64,
) -> BTreeSet<i64> {
    let mut c = app.state.db.read().await.unwrap();
    let rows: Result<Vec<(i64,)>, _> = rapport::run!(c, |x| sqlx::query_as::<_, (i64,)>(sql)
        .bind(from)
        .bind(until)
        .bind(count)
        .fetch_all(x));
    rows.unwrap().into_iter().map(|(id,)| id).collect()
}

const EXACTLY: &str = "select c.id from contacts c where (select count(*) from activity a where a.workspace_id = c.workspace_id \
     and a.contact_id = c.id and a.kind = 'event' and a.occurred_at >= $1 and a.occurred_at < $2) = $3";
const FIRST: &str = "select a.contact_id from activity a where a.kind = 'event' group by a.contact_id \
     having min(a.occurred_at) >= $1 and min(a.occurred_at) < $2 and count(*) >= $3";
const LAST: &str = "select a.contact_id from activity a where a.kind = 'event' group by a.contact_id \
     having max(a.occurred_at) >= $1 and max(a.occurred_at) < $2 and count(*) >= $3";

struct Case {
    op: &'static str,
    count: i64,
    /// After this day, and before that one; empty for open.
    after: &'static str,
    before: &'static str,
    sql: &'static str,
}

impl Case {
    fn when(&self) -> Vec<(&'static str, &'static str)> {
        let all = [("after", self.after), ("before", self.before)];
        all.into_iter().filter(|(_, day)| !day.is_empty()).collect()
    }

    /// The rule as it is sent.
    fn rule(&self) -> Value {
        let when: Vec<_> =
            self.when().iter().map(|(op, day)| json!({"op": op, "value": day})).collect();
        let mut event = json!({"event": "Purchase", "op": self.op, "when": when});
        if self.op == "exactly" {
            event["count"] = self.count.into();
        }
        json!({"version": 1, "rule": {"all": [event]}})
    }

    /// What the builder's form sends: a rule with an event of which nothing is said yet, and its row as it was typed.
    fn form(&self, name: &str) -> String {
        let begun = json!({"version": 1, "rule": {"all": [{"event": "", "op": "occurred"}]}});
        let mut form = Serializer::new(String::new());
        form.append_pair("of", "contact").append_pair("name", name);
        form.append_pair("rule", &begun.to_string());
        let mut row = |name: &str, value: &str| {
            form.append_pair(&format!("rows[0][{name}]"), value);
        };
        row("path", "0");
        row("field", "event");
        row("op", self.op);
        row("event", "Purchase");
        row("count", &self.count.to_string());
        for ((op, value), (field, typed)) in
            self.when().into_iter().zip([("when_op", "when"), ("and_op", "and")])
        {
            row(field, op);
            row(typed, value);
        }
        form.finish()
    }

    fn bounds(&self) -> (i64, i64) {
        let day = 86_400_000;
        let from = if self.after.is_empty() { 0 } else { midnight(self.after) + day };
        let until = if self.before.is_empty() { i64::MAX } else { midnight(self.before) };
        (from, until)
    }
}

const CASES: [Case; 8] = [
    Case { op: "exactly", count: 0, after: "1997-01-31", before: "1997-05-01", sql: EXACTLY },
    Case { op: "exactly", count: 1, after: "1997-01-31", before: "1997-05-01", sql: EXACTLY },
    Case { op: "exactly", count: 2, after: "1997-01-31", before: "1997-05-01", sql: EXACTLY },
    Case { op: "exactly", count: 3, after: "1997-03-14", before: "1998-01-01", sql: EXACTLY },
    Case { op: "first", count: 1, after: "", before: "1997-02-01", sql: FIRST },
    Case { op: "first", count: 1, after: "1997-01-31", before: "1997-03-01", sql: FIRST },
    Case { op: "last", count: 1, after: "1997-05-31", before: "", sql: LAST },
    Case { op: "last", count: 1, after: "", before: "1997-02-01", sql: LAST },
];

on_both! {
    async fn purchases_are_counted_alike_by_the_builder_the_api_and_plain_sql(app: TestApp) {
        let token = ada(&app).await;
        send(&app).await;
        settle(&app).await;
        let mut made = Vec::new();
        for (n, case) in CASES.iter().enumerate() {
            let (from, until) = case.bounds();
            let expected = plain(&app, case.sql, from, until, case.count).await;
            let rule = case.rule();
            assert!(expected.len() > 1, "too few to tell anything: {rule}");
            // Before anything is saved.
            let (status, seen) = app.api("POST", "/segments/preview", json!({"rule": rule})).await;
            assert_eq!((status, &seen["count"]), (StatusCode::OK, &json!(expected.len())), "{rule}");
            let form = Serializer::new(String::new()).append_pair("of", "contact").append_pair("rule", &rule.to_string()).finish();
            let (status, seen) = app.form(Some(&token), "/do/preview_segment", &form).await;
            assert_eq!(status, StatusCode::OK, "{seen}");
            let seen: Value = serde_json::from_str(&seen).unwrap();
            assert_eq!(seen["count"], json!(expected.len()), "{rule}");
            // Saved by either, and kept.
            let (status, built) = app.form(Some(&token), "/do/save_segment", &case.form(&format!("Built {n}"))).await;
            assert!(status.is_success() || status.is_redirection(), "{status}: {built}");
            let (status, sent) = app.api("POST", "/segments", json!({"name": format!("Sent {n}"), "rule": rule})).await;
            assert_eq!(status, StatusCode::OK, "{sent}");
            made.push((rule, expected, sent["id"].as_str().unwrap().parse::<i64>().unwrap()));
        }
        settle(&app).await;
        for (n, (rule, expected, sent)) in made.into_iter().enumerate() {
            let query = json!({"query": {"field": "segment_id", "operator": "=", "value": sent.to_string()}, "pagination": {"per_page": 1}});
            let (_, page) = app.api("POST", "/contacts/search", query).await;
            assert_eq!(page["total_count"], json!(expected.len()), "{rule}");
            assert_eq!(members(&app, rapport::id::SegmentId(sent)).await, expected, "{rule}");
            let (_, all) = app.api("GET", "/segments", Value::Null).await;
            let name = format!("Built {n}");
            let built = all["segments"].as_array().unwrap().iter().find(|s| s["name"] == name).unwrap();
            let built = built["id"].as_str().unwrap().parse::<i64>().unwrap();
            assert_eq!(members(&app, rapport::id::SegmentId(built)).await, expected, "built: {rule}");
        }
    }
}
