//! The log of what happened, and the streams that show it.

use super::{Changed, Conn, Entry};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::stream::Facet;

/// Writes entries under the numbers from `first` on, each with who did it, into the log and into the streams of whom they are
/// about.
pub(super) async fn write(
    c: &mut Conn,
    workspace: WorkspaceId,
    entries: &[(TeammateId, Entry)],
    first: i64,
) -> Result<(), Error> {
    let rows: Vec<_> = (first..)
        .zip(entries)
        .map(|(seq, (actor, e))| {
            (
                seq,
                e.occurred_at,
                e.kind.word(),
                e.contact,
                e.ref_id,
                e.data.to_string(),
                e.kind.facet().word(),
                e.company,
                actor,
            )
        })
        .collect();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let log = "insert into activity (workspace_id, seq, occurred_at, kind, contact_id, company_id, actor_id, ref_id, data) \
               select $1, cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), value ->> 2, \
               cast(value ->> 3 as bigint), cast(value ->> 7 as bigint), cast(value ->> 8 as bigint), cast(value ->> 4 as bigint), value ->> 5 from json_each($2)";
    let _: Changed = run!(c, |x| sqlx::query(log).bind(workspace).bind(&rows).execute(x))?;
    let persons = "insert into stream (workspace_id, owner_kind, owner_id, occurred_at, seq, facet) \
                   select $1, 'contact', cast(value ->> 3 as bigint), cast(value ->> 1 as bigint), \
                   cast(value ->> 0 as bigint), value ->> 6 from json_each($2) where cast(value ->> 3 as bigint) > 0";
    let _: Changed = run!(c, |x| sqlx::query(persons).bind(workspace).bind(&rows).execute(x))?;
    // The company that an entry names, or whom it was merged into meanwhile, and those that its person is in now.
    let companies = "insert into stream (workspace_id, owner_kind, owner_id, occurred_at, seq, facet) \
                     select $1, 'company', coalesce((select merged_into from companies where workspace_id = $1 \
                     and id = cast(value ->> 7 as bigint) and merged_into > 0), cast(value ->> 7 as bigint)), cast(value ->> 1 as bigint), \
                     cast(value ->> 0 as bigint), value ->> 6 from json_each($2) where cast(value ->> 7 as bigint) > 0 \
                     union \
                     select $1, 'company', m.company_id, cast(j.value ->> 1 as bigint), \
                     cast(j.value ->> 0 as bigint), j.value ->> 6 from json_each($2) j cross join memberships m \
                     where m.workspace_id = $1 and m.contact_id = cast(j.value ->> 3 as bigint) and m.left_at = 0";
    let _: Changed = run!(c, |x| sqlx::query(companies).bind(workspace).bind(&rows).execute(x))?;
    let conversations = "insert into stream (workspace_id, owner_kind, owner_id, occurred_at, seq, facet) \
                         select $1, 'conversation', cast(value ->> 4 as bigint), cast(value ->> 1 as bigint), \
                         cast(value ->> 0 as bigint), value ->> 6 from json_each($2) where value ->> 6 = 'conversation'";
    let talk = |(_, e): &(TeammateId, Entry)| e.kind.facet() == Facet::Conversation;
    if entries.iter().any(talk) {
        let _: Changed =
            run!(c, |x| sqlx::query(conversations).bind(workspace).bind(&rows).execute(x))?;
    }
    Ok(())
}
