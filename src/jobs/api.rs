//! Jobs from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::Job;
use crate::error::Error;
use crate::id::JobId;

/// The viewer's jobs that are open or have just ended, with the number up to which that is true; those that are `watched` also
/// where another page of theirs has shown how they ended.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "jobs", input = GetUrl)]
pub async fn recent_jobs(#[server(default)] watched: Vec<JobId>) -> Result<(i64, Vec<Job>), Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let seq = crate::stream::last_seq(&mut c, viewer.workspace).await?;
    let jobs =
        super::recent(&mut c, viewer.workspace, viewer.id, &watched, app.clock.now()).await?;
    Ok((seq, jobs))
}

/// Stops a job of the viewer's.
///
/// # Errors
/// As [`super::cancel`].
#[server(prefix = "/do", endpoint = "cancel_job")]
pub async fn cancel_job(job: JobId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::cancel(&mut w, job).await?;
    w.commit().await?;
    Ok(())
}

/// Notes that the viewer has seen how their jobs ended: the next page does not show them again.
///
/// # Errors
/// As [`super::see`].
#[server(prefix = "/do", endpoint = "see_jobs")]
pub async fn see_jobs(#[server(default)] jobs: Vec<JobId>) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::see(&mut w, &jobs).await?;
    w.commit().await?;
    Ok(())
}

/// Takes away the line of a job of the viewer's that is over.
///
/// # Errors
/// As [`super::close`].
#[server(prefix = "/do", endpoint = "close_job")]
pub async fn close_job(job: JobId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::close(&mut w, job).await?;
    w.commit().await?;
    Ok(())
}

/// Takes back what a job of the viewer's did.
///
/// # Errors
/// As [`super::undo`].
#[server(prefix = "/do", endpoint = "undo_job")]
pub async fn undo_job(job: JobId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::undo(&mut w, job).await?;
    w.commit().await?;
    Ok(())
}
