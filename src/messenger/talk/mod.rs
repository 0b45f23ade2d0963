//! What a person may read of their conversations, and what reading does. Notes of the team and what belongs to it
//! alone are never selected here.

mod list;
mod reads;
mod thread;

use crate::error::Error;
use crate::id::{ContactId, ConversationId, PartId, WorkspaceId};
use crate::run;
use crate::server::db::{Conn, Write};
pub use list::{Line, Place, list, unread};
pub use reads::{reached, read, waits};
pub use thread::thread;

/// How a conversation `v` stands for the person: what was sent on its own is closed for the team until it is answered, and
/// not for them.
const STATE: &str = "case when exists (select 1 from deliveries d where d.workspace_id = v.workspace_id \
                     and d.conversation_id = v.id and d.conversation_id > 0 and d.replied_at = 0) then 'open' else v.state end";

/// Who wrote a part; `None` for the person themself.
fn author(kind: &str, name: Option<String>, workspace_name: &str) -> Option<String> {
    (kind == "teammate").then(|| name.unwrap_or_else(|| workspace_name.to_owned()))
}

/// The part of this client id, once it is kept.
pub async fn part_of(
    w: &mut Write<'_>,
    conversation: ConversationId,
    client_id: &str,
) -> Result<PartId, Error> {
    let sql =
        "select id from parts where workspace_id = $1 and conversation_id = $2 and client_id = $3";
    let (id,): (PartId,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (PartId,)>(sql)
            .bind(w.workspace)
            .bind(conversation)
            .bind(client_id)
            .fetch_one(c)
    })?;
    Ok(id)
}

/// Whom a conversation of this workspace is with.
pub async fn contact_of(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
) -> Result<Option<ContactId>, Error> {
    let sql = "select contact_id from conversations where workspace_id = $1 and id = $2";
    let found: Option<(ContactId,)> = run!(c, |x| {
        sqlx::query_as::<_, (ContactId,)>(sql).bind(workspace).bind(id).fetch_optional(x)
    })?;
    Ok(found.map(|(contact,)| contact))
}
