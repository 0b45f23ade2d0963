//! Several people write in one note for a while, over lines that break, lose what they carry or bring it late and out of
//! order, while servers are killed and started: in the end all have the same text, and nothing that a server said it keeps is missing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use futures::future::join_all;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rapport::id::NoteId;
use rapport::notes::rooms;
use rapport::server::clock::Clock;
use rapport::server::db::Db;
use rapport::server::state::AppState;
use rapport::time::Time;

use super::editor::Editor;
use super::parts::noted;
use super::shared::statement;
use super::{Scene, scene};
use crate::on_both;
use crate::support::{NOON, TestApp};

/// Another process on the same database, as it is after it was started.
pub async fn another_process(app: &TestApp) -> Arc<AppState> {
    let db = Db::open(&app.url).await.unwrap();
    Arc::new(AppState::new(db, Clock::Fixed(AtomicI64::new(NOON.0)), false))
}

/// How many runs: RAPPORT_NOTE_RUNS, or else 50.
fn runs() -> u64 {
    std::env::var("RAPPORT_NOTE_RUNS").ok().and_then(|n| n.parse().ok()).unwrap_or(50)
}

/// What holds for one run.
struct Run<'a> {
    app: &'a TestApp,
    scene: &'a Scene,
    note: NoteId,
    rng: StdRng,
    processes: Vec<Arc<AppState>>,
    editors: Vec<Editor>,
    /// One at each process that reads along: what it is told is kept in the end.
    watchers: Vec<Editor>,
    /// What anybody took away, and what those had kept who are gone.
    gone: BTreeSet<char>,
    kept: BTreeSet<char>,
    next: u32,
}

impl Run<'_> {
    fn below(&mut self, n: usize) -> usize {
        self.rng.random_range(0..n)
    }

    fn process(&mut self) -> Arc<AppState> {
        let which = self.below(self.processes.len());
        self.processes[which].clone()
    }

    fn join(&mut self) {
        let viewer = if self.rng.random() { &self.scene.ada } else { &self.scene.grace };
        let mut editor = Editor::new(self.note, viewer.clone());
        let process = self.process();
        editor.connect(&process);
        self.editors.push(editor);
    }

    async fn step(&mut self) {
        let which = self.below(self.editors.len());
        match self.below(100) {
            0..35 => {
                // Characters outside ASCII, each used once.
                let c = char::from_u32(0x4e00 + self.next).unwrap();
                self.next += 1;
                let at = self.rng.random_range(0..60);
                self.editors[which].type_at(at, Some(c));
            }
            35..47 => {
                let at = self.rng.random_range(0..60);
                let gone = self.editors[which].type_at(at, None);
                self.gone.extend(gone);
            }
            47..60 => self.editors[which].send(),
            60..68 => {
                // A socket keeps the order of what it carries.
                self.editors[which].arrive(0).await;
            }
            68..74 => self.arrive_at_once().await,
            74 => self.fail().await,
            75..84 => self.editors[which].hear_all().await,
            84 | 87 => {
                let any = self.below(100);
                self.editors[which].arrive_late(any).await;
            }
            // The line breaks: what is on its way is lost, and the server does not hear of it.
            85..87 => self.editors[which].cut(),
            88..91 => self.editors[which].disconnect().await,
            91 | 92 => {
                let process = self.process();
                self.editors[which].connect(&process);
            }
            // The old line is given up; what it carries comes late and out of order.
            93 => {
                let process = self.process();
                self.editors[which].send();
                self.editors[which].connect_anew(&process);
            }
            94..95 => self.join(),
            95..96 => {
                // Somebody goes for good: what they typed and was not kept is lost, what was is not.
                if self.editors.len() > 1 {
                    let mut left = self.editors.remove(which);
                    left.hear_all().await;
                    self.kept.extend(&left.kept);
                    left.disconnect().await;
                }
            }
            96..98 => self.kill().await,
            _ => {
                let process = self.process();
                rooms::sweep(&process, Time(i64::MAX)).await;
                rooms::ask_others(&process).await.unwrap();
            }
        }
    }

    /// Something arrives of everybody at the same moment, at whichever process they are.
    async fn arrive_at_once(&mut self) {
        let everybody = self.editors.iter_mut().map(|editor| async move {
            for _ in 0..3 {
                editor.arrive(0).await;
            }
        });
        join_all(everybody).await;
        join_all(self.watchers.iter_mut().map(Editor::hear_all)).await;
    }

    /// The disk takes nothing while something arrives of everybody; who is told to come anew does.
    async fn fail(&mut self) {
        statement(&self.app.state, "alter table note_updates rename to away").await;
        self.arrive_at_once().await;
        statement(&self.app.state, "alter table away rename to note_updates").await;
        for editor in self.editors.iter_mut().chain(&mut self.watchers) {
            if editor.is_overrun() {
                let process = self.processes.iter().find(|process| editor.is_at(process));
                editor.connect(process.unwrap());
            }
        }
    }

    /// A process is killed and started again; whoever was connected to it is not.
    async fn kill(&mut self) {
        let which = self.below(self.processes.len());
        let old = std::mem::replace(&mut self.processes[which], another_process(self.app).await);
        for editor in &mut self.editors {
            editor.lose_late(&old);
            if editor.is_at(&old) {
                editor.cut();
            }
        }
        rooms::finish(&self.processes[which]).await.unwrap();
        self.watchers[which] = self.watcher(which).await;
    }

    async fn watcher(&self, which: usize) -> Editor {
        let mut watcher = Editor::new(self.note, self.scene.ada.clone());
        watcher.connect(&self.processes[which]);
        watcher.settle().await;
        watcher
    }

    /// Everybody comes back, and everything arrives.
    async fn rest(&mut self) {
        for which in 0..self.editors.len() {
            let process = self.process();
            self.editors[which].connect(&process);
        }
        for which in 0..self.editors.len() {
            while !self.editors[which].is_on_time() {
                let any = self.below(100);
                self.editors[which].arrive_late(any).await;
            }
        }
        for _ in 0..4 {
            for editor in self.editors.iter_mut().chain(&mut self.watchers) {
                editor.settle().await;
            }
            for process in &self.processes {
                rooms::ask_others(process).await.unwrap();
            }
        }
        for process in &self.processes {
            rooms::sweep(process, Time(i64::MAX)).await;
        }
    }
}

/// A new note about somebody.
async fn about(app: &TestApp, scene: &Scene) -> NoteId {
    let owner = rapport::notes::Owner::Contact(rapport::id::ContactId(scene.contact));
    let mut w = super::Write::begin(&app.state, scene.ada.workspace, scene.ada.id).await.unwrap();
    let note = rapport::notes::add(&mut w, owner, "It begins with this.").await.unwrap();
    w.commit().await.unwrap();
    note
}

async fn run(app: &TestApp, scene: &Scene, note: NoteId, seed: u64) {
    let rng = StdRng::seed_from_u64(seed);
    let processes = vec![another_process(app).await, another_process(app).await];
    let (editors, watchers) = (Vec::new(), Vec::new());
    let (gone, kept) = (BTreeSet::new(), BTreeSet::new());
    let mut run = Run { app, scene, note, rng, processes, editors, watchers, gone, kept, next: 0 };
    for which in 0..2 {
        let watcher = run.watcher(which).await;
        run.watchers.push(watcher);
    }
    for _ in 0..3 {
        run.join();
    }
    for _ in 0..150 {
        run.step().await;
    }
    run.rest().await;
    let text = run.editors[0].text();
    for watcher in &run.watchers {
        assert_eq!(watcher.text(), text, "seed {seed}: who reads along has the same");
    }
    for editor in &run.editors {
        assert_eq!(editor.text(), text, "seed {seed}: all have the same");
        assert!(editor.is_sure(), "seed {seed}: everything is kept in the end");
        assert!(editor.refused.is_empty(), "seed {seed}: {:?}", editor.refused);
    }
    let all = run.editors.iter().flat_map(|e| e.kept.iter()).chain(&run.kept);
    let missing: Vec<_> = all.filter(|c| !run.gone.contains(c) && !text.contains(**c)).collect();
    assert!(missing.is_empty(), "seed {seed}: {missing:?} were kept and are missing in {text}");
    let mut c = app.state.db.read().await.unwrap();
    let found =
        rapport::notes::texts::find(&mut c, scene.ada.workspace, note).await.unwrap().unwrap();
    assert_eq!(found.body, text, "seed {seed}: the note has the text");
}

on_both! {
    async fn random_runs_converge_and_lose_nothing(app: TestApp) {
        let scene = scene(&app, "base").await;
        for seed in 0..runs() {
            let note = about(&app, &scene).await;
            run(&app, &scene, note, seed).await;
        }
    }

    async fn random_runs_in_a_conversations_note_converge_and_lose_nothing(app: TestApp) {
        let scene = scene(&app, "base").await;
        for seed in 0..runs() {
            let (_, note) = noted(&app, &scene, "It+begins+with+this.").await;
            run(&app, &scene, note, seed).await;
        }
    }
}
