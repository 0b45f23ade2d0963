//! Events by the REST API.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{NOON, TestApp};

const AT: i64 = NOON.0 / 1000 - 1_000;

async fn person(app: &TestApp, body: Value) -> Value {
    let (status, answer) = app.api("POST", "/contacts", body).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

on_both! {
    async fn an_event_is_one_whoever_is_named_however(app: TestApp) {
        let one = person(&app, json!({"external_id": "u", "email": "A@b.c"})).await;
        for whom in [("user_id", json!("u")), ("id", one["id"].clone()), ("email", json!("a@B.c"))] {
            let mut event = json!({"event_name": "Ordered", "created_at": AT, "metadata": {"total": 5, "price": {"amount": 500, "currency": "eur"}}});
            event[whom.0] = whom.1;
            let (status, answer) = app.api("POST", "/events", event).await;
            assert_eq!((status, answer), (StatusCode::ACCEPTED, Value::Null));
        }
        assert_eq!(app.number("select count from event_counts").await, 1, "one name in one second is one event");
        app.api("POST", "/events", json!({"event_name": "Ordered", "created_at": AT + 1, "user_id": "u"})).await;
        app.api("POST", "/events", json!({"event_name": "Left", "created_at": AT, "user_id": "u"})).await;
        assert_eq!(app.number("select count(*) from activity where kind = 'event'").await, 3);
        assert_eq!(app.number("select last_seen_at from contacts").await, 0, "an event does not say that they were seen");
    }

    async fn what_someone_did_is_listed_in_pages_and_summed(app: TestApp) {
        let one = person(&app, json!({"external_id": "u", "email": "a@b.c"})).await;
        for n in 0..5 {
            app.api("POST", "/events", json!({"event_name": "Ordered", "created_at": AT + n, "user_id": "u", "metadata": {"n": n}})).await;
        }
        let (mut path, mut seen) = ("/events?type=user&user_id=u&per_page=2".to_owned(), Vec::new());
        loop {
            let (status, page) = app.api("GET", &path, Value::Null).await;
            assert_eq!((status, &page["type"]), (StatusCode::OK, &json!("event.list")), "{page}");
            seen.extend(page["events"].as_array().unwrap().iter().cloned());
            let Some(next) = page["pages"]["next"].as_str() else { break };
            path = next.split_once("/api").unwrap().1.to_owned();
        }
        assert_eq!(seen.iter().map(|e| e["metadata"]["n"].as_i64().unwrap()).collect::<Vec<_>>(), [4, 3, 2, 1, 0]);
        assert_eq!((&seen[0]["created_at"], &seen[0]["intercom_user_id"], &seen[0]["event_name"]), (&json!(AT + 4), &one["id"], &json!("Ordered")));
        let (_, summary) = app.api("GET", &format!("/events?type=user&intercom_user_id={}&summary=true", one["id"].as_str().unwrap()), Value::Null).await;
        assert_eq!((&summary["type"], &summary["user_id"], &summary["email"]), (&json!("event.summary"), &json!("u"), &json!("a@b.c")));
        assert_eq!(summary["events"], json!([{"name": "Ordered", "count": 5, "first": "2026-03-01T11:43:20Z", "last": "2026-03-01T11:43:24Z"}]));
        assert_eq!(app.api("GET", "/events?type=user&email=a%40b.c", Value::Null).await.0, StatusCode::OK);
        for bad in ["", "?type=user", "?type=company&user_id=u", "?type=user&user_id=u&per_page=0", "?type=user&user_id=u&before=x", "?type=user&user_id=u&summary=maybe"] {
            assert_eq!(app.api("GET", &format!("/events{bad}"), Value::Null).await.0, StatusCode::BAD_REQUEST, "{bad}");
        }
    }

    async fn counts_from_before_add_up_and_repeat_safely(app: TestApp) {
        person(&app, json!({"external_id": "u"})).await;
        app.api("POST", "/events", json!({"event_name": "Ordered", "created_at": AT, "user_id": "u"})).await;
        let summaries = json!({"user_id": "u", "event_summaries": [
            {"event_name": "Ordered", "count": 7, "first": 1_600_000_000, "last": 1_650_000_000},
            {"event_name": "Left", "count": 1, "first": 1_600_000_000, "last": 1_600_000_000}]});
        for _ in 0..2 {
            assert_eq!(app.api("POST", "/events/summaries", summaries.clone()).await.0, StatusCode::OK);
        }
        let (_, summary) = app.api("GET", "/events?type=user&user_id=u&summary=true", Value::Null).await;
        assert_eq!((&summary["events"][0]["count"], &summary["events"][0]["first"]), (&json!(8), &json!("2020-09-13T12:26:40Z")));
        assert_eq!(summary["events"][1]["count"], json!(1));
        let one = json!({"user_id": "u", "event_summaries": {"event_name": "Ordered", "count": 1, "first": 1, "last": 2}});
        assert_eq!(app.api("POST", "/events/summaries", one).await.0, StatusCode::OK, "one alone is taken too");
        for bad in [
            json!({"user_id": "u"}),
            json!({"user_id": "u", "event_summaries": []}),
            json!({"user_id": "u", "event_summaries": [4]}),
            json!({"event_summaries": {"event_name": "x", "count": 1, "first": 1, "last": 2}}),
            json!({"user_id": "u", "event_summaries": {"event_name": "x", "count": 0, "first": 1, "last": 2}}),
            json!({"user_id": "u", "event_summaries": {"event_name": "x", "count": 1, "first": 3, "last": 2}}),
        ] {
            assert_eq!(app.api("POST", "/events/summaries", bad.clone()).await.0, StatusCode::BAD_REQUEST, "{bad}");
        }
    }

    async fn bad_events_are_refused_and_write_nothing(app: TestApp) {
        person(&app, json!({"external_id": "u", "email": "a@b.c"})).await;
        person(&app, json!({"external_id": "v", "email": "a@b.c"})).await;
        let before = app.number("select n from workspace_seq").await;
        let keys = |n: i64| Value::Object((0..n).map(|n| (format!("k{n}"), n.into())).collect());
        for (body, status, field) in [
            (json!({"created_at": AT, "user_id": "u"}), StatusCode::BAD_REQUEST, "event_name"),
            (json!({"event_name": "x", "user_id": "u"}), StatusCode::BAD_REQUEST, "created_at"),
            (json!({"event_name": "x", "created_at": AT}), StatusCode::BAD_REQUEST, "user_id"),
            (json!({"event_name": "x".repeat(256), "created_at": AT, "user_id": "u"}), StatusCode::BAD_REQUEST, "event_name"),
            (json!({"event_name": "x", "created_at": AT * 1000, "user_id": "u"}), StatusCode::BAD_REQUEST, "created_at"),
            (json!({"event_name": "x", "created_at": AT, "user_id": "u", "metadata": []}), StatusCode::BAD_REQUEST, "metadata"),
            (json!({"event_name": "x", "created_at": AT, "user_id": "u", "metadata": keys(11)}), StatusCode::BAD_REQUEST, "metadata"),
            (json!({"event_name": "x", "created_at": AT, "user_id": "u", "metadata": {"a": "x".repeat(33_000)}}), StatusCode::BAD_REQUEST, "metadata"),
            (json!({"event_name": "x", "created_at": AT, "user_id": "nobody"}), StatusCode::NOT_FOUND, "user_id"),
            (json!({"event_name": "x", "created_at": AT, "email": "nobody@b.c"}), StatusCode::NOT_FOUND, "email"),
            (json!({"event_name": "x", "created_at": AT, "id": "nobody"}), StatusCode::NOT_FOUND, "id"),
            (json!({"event_name": "x", "created_at": AT, "email": "a@b.c"}), StatusCode::CONFLICT, "email"),
        ] {
            let (found, answer) = app.api("POST", "/events", body.clone()).await;
            assert_eq!((found, &answer["errors"][0]["field"]), (status, &json!(field)), "{body}: {answer}");
        }
        assert_eq!(app.number("select n from workspace_seq").await, before);
        assert_eq!(app.number("select count(*) from message_ids").await, 0);
        let ten = json!({"event_name": "x", "created_at": AT, "user_id": "u", "metadata": keys(10)});
        assert_eq!(app.api("POST", "/events", ten).await.0, StatusCode::ACCEPTED);
        let eve = app.outsider().await;
        let event = json!({"event_name": "x", "created_at": AT, "user_id": "u"});
        assert_eq!(app.api_with(&eve, "POST", "/events", event).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.api_with(&eve, "GET", "/events?type=user&user_id=u", Value::Null).await.0, StatusCode::NOT_FOUND);
    }

    async fn a_clock_ahead_is_held_to_five_minutes(app: TestApp) {
        person(&app, json!({"external_id": "u"})).await;
        app.api("POST", "/events", json!({"event_name": "x", "created_at": AT + 1_000_000, "user_id": "u"})).await;
        assert_eq!(app.number("select last_at from event_counts").await, NOON.0 + 300_000);
    }
}
