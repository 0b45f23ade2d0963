//! Notes about people and companies.

use axum::http::StatusCode;
use rapport::companies;
use rapport::error::Error;
use rapport::id::{CompanyId, ContactId, NoteId, TeammateId, WorkspaceId};
use rapport::jobs;
use rapport::notes::{self, KEPT, Notes, Owner};
use rapport::run;
use rapport::server::dates::Dates;
use rapport::server::db::Write;
use rapport::teammates::sign_in;
use rapport::workspace::create;
use serde_json::json;

use crate::live_notes::shared::statement;
use crate::on_both;
use crate::support::{NOON, TestApp, new_workspace};

async fn someone(app: &TestApp) -> (String, i64) {
    app.call("identify", &json!({"userId": "u", "traits": {"name": "Grace"}})).await;
    let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
    (token, app.number("select id from contacts").await)
}

async fn writing(app: &TestApp) -> Write<'_> {
    let workspace = WorkspaceId(app.number("select id from workspaces order by id limit 1").await);
    let ada = app.number("select id from teammates where email_key = 'ada@example.com'").await;
    Write::begin(&app.state, workspace, TeammateId(ada)).await.unwrap()
}

async fn read(app: &TestApp, token: &str, owner: &str) -> Notes {
    let (status, body) = app.get(token, &format!("/do/notes?owner={owner}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

on_both! {
    async fn a_note_is_written_edited_pinned_deleted_and_brought_back(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        let owner = format!("contact-{contact}");
        for body in ["first", "**second**", "third"] {
            let (status, _) = app.form(Some(&ada), "/do/add_note", &format!("owner={owner}&body={body}")).await;
            assert_eq!(status, StatusCode::OK);
            app.pass(1000);
        }
        let found = read(&app, &ada, &owner).await;
        let texts: Vec<_> = found.notes.iter().map(|n| n.body.as_str()).collect();
        assert_eq!(texts, ["third", "**second**", "first"], "newest first");
        assert_eq!(found.notes[1].html.trim(), "<p><strong>second</strong></p>");
        assert_eq!(found.notes[1].author.as_deref(), Some("Ada Lovelace"));
        assert_eq!(found.notes[1].edited, None);

        let first = found.notes[2].id;
        app.form(Some(&ada), "/do/pin_note", &format!("note={first}&pinned=true")).await;
        assert_eq!(read(&app, &ada, &owner).await.notes[0].id, first, "pinned first");
        app.form(Some(&ada), "/do/pin_note", &format!("note={first}&pinned=false")).await;
        assert_eq!(read(&app, &ada, &owner).await.notes[2].id, first);

        let (status, _) = app.form(Some(&ada), "/do/edit_note", &format!("note={first}&body=first+of+all&version=1")).await;
        assert_eq!(status, StatusCode::OK);
        let edited = read(&app, &ada, &owner).await.notes.remove(2);
        assert_eq!((edited.body.as_str(), edited.version), ("first of all", 2));
        assert_eq!(edited.edited.unwrap().0, ["Ada Lovelace"]);

        let stream = format!("/do/stream?owner=contact-{contact}&facet=note&limit=50");
        assert!(app.get(&ada, &stream).await.1.contains("first of all"));
        for _ in 0..2 {
            app.form(Some(&ada), "/do/delete_note", &format!("note={first}")).await;
        }
        assert_eq!(read(&app, &ada, &owner).await.notes.len(), 2);
        let (_, shown) = app.get(&ada, &stream).await;
        assert!(!shown.contains("first of all") && shown.contains("second"), "a deleted note is never shown: {shown}");
        for _ in 0..2 {
            let (status, _) = app.form(Some(&ada), "/do/restore_note", &format!("note={first}")).await;
            assert_eq!(status, StatusCode::OK);
        }
        assert_eq!(read(&app, &ada, &owner).await.notes.len(), 3);
        for (kind, count) in [("note_added", 3), ("note_edited", 1), ("note_deleted", 1), ("note_restored", 1)] {
            let (_, shown) = app.get(&ada, &stream).await;
            assert_eq!(shown.matches(&format!("\"kind\":\"{kind}\"")).count(), count, "{kind}: {shown}");
        }
    }

    async fn two_who_write_at_once_lose_nothing(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        app.form(Some(&ada), "/do/add_note", &format!("owner=contact-{contact}&body=base")).await;
        let note = app.number("select id from notes").await;
        app.form(Some(&ada), "/do/edit_note", &format!("note={note}&body=mine&version=1")).await;
        let (status, _) = app.form(Some(&ada), "/do/edit_note", &format!("note={note}&body=mine&version=1")).await;
        assert_eq!(status, StatusCode::OK, "the same save again is one save");
        assert_eq!(app.number("select version from notes").await, 2);
        assert_eq!(app.number("select count(*) from activity where kind = 'note_edited'").await, 1);
        let (status, body) = app.form(Some(&ada), "/do/edit_note", &format!("note={note}&body=theirs&version=1")).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(app.text("select body from notes").await, "minetheirs", "both are there");
        let (status, body) = app.form(Some(&ada), "/do/edit_note", &format!("note={note}&body=old&version=77")).await;
        assert_eq!(status, StatusCode::CONFLICT, "a text that is not kept cannot be merged with: {body}");
        assert!(body.contains("Ada Lovelace saved this note while you were writing"), "{body}");
        app.form(Some(&ada), "/do/delete_note", &format!("note={note}")).await;
        let (status, body) = app.form(Some(&ada), "/do/edit_note", &format!("note={note}&body=late&version=2")).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(body.contains("deleted while you were writing"), "{body}");
    }

    async fn bad_notes_are_refused_and_write_nothing(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        let long = "x".repeat(100_001);
        for (form, status) in [
            (format!("owner=contact-{contact}&body=+%0D%0A+"), StatusCode::BAD_REQUEST),
            (format!("owner=contact-{contact}&body=a%00b"), StatusCode::BAD_REQUEST),
            (format!("owner=contact-{contact}&body={long}"), StatusCode::BAD_REQUEST),
            (format!("owner=contact-{contact}"), StatusCode::BAD_REQUEST),
            (format!("owner={contact}&body=x"), StatusCode::BAD_REQUEST),
            ("owner=contact-999999&body=x".to_owned(), StatusCode::NOT_FOUND),
            (format!("owner=company-{contact}&body=x"), StatusCode::NOT_FOUND),
        ] {
            let (found, body) = app.form(Some(&ada), "/do/add_note", &form).await;
            assert_eq!(found, status, "{}: {body}", &form[..form.len().min(60)]);
        }
        assert_eq!(app.number("select count(*) from notes").await, 0);
        // Four bytes each, twelve in a form: the most that a note may have.
        let most = "%F0%9F%99%82".repeat(100_000);
        let (status, _) = app.form(Some(&ada), "/do/add_note", &format!("owner=contact-{contact}&body={most}")).await;
        assert_eq!(status, StatusCode::OK);
        for path in ["edit_note", "delete_note", "restore_note", "pin_note"] {
            let (status, _) = app.form(Some(&ada), &format!("/do/{path}"), "note=999999&body=x&version=1&pinned=true").await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
    }

    async fn an_outsider_reaches_no_note(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        app.form(Some(&ada), "/do/add_note", &format!("owner=contact-{contact}&body=secret")).await;
        let note = app.number("select id from notes").await;
        create(&app.state.db, new_workspace("eve@example.com"), NOON).await.unwrap();
        let eve = sign_in(&app.state, "eve@example.com", "correct horse battery").await.unwrap();
        let (status, _) = app.get(&eve, &format!("/do/notes?owner=contact-{contact}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        for path in ["edit_note", "delete_note", "restore_note", "pin_note"] {
            let (status, _) = app.form(Some(&eve), &format!("/do/{path}"), &format!("note={note}&body=x&version=1&pinned=true")).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
        let (status, _) = app.form(Some(&eve), "/do/add_note", &format!("owner=contact-{contact}&body=x")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(app.text("select body from notes").await, "secret");
        assert_eq!(app.number("select deleted_at + pinned_at from notes").await, 0);
    }

    async fn a_deleted_note_is_gone_after_30_days(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        for body in ["old", "new"] {
            app.form(Some(&ada), "/do/add_note", &format!("owner=contact-{contact}&body={body}")).await;
        }
        let old = app.number("select id from notes where body = 'old'").await;
        let new = app.number("select id from notes where body = 'new'").await;
        app.form(Some(&ada), "/do/delete_note", &format!("note={old}")).await;
        app.pass(KEPT);
        let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let (status, body) = app.form(Some(&token), "/do/restore_note", &format!("note={old}")).await;
        assert_eq!(status, StatusCode::CONFLICT, "{body}");
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from notes where body = 'old'").await, 1, "30 days are not over yet");
        app.pass(1);
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from notes where body = 'old'").await, 0, "gone for good, whatever else is deleted");
        app.form(Some(&token), "/do/delete_note", &format!("note={new}")).await;
        app.pass(KEPT - 1);
        let token = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let (status, _) = app.form(Some(&token), "/do/restore_note", &format!("note={new}")).await;
        assert_eq!(status, StatusCode::OK, "the last moment counts");
        app.pass(2);
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from notes where body = 'new'").await, 1, "what is back stays");
    }

    async fn what_an_older_version_deleted_is_forgotten_as_well(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        let mut w = writing(&app).await;
        for n in 0..120 {
            notes::add(&mut w, Owner::Contact(ContactId(contact)), &format!("note {n}")).await.unwrap();
        }
        w.commit().await.unwrap();
        let delete = async |token: &str, note: i64| {
            let (status, _) = app.form(Some(token), "/do/delete_note", &format!("note={note}")).await;
            assert_eq!(status, StatusCode::OK);
        };
        let first = app.number("select id from notes where body = 'note 1'").await;
        let later = app.number("select id from notes where body = 'note 60'").await;
        let back = app.number("select id from notes where body = 'note 119'").await;
        let left = async || {
            let mut c = app.state.db.read().await.unwrap();
            let sql = "select id from notes where body in ('note 1', 'note 60', 'note 119') order by id";
            let ids: Result<Vec<(i64,)>, _> = run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).fetch_all(x));
            ids.unwrap().into_iter().map(|(id,)| id).collect::<Vec<_>>()
        };
        // One in each of three steps, the last of which was brought back.
        delete(&ada, first).await;
        delete(&ada, back).await;
        app.form(Some(&ada), "/do/restore_note", &format!("note={back}")).await;
        app.pass(KEPT - 1_000_000);
        let ada = sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        delete(&ada, later).await;
        app.pass(1_000_001);
        statement(&app.state, "delete from jobs").await;

        for _ in 0..2 {
            jobs::prepare(&app.state).await.unwrap();
            jobs::run_due(&app.state).await.unwrap();
            assert_eq!(app.number("select count(*) from jobs where kind = 'deleted_notes' and state = 'done'").await, 1, "once");
        }
        assert_eq!(app.number("select done from jobs where kind = 'deleted_notes'").await, 120);
        assert_eq!(left().await, [later, back]);
        app.pass(KEPT - 1_000_001);
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(left().await, [later, back], "its 30 days are not over yet");
        app.pass(1);
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(left().await, [back]);
        assert_eq!(app.number("select count(*) from notes").await, 118);
    }

    async fn a_company_has_notes_of_its_own(app: TestApp) {
        let (_, contact) = someone(&app).await;
        let mut w = writing(&app).await;
        let company = companies::find_or_create(&mut w, "acme").await.unwrap();
        let owner = Owner::Company(company);
        let note = notes::add(&mut w, owner, "They renew in May").await.unwrap();
        notes::edit(&mut w, note, "They renew in June", 1).await.unwrap();
        notes::pin(&mut w, note, true).await.unwrap();
        let (workspace, me) = (w.workspace, w.actor);
        w.commit().await.unwrap();
        let mut c = app.state.db.read().await.unwrap();
        let found = notes::find(&mut c, workspace, note).await.unwrap().unwrap();
        assert_eq!((found.owner_kind.as_str(), found.owner_id, found.version), ("company", company.0, 2));
        let dates = Dates::new("UTC", NOON);
        assert_eq!(notes::of_owner(&mut c, &dates, workspace, owner, me).await.unwrap().notes.len(), 1);
        let of_person = Owner::Contact(ContactId(contact));
        assert!(notes::of_owner(&mut c, &dates, workspace, of_person, me).await.unwrap().notes.is_empty());
        assert_eq!(app.number("select count(*) from stream where owner_kind = 'company' and facet = 'note'").await, 2);
        drop(c);
        let mut w = writing(&app).await;
        assert_eq!(notes::add(&mut w, Owner::Company(CompanyId(999_999)), "x").await, Err(Error::NotFound));
        notes::delete(&mut w, note).await.unwrap();
        assert_eq!(notes::pin(&mut w, note, true).await, Err(Error::NotFound));
        assert_eq!(notes::find(&mut w.conn, workspace, note).await.unwrap(), None);
        notes::restore(&mut w, note).await.unwrap();
        assert_eq!(notes::restore(&mut w, NoteId(1)).await, Err(Error::NotFound));
    }

    async fn notes_page_by_time_and_a_profile_shows_200(app: TestApp) {
        let (ada, contact) = someone(&app).await;
        let owner = Owner::Contact(ContactId(contact));
        let mut w = writing(&app).await;
        for n in 0..205 {
            notes::add(&mut w, owner, &format!("note {n}")).await.unwrap();
        }
        let workspace = w.workspace;
        w.commit().await.unwrap();
        let found = read(&app, &ada, &owner.to_string()).await;
        assert_eq!((found.notes.len(), found.more), (200, true));
        let (mut before, mut seen) = (None, std::collections::BTreeSet::new());
        let mut c = app.state.db.read().await.unwrap();
        loop {
            let page = notes::page(&mut c, workspace, owner, before, 50).await.unwrap();
            let Some(last) = page.last() else { break };
            before = Some((last.created_at, last.id));
            for note in page {
                assert!(seen.insert(note.id), "{} came twice", note.id);
            }
        }
        assert_eq!(seen.len(), 205);
    }
}
