//! Forgetting notes that were deleted, once they can be brought back no longer.

use super::store::owner_of;
use super::{KEPT, looks, mentions, reading};
use crate::error::Error;
use crate::id::NoteId;
use crate::server::db::{Changed, Write};
use crate::time::Time;
use crate::{attachments, jobs, run};

/// Everything about deleted notes of an owner whose time is over.
const GONE: [&str; 6] = [
    mentions::GONE,
    looks::GONE,
    "delete from note_documents where workspace_id = $1 and note_id in (select id from notes where workspace_id = $1 \
     and owner_kind = $2 and owner_id = $3 and deleted_at > 0 and deleted_at <= $4)",
    "delete from note_updates where workspace_id = $1 and note_id in (select id from notes where workspace_id = $1 \
     and owner_kind = $2 and owner_id = $3 and deleted_at > 0 and deleted_at <= $4)",
    "delete from note_versions where workspace_id = $1 and note_id in (select id from notes where workspace_id = $1 \
     and owner_kind = $2 and owner_id = $3 and deleted_at > 0 and deleted_at <= $4)",
    "delete from notes where workspace_id = $1 and owner_kind = $2 and owner_id = $3 \
     and deleted_at > 0 and deleted_at <= $4",
];

/// Forgets what was deleted of a note's owner more than 30 days ago: the note itself, unless it was brought back, or deleted anew
/// since.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn forget_deleted(w: &mut Write<'_>, id: NoteId) -> Result<(), Error> {
    // Who was erased, or merged away for good, took it along.
    let Some(note) = reading::with_deleted(&mut w.conn, w.workspace, id).await? else {
        return Ok(());
    };
    let owner = owner_of(&note)?;
    attachments::release_notes(w, owner, Some(w.now.plus(-KEPT))).await?;
    for sql in GONE {
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(sql)
                .bind(w.workspace)
                .bind(owner.kind())
                .bind(owner.number())
                .bind(w.now.plus(-KEPT))
                .execute(c)
        })?;
    }
    Ok(())
}

/// Gives the notes after a number that are deleted, at most `limit` of all, the job that forgets them: an older version gave
/// none. One that has it already has it twice then, and the second finds nothing. Answers how many notes there were and the
/// last one's number, if there may be more.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn forget_later(
    w: &mut Write<'_>,
    after: i64,
    limit: i64,
) -> Result<(i64, Option<i64>), Error> {
    let sql =
        "select id, deleted_at from notes where workspace_id = $1 and id > $2 order by id limit $3";
    let found: Vec<(NoteId, Time)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (NoteId, Time)>(sql)
            .bind(w.workspace)
            .bind(after)
            .bind(limit)
            .fetch_all(c)
    })?;
    for (note, deleted_at) in found.iter().filter(|(_, at)| at.0 > 0) {
        let left = (deleted_at.0 + KEPT - w.now.0).max(0);
        jobs::start_after(w, &jobs::Input::ForgetDeleted { note: *note }, 1, left).await?;
    }
    let next = found.last().filter(|_| found.len() as i64 == limit).map(|(id, _)| id.0);
    Ok((found.len() as i64, next))
}
