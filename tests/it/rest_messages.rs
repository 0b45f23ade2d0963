//! E-mails that a program has a teammate write to one person, by the REST API.

use axum::http::StatusCode;
use rapport::outbound;
use serde_json::{Value, json};

use crate::companies::ada;
use crate::on_both;
use crate::outbound::{mailing, settle, write};
use crate::support::TestApp;

const OK: StatusCode = StatusCode::OK;

async fn admin(app: &TestApp) -> String {
    app.number("select id from teammates order by id limit 1").await.to_string()
}

/// An e-mail to Grace, with more or other fields.
async fn written(app: &TestApp, more: Value) -> (StatusCode, Value) {
    let mut sent = json!({
        "message_type": "email", "subject": "Your order", "body": "<p>Hi <b>Grace</b>, see <a href=\"https://a.example/o?n=1\">your order</a></p>",
        "template": "plain", "from": {"type": "admin", "id": admin(app).await}, "to": {"type": "user", "user_id": "grace"},
    });
    sent.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.api("POST", "/messages", sent).await
}

async fn grace(app: &TestApp) -> String {
    app.call("identify", &json!({"userId": "grace", "traits": {"name": "Grace Hopper", "email": "grace@example.com"}})).await;
    let (_, found) = app.api("GET", "/contacts/find_by_external_id/grace", Value::Null).await;
    found["id"].as_str().unwrap().to_owned()
}

/// The plain part of a mail.
fn plain(mail: &crate::support::smtp::Arrived) -> String {
    let words = mail.words();
    let part = words.split("Content-Type: text/plain").nth(1).unwrap();
    part.split("\r\n\r\n")
        .skip(1)
        .collect::<Vec<_>>()
        .join("\n\n")
        .split("\r\n--")
        .next()
        .unwrap()
        .replace("\r\n", "\n")
}

on_both! {
    async fn an_email_goes_from_a_teammate_to_one_person_and_says_what_became_of_it(base: TestApp) {
        let (app, smtp) = mailing(base.engine).await;
        let person = grace(&app).await;
        let (status, said) = written(&app, json!({"client_id": "o-1"})).await;
        assert_eq!((status, &said["type"], &said["message_type"]), (OK, &json!("admin_message"), &json!("email")), "{said}");
        assert_eq!((&said["subject"], &said["conversation_id"]), (&json!("Your order"), &Value::Null), "{said}");
        assert!(said["body"].as_str().unwrap().contains("<strong>Grace</strong>"), "{said}");
        assert_eq!(written(&app, json!({"client_id": "o-1"})).await, (OK, said.clone()), "again is the same");
        let (status, refusal) = written(&app, json!({"client_id": "o-1", "body": "Other"})).await;
        assert_eq!(status, StatusCode::CONFLICT, "{refusal}");
        settle(&app).await;
        let kept = smtp.kept();
        assert_eq!((kept.len(), kept[0].to.as_str()), (1, "grace@example.com"));
        let words = kept[0].words();
        assert!(words.contains("Subject: Your order") && words.contains("List-Unsubscribe-Post") && words.contains("Ada Lovelace from"), "{words}");
        let text = plain(&kept[0]);
        assert!(text.contains("Hi Grace, see your order (https://a.example/o?n=1)") && text.contains("/unsubscribe/"), "{text}");
        let id = said["id"].as_str().unwrap();
        let (status, now) = app.api("GET", &format!("/outbound/{id}"), Value::Null).await;
        assert_eq!((status, &now["state"], &now["counts"]["sent"], &now["audience"]), (OK, &json!("finished"), &json!(1), &json!("one")), "{now}");
        assert_eq!(now["contacts"], json!([person]));
        // Lists of messages are without it, the profile has it, and its page can be looked at.
        let (_, list) = app.api("GET", "/outbound", Value::Null).await;
        assert_eq!(list["data"], json!([]), "{list}");
        let token = ada(&app).await;
        let number = i64::from_str_radix(&person, 16).unwrap();
        let (_, standings) = app.get(&token, &format!("/do/message_standings?owner=contact-{number}")).await;
        assert!(standings.contains("Your order") && standings.contains("E-mail sent"), "{standings}");
        let (status, page) = app.get(&token, &format!("/outbound/{id}")).await;
        assert!(status == OK && page.contains("One person, as a program asked for it") && !page.contains("Save changes"), "{page}");
        assert_eq!(app.number("select count(*) from activity where kind = 'email_sent' and actor_id > 0").await, 1);
        assert_eq!(app.number("select count(*) from conversations").await, 0);
        // It stays as it is; a copy is a draft like any other.
        let (status, refusal) = app.api("PUT", &format!("/outbound/{id}"), json!({"body": "Other"})).await;
        assert_eq!(status, StatusCode::CONFLICT, "{refusal}");
        let mut w = write(&app).await;
        let copy = outbound::duplicate(&mut w, rapport::id::MessageId(id.parse().unwrap())).await.unwrap();
        w.commit().await.unwrap();
        let (_, copy) = app.api("GET", &format!("/outbound/{copy}"), Value::Null).await;
        assert_eq!((&copy["state"], &copy["audience"]), (&json!("draft"), &json!("chosen")));
        let (status, refusal) = app.api("POST", "/outbound", json!({"admin_id": admin(&app).await, "body": "x", "audience": "one"})).await;
        assert_eq!((status, &refusal["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("audience")));
    }

    async fn an_email_says_what_it_says_and_its_person_alone_is_asked_whether_they_want_it(base: TestApp) {
        let (app, smtp) = mailing(base.engine).await;
        grace(&app).await;
        let (status, said) = written(&app, json!({"subject": "{{ name }} {% raw", "body": "A {{ braces }} and {% if %}"})).await;
        assert_eq!(status, OK, "{said}");
        settle(&app).await;
        let mail = smtp.kept()[0].clone();
        assert!(mail.words().contains("Subject: {{ name }} {% raw"), "{}", mail.words());
        assert!(plain(&mail).contains("A {{ braces }} and {% if %}"), "{}", plain(&mail));
        // Who unsubscribes before it goes out has none.
        let (status, _) = written(&app, json!({})).await;
        assert_eq!(status, OK);
        app.call("identify", &json!({"userId": "grace", "traits": {"unsubscribed_from_emails": true}})).await;
        settle(&app).await;
        assert_eq!(smtp.kept().len(), 1);
        assert_eq!(app.number("select count(*) from deliveries where state = 'excluded' and reason = 'unsubscribed'").await, 1);
    }

    async fn who_gets_no_email_is_said_why_and_nothing_is_kept(base: TestApp) {
        let (app, smtp) = mailing(base.engine).await;
        let person = grace(&app).await;
        let refused = async |words: &str| {
            let (status, refusal) = written(&app, json!({"client_id": "x"})).await;
            let said = refusal["errors"][0]["message"].as_str().unwrap_or_default().to_owned();
            assert!(status == StatusCode::CONFLICT && said.contains(words), "{words}: {refusal}");
        };
        let set = async |traits: Value| app.call("identify", &json!({"userId": "grace", "traits": traits})).await;
        set(json!({"unsubscribed_from_emails": true})).await;
        refused("they unsubscribed from e-mail").await;
        set(json!({"unsubscribed_from_emails": false})).await;
        let mut w = write(&app).await;
        let id = rapport::id::ContactId(i64::from_str_radix(&person, 16).unwrap());
        outbound::bounced(&mut w, &[id]).await.unwrap();
        w.commit().await.unwrap();
        refused("no mail gets to their address").await;
        set(json!({"email": null})).await;
        refused("they have no e-mail address").await;
        set(json!({"email": "grace@example.org"})).await;
        app.call("identify", &json!({"userId": "alan", "traits": {"email": "alan@example.com"}})).await;
        let (_, alan) = app.api("GET", "/contacts/find_by_external_id/alan", Value::Null).await;
        app.api("POST", &format!("/contacts/{}/block", alan["id"].as_str().unwrap()), Value::Null).await;
        let (status, refusal) = written(&app, json!({"to": {"type": "user", "user_id": "alan"}})).await;
        assert!(status == StatusCode::CONFLICT && refusal.to_string().contains("they are blocked"), "{refusal}");
        for table in [app.number("select count(*) from messages").await, app.number("select count(*) from group_messages").await] {
            assert_eq!(table, 0);
        }
        for (more, field) in [
            (json!({"subject": " "}), "subject"),
            (json!({"subject": "x".repeat(201)}), "subject"),
            (json!({"body": ""}), "body"),
            (json!({"body": "x".repeat(20_001)}), "body"),
            (json!({"template": "fancy"}), "template"),
            (json!({"message_type": "sms"}), "message_type"),
            (json!({"create_conversation_without_contact_reply": true}), "create_conversation_without_contact_reply"),
            (json!({"attachment_files": [{"name": "a", "data": "eA==", "content_type": "text/plain"}]}), "attachment_files"),
            (json!({"cc": [{"type": "user", "user_id": "alan"}]}), "cc"),
            (json!({"bcc": [{"type": "user", "user_id": "alan"}]}), "bcc"),
            (json!({"from": {"type": "admin", "id": "7"}}), "from.id"),
        ] {
            let (status, refusal) = written(&app, more.clone()).await;
            assert!(status.is_client_error() && refusal["errors"][0]["field"] == json!(field), "{more} {refusal}");
        }
        // What is right, at last, under the id that was refused before.
        let (status, said) = written(&app, json!({"client_id": "x"})).await;
        assert_eq!(status, OK, "{said}");
        settle(&app).await;
        assert_eq!((smtp.kept().len(), smtp.kept()[0].to.as_str()), (1, "grace@example.org"));
        // Nothing of it is left once she is deleted.
        let (status, record) = app.get(&ada(&app).await, &format!("/contacts/{id}/export.json")).await;
        assert!(status == OK && record.contains("Your order"), "{record}");
        app.api("DELETE", &format!("/contacts/{person}"), Value::Null).await;
        assert_eq!(app.number("select (select count(*) from messages) + (select count(*) from group_messages) + (select count(*) from deliveries)").await, 0);
    }

    async fn without_a_mail_server_it_says_how_to_set_it_up(app: TestApp) {
        grace(&app).await;
        let (status, refusal) = written(&app, json!({})).await;
        let said = refusal["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(status == StatusCode::CONFLICT && said.contains("RAPPORT_SMTP_URL"), "{refusal}");
        assert_eq!(app.number("select count(*) from messages").await, 0);
    }
}
