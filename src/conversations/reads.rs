//! How far each teammate has read.

use super::reading;
use crate::error::Error;
use crate::id::{ConversationId, TeammateId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Write};

/// What stands instead of a part where a teammate wants to read a conversation again.
const AGAIN: i64 = -1;

/// The acting teammate has read a conversation up to its newest part; answers up to where they had before, 0 for
/// nowhere.
///
/// # Errors
/// [`Error::NotFound`] for the conversation.
pub async fn mark_read(w: &mut Write<'_>, id: ConversationId) -> Result<i64, Error> {
    let found = reading::find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    // The person is shown that they have been heard.
    w.touch(Topic::Messenger(found.contact));
    put(w, id, found.last_part_id).await
}

/// The acting teammate wants to read a conversation again; answers up to where they had read, 0 for nowhere.
///
/// # Errors
/// [`Error::NotFound`] for the conversation.
pub async fn mark_unread(w: &mut Write<'_>, id: ConversationId) -> Result<i64, Error> {
    reading::find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    put(w, id, AGAIN).await
}

/// Says that the acting teammate has read up to a part; answers what was said before.
pub(super) async fn put(w: &mut Write<'_>, id: ConversationId, part: i64) -> Result<i64, Error> {
    let sql = "select part_id from conversation_reads where workspace_id = $1 and teammate_id = $2 and conversation_id = $3";
    let before: Option<(i64,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(sql).bind(w.workspace).bind(w.actor).bind(id).fetch_optional(c)
    })?;
    let sql = "insert into conversation_reads (workspace_id, teammate_id, conversation_id, part_id) values ($1, $2, $3, $4) \
               on conflict (workspace_id, teammate_id, conversation_id) do update set part_id = excluded.part_id \
               where conversation_reads.part_id <> excluded.part_id";
    let changed: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(w.actor).bind(id).bind(part).execute(c)
    })?;
    if part > 0 {
        seen(w, w.actor, id).await?;
    }
    if changed.0 > 0 {
        w.touch(Topic::Mine(w.actor));
    }
    Ok(before.map_or(0, |(part,)| part))
}

/// Whoever was named in a conversation and has read it has seen that.
async fn seen(w: &mut Write<'_>, teammate: TeammateId, id: ConversationId) -> Result<(), Error> {
    let sql = "update mentions set seen_at = $4, mail_at = 0 where workspace_id = $1 and teammate_id = $2 and conversation_id = $3 and seen_at = 0";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(teammate).bind(id).bind(w.now).execute(c)
    })?;
    Ok(())
}
