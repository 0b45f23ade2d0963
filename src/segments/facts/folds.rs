//! Reading how often and when people did something with such metadata.

use std::collections::HashMap;

use futures::TryStreamExt as _;

use super::kept::Folded;
use super::{Facts, Kept, Needs};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::run;
use crate::server::db::Conn;
use crate::time::Time;

/// What one person did under one name.
struct One {
    contact: i64,
    event: String,
    /// How many times there are, by the number that is kept of all of them.
    count: i64,
    folded: Folded,
}

/// Adds how often and when people did what rules ask for by its metadata.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(super) async fn folds(
    c: &mut Conn,
    workspace: WorkspaceId,
    kept: &Kept,
    needs: &Needs,
    found: &mut HashMap<i64, Facts>,
) -> Result<(), Error> {
    let mut all = Vec::new();
    for (contact, facts) in found.iter() {
        for (event, asked) in &needs.folds {
            let Some(occurred) = facts.events.get(event) else { continue };
            let folded = kept.begin(workspace, *contact, event, asked);
            all.push(One {
                contact: *contact,
                event: event.clone(),
                count: occurred.count,
                folded,
            });
        }
    }
    let added: Vec<bool> = all.iter().map(|one| one.folded.count > 0).collect();
    read(c, workspace, all.iter_mut().collect()).await?;
    let again = all.iter_mut().zip(added);
    let again = again.filter(|(one, added)| *added && one.folded.count != one.count);
    let mut again: Vec<&mut One> = again.map(|(one, _)| one).collect();
    again.iter_mut().for_each(|one| one.folded = one.folded.anew());
    read(c, workspace, again).await?;
    for one in all {
        kept.end(workspace, one.contact, &one.event, &one.folded);
        let facts = found.get_mut(&one.contact);
        if let Some(occurred) = facts.and_then(|facts| facts.events.get_mut(&one.event)) {
            occurred.folds = one.folded.folds;
        }
    }
    Ok(())
}

/// Adds what is not added yet, one after the other: somebody may have a great many.
async fn read(c: &mut Conn, workspace: WorkspaceId, mut all: Vec<&mut One>) -> Result<(), Error> {
    if all.is_empty() {
        return Ok(());
    }
    let asked = all.iter().enumerate();
    let asked =
        asked.map(|(n, one)| (n, one.contact, &one.event, one.folded.from(), one.folded.seq));
    let asked = serde_json::to_string(&asked.collect::<Vec<_>>()).map_err(|_| Error::Internal)?;
    let sql = "select cast(j.value ->> 0 as bigint), a.occurred_at, a.seq, a.data from json_each($2) j cross join event_names n \
               cross join activity a where n.workspace_id = $1 and n.name = j.value ->> 2 and a.workspace_id = $1 and a.kind = 'event' \
               and a.ref_id = n.id and a.contact_id = cast(j.value ->> 1 as bigint) \
               and a.occurred_at >= cast(j.value ->> 3 as bigint) and a.seq > cast(j.value ->> 4 as bigint)";
    type Row = (i64, Time, i64, String);
    let mut add = |(n, at, seq, data): Row| {
        if let Some(one) = usize::try_from(n).ok().and_then(|n| all.get_mut(n)) {
            one.folded.add(at, seq, &data);
        }
        std::future::ready(Ok(()))
    };
    run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(workspace).bind(&asked).fetch(x).try_for_each(&mut add)
    })
}
