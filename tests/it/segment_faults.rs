//! A rule that makes no sense in several places: each is told, to who builds it and to programs, up to so many.

use axum::http::StatusCode;
use rapport::attributes::Subject;
use rapport::segments::Preview;
use serde_json::{Value, json};

use crate::companies::ada;
use crate::on_both;
use crate::segments::{is, make, settle, tag};
use crate::support::TestApp;

fn whole(rule: &Value) -> Value {
    json!({"version": 1, "rule": rule})
}

/// The fields that a refusal names, each with why.
fn told((status, body): (StatusCode, Value)) -> Vec<(String, String)> {
    assert_eq!((status, &body["type"]), (StatusCode::BAD_REQUEST, &json!("error.list")), "{body}");
    let one = |error: &Value| {
        assert_eq!(error["code"], "parameter_invalid", "{body}");
        let field = error["field"].as_str().unwrap().to_owned();
        let why = error["message"].as_str().unwrap().strip_prefix(&format!("{field}: "));
        (field.clone(), why.unwrap().to_owned())
    };
    body["errors"].as_array().unwrap().iter().map(one).collect()
}

fn fields(told: &[(String, String)]) -> Vec<&str> {
    told.iter().map(|(field, _)| field.as_str()).collect()
}

on_both! {
    async fn each_part_that_makes_no_sense_is_told_at_its_place(app: TestApp) {
        settle(&app).await;
        let mine = make(&app, Subject::Contact, "Mine", is("name", "is", json!("a"))).await.unwrap();
        let wrong = json!({"all": [
            is("custom_attributes.seats", "at_least", json!(3)),
            is("name", "is", json!("a")),
            {"not": {"any": [is("session_count", "greater", json!("many")), {"company": {"all": [is("plan", "is", json!("b")), is("emial", "is", json!("a"))]}}]}},
            {"event": " ", "op": "occurred"},
            is("segment", "is", json!(mine.0)),
        ]});
        let expected = [
            ("rule.0", "there is no attribute seats any more"),
            ("rule.2.0.0", "write a number"),
            ("rule.2.0.1.0.1", "there is no field emial"),
            ("rule.3", "write the name of an event"),
        ].map(|(field, why)| (field.to_owned(), why.to_owned())).to_vec();
        let sent = json!({"name": "Mistaken", "rule": whole(&wrong)});
        assert_eq!(told(app.api("POST", "/segments", sent.clone()).await), expected);
        assert_eq!(told(app.api("POST", "/segments/preview", sent).await), expected);
        let itself: Vec<_> = expected.iter().cloned().chain([("rule.4".into(), "this segment asks for itself, here or by way of others".into())]).collect();
        assert_eq!(told(app.api("PUT", &format!("/segments/{mine}"), json!({"rule": whole(&wrong)})).await), itself);
        assert_eq!(app.number("select count(*) from segments where builtin = ''").await, 1);
        // The rule and the goal of a message alike.
        let admin = app.number("select id from teammates").await.to_string();
        let message = json!({"admin_id": admin, "body": "Hi", "rule": whole(&wrong)});
        assert_eq!(told(app.api("POST", "/outbound", message).await), expected);
        let goal = json!({"admin_id": admin, "body": "Hi", "goal": {"rule": whole(&wrong), "days": 5}});
        assert_eq!(fields(&told(app.api("POST", "/outbound", goal).await)), ["goal"; 4]);
        // What cannot even be read is told at each of its places too.
        let odd = json!({"all": [{"field": "name", "op": "like"}, 3, is("name", "is", json!("a")), {"any": [{"field": "name", "op": "is", "vlaue": 1}]}]});
        assert_eq!(fields(&told(app.api("POST", "/segments", json!({"name": "Mistaken", "rule": whole(&odd)})).await)), ["rule.0", "rule.1", "rule.3.0"]);
        // In the builder.
        let token = ada(&app).await;
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs([("of", "contact"), ("rule", &whole(&wrong).to_string())]).finish();
        let (status, seen) = app.form(Some(&token), "/do/preview_segment", &form).await;
        assert_eq!(status, StatusCode::OK, "{seen}");
        let seen: Preview = serde_json::from_str(&seen).unwrap();
        let meant: Vec<_> = seen.faults.iter().map(|f| f.member.way.join(".")).collect();
        assert_eq!(meant, ["field", "value", "field", "event"], "and which of its members");
        let seen: Vec<_> = seen.faults.into_iter().map(|f| (format!("rule.{}", f.path), f.message)).collect();
        assert_eq!(seen, expected);
    }

    async fn of_very_many_parts_that_make_no_sense_the_first_are_told(app: TestApp) {
        settle(&app).await;
        let preview = async |rule: Value| told(app.api("POST", "/segments/preview", json!({"rule": whole(&rule)})).await);
        let wrong = |many: usize| json!({"any": vec![is("emial", "is", json!("a")); many]});
        assert_eq!(preview(wrong(400)).await.len(), 20);
        // A rule that is too large is looked at no further.
        let mut large = wrong(3);
        large["any"].as_array_mut().unwrap().extend(vec![is("name", "is", json!("a")); 10_000]);
        assert_eq!(preview(large).await, [("rule.500".to_owned(), "a rule has at most 500 conditions".to_owned())]);
        // A segment that makes no sense any more is told once for each condition that names it, whatever is wrong in it.
        app.call("identify", &json!({"userId": "ada"})).await;
        tag(&app, "users", "ada", "VIP", true).await;
        let vip = app.number("select id from tags").await;
        let gone = json!({"any": vec![is("tag", "is", json!(vip.to_string())); 30]});
        let inner = make(&app, Subject::Contact, "Inner", gone).await.unwrap();
        let outer = make(&app, Subject::Contact, "Outer", json!({"any": vec![is("segment", "is", json!(inner.0)); 5]})).await.unwrap();
        assert_eq!(app.api("DELETE", &format!("/tags/{vip}"), Value::Null).await.0, StatusCode::OK);
        let twice = json!({"all": [is("segment", "is", json!(inner.0)), is("name", "is", json!("a")), is("segment", "is_not", json!(outer.0)), is("emial", "is", json!("a"))]});
        let said = preview(twice).await;
        assert_eq!(fields(&said), ["rule.0", "rule.2", "rule.3"]);
        assert!(said[..2].iter().all(|(_, why)| why == "this tag is not there any more: choose another"), "{said:?}");
    }
}
