//! Conversations: what is said, to whom, and what becomes of it.

use axum::http::StatusCode;
use rapport::conversations::{self, PartKind, Thread};
use rapport::error::Error;
use rapport::id::{ContactId, ConversationId, TeammateId, WorkspaceId};
use rapport::server::db::Write;
use rapport::teammates::sign_in;
use rapport::workspace::create;
use serde_json::json;

use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

async fn someone(app: &TestApp) -> (String, i64) {
    app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace"}})).await;
    let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
    (token, app.number("select id from contacts").await)
}

async fn write(app: &TestApp) -> Write<'_> {
    let workspace = WorkspaceId(app.number("select id from workspaces order by id limit 1").await);
    let ada = TeammateId(app.number("select id from teammates order by id limit 1").await);
    Write::begin(&app.state, workspace, ada).await.unwrap()
}

async fn thread(app: &TestApp, token: &str, id: i64) -> Thread {
    let (status, body) = app.get(token, &format!("/do/conversation?id={id}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

on_both! {
    async fn a_message_waits_and_the_same_send_is_one_part(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        for _ in 0..2 {
            let form = format!("contact={contact}&body=Hello+**Grace**&client_id=c-1");
            let (status, _) = app.begin(Some(&ada), &form).await;
            assert!(status.is_success() || status.is_redirection());
        }
        let id = app.number("select id from conversations").await;
        assert_eq!(app.number("select count(*) from parts").await, 1);
        assert_eq!(app.number("select count(*) from activity where kind = 'message_sent'").await, 1);
        assert_eq!(app.number("select last_contacted_at from contacts").await, NOON.0);
        for (client, kind) in [("c-2", "message"), ("c-2", "message"), ("c-3", "note")] {
            let form = format!("conversation={id}&kind={kind}&body=More&client_id={client}");
            assert_eq!(app.form(Some(&ada), "/do/say", &form).await.0, StatusCode::OK);
        }
        let thread = thread(&app, &ada, id).await;
        assert!(thread.line.waiting && thread.line.is_open());
        assert_eq!(thread.line.assignee.as_deref(), Some("Ada Lovelace"));
        let kinds: Vec<_> = thread.parts.parts.iter().map(|p| (p.kind, p.ours)).collect();
        assert_eq!(kinds, [(PartKind::Message, true), (PartKind::Message, true), (PartKind::Note, true)]);
        assert!(thread.parts.parts[0].html.contains("<strong>Grace</strong>"));
        let (_, stream) = app.get(&ada, &format!("/do/stream?owner=contact-{contact}&facet=conversation&limit=10")).await;
        assert!(stream.contains("<strong>Grace</strong>") && stream.contains(&format!("/inbox/{id}")), "{stream}");
        let (_, page) = app.get(&ada, &format!("/inbox/{id}")).await;
        for text in ["Grace", "Waiting: reaches them", "About", "Reaches them in the Messenger"] {
            assert!(page.contains(text), "the page has {text} before any script");
        }
    }

    async fn closing_answering_and_opening_again(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        let mut w = write(&app).await;
        let id = conversations::receive(&mut w, ContactId(contact), None, "Help", "m-1").await.unwrap();
        assert_eq!(conversations::receive(&mut w, ContactId(contact), Some(id), "Help", "m-1").await, Ok(id), "sent twice is once");
        w.commit().await.unwrap();
        assert!(!thread(&app, &ada, id.0).await.line.waiting);
        for _ in 0..2 {
            let (status, _) = app.form(Some(&ada), "/do/act", &format!("ids={id}&change=close")).await;
            assert_eq!(status, StatusCode::OK);
        }
        assert_eq!(app.number("select count(*) from activity where kind = 'conversation_closed'").await, 1);
        let (_, closed) = app.get(&ada, "/do/conversations?query=state%3Dclosed").await;
        let (_, open) = app.get(&ada, "/do/conversations").await;
        assert!(closed.contains("Grace") && !open.contains("Grace"));
        app.pass(1_000);
        let mut w = write(&app).await;
        conversations::receive(&mut w, ContactId(contact), Some(id), "Still there?", "m-2").await.unwrap();
        w.commit().await.unwrap();
        assert!(thread(&app, &ada, id.0).await.line.is_open(), "an answer opens it again");
        assert_eq!(app.number("select last_heard_from_at from contacts").await, NOON.0 + 1_000);
        let me = app.number("select id from teammates").await;
        let (status, _) = app.form(Some(&ada), "/do/act", &format!("ids={id}&change=assign:{me}")).await;
        assert_eq!(status, StatusCode::OK);
        let (status, _) = app.form(Some(&ada), "/do/act", &format!("ids={id}&change=assign:999999")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(thread(&app, &ada, id.0).await.assignee, TeammateId(me));
    }

    async fn nobody_writes_to_someone_blocked_nor_they_to_us(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        app.begin(Some(&ada), &format!("contact={contact}&body=x&client_id=c")).await;
        let id = app.number("select id from conversations").await;
        app.form(Some(&ada), "/do/stand", &format!("contact={contact}&action=block")).await;
        let (_, leads) = app.begin(Some(&ada), &format!("contact={contact}&body=x&client_id=d")).await;
        assert_eq!(leads, format!("/contacts/{contact}?compose=message"));
        assert_eq!(app.number("select count(*) from conversations").await, 1);
        let (status, _) = app.form(Some(&ada), "/do/say", &format!("conversation={id}&kind=message&body=x&client_id=e")).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let (status, _) = app.form(Some(&ada), "/do/say", &format!("conversation={id}&kind=note&body=x&client_id=f")).await;
        assert_eq!(status, StatusCode::OK, "the team may still note");
        let mut w = write(&app).await;
        let refused = conversations::receive(&mut w, ContactId(contact), None, "x", "g").await;
        assert!(matches!(refused, Err(Error::Conflict(_))));
    }

    async fn bad_texts_write_nothing_and_an_outsider_reaches_nothing(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        for form in ["body=+&client_id=c".to_owned(), format!("body={}&client_id=c", "x".repeat(100_001)), "body=a%00b&client_id=c".into(), "body=x&client_id=".into()] {
            let (_, leads) = app.begin(Some(&ada), &format!("contact={contact}&{form}")).await;
            assert_eq!(leads, format!("/contacts/{contact}?compose=message"), "back, with what was typed");
        }
        assert_eq!(app.number("select count(*) from conversations").await, 0);
        app.begin(Some(&ada), &format!("contact={contact}&body=secret&client_id=c")).await;
        let id = app.number("select id from conversations").await;
        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        for path in [format!("/do/conversation?id={id}"), format!("/do/conversation_contact?id={id}"), format!("/do/contact_conversations?contact={contact}"), format!("/inbox/{id}")] {
            let (status, body) = app.get(&eve, &path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert!(!body.contains("secret"));
        }
        for (path, form) in [
            ("/do/say", format!("conversation={id}&kind=message&body=x&client_id=e2")),
            ("/do/act", format!("ids={id}&change=close")),
            ("/do/act", format!("ids={id}&change=assign:0")),
        ] {
            assert_eq!(app.form(Some(&eve), path, &form).await.0, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(app.form(None, path, &form).await.0, StatusCode::UNAUTHORIZED, "{path}");
        }
        let begun = format!("contact={contact}&body=x&client_id=e1");
        assert_eq!(app.begin(Some(&eve), &begun).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.begin(None, &begun).await.1, "/sign-in");
        assert_eq!(app.number("select count(*) from parts").await, 1);
        let (_, list) = app.get(&eve, "/do/conversations").await;
        assert!(!list.contains("secret"));
    }

    async fn a_long_list_pages_through_every_conversation_once(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        for n in 0..120 {
            let mut w = write(&app).await;
            conversations::receive(&mut w, ContactId(contact), None, &format!("Number {n}"), &format!("m-{n}")).await.unwrap();
            w.commit().await.unwrap();
        }
        let (mut path, mut seen) = ("/do/conversations".to_owned(), std::collections::BTreeSet::new());
        loop {
            let (_, body) = app.get(&ada, &path).await;
            let lines: conversations::Lines = serde_json::from_str(&body).unwrap();
            for line in lines.lines {
                assert!(seen.insert(line.id));
            }
            let Some(next) = lines.next else { break };
            path = format!("/do/conversations?before={next}");
        }
        assert_eq!(seen.len(), 120);
        assert!(seen.contains(&ConversationId(app.number("select min(id) from conversations").await)));
        let (status, _) = app.get(&ada, "/do/conversations?before=x").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
}
