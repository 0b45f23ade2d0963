//! How a product's data arrives: the `identify` and `track` calls of the Segment tracking
//! specification (<https://segment.com/docs/connections/spec/>).

mod call;
mod rest;

pub use call::{Body, Call, parse};
pub use rest::router;

use std::collections::{HashMap, HashSet};

use crate::contacts::{self, IdentityKind, Occurrence};
use crate::error::Error;
use crate::id::{ContactId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Write;
use crate::server::state::AppState;

/// The most calls that one transaction takes.
pub const GROUP: usize = 500;

/// Writes one call and answers when it is durable: whether it was new.
///
/// # Errors
/// As [`accept_all`].
pub async fn accept(app: &AppState, workspace: WorkspaceId, call: &Call) -> Result<bool, Error> {
    Ok(accept_all(app, workspace, std::slice::from_ref(call)).await? > 0)
}

/// Writes up to [`GROUP`] calls in one transaction and answers, when they are durable, how many were new.
/// A `messageId` seen before, in the group or earlier, changes nothing.
///
/// # Errors
/// [`Error::Internal`] when the database fails; then none of them is written.
pub async fn accept_all(
    app: &AppState,
    workspace: WorkspaceId,
    calls: &[Call],
) -> Result<usize, Error> {
    let Some(received) = calls.iter().map(|c| c.received).max() else { return Ok(0) };
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    w.now = received;
    let mut fresh = remember(&mut w, calls).await?;
    if fresh.is_empty() && calls.iter().all(|c| c.message_id.is_some()) {
        return Ok(0);
    }
    let mut people = known(&mut w, calls).await?;
    let mut occurrences = Vec::new();
    let mut new = 0;
    for call in calls {
        if call.message_id.as_ref().is_some_and(|id| !fresh.remove(id)) {
            continue;
        }
        new += 1;
        let (kind, value) = call.identity()?;
        let contact = match people.get(&(kind, value)) {
            Some(id) => *id,
            None => contacts::find_or_create(&mut w, kind, value).await?,
        };
        people.insert((kind, value), contact);
        match &call.body {
            Body::Identify { traits } => {
                contacts::identify(&mut w, contact, traits, call.at).await?
            }
            Body::Track { event, properties } => {
                occurrences.push(Occurrence { contact, event, at: call.at, properties });
            }
        }
    }
    contacts::track(&mut w, &occurrences).await?;
    w.commit().await?;
    Ok(new)
}

/// Remembers the group's message ids; answers those that were not known.
async fn remember(w: &mut Write<'_>, calls: &[Call]) -> Result<HashSet<String>, Error> {
    let mut ids: Vec<_> =
        calls.iter().filter_map(|c| c.message_id.as_deref()).map(|id| [id]).collect();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    // One order in every group, so that two groups wait for each other rather than lock each other out.
    ids.sort_unstable();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let sql = "insert into message_ids (workspace_id, message_id) select $1, value ->> 0 from json_each($2) where true \
               on conflict (workspace_id, message_id) do nothing returning message_id";
    let rows: Vec<(String,)> = run!(w.conn, |c| sqlx::query_as::<_, (String,)>(sql)
        .bind(w.workspace)
        .bind(&ids)
        .fetch_all(c))?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The people among the group whom we know already.
async fn known<'a>(
    w: &mut Write<'_>,
    calls: &'a [Call],
) -> Result<HashMap<(IdentityKind, &'a str), ContactId>, Error> {
    let wanted: HashSet<_> = calls.iter().filter_map(|c| c.identity().ok()).collect();
    let pairs: Vec<_> = wanted.iter().map(|(kind, value)| (kind.word(), value)).collect();
    let pairs = serde_json::to_string(&pairs).map_err(|_| Error::Internal)?;
    // A cross join, because SQLite keeps its order: the few that are asked for lead, not the whole index.
    let sql = "select i.kind, i.value, i.contact_id from json_each($2) j cross join contact_identities i \
               where i.workspace_id = $1 and i.kind = j.value ->> 0 and i.value = j.value ->> 1";
    type Row = (String, String, ContactId);
    let rows: Vec<Row> = run!(w.conn, |c| sqlx::query_as::<_, Row>(sql)
        .bind(w.workspace)
        .bind(&pairs)
        .fetch_all(c))?;
    let found: HashMap<_, _> =
        rows.into_iter().map(|(kind, value, id)| ((kind, value), id)).collect();
    let id_of = |key: (IdentityKind, &'a str)| {
        let id = found.get(&(key.0.word().to_owned(), key.1.to_owned()))?;
        Some((key, *id))
    };
    Ok(wanted.into_iter().filter_map(id_of).collect())
}
