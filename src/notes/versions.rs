//! The texts that a note had.

use super::{Record, Step, texts};
use crate::error::Error;
use crate::id::{NoteId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Changed, Conn, Write};
use crate::time::Time;

/// How long somebody pauses until what they wrote is a step of the history: 30 seconds, in milliseconds.
const PAUSE: i64 = 30_000;
/// How long a text that is no step stays, for those who began to write from it: a day, in milliseconds.
const SHORT: i64 = 24 * 60 * 60 * 1000;
/// How long what somebody types counts as one sitting, for the log: 10 minutes, in milliseconds.
const SITTING: i64 = 10 * 60 * 1000;
/// How many versions back the history goes.
const STEPS: i64 = 2_000;

/// Writes a note's text, as a new version; the one before it becomes part of the history. Nothing else changes a note's
/// text. The caller holds the note and writes the log.
pub(super) async fn save(w: &mut Write<'_>, note: &Record, body: &str) -> Result<(), Error> {
    let before = author_of(note);
    let step = before != w.actor || w.now.0 - note.updated_at.0 >= PAUSE || note.version == 1;
    let sql = "insert into note_versions (workspace_id, note_id, version, body, teammate_id, at, kept) \
               values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(note.id)
            .bind(note.version)
            .bind(&note.body)
            .bind(before)
            .bind(note.updated_at)
            .bind(i64::from(step))
            .execute(c)
    })?;
    let sql = "delete from note_versions where workspace_id = $1 and note_id = $2 and ((kept = 0 and at < $3) or version < $4)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(note.id)
            .bind(w.now.plus(-SHORT))
            .bind(note.version - STEPS)
            .execute(c)
    })?;
    texts::put(w, note, body).await
}

/// Keeps the text of a note that is deleted, beside its history: it is no step of it, since it comes back as the text.
pub(super) async fn keep(w: &mut Write<'_>, note: &Record, body: &str) -> Result<(), Error> {
    let sql = "insert into note_versions (workspace_id, note_id, version, body, teammate_id, at, kept) \
               values ($1, $2, $3, $4, $5, $6, 0) on conflict do nothing";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(note.id)
            .bind(note.version)
            .bind(body)
            .bind(author_of(note))
            .bind(w.now)
            .execute(c)
    })?;
    Ok(())
}

/// The text that a deleted note had, as [`keep`] kept it.
pub(super) async fn kept(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: &Record,
) -> Result<Option<String>, Error> {
    row(c, workspace, note.id, note.version).await
}

/// Forgets every text that a note had.
pub(super) async fn forget(w: &mut Write<'_>, note: NoteId) -> Result<(), Error> {
    let sql = "delete from note_versions where workspace_id = $1 and note_id = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(note).execute(c))?;
    Ok(())
}

/// Whose text a note has.
fn author_of(note: &Record) -> TeammateId {
    if note.version > 1 { note.edited_by } else { note.author_id }
}

/// The text that a note had at a version; `None` for one that is not kept.
pub async fn text_at(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: &Record,
    version: i64,
) -> Result<Option<String>, Error> {
    if version == note.version {
        return Ok(Some(note.body.clone()));
    }
    row(c, workspace, note.id, version).await
}

/// The text that is kept of a version.
async fn row(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: NoteId,
    version: i64,
) -> Result<Option<String>, Error> {
    let sql =
        "select body from note_versions where workspace_id = $1 and note_id = $2 and version = $3";
    let found: Option<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql)
            .bind(workspace)
            .bind(note)
            .bind(version)
            .fetch_optional(x)
    })?;
    Ok(found.map(|(body,)| body))
}

/// The steps of a note's history, newest first, at most 200. The text as it is now is the first.
pub async fn history(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    note: &Record,
) -> Result<Vec<Step>, Error> {
    let sql = "select v.version, t.name, v.at from note_versions v \
               left join teammates t on t.workspace_id = v.workspace_id and t.id = v.teammate_id \
               where v.workspace_id = $1 and v.note_id = $2 and v.kept = 1 order by v.version desc limit 200";
    let rows: Vec<(i64, Option<String>, Time)> = run!(c, |x| {
        sqlx::query_as::<_, (i64, Option<String>, Time)>(sql)
            .bind(workspace)
            .bind(note.id)
            .fetch_all(x)
    })?;
    let by = if note.version > 1 { &note.editor } else { &note.author };
    let now = Step { version: note.version, by: by.clone(), at: dates.stamp(note.updated_at) };
    let step = |(version, by, at)| Step { version, by, at: dates.stamp(at) };
    Ok(std::iter::once(now).chain(rows.into_iter().map(step)).collect())
}

/// Whether who acts saved the note a short while ago, so that one line in the log stands for both.
pub(super) async fn wrote_lately(w: &mut Write<'_>, note: &Record) -> Result<bool, Error> {
    let since = w.now.plus(-SITTING);
    if note.version > 1 && note.edited_by == w.actor && note.updated_at > since {
        return Ok(true);
    }
    let sql = "select version from note_versions where workspace_id = $1 and note_id = $2 and teammate_id = $3 and at > $4 and version > 1 limit 1";
    let found: Option<(i64,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(sql)
            .bind(w.workspace)
            .bind(note.id)
            .bind(w.actor)
            .bind(since)
            .fetch_optional(c)
    })?;
    Ok(found.is_some())
}
