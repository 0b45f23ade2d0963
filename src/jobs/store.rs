//! Jobs in the database: beginning, claiming, moving on, and undoing.

use serde::{Deserialize, Serialize};

use super::ended::End;
use super::{Input, State};
use crate::error::Error;
use crate::id::{JobId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Conn, Db, Write};
use crate::server::state::AppState;
use crate::time::Time;

/// How long a runner may be silent before another goes on, in milliseconds.
pub(super) const LEASE: i64 = 60_000;
/// How far a job is; each kind reads `next` in its own way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// Where the next step begins.
    pub next: i64,
    /// How many were changed.
    pub changed: i64,
    /// Rows set aside by an import, people left out of a message.
    #[serde(default)]
    pub rejected: i64,
    /// When the run began that goes through a file, in milliseconds; 0 for none.
    #[serde(default)]
    pub began: i64,
    /// The newest number of the log before the first step: what the job did comes after it.
    pub from_seq: i64,
    /// Where the next step begins in the order of a stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<(i64, i64)>,
    /// What its owner has of its end.
    #[serde(default)]
    pub end: End,
}

/// A job that a runner holds.
#[derive(Debug, Clone)]
pub(super) struct Claimed {
    pub workspace: WorkspaceId,
    pub id: JobId,
    pub created_by: TeammateId,
    pub input: Input,
    pub cursor: Cursor,
    pub done: i64,
    pub total: i64,
}

/// Adds a job in the transaction of whoever wants it; the runner is woken when it has committed.
pub async fn start(w: &mut Write<'_>, input: &Input, total: i64) -> Result<JobId, Error> {
    start_after(w, input, total, 0).await
}

/// As [`start`], for a job that nobody takes until so many milliseconds have passed: until then it can be undone.
pub(crate) async fn start_after(
    w: &mut Write<'_>,
    input: &Input,
    total: i64,
    wait: i64,
) -> Result<JobId, Error> {
    let id = JobId(w.app.db.next_id()?);
    let text = serde_json::to_string(input).map_err(|_| Error::Internal)?;
    let from = if wait > 0 { w.now.plus(wait) } else { Time(0) };
    let by = if input.is_nobodys() { TeammateId(0) } else { w.actor };
    let sql = "insert into jobs (workspace_id, id, kind, state, input, total, created_by, created_at, updated_at, lease_until) \
               values ($1, $2, $3, 'waiting', $4, $5, $6, $7, $7, $8)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(input.word())
            .bind(&text)
            .bind(total)
            .bind(by)
            .bind(w.now)
            .bind(from)
            .execute(c)
    })?;
    w.touch(Topic::Workspace);
    w.wake_jobs();
    Ok(id)
}

/// Begins a job that takes back what another did.
///
/// # Errors
/// [`Error::NotFound`] unless it is a finished job of this teammate that can be undone, and is not being undone already.
pub async fn undo(w: &mut Write<'_>, job: JobId) -> Result<JobId, Error> {
    w.alone().await?;
    let found = find(&mut w.conn, w.workspace, job).await?.ok_or(Error::NotFound)?;
    let undoable = !found.state.is_open() && found.input.can_be_undone();
    if found.created_by != w.actor || !undoable {
        return Err(Error::NotFound);
    }
    let undoing = Input::Undo { job };
    // A second press, on a page that does not know of the first, would take away what was given by hand since.
    let text = serde_json::to_string(&undoing).map_err(|_| Error::Internal)?;
    let sql = "select id from jobs where workspace_id = $1 and id > $2 and kind = 'undo' and input = $3 \
               and state in ('waiting', 'running', 'done') limit 1";
    let begun: Option<(JobId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (JobId,)>(sql).bind(w.workspace).bind(job).bind(&text).fetch_optional(c)
    })?;
    if begun.is_some() {
        return Err(Error::NotFound);
    }
    start(w, &undoing, found.cursor.changed).await
}

/// Stops a job that is not finished; what it has done stays.
///
/// # Errors
/// [`Error::NotFound`] unless it is an open job of this teammate; one that ends what has happened already cannot be stopped,
/// and one that ends a company only until it begins.
pub async fn cancel(w: &mut Write<'_>, job: JobId) -> Result<(), Error> {
    let found = find(&mut w.conn, w.workspace, job).await?.ok_or(Error::NotFound)?;
    let sql = "update jobs set state = 'cancelled', updated_at = $4 where workspace_id = $1 and id = $2 and created_by = $3 \
               and state in ('waiting', 'running') and kind not in ('merge_companies', 'delete_company', 'bring_history') \
               and (kind <> 'end_company' or state = 'waiting')";
    let stopped: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(job).bind(w.actor).bind(w.now).execute(c)
    })?;
    if stopped.0 == 0 {
        return Err(Error::NotFound);
    }
    w.touch(Topic::Workspace);
    if let Input::EndCompany { company, .. } = found.input {
        w.touch(Topic::Company(company));
    }
    Ok(())
}

/// A job as the table has it.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub id: JobId,
    pub state: String,
    pub input: String,
    pub cursor: String,
    pub done: i64,
    pub total: i64,
    pub message: String,
    pub created_by: TeammateId,
    pub updated_at: Time,
}

pub(super) struct Found {
    pub state: State,
    pub input: Input,
    pub cursor: Cursor,
    pub created_by: TeammateId,
}

pub(super) async fn find(
    c: &mut Conn,
    workspace: WorkspaceId,
    job: JobId,
) -> Result<Option<Found>, Error> {
    let sql = "select id, state, input, cursor, done, total, message, created_by, updated_at from jobs \
               where workspace_id = $1 and id = $2";
    let row: Option<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(job).fetch_optional(x))?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Found {
        state: State::from_word(&row.state).ok_or(Error::Internal)?,
        input: serde_json::from_str(&row.input).map_err(|_| Error::Internal)?,
        cursor: cursor(&row.cursor),
        created_by: row.created_by,
    }))
}

/// How far a job is by what its row says; one that says nothing is at the beginning.
pub(super) fn cursor(text: &str) -> Cursor {
    serde_json::from_str(text).unwrap_or_default()
}

/// Frees the jobs of a program that was killed, which otherwise wait until its lease has passed. Only for who has the database
/// alone: nobody can be at work on them.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn free(db: &Db) -> Result<(), Error> {
    let mut c = db.begin().await?;
    let sql = "update jobs set lease_until = 0 where state = 'running'";
    let _: Changed = run!(c, |x| sqlx::query(sql).execute(x))?;
    c.commit().await
}

/// When the next job begins that waits until it can be undone no longer; `None` where none does.
pub(super) async fn next_due(app: &AppState) -> Result<Option<Time>, Error> {
    let sql = "select min(lease_until) from jobs where state = 'waiting'";
    let mut c = app.db.read().await?;
    let (at,): (Option<Time>,) =
        run!(c, |x| sqlx::query_as::<_, (Option<Time>,)>(sql).fetch_one(x))?;
    Ok(at)
}

/// Takes the oldest job that is due and that nobody works on.
pub(super) async fn claim(app: &AppState) -> Result<Option<Claimed>, Error> {
    let now = app.clock.now();
    let next = "update jobs set state = 'running', lease_until = $2, updated_at = $1 where (workspace_id, id) in \
                (select workspace_id, id from jobs where state in ('waiting', 'running') and lease_until < $1 order by id limit 1) \
                and state in ('waiting', 'running') and lease_until < $1 \
                returning workspace_id, id, created_by, input, cursor, done, total";
    type Row = (WorkspaceId, JobId, TeammateId, String, String, i64, i64);
    let mut c = app.db.begin().await?;
    let row: Option<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(next).bind(now).bind(now.plus(LEASE)).fetch_optional(x)
    })?;
    c.commit().await?;
    let Some((workspace, id, created_by, input, text, done, total)) = row else { return Ok(None) };
    let input = serde_json::from_str(&input).map_err(|_| Error::Internal)?;
    Ok(Some(Claimed { workspace, id, created_by, input, cursor: cursor(&text), done, total }))
}

/// Writes how far a job is, in the transaction of the step; answers whether it may go on.
pub(super) async fn advance(
    w: &mut Write<'_>,
    job: &Claimed,
    state: State,
    message: &str,
) -> Result<bool, Error> {
    let text = serde_json::to_string(&job.cursor).map_err(|_| Error::Internal)?;
    let sql = "update jobs set state = $3, cursor = $4, done = $5, total = $6, message = $7, updated_at = $8, lease_until = $9 \
               where workspace_id = $1 and id = $2 and state = 'running'";
    let moved: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(job.id)
            .bind(state.word())
            .bind(&text)
            .bind(job.done)
            .bind(job.total)
            .bind(message)
            .bind(w.now)
            .bind(w.now.plus(LEASE))
            .execute(c)
    })?;
    w.touch(Topic::Workspace);
    Ok(moved.0 > 0)
}

/// Begins what an older version of the program did not do: words for people and for notes that have none, and an end for the
/// notes that it deleted.
pub async fn prepare(app: &AppState) -> Result<(), Error> {
    for (input, sql) in [
        (
            Input::Words,
            "select id from workspaces where exists (select 1 from contacts where workspace_id = workspaces.id) \
             and not exists (select 1 from contact_words where workspace_id = workspaces.id) \
             and not exists (select 1 from jobs where workspace_id = workspaces.id and kind = 'words' and state in ('waiting', 'running'))",
        ),
        (
            Input::NoteWords,
            "select id from workspaces where exists (select 1 from notes where workspace_id = workspaces.id and deleted_at = 0 \
             union all select 1 from parts where workspace_id = workspaces.id and kind = 'note' and deleted_at = 0) \
             and not exists (select 1 from note_words where workspace_id = workspaces.id) \
             and not exists (select 1 from jobs where workspace_id = workspaces.id and kind = 'note_words' and state in ('waiting', 'running'))",
        ),
        (
            // Once for ever: what is deleted by now has its own end.
            Input::DeletedNotes,
            "select id from workspaces where exists (select 1 from notes where workspace_id = workspaces.id) \
             and not exists (select 1 from jobs where workspace_id = workspaces.id and kind = 'deleted_notes')",
        ),
    ] {
        let rows: Vec<(WorkspaceId,)> = {
            let mut c = app.db.read().await?;
            run!(c, |x| sqlx::query_as::<_, (WorkspaceId,)>(sql).fetch_all(x))?
        };
        for (workspace,) in rows {
            let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
            start(&mut w, &input, 0).await?;
            w.commit().await?;
        }
    }
    Ok(())
}
