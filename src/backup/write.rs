//! Writing a backup while the server works.

use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use futures::StreamExt as _;

use super::archive::{Header, Writer};
use super::database::Source;
use super::table::{Tally, written};
use super::{Total, files, rows};
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
    data_dir: &Path,
    file: &Path,
    now: Time,
    told: &mut dyn FnMut(&Tally),
) -> Result<Total, String> {
    let shown = file.display();
    if file.exists() {
        return Err(format!("{shown} exists already; name a new file"));
    }
    let mut source = Source::open(url).await?;
    let mut partial = file.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let result = fill(&mut source, url, data_dir, &partial, now, told).await;
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
    data_dir: &Path,
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
    let root = data_dir.join(files::FOLDER);
    let add = &mut |path: &Path| match files::open(&root.join(path))? {
        Some((file, size)) => out.file(path, size, file),
        None => Ok(()),
    };
    files::list(&root, Path::new(""), add).map_err(|e| format!("{}: {e}", root.display()))?;
    let done = out.finish().map_err(problem)?;
    let rows = done.tables.iter().map(|t| t.rows).sum();
    Ok(Total { tables: done.tables.len(), rows, files: done.files })
}
