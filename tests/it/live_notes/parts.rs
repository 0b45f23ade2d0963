//! Notes of conversations that several people write in at once.

use axum::http::StatusCode;
use rapport::conversations::Thread;
use rapport::id::NoteId;
use rapport::jobs;
use rapport::notes::{Step, rooms};
use rapport::teammates::{self, Role};
use rapport::time::Time;

use super::editor::Editor;
use super::{PASSWORD, Scene, Write, insert, opened, random, scene, viewer};
use crate::on_both;
use crate::support::TestApp;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A note of a conversation with the scene's person, by Ada.
pub async fn noted(app: &TestApp, scene: &Scene, body: &str) -> (i64, NoteId) {
    let token = Some(scene.token.as_str());
    let contact = scene.contact;
    let id = match app.number("select count(*) from conversations").await {
        0 => {
            app.begin(token, &format!("contact={contact}&body=Hello&client_id=c0")).await;
            app.number("select id from conversations").await
        }
        _ => app.number("select id from conversations").await,
    };
    let number = app.number("select count(*) from parts").await;
    let form = format!("conversation={id}&kind=note&body={body}&client_id=n{number}");
    assert_eq!(app.form(token, "/do/say", &form).await.0, StatusCode::OK);
    (id, NoteId(app.number("select max(id) from parts").await))
}

async fn thread(app: &TestApp, token: &str, id: i64) -> Thread {
    let (status, body) = app.get(token, &format!("/do/conversation?id={id}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// The note's text, as the conversation has it.
async fn text(app: &TestApp) -> String {
    app.text("select body from parts where kind = 'note'").await
}

on_both! {
    async fn two_who_write_at_once_in_a_conversations_note_come_to_one_text(app: TestApp) {
        let scene = scene(&app, "x").await;
        let (id, note) = noted(&app, &scene, "base").await;
        let mut one = opened(&app.state, &scene.ada, note).await;
        let mut two = opened(&app.state, &scene.grace, note).await;
        assert_eq!((one.text().as_str(), two.text().as_str()), ("base", "base"));
        insert(&mut one, 0, "ab");
        insert(&mut two, 4, "yz");
        for editor in [&mut one, &mut two] {
            editor.settle().await;
        }
        one.settle().await;
        assert_eq!((one.text().as_str(), two.text().as_str()), ("abbaseyz", "abbaseyz"));
        assert!(one.is_sure() && two.is_sure() && one.refused.is_empty());
        assert_eq!(text(&app).await, "base", "not with every key");
        app.pass(1_500);
        rooms::sweep(&app.state, app.state.clock.now()).await;
        assert_eq!(text(&app).await, "abbaseyz");
        let part = thread(&app, &scene.token, id).await.parts.parts.pop().unwrap();
        assert_eq!((part.version, part.edited_by.as_slice()), (3, &["Grace Hopper".to_owned()][..]), "who typed last");
        assert_eq!((part.author.as_str(), part.edited_at), ("Ada Lovelace", app.state.clock.now().plus(-1_500)), "when they typed");
        let logged = "select count(*) from activity where kind = 'conversation_note_edited'";
        assert_eq!(app.number(logged).await, 2, "each has a line");
        // The same sitting has one line.
        insert(&mut two, 0, "-");
        two.settle().await;
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        assert_eq!((text(&app).await.as_str(), app.number(logged).await), ("-abbaseyz", 2));
        assert_eq!(app.number("select count(*) from notes where body <> 'x'").await, 0, "it is no note about anybody");
        for editor in [&mut one, &mut two] {
            editor.disconnect().await;
        }
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        assert_eq!(app.number("select count(*) from note_updates").await, 0);
        assert_eq!(opened(&app.state, &scene.ada, note).await.text(), "-abbaseyz");
    }

    async fn signs_that_nobody_sees_do_not_come_into_a_conversations_note(app: TestApp) {
        let scene = scene(&app, "x").await;
        let (_, note) = noted(&app, &scene, "one%0Dtwo%07%EF%BB%BF%0D%0Athree%C2%85").await;
        assert_eq!(text(&app).await, "one\ntwo\nthree");
        // Every browser counts the same places in it as the document does.
        let mut one = opened(&app.state, &scene.ada, note).await;
        assert_eq!(one.text(), "one\ntwo\nthree");
        insert(&mut one, 7, "!");
        one.settle().await;
        assert!(one.is_sure() && one.refused.is_empty(), "{:?}", one.refused);
        assert_eq!(one.text(), "one\ntwo!\nthree");
    }

    async fn what_was_kept_of_a_conversations_note_outlasts_the_process(app: TestApp) {
        let scene = scene(&app, "x").await;
        let (_, note) = noted(&app, &scene, "base").await;
        let mut one = opened(&app.state, &scene.grace, note).await;
        insert(&mut one, 4, " more");
        one.settle().await;
        assert!(one.is_sure());
        let next = random::another_process(&app).await;
        rooms::finish(&next).await.unwrap();
        assert_eq!(text(&app).await, "base more");
        assert_eq!(app.number("select edited_by from parts where kind = 'note'").await, scene.grace.id.0);
        assert_eq!(opened(&next, &scene.ada, note).await.text(), "base more");
    }

    async fn others_do_not_reach_a_conversations_note_and_messages_are_none(app: TestApp) {
        let scene = scene(&app, "x").await;
        let (id, note) = noted(&app, &scene, "secret").await;
        let mut outside = opened(&app.state, &scene.eve, note).await;
        insert(&mut outside, 0, "x");
        outside.settle().await;
        assert_eq!((outside.text().as_str(), outside.refused.len()), ("x", 2), "{:?}", outside.refused);
        let message = NoteId(app.number("select min(id) from parts").await);
        assert!(!opened(&app.state, &scene.ada, message).await.refused.is_empty(), "what was said stays as it was said");
        assert_eq!(app.number("select count(*) from note_documents").await, 0);
        let (eve, _) = viewer(&app.state, "eve@example.com").await;
        let edit = |part: NoteId, body: &str, version: i64| format!("note={part}&body={body}&version={version}");
        let form = async |token: &str, path: &str, form: &str| app.form(Some(token), path, form).await.0;
        for (path, form_of) in [
            ("/do/edit_note", edit(note, "x", 1)),
            ("/do/restore_version", format!("note={note}&version=1")),
            ("/do/delete_part", format!("conversation={id}&part={note}")),
        ] {
            assert_eq!(form(&eve, path, &form_of).await, StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["note_history", "note_version"] {
            let (status, _) = app.get(&eve, &format!("/do/{path}?note={note}&version=1")).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(form(&scene.token, "/do/edit_note", &edit(message, "x", 1)).await, StatusCode::NOT_FOUND);
        // What only notes about somebody have.
        for path in ["/do/delete_note", "/do/pin_note"] {
            assert_eq!(form(&scene.token, path, &format!("note={note}&pinned=true")).await, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(text(&app).await, "secret");
    }

    async fn any_teammate_writes_and_the_author_or_an_admin_deletes(app: TestApp) {
        let scene = scene(&app, "x").await;
        let (id, note) = noted(&app, &scene, "one+two").await;
        let (grace, _) = viewer(&app.state, "grace@example.com").await;
        let form = async |token: &str, path: &str, form: String| app.form(Some(token), path, &form).await.0;
        // Both began with the first version.
        assert_eq!(form(&grace, "/do/edit_note", format!("note={note}&body=one+two!&version=1")).await, StatusCode::OK);
        assert_eq!(form(&scene.token, "/do/edit_note", format!("note={note}&body=One+two&version=1")).await, StatusCode::OK);
        assert_eq!(text(&app).await, "One two!", "forms merge");
        assert_eq!(form(&grace, "/do/edit_note", format!("note={note}&body=+&version=3")).await, StatusCode::BAD_REQUEST);
        let ends = |part: NoteId| format!("conversation={id}&part={part}");
        assert_eq!(form(&grace, "/do/delete_part", ends(note)).await, StatusCode::FORBIDDEN);
        let whole = format!("conversation={id}&kind=note&body=hers&client_id=g1");
        assert_eq!(form(&grace, "/do/say", whole).await, StatusCode::OK);
        let hers = NoteId(app.number("select max(id) from parts").await);
        // Ada is an admin, so she takes back what Grace wrote, and brings it back.
        assert_eq!(form(&scene.token, "/do/delete_part", ends(hers)).await, StatusCode::OK);
        assert_eq!(form(&grace, "/do/edit_note", format!("note={hers}&body=x&version=1")).await, StatusCode::CONFLICT);
        let back = format!("{}&body=hers", ends(hers));
        assert_eq!(form(&scene.token, "/do/restore_part", back).await, StatusCode::OK);
        let part = thread(&app, &grace, id).await.parts.parts.pop().unwrap();
        assert_eq!((part.author.as_str(), part.body.as_str(), part.edited_by.len()), ("Grace Hopper", "hers", 0));
        let mut w = Write::begin(&app.state, scene.ada.workspace, scene.ada.id).await.unwrap();
        let link = teammates::invite(&mut w, "ken@example.com", Role::Agent).await.unwrap();
        w.commit().await.unwrap();
        teammates::join(&app.state, &link, "Ken", PASSWORD).await.unwrap();
        let (ken, _) = viewer(&app.state, "ken@example.com").await;
        assert_eq!(form(&ken, "/do/delete_part", ends(hers)).await, StatusCode::FORBIDDEN);
        assert_eq!(form(&grace, "/do/delete_part", ends(hers)).await, StatusCode::OK, "one's own");
    }

    async fn a_conversations_note_has_its_history_and_any_of_it_again(app: TestApp) {
        let scene = scene(&app, "x").await;
        let (_, note) = noted(&app, &scene, "one").await;
        let mut first = opened(&app.state, &scene.ada, note).await;
        let mut second = opened(&app.state, &scene.grace, note).await;
        for (who, words) in [(0, " a"), (1, " b")] {
            app.pass(2_000);
            let editor = if who == 0 { &mut first } else { &mut second };
            editor.settle().await;
            let end = editor.text().len() as u32;
            insert(editor, end, words);
            editor.settle().await;
            rooms::sweep(&app.state, Time(i64::MAX)).await;
        }
        let (_, body) = app.get(&scene.token, &format!("/do/note_history?note={note}")).await;
        let steps: Vec<Step> = serde_json::from_str(&body).unwrap();
        let names: Vec<_> = steps.iter().map(|s| (s.version, s.by[0].as_str())).collect();
        assert_eq!(names, [(3, "Grace Hopper"), (2, "Ada Lovelace"), (1, "Ada Lovelace")], "{body}");
        let (_, html) = app.get(&scene.token, &format!("/do/note_version?note={note}&version=2")).await;
        assert!(html.contains("one a") && !html.contains("one a b"), "{html}");
        insert(&mut first, 0, "> ");
        first.settle().await;
        let restore = format!("note={note}&version=1");
        assert_eq!(app.form(Some(&scene.token), "/do/restore_version", &restore).await.0, StatusCode::OK);
        first.settle().await;
        assert_eq!((first.text().as_str(), text(&app).await.as_str()), ("> one", "> one"), "what is being typed stays");
    }

    async fn who_is_named_while_it_is_typed_in_a_conversations_note_finds_it(app: TestApp) {
        let scene = scene(&app, "x").await;
        let (id, note) = noted(&app, &scene, "Ask").await;
        let mut one = opened(&app.state, &scene.ada, note).await;
        insert(&mut one, 3, " @Grace Hopper");
        one.settle().await;
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        let named = "select count(*) from mentions m join teammates t on t.id = m.teammate_id and t.name = 'Grace Hopper' \
                     where m.seen_at = 0 and m.part_id = (select max(id) from parts)";
        assert_eq!(app.number(named).await, 1);
        assert_eq!(app.number("select count(*) from note_mentions").await, 0, "told as notes of conversations are");
        let html = thread(&app, &scene.token, id).await.parts.parts.pop().unwrap().html;
        assert!(html.contains("<span class=\"mention\">@Grace Hopper</span>"), "{html}");
        for _ in 0..14 {
            one.type_at(3, None);
        }
        one.settle().await;
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        assert_eq!((text(&app).await.as_str(), app.number(named).await), ("Ask", 0));
    }

    async fn a_deleted_note_is_read_nowhere_and_its_undo_does_not_double_it(app: TestApp) {
        let scene = scene(&app, "x").await;
        let (id, note) = noted(&app, &scene, "zqxbase").await;
        let mut one = opened(&app.state, &scene.ada, note).await;
        let mut two = opened(&app.state, &scene.grace, note).await;
        insert(&mut one, 7, " zqxmore");
        one.settle().await;
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        two.settle().await;
        // Grace is on the train, and goes on.
        two.disconnect().await;
        insert(&mut two, 0, "T");
        let ends = format!("conversation={id}&part={note}");
        let (status, body) = app.form(Some(&scene.token), "/do/delete_part", &ends).await;
        assert_eq!((status, body), (StatusCode::OK, note.to_string()));
        assert_eq!(text(&app).await, "");
        assert_eq!(app.number("select count(*) from note_updates").await, 0);
        let kept = app.number("select max(version) from note_versions").await;
        for (path, version) in [("note_history", 1), ("note_version", 1), ("note_version", kept)] {
            let (status, _) = app.get(&scene.token, &format!("/do/{path}?note={note}&version={version}")).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "nobody reads its history either: {path}");
        }
        let mut c = app.state.db.read().await.unwrap();
        let kept = rapport::notes::documents::read(&mut c, scene.ada.workspace, note).await.unwrap().unwrap();
        drop(c);
        assert!(!kept.document.state().windows(3).any(|w| w == b"zqx"), "not in the document either");
        // Whoever still has it open is not let write in it.
        insert(&mut one, 0, "y");
        one.settle().await;
        assert!(one.refused.iter().any(|why| why.contains("deleted while you were writing")), "{:?}", one.refused);
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        assert_eq!((text(&app).await.as_str(), opened(&app.state, &scene.grace, note).await.refused.len()), ("", 1));

        assert_eq!(app.form(Some(&scene.token), "/do/restore_part", &ends).await.0, StatusCode::OK);
        assert_eq!(text(&app).await, "zqxbase zqxmore");
        let mut third = opened(&app.state, &scene.ada, note).await;
        assert_eq!(third.text(), "zqxbase zqxmore");
        two.connect(&app.state);
        two.settle().await;
        third.settle().await;
        let both = third.text();
        assert_eq!(two.text(), both);
        assert_eq!((both.matches("zqxbase zqxmore").count(), both.len()), (1, "Tzqxbase zqxmore".len()), "{both}");
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        assert_eq!(text(&app).await, both);
        assert_eq!(app.number("select edited_by from parts where kind = 'note' and deleted_at = 0").await, scene.grace.id.0);
    }

    async fn what_was_typed_right_before_a_note_was_deleted_comes_back_with_it(app: TestApp) {
        let scene = scene(&app, "x").await;
        let (id, note) = noted(&app, &scene, "one").await;
        let mut grace = opened(&app.state, &scene.grace, note).await;
        insert(&mut grace, 3, " two");
        grace.settle().await;
        assert!(grace.is_sure() && text(&app).await == "one", "kept, and not written back yet");
        let ends = format!("conversation={id}&part={note}");
        for path in ["/do/delete_part", "/do/restore_part"] {
            let (status, body) = app.form(Some(&scene.token), path, &ends).await;
            assert_eq!(status, StatusCode::OK, "{body}");
        }
        grace.ask();
        grace.settle().await;
        assert_eq!((grace.text().as_str(), text(&app).await.as_str()), ("one two", "one two"));
    }

    async fn the_history_of_a_deleted_note_comes_back_with_its_undo_or_goes_for_good(app: TestApp) {
        let scene = scene(&app, "x").await;
        let (id, note) = noted(&app, &scene, "one").await;
        let ends = format!("conversation={id}&part={note}");
        let form = async |path: &str, form: &str| app.form(Some(&scene.token), path, form).await.0;
        for (version, words) in [(1, "two+@Grace+Hopper"), (2, "three")] {
            app.pass(31_000);
            assert_eq!(form("/do/edit_note", &format!("note={note}&body={words}&version={version}")).await, StatusCode::OK);
        }
        assert_eq!(app.number("select count(*) from mentions_told").await, 1);
        let steps = async || {
            let (_, body) = app.get(&scene.token, &format!("/do/note_history?note={note}")).await;
            let steps: Vec<Step> = serde_json::from_str(&body).unwrap();
            steps.into_iter().map(|step| step.version).collect::<Vec<_>>()
        };
        assert_eq!(steps().await, [3, 2, 1]);
        assert_eq!(form("/do/delete_part", &ends).await, StatusCode::OK);
        jobs::run_due(&app.state).await.unwrap();
        app.pass(20 * DAY);
        assert_eq!(form("/do/restore_part", &ends).await, StatusCode::OK);
        assert_eq!(text(&app).await, "three");
        app.pass(9 * DAY);
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(steps().await, [5, 2, 1], "what it was before is its history still");
        let (_, html) = app.get(&scene.token, &format!("/do/note_version?note={note}&version=2")).await;
        assert!(html.contains("two"), "{html}");
        let restore = format!("note={note}&version=1");
        assert_eq!(form("/do/restore_version", &restore).await, StatusCode::OK);
        assert_eq!(text(&app).await, "one");

        assert_eq!(form("/do/delete_part", &ends).await, StatusCode::OK);
        assert!(app.number("select count(*) from note_versions").await > 0);
        app.pass(30 * DAY + 1);
        jobs::run_due(&app.state).await.unwrap();
        assert_eq!(app.number("select count(*) from note_versions").await, 0, "nothing brings it back, so nothing is kept");
        assert_eq!(app.number("select count(*) from mentions_told").await, 0, "nor who was told of it");
        let token = teammates::sign_in(&app.state, "ada@example.com", "correct horse battery").await.unwrap();
        let (status, _) = app.form(Some(&token), "/do/restore_part", &format!("{ends}&body=one")).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let (_, shown) = app.get(&token, "/do/jobs").await;
        assert!(!shown.contains("Forgetting"), "nobody is shown such a job: {shown}");
    }

    async fn erasing_a_person_erases_what_was_typed_in_their_conversations_notes(app: TestApp) {
        let scene = scene(&app, "x").await;
        let (_, note) = noted(&app, &scene, "base").await;
        let mut one: Editor = opened(&app.state, &scene.ada, note).await;
        insert(&mut one, 4, " more");
        one.settle().await;
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        insert(&mut one, 4, " still");
        one.settle().await;
        assert!(app.number("select count(*) from note_updates").await > 0);
        let erase = format!("contact={}&confirm=Ida", scene.contact);
        assert_eq!(app.form(Some(&scene.token), "/do/erase_contact", &erase).await.0, StatusCode::OK);
        for sql in [
            "select count(*) from parts",
            "select count(*) from note_documents",
            "select count(*) from note_updates",
            "select count(*) from note_versions",
        ] {
            assert_eq!(app.number(sql).await, 0, "{sql}");
        }
        insert(&mut one, 0, "x");
        one.settle().await;
        assert!(!one.refused.is_empty());
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        assert_eq!(app.number("select count(*) from note_documents").await, 0, "nothing comes back");
    }
}
