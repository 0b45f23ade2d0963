//! Notes that several people write in at once.

mod across;
pub mod editor;
mod memory;
mod mentions;
mod parts;
mod programs;
mod random;
pub mod shared;
mod writers;

use std::sync::Arc;

use axum::http::StatusCode;
use editor::Editor;
use rapport::id::NoteId;
use rapport::notes::document::{Document, LONGEST};
use rapport::notes::{frame, rooms};
use rapport::server::db::Write;
use rapport::server::state::AppState;
use rapport::teammates::{self, Role, Viewer, sign_in, viewer_of};
use rapport::time::Time;
use serde_json::json;
use yrs::sync::awareness::AwarenessUpdateEntry;
use yrs::sync::{AwarenessUpdate, Message, SyncMessage};
use yrs::updates::decoder::Decode as _;
use yrs::{ClientID, Doc, Map as _, ReadTxn as _, StateVector, Text as _, Transact as _};

use crate::on_both;
use crate::support::{TestApp, new_workspace};

const PASSWORD: &str = "correct horse battery";

/// Ada and Grace of one workspace, Eve of another, and a note of the first.
struct Scene {
    token: String,
    ada: Viewer,
    grace: Viewer,
    eve: Viewer,
    note: NoteId,
    contact: i64,
}

async fn viewer(app: &AppState, email: &str) -> (String, Viewer) {
    let token = sign_in(app, email, PASSWORD).await.unwrap();
    let viewer = viewer_of(app, &token).await.unwrap().unwrap();
    (token, viewer)
}

async fn scene(app: &TestApp, body: &str) -> Scene {
    let (token, ada) = viewer(&app.state, "ada@example.com").await;
    let mut w = Write::begin(&app.state, ada.workspace, ada.id).await.unwrap();
    let link = teammates::invite(&mut w, "grace@example.com", Role::Agent).await.unwrap();
    w.commit().await.unwrap();
    teammates::join(&app.state, &link, "Grace Hopper", PASSWORD).await.unwrap();
    let (_, grace) = viewer(&app.state, "grace@example.com").await;
    let now = app.state.clock.now();
    rapport::workspace::create(&app.state.db, new_workspace("eve@example.com"), now).await.unwrap();
    let (_, eve) = viewer(&app.state, "eve@example.com").await;
    app.call("identify", &json!({"userId": "u", "traits": {"name": "Ida"}})).await;
    let contact = app.number("select id from contacts").await;
    let form = format!("owner=contact-{contact}&body={body}");
    app.form(Some(&token), "/do/add_note", &form).await;
    let note = NoteId(app.number("select max(id) from notes").await);
    Scene { token, ada, grace, eve, note, contact }
}

async fn opened(app: &Arc<AppState>, viewer: &Viewer, note: NoteId) -> Editor {
    let mut editor = Editor::new(note, viewer.clone());
    editor.connect(app);
    editor.settle().await;
    editor
}

fn insert(editor: &mut Editor, at: u32, text: &str) {
    for (n, c) in text.chars().enumerate() {
        editor.type_at(at + n as u32, Some(c));
    }
}

on_both! {
    async fn two_who_write_at_once_see_each_others_words_and_the_note_has_them(app: TestApp) {
        let Scene { token, ada, grace, note, contact, .. } = scene(&app, "base").await;
        let mut one = opened(&app.state, &ada, note).await;
        let mut two = opened(&app.state, &grace, note).await;
        assert_eq!((one.text().as_str(), two.text().as_str()), ("base", "base"), "made once, by the server");
        insert(&mut one, 0, "ab");
        insert(&mut two, 4, "yz");
        one.settle().await;
        two.settle().await;
        one.settle().await;
        assert_eq!((one.text().as_str(), two.text().as_str()), ("abbaseyz", "abbaseyz"));
        assert_eq!((one.kept.len(), two.unsure.len()), (2, 0), "both are told that it is kept");
        assert_eq!(app.text("select body from notes").await, "base", "not with every key");
        app.pass(1_500);
        rooms::sweep(&app.state, app.state.clock.now()).await;
        assert_eq!(app.text("select body from notes").await, "abbaseyz");
        assert_eq!(app.number("select version from notes").await, 3, "each typed in a go of their own");
        let grace_id = grace.id.0;
        assert_eq!(app.number("select edited_by from notes").await, grace_id, "who typed last");
        let (_, stream) = app.get(&token, &format!("/do/stream?owner=contact-{contact}&facet=note&limit=50")).await;
        assert_eq!(stream.matches("\"kind\":\"note_edited\"").count(), 2, "{stream}");
        // Nobody has it open any more: one state, no rows, no room.
        one.disconnect().await;
        two.disconnect().await;
        rooms::sweep(&app.state, app.state.clock.now()).await;
        assert_eq!(app.number("select count(*) from note_updates").await, 0);
        assert_eq!(app.state.notes.count(), 0);
        assert_eq!(opened(&app.state, &ada, note).await.text(), "abbaseyz");
    }

    async fn a_whole_text_merges_with_what_is_being_typed(app: TestApp) {
        let Scene { token, ada, note, .. } = scene(&app, "one+two+three").await;
        let mut one = opened(&app.state, &ada, note).await;
        insert(&mut one, 0, "zero ");
        one.settle().await;
        let form = format!("note={note}&version=1&body=one+two!+three");
        let (status, body) = app.form(Some(&token), "/do/edit_note", &form).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        one.settle().await;
        assert_eq!(one.text(), "zero one two! three");
        assert_eq!(app.text("select body from notes").await, "zero one two! three");
        insert(&mut one, 0, "-");
        one.settle().await;
        app.pass(1_500);
        rooms::sweep(&app.state, app.state.clock.now()).await;
        // From the first version still, and the same again.
        let form = format!("note={note}&version=1&body=one+two+three.");
        for _ in 0..2 {
            app.form(Some(&token), "/do/edit_note", &form).await;
        }
        one.settle().await;
        assert_eq!(one.text(), "-zero one two! three.");
        assert_eq!(app.text("select body from notes").await, "-zero one two! three.");
    }

    async fn boxes_are_ticked_in_the_text_as_it_is_by_then(app: TestApp) {
        let Scene { token, ada, note, .. } = scene(&app, "-+[+]+one%0A-+[x]+two").await;
        let mut one = opened(&app.state, &ada, note).await;
        insert(&mut one, 0, "- [ ] zero\n");
        one.settle().await;
        let tick = |place: u32, ticked: bool| format!("note={note}&version=1&tick={place}-{ticked}");
        for form in [tick(0, true), tick(1, false), tick(1, false), tick(9, true)] {
            let (status, body) = app.form(Some(&token), "/do/tick_note", &form).await;
            assert_eq!(status, StatusCode::OK, "{body}");
        }
        one.settle().await;
        assert_eq!(one.text(), "- [ ] zero\n- [x] one\n- [ ] two");
        assert_eq!(app.text("select body from notes").await, one.text());
        let (status, _) = app.form(Some(&token), "/do/tick_note", &format!("note={note}&version=77&tick=0-true")).await;
        assert_eq!(status, StatusCode::CONFLICT);
        for wrong in ["", "0", "x-true", "0-yes", "-1-true"] {
            let (status, _) = app.form(Some(&token), "/do/tick_note", &format!("note={note}&version=1&tick={wrong}")).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
        }
    }

    async fn a_pause_or_another_author_makes_a_step_that_can_be_restored(app: TestApp) {
        let Scene { token, ada, grace, note, .. } = scene(&app, "one").await;
        let mut first = opened(&app.state, &ada, note).await;
        let mut second = opened(&app.state, &grace, note).await;
        // Ada twice in one go, then Grace, then Grace after a pause.
        for (who, pause, text) in [(0, 2_000, " a"), (0, 2_000, " b"), (1, 2_000, " c"), (1, 30_000, " d")] {
            app.pass(pause);
            let editor = if who == 0 { &mut first } else { &mut second };
            editor.settle().await;
            let end = editor.text().len() as u32;
            insert(editor, end, text);
            editor.settle().await;
            rooms::sweep(&app.state, Time(i64::MAX)).await;
        }
        assert_eq!(app.text("select body from notes").await, "one a b c d");
        let (status, body) = app.get(&token, &format!("/do/note_history?note={note}")).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let steps: Vec<rapport::notes::Step> = serde_json::from_str(&body).unwrap();
        let names: Vec<_> = steps.iter().map(|s| (s.version, s.by[0].as_str())).collect();
        let (a, g) = ("Ada Lovelace", "Grace Hopper");
        assert_eq!(names, [(5, g), (4, g), (3, a), (1, a)], "{body}");
        let (_, html) = app.get(&token, &format!("/do/note_version?note={note}&version=3")).await;
        assert!(html.contains("one a b") && !html.contains('c'), "{html}");
        insert(&mut first, 0, "> ");
        first.settle().await;
        let (status, _) = app.form(Some(&token), "/do/restore_version", &format!("note={note}&version=3")).await;
        assert_eq!(status, StatusCode::OK);
        first.settle().await;
        assert_eq!(first.text(), "> one a b", "what is being typed stays");
        let (status, _) = app.form(Some(&token), "/do/restore_version", &format!("note={note}&version=77")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        // Texts that are no steps go after a day, steps stay.
        app.pass(24 * 60 * 60 * 1000 + 1);
        let (token, _) = viewer(&app.state, "ada@example.com").await;
        app.form(Some(&token), "/do/edit_note", &format!("note={note}&version=6&body=all+new")).await;
        assert_eq!(app.number("select count(*) from note_versions where kept = 0").await, 0);
        let (_, body) = app.get(&token, &format!("/do/note_history?note={note}")).await;
        assert!(body.matches("\"version\"").count() >= 5, "{body}");
    }

    async fn others_do_not_reach_a_note_and_are_told(app: TestApp) {
        let Scene { ada, eve, note, .. } = scene(&app, "secret").await;
        let mut outside = opened(&app.state, &eve, note).await;
        assert_eq!(outside.text(), "");
        assert_eq!(outside.refused.len(), 1, "{:?}", outside.refused);
        insert(&mut outside, 0, "x");
        outside.settle().await;
        outside.post(Message::AwarenessQuery);
        outside.settle().await;
        assert_eq!(outside.refused.len(), 3, "{:?}", outside.refused);
        assert_eq!(app.state.notes.count(), 0, "nothing was opened for them");
        assert_eq!(app.number("select count(*) from note_documents").await, 0);
        // A teammate who did not open it first is told as well.
        let mut late = Editor::new(note, ada.clone());
        late.connect(&app.state);
        late.line.as_mut().unwrap().up.clear();
        insert(&mut late, 0, "x");
        late.settle().await;
        assert_eq!(late.refused.len(), 1);
    }

    async fn what_is_no_text_is_refused_and_the_note_is_unharmed(app: TestApp) {
        let Scene { ada, grace, note, .. } = scene(&app, "base").await;
        let mut good = opened(&app.state, &ada, note).await;
        let mut bad = opened(&app.state, &grace, note).await;
        let update = |change: &dyn Fn(&Doc)| {
            let doc = Doc::new();
            change(&doc);
            let update = doc.transact().encode_state_as_update_v1(&StateVector::default());
            frame::written(note, &[Message::Sync(SyncMessage::Update(update))])
        };
        let text = |doc: &Doc, words: &str| doc.get_or_insert_text("body").push(&mut doc.transact_mut(), words);
        let largest = frame::written(note, &[Message::Sync(SyncMessage::Update(vec![0; frame::LARGEST]))]);
        let longest = "x".repeat(LONGEST as usize);
        let raw = |bytes: &[u8]| frame::written(note, &[Message::Sync(SyncMessage::Update(bytes.to_vec()))]);
        let cases: Vec<(&str, Vec<u8>)> = vec![
            ("a NUL", update(&|doc| text(doc, "a\0b"))),
            ("a bell", update(&|doc| text(doc, "a\u{7}b"))),
            ("an escape", update(&|doc| text(doc, "\u{1b}[31m"))),
            ("a sign of C1", update(&|doc| text(doc, "a\u{85}b"))),
            ("a CR, which fields do not have", update(&|doc| text(doc, "a\r\nb"))),
            ("too long a text", update(&|doc| text(doc, &longest))),
            ("another root", update(&|doc| { doc.get_or_insert_map("x").insert(&mut doc.transact_mut(), "a", 1); })),
            ("no text", update(&|doc| { doc.get_or_insert_text("body").insert_embed(&mut doc.transact_mut(), 0, yrs::Any::from(1)); })),
            ("nothing", raw(&[])),
            ("too many writers", raw(&[0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3])),
            ("too large", largest),
            ("no message", { let mut bytes = frame::written(note, &[]); bytes.extend([0, 2, 0xff, 0xff]); bytes }),
        ];
        for (n, (what, bytes)) in cases.iter().enumerate() {
            bad.throw(bytes).await;
            assert_eq!(bad.refused.len(), n + 1, "{what}: {:?}", bad.refused);
        }
        // Any byte of a good update may be wrong.
        let whole = update(&|doc| text(doc, "hello 🙂"));
        for at in 0..whole.len() {
            for wrong in [0, 0x7f, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = wrong;
                // What is still an update may be taken.
                if frame::read(&bytes).is_some_and(|(n, _)| n == note) {
                    bad.throw(&bytes).await;
                }
            }
        }
        good.ask();
        good.settle().await;
        insert(&mut good, 0, "still ");
        good.settle().await;
        assert!(good.text().contains("still ") && good.text().contains("base"), "{}", good.text());
        assert!(good.refused.is_empty() && good.is_sure());
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        assert_eq!(app.text("select body from notes").await, good.text());
    }

    async fn what_comes_without_what_it_builds_on_is_asked_for(app: TestApp) {
        let Scene { ada, grace, note, .. } = scene(&app, "base").await;
        let mut one = opened(&app.state, &ada, note).await;
        let mut two = opened(&app.state, &grace, note).await;
        insert(&mut one, 0, "abc");
        one.send();
        one.line.as_mut().unwrap().up.swap(0, 2);
        one.line.as_mut().unwrap().up.remove(1);
        one.settle().await;
        two.settle().await;
        assert_eq!((one.text().as_str(), two.text().as_str()), ("abcbase", "abcbase"));
        assert!(one.refused.is_empty(), "{:?}", one.refused);
    }

    async fn a_note_that_is_deleted_while_it_is_typed_in_can_be_brought_back(app: TestApp) {
        let Scene { token, ada, grace, note, .. } = scene(&app, "base").await;
        let mut one = opened(&app.state, &ada, note).await;
        let mut two = opened(&app.state, &grace, note).await;
        insert(&mut one, 4, "!");
        one.settle().await;
        app.form(Some(&token), "/do/delete_note", &format!("note={note}")).await;
        two.hear_all().await;
        assert_eq!(two.refused.len(), 1, "who has it open is told at once");
        insert(&mut one, 5, "?");
        one.settle().await;
        two.settle().await;
        assert!(one.refused[0].contains("deleted while you were writing"), "{:?}", one.refused);
        assert_eq!(two.refused.len(), 2, "who only reads along is told too");
        assert_eq!(one.unsure.len(), 1, "it is not said to be kept");
        app.form(Some(&token), "/do/restore_note", &format!("note={note}")).await;
        one.ask();
        one.settle().await;
        assert!(one.is_sure());
        two.ask();
        two.settle().await;
        assert_eq!(two.text(), "base!?");
    }

    async fn where_others_are_is_told_under_their_own_names(app: TestApp) {
        let Scene { ada, grace, note, .. } = scene(&app, "base").await;
        let mut one = opened(&app.state, &ada, note).await;
        let mut two = opened(&app.state, &grace, note).await;
        let said = |client: u64, clock: u32, json: &str| {
            let entry = AwarenessUpdateEntry { clock, json: json.into() };
            Message::Awareness(AwarenessUpdate { clients: [(ClientID::new(client), entry)].into() })
        };
        two.post(said(two.client(), 1, r#"{"cursor":1,"user":{"name":"Ada Lovelace"}}"#));
        two.settle().await;
        one.settle().await;
        let json = one.seen[0].clients[&ClientID::new(two.client())].json.to_string();
        assert!(json.contains("Grace Hopper") && !json.contains("Ada"), "{json}");
        // One does not speak for others, nor in what is no object, nor without end.
        one.post(said(two.client(), 9, "null"));
        one.post(said(one.client(), 1, "[1]"));
        one.post(said(one.client(), 2, &format!("{{\"a\":\"{}\"}}", "x".repeat(5_000))));
        one.settle().await;
        two.settle().await;
        assert!(two.seen.is_empty(), "{:?}", two.seen);
        // Who comes later is told, and who goes is gone.
        let mut three = opened(&app.state, &ada, note).await;
        assert_eq!(three.seen.len(), 1);
        two.disconnect().await;
        three.settle().await;
        assert_eq!(&*three.seen[1].clients[&ClientID::new(two.client())].json, "null");
    }

    async fn what_came_after_something_lost_is_kept_with_it_or_not_at_all(app: TestApp) {
        let Scene { ada, grace, note, .. } = scene(&app, "base").await;
        let mut one = opened(&app.state, &ada, note).await;
        let mut two = opened(&app.state, &grace, note).await;
        insert(&mut one, 0, "a");
        one.send();
        one.connect(&app.state);
        // It has a place in the text without what was lost with the line.
        insert(&mut one, 5, "b");
        one.send();
        one.arrive(0).await;
        one.arrive(0).await;
        two.hear_all().await;
        assert_eq!((two.text().as_str(), one.kept.len()), ("base", 0));
        one.settle().await;
        two.hear_all().await;
        assert!(one.is_sure() && two.text() == "abaseb", "{}", two.text());
        let next = random::another_process(&app).await;
        assert_eq!(opened(&next, &grace, note).await.text(), "abaseb");
        // Who has not got it either is not asked for ever.
        insert(&mut two, 0, "c");
        insert(&mut two, 7, "d");
        two.send();
        let up = std::mem::take(&mut two.line.as_mut().unwrap().up);
        let sent = Message::decode_v1(frame::read(&up[1]).unwrap().1).unwrap();
        let Message::Sync(SyncMessage::Update(update)) = sent else { panic!("{sent:?}") };
        two.throw(&frame::written(note, &[Message::Sync(SyncMessage::SyncStep2(update))])).await;
        assert_eq!(two.refused.len(), 1, "{:?}", two.refused);
        one.hear_all().await;
        assert_eq!(one.text(), "abaseb");
    }

    async fn signs_from_before_they_were_refused_stay_and_get_no_more(app: TestApp) {
        let Scene { ada, note, .. } = scene(&app, "base").await;
        let mut c = app.state.db.begin().await.unwrap();
        rapport::notes::documents::create(&mut c, ada.workspace, note, "a\u{7}b").await.unwrap();
        c.commit().await.unwrap();
        let mut one = opened(&app.state, &ada, note).await;
        insert(&mut one, 3, "c\td\n");
        one.settle().await;
        assert!(one.is_sure() && one.refused.is_empty(), "{:?}", one.refused);
        insert(&mut one, 0, "\u{8}");
        one.settle().await;
        assert!(one.refused[0].contains("signs that nobody can see"), "{:?}", one.refused);
        let mut two = opened(&app.state, &ada, note).await;
        assert_eq!(two.text(), "a\u{7}bc\td\n");
        two.type_at(1, None);
        two.settle().await;
        insert(&mut two, 1, "\u{7}");
        two.settle().await;
        assert_eq!(two.refused.len(), 1, "what went does not come again");
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        assert_eq!(app.text("select body from notes").await, "abc\td\n");
    }

    async fn what_a_process_kept_and_did_not_write_back_is_written_at_the_next_start(app: TestApp) {
        let Scene { ada, note, .. } = scene(&app, "base").await;
        let mut one = opened(&app.state, &ada, note).await;
        insert(&mut one, 4, " more");
        one.settle().await;
        assert!(one.is_sure());
        let next = random::another_process(&app).await;
        rooms::finish(&next).await.unwrap();
        assert_eq!(app.text("select body from notes").await, "base more");
        assert_eq!(app.number("select edited_by from notes").await, ada.id.0);
        rooms::finish(&next).await.unwrap();
        assert_eq!(app.number("select version from notes").await, 2, "once");
    }

    async fn many_edits_stay_few_rows_and_open_quickly(app: TestApp) {
        let Scene { ada, note, .. } = scene(&app, "base").await;
        // 50,000 keys in a text of 200 KB, at five hundred places.
        let big = Document::of_text(&"é".repeat(75_000));
        let mut one = opened(&app.state, &ada, note).await;
        let mut other = opened(&app.state, &ada, note).await;
        other.throw(&frame::written(note, &[Message::Sync(SyncMessage::Update(big.state()))])).await;
        other.disconnect().await;
        one.settle().await;
        for round in 0..500_u32 {
            one.type_on((round * 7_919) % 70_000);
            one.settle().await;
            if round % 50 == 0 {
                rooms::sweep(&app.state, app.state.clock.now()).await;
            }
        }
        assert!(one.refused.is_empty(), "{:?}", one.refused);
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        assert!(app.number("select count(*) from note_updates").await <= 200, "rows stay bounded");
        one.disconnect().await;
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        let began = std::time::Instant::now();
        let two = opened(&app.state, &ada, note).await;
        let took = began.elapsed();
        assert_eq!(two.text(), one.text());
        println!("a note of {} bytes opened in {took:?}, document {} bytes", two.text().len(),
            app.number("select cast(length(state) as bigint) from note_documents").await);
    }

    async fn erasing_a_person_erases_what_was_typed_about_them(app: TestApp) {
        let Scene { token, ada, note, contact, .. } = scene(&app, "base").await;
        let mut one = opened(&app.state, &ada, note).await;
        insert(&mut one, 4, " more");
        one.settle().await;
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        app.form(Some(&token), "/do/erase_contact", &format!("contact={contact}&confirm=Ida")).await;
        for sql in ["select count(*) from notes", "select count(*) from note_documents", "select count(*) from note_updates", "select count(*) from note_versions"] {
            assert_eq!(app.number(sql).await, 0, "{sql}");
        }
        insert(&mut one, 0, "x");
        one.settle().await;
        assert!(!one.refused.is_empty());
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        assert_eq!(app.number("select count(*) from note_documents").await, 0, "nothing comes back");
    }
}
