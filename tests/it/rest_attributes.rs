//! Attributes by the REST API.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::on_both;
use crate::support::TestApp;

fn named<'a>(list: &'a Value, full_name: &str) -> Option<&'a Value> {
    list["data"].as_array().unwrap().iter().find(|a| a["full_name"] == full_name)
}

on_both! {
    async fn standard_and_own_attributes_are_listed_by_model(app: TestApp) {
        app.call("identify", &json!({"userId": "u", "traits": {"seats": 3}})).await;
        let (status, people) = app.api("GET", "/data_attributes?model=contact", Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        let email = named(&people, "email").unwrap();
        assert_eq!((&email["custom"], &email["data_type"], &email["model"], &email["id"]), (&json!(false), &json!("string"), &json!("contact"), &Value::Null));
        let seats = named(&people, "custom_attributes.seats").unwrap();
        assert_eq!((&seats["custom"], &seats["data_type"], &seats["label"]), (&json!(true), &json!("integer"), &json!("seats")));
        assert!(seats["id"].is_i64());
        let (_, companies) = app.api("GET", "/data_attributes?model=company", Value::Null).await;
        assert!(named(&companies, "plan.name").is_some_and(|a| a["name"] == "name"));
        assert!(named(&companies, "custom_attributes.seats").is_none());
        let (_, all) = app.api("GET", "/data_attributes", Value::Null).await;
        assert!(named(&all, "custom_attributes.seats").is_some() && named(&all, "company_id").is_some());
        assert_eq!(app.api("GET", "/data_attributes?model=conversation", Value::Null).await.0, StatusCode::BAD_REQUEST);
    }

    async fn a_declared_attribute_refuses_what_does_not_fit(app: TestApp) {
        let (status, made) = app.api("POST", "/data_attributes", json!({"name": "seats", "model": "contact", "data_type": "integer", "description": "Paid seats"})).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        assert_eq!((&made["full_name"], &made["description"], &made["archived"]), (&json!("custom_attributes.seats"), &json!("Paid seats"), &json!(false)));
        let (status, answer) = app.api("POST", "/contacts", json!({"external_id": "u", "custom_attributes": {"seats": "many"}})).await;
        assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("custom_attributes.seats")));
        assert_eq!(app.number("select count(*) from contacts").await, 0);
        let (status, _) = app.api("POST", "/contacts", json!({"external_id": "u", "custom_attributes": {"seats": 3}})).await;
        assert_eq!(status, StatusCode::OK);
    }

    async fn attributes_are_described_and_put_away(app: TestApp) {
        let (_, made) = app.api("POST", "/data_attributes", json!({"name": "plan", "model": "contact", "data_type": "string"})).await;
        let path = format!("/data_attributes/{}", made["id"]);
        app.api("POST", "/contacts", json!({"external_id": "u", "custom_attributes": {"plan": "pro"}})).await;
        let (status, changed) = app.api("PUT", &path, json!({"label": "The plan", "messenger_writable": true, "archived": true})).await;
        assert_eq!((status, &changed["label"], &changed["messenger_writable"], &changed["archived"]), (StatusCode::OK, &json!("The plan"), &json!(true), &json!(true)));
        assert!(named(&app.api("GET", "/data_attributes", Value::Null).await.1, "custom_attributes.plan").is_none());
        assert!(named(&app.api("GET", "/data_attributes?include_archived=true", Value::Null).await.1, "custom_attributes.plan").is_some());
        let (_, contact) = app.api("GET", "/contacts/find_by_external_id/u", Value::Null).await;
        assert_eq!(contact["custom_attributes"], json!({}));
        app.api("PUT", &path, json!({"archived": false})).await;
        let (_, contact) = app.api("GET", "/contacts/find_by_external_id/u", Value::Null).await;
        assert_eq!(contact["custom_attributes"], json!({"plan": "pro"}), "nothing was lost");
    }

    async fn text_offers_choices(app: TestApp) {
        let (status, made) = app.api("POST", "/data_attributes", json!({"name": "plan", "model": "contact", "data_type": "options", "options": [{"value": "Free"}, {"value": " Pro "}, {"value": "Free"}]})).await;
        assert_eq!((status, &made["options"], &made["data_type"]), (StatusCode::OK, &json!(["Free", "Pro"]), &json!("string")), "{made}");
        let path = format!("/data_attributes/{}", made["id"]);
        let (_, same) = app.api("PUT", &path, json!({"description": "What they pay for"})).await;
        assert_eq!(same["options"], json!(["Free", "Pro"]), "what is not said stays");
        let (_, changed) = app.api("PUT", &path, json!({"options": ["Free", "Team"]})).await;
        assert_eq!(changed["options"], json!(["Free", "Team"]));
        let (_, all) = app.api("GET", "/data_attributes?model=contact", Value::Null).await;
        assert_eq!(named(&all, "custom_attributes.plan").unwrap()["options"], json!(["Free", "Team"]));
        assert!(named(&all, "email").unwrap()["options"].is_null());
        // The product's word counts, whatever it is and by whichever way it comes.
        let (status, _) = app.api("POST", "/contacts", json!({"external_id": "u", "custom_attributes": {"plan": "Gold"}})).await;
        assert_eq!(status, StatusCode::OK);
        let (status, _) = app.call("identify", &json!({"userId": "v", "traits": {"plan": "Silver"}})).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(app.number("select count(*) from attribute_values where text in ('Gold', 'Silver')").await, 2);
        let (_, none) = app.api("PUT", &path, json!({"options": []})).await;
        assert!(none.get("options").is_none(), "{none}");
        let id = app.api("POST", "/data_attributes", json!({"name": "seats", "model": "contact", "data_type": "integer"})).await.1["id"].clone();
        let (status, refused) = app.api("PUT", &format!("/data_attributes/{id}"), json!({"options": ["1"]})).await;
        assert_eq!((status, &refused["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("options")));
    }

    async fn bad_attributes_are_refused(app: TestApp) {
        app.api("POST", "/data_attributes", json!({"name": "plan", "model": "contact", "data_type": "string"})).await;
        for (body, field) in [
            (json!({"model": "contact", "data_type": "string"}), "name"),
            (json!({"name": "plan", "model": "contact", "data_type": "string"}), "name"),
            (json!({"name": "email", "model": "contact", "data_type": "string"}), "name"),
            (json!({"name": "a\nb", "model": "contact", "data_type": "string"}), "name"),
            (json!({"name": "x".repeat(191), "model": "contact", "data_type": "string"}), "name"),
            (json!({"name": "x", "model": "conversation", "data_type": "string"}), "model"),
            (json!({"name": "x", "model": "contact", "data_type": "mithril"}), "data_type"),
            (json!({"name": "x", "model": "contact", "data_type": "integer", "options": [{"value": "1"}]}), "options"),
            (json!({"name": "x", "model": "contact", "data_type": "string", "options": "1"}), "options"),
            (json!({"name": "x", "model": "contact", "data_type": "string", "options": [{"value": "1"}, {"text": "2"}]}), "options[1].value"),
            (json!({"name": "x", "model": "contact", "data_type": "string", "options": ["1", " "]}), "options[1].value"),
            (json!({"name": "x", "model": "contact", "data_type": "options"}), "options"),
        ] {
            let (status, answer) = app.api("POST", "/data_attributes", body.clone()).await;
            assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{body}: {answer}");
        }
        assert_eq!(app.number("select count(*) from attributes").await, 1);
        let id = app.number("select id from attributes").await;
        let eve = app.outsider().await;
        assert_eq!(app.api_with(&eve, "PUT", &format!("/data_attributes/{id}"), json!({"archived": true})).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.api("PUT", "/data_attributes/x", json!({})).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.number("select archived_at from attributes").await, 0);
    }
}
