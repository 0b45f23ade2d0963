//! The numbers of messages, and the people behind each.

use std::collections::HashMap;

use super::store::find;
use super::{Counts, People, Reason, Receiver, Which};
use crate::contacts::title_of;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, ConversationId, MessageId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;

/// How many people a list has.
const ROWS: i64 = 50;

/// The numbers of each message of a workspace, or of one. They are read from indexes alone, a statement for those that stand in a
/// state and one for each of what people did.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn counts(
    c: &mut Conn,
    workspace: WorkspaceId,
    message: Option<MessageId>,
) -> Result<HashMap<MessageId, Counts>, Error> {
    let states = match message {
        None => {
            "select message_id, state, count(*) from deliveries where workspace_id = $1 and $2 = 0 group by message_id, state"
        }
        Some(_) => {
            "select message_id, state, count(*) from deliveries where workspace_id = $1 and message_id = $2 group by message_id, state"
        }
    };
    let did = "select message_id, 'seen' as what, count(*) from deliveries \
               where workspace_id = $1 and ($2 = 0 or message_id = $2) and seen_at > 0 group by message_id \
               union all select message_id, 'replied', count(*) from deliveries \
               where workspace_id = $1 and ($2 = 0 or message_id = $2) and replied_at > 0 group by message_id \
               union all select message_id, 'unsubscribed', count(*) from deliveries \
               where workspace_id = $1 and ($2 = 0 or message_id = $2) and unsubscribed_at > 0 group by message_id";
    let mut all: HashMap<MessageId, Counts> = HashMap::new();
    for sql in [states, did] {
        let rows: Vec<(MessageId, String, i64)> = run!(c, |x| {
            sqlx::query_as::<_, (MessageId, String, i64)>(sql)
                .bind(workspace)
                .bind(message.unwrap_or(MessageId(0)))
                .fetch_all(x)
        })?;
        for (id, what, n) in rows {
            let counts = all.entry(id).or_default();
            match what.as_str() {
                "waiting" | "sending" => counts.waiting += n,
                "sent" => counts.sent = n,
                "seen" => counts.seen = n,
                "replied" => counts.replied = n,
                "excluded" => counts.excluded = n,
                "failed" => counts.failed = n,
                "unknown" => counts.unknown = n,
                "unsubscribed" => counts.unsubscribed = n,
                _ => {}
            }
        }
    }
    Ok(all)
}

#[derive(sqlx::FromRow)]
struct Found {
    id: ContactId,
    name: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
    reason: String,
    conversation_id: i64,
    company_id: CompanyId,
    run: i64,
    company: Option<String>,
    held_until: Time,
    at: Time,
}

/// Some of the people whom a number of a message counts, in the order of their numbers, after one. Who is counted for several
/// companies has a row for each, none of which is left for the next list.
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
    let sql = "select p.id, p.name, p.email, p.external_id, d.reason, d.conversation_id, d.company_id, d.run, f.name as company, d.held_until, \
               case $3 when 'seen' then d.seen_at when 'replied' then d.replied_at when 'sent' then d.sent_at \
               when 'unsubscribed' then d.unsubscribed_at else d.matched_at end as at \
               from (select e.contact_id from deliveries e where e.workspace_id = $1 and e.message_id = $2 \
               and (e.state = case when $3 in ('seen', 'replied') then 'sent' else $3 end or ($3 = 'waiting' and e.state = 'sending') \
               or ($3 = 'unsubscribed' and e.unsubscribed_at > 0)) \
               and ($3 <> 'seen' or e.seen_at > 0) and ($3 <> 'replied' or e.replied_at > 0) and e.contact_id > $4 \
               group by e.contact_id order by e.contact_id limit $5) page \
               join deliveries d on d.workspace_id = $1 and d.message_id = $2 and d.contact_id = page.contact_id \
               join contacts p on p.workspace_id = d.workspace_id and p.id = d.contact_id \
               left join companies f on f.workspace_id = d.workspace_id and f.id = d.company_id \
               where (d.state = case when $3 in ('seen', 'replied') then 'sent' else $3 end or ($3 = 'waiting' and d.state = 'sending') \
               or ($3 = 'unsubscribed' and d.unsubscribed_at > 0)) \
               and ($3 <> 'seen' or d.seen_at > 0) and ($3 <> 'replied' or d.replied_at > 0) \
               order by d.contact_id, d.company_id, d.run";
    let mut rows: Vec<Found> = run!(c, |x| {
        sqlx::query_as::<_, Found>(sql)
            .bind(workspace)
            .bind(id)
            .bind(which.word())
            .bind(after)
            .bind(ROWS + 1)
            .fetch_all(x)
    })?;
    let mut ids: Vec<_> = rows.iter().map(|r| r.id).collect();
    ids.dedup();
    let next = (ids.len() as i64 > ROWS).then(|| ids[ROWS as usize - 1].0);
    if let Some(last) = next {
        rows.retain(|r| r.id.0 <= last);
    }
    let one = |r: Found| Receiver {
        title: title_of(r.id, [&r.name, &r.email, &r.external_id]),
        id: r.id,
        at: dates.stamp(r.at),
        company: (r.company_id.0 > 0).then(|| (r.company_id, r.company.unwrap_or_default())),
        run: r.run,
        reason: match (Reason::from_word(&r.reason), r.held_until > dates.now()) {
            (Some(why), true) => format!("{}, until {}", why.said(), dates.short(r.held_until)),
            (why, _) => why.map_or("", Reason::said).to_owned(),
        },
        conversation: (r.conversation_id > 0).then_some(ConversationId(r.conversation_id)),
    };
    Ok(People { id, message: message.name, rows: rows.into_iter().map(one).collect(), next })
}
