//! The companies around people, whose pages show what the people do.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::id::{CompanyId, ContactId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;

/// Each of these people with each company that they are in now.
pub(crate) async fn around(
    c: &mut Conn,
    workspace: WorkspaceId,
    people: &BTreeSet<ContactId>,
) -> Result<Vec<(ContactId, CompanyId)>, Error> {
    let people: Vec<_> = people.iter().filter(|id| id.0 > 0).map(|id| [id]).collect();
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let people = serde_json::to_string(&people).map_err(|_| Error::Internal)?;
    let sql = "select m.contact_id, m.company_id from json_each($2) j cross join memberships m \
               where m.workspace_id = $1 and m.contact_id = cast(j.value ->> 0 as bigint) and m.left_at = 0";
    run!(c, |x| {
        sqlx::query_as::<_, (ContactId, CompanyId)>(sql).bind(workspace).bind(&people).fetch_all(x)
    })
}
