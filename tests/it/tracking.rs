//! What a product sends, and what becomes of it.

use axum::http::StatusCode;
use rapport::contacts::find_by_external_id;
use rapport::id::WorkspaceId;
use serde_json::json;

use crate::on_both;
use crate::support::TestApp;

async fn workspace(app: &TestApp) -> WorkspaceId {
    WorkspaceId(app.number("select id from workspaces").await)
}

on_both! {
    async fn identify_makes_a_user_with_typed_traits(app: TestApp) {
        let traits = json!({"name": "Grace Hopper", "email": "Grace@Example.com", "plan": "pro", "seats": 12, "score": 1.5, "beta": true});
        let (status, _) = app.call("identify", &json!({"userId": "g-1", "traits": traits})).await;
        assert_eq!(status, StatusCode::OK);
        let mut c = app.state.db.read().await.unwrap();
        let grace = find_by_external_id(&mut c, workspace(&app).await, "g-1").await.unwrap().unwrap();
        assert_eq!((grace.role.as_str(), grace.name.as_deref()), ("user", Some("Grace Hopper")));
        assert_eq!(app.text("select email_key from contacts").await, "grace@example.com");
        for (name, data_type) in [("plan", "string"), ("seats", "integer"), ("score", "float"), ("beta", "boolean")] {
            let sql: &'static str = Box::leak(format!("select data_type from attributes where name = '{name}'").into_boxed_str());
            assert_eq!(app.text(sql).await, data_type, "{name}");
        }
    }

    async fn a_repeated_message_id_counts_once_and_equal_events_count_twice(app: TestApp) {
        let once = json!({"userId": "u", "event": "Ordered", "messageId": "m-1"});
        app.call("track", &once).await;
        app.call("track", &once).await;
        app.call("track", &json!({"userId": "u", "event": "Ordered"})).await;
        app.call("track", &json!({"userId": "u", "event": "Ordered"})).await;
        assert_eq!(app.number("select count from event_counts").await, 3);
        assert_eq!(app.number("select count(*) from activity where kind = 'event'").await, 3);
    }

    async fn the_stream_keeps_the_senders_time(app: TestApp) {
        app.call("track", &json!({"userId": "u", "event": "Late", "timestamp": "2025-01-01T00:00:00Z"})).await;
        app.call("track", &json!({"userId": "u", "event": "Ahead", "timestamp": "2099-01-01T00:00:00Z"})).await;
        assert_eq!(app.number("select min(occurred_at) from stream").await, 1_735_689_600_000);
        let newest = app.number("select max(occurred_at) from stream").await;
        assert_eq!(newest, crate::support::NOON.0 + 5 * 60 * 1000, "a clock ahead is held to five minutes");
    }

    async fn a_wrong_key_is_refused(app: TestApp) {
        let body = json!({"userId": "u", "event": "x"}).to_string().into_bytes();
        let (status, _) = app.call_with("wk_wrong", "track", body.clone()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        let (status, _) = app.call_with(&app.keys.api_token, "track", body).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "a REST token does not open the tracking API");
        assert_eq!(app.number("select count(*) from contacts").await, 0);
    }

    async fn bad_input_names_its_field_and_writes_nothing(app: TestApp) {
        let bad = [
            (json!({"event": "x"}), "userId"),
            (json!({"userId": "u"}), "event"),
            (json!({"userId": ["u"], "event": "x"}), "userId"),
            (json!({"userId": "u", "event": "x".repeat(256)}), "event"),
            (json!({"userId": "u", "event": "x", "properties": 4}), "properties"),
            (json!({"userId": "u", "event": "x", "timestamp": "yesterday"}), "timestamp"),
            (json!({"userId": "u\u{0}", "event": "x"}), "NUL"),
        ];
        for (body, named) in bad {
            let (status, answer) = app.call("track", &body).await;
            let message = answer["errors"][0]["message"].as_str().unwrap_or_default();
            assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
            assert!(message.contains(named), "{body} answers {answer}");
        }
        for raw in [b"{".to_vec(), b"\xff\xfe".to_vec(), b"[]".to_vec(), vec![]] {
            let (status, _) = app.call_with(&app.keys.write_key, "track", raw).await;
            assert_eq!(status, StatusCode::BAD_REQUEST);
        }
        assert_eq!(app.number("select count(*) from contacts").await, 0);
        assert_eq!(app.number("select count(*) from activity").await, 0);
    }

    async fn two_senders_of_one_new_person_make_one_person(app: TestApp) {
        let body = json!({"userId": "u", "event": "x"});
        let calls: Vec<_> = (0..16).map(|_| app.call("track", &body)).collect();
        for (status, _) in futures::future::join_all(calls).await {
            assert_eq!(status, StatusCode::OK);
        }
        assert_eq!(app.number("select count(*) from contacts").await, 1);
        assert_eq!(app.number("select count from event_counts").await, 16);
    }
}
