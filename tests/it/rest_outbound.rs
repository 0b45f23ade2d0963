//! Outbound messages, by the REST API.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::companies::ada;
use crate::on_both;
use crate::outbound::{person, read_by, settle, tag, vip};
use crate::support::{NOON, TestApp};

async fn admin(app: &TestApp) -> String {
    ada(app).await;
    app.number("select id from teammates").await.to_string()
}

on_both! {
    async fn a_message_is_made_started_read_by_somebody_and_stopped(app: TestApp) {
        let (admin, rule) = (admin(&app).await, vip(&app).await);
        let rule = json!({"version": 1, "rule": rule});
        person(&app, "grace").await;
        tag(&app, "users", "grace", "vip", true).await;
        let ends = NOON.0 / 1000 + 86_400;
        let sent = json!({
            "admin_id": admin, "name": "Welcome", "body": "Hello {{first_name | fallback: \"you\"}}",
            "audience": "all", "rule": rule, "opt_out_tag": "no welcome", "stops_at": ends,
            "hours": [{"day": 0, "from": 0, "to": 1440}, {"day": 6, "from": 540, "to": 1020}],
        });
        let (status, made) = app.api("POST", "/outbound", sent).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        let path = format!("/outbound/{}", made["id"].as_str().unwrap());
        for (field, value) in [
            ("state", json!("draft")), ("channel", json!("chat")), ("audience", json!("all")),
            ("opt_out_tag", json!("no welcome")), ("exit_tag", Value::Null), ("starts_at", Value::Null),
            ("stops_at", json!(ends)), ("reach", json!(1)), ("measured", json!(false)),
            ("hours", json!([{"day": 0, "from": 0, "to": 1440}, {"day": 6, "from": 540, "to": 1020}])),
        ] {
            assert_eq!(made[field], value, "{field}");
        }
        // What is not sent stays; null takes away.
        let (status, changed) = app.api("PUT", &path, json!({"hours": "always", "opt_out_tag": null})).await;
        assert_eq!(status, StatusCode::OK, "{changed}");
        assert_eq!((&changed["name"], &changed["hours"], &changed["opt_out_tag"], &changed["stops_at"]),
            (&json!("Welcome"), &json!("always"), &Value::Null, &json!(ends)));
        let stale = json!({"name": "Other", "version": made["version"]});
        assert_eq!(app.api("PUT", &path, stale).await.0, StatusCode::CONFLICT);

        // The rule holds for everybody there is: their number is asked for.
        let (status, said) = app.api("POST", &format!("{path}/start"), Value::Null).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{said}");
        assert!(said.to_string().contains("confirm"), "{said}");
        let (status, running) = app.api("POST", &format!("{path}/start"), json!({"confirm": 1})).await;
        assert_eq!((status, &running["state"]), (StatusCode::OK, &json!("running")), "{running}");
        settle(&app).await;
        assert_eq!(read_by(&app, "grace").await, ["Hello grace"]);
        let (_, now) = app.api("GET", &path, Value::Null).await;
        assert_eq!(now["counts"]["sent"], json!(1), "{now}");
        let (_, who) = app.api("GET", &format!("{path}/people?which=sent"), Value::Null).await;
        let (_, grace) = app.api("GET", "/contacts/find_by_external_id/grace", Value::Null).await;
        assert_eq!((&who["data"][0]["contact_id"], &who["next"]), (&grace["id"], &Value::Null));

        let (status, said) = app.api("PUT", &path, json!({"audience": "now"})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(said.to_string().contains("audience"), "{said}");
        for (change, state) in [("pause", "paused"), ("pause", "paused"), ("resume", "running"), ("stop", "stopped")] {
            let (status, now) = app.api("POST", &format!("{path}/{change}"), Value::Null).await;
            assert_eq!((status, &now["state"]), (StatusCode::OK, &json!(state)), "{now}");
        }
        assert_eq!(app.api("POST", &format!("{path}/resume"), Value::Null).await.0, StatusCode::CONFLICT);
        assert_eq!(app.api("DELETE", &path, Value::Null).await.0, StatusCode::CONFLICT, "what it did stays");
        let (_, list) = app.api("GET", "/outbound", Value::Null).await;
        assert_eq!((&list["data"][0]["name"], &list["data"][0]["state"]), (&json!("Welcome"), &json!("stopped")));
    }

    async fn what_makes_no_sense_is_refused_by_its_name(app: TestApp) {
        let admin = admin(&app).await;
        person(&app, "grace").await;
        let (_, grace) = app.api("GET", "/contacts/find_by_external_id/grace", Value::Null).await;
        let good = json!({"admin_id": admin, "body": "Hello", "audience": "chosen", "contacts": [grace["id"]]});
        for (field, value) in [
            ("admin_id", Value::Null), ("admin_id", json!("999999")), ("body", json!("")), ("body", json!("{% for")),
            ("body", json!("{{nobody}}")), ("channel", json!("pigeon")), ("audience", json!("some")),
            ("rule", json!("vip")), ("contacts", json!("grace")), ("contacts[0]", json!(["x"])), ("contacts", json!([])),
            ("starts_at", json!(1)), ("stops_at", json!("tomorrow")), ("hours", json!("nights")),
            ("hours", json!([{"day": 7, "from": 0, "to": 10}])), ("hours", json!([{"day": 1, "from": 20, "to": 10}])),
            ("zone", json!("moon")), ("per_company", json!("yes")), ("subscription_type_id", json!("x")), ("measured", json!(1)),
        ] {
            let mut sent = good.clone();
            sent[field.trim_end_matches("[0]")] = value.clone();
            let (status, said) = app.api("POST", "/outbound", sent).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{field} {value}: {said}");
            assert!(said["errors"][0].to_string().contains(field), "{field} {value}: {said}");
        }
        assert_eq!(app.number("select count(*) from messages").await, 0, "nothing is half done");
        let mut mail = good.clone();
        mail["channel"] = json!("email");
        let (status, said) = app.api("POST", "/outbound", mail.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{said}");
        mail["subject"] = json!("Hello");
        mail["subscription_type_id"] = json!("999999");
        let (status, said) = app.api("POST", "/outbound", mail.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(said.to_string().contains("subscription_type_id"), "{said}");
        mail["subscription_type_id"] = Value::Null;
        let (status, made) = app.api("POST", "/outbound", mail).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        let path = format!("/outbound/{}", made["id"].as_str().unwrap());
        let (status, said) = app.api("POST", &format!("{path}/start"), Value::Null).await;
        assert_eq!(status, StatusCode::CONFLICT, "e-mail is not set up: {said}");
        for (method, path) in [("POST", format!("{path}/launch")), ("GET", "/outbound/x".into()), ("GET", "/outbound/999999".into())] {
            assert_eq!(app.api(method, &path, Value::Null).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(app.api("GET", &format!("{path}/people?which=hats"), Value::Null).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(app.api("DELETE", &path, Value::Null).await.0, StatusCode::OK);
        assert_eq!(app.number("select count(*) from messages").await, 0);
    }
}
