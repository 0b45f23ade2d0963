//! Uploads and what became of them: shown, gone on with, dropped.

use std::collections::HashSet;

use super::{Earlier, Upload};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::jobs::{self, Imported};
use crate::live::Topic;
use crate::server::dates::Dates;
use crate::server::db::{Conn, Write};
use crate::server::state::AppState;

/// The most that are shown.
const SHOWN: usize = 20;

/// A teammate's uploads, each with its newest import, the newest first. Those whose import waits or runs are shown as
/// jobs, and not here.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn earlier(
    app: &AppState,
    c: &mut Conn,
    workspace: WorkspaceId,
    teammate: TeammateId,
    dates: &Dates,
) -> Result<Vec<Earlier>, Error> {
    let uploads = Upload::all(app, workspace, teammate);
    let (mut all, mut seen) = (Vec::new(), HashSet::new());
    for job in jobs::imports(c, workspace, teammate).await? {
        if !seen.insert(job.upload.clone()) {
            continue;
        }
        if !job.state.is_open() {
            let upload = uploads.iter().find(|u| u.id() == job.upload);
            let there = |path: Option<std::path::PathBuf>| path.is_some_and(|p| p.exists());
            all.push(Earlier {
                name: upload.and_then(Upload::name).map(str::to_owned),
                kind: upload.map(Upload::kind),
                rejects: job.rejected > 0 && there(upload.map(|u| u.rejects(app))),
                file: there(upload.map(|u| u.file(app))),
                id: job.upload,
                state: Some(job.state),
                written: job.written,
                rejected: job.rejected,
                message: job.message,
                at: dates.stamp(job.updated_at),
            });
        }
    }
    let waiting = uploads.iter().filter(|u| !seen.contains(u.id()) && u.file(app).exists());
    all.extend(waiting.map(|upload| Earlier {
        id: upload.id().to_owned(),
        name: upload.name().map(str::to_owned),
        kind: Some(upload.kind()),
        state: None,
        written: 0,
        rejected: 0,
        message: String::new(),
        rejects: false,
        file: true,
        at: dates.stamp(upload.made_at(app)),
    }));
    all.sort_by_key(|one| std::cmp::Reverse(one.at.at));
    all.truncate(SHOWN);
    Ok(all)
}

async fn newest(w: &mut Write<'_>, upload: &Upload) -> Result<Option<Imported>, Error> {
    let all = jobs::imports(&mut w.conn, w.workspace, w.actor).await?;
    Ok(all.into_iter().find(|job| job.upload == upload.id()))
}

/// Goes on with an import that was cancelled or failed, as it was begun. What it had written is known again.
///
/// # Errors
/// [`Error::NotFound`] where nothing was begun, it is not over yet or complete, or the file is gone.
pub async fn resume(w: &mut Write<'_>, upload: &Upload) -> Result<(), Error> {
    let job = newest(w, upload).await?.ok_or(Error::NotFound)?;
    let size = std::fs::metadata(upload.file(w.app)).map_err(|_| Error::NotFound)?.len();
    if job.state.is_open() || job.state == jobs::State::Done {
        return Err(Error::NotFound);
    }
    jobs::start(w, &job.input, size as i64).await.map(|_| ())
}

/// Forgets an upload: its file, the rows set aside, and what it was called.
///
/// # Errors
/// [`Error::Conflict`] while its import waits or runs.
pub async fn drop_upload(w: &mut Write<'_>, upload: &Upload) -> Result<(), Error> {
    if newest(w, upload).await?.is_some_and(|job| job.state.is_open()) {
        return Err(Error::Conflict("The import is running: cancel it first".into()));
    }
    upload.discard(w.app);
    w.touch(Topic::Workspace);
    Ok(())
}
