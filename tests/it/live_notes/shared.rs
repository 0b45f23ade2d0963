//! What several type while the disk is busy is kept together, and nobody is told of it before.

use futures::future::join_all;
use rapport::notes::documents::Numbered;
use rapport::notes::{documents, rooms};
use rapport::run;
use rapport::server::db::{Changed, Write};
use rapport::server::state::AppState;
use rapport::time::Time;

use super::editor::Editor;
use super::{Scene, insert, opened, scene};
use crate::on_both;
use crate::support::TestApp;

/// Does one thing to the database that no feature does.
pub async fn statement(app: &AppState, sql: &'static str) {
    let mut c = app.db.begin().await.unwrap();
    let done: Result<Changed, _> = run!(c, |x| sqlx::query(sql).execute(x));
    done.unwrap();
    c.commit().await.unwrap();
}

async fn another_note(app: &TestApp, scene: &Scene) -> rapport::id::NoteId {
    let owner = rapport::notes::Owner::Contact(rapport::id::ContactId(scene.contact));
    let mut w = Write::begin(&app.state, scene.ada.workspace, scene.ada.id).await.unwrap();
    let note = rapport::notes::add(&mut w, owner, "other").await.unwrap();
    w.commit().await.unwrap();
    note
}

on_both! {
    async fn others_see_it_at_once_and_its_sender_is_sure_once_it_is_on_disk(app: TestApp) {
        let scene = scene(&app, "base").await;
        let Scene { ada, grace, note, .. } = &scene;
        let other = another_note(&app, &scene).await;
        let mut writers = vec![
            opened(&app.state, ada, *note).await,
            opened(&app.state, grace, *note).await,
            opened(&app.state, ada, *note).await,
            opened(&app.state, grace, other).await,
        ];
        let mut reader = opened(&app.state, grace, *note).await;
        for (n, writer) in (0..).zip(&mut writers) {
            insert(writer, 0, &char::from(b'a' + n).to_string());
            writer.send();
        }
        // Somebody else writes in both notes for a while.
        let mut busy = app.state.db.begin().await.unwrap();
        for note in [*note, other] {
            documents::hold(&mut busy, ada.workspace, note).await.unwrap();
        }
        let arriving = join_all(writers.iter_mut().map(|w| w.arrive(0)));
        let meanwhile = async {
            tokio::time::sleep(std::time::Duration::from_millis(150)).await;
            reader.hear_all().await;
            assert!(reader.text().len() > "base".len(), "no slow disk holds up what others see");
            assert_eq!(app.number("select count(*) from note_updates").await, 0);
            busy.commit().await.unwrap();
        };
        tokio::join!(arriving, meanwhile);
        reader.hear_all().await;
        for writer in &mut writers {
            writer.settle().await;
            assert!(writer.is_sure() && writer.refused.is_empty(), "{:?}", writer.refused);
        }
        let text = reader.text();
        assert!(text.ends_with("base") && ['a', 'b', 'c'].iter().all(|c| text.contains(*c)), "{text}");
        assert!(writers[..3].iter().all(|w| w.text() == text));
        assert_eq!(writers[3].text(), "dother");
        assert_eq!(app.number("select count(*) from note_updates").await, 4);
        let gaps = "select count(*) from note_documents d where d.last <> (select count(*) from note_updates u \
                    where u.workspace_id = d.workspace_id and u.note_id = d.note_id)";
        assert_eq!(app.number(gaps).await, 0, "numbers without gaps");
    }

    async fn many_updates_of_several_notes_are_written_as_they_are(app: TestApp) {
        let scene = scene(&app, "base").await;
        let other = another_note(&app, &scene).await;
        // Large ones do not go in one statement; every byte there is, the first and the last of each included.
        let sizes = [3, 700_000, 700_000, 1, 1_500_000, 256];
        let all: Vec<Vec<u8>> = (0..).zip(sizes).map(|(k, size)| (0..size).map(|n: u32| (n + k) as u8).collect()).collect();
        let place = |k: usize| (scene.ada.workspace, if k.is_multiple_of(2) { scene.note } else { other });
        let rows = all.iter().enumerate().map(|(k, data)| Numbered { place: place(k), n: k as i64, by: scene.grace.id, data });
        let rows: Vec<_> = rows.collect();
        let mut c = app.state.db.begin().await.unwrap();
        documents::insert(&mut c, Time(7), &rows).await.unwrap();
        documents::insert(&mut c, Time(7), &[]).await.unwrap();
        c.commit().await.unwrap();
        let mut c = app.state.db.read().await.unwrap();
        let sql = "select note_id, teammate_id, at, data from note_updates order by n";
        type Row = (i64, i64, i64, Vec<u8>);
        let found: Result<Vec<Row>, _> = run!(c, |x| sqlx::query_as::<_, Row>(sql).fetch_all(x));
        let found = found.unwrap();
        assert_eq!(found.len(), 6);
        for (k, (note, by, at, data)) in found.into_iter().enumerate() {
            assert_eq!((note, by, at), (place(k).1.0, scene.grace.id.0, 7), "number {k}");
            assert!(data == all[k], "the bytes of number {k}");
        }
    }

    async fn what_cannot_be_written_comes_again_from_whoever_has_it(app: TestApp) {
        let scene = scene(&app, "base").await;
        let Scene { ada, grace, note, .. } = &scene;
        let other = another_note(&app, &scene).await;
        let mut one = opened(&app.state, ada, *note).await;
        let mut two = opened(&app.state, grace, other).await;
        let mut reader = opened(&app.state, grace, *note).await;
        statement(&app.state, "alter table note_updates rename to away").await;
        for editor in [&mut one, &mut two] {
            insert(editor, 0, "x");
            editor.send();
        }
        join_all([&mut one, &mut two].map(|e| e.arrive(0))).await;
        for editor in [&mut one, &mut two, &mut reader] {
            editor.hear_all().await;
        }
        assert!(one.is_overrun() && two.is_overrun() && reader.is_overrun(), "all come anew");
        assert!(reader.text() == "xbase" && !one.is_sure());
        statement(&app.state, "alter table away rename to note_updates").await;
        // Who typed it does not come back, but who saw it does.
        drop(one);
        for editor in [&mut two, &mut reader] {
            editor.connect(&app.state);
            editor.settle().await;
            assert!(editor.is_sure());
        }
        let mut late = opened(&app.state, ada, *note).await;
        late.settle().await;
        assert_eq!((late.text().as_str(), two.text().as_str()), ("xbase", "xother"));
    }

    async fn a_note_that_is_gone_does_not_hold_up_the_others(app: TestApp) {
        let scene = scene(&app, "base").await;
        let Scene { ada, grace, note, token, .. } = &scene;
        let other = another_note(&app, &scene).await;
        let mut one = opened(&app.state, ada, *note).await;
        let mut two = opened(&app.state, grace, other).await;
        app.form(Some(token), "/do/delete_note", &format!("note={other}")).await;
        for editor in [&mut one, &mut two] {
            insert(editor, 0, "x");
            editor.send();
        }
        join_all([&mut one, &mut two].map(|e| e.arrive(0))).await;
        one.settle().await;
        two.settle().await;
        assert!(one.is_sure() && !two.is_sure());
        assert!(two.refused[0].contains("deleted while you were writing"), "{:?}", two.refused);
    }

    async fn one_bad_update_among_many_takes_nobody_elses_words(app: TestApp) {
        let Scene { ada, grace, note, .. } = scene(&app, "base").await;
        let mut good = opened(&app.state, &ada, note).await;
        let mut bad = opened(&app.state, &grace, note).await;
        insert(&mut good, 0, "g");
        good.send();
        insert(&mut bad, 0, "\0");
        bad.send();
        // Both arrive while a third is on its way to disk.
        let mut first = opened(&app.state, &ada, note).await;
        insert(&mut first, 0, "f");
        first.send();
        let mut busy = app.state.db.begin().await.unwrap();
        documents::hold(&mut busy, ada.workspace, note).await.unwrap();
        let arriving = join_all([&mut first, &mut good, &mut bad].map(|e: &mut Editor| e.arrive(0)));
        let meanwhile = async {
            tokio::time::sleep(std::time::Duration::from_millis(150)).await;
            busy.commit().await.unwrap();
        };
        tokio::join!(arriving, meanwhile);
        for editor in [&mut first, &mut good] {
            editor.settle().await;
        }
        bad.hear_all().await;
        assert_eq!(bad.refused.len(), 1, "{:?}", bad.refused);
        for editor in [&mut first, &mut good] {
            editor.settle().await;
            assert!(editor.is_sure() && editor.refused.is_empty(), "{:?}", editor.refused);
        }
        rooms::sweep(&app.state, Time(i64::MAX)).await;
        let text = app.text("select body from notes").await;
        assert_eq!(text, good.text());
        assert!(text.ends_with("base") && text.contains('g') && text.contains('f') && !text.contains('\0'), "{text}");
    }
}
