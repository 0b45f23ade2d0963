//! People and events from CSV files: resumable, nothing doubled, bad rows set aside.

mod row;

use std::fs::File;
use std::io::{BufReader, Read, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use encoding_rs_io::DecodeReaderBytesBuilder;
use sha2::{Digest as _, Sha256};

pub use row::{Columns, Kind};

use crate::id::WorkspaceId;
use crate::server::state::AppState;
use crate::tracking::{self, Call, GROUP};

/// How far an import is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the file read.
    pub bytes: u64,
    /// Rows that are new in the database.
    pub written: u64,
    /// Rows that were there from an earlier run.
    pub known: u64,
    /// Rows in the reject file.
    pub rejected: u64,
}

/// A file to import.
#[derive(Debug, Clone)]
pub struct Import {
    /// What a row is.
    pub kind: Kind,
    /// The CSV file, with a header line.
    pub file: PathBuf,
    /// Pairs of a column's name and what it means; `-` leaves it out.
    pub map: Vec<(String, String)>,
    /// The name of every event, where no column has it.
    pub event: Option<String>,
    /// Where rejected rows go: the row's line, the reason, then its fields.
    pub rejects: PathBuf,
}

/// Imports a file in groups; each group is durable before the next, and `each` is told after it and may stop.
/// A row's identity is the file's content and its line: the same file again adds what is missing.
///
/// # Errors
/// A sentence that names the file, the column or the option that is wrong.
pub async fn run(
    app: &AppState,
    workspace: WorkspaceId,
    import: &Import,
    mut each: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Progress, String> {
    let name = import.file.display();
    let problem = |e: &dyn std::fmt::Display| format!("{name}: {e}");
    let identity = identity(&import.file).map_err(|e| problem(&e))?;
    let mut reader = open(&import.file).map_err(|e| problem(&e))?;
    let header = reader.byte_headers().map_err(|e| problem(&e))?.clone();
    let columns = Columns::new(import, &header).map_err(|e| problem(&e))?;
    let mut rejects = Rejects::new(&import.rejects);
    let (mut progress, mut group, mut lines) =
        (Progress::default(), Vec::with_capacity(GROUP), 0_u64);
    let mut record = csv::ByteRecord::new();
    // Where lines end in CRLF the reader stands before the LF, and counts one line less.
    let mut shift = 0;
    loop {
        let more = match reader.read_byte_record(&mut record) {
            Ok(more) => more,
            Err(e) => return Err(problem(&e)),
        };
        if more {
            lines += 1;
            let line = record.position().map_or(lines, csv::Position::line);
            if lines == 1 {
                shift = u64::from(line == 1);
            }
            let line = line + shift;
            match columns.call(&record, app.clock.now()) {
                Ok(mut call) => {
                    call.message_id = Some(format!("{identity}:{lines}"));
                    group.push(call);
                }
                Err(reason) => {
                    progress.rejected += 1;
                    rejects.add(line, &reason, &header, &record).map_err(|e| problem(&e))?;
                }
            }
        }
        if group.len() == GROUP || (!more && !group.is_empty()) {
            write(app, workspace, &mut group, &mut progress).await?;
            progress.bytes = reader.position().byte();
            if each(progress).is_break() {
                break;
            }
        }
        if !more {
            break;
        }
    }
    rejects.finish().map_err(|e| problem(&e))?;
    Ok(progress)
}

async fn write(
    app: &AppState,
    workspace: WorkspaceId,
    group: &mut Vec<Call>,
    progress: &mut Progress,
) -> Result<(), String> {
    let new = tracking::accept_all(app, workspace, group).await.map_err(|e| e.to_string())?;
    progress.written += new as u64;
    progress.known += (group.len() - new) as u64;
    group.clear();
    Ok(())
}

/// SHA-256 of the content, shortened: renaming a file does not make it another.
fn identity(file: &Path) -> std::io::Result<String> {
    let (mut file, mut hash, mut buffer) = (File::open(file)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok(hex::encode(&hash.finalize()[..16]));
        }
        hash.update(&buffer[..n]);
    }
}

/// UTF-8 as it is, UTF-16 by its byte order mark; rows of any length, so that a short one is set aside, not fatal.
fn open(file: &Path) -> std::io::Result<csv::Reader<impl Read + use<>>> {
    let decoded = DecodeReaderBytesBuilder::new()
        .utf8_passthru(true)
        .strip_bom(true)
        .build(BufReader::new(File::open(file)?));
    Ok(csv::ReaderBuilder::new().flexible(true).from_reader(decoded))
}

/// The reject file, made when the first row is rejected.
struct Rejects {
    path: PathBuf,
    out: Option<csv::Writer<File>>,
}

impl Rejects {
    fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), out: None }
    }

    fn add(
        &mut self,
        line: u64,
        reason: &str,
        header: &csv::ByteRecord,
        record: &csv::ByteRecord,
    ) -> Result<(), csv::Error> {
        if self.out.is_none() {
            let mut out = csv::WriterBuilder::new().flexible(true).from_path(&self.path)?;
            let names: [&[u8]; 2] = [b"line", b"reason"];
            out.write_record(names.into_iter().chain(header.iter()))?;
            self.out = Some(out);
        }
        let Some(out) = &mut self.out else { return Ok(()) };
        let line = line.to_string();
        out.write_record([line.as_bytes(), reason.as_bytes()].into_iter().chain(record.iter()))
    }

    fn finish(self) -> std::io::Result<()> {
        let Some(out) = self.out else { return Ok(()) };
        out.into_inner().map_err(|e| e.into_error())?.flush()
    }
}
