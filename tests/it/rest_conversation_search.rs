//! Searching conversations by the REST API: what a search finds is what the answers show, and what they show is what their
//! parts say.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::http::StatusCode;
use rapport::rest::Limits;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{NOON, TestApp};

const OK: StatusCode = StatusCode::OK;

async fn call(app: &TestApp, path: &str, sent: Value) -> Value {
    let (status, answer) = app.api("POST", path, sent.clone()).await;
    assert_eq!(status, OK, "{path} {sent}: {answer}");
    answer
}

fn is(field: &str, operator: &str, value: Value) -> Value {
    json!({"field": field, "operator": operator, "value": value})
}

async fn found(app: &TestApp, query: &Value) -> BTreeSet<String> {
    let sent = json!({"query": query, "pagination": {"per_page": 150}});
    let list = call(app, "/conversations/search", sent).await;
    let ids = list["conversations"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap());
    let ids: BTreeSet<_> = ids.map(str::to_owned).collect();
    assert_eq!(list["total_count"], json!(ids.len()), "{query}");
    ids
}

/// Numbers that look like chance and are the same each time.
struct Steps(u64);

impl Steps {
    fn next(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// Conversations with a past each, as whole shapes.
async fn made(app: &TestApp) -> Vec<Value> {
    let ada = app.number("select id from teammates").await.to_string();
    call(
        app,
        "/contacts",
        json!({"external_id": "grace", "name": "Grace 100%", "email": "grace@navy.mil"}),
    )
    .await;
    call(app, "/contacts", json!({"role": "lead", "name": "Ève"})).await;
    let lead = app.text("select name from contacts where role = 'lead'").await;
    assert_eq!(lead, "Ève");
    let (_, leads) =
        app.api("POST", "/contacts/search", json!({"query": is("role", "=", json!("lead"))})).await;
    let lead = leads["data"][0]["id"].clone();
    let mut steps = Steps(7);
    let mut ids = Vec::new();
    for n in 0..12 {
        app.pass(1_000);
        let began = match n % 3 {
            0 => call(app, "/messages", json!({"message_type": "in_app", "body": format!("Offer {n}"), "from": {"type": "admin", "id": ada}, "to": {"type": "user", "user_id": "grace"}})).await,
            1 => call(app, "/conversations", json!({"from": {"type": "lead", "id": lead}, "body": format!("A_b {n}")})).await,
            _ => call(app, "/conversations", json!({"from": {"type": "user", "user_id": "grace"}, "body": format!("Question {n}")})).await,
        };
        ids.push((began["conversation_id"].as_str().unwrap().to_owned(), n % 3 == 1));
    }
    for _ in 0..150 {
        app.pass(1_000 * (1 + steps.next(90) as i64));
        let (id, of_lead) = &ids[steps.next(11) as usize];
        let admin = |kind: &str, more: Value| {
            let mut sent = json!({"message_type": kind, "type": "admin", "admin_id": ada});
            sent.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            sent
        };
        let (reply, parts) =
            (format!("/conversations/{id}/reply"), format!("/conversations/{id}/parts"));
        match steps.next(8) {
            0 | 1 => {
                let mut sent = json!({"message_type": "comment", "type": "user", "body": "More"});
                if *of_lead {
                    sent["intercom_user_id"] = lead.clone()
                } else {
                    sent["user_id"] = json!("grace")
                }
                call(app, &reply, sent).await
            }
            2 => call(app, &reply, admin("comment", json!({"body": "An answer"}))).await,
            3 => call(app, &reply, admin("note", json!({"body": "A note"}))).await,
            4 => call(app, &parts, admin("close", json!({}))).await,
            5 => call(app, &parts, admin("open", json!({}))).await,
            6 => call(app, &parts, admin("assignment", json!({"assignee_id": ada}))).await,
            _ => call(app, &parts, admin("assignment", json!({"assignee_id": "0"}))).await,
        };
    }
    let mut shapes = Vec::new();
    for (id, _) in &ids {
        let (status, shape) = app.api("GET", &format!("/conversations/{id}"), Value::Null).await;
        assert_eq!(status, OK, "{shape}");
        shapes.push(shape);
    }
    shapes
}

/// The statistics, worked out of nothing but the parts that an answer shows.
fn worked_out(shape: &Value) -> Value {
    let mut all = vec![shape["source"].clone()];
    all[0]["part_type"] = json!("comment");
    all[0]["created_at"] = shape["created_at"].clone();
    all.extend(shape["conversation_parts"]["conversation_parts"].as_array().unwrap().clone());
    let at = |part: &Value| part["created_at"].as_i64().unwrap();
    let by_admin = |part: &Value| part["author"]["type"] == "admin";
    let said = |part: &&Value| part["part_type"] == "comment";
    let first = all.iter().position(|p| !by_admin(p) && p["part_type"] == "comment");
    let since = first.map_or(&[][..], |first| &all[first..]);
    let closes = |part: &&Value| part["part_type"] == "close";
    let assigns =
        |part: &&Value| part["part_type"] == "assignment" && !part["assigned_to"].is_null();
    let began = first.map(|first| at(&all[first]));
    let first_admin = since.iter().filter(said).find(|p| by_admin(p)).map(at);
    let last_assigned = since.iter().filter(assigns).map(at).max();
    let last_close = all.iter().rfind(closes);
    let span =
        |end: Option<i64>| end.zip(began).map(|(end, began)| end - began).filter(|n| *n >= 0);
    let mut is_closed = false;
    let mut reopens = 0;
    for part in &all {
        let kind = part["part_type"].as_str().unwrap();
        if kind == "close" {
            is_closed = true;
        } else if is_closed && matches!(kind, "comment" | "open") {
            (is_closed, reopens) = (false, reopens + 1);
        }
    }
    json!({
        "type": "conversation_statistics",
        "time_to_assignment": span(since.iter().filter(assigns).map(at).filter(|a| first_admin.is_none_or(|f| *a <= f)).max()),
        "time_to_admin_reply": span(first_admin),
        "time_to_first_close": span(since.iter().find(closes).map(at)),
        "time_to_last_close": span(last_close.map(at)),
        "first_contact_reply_at": began,
        "first_assignment_at": since.iter().find(assigns).map(at),
        "first_admin_reply_at": first_admin,
        "first_close_at": since.iter().find(closes).map(at),
        "last_assignment_at": last_assigned,
        "last_assignment_admin_reply_at": last_assigned.and_then(|a| all.iter().filter(said).filter(|p| by_admin(p)).map(at).find(|t| *t >= a)),
        "last_contact_reply_at": all.iter().filter(said).filter(|p| !by_admin(p)).map(at).max(),
        "last_admin_reply_at": all.iter().filter(said).filter(|p| by_admin(p)).map(at).max(),
        "last_close_at": last_close.map(at),
        "last_closed_by_id": last_close.map(|p| p["author"]["id"].clone()),
        "count_reopens": reopens,
        "count_assignments": since.iter().filter(assigns).count(),
        "count_conversation_parts": all.iter().filter(|p| p["part_type"] == "comment" || p["part_type"] == "note").count(),
    })
}

/// What a field's value is in an answer.
fn shown(shape: &Value, field: &str) -> Value {
    field.split('.').fold(shape.clone(), |value, name| value[name].clone())
}

fn without_limit(mut app: TestApp) -> TestApp {
    let state = Arc::get_mut(&mut app.state).unwrap();
    state.api_limits = Limits::new(NonZeroU32::new(1_000_000).unwrap());
    app
}

on_both! {
    async fn what_is_found_is_what_is_shown_and_what_the_parts_say(app: TestApp) {
        let app = without_limit(app);
        let shapes = made(&app).await;
        let ids = |fits: &dyn Fn(&Value) -> bool| shapes.iter().filter(|s| fits(s)).map(|s| s["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>();
        for shape in &shapes {
            assert_eq!(shape["statistics"], worked_out(shape), "{shape}");
        }
        let (_, list) = app.api("GET", "/conversations?per_page=150", Value::Null).await;
        for listed in list["conversations"].as_array().unwrap() {
            let whole = shapes.iter().find(|s| s["id"] == listed["id"]).unwrap();
            for field in ["source", "statistics", "teammates", "read"] {
                assert_eq!(listed[field], whole[field], "the same in a list");
            }
        }
        let names: Vec<_> = shapes[0]["statistics"].as_object().unwrap().keys().filter(|k| *k != "type").map(|k| format!("statistics.{k}")).collect();
        assert_eq!(names.len(), 17);
        let words = ["read", "source.id", "source.type", "source.delivered_as", "source.subject", "source.author.id", "source.author.type", "source.author.name", "source.author.email"];
        for field in names.iter().map(String::as_str).chain(words) {
            let values: BTreeSet<_> = shapes.iter().map(|s| shown(s, field).to_string()).collect();
            assert!(values.len() > 1 || ["source.type", "source.subject"].contains(&field), "{field} is always {values:?}");
            for value in values {
                let value: Value = serde_json::from_str(&value).unwrap();
                let fits = |s: &Value| shown(s, field) == value;
                assert_eq!(found(&app, &is(field, "=", value.clone())).await, ids(&fits), "{field} = {value}");
                assert_eq!(found(&app, &is(field, "!=", value.clone())).await, ids(&|s| !fits(s)), "{field} != {value}");
                if field != "read" && !value.is_null() {
                    assert_eq!(found(&app, &is(field, "IN", json!([value]))).await, ids(&fits), "{field} IN {value}");
                    assert_eq!(found(&app, &is(field, "NIN", json!([value]))).await, ids(&|s| !fits(s)), "{field} NIN {value}");
                }
                let (Some(number), true) = (value.as_i64(), field.starts_with("statistics")) else { continue };
                for (operator, holds) in [("<", (|a, b| a < b) as fn(i64, i64) -> bool), (">", |a, b| a > b), ("<=", |a, b| a <= b), (">=", |a, b| a >= b)] {
                    let fits = |s: &Value| shown(s, field).as_i64().is_some_and(|own| holds(own, number));
                    assert_eq!(found(&app, &is(field, operator, value.clone())).await, ids(&fits), "{field} {operator} {value}");
                }
            }
        }
        let ada = app.number("select id from teammates").await.to_string();
        let wrote = |s: &Value| s["teammates"]["admins"].as_array().unwrap().iter().any(|a| a["id"] == json!(ada));
        assert!(shapes.iter().any(wrote) && !shapes.iter().all(wrote));
        for (operator, value, expected) in [("=", json!(ada), true), ("IN", json!([ada, "7"]), true), ("!=", json!(ada), false), ("=", Value::Null, false), ("!=", Value::Null, true)] {
            assert_eq!(found(&app, &is("teammate_ids", operator, value.clone())).await, ids(&|s| wrote(s) == expected), "{operator} {value}");
        }
    }

    async fn texts_are_found_by_each_operator_alike_on_either_engine(app: TestApp) {
        let shapes = made(&app).await;
        let ids = |fits: &dyn Fn(&Value) -> bool| shapes.iter().filter(|s| fits(s)).map(|s| s["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>();
        let began = |kind: &'static str| move |s: &Value| s["source"]["body"].as_str().unwrap().contains(kind);
        for (field, operator, value, kind) in [
            ("source.body", "=", "oFFER 0", "Offer 0<"),
            ("source.body", "~", "question", "Question"),
            ("source.body", "^", "OFFER", "Offer"),
            ("source.body", "$", "er 3", "Offer 3<"),
            ("source.body", "~", "a_B", "A_b"),
            ("source.body", "^", "_", "nothing"),
            ("source.body", "~", "%", "nothing"),
            ("source.author.name", "$", "100%", "Question"),
            ("source.author.name", "^", "Èv", "nothing"),
            ("source.author.name", "^", "Èv".to_lowercase().as_str(), "nothing"),
            ("source.author.name", "=", "Ève", "A_b"),
            ("source.author.email", "$", "@NAVY.mil", "Question"),
        ] {
            let fits = began(kind);
            let expected = match (field, value) {
                ("source.author.name", "Èv") => ids(&began("A_b")),
                _ => ids(&fits),
            };
            assert_eq!(found(&app, &is(field, operator, json!(value))).await, expected, "{field} {operator} {value}");
        }
        assert_eq!(found(&app, &is("source.body", "!~", json!("OFFER"))).await, ids(&|s| !began("Offer")(s)));
        assert_eq!(found(&app, &is("source.author.email", "=", Value::Null)).await, ids(&began("A_b")), "who has none");
    }

    async fn what_is_not_kept_is_refused_by_name(app: TestApp) {
        made(&app).await;
        for (field, operator, value, why) in [
            ("source.url", "=", json!("x"), "not kept"),
            ("conversation_rating.score", ">", json!(3), "not kept"),
            ("custom_attribute.plan", "=", json!("pro"), "not kept"),
            ("statistics.median_time_to_reply", ">", json!(3), "not kept"),
            ("statistics.count_reopens", "~", json!(1), "compared"),
            ("statistics.count_reopens", ">", json!("many"), "whole number"),
            ("statistics.first_close_at", "<", json!(1.5), "whole number"),
            ("statistics.last_closed_by_id", ">", json!(1), "IN"),
            ("read", "=", json!("perhaps"), "true or false"),
            ("teammate_ids", "~", json!("1"), "IN"),
            ("source.body", ">", json!("a"), "compared"),
            ("source.body", "=", json!(1), "text"),
            ("source.type", "=", json!("pigeon"), "conversation"),
            ("source.delivered_as", "~", json!("auto"), "IN"),
            ("source.author.type", "=", json!("boss"), "lead"),
        ] {
            let sent = json!({"query": is(field, operator, value)});
            let (status, refusal) = app.api("POST", "/conversations/search", sent.clone()).await;
            let error = &refusal["errors"][0];
            assert_eq!((status, &error["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{sent} {refusal}");
            assert!(error["message"].as_str().unwrap().contains(why), "{refusal}");
        }
        // The matches are counted once; the pages after it say the same number.
        let query = is("source.author.type", "=", json!("admin"));
        let first = call(&app, "/conversations/search", json!({"query": query, "pagination": {"per_page": 3}})).await;
        assert_eq!(first["total_count"], 4);
        let after = first["pages"]["next"]["starting_after"].clone();
        app.pass(NOON.0 % 1_000 + 1_000);
        let second = call(&app, "/conversations/search", json!({"query": query, "pagination": {"per_page": 3, "starting_after": after}})).await;
        assert_eq!((second["conversations"].as_array().unwrap().len(), &second["total_count"]), (1, &json!(4)));
    }
}
