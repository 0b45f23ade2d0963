//! A large file is imported in the memory of a small one, by the program as an operator runs it.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::on_both;
use crate::support::{Engine, TestApp};

/// The most that a large file may take beyond a small one, in KB.
const MORE: i64 = 24 * 1024;

/// A file of at least so many bytes, and how many good rows it has. One row in a hundred is bad, and in the middle a
/// quote opens that nothing closes.
fn make(path: &Path, bytes: usize, wide: bool) -> usize {
    let note = "x".repeat(if wide { 8_000 } else { 40 });
    let mut out = BufWriter::new(std::fs::File::create(path).unwrap());
    let (mut written, mut good, mut row) = (0, 0, 0);
    let mut opened = false;
    let head = "user_id,event,timestamp,note\n";
    out.write_all(head.as_bytes()).unwrap();
    while written < bytes {
        let quote = if !opened && written > bytes / 2 { "\"" } else { "" };
        opened |= !quote.is_empty();
        let day = if row % 100 == 99 { "never" } else { "2025-01-02" };
        let line = format!("u{},Looked,{day},{quote}{note}\n", row % 5_000);
        out.write_all(line.as_bytes()).unwrap();
        good += usize::from(quote.is_empty() && day != "never");
        (written, row) = (written + line.len(), row + 1);
    }
    out.flush().unwrap();
    good
}

/// Imports a file; answers what the program said and the most memory that it ever took, in KB.
fn import(app: &TestApp, file: &Path) -> (String, i64) {
    let program = std::env::var("RAPPORT_PROGRAM").map(PathBuf::from);
    let program = program.unwrap_or_else(|_| env!("CARGO_BIN_EXE_rapport").into());
    let mut command = Command::new(program);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RAPPORT_")) {
        command.env_remove(name);
    }
    command.current_dir(app.folder.path()).env("RAPPORT_DATABASE_URL", &app.url);
    command.args(["import", "events"]).arg(file).args(["--map", "note=-", "--log", "warn"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kb = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        most = most.max(kb.unwrap_or_default());
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    (String::from_utf8(output.stdout).unwrap(), most)
}

on_both! {
    async fn a_large_file_takes_no_more_memory_than_a_small_one(app: TestApp) {
        let asked = std::env::var("RAPPORT_IMPORT_MB").ok().and_then(|mb| mb.parse::<usize>().ok());
        let megabytes = asked.unwrap_or(56);
        let engine = match app.engine {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        };
        let mut taken = Vec::new();
        for (name, size) in [("small.csv", 6), ("large.csv", megabytes)] {
            let path = app.folder.path().join(name);
            let good = make(&path, size << 20, asked.is_none());
            let began = std::time::Instant::now();
            let (said, kb) = tokio::task::block_in_place(|| import(&app, &path));
            let seconds = began.elapsed().as_secs();
            assert!(said.starts_with(&format!("{good} rows written, 0 known before")), "{said}");
            // On a line of its own, where bin/soak finds it.
            println!("\n# {engine}: {size} MB, {good} rows in {seconds} s, at most {} MB of memory", kb / 1024);
            taken.push(kb);
        }
        assert!(taken[0] > 0, "the memory was not seen");
        assert!(taken[1] < taken[0] + MORE, "{taken:?} KB");
    }
}
