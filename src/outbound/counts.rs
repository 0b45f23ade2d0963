//! The numbers of messages, and the people behind each.

use std::collections::HashMap;

use super::deliver::{NEVER, given_up};
use super::store::find;
use super::{Counts, People, Reason, Receiver, Which};
use crate::contacts::title_of;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, ConversationId, MessageId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::stream;
use crate::time::Time;

/// How many people a list has.
const ROWS: i64 = 50;

/// The numbers of each message of a workspace that lists have, or of one. They are read from indexes alone, a statement for those that stand in a
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
            "select message_id, state, count(*) from deliveries where workspace_id = $1 and $2 = 0 \
             and message_id in (select m.id from messages m where m.workspace_id = $1 and m.whom <> 'one') group by message_id, state"
        }
        Some(_) => {
            "select message_id, state, count(*) from deliveries where workspace_id = $1 and message_id = $2 group by message_id, state"
        }
    };
    macro_rules! did {
        ($whose:literal; $($what:literal: $where:literal),*) => {
            [$(concat!(
                "select message_id, '", $what, "', count(*) from deliveries where workspace_id = $1 and ", $whose, " and ",
                $where, " group by message_id"
            )),*]
        };
    }
    macro_rules! each {
        ($whose:literal) => {
            did!(
                $whose;
                "seen": "seen_at > 0",
                "replied": "replied_at > 0",
                "opened": "opened_at > 0",
                "machine": "machine_opened_at > 0 and opened_at = 0",
                "clicked": "clicked_at > 0",
                "unsubscribed": "unsubscribed_at > 0",
                "goal": "goal_at > 0"
            )
        };
    }
    let did = match message {
        None => each!(
            "$2 = 0 and message_id in (select m.id from messages m where m.workspace_id = $1 and m.whom <> 'one')"
        ),
        Some(_) => each!("message_id = $2"),
    };
    let mut all: HashMap<MessageId, Counts> = HashMap::new();
    for sql in std::iter::once(states).chain(did) {
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
                "opened" => counts.opened = n,
                "machine" => counts.machine = n,
                "clicked" => counts.clicked = n,
                "excluded" => counts.excluded = n,
                "failed" => counts.failed = n,
                "unknown" => counts.unknown = n,
                "unsubscribed" => counts.unsubscribed = n,
                "goal" => counts.goal = n,
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
    times: i64,
}

/// Which people of a message are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Whom this number counts.
    pub which: Which,
    /// Those after this person.
    pub after: i64,
    /// Those who came to be counted on this day, such as `2026-03-01`; all where it is empty.
    pub day: &'a str,
}

/// The statement that lists those whom a number counts: `where` holds for their deliveries, `at` is when they came to be counted, and
/// `times` how often.
macro_rules! listing {
    ($where:literal, $at:expr, $times:literal) => {
        concat!(
            "select p.id, p.name, p.email, p.external_id, d.reason, d.conversation_id, d.company_id, d.run, f.name as company, d.held_until, ",
            $at, " as at, ", $times, " as times from (select d.contact_id from deliveries d where d.workspace_id = $1 and d.message_id = $2 and ",
            $where, " and ", $at, " >= $5 and ", $at, " < $6 and d.contact_id > $3 group by d.contact_id order by d.contact_id limit $4) page \
             cross join deliveries d join contacts p on p.workspace_id = d.workspace_id and p.id = d.contact_id \
             left join companies f on f.workspace_id = d.workspace_id and f.id = d.company_id \
             where d.workspace_id = $1 and d.message_id = $2 and d.contact_id = page.contact_id and ",
            $where, " and ", $at, " >= $5 and ", $at, " < $6 order by d.contact_id, d.company_id, d.run"
        )
    };
}

const fn listing_of(which: Which) -> &'static str {
    match which {
        Which::Waiting => {
            listing!("d.state in ('waiting', 'sending')", "d.matched_at", "cast(0 as bigint)")
        }
        Which::Sent => listing!("d.state = 'sent'", "d.sent_at", "cast(0 as bigint)"),
        Which::Excluded => listing!("d.state = 'excluded'", "d.matched_at", "cast(0 as bigint)"),
        Which::Failed => listing!("d.state = 'failed'", given_up!("d."), "cast(0 as bigint)"),
        Which::Unknown => listing!("d.state = 'unknown'", "d.sent_at", "cast(0 as bigint)"),
        Which::Seen => listing!("d.seen_at > 0", "d.seen_at", "cast(0 as bigint)"),
        Which::Replied => listing!("d.replied_at > 0", "d.replied_at", "cast(0 as bigint)"),
        Which::Opened => listing!("d.opened_at > 0", "d.opened_at", "d.opens"),
        Which::Machine => listing!(
            "d.machine_opened_at > 0 and d.opened_at = 0",
            "d.machine_opened_at",
            "d.machine_opens"
        ),
        Which::Clicked => listing!("d.clicked_at > 0", "d.clicked_at", "d.clicks"),
        Which::Goal => listing!("d.goal_at > 0", "d.goal_at", "cast(0 as bigint)"),
        Which::Unsubscribed => {
            listing!("d.unsubscribed_at > 0", "d.unsubscribed_at", "cast(0 as bigint)")
        }
    }
}

/// Some of the people whom a number of a message counts, in the order of their numbers, after one. Who is counted for several
/// companies has a row for each, none of which is left for the next list.
///
/// # Errors
/// [`Error::NotFound`] for the message, and for a day that is none.
pub async fn people(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    id: MessageId,
    asked: &Asked<'_>,
) -> Result<People, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let message = find(c, workspace, id).await?.ok_or(Error::NotFound)?;
    let (begin, end) = match asked.day {
        "" => (Time(0), NEVER),
        day => dates.day_of(day).ok_or(Error::NotFound)?,
    };
    let sql = listing_of(asked.which);
    let mut rows: Vec<Found> = run!(c, |x| {
        sqlx::query_as::<_, Found>(sql)
            .bind(workspace)
            .bind(id)
            .bind(asked.after)
            .bind(ROWS + 1)
            .bind(begin)
            .bind(end)
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
        times: r.times,
        reason: match (Reason::from_word(&r.reason), r.held_until > dates.now()) {
            (Some(why), true) => format!("{}, until {}", why.said(), dates.short(r.held_until)),
            (why, _) => why.map_or("", Reason::said).to_owned(),
        },
        conversation: (r.conversation_id > 0).then_some(ConversationId(r.conversation_id)),
    };
    Ok(People {
        seq,
        id,
        channel: message.channel(),
        goal: !message.goal.is_empty(),
        over: message.state().is_over(),
        day: (!asked.day.is_empty()).then(|| dates.day(begin)),
        rows: rows.into_iter().map(one).collect(),
        next,
        message: message.name,
    })
}
