//! What reading does: what was said has reached the person, or was on their screen.

use crate::error::Error;
use crate::id::{ContactId, ConversationId, PartId, WorkspaceId};
use crate::live::Topic;
use crate::outbound;
use crate::run;
use crate::server::db::{Changed, Conn, Write};

/// Notes that a person has had parts up to this one on their screen; the thread's other side hears of it.
///
/// # Errors
/// [`Error::NotFound`] for a conversation that is not theirs and a part that was not said in it.
pub async fn read(
    w: &mut Write<'_>,
    contact: ContactId,
    id: ConversationId,
    part: PartId,
) -> Result<(), Error> {
    let known = "select p.id from parts p join conversations v on v.workspace_id = p.workspace_id and v.id = p.conversation_id \
                 where p.workspace_id = $1 and p.conversation_id = $2 and p.id = $3 and p.kind = 'message' and v.contact_id = $4";
    let found: Option<(PartId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (PartId,)>(known)
            .bind(w.workspace)
            .bind(id)
            .bind(part)
            .bind(contact)
            .fetch_optional(c)
    })?;
    found.ok_or(Error::NotFound)?;
    let sql = "update conversations set contact_read_part_id = $3, waiting = 0 where workspace_id = $1 and id = $2 \
               and (contact_read_part_id < $3 or waiting = 1)";
    let changed: Changed =
        run!(w.conn, |c| { sqlx::query(sql).bind(w.workspace).bind(id).bind(part).execute(c) })?;
    if changed.0 > 0 {
        for topic in [Topic::Conversation(id), Topic::Inbox, Topic::Messenger(contact)] {
            w.touch(topic);
        }
        outbound::seen(w, contact, id).await?;
    }
    Ok(())
}

/// Notes that what waited for a person has reached their Messenger.
pub async fn reached(w: &mut Write<'_>, contact: ContactId) -> Result<(), Error> {
    let sql = "update conversations set waiting = 0 where workspace_id = $1 and contact_id = $2 and waiting = 1 returning id";
    let rows: Vec<(ConversationId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (ConversationId,)>(sql).bind(w.workspace).bind(contact).fetch_all(c)
    })?;
    for (id,) in &rows {
        w.touch(Topic::Conversation(*id));
        w.touch(Topic::Inbox);
    }
    Ok(())
}

/// Whether something said to a person has not reached them.
pub async fn waits(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<bool, Error> {
    let sql = "select id from conversations where workspace_id = $1 and contact_id = $2 and waiting = 1 limit 1";
    let found: Option<(ConversationId,)> = run!(c, |x| {
        sqlx::query_as::<_, (ConversationId,)>(sql).bind(workspace).bind(contact).fetch_optional(x)
    })?;
    Ok(found.is_some())
}
