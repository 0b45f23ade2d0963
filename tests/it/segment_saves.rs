//! Two who change one segment at once: the later one is told, and nothing goes over what somebody wrote unless they say so.

use axum::http::StatusCode;
use rapport::attributes::Subject;
use serde_json::{Value, json};

use crate::companies::ada;
use crate::on_both;
use crate::segments::{check, is, make, settle, tag};
use crate::support::TestApp;

const NAME: &str = "select name from segments where builtin = ''";

/// Saves a segment by the builder's form.
async fn save(app: &TestApp, token: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let rule = json!({"version": 1, "rule": {"all": [is("email", "contains", json!("@"))]}});
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("of", "contact"), ("rule", &rule.to_string())])
        .extend_pairs(fields)
        .finish();
    app.form(Some(token), "/do/save_segment", &form).await
}

fn done((status, body): (StatusCode, String)) {
    assert!(status.is_success() || status.is_redirection(), "{status}: {body}");
}

fn told((status, body): (StatusCode, String)) {
    assert_eq!(status, StatusCode::CONFLICT, "{body}");
    assert!(body.contains("somebody else changed this segment meanwhile"), "{body}");
}

on_both! {
    async fn of_two_who_change_a_segment_the_later_one_is_told(app: TestApp) {
        let token = ada(&app).await;
        settle(&app).await;
        let id = make(&app, Subject::Contact, "Teams", is("email", "contains", json!("@"))).await.unwrap().to_string();
        let id = id.as_str();
        done(save(&app, &token, &[("id", id), ("version", "1"), ("name", "Large teams")]).await);
        // The same once more, because the answer was lost, is no quarrel.
        done(save(&app, &token, &[("id", id), ("version", "1"), ("name", "Large teams")]).await);
        told(save(&app, &token, &[("id", id), ("version", "1"), ("name", "Small teams")]).await);
        assert_eq!(app.text(NAME).await, "Large teams");
        // What the notice leads to: the page with what was typed, who was sooner, and what they wrote.
        let (_, page) = app.get(&token, &format!("/segments/{id}?version=1&name=Small+teams")).await;
        for part in ["changed this segment after you opened it", "Small teams", "Large teams", "Save mine anyway", "Ada Lovelace"] {
            assert!(page.contains(part), "{part}");
        }
        let (_, page) = app.get(&token, &format!("/segments/{id}")).await;
        assert!(!page.contains("after you opened it"));
        // Going over what was seen is one's own choice, going over what was not is none.
        told(save(&app, &token, &[("id", id), ("version", "1"), ("over", "1"), ("name", "Small teams")]).await);
        done(save(&app, &token, &[("id", id), ("version", "1"), ("over", "2"), ("name", "Small teams")]).await);
        assert_eq!(app.text(NAME).await, "Small teams");
        // By the API with a version alike, and without one the last wins.
        let path = format!("/segments/{id}");
        let (_, now) = app.api("GET", &path, Value::Null).await;
        assert_eq!(now["version"], json!(3), "{now}");
        for sent in [json!({"version": 2, "name": "x"}), json!({"version": 2, "archived": true})] {
            let (status, refused) = app.api("PUT", &path, sent).await;
            assert_eq!((status, &refused["errors"][0]["code"]), (StatusCode::CONFLICT, &json!("conflict")), "{refused}");
        }
        let (status, now) = app.api("PUT", &path, json!({"version": 3, "name": "Teams"})).await;
        assert_eq!((status, &now["version"]), (StatusCode::OK, &json!(4)), "{now}");
        let (_, now) = app.api("PUT", &path, json!({"name": "All teams"})).await;
        assert_eq!((&now["name"], &now["version"]), (&json!("All teams"), &json!(5)));
        let (status, refused) = app.api("PUT", &path, json!({"version": "new", "name": "x"})).await;
        assert_eq!((status, &refused["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("version")), "{refused}");
    }

    async fn of_two_saves_at_one_moment_one_is_told(app: TestApp) {
        let token = ada(&app).await;
        settle(&app).await;
        let id = make(&app, Subject::Contact, "Teams", is("email", "contains", json!("@"))).await.unwrap().to_string();
        for version in 1..9 {
            let (version, a, b) = (version.to_string(), format!("a {version}"), format!("b {version}"));
            let fields = |name| [("id", id.as_str()), ("version", version.as_str()), ("name", name)];
            let (of_a, of_b) = (fields(&a), fields(&b));
            let (first, second) = tokio::join!(save(&app, &token, &of_a), save(&app, &token, &of_b));
            let refused = [&first, &second].iter().filter(|(status, _)| *status == StatusCode::CONFLICT).count();
            assert_eq!(refused, 1, "{first:?} {second:?}");
            let won = if first.0 == StatusCode::CONFLICT { b } else { a };
            assert_eq!(app.text(NAME).await, won);
        }
    }

    async fn the_name_alone_changes_of_a_rule_that_makes_no_sense_any_more(app: TestApp) {
        let token = ada(&app).await;
        settle(&app).await;
        app.call("identify", &json!({"userId": "ada"})).await;
        tag(&app, "users", "ada", "VIP", true).await;
        let tagged = app.number("select id from tags").await;
        // As the API takes it, which is not how the builder's form writes it.
        let rule = json!({"any": [is("session_count", "at_least", json!(3)), {"not": is("tag", "is", json!(tagged))}]});
        let id = make(&app, Subject::Contact, "Important", rule).await.unwrap().to_string();
        let written = app.text("select rule from segments where builtin = ''").await;
        let (status, _) = app.api("DELETE", &format!("/tags/{tagged}"), Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        settle(&app).await;
        let (_, page) = app.get(&token, &format!("/segments/{id}")).await;
        assert!(page.contains("A tag that is gone") && page.contains("matches nobody any more"));
        // What the form sends: with a script the rule as it is, and the conditions either way.
        let value = tagged.to_string();
        let with = |name: &str, value: &str| {
            url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs([("of", "contact"), ("id", &id), ("name", name), ("rule", &written)])
                .extend_pairs([("rows[0][path]", "0"), ("rows[0][field]", "session_count"), ("rows[0][op]", "at_least"), ("rows[0][value]", "3")])
                .extend_pairs([("rows[1][path]", "1.0"), ("rows[1][field]", "tag"), ("rows[1][op]", "is"), ("rows[1][value]", value)])
                .finish()
        };
        done(app.form(Some(&token), "/do/save_segment", &with("Very important", &value)).await);
        assert_eq!(app.text(NAME).await, "Very important");
        assert_eq!(app.text("select rule from segments where builtin = ''").await, written, "the rule is left as it is");
        assert!(app.text("select fault from segments where builtin = ''").await.contains("this tag is not there any more"));
        // Another rule must make sense, whatever the one before it did.
        let (status, body) = app.form(Some(&token), "/do/save_segment", &with("Other", "999999")).await;
        assert!(!status.is_success() && body.contains("this tag is not there any more"), "{status}: {body}");
        assert_eq!(app.text(NAME).await, "Very important");
        let (status, now) = app.api("PUT", &format!("/segments/{id}"), json!({"name": "Important again"})).await;
        assert_eq!((status, &now["name"], &now["count"]), (StatusCode::OK, &json!("Important again"), &json!(0)), "{now}");
        assert!(now["fault"].as_str().unwrap().contains("this tag is not there any more"), "{now}");
        settle(&app).await;
        check(&app, "with another name").await;
    }
}
