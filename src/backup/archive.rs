//! The file of a backup: a tar in zstd that begins with what it holds and ends with counts and checksums.
//!
//! `rapport.json` is the [`Header`]; `tables/NAME/N` are lines of JSON, a row each; `files/PATH` are attachments;
//! `manifest.json` is the [`Manifest`]. A file that does not end with its manifest was cut off.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::files;
use super::table::{self, Row, Sum, Table, Tally};
use crate::time::Time;

/// The layout that this program writes, and the only one that it reads.
const FORMAT: u32 = 1;
const HEADER: &str = "rapport.json";
const MANIFEST: &str = "manifest.json";
/// The most bytes of one part of a table, so that memory stays constant.
const PART: u64 = 64 << 20;

/// What a backup begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The layout of the archive.
    pub format: u32,
    /// The version of Rapport that wrote it.
    pub rapport: String,
    /// The database's schema.
    pub schema: i64,
    /// The engine that it came from.
    pub engine: String,
    /// When it was begun.
    pub made_at: Time,
    /// Every table.
    pub tables: Vec<Table>,
}

impl Header {
    /// What a backup begins with that is made now.
    pub fn new(schema: i64, engine: &str, made_at: Time, tables: Vec<Table>) -> Self {
        let rapport = env!("CARGO_PKG_VERSION").into();
        Self { format: FORMAT, rapport, schema, engine: engine.into(), made_at, tables }
    }
}

/// What a backup ends with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Every table's rows.
    pub tables: Vec<Tally>,
    /// How many files there are.
    pub files: u64,
    /// A checksum of their names and contents.
    pub files_sum: Sum,
}

/// A backup that is being written.
pub struct Writer {
    tar: tar::Builder<zstd::Encoder<'static, BufWriter<File>>>,
    at: Time,
    /// What was written so far.
    pub manifest: Manifest,
}

impl Writer {
    /// Begins with the header.
    pub fn new(file: File, header: &Header) -> io::Result<Self> {
        let mut zstd = zstd::Encoder::new(BufWriter::new(file), 3)?;
        zstd.include_checksum(true)?;
        let (tar, at) = (tar::Builder::new(zstd), header.made_at);
        let mut new = Self { tar, at, manifest: Manifest::default() };
        new.entry(Path::new(HEADER), &serde_json::to_vec(header)?)?;
        Ok(new)
    }

    fn head(&self, size: u64) -> tar::Header {
        let mut head = tar::Header::new_gnu();
        head.set_size(size);
        head.set_mode(0o600);
        head.set_mtime(u64::try_from(self.at.0 / 1000).unwrap_or_default());
        head
    }

    fn entry(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.tar.append_data(&mut self.head(bytes.len() as u64), path, bytes)
    }

    /// Adds lines of a table.
    pub fn rows(&mut self, table: &str, part: u64, lines: &str) -> io::Result<()> {
        self.entry(Path::new(&format!("tables/{table}/{part:06}")), lines.as_bytes())
    }

    /// Adds a file of a known size.
    pub fn file(&mut self, path: &Path, size: u64, content: impl Read) -> io::Result<()> {
        let mut hashed = Hashed { inner: content.take(size), hash: Sha256::new(), size: 0 };
        let mut head = self.head(size);
        self.tar.append_data(&mut head, Path::new(files::FOLDER).join(path), &mut hashed)?;
        if hashed.size != size {
            return Err(io::Error::other("it changed while it was read"));
        }
        self.manifest.files += 1;
        self.manifest.files_sum.add(&hashed.line(path));
        Ok(())
    }

    /// Ends with the manifest, safe on the disk when this answers.
    pub fn finish(mut self) -> io::Result<Manifest> {
        let manifest = serde_json::to_vec(&self.manifest)?;
        self.entry(Path::new(MANIFEST), &manifest)?;
        let mut out = self.tar.into_inner()?.finish()?;
        out.flush()?;
        out.get_ref().sync_all()?;
        Ok(self.manifest)
    }
}

/// Something that a backup holds.
pub enum Piece<'a> {
    /// Rows of the table with this number in the header.
    Rows(usize, Vec<Row>),
    /// A file: its path, and what is in it.
    File(PathBuf, &'a mut dyn Read),
}

/// Reads a backup to its end and checks all of it; answers what it holds.
///
/// # Errors
/// A sentence that names the file and says what is wrong with it.
pub fn check(file: &Path) -> Result<(Header, Manifest), String> {
    read(file, &mut |_| Ok(()))
}

/// Reads a backup to its end, handing on what it holds. Only when this answers was all of it what was written.
///
/// # Errors
/// As [`check`], and whatever `on` answers.
pub fn read(
    file: &Path,
    on: &mut dyn FnMut(Piece<'_>) -> Result<(), String>,
) -> Result<(Header, Manifest), String> {
    let shown = file.display();
    let broken = |e: io::Error| format!("{shown} is cut off or damaged ({e}); use another backup");
    let wrong = |what: &str| format!("{shown} is not a whole backup: {what}; use another backup");
    let input = File::open(file).map_err(|e| format!("{shown}: {e}"))?;
    let zstd =
        zstd::Decoder::with_buffer(BufReader::with_capacity(1 << 20, input)).map_err(broken)?;
    let mut tar = tar::Archive::new(zstd);
    let (mut header, mut manifest): (Option<Header>, Option<Manifest>) = (None, None);
    let mut found = Manifest::default();
    for entry in tar.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let path = entry.path().map_err(broken)?.into_owned();
        if manifest.is_some() {
            return Err(wrong("something follows its end"));
        }
        let Some(known) = &header else {
            if path != Path::new(HEADER) {
                return Err(wrong("it does not begin as one"));
            }
            let text = all(&mut entry).map_err(broken)?;
            let read: Header =
                serde_json::from_str(&text).map_err(|_| wrong("its beginning makes no sense"))?;
            if read.format != FORMAT {
                return Err(wrong(&format!(
                    "its layout is {}, and this program reads {FORMAT}",
                    read.format
                )));
            }
            found.tables = read.tables.iter().map(Tally::new).collect();
            header = Some(read);
            continue;
        };
        if path == Path::new(MANIFEST) {
            let text = all(&mut entry).map_err(broken)?;
            let read = serde_json::from_str(&text).map_err(|_| wrong("its end makes no sense"))?;
            manifest = Some(read);
        } else if let Ok(part) = path.strip_prefix("tables") {
            let name = part.parent().and_then(Path::to_str).unwrap_or_default();
            let at = known.tables.iter().position(|t| t.name == name);
            let at =
                at.ok_or_else(|| wrong(&format!("it has rows of {name}, which it does not name")))?;
            let text = all(&mut entry).map_err(broken)?;
            let row = |line: &str| {
                found.tables[at].add(line);
                table::read(&known.tables[at], line)
            };
            let rows: Option<Vec<Row>> = text.lines().map(row).collect();
            on(Piece::Rows(
                at,
                rows.ok_or_else(|| wrong(&format!("a row of {name} makes no sense")))?,
            ))?;
        } else {
            let inside = path.strip_prefix(files::FOLDER).ok().and_then(files::inside);
            let inside = inside
                .ok_or_else(|| wrong(&format!("{} does not belong there", path.display())))?;
            let mut hashed = Hashed { inner: &mut entry, hash: Sha256::new(), size: 0 };
            on(Piece::File(inside.clone(), &mut hashed))?;
            io::copy(&mut hashed, &mut io::sink()).map_err(broken)?;
            found.files += 1;
            found.files_sum.add(&hashed.line(&inside));
        }
    }
    // The checksum of the compressed stream stands at its end.
    io::copy(&mut tar.into_inner(), &mut io::sink()).map_err(broken)?;
    let (Some(header), Some(manifest)) = (header, manifest) else {
        return Err(wrong("its end is missing"));
    };
    if let Some((_, told)) = found.tables.iter().zip(&manifest.tables).find(|(f, t)| f != t) {
        return Err(wrong(&format!("the rows of {} are not those that were written", told.table)));
    }
    if found != manifest {
        return Err(wrong("its files are not those that were written"));
    }
    Ok((header, manifest))
}

fn all(entry: &mut impl Read) -> io::Result<String> {
    let mut text = String::new();
    if entry.take(PART).read_to_string(&mut text)? as u64 == PART {
        return Err(io::Error::other("a part is too large"));
    }
    Ok(text)
}

/// Hashes what is read through it.
struct Hashed<R> {
    inner: R,
    hash: Sha256,
    size: u64,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.hash.update(&buffer[..n]);
        self.size += n as u64;
        Ok(n)
    }
}

impl<R> Hashed<R> {
    /// What stands for a file in the checksum of files.
    fn line(self, path: &Path) -> Vec<u8> {
        let mut line = path.as_os_str().as_encoded_bytes().to_vec();
        line.push(0);
        line.extend(self.hash.finalize());
        line
    }
}
