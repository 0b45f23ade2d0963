//! Letting go of files: of what is deleted, and of what nobody sends. Until the bytes are gone the row stays.

use const_format::formatcp;

use super::MOST;
use super::store::{KEPT, Uploader};
use crate::error::Error;
use crate::id::{AttachmentId, ContactId, ConversationId, PartId, TeammateId, WorkspaceId};
use crate::owner::Owner;
use crate::run;
use crate::server::db::{Changed, Conn, Write};
use crate::time::Time;

/// For how long the files of a deleted note can come back, in milliseconds.
const UNDO: i64 = crate::notes::KEPT;

/// What is written to a file that goes for good, before what says which: nobody finds it any more, and its bytes are next to go.
pub(super) const GO: &str = "update attachments set part_id = 0, conversation_id = 0, uploader_kind = 'deleted', uploader_id = 0, \
                  name = '', content_type = '', created_at = 0";

/// Has the bytes go right after the commit, where anything was let go.
pub(super) fn sweep(w: &mut Write<'_>, gone: &Changed) {
    if gone.0 > 0 {
        w.sweep_files();
    }
}

/// Lets go of the pictures of notes that are about to be gone for good: those of an owner that were deleted up to a time,
/// or all of them. The bytes go right after the commit.
pub async fn release_notes(
    w: &mut Write<'_>,
    owner: Owner,
    deleted_until: Option<Time>,
) -> Result<(), Error> {
    let sql = formatcp!(
        "{GO} where workspace_id = $1 and conversation_id = 0 and part_id in (select id from notes \
         where workspace_id = $1 and owner_kind = $2 and owner_id = $3 and deleted_at >= $4 and deleted_at <= $5)"
    );
    let (from, until) = match deleted_until {
        Some(until) => (Time(1), until),
        None => (Time(0), Time(i64::MAX)),
    };
    let gone: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(owner.kind())
            .bind(owner.number())
            .bind(from)
            .bind(until)
            .execute(c)
    })?;
    sweep(w, &gone);
    Ok(())
}

/// Takes away a file that was not sent. One that is gone already changes nothing.
pub async fn remove(w: &mut Write<'_>, uploader: Uploader, id: AttachmentId) -> Result<(), Error> {
    let (kind, who) = uploader.row();
    let sql = formatcp!(
        "{GO} where workspace_id = $1 and id = $2 and part_id = 0 and uploader_kind = $3 and uploader_id = $4"
    );
    let gone: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(kind).bind(who).execute(c)
    })?;
    sweep(w, &gone);
    Ok(())
}

/// Lets go of a deleted note's files, and of the pictures in its text; they can come back for ten minutes.
pub async fn release(
    w: &mut Write<'_>,
    conversation: ConversationId,
    part: PartId,
) -> Result<(), Error> {
    let first = "select min(created_at) from attachments where workspace_id = $1 and part_id = $2 and conversation_id in (0, $3)";
    let (first,): (Option<Time>,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (Option<Time>,)>(first)
            .bind(w.workspace)
            .bind(part)
            .bind(conversation)
            .fetch_one(c)
    })?;
    let Some(first) = first else { return Ok(()) };
    // They come back in the order in which they were sent, which is a millisecond from one to the next.
    let sql = "update attachments set part_id = 0, uploader_kind = 'deleted', uploader_id = $3, \
               created_at = $4 + case when created_at < $5 + $6 then created_at - $5 else $6 end \
               where workspace_id = $1 and part_id = $3 and conversation_id in (0, $2)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(conversation)
            .bind(part)
            .bind(w.now.plus(UNDO - KEPT))
            .bind(first)
            .bind(MOST as i64)
            .execute(c)
    })?;
    Ok(())
}

/// Gives a note that was brought back its files again, as those of who wrote it.
pub async fn restore(
    w: &mut Write<'_>,
    conversation: ConversationId,
    part: PartId,
    author: TeammateId,
) -> Result<(), Error> {
    let sql = "update attachments set part_id = $3, uploader_kind = 'teammate', uploader_id = $4 where workspace_id = $1 \
               and part_id = 0 and conversation_id in (0, $2) and uploader_kind = 'deleted' and uploader_id = $3";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(conversation).bind(part).bind(author).execute(c)
    })?;
    Ok(())
}

/// Lets go of every file of a person's conversations, of the pictures in their notes, and of what the person uploaded. The
/// names go at once, the bytes right after the commit.
pub async fn release_all(w: &mut Write<'_>, contact: ContactId) -> Result<(), Error> {
    for sql in OF_CONTACT {
        let gone: Changed =
            run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(contact).execute(c))?;
        sweep(w, &gone);
    }
    Ok(())
}

const OF_CONTACT: [&str; 3] = [
    formatcp!(
        "{GO} where workspace_id = $1 and (conversation_id in \
         (select id from conversations where workspace_id = $1 and contact_id = $2) \
         or (uploader_kind = 'contact' and uploader_id = $2))"
    ),
    formatcp!("{GO} where workspace_id = $1 and conversation_id = 0 and part_id in ({NOTES})"),
    // Of a note that was deleted, and can be brought back.
    formatcp!(
        "{GO} where workspace_id = $1 and conversation_id = 0 and part_id = 0 and uploader_kind = 'deleted' \
         and uploader_id in ({NOTES})"
    ),
];
const NOTES: &str = "select p.id from conversations v join parts p on p.workspace_id = v.workspace_id \
                     and p.conversation_id = v.id and p.kind = 'note' where v.workspace_id = $1 and v.contact_id = $2";

/// Files that nobody waits for any more, of every workspace, at most 100: whose, which, and where their bytes are.
pub(super) async fn over(
    c: &mut Conn,
    now: Time,
) -> Result<Vec<(WorkspaceId, AttachmentId, String)>, Error> {
    let sql = "select workspace_id, id, object from attachments where part_id = 0 and created_at < $1 \
               order by created_at, workspace_id, id limit 100";
    type Row = (WorkspaceId, AttachmentId, String);
    run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(now.plus(-KEPT)).fetch_all(x))
}

/// Takes a file that is over out of everyone's reach; false where someone sent it or brought it back meanwhile.
pub(super) async fn claim(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: AttachmentId,
) -> Result<bool, Error> {
    let sql = formatcp!("{GO} where workspace_id = $1 and id = $2 and part_id = 0");
    let claimed: Changed = run!(c, |x| sqlx::query(sql).bind(workspace).bind(id).execute(x))?;
    Ok(claimed.0 > 0)
}

/// Has a file that could not be deleted wait until the others are.
pub(super) async fn put_last(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: AttachmentId,
    now: Time,
) -> Result<(), Error> {
    let sql = "update attachments set created_at = $3 where workspace_id = $1 and id = $2 and part_id = 0 \
               and uploader_kind = 'deleted'";
    let last = now.plus(-KEPT - 1);
    let _: Changed = run!(c, |x| sqlx::query(sql).bind(workspace).bind(id).bind(last).execute(x))?;
    Ok(())
}

/// Forgets a file whose bytes are gone.
pub(super) async fn forget(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: AttachmentId,
) -> Result<(), Error> {
    let sql = "delete from attachments where workspace_id = $1 and id = $2 and part_id = 0";
    let _: Changed = run!(c, |x| sqlx::query(sql).bind(workspace).bind(id).execute(x))?;
    Ok(())
}
