//! Notes by the REST API.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::{NOON, TestApp};

async fn person(app: &TestApp) -> String {
    let (_, person) = app.api("POST", "/contacts", json!({"external_id": "u"})).await;
    person["id"].as_str().unwrap().to_owned()
}

on_both! {
    async fn a_note_is_written_by_a_teammate_or_by_nobody(app: TestApp) {
        let (person, ada) = (person(&app).await, app.number("select id from teammates").await.to_string());
        let path = format!("/contacts/{person}/notes");
        let (status, note) = app.api("POST", &path, json!({"body": "Likes **ships** <script>", "admin_id": ada})).await;
        assert_eq!(status, StatusCode::OK, "{note}");
        assert_eq!((&note["type"], &note["created_at"]), (&json!("note"), &json!(NOON.0 / 1000)));
        assert_eq!((&note["contact"], &note["author"]), (&json!({"type": "contact", "id": person}), &json!({
            "type": "admin", "id": ada, "name": "Ada Lovelace", "email": "ada@example.com", "away_mode_enabled": false, "away_mode_reassign": false,
        })));
        let body = note["body"].as_str().unwrap();
        assert!(body.contains("<strong>ships</strong>") && !body.contains("<script"), "{body}");
        let id = note["id"].as_str().unwrap();
        assert_eq!(app.api("GET", &format!("/notes/{id}"), Value::Null).await, (StatusCode::OK, note.clone()));
        let (_, other) = app.api("POST", &path, json!({"body": "From a program"})).await;
        assert_eq!(other["author"], Value::Null);
        let (_, list) = app.api("GET", &path, Value::Null).await;
        assert_eq!((&list["total_count"], &list["data"]), (&json!(2), &json!([other, note])));
        let (_, contact) = app.api("GET", &format!("/contacts/{person}"), Value::Null).await;
        assert_eq!((&contact["notes"]["total_count"], &contact["notes"]["data"][0]["id"]), (&json!(2), &other["id"]));
        assert_eq!(app.number("select count(*) from activity where kind = 'note_added'").await, 2);
    }

    async fn a_note_is_replaced_as_a_whole_merged_and_deleted(app: TestApp) {
        let path = format!("/contacts/{}/notes", person(&app).await);
        let (_, note) = app.api("POST", &path, json!({"body": "one two three"})).await;
        let path = format!("/notes/{}", note["id"].as_str().unwrap());
        assert_eq!(note["version"], 1);
        let (status, changed) = app.api("PUT", &path, json!({"body": "one two! three"})).await;
        assert_eq!((status, &changed["version"]), (StatusCode::OK, &json!(2)), "{changed}");
        let (_, merged) = app.api("PUT", &path, json!({"body": "zero one two three", "version": 1})).await;
        assert_eq!(merged["body"], "<p>zero one two! three</p>\n");
        for (body, status) in [
            (json!({}), StatusCode::BAD_REQUEST),
            (json!({"body": " "}), StatusCode::BAD_REQUEST),
            (json!({"body": "x", "version": "a"}), StatusCode::BAD_REQUEST),
            (json!({"body": "x", "version": 77}), StatusCode::CONFLICT),
        ] {
            assert_eq!(app.api("PUT", &path, body.clone()).await.0, status, "{body}");
        }
        let eve = app.outsider().await;
        for (method, body) in [("PUT", json!({"body": "x"})), ("DELETE", Value::Null)] {
            assert_eq!(app.api_with(&eve, method, &path, body).await.0, StatusCode::NOT_FOUND);
        }
        assert_eq!(app.text("select body from notes").await, "zero one two! three");
        let (status, gone) = app.api("DELETE", &path, Value::Null).await;
        assert_eq!((status, &gone["deleted"]), (StatusCode::OK, &json!(true)));
        assert_eq!(app.api("DELETE", &path, Value::Null).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.api("PUT", &path, json!({"body": "x"})).await.0, StatusCode::NOT_FOUND);
    }

    async fn a_conversations_note_is_read_replaced_and_deleted_by_its_number(app: TestApp) {
        let (person, ada) = (person(&app).await, app.number("select id from teammates").await.to_string());
        let (_, talk) = app.api("POST", "/conversations", json!({"from": {"type": "user", "id": person}, "body": "Hello"})).await;
        let id = app.number("select id from conversations").await;
        let reply = json!({"message_type": "note", "type": "admin", "admin_id": ada, "body": "one two three"});
        let (status, _) = app.api("POST", &format!("/conversations/{id}/reply"), reply).await;
        assert_eq!(status, StatusCode::OK, "{talk}");
        let path = format!("/notes/{}", app.number("select max(id) from parts").await);
        let (status, note) = app.api("GET", &path, Value::Null).await;
        assert_eq!((status, &note["version"], &note["author"]["id"]), (StatusCode::OK, &json!(1), &json!(ada)), "{note}");
        assert_eq!(note["conversation"], json!({"type": "conversation", "id": id.to_string()}));
        app.api("PUT", &path, json!({"body": "one two! three"})).await;
        let (_, merged) = app.api("PUT", &path, json!({"body": "zero one two three", "version": 1, "admin_id": ada})).await;
        assert_eq!((&merged["body"], &merged["version"]), (&json!("<p>zero one two! three</p>\n"), &json!(3)));
        let eve = app.outsider().await;
        for (method, body) in [("GET", Value::Null), ("PUT", json!({"body": "x"})), ("DELETE", Value::Null)] {
            assert_eq!(app.api_with(&eve, method, &path, body).await.0, StatusCode::NOT_FOUND, "{method}");
        }
        let said = format!("/notes/{}", app.number("select min(id) from parts").await);
        assert_eq!(app.api("PUT", &said, json!({"body": "x"})).await.0, StatusCode::NOT_FOUND, "what was said stays");
        let (status, gone) = app.api("DELETE", &path, Value::Null).await;
        assert_eq!((status, &gone["deleted"]), (StatusCode::OK, &json!(true)));
        assert_eq!(app.api("GET", &path, Value::Null).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.number("select count(*) from parts where kind = 'note' and deleted_at > 0 and body = ''").await, 1);
    }

    async fn a_companys_notes_are_its_own(app: TestApp) {
        let (_, navy) = app.api("POST", "/companies", json!({"company_id": "navy"})).await;
        let id = navy["id"].as_str().unwrap();
        let (status, note) = app.api("POST", &format!("/companies/{id}/notes"), json!({"body": "Renews in May"})).await;
        assert_eq!((status, &note["company"]), (StatusCode::OK, &json!({"type": "company", "id": id})));
        let (_, list) = app.api("GET", &format!("/companies/{id}/notes"), Value::Null).await;
        assert_eq!(list["data"], json!([note]));
    }

    async fn notes_come_in_pages_by_cursor_and_by_number(app: TestApp) {
        let path = format!("/contacts/{}/notes", person(&app).await);
        for n in 0..5 {
            app.pass(1_000);
            app.api("POST", &path, json!({"body": format!("note {n}")})).await;
        }
        let bodies = |page: &Value| -> Vec<String> {
            page["data"].as_array().unwrap().iter().map(|n| n["body"].as_str().unwrap().replace("<p>", "").replace("</p>", "").trim().to_owned()).collect()
        };
        let (_, first) = app.api("GET", &format!("{path}?per_page=2"), Value::Null).await;
        let after = first["pages"]["next"]["starting_after"].as_str().unwrap();
        let (_, by_cursor) = app.api("GET", &format!("{path}?per_page=2&starting_after={after}"), Value::Null).await;
        let (_, by_number) = app.api("GET", &format!("{path}?per_page=2&page=2"), Value::Null).await;
        assert_eq!(bodies(&first), ["note 4", "note 3"]);
        assert_eq!(bodies(&by_cursor), ["note 2", "note 1"]);
        assert_eq!((bodies(&by_number), &by_number["pages"]["page"]), (bodies(&by_cursor), &json!(2)));
        assert_eq!(bodies(&app.api("GET", &format!("{path}?per_page=2&page=3"), Value::Null).await.1), ["note 0"]);
        assert!(bodies(&app.api("GET", &format!("{path}?per_page=2&page=4"), Value::Null).await.1).is_empty());
        assert!(bodies(&app.api("GET", &format!("{path}?per_page=5&page=2"), Value::Null).await.1).is_empty());
    }

    async fn bad_notes_and_outsiders_write_nothing(app: TestApp) {
        let person = person(&app).await;
        let path = format!("/contacts/{person}/notes");
        for body in [json!({}), json!({"body": ""}), json!({"body": 4}), json!({"body": "x", "admin_id": "999999"}), json!({"body": "x", "admin_id": "Ada"})] {
            assert_eq!(app.api("POST", &path, body.clone()).await.0, StatusCode::BAD_REQUEST, "{body}");
        }
        for query in ["per_page=0", "page=0", "page=10001", "starting_after=x"] {
            assert_eq!(app.api("GET", &format!("{path}?{query}"), Value::Null).await.0, StatusCode::BAD_REQUEST, "{query}");
        }
        let (_, note) = app.api("POST", &path, json!({"body": "ours"})).await;
        let eve = app.outsider().await;
        let ada = app.number("select min(id) from teammates").await.to_string();
        assert_eq!(app.api_with(&eve, "POST", &path, json!({"body": "x"})).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.api_with(&eve, "GET", &path, Value::Null).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.api_with(&eve, "GET", &format!("/notes/{}", note["id"].as_str().unwrap()), Value::Null).await.0, StatusCode::NOT_FOUND);
        let (_, theirs) = app.api_with(&eve, "POST", "/contacts", json!({"external_id": "e"})).await;
        let theirs = format!("/contacts/{}/notes", theirs["id"].as_str().unwrap());
        assert_eq!(app.api_with(&eve, "POST", &theirs, json!({"body": "x", "admin_id": ada})).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(app.api("GET", "/notes/x", Value::Null).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.number("select count(*) from notes").await, 1);
    }
}
