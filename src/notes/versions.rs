//! The texts that a note had.

use super::writers::{Called, Writers};
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
/// How many versions back a sitting goes at most.
const LATELY: i64 = 50;
/// How many versions back the history goes.
const STEPS: i64 = 2_000;

/// Writes a note's text, as a new version that these wrote; the one before it becomes part of the history. Nothing else changes
/// a note's text. The caller holds the note and writes the log.
pub(super) async fn save(
    w: &mut Write<'_>,
    note: &Record,
    body: &str,
    by: &Writers,
    at: Time,
) -> Result<(), Error> {
    let others = !Writers::of(note).are(by);
    let step = others || at.0 - note.updated_at.0 >= PAUSE || note.version == 1;
    insert(w, note, &note.body, note.updated_at, step).await?;
    let sql = "delete from note_versions where workspace_id = $1 and note_id = $2 and ((kept = 0 and at < $3) or version < $4)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(note.id)
            .bind(w.now.plus(-SHORT))
            .bind(note.version - STEPS)
            .execute(c)
    })?;
    texts::put(w, note, body, by, at).await
}

/// Makes a note's text a step of its history before another takes its place, whoever writes that, and however soon.
pub(super) async fn mark(w: &mut Write<'_>, note: &Record) -> Result<(), Error> {
    insert(w, note, &note.body, note.updated_at, true).await
}

/// Keeps the text of a note that is deleted, beside its history: it is no step of it, since it comes back as the text.
pub(super) async fn keep(w: &mut Write<'_>, note: &Record, body: &str) -> Result<(), Error> {
    insert(w, note, body, w.now, false).await
}

async fn insert(
    w: &mut Write<'_>,
    note: &Record,
    body: &str,
    at: Time,
    step: bool,
) -> Result<(), Error> {
    let sql = "insert into note_versions (workspace_id, note_id, version, body, teammate_id, at, kept, together) \
               values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(note.id)
            .bind(note.version)
            .bind(body)
            .bind(Writers::of(note).last())
            .bind(at)
            .bind(i64::from(step))
            .bind(&note.together)
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
    let sql = "select v.version, t.name, v.at, v.together from note_versions v \
               left join teammates t on t.workspace_id = v.workspace_id and t.id = v.teammate_id \
               where v.workspace_id = $1 and v.note_id = $2 and v.kept = 1 order by v.version desc limit 200";
    type Row = (i64, Option<String>, Time, String);
    let mut rows: Vec<Row> =
        run!(c, |x| { sqlx::query_as::<_, Row>(sql).bind(workspace).bind(note.id).fetch_all(x) })?;
    let by = if note.version > 1 { &note.editor } else { &note.author };
    rows.insert(0, (note.version, by.clone(), note.updated_at, note.together.clone()));
    let called = Called::of(c, workspace, rows.iter().map(|row| row.3.as_str())).await?;
    let step = |(version, by, at, together): Row| {
        let by = called.names(&together, by.as_deref());
        Step { version, by, at: dates.stamp(at) }
    };
    Ok(rows.into_iter().map(step).collect())
}

/// Those of a text's new writers who have not written in the note a short while ago: one line in the log stands for both.
pub(super) async fn unheard(
    w: &mut Write<'_>,
    note: &Record,
    by: &Writers,
) -> Result<Vec<TeammateId>, Error> {
    let since = w.now.plus(-SITTING);
    let mut all = by.all().to_vec();
    // Who wrote first has the first line.
    all.reverse();
    if note.version > 1 && note.updated_at > since {
        all.retain(|one| !Writers::of(note).all().contains(one));
    }
    if all.is_empty() {
        return Ok(all);
    }
    let sql = "select teammate_id, together from note_versions where workspace_id = $1 and note_id = $2 and version > $3 and at > $4";
    type Row = (TeammateId, String);
    let rows: Vec<Row> = run!(w.conn, |c| {
        sqlx::query_as::<_, Row>(sql)
            .bind(w.workspace)
            .bind(note.id)
            .bind((note.version - LATELY).max(1))
            .bind(since)
            .fetch_all(c)
    })?;
    for (last, together) in rows {
        all.retain(|one| !Writers::read(last, &together).all().contains(one));
    }
    Ok(all)
}
