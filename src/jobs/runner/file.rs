//! The import of a file, as a job.

use super::tell;
use crate::error::Error;
use crate::import::{Import, Progress, Running, Upload};
use crate::jobs::store::Claimed;
use crate::jobs::{Input, State};
use crate::server::state::AppState;

/// Imports a file in groups that each know which rows were there already, and says after each how far it is.
pub(super) async fn import(app: &AppState, job: &mut Claimed) -> Result<(), Error> {
    let Input::Import { upload, map, event, asked } = job.input.clone() else { return Ok(()) };
    let upload = match Upload::find(app, job.workspace, job.created_by, &upload) {
        Ok(upload) => upload,
        Err(error) => return tell(app, job, State::Failed, &error.sentence()).await.map(|_| ()),
    };
    let import = Import {
        kind: upload.kind(),
        file: upload.file(app),
        asked,
        map,
        event,
        rejects: upload.rejects(app),
    };
    if !import.file.exists() {
        let message = "The file is not there any more: upload it again.";
        return tell(app, job, State::Failed, message).await.map(|_| ());
    }
    job.cursor.began = app.clock.now().0;
    let outcome = 'run: {
        // All of the file is read to know it by its content.
        let open = import.clone();
        let opened = tokio::task::spawn_blocking(move || Running::open(&open)).await;
        let mut running = match opened.map_err(|_| Error::Internal)? {
            Ok(running) => running,
            Err(message) => break 'run Err(message),
        };
        loop {
            match running.step(app, job.workspace).await {
                Ok(true) => {}
                Ok(false) => break 'run Ok(true),
                Err(message) => break 'run Err(message),
            }
            note(job, running.progress());
            // A teammate stopped it, or the process stops: then another run goes on after the lease.
            if !tell(app, job, State::Running, "").await? {
                break 'run Ok(false);
            }
            if *app.stopping.borrow() {
                return Ok(());
            }
        }
    };
    match outcome {
        Ok(true) => {
            job.done = job.total;
            tell(app, job, State::Done, "").await?;
            upload.finish(app);
        }
        // The file stays for a day, so that its import can go on.
        Ok(false) => {}
        Err(message) => {
            let place = format!("{}: ", import.file.display());
            let message = message.strip_prefix(&place).unwrap_or(&message);
            tell(app, job, State::Failed, message).await?;
        }
    }
    Ok(())
}

fn note(job: &mut Claimed, progress: Progress) {
    job.done = progress.bytes as i64;
    job.cursor.changed = progress.written as i64;
    job.cursor.rejected = progress.rejected as i64;
}
