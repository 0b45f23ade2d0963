//! Who has seen a note: written once a minute at most, told to other tabs, and gone with what it is about.

use axum::http::StatusCode;
use rapport::id::ConversationId;
use rapport::live::{FromBrowser, FromServer, Topic};
use rapport::notes::{Looks, Owner};
use rapport::run;
use rapport::server::db::{Changed, Write};
use rapport::teammates::viewer_of;
use serde_json::Value;

use crate::on_both;
use crate::presence::{Scene, Tab, scene};
use crate::support::TestApp;

async fn looks(app: &TestApp, token: &str, owner: &str) -> Vec<Vec<(String, i64)>> {
    asked(app, token, &format!("note_looks?owner={owner}")).await
}

async fn looks_in(app: &TestApp, token: &str, conversation: &str) -> Vec<Vec<(String, i64)>> {
    asked(app, token, &format!("note_looks_in?conversation={conversation}")).await
}

async fn asked(app: &TestApp, token: &str, question: &str) -> Vec<Vec<(String, i64)>> {
    let (status, body) = app.get(token, &format!("/do/{question}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let looks: Looks = serde_json::from_str(&body).unwrap();
    let of = |(_, looks): (_, Vec<rapport::notes::Look>)| {
        looks.into_iter().map(|l| (l.by, l.at.at.0)).collect()
    };
    looks.notes.into_iter().map(of).collect()
}

async fn add(app: &TestApp, token: &str, owner: &str, body: &str) -> i64 {
    let form = format!("owner={owner}&body={body}");
    assert_eq!(app.form(Some(token), "/do/add_note", &form).await.0, StatusCode::OK);
    app.number("select max(id) from notes").await
}

/// Writes a note in a conversation; answers its number.
async fn say(app: &TestApp, token: &str, conversation: ConversationId, body: &str) -> i64 {
    let form = format!("conversation={conversation}&kind=note&body={body}&client_id={body}");
    assert_eq!(app.form(Some(token), "/do/say", &form).await.0, StatusCode::OK);
    app.number("select max(id) from parts").await
}

async fn see(app: &TestApp, token: &str, notes: &[i64]) -> StatusCode {
    let form = notes.iter().enumerate().map(|(n, id)| format!("notes[{n}]={id}"));
    let form = form.collect::<Vec<_>>().join("&");
    app.form(Some(token), "/do/see_notes", &form).await.0
}

/// Does the jobs that are due until so many looks are left: the server that listens may have begun one already.
async fn jobs_until(app: &TestApp, left: i64) {
    let mut count = 0;
    for _ in 0..200 {
        rapport::jobs::run_due(&app.state).await.unwrap();
        count = app.number("select count(*) from note_looks").await;
        if count == left {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{count} looks are left");
}

on_both! {
    async fn who_saw_a_note_last_is_known_and_other_tabs_hear_of_it(app: TestApp) {
        let Scene { addr, ada, grace, eve, .. } = scene(&app).await;
        let contact = app.number("select id from contacts").await;
        let owner = format!("contact-{contact}");
        let (first, second) = (add(&app, &ada, &owner, "One").await, add(&app, &ada, &owner, "Two").await);
        assert!(looks(&app, &ada, &owner).await.is_empty());

        let mut tab = Tab::open(addr, &ada).await;
        let topic = Topic::Looks(Owner::new("contact", contact).unwrap());
        let since = app.number("select n from workspace_seq order by n desc limit 1").await;
        tab.say(FromBrowser::Subscribe { topic, since }).await;
        assert!(matches!(tab.hear().await, Some(FromServer::Following { .. })));
        assert_eq!(see(&app, &grace, &[first, second]).await, StatusCode::OK);
        assert!(matches!(tab.hear().await, Some(FromServer::Changed { topic: Topic::Looks(_), .. })));
        let now = app.state.clock.now().0;
        let grace_at = |at: i64| vec![("Grace Hopper".to_owned(), at)];
        assert_eq!(looks(&app, &ada, &owner).await, [grace_at(now), grace_at(now)]);
        assert!(looks(&app, &grace, &owner).await.is_empty(), "of others alone");
        let entries = app.number("select count(*) from activity").await;

        // Within a minute nothing is written; then it is, and who looked last stands first.
        app.pass(59_000);
        assert_eq!(see(&app, &grace, &[first]).await, StatusCode::OK);
        assert_eq!(looks(&app, &ada, &owner).await[0], grace_at(now));
        app.pass(1_000);
        assert_eq!(see(&app, &grace, &[first]).await, StatusCode::OK);
        assert_eq!(looks(&app, &ada, &owner).await, [grace_at(now + 60_000), grace_at(now)]);
        assert_eq!(app.number("select count(*) from note_looks").await, 2, "one for each");
        assert_eq!(app.number("select count(*) from activity").await, entries, "it is no history");
        let (_, page) = app.get(&ada, &format!("/contacts/{contact}")).await;
        assert!(page.contains("Seen by ") && page.contains("Grace Hopper"), "the page says it");

        // Who is of another workspace sees nothing, and has seen nothing.
        assert_eq!(see(&app, &eve, &[first]).await, StatusCode::OK, "as of a note that is gone");
        assert_eq!(app.number("select count(*) from note_looks").await, 2);
        assert_eq!(app.get(&eve, &format!("/do/note_looks?owner={owner}")).await.0, StatusCode::NOT_FOUND);
        let mut foreign = Tab::open(addr, &eve).await;
        foreign.say(FromBrowser::Subscribe { topic, since: 0 }).await;
        assert!(matches!(foreign.hear().await, Some(FromServer::Refused { .. })));
        let many: Vec<_> = (0..201).collect();
        assert_eq!(see(&app, &ada, &many).await, StatusCode::BAD_REQUEST);
        assert_eq!(see(&app, &ada, &[first, 9_999_999]).await, StatusCode::OK, "one is gone meanwhile");
    }

    async fn looks_go_with_the_note_its_owner_and_the_teammate(app: TestApp) {
        let Scene { ada, grace, .. } = scene(&app).await;
        let contact = app.number("select id from contacts").await;
        let person = format!("contact-{contact}");
        app.call("group", &serde_json::json!({"userId": "u", "groupId": "acme", "traits": {"name": "Acme"}})).await;
        let company = app.number("select id from companies").await;
        let firm = format!("company-{company}");
        let (about, other, firms) = (add(&app, &ada, &person, "One").await, add(&app, &ada, &person, "Two").await, add(&app, &ada, &firm, "Three").await);
        for token in [&ada, &grace] {
            assert_eq!(see(&app, token, &[about, other, firms]).await, StatusCode::OK);
        }
        let count = async || app.number("select count(*) from note_looks").await;
        assert_eq!(count().await, 6);

        // A note that is deleted is not seen, and comes back with who saw it; after 30 days they are forgotten.
        app.form(Some(&ada), "/do/delete_note", &format!("note={about}")).await;
        let before = app.number("select max(at) from note_looks").await;
        app.pass(61_000);
        assert_eq!(see(&app, &grace, &[about]).await, StatusCode::OK, "it went while it was on her screen");
        assert_eq!(app.number("select max(at) from note_looks").await, before);
        assert_eq!(looks(&app, &ada, &person).await.len(), 1);
        app.form(Some(&ada), "/do/restore_note", &format!("note={about}")).await;
        assert_eq!(looks(&app, &ada, &person).await.len(), 2);
        app.form(Some(&ada), "/do/delete_note", &format!("note={about}")).await;
        app.pass(31 * 24 * 60 * 60 * 1000);
        let ada = rapport::teammates::sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        app.form(Some(&ada), "/do/delete_note", &format!("note={other}")).await;
        jobs_until(&app, 4).await;
        app.form(Some(&ada), "/do/restore_note", &format!("note={other}")).await;

        let graces = app.number("select id from teammates where name = 'Grace Hopper'").await;
        let (status, body) = app.form(Some(&ada), "/do/remove_teammate", &format!("teammate={graces}&heir=0")).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(count().await, 2);
        let (status, body) = app.form(Some(&ada), "/do/delete_company", &format!("company={company}&confirm=Acme")).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        // It happens once it can be undone no longer.
        app.pass(15_001);
        jobs_until(&app, 1).await;
        let (status, body) = app.form(Some(&ada), "/do/erase_contact", &format!("contact={contact}&confirm=Ida")).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(count().await, 0);
    }

    async fn who_saw_a_conversations_note_is_known_to_the_team_alone(app: TestApp) {
        let Scene { addr, ada, grace, eve, conversation } = scene(&app).await;
        let id = conversation.to_string();
        let message = app.number("select min(id) from parts").await;
        let (first, second) = (say(&app, &ada, conversation, "One").await, say(&app, &ada, conversation, "Two").await);
        assert!(looks_in(&app, &ada, &id).await.is_empty());

        let mut tab = Tab::open(addr, &ada).await;
        let topic = Topic::LooksIn(conversation);
        let since = app.number("select n from workspace_seq order by n desc limit 1").await;
        tab.say(FromBrowser::Subscribe { topic, since }).await;
        assert!(matches!(tab.hear().await, Some(FromServer::Following { .. })));
        // One named twice is seen once; what was said to the person is no note.
        assert_eq!(see(&app, &grace, &[first, second, first, message]).await, StatusCode::OK);
        assert!(matches!(tab.hear().await, Some(FromServer::Changed { topic: Topic::LooksIn(_), .. })));
        assert_eq!(app.number("select count(*) from note_looks").await, 2);
        let now = app.state.clock.now().0;
        let grace_at = |at: i64| vec![("Grace Hopper".to_owned(), at)];
        assert_eq!(looks_in(&app, &ada, &id).await, [grace_at(now), grace_at(now)]);
        assert!(looks_in(&app, &grace, &id).await.is_empty(), "of others alone");
        let entries = app.number("select count(*) from activity").await;

        // Within a minute nothing is written; then it is.
        app.pass(59_000);
        assert_eq!(see(&app, &grace, &[first]).await, StatusCode::OK);
        assert_eq!(looks_in(&app, &ada, &id).await[0], grace_at(now));
        app.pass(1_000);
        assert_eq!(see(&app, &grace, &[first]).await, StatusCode::OK);
        assert_eq!(looks_in(&app, &ada, &id).await, [grace_at(now + 60_000), grace_at(now)]);
        assert_eq!(app.number("select count(*) from activity").await, entries, "it is no history");
        let (_, page) = app.get(&ada, &format!("/inbox/{id}")).await;
        assert!(page.contains("Seen by ") && page.contains("Grace Hopper"), "the page says it");

        // Who is of another workspace sees nothing, and has seen nothing.
        assert_eq!(see(&app, &eve, &[first]).await, StatusCode::OK, "as of a note that is gone");
        assert_eq!(app.number("select count(*) from note_looks").await, 2);
        assert_eq!(app.get(&eve, &format!("/do/note_looks_in?conversation={id}")).await.0, StatusCode::NOT_FOUND);
        let mut foreign = Tab::open(addr, &eve).await;
        foreign.say(FromBrowser::Subscribe { topic, since: 0 }).await;
        assert!(matches!(foreign.hear().await, Some(FromServer::Refused { .. })));
        // Nor do programs.
        let (status, shape) = app.api("GET", &format!("/conversations/{id}"), Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        let shape = shape.to_string();
        assert!(shape.contains("One") && !shape.contains("Grace Hopper"), "{shape}");
    }

    async fn looks_in_a_long_conversation_are_of_the_parts_that_are_shown(app: TestApp) {
        let Scene { ada, grace, conversation, .. } = scene(&app).await;
        let note = say(&app, &ada, conversation, "Old").await;
        assert_eq!(see(&app, &grace, &[note]).await, StatusCode::OK);
        let viewer = viewer_of(&app.state, &ada).await.unwrap().unwrap();
        let mut w = Write::begin(&app.state, viewer.workspace, viewer.id).await.unwrap();
        let sql = "with recursive n (i) as (select cast(1 as bigint) union all select i + 1 from n where i < 500) \
                   insert into parts (workspace_id, conversation_id, id, kind, author_kind, author_id, body, client_id, created_at) \
                   select $1, $2, $3 + i, 'message', 'contact', 1, 'x', 'n' || i, 1 from n";
        let made: Result<Changed, _> = run!(w.conn, |c| {
            sqlx::query(sql).bind(viewer.workspace).bind(conversation).bind(note).execute(c)
        });
        made.unwrap();
        w.commit().await.unwrap();
        assert!(looks_in(&app, &ada, &conversation.to_string()).await.is_empty());
        let around = format!("{conversation}&around={note}");
        assert_eq!(looks_in(&app, &ada, &around).await.len(), 1);
        let around = format!("{conversation}&around={}", note + 400);
        assert_eq!(looks_in(&app, &ada, &around).await.len(), 1);
    }

    async fn looks_go_with_a_conversations_note_its_person_and_the_teammate(app: TestApp) {
        let Scene { addr, ada, grace, conversation, .. } = scene(&app).await;
        let id = conversation.to_string();
        let (first, second) = (say(&app, &ada, conversation, "One").await, say(&app, &ada, conversation, "Two").await);
        let other = add(&app, &ada, &format!("contact-{}", app.number("select id from contacts").await), "Other").await;
        for token in [&ada, &grace] {
            assert_eq!(see(&app, token, &[first, second, other]).await, StatusCode::OK);
        }
        let count = async || app.number("select count(*) from note_looks").await;
        assert_eq!(count().await, 6);

        // A note that is deleted is not seen, and comes back with who saw it, which is told.
        let ends = format!("conversation={id}&part={first}");
        let form = async |token: &str, path: &str, form: &str| app.form(Some(token), path, form).await.0;
        assert_eq!(form(&ada, "/do/delete_part", &ends).await, StatusCode::OK);
        let before = app.number("select max(at) from note_looks").await;
        app.pass(61_000);
        assert_eq!(see(&app, &grace, &[first]).await, StatusCode::OK, "it went while it was on her screen");
        assert_eq!(app.number("select max(at) from note_looks").await, before);
        assert_eq!(looks_in(&app, &ada, &id).await.len(), 1);
        let mut tab = Tab::open(addr, &ada).await;
        let since = app.number("select n from workspace_seq order by n desc limit 1").await;
        tab.say(FromBrowser::Subscribe { topic: Topic::LooksIn(conversation), since }).await;
        tab.hear().await;
        assert_eq!(form(&ada, "/do/restore_part", &format!("{ends}&body=One")).await, StatusCode::OK);
        assert!(matches!(tab.hear().await, Some(FromServer::Changed { topic: Topic::LooksIn(_), .. })));
        assert_eq!(looks_in(&app, &ada, &id).await.len(), 2);

        // Once it cannot be brought back they are forgotten; those of other notes stay.
        assert_eq!(form(&ada, "/do/delete_part", &ends).await, StatusCode::OK);
        app.pass(30 * 24 * 60 * 60 * 1000 + 1);
        jobs_until(&app, 4).await;
        let ada = rapport::teammates::sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let graces = app.number("select id from teammates where name = 'Grace Hopper'").await;
        assert_eq!(form(&ada, "/do/remove_teammate", &format!("teammate={graces}&heir=0")).await, StatusCode::OK);
        assert_eq!(count().await, 2);
        let contact = app.number("select id from contacts").await;
        assert_eq!(form(&ada, "/do/erase_contact", &format!("contact={contact}&confirm=Ida")).await, StatusCode::OK);
        assert_eq!(count().await, 0);
    }
}
