//! Facts that rules ask for like any other: where somebody was, from which address, with which picture, and when they were last
//! changed; and what is yes or no, said in English.

use axum::http::StatusCode;
use rapport::attributes::Subject;
use rapport::id::SegmentId;
use serde_json::{Value, json};

use crate::companies::{ada, group};
use crate::on_both;
use crate::segments::{check, is, make, members, settle, told};
use crate::support::TestApp;

const DAY: i64 = 86_400_000;

/// Her number.
async fn ada_of(app: &TestApp) -> i64 {
    app.number("select id from contacts where external_id = 'ada'").await
}

async fn held(app: &TestApp, segments: &[SegmentId]) -> Vec<bool> {
    let ada = ada_of(app).await;
    let mut held = Vec::new();
    for id in segments {
        held.push(members(app, *id).await.contains(&ada));
    }
    held
}

async fn sentence(app: &TestApp, rule: Value) -> String {
    let sent = json!({"rule": {"version": 1, "rule": rule}});
    let (status, seen) = app.api("POST", "/segments/preview", sent).await;
    assert_eq!(status, StatusCode::OK, "{seen}");
    seen["sentence"].as_str().unwrap().to_owned()
}

on_both! {
    async fn a_place_an_address_and_a_picture_are_asked_like_any_other_fact(app: TestApp) {
        app.call("identify", &json!({"userId": "ada", "traits": {"avatar": "https://x.example/Ada.png"}})).await;
        app.call("identify", &json!({"userId": "bob"})).await;
        settle(&app).await;
        let mut made = Vec::new();
        for (n, rule) in [
            is("last_seen_ip", "starts_with", json!("81.2.")),
            is("last_seen_ip", "is_unknown", Value::Null),
            is("location.latitude", "greater", json!(51)),
            is("location.latitude", "is", json!(51.5142)),
            is("location.longitude", "less", json!("-0.05")),
            is("location.longitude", "has_any_value", Value::Null),
            is("avatar", "ends_with", json!("ada.PNG")),
            is("avatar", "is_unknown", Value::Null),
        ].into_iter().enumerate() {
            made.push(make(&app, Subject::Contact, &format!("s{n}"), rule).await.unwrap());
        }
        settle(&app).await;
        assert_eq!(held(&app, &made).await, [false, true, false, false, false, false, true, false]);
        // In London; then in Sweden; and then they have no picture any more.
        app.call("page", &json!({"userId": "ada", "context": {"ip": "81.2.69.142"}})).await;
        settle(&app).await;
        assert_eq!(held(&app, &made).await, [true, false, true, true, true, true, true, false]);
        check(&app, "in London").await;
        app.call("page", &json!({"userId": "ada", "context": {"ip": "89.160.20.112"}})).await;
        app.call("identify", &json!({"userId": "ada", "traits": {"avatar": ""}})).await;
        settle(&app).await;
        assert_eq!(held(&app, &made).await, [false, false, true, false, false, true, false, true]);
        check(&app, "in Sweden").await;
        // The same by a search.
        for (field, operator, value, found) in [
            ("last_seen_ip", "=", json!("89.160.20.112"), 1),
            ("last_seen_ip", "^", json!("81.2."), 0),
            ("last_seen_ip", "=", Value::Null, 1),
            ("location.latitude", ">", json!(58), 1),
            ("location.longitude", "<", json!(15.5), 0),
            ("location.latitude", "!=", json!(0), 2),
            ("avatar", "=", Value::Null, 2),
        ] {
            let query = json!({"query": {"field": field, "operator": operator, "value": value}});
            let (status, answer) = app.api("POST", "/contacts/search", query).await;
            assert_eq!((status, &answer["total_count"]), (StatusCode::OK, &json!(found)), "{field} {operator} {value}: {answer}");
        }
        for (field, op, value, said) in [
            ("location.latitude", "at_least", json!(58), "People where Latitude is at least 58."),
            ("last_seen_ip", "starts_with", json!("10.1"), "People where IP address starts with 10.1."),
            ("avatar", "has_any_value", Value::Null, "People where Picture has any value."),
            ("updated_at", "less_than_days_ago", json!(1), "People where Last updated is less than 1 day ago."),
        ] {
            assert_eq!(sentence(&app, is(field, op, value)).await, said);
        }
        // What they have is offered while a value is typed.
        let token = ada(&app).await;
        for (field, first) in [("last_seen_ip", "89.160.20.112"), ("location.latitude", "58.4167")] {
            let (_, offered) = app.get(&token, &format!("/do/field_values?of=contact&field={field}")).await;
            assert_eq!(serde_json::from_str::<Value>(&offered).unwrap(), json!([first]));
        }
        let (status, refused) = app.api("POST", "/segments/preview", json!({"rule": {"version": 1, "rule": is("location.latitude", "is", json!("north"))}})).await;
        assert_eq!((status, &refused["errors"][0]["message"]), (StatusCode::BAD_REQUEST, &json!("rule: write a number")), "{refused}");
    }

    async fn when_somebody_was_last_changed_follows_every_change_and_time(app: TestApp) {
        let token = ada(&app).await;
        app.call("identify", &json!({"userId": "ada", "traits": {"seats": 1}})).await;
        group(&app, "ada", "navy", json!({"seats": 1})).await;
        settle(&app).await;
        let lately = is("updated_at", "less_than_days_ago", json!(2));
        let people = make(&app, Subject::Contact, "Lately", lately.clone()).await.unwrap();
        let theirs = make(&app, Subject::Contact, "Company lately", json!({"company": lately.clone()})).await.unwrap();
        let firms = make(&app, Subject::Company, "Lately", lately).await.unwrap();
        settle(&app).await;
        let navy = app.number("select id from companies").await;
        let now = async || {
            settle(&app).await;
            let held = held(&app, &[people, theirs]).await;
            check(&app, "lately").await;
            [held[0], held[1], members(&app, firms).await.contains(&navy)]
        };
        assert_eq!(now().await, [true; 3]);
        // Time alone puts them out; what is not of them leaves them there.
        app.pass(2 * DAY);
        assert_eq!(now().await, [false; 3]);
        app.call("track", &json!({"userId": "ada", "event": "Paid"})).await;
        assert_eq!(now().await, [false; 3]);
        // Their own data alone, and the same once more, which is no change.
        app.call("identify", &json!({"userId": "ada", "traits": {"seats": 2}})).await;
        assert_eq!(now().await, [true, false, false]);
        app.pass(2 * DAY);
        app.call("identify", &json!({"userId": "ada", "traits": {"seats": 2}})).await;
        assert_eq!(now().await, [false; 3]);
        // The company's data alone.
        group(&app, "ada", "navy", json!({"seats": 2})).await;
        assert_eq!(now().await, [false, true, true]);
        app.pass(2 * DAY);
        assert_eq!(now().await, [false; 3]);
        // Somebody else comes into it.
        group(&app, "bob", "navy", json!({})).await;
        assert_eq!(now().await, [false, true, true]);
        app.pass(2 * DAY);
        // Blocked, and let in again.
        let id = ada_of(&app).await;
        for action in ["block", "unblock"] {
            assert!(!now().await[0], "{action}");
            let (status, body) = app.form(Some(&token), "/do/stand", &format!("contact={id}&action={action}")).await;
            assert!(status.is_success() || status.is_redirection(), "{status}: {body}");
            assert!(now().await[0], "{action}");
            app.pass(2 * DAY);
        }
        // Why, in the stream.
        let said: Vec<_> = told(&app).await.into_iter().filter(|(_, data)| data["name"] == "Lately").collect();
        assert!(said.iter().any(|(kind, data)| kind == "segment_left" && data["why"] == json!(["not any more: Last updated is less than 2 days ago"])), "{said:?}");
    }

    async fn who_complains_of_an_email_comes_in_and_who_takes_it_back_goes(app: TestApp) {
        app.call("identify", &json!({"userId": "ada"})).await;
        app.call("identify", &json!({"userId": "bob", "traits": {"marked_email_as_spam": true}})).await;
        settle(&app).await;
        let spam = make(&app, Subject::Contact, "Spam", is("marked_email_as_spam", "is_true", Value::Null)).await.unwrap();
        let fine = make(&app, Subject::Contact, "Fine", is("marked_email_as_spam", "is_false", Value::Null)).await.unwrap();
        settle(&app).await;
        assert_eq!(held(&app, &[spam, fine]).await, [false, true]);
        assert_eq!(members(&app, spam).await.len(), 1, "who was new with it");
        let path = format!("/contacts/{:024x}", ada_of(&app).await);
        for (complains, found) in [(true, 2), (false, 1), (true, 2)] {
            let (status, shown) = app.api("PUT", &path, json!({"marked_email_as_spam": complains})).await;
            assert_eq!((status, &shown["marked_email_as_spam"]), (StatusCode::OK, &json!(complains)), "{shown}");
            settle(&app).await;
            assert_eq!(held(&app, &[spam, fine]).await, [complains, !complains]);
            check(&app, "complaints").await;
            let query = json!({"query": {"field": "marked_email_as_spam", "operator": "=", "value": true}});
            let (_, answer) = app.api("POST", "/contacts/search", query).await;
            assert_eq!(answer["total_count"], json!(found), "{answer}");
        }
        // It is of the person: another address does not take it back. Said twice it is the same.
        let since = app.number("select complained_at from contacts where external_id = 'ada'").await;
        app.pass(DAY);
        app.call("identify", &json!({"userId": "ada", "traits": {"email": "ada@example.com", "markedEmailAsSpam": true}})).await;
        settle(&app).await;
        assert_eq!(held(&app, &[spam, fine]).await, [true, false]);
        assert_eq!(app.number("select complained_at from contacts where external_id = 'ada'").await, since);
        let said: Vec<_> = told(&app).await.into_iter().filter(|(_, data)| data["name"] == "Spam").collect();
        assert!(said.iter().any(|(kind, data)| kind == "segment_entered" && data["why"] == json!(["they marked an e-mail as spam"])), "{said:?}");
        let (status, refused) = app.api("PUT", &path, json!({"marked_email_as_spam": "yes"})).await;
        assert_eq!((status, &refused["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("marked_email_as_spam")), "{refused}");
    }

    async fn what_is_yes_or_no_is_said_in_english(app: TestApp) {
        settle(&app).await;
        app.call("identify", &json!({"userId": "ada", "traits": {"beta": true, "unsubscribedFromEmails": true}})).await;
        for (field, op, said) in [
            ("has_hard_bounced", "is_true", "People where their e-mail address is refused."),
            ("has_hard_bounced", "is_false", "People where their e-mail address is not refused."),
            ("marked_email_as_spam", "is_true", "People where they marked an e-mail as spam."),
            ("marked_email_as_spam", "is_false", "People where they did not mark an e-mail as spam."),
            ("unsubscribed_from_emails", "is_true", "People where they are unsubscribed from e-mails."),
            ("unsubscribed_from_emails", "is_false", "People where they are not unsubscribed from e-mails."),
            ("custom_attributes.beta", "is_true", "People where beta is yes."),
            ("custom_attributes.beta", "is_unknown", "People where beta is unknown."),
        ] {
            assert_eq!(sentence(&app, is(field, op, Value::Null)).await, said);
        }
        let rule = json!({"all": [is("has_hard_bounced", "is_false", Value::Null), is("custom_attributes.beta", "is_true", Value::Null)]});
        let id = make(&app, Subject::Contact, "Reached", rule).await.unwrap();
        settle(&app).await;
        let ada = format!("{:024x}", ada_of(&app).await);
        let (_, why) = app.api("GET", &format!("/segments/{id}/explain?contact_id={ada}"), Value::Null).await;
        let text = why.to_string();
        for part in ["Their e-mail address is not refused", "beta is yes"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
