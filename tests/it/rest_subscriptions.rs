//! What people want to hear of, by the REST API.

use axum::http::StatusCode;
use rapport::outbound::types::{self, Consent};
use serde_json::{Value, json};

use crate::on_both;
use crate::outbound::{person, write};
use crate::support::TestApp;

on_both! {
    async fn types_are_listed_and_people_say_yes_and_no(app: TestApp) {
        let mut w = write(&app).await;
        let news = types::save(&mut w, None, "News", "What is new", Consent::OptOut).await.unwrap();
        let tips = types::save(&mut w, None, "Tips", "", Consent::OptIn).await.unwrap();
        w.commit().await.unwrap();
        let (status, list) = app.api("GET", "/subscription_types", Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        let words = json!({"name": "News", "description": "What is new", "locale": "en"});
        assert_eq!(list["data"][0], json!({
            "type": "subscription", "id": news.to_string(), "state": "live", "consent_type": "opt_out",
            "default_translation": words, "translations": [words], "content_types": ["email"],
        }));
        assert_eq!(list["data"].as_array().unwrap().len(), 2);

        person(&app, "grace").await;
        let (_, grace) = app.api("GET", "/contacts/find_by_external_id/grace", Value::Null).await;
        let path = format!("/contacts/{}/subscriptions", grace["id"].as_str().unwrap());
        let names = async || {
            let (status, said) = app.api("GET", &path, Value::Null).await;
            assert_eq!(status, StatusCode::OK, "{said}");
            let all = said["data"].as_array().unwrap().iter();
            all.map(|t| t["default_translation"]["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let say = async |id: &str, consent: &str| {
            app.api("POST", &path, json!({"id": id, "consent_type": consent})).await
        };
        assert!(names().await.is_empty());
        let (news, tips) = (news.to_string(), tips.to_string());
        // What follows without a word is no difference; said twice it is said once.
        for consent in ["opt_in", "opt_out", "opt_out"] {
            let (status, said) = say(&news, consent).await;
            assert_eq!((status, &said["id"]), (StatusCode::OK, &json!(news)), "{said}");
        }
        assert_eq!(say(&tips, "opt_in").await.0, StatusCode::OK);
        assert_eq!(names().await, ["News", "Tips"]);
        let said = "select count(*) from activity where kind in ('subscribed', 'unsubscribed')";
        assert_eq!(app.number(said).await, 3);

        for _ in 0..2 {
            let (status, gone) = app.api("DELETE", &format!("{path}/{news}"), Value::Null).await;
            assert_eq!((status, &gone["id"]), (StatusCode::OK, &json!(news)));
        }
        assert_eq!(names().await, ["Tips"]);
        assert_eq!(app.number(said).await, 4, "she gets it again");

        for (id, consent, status, field) in [
            (news.as_str(), "maybe", StatusCode::BAD_REQUEST, "consent_type"),
            (&news, "", StatusCode::BAD_REQUEST, "consent_type"),
            ("999999", "opt_in", StatusCode::NOT_FOUND, "id"),
            ("x", "opt_in", StatusCode::NOT_FOUND, "id"),
        ] {
            let (found, said) = say(id, consent).await;
            assert_eq!((found, &said["errors"][0]["field"]), (status, &json!(field)), "{id} {consent}: {said}");
        }
        assert_eq!(app.api("POST", &path, json!({"consent_type": "opt_in"})).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(app.api("DELETE", &format!("{path}/999999"), Value::Null).await.0, StatusCode::NOT_FOUND);
        let nobody = "/contacts/000000000000000000ffffff/subscriptions";
        assert_eq!(app.api("GET", nobody, Value::Null).await.0, StatusCode::NOT_FOUND);
        assert_eq!(names().await, ["Tips"], "nothing is half done");
    }
}
