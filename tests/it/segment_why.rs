//! Why somebody is in a segment: what is known of them, of when and of whom, and when time alone makes the answer another.

use axum::http::StatusCode;
use rapport::attributes::Subject;
use rapport::id::SegmentId;
use rapport::segments::{self, Explanation};
use rapport::server::dates::Dates;
use rapport::time::{DAY, Time};
use serde_json::{Value, json};

use crate::companies::{group, visit};
use crate::on_both;
use crate::segments::{is, make, settle, workspace};
use crate::support::TestApp;

async fn why(app: &TestApp, of: Subject, id: i64, segment: SegmentId) -> Explanation {
    let dates = Dates::new("UTC", app.state.clock.now());
    let mut c = app.state.db.read().await.unwrap();
    let here = workspace(app).await;
    segments::explain(&app.state, &mut c, &dates, here, of, id, segment).await.unwrap().unwrap()
}

fn turns(found: &Explanation) -> Option<Time> {
    found.until.as_ref().map(|until| until.at)
}

/// Each condition with what is known.
fn said(found: &Explanation) -> Vec<(&str, &str)> {
    found.reasons.iter().map(|r| (r.said.as_str(), r.value.as_str())).collect()
}

on_both! {
    async fn why_a_company_stands_so_says_when_of_whom_and_until(app: TestApp) {
        settle(&app).await;
        app.call("identify", &json!({"userId": "grace", "traits": {"name": "Grace Hopper"}})).await;
        group(&app, "grace", "navy", json!({"name": "Navy"})).await;
        group(&app, "alan", "army", json!({"name": "Army"})).await;
        settle(&app).await;
        let navy = app.number("select id from companies where company_key = 'navy'").await;
        let army = app.number("select id from companies where company_key = 'army'").await;
        let mut ids = Vec::new();
        for sql in [
            "select id from segments where builtin = 'company.new'",
            "select id from segments where builtin = 'company.active'",
            "select id from segments where builtin = 'company.slipping_away'",
            "select id from segments where builtin = 'company.never_seen'",
        ] {
            ids.push(SegmentId(app.number(sql).await));
        }
        let began = app.state.clock.now();
        let found = why(&app, Subject::Company, navy, ids[0]).await;
        assert!(found.standing.inside && found.reasons[0].value.starts_with("New: became a customer just now ("), "{found:?}");
        assert_eq!(turns(&found), Some(began.plus(DAY)), "it is new for a day");
        app.pass(3 * DAY);
        visit(&app, "grace").await;
        app.pass(5 * DAY);
        settle(&app).await;
        let seen = Time(app.number("select last_seen_at from companies where company_key = 'navy'").await);
        let ago = "Grace Hopper was seen 5 days ago (";
        let found = why(&app, Subject::Company, navy, ids[1]).await;
        assert!(found.standing.inside && found.reasons[0].value.starts_with(&format!("Active: {ago}")), "{found:?}");
        assert_eq!(turns(&found), Some(seen.plus(30 * DAY)));
        let found = why(&app, Subject::Company, navy, ids[0]).await;
        let value = found.reasons[0].value.as_str();
        assert!(value.starts_with(&format!("Active: {ago}")) && value.contains("; became a customer 8 days ago ("), "{value}");
        assert_eq!((found.standing.inside, turns(&found)), (false, None), "it is not new again");
        assert_eq!(turns(&why(&app, Subject::Company, navy, ids[2]).await), Some(seen.plus(30 * DAY)));
        let found = why(&app, Subject::Company, army, ids[3]).await;
        assert_eq!(said(&found), [("Health is Never seen", "Never seen: nobody of it was ever seen")]);
        assert_eq!((found.standing.inside, turns(&found)), (true, None));
        // What was told comes about.
        app.pass(25 * DAY);
        settle(&app).await;
        let found = why(&app, Subject::Company, navy, ids[2]).await;
        assert_eq!((found.standing.inside, turns(&found)), (true, Some(seen.plus(60 * DAY))));
        let (status, told) = app.api("GET", &format!("/segments/{}/explain?company_id={navy}", ids[2]), Value::Null).await;
        assert_eq!((status, &told["changes_at"]), (StatusCode::OK, &json!(seen.plus(60 * DAY).seconds())), "{told}");
        assert!(told["changes_by_time"].as_str().unwrap().starts_with("in 1 month (") || told["changes_by_time"].as_str().unwrap().starts_with("in 30 days ("), "{told}");
    }

    async fn why_somebody_is_in_a_segment_names_each_company_of_theirs(app: TestApp) {
        app.call("identify", &json!({"userId": "grace", "traits": {"name": "Grace Hopper"}})).await;
        app.call("identify", &json!({"userId": "alan", "traits": {"name": "Alan Turing"}})).await;
        group(&app, "grace", "navy", json!({"name": "Navy", "plan": "pro"})).await;
        group(&app, "grace", "army", json!({"plan": "free"})).await;
        settle(&app).await;
        app.pass(2 * DAY);
        visit(&app, "grace").await;
        app.pass(DAY);
        settle(&app).await;
        let lively = json!({"company": {"all": [is("plan", "is", json!("pro")), is("health", "is", json!("active"))]}});
        let lively = make(&app, Subject::Contact, "Lively", lively).await.unwrap();
        let known = json!({"all": [is("last_seen_at", "has_any_value", Value::Null), {"not": {"any": [is("role", "is", json!("lead")), is("name", "is", json!("x"))]}}]});
        let known = make(&app, Subject::Contact, "Known", known).await.unwrap();
        settle(&app).await;
        let grace = app.number("select id from contacts where external_id = 'grace'").await;
        let alan = app.number("select id from contacts where external_id = 'alan'").await;
        let found = why(&app, Subject::Contact, grace, lively).await;
        let mut lines: Vec<_> = found.reasons.iter().map(|r| (r.depth, r.said.as_str(), r.holds)).collect();
        assert_eq!(lines.remove(0), (0, "A company of theirs has", true));
        let at = lines.iter().position(|(_, said, _)| *said == "Navy").unwrap();
        assert_eq!(lines[at..at + 4], [(1, "Navy", true), (2, "All of these", true), (3, "Plan is pro", true), (3, "Health is Active", true)]);
        assert!(lines.contains(&(1, "army", false)), "by its id, where it has no name: {lines:?}");
        assert!(said(&found).iter().any(|(_, value)| value.starts_with("Active: Grace Hopper was seen 1 day ago (")), "{found:?}");
        let seen = Time(app.number("select last_seen_at from contacts where external_id = 'grace'").await);
        assert_eq!(turns(&found), Some(seen.plus(30 * DAY)), "their companies' health turns by time");
        let found = why(&app, Subject::Contact, alan, lively).await;
        assert_eq!(said(&found), [("A company of theirs has", "in no company")]);
        assert_eq!(turns(&found), None);
        let found = why(&app, Subject::Contact, grace, known).await;
        let lines = said(&found);
        assert!(lines[0].1.starts_with("1 day ago ("), "a moment, not a number: {lines:?}");
        assert_eq!(lines[1..], [("None of these", ""), ("Kind is Lead", "User"), ("Name is x", "Grace Hopper")]);
    }

    async fn who_was_not_looked_at_yet_is_told_so(app: TestApp) {
        app.call("identify", &json!({"userId": "grace", "traits": {"plan": "pro"}})).await;
        settle(&app).await;
        let id = make(&app, Subject::Contact, "Pros", is("custom_attributes.plan", "is", json!("pro"))).await.unwrap();
        let (_, now) = app.api("PUT", &format!("/segments/{id}"), json!({"paused": true})).await;
        assert_eq!(now["filled"], false, "{now}");
        settle(&app).await;
        let grace = app.number("select id from contacts where external_id = 'grace'").await;
        let found = why(&app, Subject::Contact, grace, id).await;
        assert_eq!((found.standing.inside, found.pending, found.reasons[0].holds), (false, true, true));
        app.api("PUT", &format!("/segments/{id}"), json!({"paused": false})).await;
        settle(&app).await;
        let found = why(&app, Subject::Contact, grace, id).await;
        assert_eq!((found.standing.inside, found.pending), (true, false));
    }
}
