//! Whether somebody may get a message, looked at in the transaction that says it.

use std::collections::HashMap;

use super::store::Row;
use super::{Channel, Reason};
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;
use crate::time::Time;

#[derive(sqlx::FromRow)]
struct Person {
    id: ContactId,
    blocked_at: Time,
    archived_at: Time,
    unsubscribed: i64,
    email: Option<String>,
    opted_out: i64,
    exited: i64,
    inside: i64,
}

/// Why each of these people does not get a message; who does is not among them. Tags are read as they are now, not by
/// way of the audience: who was just opted out gets nothing.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn reasons(
    c: &mut Conn,
    workspace: WorkspaceId,
    message: &Row,
    ids: &[ContactId],
) -> Result<HashMap<ContactId, Reason>, Error> {
    let list: Vec<_> = ids.iter().map(|id| [id.0]).collect();
    let list = serde_json::to_string(&list).map_err(|_| Error::Internal)?;
    let sql = "select p.id, p.blocked_at, p.archived_at, p.unsubscribed, p.email, \
               cast(case when exists (select 1 from taggings g where g.workspace_id = p.workspace_id and g.tag_id = $3 and \
               ((g.owner_kind = 'contact' and g.owner_id = p.id) or (g.owner_kind = 'company' and g.owner_id in \
               (select m.company_id from memberships m where m.workspace_id = p.workspace_id and m.contact_id = p.id and m.left_at = 0)))) \
               then 1 else 0 end as bigint) as opted_out, \
               cast(case when exists (select 1 from taggings g where g.workspace_id = p.workspace_id and g.tag_id = $4 and \
               ((g.owner_kind = 'contact' and g.owner_id = p.id) or (g.owner_kind = 'company' and g.owner_id in \
               (select m.company_id from memberships m where m.workspace_id = p.workspace_id and m.contact_id = p.id and m.left_at = 0)))) \
               then 1 else 0 end as bigint) as exited, \
               cast(case when $5 = 0 or exists (select 1 from segment_members s where s.workspace_id = p.workspace_id \
               and s.segment_id = $5 and s.subject_id = p.id) then 1 else 0 end as bigint) as inside \
               from json_each($2) j cross join contacts p where p.workspace_id = $1 and p.id = cast(j.value ->> 0 as bigint)";
    let people: Vec<Person> = run!(c, |x| {
        sqlx::query_as::<_, Person>(sql)
            .bind(workspace)
            .bind(&list)
            .bind(message.opt_out_tag)
            .bind(message.exit_tag)
            .bind(message.segment_id)
            .fetch_all(x)
    })?;
    let by_mail = message.channel() == Channel::Email;
    let reason = |p: Person| {
        let address = p.email.as_deref().map(str::trim).unwrap_or_default();
        let nowhere = address.parse::<lettre::Address>().is_err();
        let why = [
            (p.blocked_at.0 > 0, Reason::Blocked),
            (p.archived_at.0 > 0, Reason::Archived),
            (p.opted_out == 1, Reason::OptedOut),
            (p.exited == 1, Reason::Exited),
            (by_mail && p.unsubscribed == 1, Reason::Unsubscribed),
            (by_mail && nowhere, Reason::NoAddress),
            (p.inside == 0, Reason::Left),
        ];
        let why = why.into_iter().find(|(holds, _)| *holds)?.1;
        Some((p.id, why))
    };
    Ok(people.into_iter().filter_map(reason).collect())
}
