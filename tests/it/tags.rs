//! Tagging people.

use axum::http::StatusCode;
use rapport::id::{ContactId, TeammateId, WorkspaceId};
use rapport::live::{FromServer, Topic};
use rapport::server::db::Write;
use rapport::server::hub::Listener;
use rapport::stream::changed_since;
use rapport::teammates::sign_in;
use serde_json::json;

use crate::on_both;
use crate::support::TestApp;

async fn someone(app: &TestApp) -> (String, i64) {
    app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace"}})).await;
    let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
    (token, app.number("select id from contacts").await)
}

on_both! {
    async fn a_tag_is_one_whatever_its_case_and_tagging_twice_is_once(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        for name in ["Big+spender", "big+spender", "+BIG++spender+"] {
            let (status, _) = app.form(Some(&ada), "/do/add_tag", &format!("owner=contact-{contact}&name={name}")).await;
            assert_eq!(status, StatusCode::OK);
        }
        assert_eq!(app.text("select name from tags").await, "Big spender");
        assert_eq!(app.number("select count(*) from taggings").await, 1);
        assert_eq!(app.number("select count(*) from activity where kind = 'tag_added'").await, 1);
        let tag = app.number("select id from tags").await;
        for _ in 0..2 {
            app.form(Some(&ada), "/do/remove_tag", &format!("owner=contact-{contact}&tag={tag}")).await;
        }
        assert_eq!(app.number("select count(*) from activity where kind = 'tag_removed'").await, 1);
        let (_, stream) = app.get(&ada, &format!("/do/stream?owner=contact-{contact}&facet=tag&limit=10")).await;
        assert!(stream.contains("Big spender") && stream.contains("Ada Lovelace"), "{stream}");
    }

    async fn bad_tags_are_refused_and_write_nothing(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        for (form, status) in [
            (format!("owner=contact-{contact}&name=+"), StatusCode::BAD_REQUEST),
            (format!("owner=contact-{contact}&name={}", "x".repeat(101)), StatusCode::BAD_REQUEST),
            (format!("owner=contact-{contact}&name=a%00b"), StatusCode::BAD_REQUEST),
            (format!("owner=contact-{contact}"), StatusCode::BAD_REQUEST),
            ("owner=contact-999999&name=x".to_owned(), StatusCode::NOT_FOUND),
            ("owner=contact-x&name=x".to_owned(), StatusCode::BAD_REQUEST),
        ] {
            let (found, body) = app.form(Some(&ada), "/do/add_tag", &form).await;
            assert_eq!(found, status, "{form}: {body}");
        }
        assert_eq!(app.number("select count(*) from tags").await, 0);
    }

    async fn listeners_are_told_after_the_commit_and_can_catch_up(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        let workspace = WorkspaceId(app.number("select id from workspaces").await);
        let topic = Topic::Contact(ContactId(contact));
        let before = app.number("select n from workspace_seq").await;
        let (queue, mut hints) = tokio::sync::mpsc::channel(1);
        let overrun = std::sync::Arc::new(tokio::sync::Notify::new());
        app.state.hub.subscribe(workspace, topic, Listener { socket: 1, queue, overrun: overrun.clone() });
        app.form(Some(&ada), "/do/add_tag", &format!("owner=contact-{contact}&name=x")).await;
        let heard = hints.recv().await.unwrap();
        assert!(matches!(heard, FromServer::Changed { topic: t, seq } if t == topic && seq == before + 1), "{heard:?}");
        assert_eq!(changed_since(&app.state, workspace, topic, before).await, Ok(before + 1));
        assert_eq!(changed_since(&app.state, workspace, topic, before + 1).await, Ok(before + 1));
        let other = Topic::Contact(ContactId(contact + 1));
        assert_eq!(changed_since(&app.state, workspace, other, before).await, Ok(before), "another person is untouched");

        assert!(!app.state.hub.touched_lately(workspace, Topic::Inbox, app.state.clock.now()));
        let mut w = Write::begin(&app.state, workspace, TeammateId(0)).await.unwrap();
        w.touch(Topic::Inbox);
        assert_eq!(w.commit().await, Ok(before + 1), "a change without a line takes no number");
        let now = app.state.clock.now();
        assert!(app.state.hub.touched_lately(workspace, Topic::Inbox, now), "a page on its way hears of it");
        assert!(!app.state.hub.touched_lately(workspace, topic, now));
        assert!(!app.state.hub.touched_lately(workspace, Topic::Inbox, now.plus(120_000)), "for two minutes");

        for name in ["y", "z"] {
            app.form(Some(&ada), "/do/add_tag", &format!("owner=contact-{contact}&name={name}")).await;
        }
        tokio::time::timeout(std::time::Duration::from_secs(1), overrun.notified()).await.expect("a full queue rings");
    }
}
