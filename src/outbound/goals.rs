//! Goals: what somebody is to reach after they got a message, written down once for each delivery, as it is reached.

use super::deliver::{Key, listed};
use super::store::Row;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, MessageId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::segments::{self, Aim};
use crate::server::db::{Changed, Conn, Write};
use crate::time::{DAY, Time};

/// What a message waits to hear of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Which message.
    pub message: MessageId,
    /// The JSON text of its goal, if it has one.
    pub goal: Option<String>,
    /// The event that sets it off, while it is under way.
    pub event: Option<String>,
}

/// What the messages of a workspace wait to hear. A goal counts on after the message was stopped: somebody may have got it just before.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn heard(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Heard>, Error> {
    let sql = "select id, goal, case when whom = 'event' and state in ('running', 'paused') then event else '' end \
               from messages where workspace_id = $1 and state <> 'draft' and (goal <> '' or whom = 'event') order by id";
    type Row = (MessageId, String, String);
    let rows: Vec<Row> = run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).fetch_all(x))?;
    let some = |text: String| (!text.is_empty()).then_some(text);
    let one = |(message, goal, event): Row| Heard { message, goal: some(goal), event: some(event) };
    Ok(rows.into_iter().map(one).collect())
}

/// Opens the time in which somebody who just got a message may reach its goal. For whom it holds already there is none. The deliveries
/// are written down as sent.
pub(super) async fn open(w: &mut Write<'_>, message: &Row, keys: &[Key]) -> Result<(), Error> {
    if message.goal.is_empty() || keys.is_empty() {
        return Ok(());
    }
    let aim = |key: &Key| Aim { message: message.id, key: *key, since: w.now };
    let all: Vec<_> = keys.iter().map(aim).collect();
    let before = segments::met_before(w, &all).await?;
    let ahead = all.iter().filter(|aim| !before.contains(aim));
    let keys = listed(ahead.map(|aim| aim.key))?;
    let sql = "update deliveries set goal_until = $4 where workspace_id = $1 and message_id = $2 and step = 0 and goal_at = 0 \
               and state = 'sent' and (contact_id, company_id, run) in \
               (select cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint) from json_each($3))";
    let until = w.now.plus(message.goal_days * DAY);
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(message.id).bind(&keys).bind(until).execute(c)
    })?;
    Ok(())
}

/// What these people got and may still reach the goal of.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn aims(w: &mut Write<'_>, people: &[ContactId]) -> Result<Vec<Aim>, Error> {
    let people: Vec<_> = people.iter().map(|id| [id]).collect();
    let people = serde_json::to_string(&people).map_err(|_| Error::Internal)?;
    let sql = "select d.message_id, d.contact_id, d.company_id, d.run, d.sent_at from json_each($2) j cross join deliveries d \
               where d.workspace_id = $1 and d.contact_id = cast(j.value ->> 0 as bigint) and d.goal_until > 0 and d.goal_until > $3";
    type Row = (MessageId, ContactId, CompanyId, i64, Time);
    let rows: Vec<Row> = run!(w.conn, |c| {
        sqlx::query_as::<_, Row>(sql).bind(w.workspace).bind(&people).bind(w.now).fetch_all(c)
    })?;
    let one = |(message, contact, company, run, since): Row| Aim {
        message,
        key: Key { contact, company, run },
        since,
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Writes down that the goals of what was sent are reached.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn reached(w: &mut Write<'_>, all: &[Aim]) -> Result<(), Error> {
    if all.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = all
        .iter()
        .map(|aim| (aim.message, aim.key.contact, aim.key.company, aim.key.run))
        .collect();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let sql = "update deliveries set goal_at = $3, goal_until = 0 from \
               (select cast(value ->> 0 as bigint) as message_id, cast(value ->> 1 as bigint) as contact_id, \
               cast(value ->> 2 as bigint) as company_id, cast(value ->> 3 as bigint) as run from json_each($2)) j \
               where deliveries.workspace_id = $1 and deliveries.message_id = j.message_id and deliveries.step = 0 \
               and deliveries.contact_id = j.contact_id and deliveries.company_id = j.company_id and deliveries.run = j.run \
               and deliveries.goal_at = 0 and deliveries.goal_until > 0";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(&rows).bind(w.now).execute(c)
    })?;
    w.touch(Topic::Messages);
    for aim in all {
        w.touch(Topic::Contact(aim.key.contact));
    }
    Ok(())
}
