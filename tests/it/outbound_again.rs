//! Messages that an event sets off, again and again, with a pause and a bound; and hours and types that change while one runs.

use axum::http::StatusCode;
use rapport::id::MessageId;
use rapport::outbound::types::{self, Consent};
use rapport::outbound::{self, Again, Channel, Draft, When, Whom};
use rapport::owner::Owner;
use serde_json::{Value, json};

use crate::companies::ada;
use crate::messenger::{boot, get, post, proved};
use crate::on_both;
use crate::outbound::{
    detail, draft, email, mailing, person, read_by, save, settle, standing, start, tag, try_start,
    vip, write,
};
use crate::support::TestApp;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

fn each_time(event: &str, hours: i64, most: i64, of: Draft) -> Draft {
    Draft { again: Again { event: event.into(), hours, most }, ..of }
}

async fn track(app: &TestApp, id: &str, event: &str) {
    app.call("track", &json!({"userId": id, "event": event})).await;
    settle(app).await;
}

async fn counted(app: &TestApp) -> i64 {
    app.number("select count(*) from deliveries where state = 'sent'").await
}

on_both! {
    async fn an_event_sets_it_off_again_after_a_pause_and_so_often_in_all(app: TestApp) {
        let grace = person(&app, "grace").await;
        person(&app, "alan").await;
        track(&app, "grace", "Checkout").await;
        app.pass(HOUR);
        let all = json!({"all": []});
        let id = start(&app, &each_time("Checkout", 24, 2, draft(Whom::Event, all, "Thanks"))).await;
        assert!(read_by(&app, "grace").await.is_empty(), "what was before it began sets nothing off");
        let said = async || standing(&app, Owner::Contact(grace)).await.said;
        assert_eq!(said().await, "In: gets it when they do “Checkout”");
        // What an import tells of long ago sets nothing off either.
        app.call("track", &json!({"userId": "alan", "event": "Checkout", "timestamp": "2026-02-01T00:00:00Z"})).await;
        track(&app, "grace", "Looked").await;
        assert_eq!(app.number("select count(*) from deliveries").await, 0);

        track(&app, "grace", "Checkout").await;
        track(&app, "grace", "Checkout").await;
        assert_eq!(detail(&app, id).await.brief.counts.waiting, 1, "while one waits there is no second");
        assert_eq!(read_by(&app, "grace").await, ["Thanks"]);
        app.pass(3 * HOUR);
        track(&app, "grace", "Checkout").await;
        assert_eq!(counted(&app).await, 1);
        assert_eq!(said().await, "Sent 3 hours ago, not seen yet; did “Checkout” again just now and did not get it: the one before was 3 hours earlier; at most one a day");
        app.pass(21 * HOUR);
        track(&app, "grace", "Checkout").await;
        assert_eq!(read_by(&app, "grace").await, ["Thanks", "Thanks"]);
        assert_eq!(said().await, "Sent just now, not seen yet; 2 times in all");
        app.pass(2 * DAY);
        track(&app, "grace", "Checkout").await;
        assert_eq!(counted(&app).await, 2);
        let why = said().await;
        assert!(why.contains("did “Checkout” again just now and did not get it: one person gets it 2 times"), "{why}");
        let token = ada(&app).await;
        let (_, page) = app.get(&token, &format!("/outbound/{id}")).await;
        assert!(page.contains("“Checkout”, at most one a day, 2 in all"), "{page}");
        let (_, page) = app.get(&token, &format!("/outbound/{id}/sent")).await;
        assert!(page.contains("number 2"), "{page}");
    }

    async fn only_those_for_whom_the_rule_holds_and_by_email_each_is_a_mail_of_its_own(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        for id in ["grace", "alan"] {
            app.call("identify", &json!({"userId": id, "traits": {"email": format!("{id}@example.com")}})).await;
        }
        tag(&app, "users", "grace", "vip", true).await;
        let id = start(&app, &each_time("Checkout", 1, 0, email(Whom::Event, rule, "Thanks", "For that"))).await;
        for who in ["grace", "alan"] {
            track(&app, who, "Checkout").await;
        }
        assert_eq!(app.number("select count(*) from deliveries").await, 1, "Alan is none of its business");
        app.pass(HOUR);
        // The tag and the event in one moment: who comes to match with it gets it.
        tag(&app, "users", "alan", "vip", true).await;
        for who in ["grace", "alan"] {
            track(&app, who, "Checkout").await;
        }
        let kept = smtp.kept();
        let to: Vec<_> = kept.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(to, ["grace@example.com", "grace@example.com", "alan@example.com"]);
        let ids: std::collections::BTreeSet<_> = kept.iter().map(|mail| {
            let words = mail.words();
            words.split("Message-ID: ").nth(1).unwrap().lines().next().unwrap().to_owned()
        }).collect();
        assert_eq!(ids.len(), 3, "{ids:?}");
        // Paused, what happens waits for it to go on, once; stopped, nothing does.
        let change = async |what: &str| {
            let token = ada(&app).await;
            app.form(Some(&token), "/do/change_message", &format!("id={id}&change={what}")).await;
        };
        change("pause").await;
        app.pass(2 * HOUR);
        track(&app, "grace", "Checkout").await;
        assert_eq!(smtp.kept().len(), 3);
        change("resume").await;
        settle(&app).await;
        assert_eq!(smtp.kept().len(), 4);
        change("stop").await;
        app.pass(2 * HOUR);
        track(&app, "grace", "Checkout").await;
        assert_eq!((smtp.kept().len(), app.number("select count(*) from segment_checks").await), (4, 0));
    }

    async fn who_was_left_out_waits_again_the_next_time(app: TestApp) {
        person(&app, "grace").await;
        let message = each_time("Checkout", 24, 1, draft(Whom::Event, json!({"all": []}), "{{custom_attributes.plan}}"));
        app.call("identify", &json!({"userId": "alan", "traits": {"plan": "pro"}})).await;
        start(&app, &message).await;
        track(&app, "grace", "Checkout").await;
        assert!(read_by(&app, "grace").await.is_empty());
        assert_eq!(app.number("select count(*) from deliveries where state = 'excluded'").await, 1);
        app.call("identify", &json!({"userId": "grace", "traits": {"plan": "free"}})).await;
        track(&app, "grace", "Checkout").await;
        assert_eq!(read_by(&app, "grace").await, ["free"]);
        assert_eq!(app.number("select max(run) from deliveries").await, 0);
    }

    async fn an_open_messenger_has_it_at_once(app: TestApp) {
        person(&app, "grace").await;
        let (token, _) = boot(&app, None, proved(&app, "grace")).await;
        start(&app, &each_time("Checkout", 24, 0, draft(Whom::Event, json!({"all": []}), "Thanks"))).await;
        track(&app, "grace", "Checkout").await;
        let (_, news) = post(&app, "ping", &token, json!({})).await;
        assert_eq!(news["newest"]["text"], "Thanks", "{news}");
        let (_, home) = get(&app, "home", &token).await;
        assert_eq!(home["conversations"].as_array().unwrap().len(), 1);
    }

    async fn forms_and_programs_say_what_sets_it_off_and_are_refused_by_field(app: TestApp) {
        let token = ada(&app).await;
        track(&app, "grace", "Checkout").await;
        let (_, page) = app.get(&token, "/outbound/new").await;
        for part in ["value=\"event\"", "name=\"event\"", "name=\"every\"", "name=\"unit\"", "name=\"most\"", "value=\"Checkout\""] {
            assert!(page.contains(part), "{part}");
        }
        let form = "name=Thanks&body=Hi&whom=event&event=Checkout&every=2&unit=days&most=5";
        app.form(Some(&token), "/do/save_message", form).await;
        let id = MessageId(app.number("select max(id) from messages").await);
        let again = Again { event: "Checkout".into(), hours: 48, most: 5 };
        assert_eq!(detail(&app, id).await.again, Some(again));
        // A press of another button keeps what was typed.
        let form = format!("{form}&rule=&act=add%20");
        let (_, _) = app.form(Some(&token), "/do/save_message", &form).await;
        let count = app.number("select count(*) from messages").await;
        for wrong in ["event=&every=1&unit=days", "event=x&every=0&unit=days", "event=x&every=1&unit=days&most=-2"] {
            app.form(Some(&token), "/do/save_message", &format!("name=T&body=Hi&whom=event&{wrong}")).await;
            assert_eq!(app.number("select count(*) from messages").await, count, "{wrong}");
        }
        let admin = app.number("select id from teammates").await.to_string();
        let sent = json!({"admin_id": admin, "body": "Hi", "audience": "event", "event": "Checkout", "every_hours": 6, "most": 3});
        let (status, made) = app.api("POST", "/outbound", sent.clone()).await;
        assert_eq!((status, &made["event"], &made["every_hours"], &made["most"]), (StatusCode::OK, &json!("Checkout"), &json!(6), &json!(3)), "{made}");
        for (field, value) in [("event", json!("")), ("every_hours", json!(0)), ("every_hours", json!("x")), ("most", json!(-1))] {
            let mut wrong = sent.clone();
            wrong[field] = value;
            let (status, said) = app.api("POST", "/outbound", wrong).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{field}");
            assert!(said.to_string().contains(field), "{field}: {said}");
        }
        let path = format!("/outbound/{}", made["id"].as_str().unwrap());
        // It holds for everybody: from a form and from a program it asks how many that is.
        let (status, refused) = app.api("POST", &format!("{path}/start"), Value::Null).await;
        assert_eq!((status, &refused["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("confirm")), "{refused}");
        let (status, running) = app.api("POST", &format!("{path}/start"), json!({"confirm": "1"})).await;
        assert_eq!((status, &running["state"]), (StatusCode::OK, &json!("running")), "{running}");
        let refused = try_start(&app, id, "").await.unwrap_err();
        assert!(refused.to_string().contains("the rule holds for everybody: type their number, 1,"), "{refused}");
        let (_, page) = app.get(&token, &format!("/outbound/{id}")).await;
        assert!(page.contains("Type their number, 1, if that is what you want") && page.contains("name=\"confirm\""), "{page}");
        // Where it leaves somebody out it goes as it is.
        person(&app, "alan").await;
        let rule = vip(&app).await;
        let some = save(&app, &each_time("Checkout", 1, 0, draft(Whom::Event, rule, "Thanks"))).await;
        try_start(&app, some, "").await.unwrap();
    }

    async fn hours_and_type_change_while_it_runs_and_who_waits_follows(plain: TestApp) {
        let (app, smtp) = mailing(plain.engine).await;
        let rule = vip(&app).await;
        for id in ["grace", "alan"] {
            app.call("identify", &json!({"userId": id, "traits": {"email": format!("{id}@example.com")}})).await;
            tag(&app, "users", id, "vip", true).await;
        }
        let alan = person(&app, "alan").await;
        // It is Sunday noon: the hours are those of Monday.
        let monday = When::Hours(vec![rapport::messenger::Hours { day: 0, from: 540, to: 1_020 }]);
        let message = Draft { when: monday, ..email(Whom::All, rule, "News", "Text") };
        let id = save(&app, &message).await;
        let everybody = app.number("select max(people) from workspace_seq").await.to_string();
        try_start(&app, id, &everybody).await.unwrap();
        settle(&app).await;
        assert_eq!((smtp.kept().len(), detail(&app, id).await.brief.counts.waiting), (0, 2));
        let mut w = write(&app).await;
        let tips = types::save(&mut w, None, "Tips", "", Consent::OptOut).await.unwrap();
        types::choose(&mut w, alan, tips, false).await.unwrap();
        w.commit().await.unwrap();
        let token = ada(&app).await;
        let (_, page) = app.get(&token, &format!("/outbound/{id}")).await;
        assert!(page.contains("Whoever waits for the hours waits for the new ones") && page.contains("name=\"about\""), "{page}");
        let version = detail(&app, id).await.version;
        let changed = Draft { when: When::Always, about: tips, ..message };
        let mut w = write(&app).await;
        outbound::save(&mut w, Some((id, version)), &changed, "UTC").await.unwrap();
        w.commit().await.unwrap();
        settle(&app).await;
        let to: Vec<_> = smtp.kept().into_iter().map(|mail| mail.to).collect();
        assert_eq!(to, ["grace@example.com"], "at once, and without who does not want the type");
        let now = detail(&app, id).await;
        assert_eq!((now.brief.counts.excluded, now.about, now.when), (1, tips, When::Always));
        let (status, now) = app.api("PUT", &format!("/outbound/{id}"), json!({"hours": "office", "subscription_type_id": null})).await;
        assert_eq!((status, &now["hours"], &now["subscription_type_id"]), (StatusCode::OK, &json!("office"), &Value::Null), "{now}");
    }

    async fn a_post_is_told_from_a_chat_and_counts_as_one(app: TestApp) {
        let rule = vip(&app).await;
        person(&app, "grace").await;
        tag(&app, "users", "grace", "vip", true).await;
        let body = "# Spring\n\nHi {{ first_name }}, **much** is new.\n\n".to_owned() + &"More of it. ".repeat(30);
        let post_of = Draft { channel: Channel::Post, ..draft(Whom::All, rule.clone(), &body) };
        let id = start(&app, &post_of).await;
        let (token, _) = boot(&app, None, proved(&app, "grace")).await;
        let (_, news) = post(&app, "ping", &token, json!({})).await;
        let shown = news["newest"]["post"].as_str().unwrap();
        assert!(shown.starts_with("Spring\nHi grace, much is new.\nMore of it.") && shown.chars().count() > 300, "{news}");
        assert!(news["newest"]["text"].as_str().unwrap().chars().count() <= 140);
        let conversation = app.number("select id from conversations").await;
        let (_, thread) = get(&app, &format!("conversations/{conversation}"), &token).await;
        assert_eq!((&thread["parts"][0]["post"], &thread["parts"][0]["author"]), (&json!(true), &json!("Ada Lovelace")), "{thread}");
        let part = thread["parts"][0]["id"].clone();
        post(&app, &format!("conversations/{conversation}/read"), &token, json!({"part": part})).await;
        post(&app, &format!("conversations/{conversation}"), &token, json!({"body": "Nice", "client_id": "t"})).await;
        let now = detail(&app, id).await.brief.counts;
        assert_eq!((now.sent, now.seen, now.replied), (1, 1, 1));
        let (_, thread) = get(&app, &format!("conversations/{conversation}"), &token).await;
        assert_eq!(thread["parts"][1]["post"], false);

        // A chat is none.
        start(&app, &draft(Whom::All, rule, "Chat")).await;
        let (_, news) = post(&app, "ping", &token, json!({})).await;
        assert_eq!((&news["newest"]["text"], &news["newest"]["post"]), (&json!("Chat"), &Value::Null), "{news}");
        let token = ada(&app).await;
        let grace = person(&app, "grace").await;
        let (_, page) = app.get(&token, &format!("/contacts/{grace}")).await;
        assert!(page.contains(&format!("/outbound/new?channel=post&amp;people={grace}")), "{page}");
        // So does what is written there at once, which fills nothing in.
        let (_, page) = app.get(&token, &format!("/contacts/{grace}?compose=message")).await;
        assert!(page.contains("Sent as it is written.") && page.contains(&format!("/outbound/new?people={grace}")), "{page}");
        let (_, page) = app.get(&token, "/outbound/new?channel=post").await;
        assert!(page.contains("Post in the Messenger"), "{page}");
        let (_, page) = app.get(&token, "/outbound").await;
        assert!(page.contains(">Post<"), "{page}");
        let admin = app.number("select id from teammates").await.to_string();
        let (status, made) = app.api("POST", "/outbound", json!({"admin_id": admin, "body": "Hi", "channel": "post"})).await;
        assert_eq!((status, &made["channel"]), (StatusCode::OK, &json!("post")), "{made}");
    }
}
