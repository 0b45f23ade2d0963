//! Filling an empty database from a backup: all of it, or nothing.

use std::fs::File;
use std::path::Path;

use tokio::sync::mpsc;

use super::archive::{self, Header, Manifest, Piece};
use super::database::Target;
use super::table::{Row, Tally};
use super::{Files, Total, rows};
use crate::server::db::{Hold, schema};

/// What a database is held by that somebody uses.
pub(super) const BUSY: &str =
    "Rapport is running on this database; stop it first. Nothing was changed";

/// Restores a backup into an empty database and an empty folder of files. The backup is checked to its end before
/// anything is written, and what was written is read again and compared before it is kept.
///
/// # Errors
/// A sentence that says what is wrong; then nothing was changed.
pub async fn restore(
    file: &Path,
    url: &str,
    files: impl Into<Files>,
    told: &mut dyn FnMut(&Tally),
) -> Result<Total, String> {
    let files = files.into();
    let checked = file.to_owned();
    let checked = tokio::task::spawn_blocking(move || archive::check(&checked));
    let (header, manifest) = checked.await.map_err(|e| e.to_string())??;
    schema::check(Some(header.schema)).map_err(|_| newer(file, &header))?;
    if let Some(place) = files.holds().await? {
        return Err(format!(
            "{place} holds files already; name another as RAPPORT_DATA_DIR or RAPPORT_FILES_URL. Nothing was changed"
        ));
    }
    let hold = Hold::alone(url).await.map_err(|e| schema::Unusable::from(e).to_string())?;
    let _hold = hold.ok_or(BUSY)?;
    let mut target = Target::open(url, header.schema).await?;
    if let Some(other) = header.tables.iter().find(|t| !target.tables.contains(t)) {
        return Err(format!(
            "{}: the table {} is not as this program knows it",
            file.display(),
            other.name
        ));
    }
    let aside = files.folder.join(".restoring");
    let _ = std::fs::remove_dir_all(&aside);
    let filled = fill(file, &aside, &header, &manifest, &mut target, told).await;
    let kept = match filled {
        Ok(()) => files.place(&aside).await,
        Err(problem) => Err(problem),
    };
    let _ = std::fs::remove_dir_all(&aside);
    kept?;
    target.finish().await?;
    let rows = manifest.tables.iter().map(|t| t.rows).sum();
    Ok(Total { tables: manifest.tables.len(), rows, files: manifest.files })
}

fn newer(file: &Path, header: &Header) -> String {
    format!(
        "{} has schema {}, written by Rapport {}, and this program, Rapport {}, knows schemas up to {}; restore it \
         with the version that wrote it, or a later one. Nothing was changed",
        file.display(),
        header.schema,
        header.rapport,
        env!("CARGO_PKG_VERSION"),
        schema::known()
    )
}

async fn fill(
    file: &Path,
    aside: &Path,
    header: &Header,
    manifest: &Manifest,
    target: &mut Target,
    told: &mut dyn FnMut(&Tally),
) -> Result<(), String> {
    // The archive is read on a thread of its own; two parts are in memory at most.
    let (send, mut parts) = mpsc::channel::<(usize, Vec<Row>)>(1);
    let (file, aside) = (file.to_owned(), aside.to_owned());
    let reading = tokio::task::spawn_blocking(move || {
        archive::read(&file, &mut |piece| match piece {
            Piece::Rows(table, rows) => {
                send.blocking_send((table, rows)).map_err(|_| "the database failed".into())
            }
            Piece::File(path, content) => save(&aside.join(path), content),
        })
    });
    let mut written = Ok(());
    while let Some((table, rows)) = parts.recv().await {
        written = rows::insert(&mut target.conn, &header.tables[table], rows).await;
        if written.is_err() {
            break;
        }
    }
    // Ends the reading too, which would otherwise go on to write files.
    drop(parts);
    let read = reading.await.map_err(|e| e.to_string())?;
    written?;
    let (again, same) = read?;
    if again != *header || same != *manifest {
        return Err("the backup changed while it was read; nothing was changed".into());
    }
    for (table, expected) in header.tables.iter().zip(&manifest.tables) {
        let found = rows::tally(&mut target.conn, table).await?;
        if found != *expected {
            return Err(differs(&found, expected));
        }
        told(&found);
    }
    Ok(())
}

/// What says that a table did not arrive as it left.
pub(super) fn differs(found: &Tally, expected: &Tally) -> String {
    format!(
        "{}: {} rows with checksum {} arrived where {} with {} left; nothing was changed",
        found.table, found.rows, found.sum, expected.rows, expected.sum
    )
}

fn save(path: &Path, content: &mut dyn std::io::Read) -> Result<(), String> {
    let mut write = || {
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
        let mut out = File::create(path)?;
        std::io::copy(content, &mut out)?;
        out.sync_all()
    };
    write().map_err(|e| format!("{}: {e}", path.display()))
}
