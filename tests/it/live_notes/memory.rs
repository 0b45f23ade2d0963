//! What an open note costs the server, in memory. It is printed, for docs/benchmarks.md; run it by itself, with the release profile:
//!
//! `RAPPORT_OPEN_NOTES=2000 cargo test --release --features ssr --test it -- what_an_open_note_costs --nocapture`

use rapport::id::{ContactId, NoteId};
use rapport::notes::{Owner, add, rooms};
use rapport::server::db::Write;
use rapport::time::Time;

use super::editor::Editor;
use super::{Scene, opened, scene};
use crate::on_both;
use crate::support::{Engine, TestApp};

/// What this process has in memory, file mappings apart, in KB; 0 where the system does not say.
fn memory() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0)
}

/// How many are open at once: RAPPORT_OPEN_NOTES, or else 60, so that nothing is measured but everything works.
fn count() -> usize {
    std::env::var("RAPPORT_OPEN_NOTES").ok().and_then(|n| n.parse().ok()).unwrap_or(60)
}

on_both! {
    async fn what_an_open_note_costs(app: TestApp) {
        let Scene { ada, contact, .. } = scene(&app, "base").await;
        let engine = match app.engine {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        };
        // A usual one, and a long one.
        for (name, body) in [("2 KB", "A line of words. ".repeat(120)), ("100 KB", "A line of words. ".repeat(5_800))] {
            let mut notes: Vec<NoteId> = Vec::new();
            for part in 0..count().div_ceil(50) {
                let mut w = Write::begin(&app.state, ada.workspace, ada.id).await.unwrap();
                for _ in part * 50..(part * 50 + 50).min(count()) {
                    notes.push(add(&mut w, Owner::Contact(ContactId(contact)), &body).await.unwrap());
                }
                w.commit().await.unwrap();
            }
            // The documents are made before, and what is made of them once.
            for note in &notes {
                opened(&app.state, &ada, *note).await.disconnect().await;
            }
            rooms::sweep(&app.state, Time(i64::MAX)).await;
            assert_eq!(app.state.notes.count(), 0);
            let empty = memory();
            let mut lines: Vec<_> = Vec::new();
            for note in &notes {
                let mut editor = opened(&app.state, &ada, *note).await;
                // What the editor itself holds is the browser's.
                lines.push((editor.line.take(), *note));
                drop(editor);
            }
            assert_eq!(app.state.notes.count(), notes.len());
            let open = memory();
            println!("\n# {engine}: {} open notes of {name}: {:.1} KB each", notes.len(), (open - empty) as f64 / notes.len() as f64);
            for (line, note) in lines {
                let mut editor = Editor::new(note, ada.clone());
                editor.line = line;
                editor.disconnect().await;
            }
            rooms::sweep(&app.state, Time(i64::MAX)).await;
            assert_eq!(app.state.notes.count(), 0, "what nobody has open is put away");
        }
    }
}
