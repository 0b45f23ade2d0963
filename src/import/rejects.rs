//! The file of rows that could not be taken.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use csv::ByteRecord;

/// What a reject file begins with.
const BEGINNING: [&str; 2] = ["line", "reason"];

/// A row that is set aside.
#[derive(Debug, Clone)]
pub struct Rejected {
    /// The line that it begins on.
    pub line: u64,
    /// Why.
    pub reason: String,
    /// Its fields.
    pub record: ByteRecord,
}

/// The reject file, made when the first row is rejected: the row's line, the reason, then its fields.
pub struct Rejects {
    path: PathBuf,
    out: Option<csv::Writer<File>>,
}

impl Rejects {
    /// Rows will go to this file, in the place of an earlier run's.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), out: None }
    }

    /// Adds a row, after the heading where it is the first.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&mut self, header: &ByteRecord, row: &Rejected) -> Result<(), csv::Error> {
        if self.out.is_none() {
            let mut out = csv::WriterBuilder::new().flexible(true).from_path(&self.path)?;
            let names = BEGINNING.map(str::as_bytes);
            out.write_record(names.into_iter().chain(header.iter()))?;
            self.out = Some(out);
        }
        let Some(out) = &mut self.out else { return Ok(()) };
        let line = row.line.to_string();
        let about = [line.as_bytes(), row.reason.as_bytes()];
        out.write_record(about.into_iter().chain(row.record.iter()))
    }

    /// Lets what was added be read.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn flush(&mut self) -> std::io::Result<()> {
        self.out.as_mut().map_or(Ok(()), csv::Writer::flush)
    }

    /// Ends a run: where it rejected nothing, the file of an earlier one is no longer true, and goes. What is no reject file stays.
    ///
    /// # Errors
    /// When the file cannot be read or removed.
    pub fn end(&self) -> std::io::Result<()> {
        if self.out.is_some() || !self.path.is_file() {
            return Ok(());
        }
        let beginning = BEGINNING.join(",");
        let mut start = Vec::new();
        File::open(&self.path)?.take(beginning.len() as u64).read_to_end(&mut start)?;
        if start == beginning.as_bytes() { std::fs::remove_file(&self.path) } else { Ok(()) }
    }
}
