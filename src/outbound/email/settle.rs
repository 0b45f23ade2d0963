//! What became of e-mails that were handed over, written down for good.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::json;

use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{ContactId, MessageId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::outbound::deliver::{Claim, Held, Key, listed, pause};
use crate::outbound::store::find;
use crate::outbound::{Reason, Stage, goals};
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::server::mail::Handed;
use crate::server::state::AppState;
use crate::stream::Kind;

/// How many doublings longer than any other failure an e-mail rests that a mail server puts off: over a minute at first, for servers
/// that do so want minutes, and limits of an hour (RFC 5321, 4.5.4.1).
const PATIENT: i64 = 4;
/// How often it is tried to write down what became of e-mails that are out.
const TIMES: u32 = 6;
/// How long after the first failure; twice as long after each further one.
const REST: Duration = Duration::from_millis(100);

/// Writes down what became of e-mails that were handed over, also where they were given up meanwhile. They are out: where the database fails,
/// as when others hold the same people the other way round, it is tried again, or nobody would know of them that they were sent.
///
/// # Errors
/// [`Error::Internal`] when the database goes on failing.
pub async fn settle(app: &AppState, claim: &Claim, handed: &[(Key, Handed)]) -> Result<(), Error> {
    let mut times = 1;
    loop {
        match note(app, claim, handed).await {
            Err(error) if times < TIMES => {
                tracing::warn!(%error, times, "what became of e-mails is written down again");
                tokio::time::sleep(REST * 2_u32.pow(times - 1)).await;
                times += 1;
            }
            done => return done,
        }
    }
}

/// The same once.
async fn note(app: &AppState, claim: &Claim, handed: &[(Key, Handed)]) -> Result<(), Error> {
    let mut w = Write::begin(app, claim.workspace, TeammateId(0)).await?;
    let tries = tries(&mut w, claim, handed).await?;
    let rows: Vec<_> = handed
        .iter()
        .map(|(key, handed)| {
            let (stage, reason, due) = match handed {
                Handed::Taken => (Stage::Sent, "", w.now),
                Handed::Later => {
                    let tries = tries.get(key).copied().unwrap_or(1);
                    (Stage::Waiting, "", w.now.plus(pause(tries + PATIENT)))
                }
                Handed::Refused | Handed::Bounced => (Stage::Failed, Reason::Refused.word(), w.now),
                Handed::Unknown => (Stage::Unknown, Reason::Broken.word(), w.now),
            };
            (key.contact, key.company, key.run, stage.word(), reason, due)
        })
        .collect();
    let text = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let sql = "update deliveries set state = j.state, reason = j.reason, due_at = j.due_at, lease_until = 0, \
               sent_at = case when j.state in ('sent', 'unknown') then cast($5 as bigint) else 0 end from \
               (select cast(value ->> 0 as bigint) as contact_id, cast(value ->> 1 as bigint) as company_id, \
               cast(value ->> 2 as bigint) as run, value ->> 3 as state, value ->> 4 as reason, \
               cast(value ->> 5 as bigint) as due_at from json_each($4)) j \
               where deliveries.workspace_id = $1 and deliveries.message_id = $2 and deliveries.lease_id = $3 \
               and deliveries.contact_id = j.contact_id and deliveries.company_id = j.company_id and deliveries.run = j.run and deliveries.state in ('sending', 'unknown')";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(claim.lease)
            .bind(&text)
            .bind(w.now)
            .execute(c)
    })?;
    let gone = handed.iter().filter(|(_, how)| *how == Handed::Bounced);
    let gone: Vec<_> = gone.map(|(key, _)| key.contact).collect();
    bounced(&mut w, &gone).await?;
    tell(&mut w, claim.message, handed).await?;
    w.commit().await?;
    Ok(())
}

/// How often those were tried, this time included, that the mail server put off.
async fn tries(
    w: &mut Write<'_>,
    claim: &Claim,
    handed: &[(Key, Handed)],
) -> Result<HashMap<Key, i64>, Error> {
    let later = handed.iter().filter(|(_, how)| *how == Handed::Later);
    let later: Vec<_> = later.map(|(key, _)| *key).collect();
    if later.is_empty() {
        return Ok(HashMap::new());
    }
    let keys = listed(later)?;
    let sql = "select d.contact_id, d.company_id, d.run, d.attempts, d.paced_at from json_each($3) j join deliveries d on d.workspace_id = $1 \
               and d.message_id = $2 and d.step = 0 and d.contact_id = cast(j.value ->> 0 as bigint) \
               and d.company_id = cast(j.value ->> 1 as bigint) and d.run = cast(j.value ->> 2 as bigint)";
    let rows: Vec<Held> = run!(w.conn, |c| {
        sqlx::query_as::<_, Held>(sql)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(&keys)
            .fetch_all(c)
    })?;
    Ok(rows.into_iter().map(|row| (row.key, row.attempts)).collect())
}

/// Notes that no mail gets to the addresses of these people, as they are now: no e-mail to many goes there any more.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn bounced(w: &mut Write<'_>, people: &[ContactId]) -> Result<(), Error> {
    if people.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = people.iter().map(|id| [id]).collect();
    let list = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let sql = "update contacts set bounced_at = $3 where workspace_id = $1 and bounced_at = 0 and id in \
               (select cast(value ->> 0 as bigint) from json_each($2))";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(&list).bind(w.now).execute(c)
    })?;
    for id in people {
        w.changed(Subject::Contact, id.0, "p.has_hard_bounced");
    }
    Ok(())
}

/// What was sent is in each stream, in the name of whoever wrote it.
async fn tell(
    w: &mut Write<'_>,
    message: MessageId,
    handed: &[(Key, Handed)],
) -> Result<(), Error> {
    w.touch(Topic::Messages);
    let Some(row) = find(&mut w.conn, w.workspace, message).await? else { return Ok(()) };
    let taken = handed.iter().filter(|(_, how)| *how == Handed::Taken);
    let taken: Vec<_> = taken.map(|(key, _)| *key).collect();
    goals::open(w, &row, &taken).await?;
    let sent: Vec<_> = taken.iter().map(|key| [key.contact]).collect();
    let list = serde_json::to_string(&sent).map_err(|_| Error::Internal)?;
    let contacted = "update contacts set last_contacted_at = $3 where workspace_id = $1 and id in \
                     (select cast(value ->> 0 as bigint) from json_each($2))";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(contacted).bind(w.workspace).bind(&list).bind(w.now).execute(c)
    })?;
    w.actor = row.author_id;
    for [id] in sent {
        let data = json!({ "name": row.name });
        w.log(Entry::of_contact(Kind::EmailSent, w.now, id, message.0, data));
    }
    w.actor = TeammateId(0);
    for (key, _) in handed {
        w.touch(Topic::Contact(key.contact));
    }
    Ok(())
}

/// Says of e-mails whose sender has been silent for longer than its lease that nobody knows whether they arrived.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn lost(app: &AppState) -> Result<(), Error> {
    let now = app.clock.now();
    let sql = "select distinct workspace_id from deliveries where state = 'sending' and lease_until <= $1";
    let found: Vec<(WorkspaceId,)> = {
        let mut c = app.db.read().await?;
        run!(c, |x| sqlx::query_as::<_, (WorkspaceId,)>(sql).bind(now).fetch_all(x))?
    };
    for (workspace,) in found {
        let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
        let sql = "update deliveries set state = 'unknown', reason = 'broken' where workspace_id = $1 and state = 'sending' and lease_until <= $2";
        let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(workspace).bind(now).execute(c))?;
        w.touch(Topic::Messages);
        w.commit().await?;
    }
    Ok(())
}
