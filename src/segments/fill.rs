//! Finding out who a new or changed rule holds for: everyone is looked at, in steps that know how far they are.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::json;

use super::members::{Cause, look};
use super::store::{self, Row};
use super::watch::Watched;
use crate::attributes::Subject;
use crate::audit::Action;
use crate::error::Error;
use crate::id::{SegmentId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::server::state::AppState;
use crate::time::Time;

/// Does the next step for a workspace's segments whose rule is not the one that their members were found out by.
/// Answers whether there is more to do.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn step(app: &AppState, workspace: WorkspaceId) -> Result<bool, Error> {
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    let (began, size) = (Instant::now(), app.segments.filling.size());
    w.judging().await?;
    let version = store::version(&mut w.conn, workspace).await?;
    let rules = app.segments.rules(&mut w.conn, workspace, version).await?;
    let rows = store::all(&mut w.conn, workspace).await?;
    let mut open: Vec<(&Watched, Row)> = Vec::new();
    for row in rows {
        let Some(one) = rules.all.iter().find(|s| s.id == row.id) else { continue };
        // One that was stopped waits, unless its rule is another one by now.
        let waits = row.paused_at.0 > 0 && row.filling == one.digest;
        if row.judged != one.digest && !waits {
            open.push((one, row));
        }
    }
    if open.is_empty() {
        return Ok(false);
    }
    for (one, row) in open.iter_mut().filter(|(one, row)| row.filling != one.digest) {
        begin(&mut w, one, row).await?;
    }
    // Those who are as far as the one that is least far go on together.
    let Some(subject) = open.first().map(|(one, _)| one.subject) else { return Ok(false) };
    open.retain(|(one, _)| one.subject == subject);
    let from = open.iter().map(|(_, row)| row.cursor).min().unwrap_or_default();
    open.retain(|(_, row)| row.cursor == from);
    // Each rule's row is written in each step, so that many rules want more people at a time.
    let size = size.max(open.len());
    let ids = next(&mut w, subject, from, size).await?;
    let whom: BTreeMap<_, _> = ids.iter().map(|id| (*id, Cause::Rule)).collect();
    let segments: Vec<_> = open.iter().map(|(one, _)| *one).collect();
    let moved = look(&mut w, subject, &whom, &segments).await?;
    let last = ids.last().copied().unwrap_or(from);
    let ended = ids.len() < size;
    for (one, row) in &open {
        let (entered, left) = moved.get(&one.id).copied().unwrap_or_default();
        let (entered, left) = (row.entered + entered, row.left_out + left);
        let sql = "update segments set cursor = $3, entered = $4, left_out = $5, done = done + $6, \
                   judged = case when $7 = 1 then filling else judged end, filling = case when $7 = 1 then '' else filling end \
                   where workspace_id = $1 and id = $2";
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(sql)
                .bind(workspace)
                .bind(one.id)
                .bind(last)
                .bind(entered)
                .bind(left)
                .bind(ids.len() as i64)
                .bind(i64::from(ended))
                .execute(c)
        })?;
        if ended {
            end(&mut w, one, row, entered, left);
        }
    }
    w.touch(Topic::Segments);
    app.segments.filling.commit(w, ids.len(), began).await?;
    Ok(true)
}

async fn begin(w: &mut Write<'_>, one: &Watched, row: &mut Row) -> Result<(), Error> {
    let total = "select case when $2 = 'contact' then people else companies end from workspace_seq where workspace_id = $1";
    let (total,): (i64,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(total).bind(w.workspace).bind(one.subject.word()).fetch_one(c)
    })?;
    let fault = one.rule.as_ref().err().map(|f| f.first().message).unwrap_or_default();
    let sql = "update segments set filling = $3, cursor = 0, entered = 0, left_out = 0, done = 0, total = $4, fault = $5, paused_at = 0 \
               where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(one.id)
            .bind(&one.digest)
            .bind(total)
            .bind(&fault)
            .execute(c)
    })?;
    (row.cursor, row.entered, row.left_out, row.done, row.total) = (0, 0, 0, 0, total);
    Ok(())
}

/// Stops the finding out of who a rule holds for where it is, or goes on from there. Those whom something concerns
/// meanwhile are looked at all the same.
///
/// # Errors
/// [`Error::NotFound`] for the segment. Where everyone was looked at already there is nothing to stop.
pub async fn pause(w: &mut Write<'_>, id: SegmentId, pause: bool) -> Result<(), Error> {
    w.judging().await?;
    let mut row = store::find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let version = store::version(&mut w.conn, w.workspace).await?;
    let rules = w.app.segments.rules(&mut w.conn, w.workspace, version).await?;
    let one = rules.all.iter().find(|s| s.id == id);
    let Some(one) = one.filter(|one| row.judged != one.digest) else { return Ok(()) };
    if pause && row.filling != one.digest {
        begin(w, one, &mut row).await?;
    }
    if pause == (row.paused_at.0 > 0) {
        return Ok(());
    }
    let at = if pause { w.now } else { Time(0) };
    let sql = "update segments set paused_at = $3 where workspace_id = $1 and id = $2";
    let workspace = w.workspace;
    let _: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(workspace).bind(id).bind(at).execute(c))?;
    // Who fills looks at it again.
    w.rules_changed();
    w.touch(Topic::Segments);
    let action = if pause { Action::SegmentPaused } else { Action::SegmentResumed };
    w.log(Entry::of_workspace(action, w.now, json!({ "segment": id, "name": row.name })));
    Ok(())
}

/// One line for all who came and went, and the rules are read again: they know by now who is in.
fn end(w: &mut Write<'_>, one: &Watched, row: &Row, entered: i64, left: i64) {
    w.rules_changed();
    // The first filling of those that are there from the start is no news, and an audience tells by its message.
    if (row.judged.is_empty() && !row.builtin.is_empty()) || one.message.0 > 0 {
        return;
    }
    let data = json!({ "segment": one.id, "name": one.name, "entered": entered, "left": left });
    w.log(Entry::of_workspace(Action::SegmentFilled, w.now, data));
}

async fn next(
    w: &mut Write<'_>,
    subject: Subject,
    after: i64,
    size: usize,
) -> Result<Vec<i64>, Error> {
    let sql = match subject {
        Subject::Contact => {
            "select id from contacts where workspace_id = $1 and id > $2 order by id limit $3"
        }
        Subject::Company => {
            "select id from companies where workspace_id = $1 and id > $2 order by id limit $3"
        }
    };
    let rows: Vec<(i64,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(sql)
            .bind(w.workspace)
            .bind(after)
            .bind(size as i64)
            .fetch_all(c)
    })?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
