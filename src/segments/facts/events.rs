//! Reading what people did, as far as rules ask for it.

use std::collections::HashMap;

use const_format::formatcp;
use futures::TryStreamExt as _;

use super::folds::folds;
use super::load::listed;
use super::{Facts, Kept, Needs, Occurred};
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;
use crate::time::Time;

/// Adds what people did, as far as rules ask for it.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(super) async fn events(
    c: &mut Conn,
    workspace: WorkspaceId,
    ids: &str,
    needs: &Needs,
    kept: &Kept,
    found: &mut HashMap<i64, Facts>,
) -> Result<(), Error> {
    if needs.events.is_empty() {
        return Ok(());
    }
    let names = listed(&needs.events.iter().collect::<Vec<_>>())?;
    let sql = "select e.contact_id, n.name, e.count, e.first_at, e.last_at from json_each($3) k cross join event_names n \
               cross join json_each($2) j cross join event_counts e where n.workspace_id = $1 and n.name = k.value ->> 0 \
               and e.workspace_id = $1 and e.contact_id = cast(j.value ->> 0 as bigint) and e.event_name_id = n.id";
    type Row = (ContactId, String, i64, Time, Time);
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(workspace).bind(ids).bind(&names).fetch_all(x)
    })?;
    for (id, name, count, first, last) in rows {
        if let Some(facts) = found.get_mut(&id.0) {
            let (folds, each) = (Vec::new(), Vec::new());
            facts.events.insert(name, Occurred { count, first, last, folds, each });
        }
    }
    folds(c, workspace, kept, needs, found).await?;
    each(c, workspace, ids, needs, found).await
}

/// Which occurrences are read: those of a person that can still count, a part of `activity_by_event`.
const EACH: &str = "from json_each($3) k cross join event_names n cross join json_each($2) j cross join activity a \
    where n.workspace_id = $1 and n.name = k.value ->> 0 and a.workspace_id = $1 and a.kind = 'event' and a.ref_id = n.id \
    and a.contact_id = cast(j.value ->> 0 as bigint) and a.occurred_at >= cast(k.value ->> 1 as bigint)";

/// Each occurrence, one after the other: somebody may have a great many. Metadata is read only where a rule asks for it: the
/// index has all else.
async fn each(
    c: &mut Conn,
    workspace: WorkspaceId,
    ids: &str,
    needs: &Needs,
    found: &mut HashMap<i64, Facts>,
) -> Result<(), Error> {
    let plain = formatcp!("select a.contact_id, n.name, a.occurred_at, '' {EACH}");
    let whole = formatcp!("select a.contact_id, n.name, a.occurred_at, a.data {EACH}");
    for (sql, with_data) in [(plain, false), (whole, true)] {
        let asked = needs.each.iter().filter(|(_, each)| each.keys.is_empty() != with_data);
        let asked: Vec<_> = asked.map(|(name, each)| (name, each.from)).collect();
        if asked.is_empty() {
            continue;
        }
        let asked = serde_json::to_string(&asked).map_err(|_| Error::Internal)?;
        type Row = (ContactId, String, Time, String);
        let mut add = |(id, name, at, data): Row| {
            let occurred = found.get_mut(&id.0).and_then(|facts| facts.events.get_mut(&name));
            if let (Some(occurred), Some(each)) = (occurred, needs.each.get(&name)) {
                occurred.each.push((at, each.kept(&data)));
            }
            std::future::ready(Ok(()))
        };
        let () = run!(c, |x| {
            sqlx::query_as::<_, Row>(sql)
                .bind(workspace)
                .bind(ids)
                .bind(&asked)
                .fetch(x)
                .try_for_each(&mut add)
        })?;
    }
    Ok(())
}
