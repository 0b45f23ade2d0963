//! Writing a backup while the server works.

use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use futures::{StreamExt as _, TryStreamExt as _};
use object_store::{ObjectStore, ObjectStoreExt as _};

use super::archive::{Header, Writer};
use super::database::Source;
use super::table::{Tally, written};
use super::{Files, Total, files, rows};
use crate::time::Time;

/// How many bytes of rows are gathered before they are written.
const GATHERED: usize = 1 << 20;

/// Writes everything that was committed when it began, and the attachments, to a new file that only its owner reads.
/// Others go on writing meanwhile. The file has its name only when it is whole.
///
/// # Errors
/// A sentence that says what failed.
pub async fn write(
    url: &str,
    files: impl Into<Files>,
    file: &Path,
    now: Time,
    told: &mut dyn FnMut(&Tally),
) -> Result<Total, String> {
    let files = files.into();
    let shown = file.display();
    if file.exists() {
        return Err(format!("{shown} exists already; name a new file"));
    }
    let mut source = Source::open(url).await?;
    let mut partial = file.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let result = fill(&mut source, url, &files, &partial, now, told).await;
    let named = |total| {
        std::fs::rename(&partial, file).map_err(|e| format!("{shown}: {e}"))?;
        let folder = file.parent().filter(|p| !p.as_os_str().is_empty());
        let folder = File::open(folder.unwrap_or(Path::new(".")));
        folder.and_then(|f| f.sync_all()).map_err(|e| format!("{shown}: {e}"))?;
        Ok(total)
    };
    result.and_then(named).inspect_err(|_| {
        // What is left of it has no use; the reason why it failed is what matters.
        let _ = std::fs::remove_file(&partial);
    })
}

async fn fill(
    source: &mut Source,
    url: &str,
    files: &Files,
    partial: &Path,
    now: Time,
    told: &mut dyn FnMut(&Tally),
) -> Result<Total, String> {
    let problem = |e: io::Error| format!("{}: {e}", partial.display());
    let engine = if url.starts_with("sqlite:") { "sqlite" } else { "postgres" };
    let header = Header::new(source.schema, engine, now, source.tables.clone());
    let file = File::options().create(true).truncate(true).write(true).mode(0o600).open(partial);
    let mut out = Writer::new(file.map_err(problem)?, &header).map_err(problem)?;
    for table in &source.tables {
        let mut tally = Tally::new(table);
        let (mut lines, mut part) = (String::new(), 0);
        let mut rows = rows::read(&mut source.conn, table);
        while let Some(row) = rows.next().await {
            let line = written(&row?);
            tally.add(&line);
            lines.push_str(&line);
            lines.push('\n');
            if lines.len() >= GATHERED {
                out.rows(&table.name, part, &lines).map_err(problem)?;
                part += 1;
                lines.clear();
            }
        }
        if !lines.is_empty() {
            out.rows(&table.name, part, &lines).map_err(problem)?;
        }
        told(&tally);
        out.manifest.tables.push(tally);
    }
    // After the snapshot: what its rows name was on the disk before they were committed.
    match &files.store {
        Some(store) => remote(&**store, &mut out).await?,
        None => local(&files.folder.join(files::FOLDER), &mut out)?,
    }
    let done = out.finish().map_err(problem)?;
    let rows = done.tables.iter().map(|t| t.rows).sum();
    Ok(Total { tables: done.tables.len(), rows, files: done.files })
}

/// Adds the files of a folder.
fn local(root: &Path, out: &mut Writer) -> Result<(), String> {
    let add = &mut |path: &Path| match files::open(&root.join(path))? {
        Some((file, size)) => out.file(path, size, file),
        None => Ok(()),
    };
    files::list(root, Path::new(""), add).map_err(|e| format!("{}: {e}", root.display()))
}

/// Adds the files of a store elsewhere, one after the other in memory: none is larger than an attachment may be.
async fn remote(store: &dyn ObjectStore, out: &mut Writer) -> Result<(), String> {
    let problem = |e: object_store::Error| format!("the store of attachments: {e}");
    let mut all = store.list(None);
    while let Some(file) = all.try_next().await.map_err(problem)? {
        let found = match store.get(&file.location).await {
            // It was deleted meanwhile.
            Err(object_store::Error::NotFound { .. }) => continue,
            found => found.map_err(problem)?,
        };
        let path = PathBuf::from(file.location.as_ref());
        if !files::is_whole(&path) {
            continue;
        }
        let bytes = found.bytes().await.map_err(problem)?;
        let added = out.file(&path, bytes.len() as u64, &bytes[..]);
        added.map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}
