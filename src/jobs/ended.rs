//! What the owner of a job has of how it ended.

use serde::{Deserialize, Serialize};

use super::store::{Cursor, Found, find};
use crate::error::Error;
use crate::id::JobId;
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Write};

/// The most jobs that are noted as seen at once: more never stand on a page.
const SEEN_AT_ONCE: usize = 20;

/// What its owner has of how a job ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum End {
    /// Nothing yet.
    #[default]
    Unseen,
    /// It stood before their eyes.
    Seen,
    /// They closed its line.
    Closed,
}

/// Notes that a teammate has seen how their jobs ended; those that are not theirs, or not over, stay as they are.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn see(w: &mut Write<'_>, jobs: &[JobId]) -> Result<(), Error> {
    for job in jobs.iter().take(SEEN_AT_ONCE) {
        if let Some(found) = find(&mut w.conn, w.workspace, *job).await?
            && found.cursor.end == End::Unseen
        {
            end(w, *job, &found, End::Seen).await?;
        }
    }
    Ok(())
}

/// Takes away the line of a job that is over.
///
/// # Errors
/// [`Error::NotFound`] unless it is a finished job of this teammate.
pub async fn close(w: &mut Write<'_>, job: JobId) -> Result<(), Error> {
    let found = find(&mut w.conn, w.workspace, job).await?.ok_or(Error::NotFound)?;
    if !end(w, job, &found, End::Closed).await? {
        return Err(Error::NotFound);
    }
    w.touch(Topic::Workspace);
    Ok(())
}

/// Nothing else writes how far a job is once it is over, so that what was read is still so.
async fn end(w: &mut Write<'_>, job: JobId, found: &Found, end: End) -> Result<bool, Error> {
    if found.created_by != w.actor || found.state.is_open() {
        return Ok(false);
    }
    let text =
        serde_json::to_string(&Cursor { end, ..found.cursor }).map_err(|_| Error::Internal)?;
    let sql = "update jobs set cursor = $3 where workspace_id = $1 and id = $2";
    let changed: Changed =
        run!(w.conn, |c| { sqlx::query(sql).bind(w.workspace).bind(job).bind(&text).execute(c) })?;
    Ok(changed.0 > 0)
}
