//! Companies by the REST API.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{NOON, TestApp};

async fn company(app: &TestApp, body: Value) -> Value {
    let (status, answer) = app.api("POST", "/companies", body).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

on_both! {
    async fn a_company_is_made_once_and_changed_after_that(app: TestApp) {
        let sent = json!({"company_id": "c-1", "name": "Navy", "plan": "pro", "size": 85, "website": "https://navy.mil", "industry": "Ships",
            "monthly_spend": 155.5, "remote_created_at": 1_600_000_000, "custom_attributes": {"ships": 3, "paid": true}});
        let navy = company(&app, sent.clone()).await;
        for field in ["company_id", "name", "size", "website", "industry", "monthly_spend", "remote_created_at", "custom_attributes"] {
            assert_eq!(navy[field], sent[field], "{field}");
        }
        assert_eq!((&navy["type"], &navy["app_id"], &navy["plan"]["name"]), (&json!("company"), &json!(app.keys.app_id), &json!("pro")));
        assert_eq!((&navy["user_count"], &navy["created_at"], &navy["last_request_at"]), (&json!(0), &json!(NOON.0 / 1000), &Value::Null));
        let changed = company(&app, json!({"company_id": "C-1", "name": "US Navy"})).await;
        assert_eq!((&changed["id"], &changed["company_id"], &changed["size"]), (&navy["id"], &json!("c-1"), &json!(85)));
        let id = navy["id"].as_str().unwrap();
        let (status, put) = app.api("PUT", &format!("/companies/{id}"), json!({"industry": null, "custom_attributes": {"ships": null}})).await;
        assert_eq!((status, &put["industry"], &put["custom_attributes"]), (StatusCode::OK, &Value::Null, &json!({"paid": true})));
        for path in [format!("/companies/{id}"), "/companies?company_id=c-1".into(), "/companies?name=us%20navy".into()] {
            assert_eq!(app.api("GET", &path, Value::Null).await, (StatusCode::OK, put.clone()), "{path}");
        }
        assert_eq!(app.number("select count(*) from companies").await, 1);
    }

    async fn people_join_and_leave(app: TestApp) {
        let navy = company(&app, json!({"company_id": "navy", "name": "Navy"})).await;
        let (_, grace) = app.api("POST", "/contacts", json!({"external_id": "g"})).await;
        let (id, person) = (navy["id"].as_str().unwrap(), grace["id"].as_str().unwrap());
        let path = format!("/contacts/{person}/companies");
        for _ in 0..2 {
            let (status, joined) = app.api("POST", &path, json!({"id": id})).await;
            assert_eq!((status, &joined["user_count"]), (StatusCode::OK, &json!(1)));
        }
        let (_, list) = app.api("GET", &path, Value::Null).await;
        assert_eq!((&list["total_count"], &list["data"][0]["id"], &list["companies"][0]["id"]), (&json!(1), &navy["id"], &navy["id"]));
        let (_, beyond) = app.api("GET", &format!("{path}?page=2"), Value::Null).await;
        assert_eq!((&beyond["companies"], &beyond["total_count"]), (&json!([]), &json!(1)), "clients ask until nothing comes");
        let (_, people) = app.api("GET", &format!("/companies/{id}/contacts"), Value::Null).await;
        assert_eq!((&people["total_count"], &people["data"][0]["id"]), (&json!(1), &grace["id"]));
        assert_eq!(people["data"][0]["companies"]["data"][0]["id"], navy["id"]);
        assert_eq!(app.api("DELETE", &format!("{path}/{id}"), Value::Null).await.1["user_count"], json!(0));
        assert_eq!(app.api("DELETE", &format!("{path}/{id}"), Value::Null).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.api("POST", &path, json!({"id": "999999"})).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.api("POST", &path, json!({})).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(app.api("POST", "/contacts/x/companies", json!({"id": id})).await.0, StatusCode::NOT_FOUND);
    }

    async fn a_companys_people_come_in_pages(app: TestApp) {
        let id = company(&app, json!({"company_id": "navy"})).await["id"].as_str().unwrap().to_owned();
        for n in 0..5 {
            app.call("group", &json!({"userId": format!("u{n}"), "groupId": "navy"})).await;
        }
        let (mut seen, mut after) = (Vec::new(), String::new());
        for _ in 0..3 {
            let (_, page) = app.api("GET", &format!("/companies/{id}/contacts?per_page=2&starting_after={after}"), Value::Null).await;
            assert_eq!(page["total_count"], json!(5));
            seen.extend(page["data"].as_array().unwrap().iter().map(|p| p["external_id"].as_str().unwrap().to_owned()));
            after = page["pages"]["next"]["starting_after"].as_str().unwrap_or_default().to_owned();
        }
        seen.sort();
        assert_eq!((seen.as_slice(), after.as_str()), (["u0", "u1", "u2", "u3", "u4"].map(String::from).as_slice(), ""));
        let (_, contacts) = app.api("GET", "/contacts?per_page=1", Value::Null).await;
        let foreign = contacts["pages"]["next"]["starting_after"].as_str().unwrap();
        let (status, _) = app.api("GET", &format!("/companies/{id}/contacts?starting_after={foreign}"), Value::Null).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "a cursor of another list");
    }

    async fn lists_and_scrolls_hold_every_company_once(app: TestApp) {
        for n in 0..5 {
            company(&app, json!({"company_id": format!("c{n}"), "name": format!("Company {n}")})).await;
        }
        app.api("POST", "/tags", json!({"name": "VIP", "companies": [{"company_id": "c2"}]})).await;
        let (_, first) = app.api("POST", "/companies/list?per_page=2&order=asc", Value::Null).await;
        assert_eq!((&first["total_count"], &first["pages"]["total_pages"], &first["data"][0]["company_id"]), (&json!(5), &json!(3), &json!("c0")));
        let (_, last) = app.api("GET", "/companies?per_page=2&page=3", Value::Null).await;
        assert_eq!((last["data"].as_array().unwrap().len(), &last["data"][0]["company_id"]), (1, &json!("c0")));
        let tag = app.number("select id from tags").await;
        let (_, tagged) = app.api("GET", &format!("/companies?tag_id={tag}"), Value::Null).await;
        assert_eq!((&tagged["total_count"], &tagged["data"][0]["company_id"]), (&json!(1), &json!("c2")));
        let (_, scroll) = app.api("GET", "/companies/scroll", Value::Null).await;
        assert_eq!(scroll["data"].as_array().unwrap().len(), 5);
        let next = scroll["scroll_param"].as_str().unwrap();
        let (_, end) = app.api("GET", &format!("/companies/scroll?scroll_param={next}"), Value::Null).await;
        assert_eq!((&end["data"], &end["scroll_param"]), (&json!([]), &Value::Null));
        for bad in ["?page=0", "?page=x", "?per_page=0", "?per_page=151", "?page=9223372036854775807", "?order=up", "?segment_id=1"] {
            assert_eq!(app.api("GET", &format!("/companies{bad}"), Value::Null).await.0, StatusCode::BAD_REQUEST, "{bad}");
        }
        assert_eq!(app.api("GET", "/companies/scroll?scroll_param=x", Value::Null).await.0, StatusCode::BAD_REQUEST);
    }

    async fn bad_companies_and_outsiders_change_nothing(app: TestApp) {
        for (body, field) in [
            (json!({}), "company_id"),
            (json!({"company_id": "x".repeat(256)}), "company_id"),
            (json!({"company_id": "x", "size": -1}), "size"),
            (json!({"company_id": "x", "size": 1.5}), "size"),
            (json!({"company_id": "x", "monthly_spend": "a lot"}), "monthly_spend"),
            (json!({"company_id": "x", "name": []}), "name"),
            (json!({"company_id": "x", "remote_created_at": "then"}), "remote_created_at"),
            (json!({"company_id": "x", "custom_attributes": {"a": {}}}), "custom_attributes.a"),
        ] {
            let (status, answer) = app.api("POST", "/companies", body.clone()).await;
            assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{body}: {answer}");
        }
        assert_eq!(app.number("select count(*) from companies").await, 0, "nothing half-done");
        let navy = company(&app, json!({"company_id": "navy"})).await;
        let id = navy["id"].as_str().unwrap();
        let eve = app.outsider().await;
        for (method, path, body) in [
            ("GET", format!("/companies/{id}"), Value::Null),
            ("PUT", format!("/companies/{id}"), json!({"name": "Eve"})),
            ("PUT", format!("/companies/{id}"), json!({})),
            ("GET", format!("/companies/{id}/contacts"), Value::Null),
            ("GET", "/companies?company_id=navy".into(), Value::Null),
            ("POST", "/tags".into(), json!({"name": "Eve", "companies": [{"id": id}]})),
        ] {
            assert_eq!(app.api_with(&eve, method, &path, body).await.0, StatusCode::NOT_FOUND, "{method} {path}");
        }
        assert_eq!(app.api("GET", &format!("/companies/{id}"), Value::Null).await.1, navy);
    }
}
