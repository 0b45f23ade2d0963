//! Who has had as many messages as the workspace lets them have, and until when they are left in peace.

use std::collections::HashMap;

use super::Limits;
use crate::companies::message::GROUP;
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;
use crate::time::{DAY, Time};

/// For each of these people how many more messages they may have now, and from when on one more where that is none. Every
/// message counts that went out to them, or may have, and every chat that went to people of a company and to them among these. What a
/// teammate says to one person alone does not.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn quiet(
    c: &mut Conn,
    workspace: WorkspaceId,
    limits: &Limits,
    people: &[ContactId],
    now: Time,
) -> Result<HashMap<ContactId, (i64, Time)>, Error> {
    let list: Vec<_> = people.iter().map(|id| [id]).collect();
    let list = serde_json::to_string(&list).map_err(|_| Error::Internal)?;
    let length = limits.days * DAY;
    // A chat to people of a company has no delivery: it is the first that was said in its conversation.
    let sql = const_format::formatcp!(
        "select d.contact_id, d.sent_at from json_each($2) j cross join deliveries d where d.workspace_id = $1 \
         and d.contact_id = cast(j.value ->> 0 as bigint) and d.state in ('sent', 'sending', 'unknown') and d.sent_at > $3 \
         union all select v.contact_id, v.created_at from json_each($2) j cross join conversations v where v.workspace_id = $1 \
         and v.contact_id = cast(j.value ->> 0 as bigint) and v.updated_at > $3 and v.created_at > $3 \
         and (select case when p.author_kind = 'teammate' then substr(p.client_id, 1, {}) else '' end from parts p \
         where p.workspace_id = v.workspace_id and p.conversation_id = v.id order by p.id limit 1) = '{GROUP}' order by 1, 2 desc",
        GROUP.len()
    );
    let rows: Vec<(ContactId, Time)> = run!(c, |x| {
        sqlx::query_as::<_, (ContactId, Time)>(sql)
            .bind(workspace)
            .bind(&list)
            .bind(now.plus(-length))
            .fetch_all(x)
    })?;
    let mut out: HashMap<ContactId, (i64, Time)> =
        people.iter().map(|id| (*id, (limits.messages, now))).collect();
    for (contact, at) in rows {
        if let Some((left, free)) = out.get_mut(&contact) {
            *left -= 1;
            // The newest come first: when this one is old enough, one more may go out.
            if *left == 0 {
                *free = at.plus(length);
            }
        }
    }
    Ok(out)
}
