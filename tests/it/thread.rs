//! A thread: its parts in runs, notes that change, drafts, names, and what the person has seen.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use rapport::conversations::{self, Draft, Parts, Thread};
use rapport::id::{ContactId, TeammateId, WorkspaceId};
use rapport::server::db::Write;
use rapport::teammates::sign_in;
use rapport::workspace::create;
use serde_json::json;

use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

const DAY: i64 = 24 * 60 * 60 * 1000;

async fn begun(app: &TestApp) -> (String, i64) {
    app.call(
        "identify",
        &json!({"userId": "u", "traits": {"name": "Grace Hopper", "email": "grace@navy.example"}}),
    )
    .await;
    app.call("group", &json!({"userId": "u", "groupId": "g", "traits": {"name": "US Navy"}})).await;
    let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
    let contact = app.number("select id from contacts").await;
    app.begin(Some(&ada), &format!("contact={contact}&body=Hello&client_id=c0")).await;
    (ada, app.number("select id from conversations").await)
}

async fn get<T: serde::de::DeserializeOwned>(app: &TestApp, token: &str, path: &str) -> T {
    let (status, body) = app.get(token, path).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

async fn thread(app: &TestApp, token: &str, id: i64) -> Thread {
    get(app, token, &format!("/do/conversation?id={id}")).await
}

/// Another who works in the first workspace, signed in.
async fn colleague(app: &TestApp) -> String {
    create(&app.state.db, new_workspace("bob@example.com"), NOON).await.unwrap();
    let bob = sign_in(&app.state, "bob@example.com", "correct horse battery").await.unwrap();
    let mut c = app.state.db.begin().await.unwrap();
    for sql in [
        "update teammates set workspace_id = (select min(id) from workspaces), name = 'Bob 🙂' where email = 'bob@example.com'",
        "update teammate_sessions set workspace_id = (select min(id) from workspaces)",
    ] {
        let _: rapport::server::db::Changed =
            rapport::run!(c, |x| sqlx::query(sql).execute(x)).unwrap();
    }
    c.commit().await.unwrap();
    bob
}

on_both! {
    async fn a_long_thread_is_read_in_runs_without_gap_or_overlap(app: TestApp) {
        let (ada, id) = begun(&app).await;
        for n in 1..180 {
            let form = format!("conversation={id}&kind=message&body=Number+{n}.&client_id=n{n}");
            assert_eq!(app.form(Some(&ada), "/do/say", &form).await.0, StatusCode::OK);
        }
        let first = thread(&app, &ada, id).await.parts;
        assert_eq!((first.parts.len(), first.earlier, first.later), (50, true, false));
        let mut seen: Vec<_> = first.parts.iter().map(|p| p.id).collect();
        let mut run = first;
        while run.earlier {
            run = get::<Parts>(&app, &ada, &format!("/do/parts?id={id}&part={}&later=false", run.parts[0].id)).await;
            seen.splice(0..0, run.parts.iter().map(|p| p.id));
        }
        assert_eq!(seen.len(), 180);
        assert!(seen.is_sorted() && seen.iter().collect::<BTreeSet<_>>().len() == 180);

        let around: Thread = get(&app, &ada, &format!("/do/conversation?id={id}&around={}", seen[90])).await;
        let ids: Vec<_> = around.parts.parts.iter().map(|p| p.id).collect();
        assert_eq!(ids, seen[65..116]);
        assert!(around.parts.earlier && around.parts.later);
        let mut last = *ids.last().unwrap();
        let mut down = 116;
        loop {
            let run: Parts = get(&app, &ada, &format!("/do/parts?id={id}&part={last}&later=true")).await;
            assert!(run.parts.iter().map(|p| p.id).eq(seen[down..down + run.parts.len()].iter().copied()));
            down += run.parts.len();
            last = run.parts.last().unwrap().id;
            if !run.later { break }
        }
        assert_eq!(down, 180);
        let from: Thread = get(&app, &ada, &format!("/do/conversation?id={id}&from={}", seen[20])).await;
        assert_eq!(from.parts.parts.len(), 160);
        let (_, page) = app.get(&ada, &format!("/inbox/{id}?part={}", seen[90])).await;
        assert!(page.contains(&format!("id=\"part-{}\"", seen[90])), "a link to a part shows it without a script");
        let none: Thread = get(&app, &ada, &format!("/do/conversation?id={id}&around=999999999")).await;
        assert!(!none.parts.parts.is_empty(), "a link to a part that is not there leads to the end");
    }

    async fn notes_are_edited_by_anybody_and_taken_back_by_who_wrote_them(app: TestApp) {
        let (ada, id) = begun(&app).await;
        let bob = colleague(&app).await;
        app.form(Some(&ada), "/do/say", &format!("conversation={id}&kind=note&body=Ask+@Bob+🙂+first&client_id=n1")).await;
        let parts = thread(&app, &ada, id).await.parts.parts;
        let (message, note) = (parts[0].id, parts[1].id);
        assert!(parts[1].html.contains("<span class=\"mention\">@Bob 🙂</span>"), "{}", parts[1].html);
        assert_eq!(app.number("select count(*) from mentions where seen_at = 0").await, 1);
        let edit = |part, body: &str, version: i64| format!("note={part}&version={version}&body={body}");
        let back = |part, body: &str| format!("conversation={id}&part={part}&body={body}");
        assert_eq!(app.form(Some(&ada), "/do/edit_note", &edit(message, "x", 1)).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.form(Some(&ada), "/do/delete_part", &format!("conversation={id}&part={message}")).await.0, StatusCode::FORBIDDEN);
        assert_eq!(app.form(Some(&ada), "/do/edit_note", &edit(note, "+", 1)).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(app.form(Some(&bob), "/do/edit_note", &edit(note, "Good", 1)).await.0, StatusCode::OK);
        let after = thread(&app, &bob, id).await.parts.parts;
        assert_eq!((after[1].body.as_str(), after[1].edited_at), ("Good", NOON));
        assert_eq!((after[1].author.as_str(), after[1].edited_by.join(", ").as_str()), ("Ada Lovelace", "Bob 🙂"));
        assert_eq!(app.form(Some(&ada), "/do/edit_note", &edit(note, "Better", 2)).await.0, StatusCode::OK);
        let after = thread(&app, &bob, id).await.parts.parts;
        assert_eq!((after[1].body.as_str(), after[1].version, after[1].edited_by.len()), ("Better", 3, 0));
        assert_eq!(app.number("select count(*) from mentions").await, 0, "it names nobody any more");

        let ends = format!("conversation={id}&part={note}");
        assert_eq!(app.form(Some(&ada), "/do/delete_part", &ends).await.0, StatusCode::OK);
        let gone = thread(&app, &bob, id).await.parts.parts;
        assert!(gone[1].deleted && gone[1].returns && gone[1].html.is_empty() && gone[1].body.is_empty());
        assert_eq!(app.number("select count(*) from parts where body = 'Better'").await, 0, "nobody reads it");
        assert_eq!(app.number("select count(*) from mentions").await, 0);
        assert_eq!(app.form(Some(&ada), "/do/edit_note", &edit(note, "x", 3)).await.0, StatusCode::CONFLICT);
        app.pass(29 * DAY);
        assert_eq!(app.form(Some(&ada), "/do/restore_part", &ends).await.0, StatusCode::OK);
        assert_eq!(thread(&app, &bob, id).await.parts.parts[1].body, "Better");
        app.form(Some(&ada), "/do/delete_part", &ends).await;
        app.pass(30 * DAY);
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        assert!(!thread(&app, &ada, id).await.parts.parts[1].returns);
        assert_eq!(app.form(Some(&ada), "/do/restore_part", &back(note, "Better")).await.0, StatusCode::CONFLICT);
        let contact = app.number("select id from contacts").await;
        let (_, stream) = app.get(&ada, &format!("/do/stream?owner=contact-{contact}&facet=conversation&limit=20")).await;
        assert!(stream.contains("conversation_note_deleted") && !stream.contains("Better"), "{stream}");
    }

    async fn drafts_move_between_devices_and_do_not_run_each_other_over(app: TestApp) {
        let (ada, id) = begun(&app).await;
        let bob = colleague(&app).await;
        let save = async |token: &str, kind: &str, body: &str, version: i64| -> (Draft, bool) {
            let form = format!("conversation={id}&kind={kind}&body={body}&version={version}");
            let (status, answer) = app.form(Some(token), "/do/save_draft", &form).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            serde_json::from_str(&answer).unwrap()
        };
        let seq = app.number("select n from workspace_seq order by workspace_id limit 1").await;
        assert_eq!(save(&ada, "message", "Dear", 0).await.0.version, 1);
        assert_eq!(save(&ada, "message", "Dear+Grace", 1).await.0.version, 2);
        save(&ada, "note", "Careful", 0).await;
        let there = thread(&app, &ada, id).await.drafts;
        assert_eq!(there.iter().map(|d| d.body.as_str()).collect::<Vec<_>>(), ["Dear Grace", "Careful"]);
        assert!(thread(&app, &bob, id).await.drafts.is_empty(), "drafts are one's own");
        let alone = async |token: &str| -> Vec<Draft> {
            serde_json::from_str(&app.get(token, &format!("/do/drafts?id={id}")).await.1).unwrap()
        };
        assert_eq!((alone(&ada).await, alone(&bob).await), (there, Vec::new()), "also where they are asked for alone");
        // The second device writes on; the first, which did not see it, is told and nothing is lost.
        assert!(save(&ada, "message", "Dear+Grace,+hello", 2).await.1);
        let (newer, saved) = save(&ada, "message", "Something+else", 2).await;
        assert_eq!((newer.body.as_str(), newer.version, saved), ("Dear Grace, hello", 3, false));
        app.form(Some(&ada), "/do/say", &format!("conversation={id}&kind=message&body=Dear+Grace,+hello&client_id=d1")).await;
        let left = thread(&app, &ada, id).await.drafts;
        assert_eq!(left.iter().map(|d| d.body.as_str()).collect::<Vec<_>>(), ["", "Careful"], "what is said is no draft");
        assert!(save(&ada, "message", "Next", 0).await.1, "nothing stands in the way of an empty one");
        assert_eq!(app.number("select n from workspace_seq order by workspace_id limit 1").await, seq + 1, "drafts are nobody's news");
        let (status, _) = app.form(Some(&ada), "/do/save_draft", "conversation=1&kind=note&body=x&version=0").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    async fn the_same_id_from_someone_else_is_refused_and_at_once_is_once(app: TestApp) {
        let (ada, id) = begun(&app).await;
        let contact = ContactId(app.number("select id from contacts").await);
        let workspace = WorkspaceId(app.number("select min(id) from workspaces").await);
        let mut w = Write::begin(&app.state, workspace, TeammateId(0)).await.unwrap();
        assert!(conversations::receive(&mut w, contact, None, "x", "c0").await.is_err());
        drop(w);
        let form = format!("conversation={id}&kind=message&body=x&client_id=race");
        let sends = (0..8).map(|_| app.form(Some(&ada), "/do/say", &form));
        for (status, body) in futures::future::join_all(sends).await {
            assert_eq!(status, StatusCode::OK, "{body}");
        }
        assert_eq!(app.number("select count(*) from parts where client_id = 'race'").await, 1);
        let form = format!("contact={contact}&body=x&client_id=race2");
        let starts = (0..8).map(|_| app.begin(Some(&ada), &form));
        futures::future::join_all(starts).await;
        assert_eq!(app.number("select count(*) from conversations").await, 2, "nothing empty is left");
        assert_eq!(app.number("select count(*) from activity where kind = 'message_sent'").await, 3);
    }

    async fn saved_replies_are_kept_filled_and_the_workspaces_own(app: TestApp) {
        let (ada, id) = begun(&app).await;
        let make = async |token: &str, form: &str| app.form(Some(token), "/do/make_reply", form).await.0;
        assert_eq!(make(&ada, "name=Refund&body=Hi+{{first_name|there}}+of+{{company}},+{{my_name}}").await, StatusCode::OK);
        assert_eq!(make(&ada, "name=refund&body=other").await, StatusCode::CONFLICT);
        assert_eq!(make(&ada, "name=x&body={{nonsense}}").await, StatusCode::BAD_REQUEST);
        let (_, filled) = app.get(&ada, &format!("/do/filled_replies?conversation={id}")).await;
        assert!(filled.contains("Hi Grace of US Navy, Ada Lovelace"), "{filled}");
        // A list of them shows words, and what is inserted has the signs of Markdown.
        assert_eq!(make(&ada, "name=Marked&body=%23+**{{first_name}}**,+see+[this](https://x.example)").await, StatusCode::OK);
        let (_, filled) = app.get(&ada, &format!("/do/filled_replies?conversation={id}")).await;
        let filled: Vec<rapport::replies::Reply> = serde_json::from_str(&filled).unwrap();
        let marked = filled.iter().find(|reply| reply.name == "Marked").unwrap();
        assert_eq!((marked.words.as_str(), marked.body.as_str()), ("Grace, see this", "# **Grace**, see [this](https://x.example)"));
        let (_, page) = app.get(&ada, "/settings/replies").await;
        assert!(page.contains("{{first_name}}, see this"), "{page}");
        assert_eq!(app.form(Some(&ada), "/do/delete_reply", &format!("reply={}", marked.id)).await.0, StatusCode::OK);
        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        let reply = app.number("select id from saved_replies").await;
        assert_eq!(app.form(Some(&eve), "/do/delete_reply", &format!("reply={reply}")).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.form(Some(&eve), "/do/edit_reply", &format!("reply={reply}&name=a&body=b")).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.get(&eve, &format!("/do/filled_replies?conversation={id}")).await.0, StatusCode::NOT_FOUND);
        assert!(!app.get(&eve, "/do/replies?words=").await.1.contains("Refund"));
        assert_eq!(app.form(Some(&ada), "/do/edit_reply", &format!("reply={reply}&name=Refunds&body=Sure")).await.0, StatusCode::OK);
        assert!(app.get(&ada, "/do/replies?words=SURE+refu").await.1.contains("Refunds"));
        let (_, gone) = app.form(Some(&ada), "/do/delete_reply", &format!("reply={reply}")).await;
        assert!(gone.contains("Refunds"));
        assert_eq!(make(&ada, "name=Refunds&body=Sure").await, StatusCode::OK, "what is undone is there again");
    }
}
