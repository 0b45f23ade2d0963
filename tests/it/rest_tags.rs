//! Tags by the REST API.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{NOON, TestApp};

async fn person(app: &TestApp, external_id: &str) -> String {
    let (status, answer) = app.api("POST", "/contacts", json!({"external_id": external_id})).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer["id"].as_str().unwrap().to_owned()
}

async fn tag(app: &TestApp, name: &str) -> String {
    let (status, answer) = app.api("POST", "/tags", json!({"name": name})).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer["id"].as_str().unwrap().to_owned()
}

on_both! {
    async fn tags_are_made_read_renamed_and_deleted(app: TestApp) {
        let id = tag(&app, "  Big   spender ").await;
        assert_eq!(tag(&app, "big SPENDER").await, id, "one whatever its case");
        let (_, list) = app.api("GET", "/tags", Value::Null).await;
        assert_eq!(list, json!({"type": "list", "data": [{"type": "tag", "id": id, "name": "Big spender"}]}));
        let (_, renamed) = app.api("POST", "/tags", json!({"id": id, "name": "VIP"})).await;
        assert_eq!(renamed, json!({"type": "tag", "id": id, "name": "VIP"}));
        assert_eq!(app.api("GET", &format!("/tags/{id}"), Value::Null).await.1, renamed);
        tag(&app, "other").await;
        let (status, answer) = app.api("POST", "/tags", json!({"id": id, "name": "OTHER"})).await;
        assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::CONFLICT, &json!("name")));
        assert_eq!(app.api("DELETE", &format!("/tags/{id}"), Value::Null).await.0, StatusCode::OK);
        for method in ["GET", "DELETE"] {
            assert_eq!(app.api(method, &format!("/tags/{id}"), Value::Null).await.0, StatusCode::NOT_FOUND);
        }
    }

    async fn a_person_is_tagged_and_untagged_with_when(app: TestApp) {
        let (person, tag) = (person(&app, "u").await, tag(&app, "VIP").await);
        let tags = format!("/contacts/{person}/tags");
        for _ in 0..2 {
            let (status, answer) = app.api("POST", &tags, json!({"id": tag})).await;
            assert_eq!(status, StatusCode::OK);
            assert_eq!(answer, json!({"type": "tag", "id": tag, "name": "VIP", "applied_at": NOON.0 / 1000, "applied_by": null}));
            assert_eq!(app.api("GET", &tags, Value::Null).await.1, json!({"type": "list", "data": [answer]}));
        }
        let (_, contact) = app.api("GET", &format!("/contacts/{person}"), Value::Null).await;
        assert_eq!((&contact["tags"]["total_count"], &contact["tags"]["data"][0]["id"]), (&json!(1), &json!(tag)));
        for _ in 0..2 {
            assert_eq!(app.api("DELETE", &format!("{tags}/{tag}"), Value::Null).await.0, StatusCode::OK);
        }
        assert_eq!(app.number("select count(*) from taggings").await, 0);
        assert_eq!(app.number("select count(*) from activity where kind in ('tag_added', 'tag_removed')").await, 2);
        let nobody = "/contacts/000000000000000000ffffff/tags";
        for (method, path, body, field) in [
            ("POST", tags.clone(), json!({"id": "999999"}), "id"),
            ("POST", tags.clone(), json!({"id": "x"}), "id"),
            ("POST", nobody.into(), json!({"id": tag}), "contact"),
            ("DELETE", format!("{tags}/999999"), Value::Null, "tag"),
            ("DELETE", format!("{nobody}/{tag}"), Value::Null, "contact"),
            ("POST", "/tags".into(), json!({"id": "999999", "name": "x"}), "id"),
        ] {
            let (status, answer) = app.api(method, &path, body).await;
            assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::NOT_FOUND, &json!(field)), "{method} {path}");
        }
        assert_eq!(app.api("POST", &tags, json!({})).await.0, StatusCode::BAD_REQUEST);
    }

    async fn many_are_tagged_at_once_or_none(app: TestApp) {
        let (a, b) = (person(&app, "a").await, person(&app, "b").await);
        let (_, company) = app.api("POST", "/companies", json!({"company_id": "c-1"})).await;
        let (status, answer) = app.api("POST", "/tags", json!({"name": "VIP", "users": [{"id": a}, {"user_id": "b"}]})).await;
        assert_eq!((status, &answer["name"]), (StatusCode::OK, &json!("VIP")));
        app.api("POST", "/tags", json!({"name": "VIP", "companies": [{"id": company["id"]}]})).await;
        assert_eq!(app.number("select count(*) from taggings").await, 3);
        let (_, company) = app.api("GET", "/companies?company_id=c-1", Value::Null).await;
        assert_eq!(company["tags"]["tags"], json!([{"type": "tag", "id": answer["id"], "name": "VIP"}]));
        for (body, field) in [
            (json!({"name": "New", "users": [{"id": a}, {"id": "000000000000000000ffffff"}]}), "users[1].id"),
            (json!({"name": "New", "users": [{"user_id": "nobody"}]}), "users[0].user_id"),
            (json!({"name": "New", "companies": [{"company_id": "c-1"}, {"company_id": "none"}]}), "companies[1].company_id"),
            (json!({"name": "New", "companies": [{"id": "x"}]}), "companies[0].id"),
        ] {
            let (status, answer) = app.api("POST", "/tags", body).await;
            assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::NOT_FOUND, &json!(field)), "{answer}");
        }
        assert_eq!(app.number("select count(*) from tags").await, 1, "nothing half-done");
        let (status, _) = app.api("POST", "/tags", json!({"name": "VIP", "companies": [{"company_id": "C-1", "untag": true}]})).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(app.number("select count(*) from taggings").await, 2);
        let (status, _) = app.api("POST", "/tags", json!({"name": "Nobody has it", "companies": [{"company_id": "c-1", "untag": true}]})).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        for bad in [json!({"test": "invalid"}), json!({"name": ""}), json!({"name": "x".repeat(101)}), json!({"name": "a", "users": []}),
                    json!({"name": "a", "users": [{}]}), json!({"name": "a", "users": ["x"]}), json!({"name": "a", "users": {}, "id": "1"})] {
            assert_eq!(app.api("POST", "/tags", bad.clone()).await.0, StatusCode::BAD_REQUEST, "{bad}");
        }
        let _ = b;
    }

    async fn a_deleted_tag_is_taken_off_everyone_with_an_entry_each(app: TestApp) {
        let id = tag(&app, "VIP").await;
        let users: Vec<_> = (0..501).map(|n| json!({"userId": format!("u{n}"), "type": "identify"})).collect();
        for half in users.chunks(500) {
            let (status, _) = app.call("batch", &json!({"batch": half})).await;
            assert_eq!(status, StatusCode::OK);
        }
        for half in [0..500, 500..501] {
            let users: Vec<_> = half.map(|n| json!({"user_id": format!("u{n}")})).collect();
            assert_eq!(app.api("POST", "/tags", json!({"name": "VIP", "users": users})).await.0, StatusCode::OK);
        }
        assert_eq!(app.number("select count(*) from taggings").await, 501);
        assert_eq!(app.api("DELETE", &format!("/tags/{id}"), Value::Null).await.0, StatusCode::OK);
        assert_eq!(app.number("select count(*) from taggings").await, 0);
        assert_eq!(app.number("select count(*) from tags").await, 0);
        assert_eq!(app.number("select count(*) from activity where kind = 'tag_removed'").await, 501);
    }

    async fn another_workspace_has_its_own_tags(app: TestApp) {
        let (person, tag) = (person(&app, "u").await, tag(&app, "VIP").await);
        let eve = app.outsider().await;
        for (method, path, body) in [
            ("GET", format!("/tags/{tag}"), Value::Null),
            ("DELETE", format!("/tags/{tag}"), Value::Null),
            ("POST", "/tags".into(), json!({"id": tag, "name": "Eve"})),
            ("POST", "/tags".into(), json!({"name": "Eve", "users": [{"id": person}]})),
            ("POST", format!("/contacts/{person}/tags"), json!({"id": tag})),
            ("DELETE", format!("/contacts/{person}/tags/{tag}"), Value::Null),
        ] {
            assert_eq!(app.api_with(&eve, method, &path, body).await.0, StatusCode::NOT_FOUND, "{method} {path}");
        }
        let (_, list) = app.api_with(&eve, "GET", "/tags", Value::Null).await;
        assert_eq!(list["data"], json!([]));
        assert_eq!(app.number("select count(*) from tags").await, 1);
    }
}
