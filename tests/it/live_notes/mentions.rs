//! Teammates who are named in notes: told once for each time, found under the name that was written, told by mail if they
//! do not look.

use axum::http::StatusCode;
use rapport::alerts::News;
use rapport::conversations::Lines;
use rapport::id::NoteId;
use rapport::notes::{Mentions, Notes, mail, mentions, rooms};
use rapport::stream::Page;
use rapport::time::Time;

use super::parts::noted;
use super::shared::statement;
use super::{Scene, insert, opened, scene, viewer};
use crate::on_both;
use crate::support::smtp::Smtp;
use crate::support::{Engine, TestApp};

async fn read<T: serde::de::DeserializeOwned>(app: &TestApp, token: &str, path: &str) -> T {
    let (status, body) = app.get(token, path).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

async fn titles(app: &TestApp, token: &str, since: i64) -> Vec<String> {
    let news: News = read(app, token, &format!("/do/news?since={since}")).await;
    news.items.into_iter().map(|item| item.title).collect()
}

async fn listed(app: &TestApp, token: &str) -> Vec<(String, bool)> {
    let all: Mentions = read(app, token, "/do/note_mentions").await;
    all.mentions.into_iter().map(|m| (m.text, m.seen)).collect()
}

on_both! {
    async fn who_is_named_is_told_once_and_has_seen_it_when_they_looked(app: TestApp) {
        let Scene { token, ada, note, contact, .. } = scene(&app, "base").await;
        let (grace, _) = viewer(&app.state, "grace@example.com").await;
        let start = app.number("select n from workspace_seq order by n desc limit 1").await;
        let mut one = opened(&app.state, &ada, note).await;
        insert(&mut one, 0, "@Grace Hopper, call them. ");
        one.settle().await;
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        let told = titles(&app, &grace, start).await;
        assert_eq!(told, ["Ada Lovelace named you in a note about Ida"]);
        assert_eq!(titles(&app, &token, start).await, [""; 0], "nobody else is");
        assert_eq!(listed(&app, &grace).await, [("@Grace Hopper, call them. base".to_owned(), false)]);
        let (_, stream) = app.get(&token, &format!("/do/stream?owner=contact-{contact}&limit=50")).await;
        assert!(!stream.contains("note_mentioned"), "it is in nobody's stream: {stream}");
        let notes: Notes = read(&app, &grace, &format!("/do/notes?owner=contact-{contact}")).await;
        assert!(notes.notes[0].names_you && notes.notes[0].html.contains("<span class=\"mention\">@Grace Hopper</span>"));
        let notes: Notes = read(&app, &token, &format!("/do/notes?owner=contact-{contact}")).await;
        assert!(!notes.notes[0].names_you);

        // Other words, moving the name, and taking it away and back tell nobody again.
        let next = app.number("select n from workspace_seq order by n desc limit 1").await;
        insert(&mut one, 0, "Now: ");
        one.settle().await;
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        let save = async |body: &str| {
            let version = app.number("select version from notes").await;
            let form = format!("note={note}&version={version}&body={body}");
            let (status, body) = app.form(Some(&token), "/do/edit_note", &form).await;
            assert_eq!(status, StatusCode::OK, "{body}");
        };
        save("moved").await;
        assert_eq!(listed(&app, &grace).await, [], "it does not name her now");
        save("moved:+@Grace+Hopper").await;
        assert_eq!(titles(&app, &grace, next).await, [""; 0]);
        assert_eq!(listed(&app, &grace).await.len(), 1);

        // Having looked, nothing waits.
        app.form(Some(&grace), "/do/see_note_mentions", &format!("owner=contact-{contact}")).await;
        assert_eq!(listed(&app, &grace).await, [("moved: @Grace Hopper".to_owned(), true)]);
        assert_eq!(titles(&app, &grace, start).await, [""; 0], "it was seen elsewhere");
        // Named once more is news, and so is being named again much later.
        save("@Grace+Hopper+and+@Grace+Hopper").await;
        assert_eq!(titles(&app, &grace, next).await.len(), 1);
        app.form(Some(&grace), "/do/see_note_mentions", &format!("owner=contact-{contact}")).await;
        save("nobody").await;
        app.pass(10 * 60 * 1000);
        save("@Grace+Hopper").await;
        assert_eq!(listed(&app, &grace).await, [("@Grace Hopper".to_owned(), false)]);
        // What is deleted names nobody, and comes back with the note.
        app.form(Some(&token), "/do/delete_note", &format!("note={note}")).await;
        assert_eq!(listed(&app, &grace).await, []);
        app.form(Some(&token), "/do/restore_note", &format!("note={note}")).await;
        assert_eq!(listed(&app, &grace).await.len(), 1);
        app.form(Some(&token), "/do/erase_contact", &format!("contact={contact}&confirm=Ida")).await;
        assert_eq!(app.number("select count(*) from note_mentions").await, 0);
    }

    async fn a_name_that_was_written_is_still_theirs_when_they_are_called_otherwise(app: TestApp) {
        let here = scene(&app, "@Grace+Hopper%0A-+[+]+call").await;
        let Scene { ref token, note, contact, .. } = here;
        let (grace, _) = viewer(&app.state, "grace@example.com").await;
        assert_eq!(listed(&app, &grace).await.len(), 1);
        statement(&app.state, "update teammates set name = 'Grace Murray' where name = 'Grace Hopper'").await;
        let start = app.number("select n from workspace_seq order by n desc limit 1").await;
        let form = format!("note={note}&version=1&tick=0-true");
        app.form(Some(token), "/do/tick_note", &form).await;
        assert_eq!(titles(&app, &grace, start).await, [""; 0], "not a second time");
        assert_eq!(listed(&app, &grace).await.len(), 1);
        let notes: Notes = read(&app, token, &format!("/do/notes?owner=contact-{contact}")).await;
        assert!(notes.notes[0].html.contains("@Grace Murray"), "{}", notes.notes[0].html);
        assert!(notes.notes[0].body.contains("@Grace Hopper"), "what was written stays as it was");
        let (_, html) = app.get(token, &format!("/do/note_version?note={note}&version=1")).await;
        assert!(html.contains("@Grace Murray"), "{html}");
        // They stand out in the stream as well, and so do names in a note of a conversation.
        noted(&app, &here, "@Grace+Murray,+and+@Nobody").await;
        for (kind, text) in [("note_added", "@Grace Murray</span>"), ("conversation_noted", "@Grace Murray</span>, and @Nobody")] {
            let page: Page = read(&app, token, &format!("/do/stream?owner=contact-{contact}&limit=50")).await;
            let mut lines = page.days.iter().flat_map(|day| &day.folds).flat_map(|f| std::iter::once(&f.newest).chain(&f.rest));
            let line = lines.find(|line| line.kind.word() == kind).unwrap();
            assert!(line.html.contains(&format!("<span class=\"mention\">{text}")), "{}", line.html);
        }
        // Both names are hers, and name her twice.
        let form = format!("note={note}&version=2&body=@Grace+Hopper+@Grace+Murray");
        app.form(Some(token), "/do/edit_note", &form).await;
        assert_eq!(app.number("select times from note_mentions").await, 2);
    }

    async fn who_types_beside_the_one_who_names_her_is_told_by_whom(app: TestApp) {
        let Scene { ada, grace, note, .. } = scene(&app, "base").await;
        let (token, _) = viewer(&app.state, "grace@example.com").await;
        let start = app.number("select n from workspace_seq order by n desc limit 1").await;
        let mut one = opened(&app.state, &ada, note).await;
        let mut two = opened(&app.state, &grace, note).await;
        insert(&mut one, 0, "@Grace Hopper ");
        one.settle().await;
        two.settle().await;
        insert(&mut two, 0, "I am here. ");
        two.settle().await;
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        assert_eq!(titles(&app, &token, start).await, ["Ada Lovelace named you in a note about Ida"]);
        // Whoever names oneself knows it.
        insert(&mut two, 0, "@Grace Hopper ");
        two.settle().await;
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        assert_eq!(titles(&app, &token, start).await.len(), 1);
    }

    async fn who_is_named_by_a_change_of_a_conversations_note_is_told_once(app: TestApp) {
        let here = scene(&app, "base").await;
        let (id, note) = noted(&app, &here, "Ask").await;
        let (grace, _) = viewer(&app.state, "grace@example.com").await;
        app.form(Some(&grace), "/do/mark_read", &format!("conversation={id}")).await;
        let start = app.number("select n from workspace_seq order by n desc limit 1").await;
        let mut one = opened(&app.state, &here.ada, note).await;
        insert(&mut one, 3, " @Grace Hopper");
        one.settle().await;
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        assert_eq!(titles(&app, &grace, start).await, ["Ada Lovelace named you, with Ida"]);
        assert_eq!(titles(&app, &here.token, start).await, [""; 0], "nobody else is");
        // Other words tell nobody again, and what she has read is no news.
        let next = app.number("select n from workspace_seq order by n desc limit 1").await;
        insert(&mut one, 0, "Now: ");
        one.settle().await;
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        assert_eq!(titles(&app, &grace, next).await, [""; 0]);
        app.form(Some(&grace), "/do/mark_read", &format!("conversation={id}")).await;
        assert_eq!(titles(&app, &grace, start).await, [""; 0]);
        let (_, stream) = app.get(&here.token, &format!("/do/stream?owner=contact-{}&limit=50", here.contact)).await;
        assert!(!stream.contains("note_mentioned"), "it is in nobody's stream: {stream}");
    }

    async fn a_name_that_goes_and_comes_back_in_a_conversations_note_tells_nobody_twice(app: TestApp) {
        let here = scene(&app, "base").await;
        let (grace, _) = viewer(&app.state, "grace@example.com").await;
        let seq = async || app.number("select n from workspace_seq order by n desc limit 1").await;
        let found = async || {
            let list: Lines = read(&app, &grace, "/do/conversations?query=in%3Dmentions").await;
            list.lines.len()
        };
        let start = seq().await;
        let (id, note) = noted(&app, &here, "look").await;
        let save = async |token: &str, body: &str| {
            let version = app.number("select version from parts where kind = 'note' order by id limit 1").await;
            let form = format!("note={note}&version={version}&body={body}");
            let (status, body) = app.form(Some(token), "/do/edit_note", &form).await;
            assert_eq!(status, StatusCode::OK, "{body}");
        };
        save(&here.token, "look,+@Grace+Hopper").await;
        assert_eq!(titles(&app, &grace, start).await, ["Ada Lovelace named you, with Ida"], "for what came and its change once");
        let next = seq().await;
        // At once it was moved, or undone; much later she still knows.
        for minutes in [0, 11, 60 * 24 * 2] {
            save(&here.token, "look").await;
            assert_eq!((found().await, titles(&app, &grace, start).await.len()), (0, 0), "it does not name her now");
            app.pass(minutes * 60 * 1000);
            save(&here.token, "@Grace+Hopper+look").await;
            assert_eq!((found().await, titles(&app, &grace, next).await.len()), (1, 0), "{minutes}");
        }
        // What she has looked at does not wait again, and who is new is told.
        let unseen = "select count(*) from mentions where seen_at = 0";
        assert_eq!(app.number(unseen).await, 1);
        app.form(Some(&grace), "/do/mark_read", &format!("conversation={id}")).await;
        save(&grace, "look").await;
        save(&grace, "look+@Grace+Hopper+@Ada+Lovelace").await;
        assert_eq!(titles(&app, &here.token, next).await, ["Grace Hopper named you, with Ida"]);
        assert_eq!((found().await, app.number(unseen).await), (1, 1), "Ada alone has not looked");
        // Of another note she is told, and of the first no second time when the other one goes.
        let (_, other) = noted(&app, &here, "@Grace+Hopper+again").await;
        assert_eq!(titles(&app, &grace, next).await.len(), 1);
        let last = seq().await;
        app.form(Some(&here.token), "/do/delete_part", &format!("conversation={id}&part={other}")).await;
        save(&here.token, "@Grace+Hopper+@Ada+Lovelace").await;
        app.form(Some(&here.token), "/do/restore_part", &format!("conversation={id}&part={other}")).await;
        assert_eq!((found().await, titles(&app, &grace, last).await.len()), (1, 0));
        app.form(Some(&here.token), "/do/erase_contact", &format!("contact={}&confirm=Ida", here.contact)).await;
        assert_eq!(app.number("select count(*) from mentions_told").await, 0);
    }
}

async fn mails(engine: Engine) {
    let smtp = Smtp::start().await;
    let app = TestApp::with(engine, tempfile::tempdir().unwrap(), |state| {
        state.mail = Some(smtp.mailer());
    })
    .await;
    let Scene { token, note, contact, .. } = scene(&app, "hello").await;
    let before = smtp.kept().len();
    let form = |version: u32| format!("note={note}&version={version}&body=@Grace+Hopper+{version}");
    app.form(Some(&token), "/do/edit_note", &form(1)).await;
    app.pass(mentions::MAIL_AFTER - 1);
    assert_eq!(mail::send_due(&app.state).await, Ok(0), "she may still look");
    app.pass(1);
    // Two processes at once, and later again: one mail.
    let (one, other) = tokio::join!(mail::send_due(&app.state), mail::send_due(&app.state));
    assert_eq!(one.unwrap() + other.unwrap(), 1);
    app.pass(24 * 60 * 60 * 1000);
    assert_eq!(mail::send_due(&app.state).await, Ok(0));
    let mails = smtp.wait(before + 1).await;
    let mail = &mails[before];
    assert_eq!(mail.to, "grace@example.com");
    let words = mail.words();
    assert!(words.contains("Ada Lovelace named you in a note about Ida"), "{words}");
    assert!(
        words.contains(&format!("#note-{note}"))
            && words.contains(&format!("/contacts/{contact}?")),
        "{words}"
    );
    // Who has looked gets none.
    let (grace, _) = viewer(&app.state, "grace@example.com").await;
    let more = |n: &str| format!("note={note}&version=2&body=@Grace+Hopper+{}", n.repeat(3));
    let (token, _) = viewer(&app.state, "ada@example.com").await;
    app.form(Some(&token), "/do/edit_note", &more("@Grace+Hopper+")).await;
    app.form(Some(&grace), "/do/see_note_mentions", &format!("owner=contact-{contact}")).await;
    app.pass(mentions::MAIL_AFTER);
    assert_eq!(mail::send_due(&app.state).await, Ok(0));
    assert_eq!(smtp.kept().len(), before + 1);
}

async fn mails_of_conversations(engine: Engine) {
    let smtp = Smtp::start().await;
    let app = TestApp::with(engine, tempfile::tempdir().unwrap(), |state| {
        state.mail = Some(smtp.mailer());
    })
    .await;
    let here = scene(&app, "hello").await;
    let (id, note) = noted(&app, &here, "@Grace+Hopper+@Ada+Lovelace+look").await;
    let before = smtp.kept().len();
    app.pass(mentions::MAIL_AFTER - 1);
    assert_eq!(mail::send_due(&app.state).await, Ok(0), "she may still look");
    app.pass(1);
    let (one, other) = tokio::join!(mail::send_due(&app.state), mail::send_due(&app.state));
    assert_eq!(one.unwrap() + other.unwrap(), 1, "and none to who named herself");
    let mails = smtp.wait(before + 1).await;
    let mail = &mails[before];
    assert_eq!(mail.to, "grace@example.com");
    let words = mail.words();
    assert!(words.contains("Ada Lovelace named you in a note about Ida"), "{words}");
    assert!(words.contains(&format!("/inbox/{id}?part={note}#part-{note}")), "{words}");
    // A name that goes and comes back in the note is no second mail; one that was moved before she looked is her first.
    let edit = async |note: NoteId, version: u32, body: &str| {
        let form = format!("note={note}&version={version}&body={body}");
        assert_eq!(app.form(Some(&here.token), "/do/edit_note", &form).await.0, StatusCode::OK);
    };
    edit(note, 1, "look").await;
    edit(note, 2, "look+@Grace+Hopper").await;
    app.pass(mentions::MAIL_AFTER);
    assert_eq!(mail::send_due(&app.state).await, Ok(0));
    let (_, moved) = noted(&app, &here, "@Grace+Hopper+first").await;
    edit(moved, 1, "first").await;
    app.pass(mentions::MAIL_AFTER);
    assert_eq!(mail::send_due(&app.state).await, Ok(0), "it does not name her now");
    edit(moved, 2, "first+@Grace+Hopper").await;
    assert_eq!(mail::send_due(&app.state).await, Ok(1));
    let before = before + 1;
    smtp.wait(before + 1).await;
    // Who has read it gets none, and neither does who had the note before them when it named them.
    let (grace, _) = viewer(&app.state, "grace@example.com").await;
    noted(&app, &here, "@Grace+Hopper+again").await;
    app.form(Some(&grace), "/do/mark_read", &format!("conversation={id}")).await;
    let (_, third) = noted(&app, &here, "once+more").await;
    let form = format!("note={third}&version=1&body=once+more+@Grace+Hopper");
    app.form(Some(&here.token), "/do/edit_note", &form).await;
    app.form(Some(&grace), "/do/see_notes", &format!("notes[0]={third}")).await;
    app.pass(mentions::MAIL_AFTER);
    assert_eq!(mail::send_due(&app.state).await, Ok(0));
    assert_eq!(smtp.kept().len(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_named_in_a_conversation_and_does_not_look_is_told_by_mail_once_sqlite() {
    mails_of_conversations(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_named_in_a_conversation_and_does_not_look_is_told_by_mail_once_postgres() {
    mails_of_conversations(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_look_is_told_by_mail_once_sqlite() {
    mails(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_look_is_told_by_mail_once_postgres() {
    mails(Engine::Postgres).await;
}
