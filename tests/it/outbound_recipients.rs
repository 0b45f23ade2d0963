//! Whom a draft would go to, and whom it would not and why, before anything goes out.

use axum::http::StatusCode;
use rapport::id::{ContactId, MessageId, SubscriptionTypeId};
use rapport::outbound::types::{self, Consent};
use rapport::outbound::{self, Channel, Draft, Previewed, Recipients, Switches, Whom};
use rapport::teammates::{Role, invite, join, sign_in};
use serde_json::json;

use crate::companies::ada;
use crate::on_both;
use crate::outbound::{draft, email, mailing, person, save, settle, tag, try_start, vip, write};
use crate::support::TestApp;

async fn ask(
    app: &TestApp,
    id: Option<MessageId>,
    channel: &str,
    people: &[ContactId],
) -> Recipients {
    let people: Vec<_> = people.iter().map(ToString::to_string).collect();
    let mut form = format!("channel={channel}&people={}", people.join(","));
    if let Some(id) = id {
        form += &format!("&id={id}");
    }
    let token = ada(app).await;
    let (status, body) = app.form(Some(&token), "/do/message_recipients", &form).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// Each with the reason.
fn out(found: &Recipients) -> Vec<(&str, &str)> {
    found.out.iter().map(|(_, name, why)| (name.as_str(), why.as_str())).collect()
}

on_both! {
    async fn each_of_the_people_chosen_is_shown_what_they_read(app: TestApp) {
        let token = ada(&app).await;
        let mut people = Vec::new();
        for id in ["grace", "alan", "eve"] {
            people.push(person(&app, id).await.to_string());
        }
        let form = |at: i64, who: &str| {
            url::form_urlencoded::Serializer::new(String::new())
                .append_pair("body", "Hi {{ first_name }}").append_pair("people", &people.join(","))
                .append_pair("at", &at.to_string()).append_pair("who", who).finish()
        };
        for (at, who, text, of) in [
            (0, "", "Hi grace", Some((0, 3))),
            (2, "", "Hi eve", Some((2, 3))),
            (3, "", "Hi grace", Some((0, 3))),
            (-1, "", "Hi grace", Some((0, 3))),
            (1, "eve", "Hi eve", None),
        ] {
            let (status, said) = app.form(Some(&token), "/do/preview_message", &form(at, who)).await;
            assert_eq!(status, StatusCode::OK, "{said}");
            let shown: Previewed = serde_json::from_str(&said).unwrap();
            assert!(shown.html.contains(text), "{at} {who}: {}", shown.html);
            assert_eq!(shown.of, of, "{at} {who}");
        }
    }

    async fn who_would_be_left_out_is_said_before_anything_goes_out(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        let mut people = Vec::new();
        for (id, name, address) in [
            ("grace", "فاطمة 🚀", "grace@example.com"),
            ("alan", "Alan Turing", ""),
            ("bob", "Bob", "bob@example.com"),
            ("carol", "Carol", "carol@example.com"),
            ("dan", "Dan", "dan@example.com"),
            ("eve", "Eve", "eve@example.com"),
        ] {
            people.push(person(&app, id).await);
            app.call("identify", &json!({"userId": id, "traits": {"name": name, "email": address}})).await;
            tag(&app, "users", id, "vip", true).await;
        }
        tag(&app, "users", "eve", "no news", true).await;
        app.call("identify", &json!({"userId": "bob", "traits": {"unsubscribed_from_emails": true}})).await;
        let mut w = write(&app).await;
        outbound::bounced(&mut w, &[people[3]]).await.unwrap();
        rapport::contacts::stand(&mut w, people[4], rapport::contacts::Standing::Blocked).await.unwrap();
        w.commit().await.unwrap();

        // Before it is saved, by the way that is chosen.
        let chat = ask(&app, None, "chat", &people).await;
        assert_eq!((chat.total, chat.left, out(&chat)), (6, 1, vec![("Dan", "they are blocked")]));
        let found = ask(&app, None, "email", &people).await;
        assert_eq!(out(&found), [
            ("Alan Turing", "they have no e-mail address that mail can go to"),
            ("Bob", "they unsubscribed from e-mail"),
            ("Carol", "the mail server said before that no mail gets to their address"),
            ("Dan", "they are blocked"),
        ]);
        assert_eq!(found.named.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(), ["فاطمة 🚀", "Eve"]);
        assert_eq!(found.reasons.iter().map(|(_, n)| *n).sum::<i64>(), 4);

        // Once it is saved, by its tags and its type too.
        let mut w = write(&app).await;
        let about = types::save(&mut w, None, "Tips", "", Consent::OptIn).await.unwrap();
        types::choose(&mut w, people[5], about, true).await.unwrap();
        w.commit().await.unwrap();
        let switches = Switches { opt_out: "no news".into(), ..Switches::default() };
        let ids: Vec<_> = people.iter().map(ToString::to_string).collect();
        let chosen = Draft { people: ids.join(","), whom: Whom::Chosen, switches, about, ..email(Whom::Chosen, rule.clone(), "Hi", "Text") };
        let id = save(&app, &chosen).await;
        let found = ask(&app, Some(id), "", &[]).await;
        assert_eq!((found.total, found.left, found.named.len()), (6, 6, 0));
        assert!(out(&found).contains(&("فاطمة 🚀", "they do not want e-mail of this type")), "{found:?}");
        assert!(out(&found).contains(&("Eve", "they are opted out by a tag")), "{found:?}");
        // What it says is what happens.
        let id = save(&app, &Draft { about: SubscriptionTypeId(0), ..chosen }).await;
        assert_eq!(ask(&app, Some(id), "", &[]).await.left, 5);
        try_start(&app, id, "").await.unwrap();
        settle(&app).await;
        assert_eq!(smtp.kept().iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["grace@example.com"]);

        // Of a rule it is said of those for whom it holds.
        let id = save(&app, &email(Whom::Now, rule, "Hi", "Text")).await;
        let found = ask(&app, Some(id), "", &[]).await;
        assert_eq!((found.total, found.looked_at, found.left), (6, 6, 4));
        let token = ada(&app).await;
        let (_, page) = app.get(&token, &format!("/outbound/{id}")).await;
        assert!(page.contains("Of them, 4 would be left out:") && page.contains("they unsubscribed from e-mail"), "{page}");
        let (_, page) = app.get(&token, &format!("/outbound/new?channel=email&people={}", ids.join(","))).await;
        assert!(page.contains("6 people chosen") && page.contains("Of them, 4 would be left out:"), "{page}");
    }

    async fn a_beginning_that_has_passed_while_it_was_a_draft_is_refused_at_its_place(app: TestApp) {
        let grace = person(&app, "grace").await;
        let dated = Draft {
            people: grace.to_string(),
            starts: "2026-03-01T13:00".into(),
            channel: Channel::Chat,
            ..draft(Whom::Chosen, json!({"all": []}), "Hello")
        };
        let id = save(&app, &dated).await;
        let token = ada(&app).await;
        let (_, page) = app.get(&token, &format!("/outbound/{id}")).await;
        assert!(page.contains("Nothing goes out before 13:00."), "{page}");
        app.pass(2 * 3_600_000);
        let refused = try_start(&app, id, "").await.unwrap_err();
        assert!(refused.to_string().starts_with("starts: the beginning is in the past"), "{refused}");
        assert_eq!(app.number("select count(*) from deliveries").await, 0);
    }

    async fn a_text_whose_variable_is_gone_by_its_start_is_refused_at_its_place(plain: TestApp) {
        let (app, _smtp) = mailing(plain.engine).await;
        let grace = person(&app, "grace").await;
        app.call("identify", &json!({"userId": "grace", "traits": {"plan": "pro"}})).await;
        let to = |draft: Draft| Draft { people: grace.to_string(), whom: Whom::Chosen, ..draft };
        let all = json!({"all": []});
        let chat = save(&app, &to(draft(Whom::Chosen, all.clone(), "Hi\n\non {{ custom_attributes.plan }}"))).await;
        let mail = save(&app, &to(email(Whom::Chosen, all, "On {{ custom_attributes.plan }}", "Hi"))).await;
        let plan = app.number("select id from attributes where name = 'plan'").await;
        let token = ada(&app).await;
        let (status, said) = app.form(Some(&token), "/do/archive_attribute", &format!("attribute={plan}&archived=true")).await;
        assert!(status.is_success() || status.is_redirection(), "{said}");
        for (id, place) in [(chat, "body: line 3, column 4, at “{{ custom_attributes.plan }}”"), (mail, "subject: line 1, column 4")] {
            let refused = try_start(&app, id, "").await.unwrap_err();
            assert!(refused.to_string().starts_with(place), "{refused}");
        }
        assert_eq!(app.number("select count(*) from deliveries").await, 0);
    }

    async fn a_preview_is_in_the_name_of_whoever_wrote_the_message(app: TestApp) {
        let grace = person(&app, "grace").await;
        let text = "Hi, {{ my_name }} here";
        let id = save(&app, &Draft { people: grace.to_string(), ..draft(Whom::Chosen, json!({"all": []}), text) }).await;
        let mut w = write(&app).await;
        let link = invite(&mut w, "bob@example.com", Role::Agent).await.unwrap();
        w.commit().await.unwrap();
        join(&app.state, &link, "Bob", "correct horse battery").await.unwrap();
        let bob = sign_in(&app.state, "bob@example.com", "correct horse battery").await.unwrap();
        for (more, name) in [(String::new(), "Bob"), (format!("&id={id}"), "Ada Lovelace")] {
            let form = format!("body=Hi%2C+%7B%7B+my_name+%7D%7D+here&people={grace}{more}");
            let (_, said) = app.form(Some(&bob), "/do/preview_message", &form).await;
            let shown: Previewed = serde_json::from_str(&said).unwrap();
            assert!(shown.html.contains(&format!("Hi, {name} here")), "{}", shown.html);
        }
    }
}
