//! What people did: every occurrence in the log, and its folds by count and by day.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{ContactId, EventNameId};
use crate::run;
use crate::segments::Asks;
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// One thing that someone did.
#[derive(Debug, Clone)]
pub struct Occurrence<'a> {
    /// Who.
    pub contact: ContactId,
    /// The event's name.
    pub event: &'a str,
    /// When, by the sender's account.
    pub at: Time,
    /// Its metadata, an object.
    pub properties: &'a Value,
}

/// Writes occurrences: an entry each, and their folds by count, first, last and day (UTC). It knows of no repetition: whoever takes
/// a call in twice has asked for two.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn track(w: &mut Write<'_>, occurrences: &[Occurrence<'_>]) -> Result<(), Error> {
    if occurrences.is_empty() {
        return Ok(());
    }
    let mut names = BTreeMap::new();
    let mut counts = BTreeMap::new();
    let mut days = BTreeMap::new();
    for o in occurrences {
        let name = match names.get(o.event) {
            Some(id) => *id,
            None => event_name(w, o.event).await?,
        };
        names.insert(o.event, name);
        let count = counts.entry((o.contact, name)).or_insert((0, o.at, o.at));
        *count = (count.0 + 1, count.1.min(o.at), count.2.max(o.at));
        *days.entry((o.contact, name, o.at.day())).or_insert(0) += 1;
        let data = o.properties.clone();
        w.log(Entry::of_contact(Kind::Event, o.at, o.contact, name.0, data));
        w.changed(Subject::Contact, o.contact.0, Asks::Event(o.event.to_owned()).word());
    }
    // Sorted by key, so that two groups wait for each other rather than lock each other out.
    let counts: Vec<_> =
        counts.into_iter().map(|((c, e), (n, first, last))| (c, e, n, first, last)).collect();
    let days: Vec<_> = days.into_iter().map(|((c, e, day), n)| (c, e, day, n)).collect();
    let sql = "insert into event_counts (workspace_id, contact_id, event_name_id, count, first_at, last_at) \
               select $1, cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint), \
               cast(value ->> 3 as bigint), cast(value ->> 4 as bigint) from json_each($2) where true \
               on conflict (workspace_id, contact_id, event_name_id) do update set \
               count = event_counts.count + excluded.count, \
               first_at = case when excluded.first_at < event_counts.first_at then excluded.first_at else event_counts.first_at end, \
               last_at = case when excluded.last_at > event_counts.last_at then excluded.last_at else event_counts.last_at end";
    fold(w, sql, &counts).await?;
    let sql = "insert into event_days (workspace_id, contact_id, event_name_id, day, count) \
               select $1, cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint), \
               cast(value ->> 3 as bigint) from json_each($2) where true \
               on conflict (workspace_id, contact_id, event_name_id, day) do update set \
               count = event_days.count + excluded.count";
    fold(w, sql, &days).await
}

async fn fold(
    w: &mut Write<'_>,
    sql: &'static str,
    rows: &impl serde::Serialize,
) -> Result<(), Error> {
    let rows = serde_json::to_string(rows).map_err(|_| Error::Internal)?;
    let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(&rows).execute(c))?;
    Ok(())
}

/// The number of an event's name, given to it the first time.
pub(super) async fn event_name(w: &mut Write<'_>, name: &str) -> Result<EventNameId, Error> {
    let find = "select id from event_names where workspace_id = $1 and name = $2";
    let found: Option<(EventNameId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (EventNameId,)>(find).bind(w.workspace).bind(name).fetch_optional(c)
    })?;
    if let Some((id,)) = found {
        return Ok(id);
    }
    // An update that changes nothing, so that the number comes back when another sender was first.
    let make = "insert into event_names (workspace_id, id, name) values ($1, $2, $3) \
                on conflict (workspace_id, name) do update set name = excluded.name returning id";
    let id = w.app.db.next_id()?;
    let (id,): (EventNameId,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (EventNameId,)>(make).bind(w.workspace).bind(id).bind(name).fetch_one(c)
    })?;
    Ok(id)
}
