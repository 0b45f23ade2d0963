//! What a product sends, and what becomes of it.

use std::io::Write as _;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use base64::Engine as _;
use rapport::contacts::find_by_external_id;
use rapport::id::WorkspaceId;
use rapport::import::{Asked, Import, Kind, Running};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::on_both;
use crate::support::TestApp;

async fn workspace(app: &TestApp) -> WorkspaceId {
    WorkspaceId(app.number("select id from workspaces").await)
}

/// Sends a request as it is, with this workspace's key.
async fn raw(
    app: &TestApp,
    method: &str,
    kind: &str,
    encoding: Option<&str>,
    body: Vec<u8>,
) -> (StatusCode, HeaderMap, Value) {
    let key = base64::engine::general_purpose::STANDARD.encode(format!("{}:", app.keys.write_key));
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/v1/{kind}"))
        .header(header::AUTHORIZATION, format!("Basic {key}"));
    if let Some(encoding) = encoding {
        request = request.header(header::CONTENT_ENCODING, encoding);
    }
    let request = request.body(Body::from(body)).unwrap();
    let (parts, body) = app.routes().oneshot(request).await.unwrap().into_parts();
    let bytes = to_bytes(body, 1_000_000).await.unwrap();
    (parts.status, parts.headers, serde_json::from_slice(&bytes).unwrap_or_default())
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(body).unwrap();
    packed.finish().unwrap()
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

    async fn moments_are_iso_8601_or_unix_time(app: TestApp) {
        for (n, at) in [json!(1_735_689_600), json!(1_735_689_600_000_i64), json!("1735689600"), json!("2025-01-01"), json!("2025-01-01T01:00:00+01:00")].into_iter().enumerate() {
            let (status, answer) = app.call("track", &json!({"userId": "u", "event": format!("e{n}"), "timestamp": at})).await;
            assert_eq!(status, StatusCode::OK, "{at}: {answer}");
        }
        assert_eq!(app.number("select count(*) from activity where kind = 'event' and occurred_at = 1735689600000").await, 5);
        // A sender whose clock is an hour behind says so in Unix seconds.
        let noon = crate::support::NOON.0 / 1000;
        app.call("track", &json!({"userId": "v", "event": "x", "timestamp": noon - 3_700, "sentAt": noon - 3_600})).await;
        assert_eq!(app.number("select max(occurred_at) from activity where kind = 'event'").await, (noon - 100) * 1000);
        for traits in [json!({"createdAt": 1_600_000_000}), json!({"createdAt": "1965-05-01"})] {
            assert_eq!(app.call("identify", &json!({"userId": "u", "traits": traits})).await.0, StatusCode::OK);
        }
        assert_eq!(app.number("select signed_up_at from contacts where external_id = 'u'").await, -147_398_400_000);
        let (status, answer) = app.call("identify", &json!({"userId": "u", "traits": {"createdAt": "0001-01-01T00:00:00Z"}})).await;
        assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("traits.createdAt")));
    }

    async fn what_context_says_wrongly_is_left_out(app: TestApp) {
        for ip in [json!("999.1.1.1"), json!(7), json!("example.com"), json!({})] {
            let (status, _) = app.call("page", &json!({"userId": "u", "context": {"ip": ip, "locale": ["x"], "page": "x", "unknown": 1}})).await;
            assert_eq!(status, StatusCode::OK);
        }
        assert_eq!(app.number("select count(*) from contacts where last_seen_ip is null").await, 1);
        let (status, answer) = app.call("page", &json!({"userId": "u", "context": "x"})).await;
        assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("context")));
    }

    async fn an_address_that_is_none_is_left_out_and_told(app: TestApp) {
        let traits = json!({"name": "Grace", "email": "grace at navy", "company": {"id": "navy"}});
        let (status, answer) = app.call("identify", &json!({"userId": "g", "traits": traits})).await;
        assert_eq!((status, &answer["success"]), (StatusCode::OK, &json!(true)));
        assert_eq!(answer["left_out"], json!([{"field": "traits.email", "message": "traits.email: send an address such as ada@example.com"}]));
        assert_eq!(app.text("select name from contacts").await, "Grace");
        assert_eq!(app.number("select count(*) from contacts where email is null and email_key = ''").await, 1);
        assert_eq!(app.number("select count(*) from memberships").await, 1);
        let batch = json!({"batch": [
            {"type": "identify", "userId": "g", "traits": {"email": "grace@navy.mil"}},
            {"type": "identify", "userId": "h", "traits": {"email": "h@"}},
            {"type": "identify", "userId": "i", "traits": {"email": []}},
        ]});
        let (status, answer) = app.call("batch", &batch).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!((&answer["left_out"][0]["index"], &answer["left_out"][0]["field"]), (&json!(1), &json!("batch[1].traits.email")));
        assert_eq!((&answer["rejected"][0]["index"], &answer["rejected"][0]["field"]), (&json!(2), &json!("batch[2].traits.email")));
        assert_eq!(app.number("select count(*) from contacts").await, 2);
        let (status, answer) = app.call("identify", &json!({"userId": "g", "traits": {"email": null}})).await;
        assert_eq!((status, answer), (StatusCode::OK, json!({"success": true})));
        assert_eq!(app.number("select count(*) from contacts where email is not null").await, 0);
    }

    async fn no_way_in_keeps_an_address_that_is_none(app: TestApp) {
        let (_, answer) = crate::messenger::boot(&app, None, json!({"email": "nobody", "name": "Lead"})).await;
        assert_eq!(answer["refused"], json!("settings.email: send an address such as ada@example.com"));
        assert_eq!(app.text("select name from contacts").await, "Lead");
        let path = app.folder.path().join("people.csv");
        std::fs::write(&path, "user_id,email\na,a@example.com\nb,nowhere\n").unwrap();
        let rejects = path.with_extension("rejected.csv");
        let import = Import { kind: Kind::Contacts, file: path, asked: Asked::default(), map: Vec::new(), event: None, rejects: rejects.clone() };
        let mut running = Running::open(&import).unwrap();
        while running.step(&app.state, workspace(&app).await).await.unwrap() {}
        assert_eq!((running.progress().written, running.progress().rejected), (1, 1));
        assert!(std::fs::read_to_string(rejects).unwrap().contains("email: send an address such as"), "the row says why");
        assert_eq!(app.number("select count(*) from contacts where email is not null").await, 1);
    }

    async fn a_batch_keeps_its_good_calls_where_one_contradicts_what_is_known(app: TestApp) {
        let (status, _) = app.api("POST", "/data_attributes", json!({"name": "seats", "model": "contact", "data_type": "integer"})).await;
        assert_eq!(status, StatusCode::OK);
        let call = |user: &str, traits: Value| json!({"type": "identify", "userId": user, "messageId": user, "traits": traits});
        let batch = json!({"batch": [call("a", json!({"seats": 1})), call("b", json!({"email": "x", "seats": "many"})), call("", json!({})), call("c", json!({"seats": 3}))]});
        let (status, answer) = app.call("batch", &batch).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let rejected: Vec<_> = answer["rejected"].as_array().unwrap().iter().map(|r| (r["index"].as_i64().unwrap(), r["field"].as_str().unwrap())).collect();
        assert_eq!(rejected, [(1, "batch[1].traits.seats"), (2, "batch[2].userId")]);
        assert_eq!(answer.get("left_out"), None, "what is rejected has nothing left out");
        assert_eq!(app.number("select count(*) from contacts").await, 2);
        assert_eq!(app.number("select count(*) from message_ids").await, 2, "a rejected one may be sent again");
        let (status, answer) = app.call("batch", &json!({"batch": [call("d", json!({"seats": "many"}))]})).await;
        assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("batch[0].traits.seats")));
    }

    async fn a_body_may_be_gzip_and_has_its_bounds(app: TestApp) {
        let call = json!({"userId": "u", "event": "Packed"}).to_string().into_bytes();
        let (status, _, answer) = raw(&app, "POST", "track", Some("gzip"), gzip(&call)).await;
        assert_eq!((status, answer), (StatusCode::OK, json!({"success": true})));
        assert_eq!(app.number("select count(*) from activity where kind = 'event'").await, 1);
        let large = format!("{{\"userId\": \"u\", \"x\": \"{}\"}}", "x".repeat(20_000_000)).into_bytes();
        let packed = gzip(&large);
        assert!(packed.len() < 100_000);
        for (encoding, body) in [(Some("gzip"), packed), (None, large)] {
            let (status, headers, answer) = raw(&app, "POST", "track", encoding, body).await;
            assert_eq!((status, &answer["errors"][0]["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("payload_too_large")));
            assert_eq!((&headers[header::CONTENT_TYPE], &answer["type"]), (&"application/json".parse::<header::HeaderValue>().unwrap(), &json!("error.list")));
        }
        let half = gzip(&call);
        for body in [call.clone(), half[..half.len() / 2].to_vec(), Vec::new()] {
            let (status, _, answer) = raw(&app, "POST", "track", Some("gzip"), body).await;
            assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("body")));
        }
        let (status, _, answer) = raw(&app, "POST", "track", Some("br"), call).await;
        assert_eq!((status, &answer["errors"][0]["code"]), (StatusCode::UNSUPPORTED_MEDIA_TYPE, &json!("unsupported_media_type")));
        assert_eq!(app.number("select count(*) from activity where kind = 'event'").await, 1);
    }

    async fn only_post_is_taken(app: TestApp) {
        for method in ["GET", "PUT", "DELETE"] {
            let (status, headers, answer) = raw(&app, method, "track", None, Vec::new()).await;
            assert_eq!((status, &answer["errors"][0]["code"]), (StatusCode::METHOD_NOT_ALLOWED, &json!("method_not_allowed")));
            assert_eq!((&headers[header::ALLOW], answer["request_id"].is_string()), (&"POST".parse::<header::HeaderValue>().unwrap(), true));
        }
    }

    async fn the_first_letter_names_a_call_as_the_client_for_browsers_has_it(app: TestApp) {
        for (letter, body) in [
            ("i", json!({"userId": "u", "traits": {"name": "Ada"}})),
            ("t", json!({"userId": "u", "event": "x"})),
            ("p", json!({"userId": "u"})),
            ("s", json!({"userId": "u"})),
            ("g", json!({"userId": "u", "groupId": "g"})),
            ("a", json!({"userId": "u", "previousId": "v"})),
            ("b", json!({"batch": [{"type": "track", "userId": "u", "event": "x"}]})),
        ] {
            assert_eq!(app.call(letter, &body).await.0, StatusCode::OK, "{letter}");
        }
        assert_eq!(app.number("select count from event_counts").await, 2);
        for other in ["x", "tr", "company"] {
            assert_eq!(app.call(other, &json!({"userId": "u"})).await.0, StatusCode::NOT_FOUND, "{other}");
        }
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
            (json!({"userId": "u", "event": "x", "timestamp": "0001-01-01T00:00:00Z"}), "timestamp"),
            (json!({"userId": "u", "event": "x", "timestamp": true}), "timestamp"),
            (json!({"userId": "u", "event": "x", "timestamp": -1}), "timestamp"),
            (json!({"userId": "u", "event": "x", "originalTimestamp": "99999-01-01T00:00:00Z"}), "originalTimestamp"),
            (json!({"userId": "u", "event": "x", "timestamp": "2026-03-01", "sentAt": "0001-01-01T00:00:00Z"}), "sentAt"),
            (json!({"userId": "u", "event": "x", "timestamp": 1, "sentAt": "2099-01-01T00:00:00Z"}), "sentAt"),
            (json!({"userId": "u\u{0}", "event": "x"}), "userId"),
            (json!({"userId": "u", "event": "x", "properties": {"a": [{"b": "\u{0}"}]}}), "properties.a[0].b"),
            (json!({"userId": "u", "event": "x", "properties": {"a\u{0}": 1}}), "properties"),
            (json!({"userId": "u", "event": "x", "properties": {"a": "x".repeat(33_000)}}), "body"),
        ];
        for (body, named) in bad {
            let (status, answer) = app.call("track", &body).await;
            assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!(named)), "{body}: {answer}");
        }
        let broken = b"{\"userId\": \"u\", \"event\": \"x\", \"properties\": {\"a\": \"\xff\"}}".to_vec();
        let (status, answer) = app.call_with(&app.keys.write_key, "track", broken).await;
        assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("properties.a")));
        let (status, answer) = app.call("nothing", &json!({"userId": "u"})).await;
        assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::NOT_FOUND, &json!("call")));
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
