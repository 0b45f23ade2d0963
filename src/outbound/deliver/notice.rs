//! What people did with what was sent to them.

use crate::error::Error;
use crate::id::{ContactId, ConversationId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Write};

/// Notes that a person had what was sent to them on their screen.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn seen(
    w: &mut Write<'_>,
    contact: ContactId,
    conversation: ConversationId,
) -> Result<(), Error> {
    let sql = "update deliveries set seen_at = $3 where workspace_id = $1 and conversation_id = $2 and conversation_id > 0 and seen_at = 0";
    let seen: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(conversation).bind(w.now).execute(c)
    })?;
    if seen.0 > 0 {
        w.touch(Topic::Messages);
        w.touch(Topic::Contact(contact));
    }
    Ok(())
}

/// Notes that a person answered what was sent to them, which they have seen then.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn replied(w: &mut Write<'_>, conversation: ConversationId) -> Result<(), Error> {
    let sql = "update deliveries set replied_at = $3, seen_at = case when seen_at = 0 then $3 else seen_at end \
               where workspace_id = $1 and conversation_id = $2 and conversation_id > 0 and replied_at = 0";
    let replied: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(conversation).bind(w.now).execute(c)
    })?;
    if replied.0 > 0 {
        w.touch(Topic::Messages);
    }
    Ok(())
}
