//! The files of outbound messages, kept once however many get them.

use const_format::formatcp;

use super::release::{GO, sweep};
use super::{Attachment, Uploader};
use crate::error::Error;
use crate::id::{AttachmentId, MessageId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn, Write};

/// The files of an outbound message, in the order of their upload.
pub async fn of_message(
    c: &mut Conn,
    workspace: WorkspaceId,
    message: MessageId,
) -> Result<Vec<Attachment>, Error> {
    let sql = "select id, name, size, width, height from attachments where workspace_id = $1 and part_id = $2 and conversation_id = 0 order by id";
    run!(c, |x| sqlx::query_as::<_, Attachment>(sql).bind(workspace).bind(message).fetch_all(x))
}

/// Gives an outbound message a file that its uploader has just sent and that waits. Answers whether it waited.
pub async fn keep_in_message(
    w: &mut Write<'_>,
    message: MessageId,
    uploader: Uploader,
    id: AttachmentId,
) -> Result<bool, Error> {
    let (kind, who) = uploader.row();
    let sql = "update attachments set part_id = $2 where workspace_id = $1 and part_id = 0 and conversation_id = 0 and size > 0 \
               and uploader_kind = $3 and uploader_id = $4 and id = $5";
    let kept: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(message).bind(kind).bind(who).bind(id).execute(c)
    })?;
    Ok(kept.0 > 0)
}

/// Lets go of a file of an outbound message, or of all of them where `id` is 0. The name goes at once, the bytes right after the
/// commit. Answers whether there was any.
pub async fn release_message(
    w: &mut Write<'_>,
    message: MessageId,
    id: AttachmentId,
) -> Result<bool, Error> {
    let sql = formatcp!(
        "{GO} where workspace_id = $1 and part_id = $2 and conversation_id = 0 and ($3 = 0 or id = $3)"
    );
    let gone: Changed =
        run!(w.conn, |c| { sqlx::query(sql).bind(w.workspace).bind(message).bind(id).execute(c) })?;
    sweep(w, &gone);
    Ok(gone.0 > 0)
}
