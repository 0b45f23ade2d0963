//! What every route of the REST API has in common.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use rapport::rest::Limits;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::on_both;
use crate::support::TestApp;

async fn whole(app: &TestApp, request: Request<Body>) -> (Response<()>, Value) {
    let response = app.routes().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1_000_000).await.unwrap();
    (Response::from_parts(parts, ()), serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn me(authorization: &str) -> Request<Body> {
    Request::get("/api/me")
        .header(header::AUTHORIZATION, authorization)
        .body(Body::empty())
        .unwrap()
}

on_both! {
    async fn the_token_says_which_workspace(app: TestApp) {
        let (status, me) = app.api("GET", "/me", Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(me["app"]["id_code"], json!(app.keys.app_id));
        assert_eq!((&me["type"], &me["name"], &me["app"]["timezone"]), (&json!("admin"), &json!("Ada Lovelace"), &json!("UTC")));
        let eve = app.outsider().await;
        let (_, theirs) = app.api_with(&eve, "GET", "/me", Value::Null).await;
        assert_ne!(theirs["app"]["id_code"], me["app"]["id_code"]);
    }

    async fn teammates_are_listed_for_those_who_own_people(app: TestApp) {
        let (_, list) = app.api("GET", "/admins", Value::Null).await;
        let ada = &list["admins"][0];
        assert_eq!((&list["type"], &ada["type"], &ada["email"]), (&json!("admin.list"), &json!("admin"), &json!("ada@example.com")));
        assert_eq!(list["admins"].as_array().unwrap().len(), 1);
        let path = format!("/admins/{}", ada["id"].as_str().unwrap());
        assert_eq!(app.api("GET", &path, Value::Null).await, (StatusCode::OK, ada.clone()));
        let eve = app.outsider().await;
        assert_eq!(app.api_with(&eve, "GET", &path, Value::Null).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.api("GET", "/admins/x", Value::Null).await.0, StatusCode::NOT_FOUND);
    }

    async fn without_the_right_token_nothing_is_said(app: TestApp) {
        let write_key = format!("Bearer {}", app.keys.write_key);
        for wrong in ["", "Bearer", "Bearer rt_wrong", "Basic cnQ6", write_key.as_str(), "Bearer \u{e9}"] {
            let (response, body) = whole(&app, me(wrong)).await;
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{wrong}");
            assert_eq!((&body["type"], &body["errors"][0]["code"]), (&json!("error.list"), &json!("unauthorized")));
        }
        for path in ["/api/nothing", "/api", "/api/contacts/1"] {
            let (response, _) = whole(&app, Request::get(path).body(Body::empty()).unwrap()).await;
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{path}");
        }
        let lower = format!("bearer {}", app.keys.api_token);
        assert_eq!(whole(&app, me(&lower)).await.0.status(), StatusCode::OK);
    }

    async fn a_session_cookie_opens_nothing_here(app: TestApp) {
        let token = rapport::teammates::sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let request = Request::get("/api/me").header(header::COOKIE, format!("rapport_session={token}"));
        let (response, _) = whole(&app, request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    }

    async fn every_answer_has_an_id_and_an_error_repeats_it(app: TestApp) {
        let (response, body) = whole(&app, me("")).await;
        let id = response.headers()["x-request-id"].to_str().unwrap();
        assert_eq!(body["request_id"], json!(id));
        assert_eq!(id.len(), 36);
        for path in ["/healthz", "/people", "/api/me"] {
            let (response, _) = whole(&app, Request::get(path).body(Body::empty()).unwrap()).await;
            assert!(response.headers().contains_key("x-request-id"), "{path}");
        }
        let given = Request::get("/api/me").header("x-request-id", "mine").body(Body::empty()).unwrap();
        let (response, body) = whole(&app, given).await;
        assert_eq!((response.headers()["x-request-id"].to_str().unwrap(), &body["request_id"]), ("mine", &json!("mine")));
        let (_, body) = app.call_with("wk_wrong", "track", b"{}".to_vec()).await;
        assert!(body["request_id"].is_string(), "the tracking API too: {body}");
    }

    async fn the_version_is_echoed(app: TestApp) {
        let ours = format!("Bearer {}", app.keys.api_token);
        assert_eq!(whole(&app, me(&ours)).await.0.headers()["intercom-version"], "2.15");
        let mut request = me(&ours);
        request.headers_mut().insert("intercom-version", "2.11".parse().unwrap());
        assert_eq!(whole(&app, request).await.0.headers()["intercom-version"], "2.11");
    }

    async fn unknown_addresses_and_methods_are_told_apart(app: TestApp) {
        for (method, path, status, code) in [
            ("GET", "/nothing", StatusCode::NOT_FOUND, "not_found"),
            ("GET", "", StatusCode::NOT_FOUND, "not_found"),
            ("GET", "/contacts/1/2/3", StatusCode::NOT_FOUND, "not_found"),
            ("PATCH", "/contacts", StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            ("DELETE", "/me", StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
        ] {
            let (found, body) = app.api(method, path, Value::Null).await;
            assert_eq!((found, &body["errors"][0]["code"]), (status, &json!(code)), "{method} {path}");
            assert_eq!(body["type"], json!("error.list"));
        }
        let patch = Request::patch("/api/contacts").header(header::AUTHORIZATION, format!("Bearer {}", app.keys.api_token));
        let (response, _) = whole(&app, patch.body(Body::empty()).unwrap()).await;
        let allowed = response.headers()[header::ALLOW].to_str().unwrap();
        assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
    }

    async fn what_an_address_names_wrongly_is_told_by_its_place(app: TestApp) {
        for (path, status, field) in [
            ("/contacts/find_by_external_id/%00", StatusCode::BAD_REQUEST, "id"),
            ("/contacts/find_by_external_id/%ff", StatusCode::BAD_REQUEST, "id"),
            ("/companies?name=a%00b", StatusCode::BAD_REQUEST, "name"),
            ("/companies?order=asc&name=%ff", StatusCode::BAD_REQUEST, "name"),
            ("/companies?%00=1", StatusCode::BAD_REQUEST, "address"),
            ("/contacts/find_by_external_id/nobody", StatusCode::NOT_FOUND, "id"),
            ("/contacts/000000000000000000ffffff", StatusCode::NOT_FOUND, "id"),
            ("/contacts/x/tags", StatusCode::NOT_FOUND, "id"),
            ("/companies/999999", StatusCode::NOT_FOUND, "company"),
            ("/companies?company_id=nobody", StatusCode::NOT_FOUND, "company_id"),
            ("/companies?name=Nobody", StatusCode::NOT_FOUND, "name"),
            ("/companies?tag_id=x", StatusCode::NOT_FOUND, "tag_id"),
            ("/tags/999999", StatusCode::NOT_FOUND, "tag"),
            ("/notes/999999", StatusCode::NOT_FOUND, "id"),
            ("/segments/999999", StatusCode::NOT_FOUND, "segment"),
            ("/events?type=user&intercom_user_id=x", StatusCode::NOT_FOUND, "intercom_user_id"),
            ("/events?type=user&email=nobody%40example.com", StatusCode::NOT_FOUND, "email"),
        ] {
            let (found, body) = app.api("GET", path, Value::Null).await;
            assert_eq!((found, &body["errors"][0]["field"]), (status, &json!(field)), "{path}: {body}");
        }
        let (_, nowhere) = app.api("GET", "/nothing", Value::Null).await;
        assert_eq!(nowhere["errors"][0].get("field"), None, "no part of it is to blame");
    }

    async fn a_body_that_is_not_json_is_told_where(app: TestApp) {
        let post = |body: Vec<u8>| {
            Request::post("/api/contacts")
                .header(header::AUTHORIZATION, format!("Bearer {}", app.keys.api_token))
                .body(Body::from(body))
                .unwrap()
        };
        let (response, body) = whole(&app, post(b"{\n  \"email\": oops}".to_vec())).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert!(body["errors"][0]["message"].as_str().unwrap().contains("line 2, column 12"), "{body}");
        for raw in [b"".to_vec(), b"[]".to_vec(), b"null".to_vec(), b"\xff".to_vec(), b"{\"name\": \"a\\u0000b\"}".to_vec(), vec![b'['; 10_000]] {
            assert_eq!(whole(&app, post(raw)).await.0.status(), StatusCode::BAD_REQUEST);
        }
        for (raw, field) in [
            (b"{\"name\": \"a\\u0000b\"}".to_vec(), "name"),
            (b"{\"custom_attributes\": {\"plan\": [1, \"\\u0000\"]}}".to_vec(), "custom_attributes.plan[1]"),
            (b"{\"custom_attributes\": {\"a\\u0000\": 1}}".to_vec(), "custom_attributes"),
            (b"{\"name\": \"a\xffb\"}".to_vec(), "name"),
            (b"{\"custom_attributes\": {\"plan\": \"\xc3(\"}}".to_vec(), "custom_attributes.plan"),
            (b"{\"name\xff\": 1}".to_vec(), "body"),
        ] {
            let (response, body) = whole(&app, post(raw)).await;
            assert_eq!((response.status(), &body["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{body}");
        }
        let large = format!("{{\"name\": \"{}\"}}", "x".repeat(600_000));
        let (response, body) = whole(&app, post(large.into_bytes())).await;
        assert_eq!((response.status(), &body["errors"][0]["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("payload_too_large")));
        assert_eq!(app.number("select count(*) from contacts").await, 0);
    }

    async fn a_workspace_that_calls_too_often_waits_and_others_do_not(app: TestApp) {
        let mut app = app;
        let state = Arc::get_mut(&mut app.state).unwrap();
        state.api_limits = Limits::new(NonZeroU32::new(3).unwrap());
        let ours = format!("Bearer {}", app.keys.api_token);
        let (first, _) = whole(&app, me(&ours)).await;
        assert_eq!((&first.headers()["x-ratelimit-limit"], &first.headers()["x-ratelimit-remaining"]), (&"3".parse().unwrap(), &"2".parse().unwrap()));
        let reset: i64 = first.headers()["x-ratelimit-reset"].to_str().unwrap().parse().unwrap();
        let now = crate::support::NOON.0 / 1000;
        assert!((now..=now + 10).contains(&reset), "{reset}");
        for _ in 0..2 {
            assert_eq!(whole(&app, me(&ours)).await.0.status(), StatusCode::OK);
        }
        let (held, body) = whole(&app, me(&ours)).await;
        assert_eq!((held.status(), &body["errors"][0]["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("rate_limit_exceeded")));
        assert_eq!(held.headers()["x-ratelimit-remaining"], "0");
        assert!(held.headers().contains_key("retry-after"));
        let eve = app.outsider().await;
        assert_eq!(app.api_with(&eve, "GET", "/me", Value::Null).await.0, StatusCode::OK);
    }
}
