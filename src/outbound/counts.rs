//! The numbers of messages, and the people behind each.

use std::collections::HashMap;

use super::store::find;
use super::{Counts, People, Reason, Receiver, Which};
use crate::contacts::title_of;
use crate::error::Error;
use crate::id::{ContactId, ConversationId, MessageId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;

/// How many people a list has.
const ROWS: i64 = 50;

#[derive(sqlx::FromRow)]
struct Row {
    message_id: MessageId,
    waiting: i64,
    sent: i64,
    seen: i64,
    replied: i64,
    excluded: i64,
    failed: i64,
    unknown: i64,
    unsubscribed: i64,
}

/// The numbers of each message of a workspace, or of one.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn counts(
    c: &mut Conn,
    workspace: WorkspaceId,
    message: Option<MessageId>,
) -> Result<HashMap<MessageId, Counts>, Error> {
    let sql = "select message_id, count(case when state in ('waiting', 'sending') then 1 end) as waiting, \
               count(case when state = 'sent' then 1 end) as sent, count(case when state = 'sent' and seen_at > 0 then 1 end) as seen, \
               count(case when state = 'sent' and replied_at > 0 then 1 end) as replied, \
               count(case when state = 'excluded' then 1 end) as excluded, count(case when state = 'failed' then 1 end) as failed, \
               count(case when state = 'unknown' then 1 end) as unknown, count(case when unsubscribed_at > 0 then 1 end) as unsubscribed \
               from deliveries where workspace_id = $1 and ($2 = 0 or message_id = $2) group by message_id";
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql)
            .bind(workspace)
            .bind(message.unwrap_or(MessageId(0)))
            .fetch_all(x)
    })?;
    let one = |r: Row| {
        let Row { waiting, sent, seen, replied, excluded, failed, unknown, unsubscribed, .. } = r;
        let counts =
            Counts { waiting, sent, seen, replied, excluded, failed, unknown, unsubscribed };
        (r.message_id, counts)
    };
    Ok(rows.into_iter().map(one).collect())
}

#[derive(sqlx::FromRow)]
struct Found {
    id: ContactId,
    name: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
    reason: String,
    conversation_id: i64,
    at: Time,
}

/// Some of the people whom a number of a message counts, in the order of their numbers, after one.
///
/// # Errors
/// [`Error::NotFound`] for the message.
pub async fn people(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    id: MessageId,
    which: Which,
    after: i64,
) -> Result<People, Error> {
    let message = find(c, workspace, id).await?.ok_or(Error::NotFound)?;
    let sql = "select p.id, p.name, p.email, p.external_id, d.reason, d.conversation_id, \
               case $3 when 'seen' then d.seen_at when 'replied' then d.replied_at when 'sent' then d.sent_at \
               when 'unsubscribed' then d.unsubscribed_at else d.matched_at end as at \
               from deliveries d join contacts p on p.workspace_id = d.workspace_id and p.id = d.contact_id \
               where d.workspace_id = $1 and d.message_id = $2 \
               and (d.state = case when $3 in ('seen', 'replied') then 'sent' else $3 end or ($3 = 'waiting' and d.state = 'sending') \
               or ($3 = 'unsubscribed' and d.unsubscribed_at > 0)) \
               and ($3 <> 'seen' or d.seen_at > 0) and ($3 <> 'replied' or d.replied_at > 0) \
               and d.contact_id > $4 order by d.contact_id limit $5";
    let mut rows: Vec<Found> = run!(c, |x| {
        sqlx::query_as::<_, Found>(sql)
            .bind(workspace)
            .bind(id)
            .bind(which.word())
            .bind(after)
            .bind(ROWS + 1)
            .fetch_all(x)
    })?;
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let next = rows.last().filter(|_| more).map(|r| r.id.0);
    let one = |r: Found| Receiver {
        title: title_of(r.id, [&r.name, &r.email, &r.external_id]),
        id: r.id,
        at: dates.stamp(r.at),
        reason: Reason::from_word(&r.reason).map_or("", Reason::said).to_owned(),
        conversation: (r.conversation_id > 0).then_some(ConversationId(r.conversation_id)),
    };
    Ok(People { id, message: message.name, rows: rows.into_iter().map(one).collect(), next })
}
