//! Reading a file in groups: resumable, nothing doubled, bad rows set aside.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::ByteRecord;
use sha2::{Digest as _, Sha256};

use super::records::{Found, Records};
use super::rejects::{Rejected, Rejects};
use super::row::{Columns, Owners, reason};
use super::{Asked, Kind, Progress, Reading, Unreadable, text};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
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
    /// How it is to be read.
    pub asked: Asked,
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
        let mut source = Source::open(&self.file, &self.asked)?;
        let header = source.header()?;
        Columns::new(self, &header).map(|_| ())
    }

    /// What makes a row of this file itself. Events are known by the file's content alone, so that none is ever doubled;
    /// what is said of people and companies can be said again, and is where it was read in another way.
    fn identity(&self, reading: &Reading) -> std::io::Result<String> {
        let (mut file, mut hash, mut buffer) =
            (File::open(&self.file)?, Sha256::new(), vec![0; 1 << 16]);
        loop {
            let n = file.read(&mut buffer)?;
            if n == 0 {
                break;
            }
            hash.update(&buffer[..n]);
        }
        if self.kind != Kind::Events {
            let mut map = self.map.clone();
            map.sort();
            hash.update(format!("{reading:?} {map:?}"));
        }
        Ok(hex::encode(&hash.finalize()[..16]))
    }
}

/// A file's rows.
struct Source {
    reading: Reading,
    records: Records<text::Text>,
    /// Bytes of the file read.
    read: Arc<AtomicU64>,
}

impl Source {
    fn open(file: &Path, asked: &Asked) -> Result<Self, String> {
        let reading = text::recognise(file, asked)?;
        let (input, read) = text::open(file, &reading).map_err(|e| e.to_string())?;
        let records = Records::new(input, reading.separator as u8);
        Ok(Self { reading, records, read })
    }

    fn next(&mut self, record: &mut ByteRecord) -> Result<Option<Found>, String> {
        self.records.next(record).map_err(|e| e.to_string())
    }

    fn header(&mut self) -> Result<ByteRecord, String> {
        let mut header = ByteRecord::new();
        let found = self.next(&mut header)?;
        if header.iter().all(|name| name.trim_ascii().is_empty()) {
            return Err(Unreadable::Nothing.sentence().into());
        }
        match found.and_then(|f| Some((f.line, f.wrong?))) {
            Some((line, wrong)) => Err(format!("line {line}, which names the columns: {wrong}")),
            None => Ok(header),
        }
    }
}

/// An import on its way.
pub struct Running {
    name: String,
    identity: String,
    source: Source,
    header: ByteRecord,
    columns: Columns,
    owners: Option<Owners>,
    rejects: Rejects,
    /// Rows set aside that are not in the reject file yet.
    aside: Vec<Rejected>,
    progress: Progress,
    rows: u64,
    finished: bool,
}

/// Rows to be written together, each with its call.
#[derive(Default)]
struct Group {
    calls: Vec<Call>,
    rows: Vec<(u64, ByteRecord)>,
}

impl Running {
    /// Opens a file. A row's identity is the file's content and its line: the same file again adds what is missing.
    ///
    /// # Errors
    /// A sentence that names the file, the column or the option that is wrong.
    pub fn open(import: &Import) -> Result<Self, String> {
        let name = import.file.display().to_string();
        let problem = |e: &dyn std::fmt::Display| format!("{name}: {e}");
        let mut source = Source::open(&import.file, &import.asked).map_err(|e| problem(&e))?;
        let identity = import.identity(&source.reading).map_err(|e| problem(&e))?;
        let header = source.header().map_err(|e| problem(&e))?;
        let columns = Columns::new(import, &header).map_err(|e| problem(&e))?;
        Ok(Self {
            name,
            identity,
            source,
            header,
            columns,
            owners: None,
            rejects: Rejects::new(&import.rejects),
            aside: Vec::new(),
            progress: Progress::default(),
            rows: 0,
            finished: false,
        })
    }

    /// How the file is read.
    pub const fn reading(&self) -> &Reading {
        &self.source.reading
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
        if self.owners.is_none() {
            let owners = owners(app, workspace).await.map_err(|e| e.to_string())?;
            self.owners = Some(owners);
        }
        let group = self.read(app.clock.now())?;
        self.write(app, workspace, group).await?;
        self.set_aside().map_err(|e| format!("{}: {e}", self.name))?;
        if self.finished
            && let Err(error) = self.rejects.end()
        {
            tracing::warn!(%error, "the rejected rows of an earlier run are still there");
        }
        self.progress.bytes = self.source.read.load(Ordering::Relaxed);
        Ok(true)
    }

    fn read(&mut self, now: Time) -> Result<Group, String> {
        let mut group = Group::default();
        let none = Owners::default();
        while group.calls.len() < GROUP && self.aside.len() < GROUP {
            let mut record = ByteRecord::new();
            let found = self.source.next(&mut record);
            let Some(found) = found.map_err(|e| format!("{}: {e}", self.name))? else {
                self.finished = true;
                break;
            };
            self.rows += 1;
            let owners = self.owners.as_ref().unwrap_or(&none);
            let call = match found.wrong {
                Some(reason) => Err(reason),
                None => self.columns.call(&record, &self.source.reading, owners, now),
            };
            match call {
                Ok(mut call) => {
                    call.message_id = Some(format!("{}:{}", self.identity, self.rows));
                    group.calls.push(call);
                    group.rows.push((found.line, record));
                }
                Err(reason) => self.aside.push(Rejected { line: found.line, reason, record }),
            }
        }
        Ok(group)
    }

    /// Writes a group. Where it is refused it is halved, until the row is found that is to be set aside.
    async fn write(
        &mut self,
        app: &AppState,
        workspace: WorkspaceId,
        group: Group,
    ) -> Result<(), String> {
        let (mut parts, all) = (Vec::new(), 0..group.calls.len());
        parts.push(all);
        while let Some(part) = parts.pop() {
            let new = match tracking::accept_all(app, workspace, &group.calls[part.clone()]).await {
                Ok(new) => new,
                Err(refused @ (Error::Invalid { .. } | Error::Conflict(_) | Error::NotFound)) => {
                    if part.len() > 1 {
                        let middle = part.start + part.len() / 2;
                        parts.extend([middle..part.end, part.start..middle]);
                    } else if let Some((line, record)) = group.rows.get(part.start).cloned() {
                        let reason = reason(refused);
                        self.aside.push(Rejected { line, reason, record });
                    }
                    continue;
                }
                Err(error) => return Err(error.to_string()),
            };
            self.progress.written += new as u64;
            self.progress.known += (part.len() - new) as u64;
        }
        Ok(())
    }

    fn set_aside(&mut self) -> Result<(), csv::Error> {
        self.aside.sort_by_key(|row| row.line);
        for row in self.aside.drain(..) {
            self.rejects.add(&self.header, &row)?;
            self.progress.rejected += 1;
        }
        Ok(self.rejects.flush()?)
    }
}

/// The teammates by their e-mail address in small letters.
async fn owners(app: &AppState, workspace: WorkspaceId) -> Result<Owners, Error> {
    let mut c = app.db.read().await?;
    let sql = "select email_key, id from teammates where workspace_id = $1 and removed_at = 0";
    let rows: Vec<(String, TeammateId)> = run!(c, |x| {
        sqlx::query_as::<_, (String, TeammateId)>(sql).bind(workspace).fetch_all(x)
    })?;
    Ok(rows.into_iter().collect::<HashMap<_, _>>())
}

/// How a file is read, its header and its first rows, to choose what columns mean. What is not text is shown as it can be.
///
/// # Errors
/// A sentence that says why the file cannot be read as CSV.
#[allow(clippy::type_complexity, reason = "a table")]
pub fn preview(
    file: &Path,
    asked: &Asked,
    rows: usize,
) -> Result<(Reading, Vec<String>, Vec<Vec<String>>), String> {
    let mut source = Source::open(file, asked)?;
    let words = |record: &ByteRecord| -> Vec<String> {
        record.iter().map(|f| String::from_utf8_lossy(f).trim().to_owned()).collect()
    };
    let header = words(&source.header()?);
    let (mut first, mut record) = (Vec::new(), ByteRecord::new());
    while first.len() < rows && source.next(&mut record)?.is_some() {
        first.push(words(&record));
    }
    Ok((source.reading, header, first))
}
