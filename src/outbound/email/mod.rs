//! Messages by e-mail: at most one attempt is under way for each person, and one of which nobody knows how it ended is
//! said to be so and never made again by itself.

mod follow;
mod letter;
mod loads;
mod machine;
mod measuring;
mod page;
mod rest;
mod unsubscribing;

use std::collections::HashMap;
use std::sync::Arc;

use futures::StreamExt as _;
use serde_json::json;

use super::content::render;
use super::deliver::{
    Claim, Done, Held, Key, TRIES, finish, going, hold, listed, pause, people, postpone,
};
use super::limits::{Limits, begins, minute_of, places};
use super::store::{Row, find};
use super::terms::Terms;
use super::{Reason, Stage, eligible, files, goals, values};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{ContactId, MessageId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::messenger::Language;
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::server::mail::{Bulk, Handed, MailFile};
use crate::server::state::AppState;
use crate::stream::Kind;
use crate::time::Time;
pub use letter::test_letter;
use letter::{Address, Letters};
pub use loads::Loads;
pub use rest::router;
pub use unsubscribing::unsubscribe;

/// How many doublings longer than any other failure an e-mail rests that a mail server puts off: over a minute at first, for servers
/// that do so want minutes, and limits of an hour (RFC 5321, 4.5.4.1).
const PATIENT: i64 = 4;

/// E-mails that are about to be handed over; the database says so already.
#[derive(Debug, Clone)]
pub struct Sending {
    /// Each with the delivery that it is.
    pub letters: Vec<(Key, Bulk)>,
}

/// Writes, hands over and settles what was taken.
///
/// # Errors
/// [`Error::Unreachable`] when the mail server is not there, before anything was begun; [`Error::Internal`] when the
/// database fails.
pub async fn mail(app: &AppState, claim: &Claim) -> Result<(), Error> {
    let mailer = app.mail.as_ref().ok_or(Error::Unreachable)?;
    // Asked first: what fails from here on may have arrived.
    if !mailer.is_there().await {
        return Err(Error::Unreachable);
    }
    let sending = take(app, claim).await?;
    let hand = async |(key, bulk): (Key, Bulk)| (key, mailer.hand_over(bulk).await);
    let handed = futures::stream::iter(sending.letters).map(hand);
    let handed: Vec<_> = handed.buffer_unordered(mailer.connections()).collect().await;
    settle(app, claim, &handed).await
}

/// Decides who of those that were taken gets an e-mail now, and writes down that it is being sent, before it is.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn take(app: &AppState, claim: &Claim) -> Result<Sending, Error> {
    // Read before anything is held: a store may be slow.
    let files = files::to_mail(app, claim.workspace, claim.message).await?;
    let mut w = Write::begin(app, claim.workspace, TeammateId(0)).await?;
    let terms = Terms::hold(&mut w).await?;
    let rows = hold(&mut w, claim).await?;
    let Some(message) = going(&mut w, claim.message, &rows).await? else {
        w.commit().await?;
        return Ok(Sending { letters: Vec::new() });
    };
    let mut sorted =
        eligible::sort(&mut w.conn, w.workspace, &terms, &message, &rows, w.now).await?;
    let (letters, left) = written(&mut w, &message, &sorted.now, files).await?;
    let letters = paced(&mut w, &terms.limits, letters, &mut sorted.later).await?;
    sorted.out.extend(left);
    finish(&mut w, claim.message, &sorted.out).await?;
    postpone(&mut w, claim.message, &sorted.later).await?;
    let keys = listed(letters.iter().map(|(key, _)| *key))?;
    // The moment counts for the quiet limit from now on, whatever becomes of it.
    let begin = "update deliveries set state = 'sending', reason = '', sent_at = $5 where workspace_id = $1 and message_id = $2 and lease_id = $3 \
                 and state = 'waiting' and (contact_id, company_id, run) in \
                 (select cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint) from json_each($4))";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(begin)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(claim.lease)
            .bind(&keys)
            .bind(w.now)
            .execute(c)
    })?;
    w.commit().await?;
    Ok(Sending { letters })
}

/// Those that have a place in this minute; the others wait for theirs.
async fn paced(
    w: &mut Write<'_>,
    limits: &Limits,
    letters: Vec<(Held, Bulk)>,
    later: &mut Vec<(Key, Time, Reason)>,
) -> Result<Vec<(Key, Bulk)>, Error> {
    let minute = minute_of(w.now);
    let (mut go, mut ask) = (Vec::new(), Vec::new());
    for (row, bulk) in letters {
        if !limits.paced() || row.paced_at == minute {
            go.push((row.key, bulk));
        } else {
            ask.push((row.key, bulk));
        }
    }
    let domain = |bulk: &Bulk| {
        bulk.to.rsplit_once('@').map_or(String::new(), |(_, domain)| domain.to_lowercase())
    };
    let domains: Vec<_> = ask.iter().map(|(_, bulk)| domain(bulk)).collect();
    for ((key, bulk), place) in ask.into_iter().zip(places(w, limits, &domains).await?) {
        if place <= minute {
            go.push((key, bulk));
        } else {
            later.push((key, begins(place), Reason::Pace));
        }
    }
    Ok(go)
}

/// The e-mail for each of these, and why the others cannot have one.
async fn written(
    w: &mut Write<'_>,
    message: &Row,
    rows: &[Held],
    files: Arc<[MailFile]>,
) -> Result<(Vec<(Held, Bulk)>, Vec<Done>), Error> {
    let letters = Letters::of(w, message, files).await?;
    let known = values::known(&mut w.conn, w.workspace).await?;
    let pairs: Vec<_> = rows.iter().map(|row| (row.key.contact, row.key.company)).collect();
    let filled = values::fill(&mut w.conn, w.workspace, &known, &pairs, letters.author()).await?;
    let emails = addresses(w, &people(rows)).await?;
    let (mut out, mut left) = (Vec::new(), Vec::<Done>::new());
    for row in rows {
        let key = row.key;
        if row.attempts > TRIES {
            left.push((key, Stage::Failed, Some(Reason::Tries), 0));
            continue;
        }
        let filled = filled.get(&(key.contact, key.company));
        let texts = filled.map(|f| (render(&message.subject, f), render(&message.body, f)));
        match (texts, emails.get(&key.contact)) {
            (Some((Ok(subject), Ok(body))), Some(to)) => {
                let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
                if subject.is_empty() || body.trim().is_empty() {
                    left.push((key, Stage::Excluded, Some(Reason::Empty), 0));
                } else {
                    out.push((*row, letters.write(key, to, subject, &body)));
                }
            }
            (_, None) => left.push((key, Stage::Excluded, Some(Reason::NoAddress), 0)),
            _ => left.push((key, Stage::Failed, Some(Reason::Content), 0)),
        }
    }
    Ok((out, left))
}

async fn addresses(
    w: &mut Write<'_>,
    ids: &[ContactId],
) -> Result<HashMap<ContactId, Address>, Error> {
    let list: Vec<_> = ids.iter().map(|id| [id]).collect();
    let list = serde_json::to_string(&list).map_err(|_| Error::Internal)?;
    let sql = "select p.id, p.email, p.language_override, p.browser_language from json_each($2) j cross join contacts p where p.workspace_id = $1 \
               and p.id = cast(j.value ->> 0 as bigint) and p.email is not null";
    type Row = (ContactId, String, Option<String>, Option<String>);
    let rows: Vec<Row> = run!(w.conn, |c| {
        sqlx::query_as::<_, Row>(sql).bind(w.workspace).bind(&list).fetch_all(c)
    })?;
    let one = |(id, email, set, browser): Row| {
        let language = Language::choose([set, browser].iter().flatten().map(String::as_str));
        (id, Address { email, language })
    };
    Ok(rows.into_iter().map(one).collect())
}

/// How often those were taken that the mail server put off.
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

/// Writes down what became of e-mails that were handed over, also where they were given up meanwhile.
async fn settle(app: &AppState, claim: &Claim, handed: &[(Key, Handed)]) -> Result<(), Error> {
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
pub(super) async fn lost(app: &AppState) -> Result<(), Error> {
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

/// Sends an e-mail once more to somebody to whom it may have been sent, or could not be.
///
/// # Errors
/// [`Error::NotFound`] for the message, and where there is nothing to send again; [`Error::Conflict`] for a message
/// that does not run.
pub async fn send_again(w: &mut Write<'_>, message: MessageId, key: Key) -> Result<(), Error> {
    // Held before the row is read: a message that has nobody left is ended meanwhile.
    w.judging().await?;
    let row = find(&mut w.conn, w.workspace, message).await?.ok_or(Error::NotFound)?;
    let sql = "update deliveries set state = 'waiting', reason = '', due_at = $6, held_until = 0, attempts = 0, lease_id = 0, lease_until = 0 \
               where workspace_id = $1 and message_id = $2 and contact_id = $3 and company_id = $4 and run = $5 \
               and state in ('unknown', 'failed')";
    let again: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(message)
            .bind(key.contact)
            .bind(key.company)
            .bind(key.run)
            .bind(w.now)
            .execute(c)
    })?;
    if again.0 == 0 {
        return Err(Error::NotFound);
    }
    super::run::reopen(w, row).await?;
    // Who sends it again takes the address for right.
    let tried = "update contacts set bounced_at = 0 where workspace_id = $1 and id = $2 and bounced_at <> 0";
    let tried: Changed =
        run!(w.conn, |c| sqlx::query(tried).bind(w.workspace).bind(key.contact).execute(c))?;
    if tried.0 > 0 {
        w.changed(Subject::Contact, key.contact.0, "p.has_hard_bounced");
        w.touch(Topic::Contact(key.contact));
    }
    w.touch(Topic::Messages);
    w.wake_outbound();
    Ok(())
}
