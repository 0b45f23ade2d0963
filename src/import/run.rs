//! Reading a file in groups: resumable, nothing doubled, bad rows set aside.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use encoding_rs_io::DecodeReaderBytesBuilder;
use sha2::{Digest as _, Sha256};

use super::row::Columns;
use super::{Kind, Progress};
use crate::id::WorkspaceId;
use crate::server::state::AppState;
use crate::time::Time;
use crate::tracking::{self, Call, GROUP};

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

impl Import {
    /// Whether the columns make sense, before anything is written.
    ///
    /// # Errors
    /// As [`Running::open`].
    pub fn check(&self) -> Result<(), String> {
        let mut reader = open(&self.file).map_err(|e| e.to_string())?;
        let header = reader.byte_headers().map_err(|e| e.to_string())?.clone();
        Columns::new(self, &header).map(|_| ())
    }
}

/// An import on its way.
pub struct Running {
    name: String,
    identity: String,
    reader: csv::Reader<Box<dyn Read + Send>>,
    header: csv::ByteRecord,
    columns: Columns,
    rejects: Rejects,
    progress: Progress,
    lines: u64,
    /// Where lines end in CRLF the reader stands before the LF, and counts one line less.
    shift: u64,
    finished: bool,
}

impl Running {
    /// Opens a file. A row's identity is the file's content and its line: the same file again adds what is missing.
    ///
    /// # Errors
    /// A sentence that names the file, the column or the option that is wrong.
    pub fn open(import: &Import) -> Result<Self, String> {
        let name = import.file.display().to_string();
        let problem = |e: &dyn std::fmt::Display| format!("{name}: {e}");
        let identity = identity(&import.file).map_err(|e| problem(&e))?;
        let mut reader = open(&import.file).map_err(|e| problem(&e))?;
        let header = reader.byte_headers().map_err(|e| problem(&e))?.clone();
        let columns = Columns::new(import, &header).map_err(|e| problem(&e))?;
        Ok(Self {
            name,
            identity,
            reader,
            header,
            columns,
            rejects: Rejects::new(&import.rejects),
            progress: Progress::default(),
            lines: 0,
            shift: 0,
            finished: false,
        })
    }

    /// How far it is.
    pub const fn progress(&self) -> Progress {
        self.progress
    }

    /// Reads and writes the next group, durable when this answers; `false` once there is none.
    ///
    /// # Errors
    /// A sentence that names the file, or says what the database refused.
    pub async fn step(&mut self, app: &AppState, workspace: WorkspaceId) -> Result<bool, String> {
        if self.finished {
            return Ok(false);
        }
        let group = self.read(app.clock.now())?;
        if !group.is_empty() {
            self.write(app, workspace, &group).await?;
        }
        self.progress.bytes = self.reader.position().byte();
        if self.finished {
            self.rejects.flush().map_err(|e| format!("{}: {e}", self.name))?;
        }
        Ok(true)
    }

    fn read(&mut self, now: Time) -> Result<Vec<Call>, String> {
        let mut group = Vec::with_capacity(GROUP);
        let mut record = csv::ByteRecord::new();
        while group.len() < GROUP {
            let more = self.reader.read_byte_record(&mut record);
            if !more.map_err(|e| format!("{}: {e}", self.name))? {
                self.finished = true;
                break;
            }
            self.lines += 1;
            let line = record.position().map_or(self.lines, csv::Position::line);
            if self.lines == 1 {
                self.shift = u64::from(line == 1);
            }
            match self.columns.call(&record, now) {
                Ok(mut call) => {
                    call.message_id = Some(format!("{}:{}", self.identity, self.lines));
                    group.push(call);
                }
                Err(reason) => self.reject(line + self.shift, &reason, &record)?,
            }
        }
        Ok(group)
    }

    fn reject(&mut self, line: u64, reason: &str, record: &csv::ByteRecord) -> Result<(), String> {
        self.progress.rejected += 1;
        let added = self.rejects.add(line, reason, &self.header, record);
        added.map_err(|e| format!("{}: {e}", self.name))
    }

    async fn write(
        &mut self,
        app: &AppState,
        workspace: WorkspaceId,
        group: &[Call],
    ) -> Result<(), String> {
        let new = tracking::accept_all(app, workspace, group).await.map_err(|e| e.to_string())?;
        self.progress.written += new as u64;
        self.progress.known += (group.len() - new) as u64;
        Ok(())
    }
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
fn open(file: &Path) -> std::io::Result<csv::Reader<Box<dyn Read + Send>>> {
    let decoded = DecodeReaderBytesBuilder::new()
        .utf8_passthru(true)
        .strip_bom(true)
        .build(BufReader::new(File::open(file)?));
    Ok(csv::ReaderBuilder::new().flexible(true).from_reader(Box::new(decoded)))
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

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.as_mut().map_or(Ok(()), csv::Writer::flush)
    }
}

/// The header of a file and its first rows, to choose what columns mean. What is not UTF-8 is shown as it can be.
///
/// # Errors
/// A sentence that says why the file cannot be read as CSV.
pub fn preview(file: &Path, rows: usize) -> Result<(Vec<String>, Vec<Vec<String>>), String> {
    let mut reader = open(file).map_err(|e| e.to_string())?;
    let words = |record: &csv::ByteRecord| -> Vec<String> {
        record.iter().map(|f| String::from_utf8_lossy(f).trim().to_owned()).collect()
    };
    let header = words(reader.byte_headers().map_err(|e| e.to_string())?);
    if header.iter().all(String::is_empty) {
        return Err("the file is empty: its first line names the columns".into());
    }
    let mut first = Vec::new();
    for record in reader.byte_records().take(rows) {
        first.push(words(&record.map_err(|e| e.to_string())?));
    }
    Ok((header, first))
}
