//! One message to some or all people of a company: who gets it, what each reads, and that it is said once.

use axum::http::StatusCode;
use rapport::companies::message::{Recipient, Recipients};
use rapport::id::{ContactId, TeammateId};
use rapport::jobs;
use rapport::outbound::Reason;
use rapport::server::db::Write;
use serde_json::json;

use crate::companies::{ada, group};
use crate::on_both;
use crate::segments::workspace;
use crate::support::TestApp;

/// A company of three who can be written to, one who is blocked and one who is put away.
async fn navy(app: &TestApp, token: &str) -> i64 {
    for (id, name) in
        [("grace", "Grace Hopper"), ("alan", "Alan Turing"), ("blocked", "Bob"), ("gone", "Gina")]
    {
        group(app, id, "navy", json!({"name": "US Navy"})).await;
        app.call("identify", &json!({"userId": id, "traits": {"name": name}})).await;
    }
    group(app, "nameless", "navy", json!({})).await;
    for (who, action) in [("blocked", "block"), ("gone", "archive")] {
        let id = match who {
            "blocked" => app.number("select id from contacts where external_id = 'blocked'").await,
            _ => app.number("select id from contacts where external_id = 'gone'").await,
        };
        let (status, _) =
            app.form(Some(token), "/do/stand", &format!("contact={id}&action={action}")).await;
        assert!(status.is_success());
    }
    app.number("select id from companies").await
}

async fn crowd(app: &TestApp, people: usize) -> i64 {
    for part in (0..people).collect::<Vec<_>>().chunks(200) {
        let calls = part.iter().map(|n| {
            json!({"type": "group", "userId": format!("u{n}"), "groupId": "navy", "traits": {"name": "US Navy"}})
        });
        let batch = json!({ "batch": calls.collect::<Vec<_>>() });
        assert_eq!(app.call("batch", &batch).await.0, StatusCode::OK);
    }
    assert_eq!(app.number("select user_count from companies").await, people as i64);
    app.number("select id from companies").await
}

async fn parts_exist(app: &TestApp) {
    while app.number("select count(*) from parts").await == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}

/// Everyone has one conversation with one part, and nobody two.
async fn everyone_has_one(app: &TestApp, people: i64) {
    for sql in [
        "select count(*) from conversations where waiting = 1 and state = 'open' and assignee_id > 0",
        "select count(distinct contact_id) from conversations",
        "select count(*) from parts p join conversations v on v.workspace_id = p.workspace_id and v.id = p.conversation_id and v.last_part_id = p.id",
        "select count(*) from activity where kind = 'message_sent'",
        "select count(*) from contacts where last_contacted_at is not null",
    ] {
        assert_eq!(app.number(sql).await, people, "{sql}");
    }
}

on_both! {
    async fn by_email_only_those_are_meant_whom_mail_reaches(app: TestApp) {
        let token = ada(&app).await;
        let id = navy(&app, &token).await;
        for (who, traits) in [("grace", json!({"email": "grace@navy.mil"})), ("alan", json!({"email": "alan@navy.mil"})), ("blocked", json!({"email": "bob@navy.mil"})), ("nameless", json!({"email": "not an address"})), ("torn", json!({"email": "torn@navy.mil"})), ("cross", json!({"email": "cross@navy.mil", "marked_email_as_spam": true}))] {
            app.call("identify", &json!({"userId": who, "traits": traits})).await;
        }
        for who in ["torn", "cross"] {
            group(&app, who, "navy", json!({})).await;
        }
        let torn = app.number("select id from contacts where external_id = 'torn'").await;
        let mut w = Write::begin(&app.state, workspace(&app).await, TeammateId(0)).await.unwrap();
        rapport::outbound::bounced(&mut w, &[ContactId(torn)]).await.unwrap();
        w.commit().await.unwrap();
        let alan = app.number("select id from contacts where external_id = 'alan'").await;
        let (status, _) = app.form(Some(&token), "/do/subscribe", &format!("contact={alan}&about=0&wanted=false")).await;
        assert!(status.is_success());
        let (status, body) = app.get(&token, &format!("/do/message_recipients?company={id}&all=true&by=email")).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let to: Recipients = serde_json::from_str(&body).unwrap();
        let grace = app.number("select id from contacts where external_id = 'grace'").await;
        assert_eq!((to.total, to.left_out_total, to.ids.iter().map(|id| id.0).collect::<Vec<_>>()), (1, 6, vec![grace]));
        let why: std::collections::BTreeMap<_, _> = to.left_out.iter().map(|(_, name, reason)| (name.as_str(), *reason)).collect();
        assert_eq!(why.get("Alan Turing"), Some(&Reason::Unsubscribed));
        assert_eq!((why.get("Bob"), why.get("Gina")), (Some(&Reason::Blocked), Some(&Reason::Archived)));
        assert_eq!((why.get("torn@navy.mil"), why.get("cross@navy.mil")), (Some(&Reason::Bounced), Some(&Reason::Complained)));
        assert!(why.values().any(|reason| *reason == Reason::NoAddress));
        let (_, page) = app.get(&token, &format!("/companies/{id}/message?all=1&by=email")).await;
        for text in ["6 people are left out:", "unsubscribed from e-mail", "no e-mail address", "marked an e-mail as spam", "no mail gets to their address", "Write an e-mail to 1 person"] {
            assert!(page.contains(text), "the page has {text} before any script");
        }
        assert!(page.contains(&format!("/outbound/new?channel=email&amp;company={id}&amp;people={grace}")));
        assert!(page.contains(&format!("/companies/{id}/message?all=1\"")), "and the way back to the conversation with each");
        let (_, page) = app.get(&token, &format!("/outbound/new?channel=email&people={grace}")).await;
        let chosen = page.split("<input").find(|tag| tag.contains("name=\"channel\"") && tag.contains("value=\"email\"")).unwrap_or_default();
        assert!(chosen.split('>').next().unwrap_or_default().contains("checked"), "the message is an e-mail: {chosen}");
    }

    async fn a_post_is_written_in_outbound_to_those_who_can_be_reached(app: TestApp) {
        let token = ada(&app).await;
        let id = navy(&app, &token).await;
        let (_, body) = app.get(&token, &format!("/do/message_recipients?company={id}&all=true&by=post")).await;
        let to: Recipients = serde_json::from_str(&body).unwrap();
        assert_eq!((to.total, to.left_out_total, to.ids.len()), (3, 2, 3), "who has no address is reached as well");
        let ids: Vec<_> = to.ids.iter().map(ToString::to_string).collect();
        let there = format!("/outbound/new?channel=post&company={id}&people={}", ids.join(","));
        let (_, page) = app.get(&token, &format!("/companies/{id}/message?all=1&by=post")).await;
        for text in ["2 people are left out:", "Write a post to 3 people", &there.replace('&', "&amp;")] {
            assert!(page.contains(text), "the page has {text} before any script");
        }
        let (_, chat) = app.get(&token, &format!("/companies/{id}/message?all=1")).await;
        assert!(chat.contains(&format!("/companies/{id}/message?all=1&amp;by=post")), "and the chat leads to it");
        let (_, page) = app.get(&token, &there).await;
        let chosen = page.split("<input").find(|tag| tag.contains("name=\"channel\"") && tag.contains("value=\"post\"")).unwrap_or_default();
        assert!(chosen.split('>').next().unwrap_or_default().contains("checked"), "the message is a post: {chosen}");
    }

    async fn a_post_goes_to_a_whole_company_of_more_people_than_an_address_names(app: TestApp) {
        let token = ada(&app).await;
        let id = crowd(&app, 520).await;
        let (_, page) = app.get(&token, &format!("/companies/{id}/message?all=1&by=post")).await;
        let there = format!("/outbound/new?channel=post&list=%2Fpeople%3Fcompany%3D{id}");
        for text in ["Write a post to 520 people", &there.replace('&', "&amp;")] {
            assert!(page.contains(text), "the page has {text} before any script");
        }
        let (status, page) = app.get(&token, &there).await;
        assert!(status.is_success() && page.contains("520 people chosen"), "{status}");
        let chosen = page.split("<input").find(|tag| tag.contains("name=\"channel\"") && tag.contains("value=\"post\"")).unwrap_or_default();
        assert!(chosen.split('>').next().unwrap_or_default().contains("checked"), "the message is a post: {chosen}");
    }

    async fn each_reads_their_own_and_those_left_out_are_named(app: TestApp) {
        let token = ada(&app).await;
        let id = navy(&app, &token).await;
        let (status, body) = app.get(&token, &format!("/do/message_recipients?company={id}&all=true")).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let who: Recipients = serde_json::from_str(&body).unwrap();
        assert_eq!((who.words().as_str(), who.total), ("All 3 people", 3));
        let left: Vec<_> = who.left_out.iter().map(|(_, name, why)| (name.as_str(), *why)).collect();
        assert_eq!(left, [("Bob", Reason::Blocked), ("Gina", Reason::Archived)]);
        let recipient = async |at: i64| -> Recipient {
            let (_, body) = app.get(&token, &format!("/do/message_recipient?company={id}&all=true&at={at}")).await;
            serde_json::from_str::<Option<Recipient>>(&body).unwrap().unwrap()
        };
        let second = recipient(1).await;
        assert_eq!((second.title.as_str(), second.at, second.total), ("Alan Turing", 1, 3));
        let text = "Hi {{first_name | there}} of {{company}}, {{my_name}} here";
        assert_eq!(second.values.fill(text), "Hi Alan of US Navy, Ada Lovelace here");
        assert_eq!(recipient(99).await.at, 0, "beyond the last is the first");

        let form = format!("company={id}&people=&all=true&find=&client_id=page-1&body=Hi+%7B%7Bfirst_name+%7C+there%7D%7D+of+%7B%7Bcompany%7D%7D");
        let twice = (0..2).map(|_| app.form(Some(&token), "/do/message_people", &form));
        for (status, body) in futures::future::join_all(twice).await {
            assert!(status.is_success() || status.is_redirection(), "{status} {body}");
        }
        assert_eq!(app.number("select count(*) from jobs").await, 1, "a double press is one message");
        let (_, body) = app.get(&token, "/do/jobs").await;
        assert!(!body.contains("first_name"), "no text in what is told of jobs: {body}");
        jobs::run_due(&app.state).await.unwrap();
        everyone_has_one(&app, 3).await;
        assert_eq!(app.number("select count(*) from parts where body = 'Hi Grace of US Navy'").await, 1);
        assert_eq!(app.number("select count(*) from parts where body = 'Hi there of US Navy'").await, 1);
        let (_, body) = app.get(&token, "/do/jobs").await;
        let (_, all): (i64, Vec<jobs::Job>) = serde_json::from_str(&body).unwrap();
        let words = all[0].words();
        assert_eq!(words, "Writing to people of US Navy: done, 3 conversations begun, 2 people left out. \
                           Waiting: each reaches its person when they next open a page with your Messenger");
        assert!(!all[0].can_undo);
        app.form(Some(&token), "/do/message_people", &form).await;
        jobs::run_due(&app.state).await.unwrap();
        everyone_has_one(&app, 3).await;
        let other = form.replace("Hi", "Bye");
        let (status, body) = app.form(Some(&token), "/do/message_people", &other).await;
        assert_eq!(status, StatusCode::CONFLICT, "{body}");
        assert_eq!(app.number("select count(*) from group_messages where body = ''").await, 1, "the text is kept in the conversations alone");
        assert_eq!(app.number("select count(*) from jobs where input like '%Hi%'").await, 0);

        let grace = app.number("select id from contacts where external_id = 'grace'").await;
        for owner in [format!("company-{id}"), format!("contact-{grace}")] {
            let (_, stream) = app.get(&token, &format!("/do/stream?owner={owner}&facet=conversation&limit=10")).await;
            assert!(stream.contains("Hi Grace of US Navy"), "{owner}: {stream}");
        }
    }

    async fn some_are_chosen_and_only_people_of_the_company_count(app: TestApp) {
        let token = ada(&app).await;
        let id = navy(&app, &token).await;
        app.call("identify", &json!({"userId": "stranger"})).await;
        let number = async |sql: &'static str| app.number(sql).await;
        let grace = number("select id from contacts where external_id = 'grace'").await;
        let stranger = number("select id from contacts where external_id = 'stranger'").await;
        let blocked = number("select id from contacts where external_id = 'blocked'").await;
        let send = async |rest: String| app.form(Some(&token), "/do/message_people", &format!("company={id}&{rest}")).await;
        for (wrong, said) in [
            ("people=&body=Hi&client_id=a".to_owned(), "select the people first"),
            (format!("people={stranger}&body=Hi&client_id=a"), "select the people first"),
            (format!("people={blocked}&body=Hi&client_id=a"), "blocked or archived"),
            (format!("people={grace}&body=+&client_id=a"), "write something first"),
            (format!("people={grace}&body=%7B%7Bfrist_name%7D%7D&client_id=a"), "no variable"),
            (format!("people={grace}&body={}&client_id=a", "x".repeat(20_001)), "20,000"),
            (format!("people={grace}&body=Hi&client_id="), "id of 1 to 80"),
        ] {
            let (status, body) = send(wrong).await;
            assert!(status == StatusCode::BAD_REQUEST && body.contains(said), "{said}: {status} {body}");
        }
        assert_eq!(number("select count(*) from jobs").await, 0);
        let (_, page) = app.get(&token, &format!("/companies/{id}/message?people[]={grace}&people[]={stranger}")).await;
        for text in ["Grace Hopper", "Send to 1 person", "Waiting: reaches them when they next open a page with your Messenger"] {
            assert!(page.contains(text), "the page has {text} before any script");
        }
        send(format!("people={grace},{stranger},{grace}&body=Hi&client_id=a")).await;
        jobs::run_due(&app.state).await.unwrap();
        everyone_has_one(&app, 1).await;
        // Who has no name has nothing to read.
        let (status, _) = send("all=true&body=%7B%7Bfirst_name%7D%7D&client_id=b".into()).await;
        assert!(status.is_success());
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(number("select count(*) from parts").await, 3, "one before, and two who have a name");
        app.outsider().await;
        let eve = rapport::teammates::sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        let (status, _) = app.form(Some(&eve), "/do/message_people", &format!("company={id}&all=true&body=Hi&client_id=c")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    async fn a_server_that_is_killed_in_the_middle_goes_on_where_it_was(app: TestApp) {
        let token = ada(&app).await;
        let id = crowd(&app, 700).await;
        app.form(Some(&token), "/do/message_people", &format!("company={id}&all=true&body=Hi&client_id=a")).await;
        let state = app.state.clone();
        let running = tokio::spawn(async move { jobs::run_due(&state).await });
        parts_exist(&app).await;
        running.abort();
        let _ = running.await;
        // What it was committing at that moment is there, or is not, once somebody else has written.
        app.call("identify", &json!({"userId": "bystander"})).await;
        let said = app.number("select count(*) from parts").await;
        assert!(said > 0 && said < 700, "{said} of 700 were written to before it was killed");
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from parts").await, said, "its lease holds");
        app.pass(61_000);
        jobs::run_due(&app.state).await.unwrap();
        everyone_has_one(&app, 700).await;
        assert_eq!(app.number("select count(*) from jobs where state = 'done' and done = 700").await, 1);
    }

    async fn two_servers_at_one_message_say_it_once(app: TestApp) {
        let token = ada(&app).await;
        let id = crowd(&app, 700).await;
        app.form(Some(&token), "/do/message_people", &format!("company={id}&all=true&body=Hi&client_id=a")).await;
        let late = async {
            parts_exist(&app).await;
            // The first one was silent for too long, as it seems.
            app.pass(61_000);
            jobs::run_due(&app.state).await.unwrap();
        };
        let (first, ()) = tokio::join!(jobs::run_due(&app.state), late);
        first.unwrap();
        everyone_has_one(&app, 700).await;
    }
}
