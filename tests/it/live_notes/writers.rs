//! Who wrote what: who takes turns has a step of the history for each, and who write at once are named together.

use axum::http::StatusCode;
use rapport::id::NoteId;
use rapport::notes::{Notes, Step, rooms};
use rapport::teammates;
use rapport::time::Time;
use serde_json::json;

use super::editor::Editor;
use super::parts::noted;
use super::random::another_process;
use super::shared::statement;
use super::{Scene, Write, insert, opened, scene, viewer};
use crate::on_both;
use crate::support::TestApp;

const ADA: &str = "Ada Lovelace";
const GRACE: &str = "Grace Hopper";

/// The history, newest first: the version and its writers' names.
async fn steps(app: &TestApp, token: &str, note: NoteId) -> Vec<(i64, String)> {
    let (status, body) = app.get(token, &format!("/do/note_history?note={note}")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let steps: Vec<Step> = serde_json::from_str(&body).unwrap();
    steps.into_iter().map(|step| (step.version, step.by.join(", "))).collect()
}

/// The text of one of its versions, as it was read.
async fn shown(app: &TestApp, token: &str, note: NoteId, version: i64) -> String {
    let (_, html) =
        app.get(token, &format!("/do/note_version?note={note}&version={version}")).await;
    let html: String = serde_json::from_str(&html).unwrap();
    html.trim().trim_start_matches("<p>").trim_end_matches("</p>").to_owned()
}

/// The words of a page, without what marks them up.
fn words(page: &str) -> String {
    let mut tag = false;
    let words = page.chars().filter(|c| {
        let was = tag || *c == '<';
        tag = was && *c != '>';
        !was
    });
    words.collect()
}

/// Writes at the end of the text, and hears what came of it.
async fn adds(editor: &mut Editor, words: &str) {
    editor.settle().await;
    let end = editor.text().encode_utf16().count() as u32;
    insert(editor, end, words);
    editor.settle().await;
}

/// Both type in one paragraph, a key each in turn.
async fn both(one: &mut Editor, two: &mut Editor, words: [&str; 2]) {
    let keys = words.map(|words| words.chars().collect::<Vec<_>>());
    for (a, b) in keys[0].iter().zip(&keys[1]) {
        adds(one, &a.to_string()).await;
        two.settle().await;
        insert(two, 0, &b.to_string());
        two.settle().await;
    }
    one.settle().await;
}

async fn written_back(app: &TestApp) {
    rooms::sweep(&app.state, Time(i64::MAX)).await;
}

on_both! {
    async fn who_takes_turns_has_a_step_for_each_however_quickly(app: TestApp) {
        let Scene { token, ada, grace, note, contact, .. } = scene(&app, "base").await;
        let mut one = opened(&app.state, &ada, note).await;
        let mut two = opened(&app.state, &grace, note).await;
        adds(&mut one, " one").await;
        app.pass(300);
        adds(&mut two, " two").await;
        app.pass(1_600);
        adds(&mut one, " three").await;
        assert_eq!(app.number("select version from notes").await, 1, "nothing is written back yet");
        written_back(&app).await;
        let all = [(4, ADA.to_owned()), (3, GRACE.to_owned()), (2, ADA.to_owned()), (1, ADA.to_owned())];
        assert_eq!(steps(&app, &token, note).await, all);
        for (version, text) in [(1, "base"), (2, "base one"), (3, "base one two"), (4, "base one two three")] {
            assert_eq!(shown(&app, &token, note, version).await, text);
        }
        // Each has one line in the log for their sitting, and it was when they typed.
        let (_, stream) = app.get(&token, &format!("/do/stream?owner=contact-{contact}&facet=note&limit=50")).await;
        assert_eq!(stream.matches("\"kind\":\"note_edited\"").count(), 2, "{stream}");
        let between = "select v3.at - v2.at from note_versions v2 join note_versions v3 on v3.version = 3 where v2.version = 2";
        assert_eq!(app.number(between).await, 300);
    }

    async fn who_write_at_once_in_one_paragraph_are_both_named(app: TestApp) {
        let Scene { token, ada, grace, note, contact, .. } = scene(&app, "base").await;
        let mut one = opened(&app.state, &ada, note).await;
        let mut two = opened(&app.state, &grace, note).await;
        both(&mut one, &mut two, [" ada", "grac"]).await;
        written_back(&app).await;
        assert_eq!(app.text("select body from notes").await, "cargbase ada");
        let together = format!("{ADA}, {GRACE}");
        assert_eq!(steps(&app, &token, note).await, [(2, together.clone()), (1, ADA.to_owned())], "not a step a key");
        let list = format!("/do/notes?owner=contact-{contact}");
        let (_, body) = app.get(&token, &list).await;
        let notes: Notes = serde_json::from_str(&body).unwrap();
        assert_eq!(notes.notes[0].edited.as_ref().unwrap().0, [ADA, GRACE]);
        let (_, page) = app.get(&token, &format!("/contacts/{contact}?view=facts&history={note}")).await;
        let page = words(&page);
        assert!(page.contains(&format!("edited by {ADA} and {GRACE}")), "both are named without a script");
        assert_eq!(page.matches(&format!("{ADA} and {GRACE}")).count(), 2, "in the history too");
        assert_eq!(app.number("select count(*) from activity where kind = 'note_edited'").await, 2, "each was there");
        // They go on together: it is the same step. Then one alone, who restores what they had.
        app.pass(2_000);
        both(&mut two, &mut one, ["!!", "??"]).await;
        written_back(&app).await;
        assert_eq!(steps(&app, &token, note).await, [(3, together.clone()), (1, ADA.to_owned())]);
        assert_eq!(app.number("select count(*) from activity where kind = 'note_edited'").await, 2);
        app.pass(2_000);
        adds(&mut one, " alone").await;
        written_back(&app).await;
        let form = format!("note={note}&version=3");
        assert_eq!(app.form(Some(&token), "/do/restore_version", &form).await.0, StatusCode::OK);
        let restored = [(5, ADA.to_owned()), (4, ADA.to_owned()), (3, together.clone()), (1, ADA.to_owned())];
        assert_eq!(steps(&app, &token, note).await, restored, "a new change by who restored it, which can be taken back");
        // Who has left the team keeps their name beside what they wrote.
        let mut w = Write::begin(&app.state, ada.workspace, ada.id).await.unwrap();
        teammates::remove(&mut w, grace.id, ada.id).await.unwrap();
        w.commit().await.unwrap();
        assert_eq!(steps(&app, &token, note).await, restored);
    }

    async fn what_somebody_types_is_theirs_when_another_saves_a_form(app: TestApp) {
        let Scene { token, grace, note, .. } = scene(&app, "one+two").await;
        let mut two = opened(&app.state, &grace, note).await;
        adds(&mut two, " three").await;
        let form = format!("note={note}&version=1&body=One+two");
        assert_eq!(app.form(Some(&token), "/do/edit_note", &form).await.0, StatusCode::OK);
        assert_eq!(app.text("select body from notes").await, "One two three");
        let all = [(3, ADA.to_owned()), (2, GRACE.to_owned()), (1, ADA.to_owned())];
        assert_eq!(steps(&app, &token, note).await, all);
        assert_eq!(shown(&app, &token, note, 2).await, "one two three");
    }

    async fn a_conversations_note_names_all_its_writers_and_comes_back_with_them(app: TestApp) {
        let scene = scene(&app, "x").await;
        let Scene { token, ada, grace, .. } = &scene;
        let (id, note) = noted(&app, &scene, "base").await;
        let mut one = opened(&app.state, ada, note).await;
        let mut two = opened(&app.state, grace, note).await;
        both(&mut one, &mut two, [" ada", "grac"]).await;
        written_back(&app).await;
        let edited = async || {
            let (_, body) = app.get(token, &format!("/do/conversation?id={id}")).await;
            let thread: rapport::conversations::Thread = serde_json::from_str(&body).unwrap();
            thread.parts.parts.into_iter().next_back().unwrap().edited_by
        };
        assert_eq!(edited().await, [ADA, GRACE]);
        let (_, page) = app.get(token, &format!("/inbox/{id}")).await;
        assert!(words(&page).contains(&format!("edited by {ADA} and {GRACE}")), "also without a script");
        // Deleted right after Grace went on: it comes back as hers.
        app.pass(2_000);
        adds(&mut two, "!").await;
        let ends = format!("conversation={id}&part={note}");
        for path in ["/do/delete_part", "/do/restore_part"] {
            assert_eq!(app.form(Some(token), path, &ends).await.0, StatusCode::OK);
        }
        assert_eq!(edited().await, [GRACE]);
        let names: Vec<_> = steps(&app, token, note).await.into_iter().map(|step| step.1).collect();
        assert_eq!(names, [GRACE.to_owned(), format!("{ADA}, {GRACE}"), ADA.to_owned()]);
    }

    async fn who_wrote_what_is_known_at_another_process_and_after_one_was_killed(app: TestApp) {
        let Scene { token, ada, grace, note, .. } = scene(&app, "base").await;
        let other = another_process(&app).await;
        let mut one = opened(&app.state, &ada, note).await;
        let mut two = opened(&other, &grace, note).await;
        adds(&mut one, " one").await;
        rooms::ask_others(&other).await.unwrap();
        adds(&mut two, " two").await;
        // Hers is written back by the process that she is not connected to.
        written_back(&app).await;
        rooms::sweep(&other, Time(i64::MAX)).await;
        let first = [(3, GRACE.to_owned()), (2, ADA.to_owned()), (1, ADA.to_owned())];
        assert_eq!(steps(&app, &token, note).await, first);
        // Both type, and both processes are killed before either writes it back.
        for words in [" a", " b"] {
            rooms::ask_others(&app.state).await.unwrap();
            adds(&mut one, words).await;
            rooms::ask_others(&other).await.unwrap();
            adds(&mut two, words).await;
        }
        let next = another_process(&app).await;
        rooms::finish(&next).await.unwrap();
        assert_eq!(app.text("select body from notes").await, "base one two a a b b");
        let all = steps(&app, &token, note).await;
        assert_eq!(all[0], (4, format!("{ADA}, {GRACE}")), "{all:?}");
        assert_eq!(all[1..], first);
    }

    async fn rows_are_folded_once_the_note_has_their_text_and_writers(app: TestApp) {
        let Scene { token, ada, grace, note, .. } = scene(&app, "base").await;
        let mut one = opened(&app.state, &ada, note).await;
        let mut two = opened(&app.state, &grace, note).await;
        // More than are kept as rows, and nobody has paused.
        adds(&mut one, &"a".repeat(120)).await;
        adds(&mut two, &"g".repeat(120)).await;
        rooms::sweep(&app.state, app.state.clock.now()).await;
        assert_eq!(app.number("select count(*) from note_updates").await, 0);
        let all = [(3, GRACE.to_owned()), (2, ADA.to_owned()), (1, ADA.to_owned())];
        assert_eq!(steps(&app, &token, note).await, all);
        // Rows that an older version folded before the note had their text say nobody's name any more.
        adds(&mut one, "!").await;
        statement(&app.state, "update note_documents set folded = last").await;
        statement(&app.state, "delete from note_updates").await;
        let next = another_process(&app).await;
        rooms::finish(&next).await.unwrap();
        assert_eq!(app.number("select count(*) from note_documents where projected < last").await, 0);
    }

    async fn steps_from_before_stay_whose_they_were_and_a_merge_takes_all_along(app: TestApp) {
        app.call("page", &json!({"anonymousId": "a-1"})).await;
        let Scene { token, ada, grace, note, .. } = scene(&app, "base").await;
        let mut one = opened(&app.state, &ada, note).await;
        let mut two = opened(&app.state, &grace, note).await;
        adds(&mut two, " old").await;
        written_back(&app).await;
        // As the last version before had it: who typed last, and nobody beside them.
        assert_eq!(app.number("select count(*) from note_versions where together <> ''").await, 0);
        app.pass(2_000);
        both(&mut one, &mut two, ["ab", "cd"]).await;
        written_back(&app).await;
        let visitor = app.number("select min(id) from contacts").await;
        statement(&app.state, "update notes set owner_id = (select min(id) from contacts)").await;
        app.call("identify", &json!({"userId": "u", "anonymousId": "a-1"})).await;
        assert!(app.number("select owner_id from notes").await != visitor, "the note went with the visitor");
        let all = [(3, format!("{ADA}, {GRACE}")), (2, GRACE.to_owned()), (1, ADA.to_owned())];
        assert_eq!(steps(&app, &token, note).await, all);
        let (grace, _) = viewer(&app.state, "grace@example.com").await;
        assert_eq!(steps(&app, &grace, note).await, all);
    }
}
