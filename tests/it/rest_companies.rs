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
        for (method, path, body, status, field) in [
            ("DELETE", format!("{path}/{id}"), Value::Null, StatusCode::NOT_FOUND, "company"),
            ("POST", path.clone(), json!({"id": "999999"}), StatusCode::NOT_FOUND, "id"),
            ("POST", path, json!({}), StatusCode::BAD_REQUEST, "id"),
            ("POST", "/contacts/x/companies".into(), json!({"id": id}), StatusCode::NOT_FOUND, "contact"),
        ] {
            let (found, answer) = app.api(method, &path, body).await;
            assert_eq!((found, &answer["errors"][0]["field"]), (status, &json!(field)), "{method} {path}");
        }
    }

    async fn null_takes_away_and_an_own_id_stays(app: TestApp) {
        let navy = company(&app, json!({"company_id": "Navy", "name": "Navy", "plan": "pro", "size": 85, "website": "https://navy.mil", "industry": "Ships",
            "monthly_spend": 155.5, "remote_created_at": 1_600_000_000})).await;
        company(&app, json!({"company_id": "army"})).await;
        let path = format!("/companies/{}", navy["id"].as_str().unwrap());
        let changes = "select count(*) from activity where kind = 'company_changed'";
        let before = app.number(changes).await;
        for other in ["army", "air", ""] {
            let (status, answer) = app.api("PUT", &path, json!({"company_id": other, "name": "Other"})).await;
            assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("company_id")), "{other}: {answer}");
        }
        assert_eq!((app.api("GET", &path, Value::Null).await.1, app.number(changes).await), (navy.clone(), before), "nothing half-done");
        let (status, _) = app.api("PUT", &path, json!({"company_id": "NAVY"})).await;
        assert_eq!(status, StatusCode::OK, "in any case it is the same");
        let fields = ["name", "plan", "size", "website", "industry", "monthly_spend", "remote_created_at"];
        for field in fields {
            let (status, put) = app.api("PUT", &path, json!({field: null})).await;
            let gone = if field == "plan" { json!({}) } else { Value::Null };
            assert_eq!((status, &put[field]), (StatusCode::OK, &gone), "{field}");
        }
        assert_eq!(app.number(changes).await, before + 7, "each is told");
        app.api("PUT", &path, json!({"size": null})).await;
        assert_eq!(app.number(changes).await, before + 7, "what is gone already changes nothing");
        let (_, again) = app.api("PUT", &path, json!({"size": 3, "monthly_spend": 1})).await;
        assert_eq!((&again["size"], &again["monthly_spend"]), (&json!(3), &json!(1.0)));
    }

    async fn thousands_of_members_come_in_and_are_read_in_pages(app: TestApp) {
        const MANY: usize = 2_000;
        let joins: Vec<_> = (0..MANY).map(|n| json!({"type": "group", "userId": format!("u{n}"), "groupId": "navy", "messageId": format!("m{n}")})).collect();
        for part in joins.chunks(500) {
            let (status, answer) = app.call("batch", &json!({"batch": part})).await;
            assert_eq!((status, answer), (StatusCode::OK, json!({"success": true})));
        }
        let (_, navy) = app.api("GET", "/companies?company_id=navy", Value::Null).await;
        assert_eq!(navy["user_count"], json!(MANY));
        let id = navy["id"].as_str().unwrap();
        let (mut seen, mut after) = (std::collections::BTreeSet::new(), String::new());
        loop {
            let (status, page) = app.api("GET", &format!("/companies/{id}/contacts?per_page=150&starting_after={after}"), Value::Null).await;
            assert_eq!((status, &page["total_count"]), (StatusCode::OK, &json!(MANY)));
            seen.extend(page["data"].as_array().unwrap().iter().map(|p| p["external_id"].as_str().unwrap().to_owned()));
            let Some(next) = page["pages"]["next"]["starting_after"].as_str() else { break };
            after = next.to_owned();
        }
        assert_eq!(seen.len(), MANY);
        // Who is named once more is in it once, and one call that names too many is refused whole.
        app.call("batch", &json!({"batch": &joins[..10]})).await;
        let (status, answer) = app.call("batch", &json!({"batch": &joins[..501]})).await;
        assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("batch")));
        assert_eq!(app.number("select count(*) from memberships where left_at = 0").await, MANY as i64);
    }

    async fn companies_say_their_segments_and_are_found_by_them(app: TestApp) {
        for (name, size) in [("small", 3), ("large", 300), ("huge", 3_000)] {
            company(&app, json!({"company_id": name, "size": size})).await;
        }
        let rule = |least: i64| json!({"version": 1, "rule": {"field": "size", "op": "at_least", "value": least}});
        let mut ids = Vec::new();
        for (name, person_type, rule) in [("Large", "company", rule(300)), ("Very large", "company", rule(3_000)), ("People", "user", json!({"version": 1, "rule": {"all": []}}))] {
            let (status, made) = app.api("POST", "/segments", json!({"name": name, "person_type": person_type, "rule": rule})).await;
            assert_eq!(status, StatusCode::OK, "{made}");
            ids.push(made["id"].as_str().unwrap().to_owned());
        }
        crate::segments::settle(&app).await;
        let names = |company: &Value| -> Vec<String> {
            company["segments"]["segments"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap().to_owned()).filter(|n| n.contains("arge")).collect()
        };
        let (_, huge) = app.api("GET", "/companies?company_id=huge", Value::Null).await;
        assert_eq!(names(&huge), ["Large", "Very large"]);
        let first = huge["segments"]["segments"].as_array().unwrap().iter().find(|s| s["name"] == "Large").unwrap();
        assert_eq!((&first["type"], &first["id"], &first["person_type"]), (&json!("segment"), &json!(ids[0]), &json!("company")));
        let (_, small) = app.api("GET", "/companies?company_id=small", Value::Null).await;
        assert_eq!(names(&small), Vec::<String>::new());
        let (_, found) = app.api("GET", &format!("/companies?order=asc&segment_id={}&per_page=1", ids[0]), Value::Null).await;
        assert_eq!((&found["total_count"], &found["data"][0]["company_id"]), (&json!(2), &json!("large")));
        let next = found["pages"]["next"].as_str().unwrap().split_once("/api").unwrap().1;
        let (_, second) = app.api("GET", next, Value::Null).await;
        assert_eq!((&second["data"][0]["company_id"], &second["pages"]["next"]), (&json!("huge"), &Value::Null));
        for (asked, status) in [(ids[2].as_str(), StatusCode::BAD_REQUEST), ("999999", StatusCode::NOT_FOUND), ("x", StatusCode::NOT_FOUND)] {
            let (found, answer) = app.api("GET", &format!("/companies?segment_id={asked}"), Value::Null).await;
            assert_eq!((found, &answer["errors"][0]["field"]), (status, &json!("segment_id")), "{asked}");
        }
        app.call("identify", &json!({"userId": "grace"})).await;
        crate::segments::settle(&app).await;
        let (status, people) = app.api("GET", &format!("/contacts?segment_id={}", ids[2]), Value::Null).await;
        assert_eq!((status, &people["total_count"], &people["data"][0]["external_id"]), (StatusCode::OK, &json!(1), &json!("grace")));
        let (status, answer) = app.api("GET", "/contacts?segment_id=999999", Value::Null).await;
        assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("segment_id")));
        let (_, all) = app.api("GET", "/contacts", Value::Null).await;
        assert_eq!(all["total_count"], json!(1));
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
        assert_eq!((last["data"].as_array().unwrap().len(), &last["data"][0]["company_id"], &last["pages"]["next"]), (1, &json!("c0"), &Value::Null));
        let (mut path, mut seen) = ("/companies?per_page=2&order=asc".to_owned(), Vec::new());
        loop {
            let (_, page) = app.api("GET", &path, Value::Null).await;
            seen.extend(page["data"].as_array().unwrap().iter().map(|c| c["company_id"].as_str().unwrap().to_owned()));
            let Some(next) = page["pages"]["next"].as_str() else { break };
            path = next.split_once("/api").unwrap().1.to_owned();
        }
        assert_eq!(seen, ["c0", "c1", "c2", "c3", "c4"], "each page says where the next one is");
        assert!(first["pages"]["next"].as_str().unwrap().ends_with("/api/companies/list?order=asc&per_page=2&page=2"));
        let tag = app.number("select id from tags").await;
        let (_, tagged) = app.api("GET", &format!("/companies?tag_id={tag}"), Value::Null).await;
        assert_eq!((&tagged["total_count"], &tagged["data"][0]["company_id"]), (&json!(1), &json!("c2")));
        for unknown in ["tag_id", "segment_id"] {
            let (status, answer) = app.api("GET", &format!("/companies?{unknown}=999999"), Value::Null).await;
            assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::NOT_FOUND, &json!(unknown)), "{answer}");
        }
        let (_, scroll) = app.api("GET", "/companies/scroll", Value::Null).await;
        assert_eq!(scroll["data"].as_array().unwrap().len(), 5);
        let next = scroll["scroll_param"].as_str().unwrap();
        let (_, end) = app.api("GET", &format!("/companies/scroll?scroll_param={next}"), Value::Null).await;
        assert_eq!((&end["data"], &end["scroll_param"]), (&json!([]), &Value::Null));
        for bad in ["?page=0", "?page=x", "?per_page=0", "?per_page=151", "?page=9223372036854775807", "?order=up"] {
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
        for (field, trait_name) in [("monthly_spend", "monthlySpend"), ("size", "employees")] {
            let (_, answer) = app.api("POST", "/companies", json!({"company_id": "x", field: 1e300})).await;
            let said = answer["errors"][0]["message"].as_str().unwrap();
            assert!(said.ends_with("2^53"), "what is too large is told so: {said}");
            let (_, answer) = app.call("group", &json!({"userId": "u", "groupId": "x", "traits": {trait_name: 1e300}})).await;
            let said = answer["errors"][0]["message"].as_str().unwrap();
            assert!(said.ends_with("2^53"), "what is too large is told so: {said}");
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
