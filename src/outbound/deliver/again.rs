//! What an event sets off: the message goes out once more, unless the last is too recent or they had as many as one person gets.

use std::collections::HashMap;

use super::{Key, listed};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, MessageId};
use crate::live::Topic;
use crate::outbound::store::{Row, find};
use crate::outbound::{Skip, Stage, State, Whom, run};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::time::{DAY, Time};

/// What somebody had of a message, for one company of theirs or once a person.
#[derive(Debug, Clone, Copy, Default)]
struct Had {
    /// The newest run, and where it stands.
    last: Option<(i64, Stage)>,
    /// When one went out last, or may have.
    sent_at: Option<Time>,
    /// How many did.
    count: i64,
}

/// What is to be done for somebody.
enum Next {
    /// It waits for them as this run.
    Wait(i64),
    /// It does not go out again; of this run it is written down why.
    Skip(i64, Skip),
    /// One is on its way.
    Nothing,
}

/// Has a message wait for those who just did what sets it off. What they did before the message began, or longer than a day ago, as a
/// file of events tells it, sets nothing off.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn set_off(
    w: &mut Write<'_>,
    id: MessageId,
    event: &str,
    people: &[ContactId],
) -> Result<(), Error> {
    let Some(message) = find(&mut w.conn, w.workspace, id).await? else { return Ok(()) };
    let begun = message.starts_at.max(message.started_at);
    let over = message.stops_at.0 > 0 && message.stops_at <= w.now;
    let under_way = matches!(message.state(), State::Running | State::Paused);
    if !under_way || over || begun > w.now || message.whom() != Whom::Event {
        return Ok(());
    }
    let people = lately(w, event, people, begun.max(w.now.plus(-DAY))).await?;
    let pairs = pairs(w, &message, &people).await?;
    if pairs.is_empty() {
        return Ok(());
    }
    let had = had(w, &message, &pairs).await?;
    let (mut wait, mut skip) = (Vec::new(), Vec::new());
    for (contact, company) in pairs {
        let key = |run| Key { contact, company, run };
        let had = had.get(&(contact, company)).copied().unwrap_or_default();
        match next(&message, had, w.now) {
            Next::Wait(run) => wait.push(key(run)),
            Next::Skip(run, why) => skip.push((key(run), why)),
            Next::Nothing => {}
        }
    }
    waits(w, &message, &wait).await?;
    skipped(w, id, &skip).await
}

fn next(message: &Row, had: Had, now: Time) -> Next {
    let Some((run, stage)) = had.last else { return Next::Wait(0) };
    if matches!(stage, Stage::Waiting | Stage::Sending) {
        return Next::Nothing;
    }
    if message.most > 0 && had.count >= message.most {
        return Next::Skip(run, Skip::Most);
    }
    if had.sent_at.is_some_and(|at| at.plus(message.every) > now) {
        return Next::Skip(run, Skip::Often);
    }
    // Who was left out, and so did not get it, waits again as the same.
    Next::Wait(if stage == Stage::Excluded { run } else { run + 1 })
}

/// Those of these people who did it since a moment.
async fn lately(
    w: &mut Write<'_>,
    event: &str,
    people: &[ContactId],
    since: Time,
) -> Result<Vec<ContactId>, Error> {
    let people: Vec<_> = people.iter().map(|id| [id]).collect();
    let people = serde_json::to_string(&people).map_err(|_| Error::Internal)?;
    let sql = "select e.contact_id from event_names n cross join json_each($3) j cross join event_counts e \
               where n.workspace_id = $1 and n.name = $2 and e.workspace_id = $1 and e.contact_id = cast(j.value ->> 0 as bigint) \
               and e.event_name_id = n.id and e.last_at >= $4 order by e.contact_id";
    let found: Vec<(ContactId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (ContactId,)>(sql)
            .bind(w.workspace)
            .bind(event)
            .bind(&people)
            .bind(since)
            .fetch_all(c)
    })?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// For whom it goes out: each of them for whom the rule holds, or each with each company for which it does.
async fn pairs(
    w: &mut Write<'_>,
    message: &Row,
    people: &[ContactId],
) -> Result<Vec<(ContactId, CompanyId)>, Error> {
    let people: Vec<_> = people.iter().map(|id| [id]).collect();
    let people = serde_json::to_string(&people).map_err(|_| Error::Internal)?;
    let once = "select s.subject_id, cast(0 as bigint) from json_each($3) j cross join segment_members s where s.workspace_id = $1 \
                and s.segment_id = $2 and s.subject_id = cast(j.value ->> 0 as bigint) order by s.subject_id";
    let each = "select a.contact_id, a.company_id from json_each($3) j cross join audience_companies a where a.workspace_id = $1 \
                and a.segment_id = $2 and a.contact_id = cast(j.value ->> 0 as bigint) order by a.contact_id, a.company_id";
    let sql = if message.per_company() { each } else { once };
    run!(w.conn, |c| {
        sqlx::query_as::<_, (ContactId, CompanyId)>(sql)
            .bind(w.workspace)
            .bind(message.segment_id)
            .bind(&people)
            .fetch_all(c)
    })
}

async fn had(
    w: &mut Write<'_>,
    message: &Row,
    pairs: &[(ContactId, CompanyId)],
) -> Result<HashMap<(ContactId, CompanyId), Had>, Error> {
    let list: Vec<_> = pairs.iter().map(|(id, _)| [id]).collect();
    let list = serde_json::to_string(&list).map_err(|_| Error::Internal)?;
    let sql = "select contact_id, company_id, run, state, sent_at from deliveries where workspace_id = $1 and message_id = $2 \
               and step = 0 and contact_id in (select cast(value ->> 0 as bigint) from json_each($3)) \
               order by contact_id, company_id, run";
    type Found = (ContactId, CompanyId, i64, String, Time);
    let rows: Vec<Found> = run!(w.conn, |c| {
        sqlx::query_as::<_, Found>(sql).bind(w.workspace).bind(message.id).bind(&list).fetch_all(c)
    })?;
    let mut all: HashMap<_, Had> = HashMap::new();
    for (contact, company, run, state, sent_at) in rows {
        let Some(stage) = Stage::from_word(&state) else { continue };
        let had = all.entry((contact, company)).or_default();
        had.last = Some((run, stage));
        if matches!(stage, Stage::Sent | Stage::Sending | Stage::Unknown) {
            had.count += 1;
            had.sent_at = had.sent_at.max(Some(sent_at));
        }
    }
    Ok(all)
}

async fn waits(w: &mut Write<'_>, message: &Row, keys: &[Key]) -> Result<(), Error> {
    if keys.is_empty() {
        return Ok(());
    }
    let rows = listed(keys.iter().copied())?;
    let sql = "insert into deliveries (workspace_id, message_id, contact_id, company_id, run, state, due_at, matched_at) \
               select $1, cast($2 as bigint), cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint), \
               'waiting', cast($3 as bigint), cast($4 as bigint) from json_each($5) where true \
               on conflict (workspace_id, message_id, step, contact_id, company_id, run) do update set state = 'waiting', \
               reason = '', due_at = excluded.due_at, held_until = 0, attempts = 0, matched_at = excluded.matched_at \
               where deliveries.state = 'excluded'";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(message.id)
            .bind(run::due(message, w.now))
            .bind(w.now)
            .bind(&rows)
            .execute(c)
    })?;
    for key in keys {
        w.touch(Topic::Messenger(key.contact));
        w.touch(Topic::Contact(key.contact));
    }
    w.touch(Topic::Messages);
    w.wake_outbound();
    Ok(())
}

async fn skipped(
    w: &mut Write<'_>,
    message: MessageId,
    skips: &[(Key, Skip)],
) -> Result<(), Error> {
    if skips.is_empty() {
        return Ok(());
    }
    let row = |(key, why): &(Key, Skip)| (key.contact, key.company, key.run, why.word());
    let rows = serde_json::to_string(&skips.iter().map(row).collect::<Vec<_>>())
        .map_err(|_| Error::Internal)?;
    let sql = "update deliveries set skipped_at = $3, skips = skips + 1, skip = j.why from \
               (select cast(value ->> 0 as bigint) as contact_id, cast(value ->> 1 as bigint) as company_id, \
               cast(value ->> 2 as bigint) as run, value ->> 3 as why from json_each($4)) j \
               where deliveries.workspace_id = $1 and deliveries.message_id = $2 and deliveries.step = 0 \
               and deliveries.contact_id = j.contact_id and deliveries.company_id = j.company_id and deliveries.run = j.run";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(message).bind(w.now).bind(&rows).execute(c)
    })?;
    for (key, _) in skips {
        w.touch(Topic::Contact(key.contact));
    }
    Ok(())
}
