//! Messages by e-mail: at most one attempt is under way for each person, and one of which nobody knows how it ended is
//! said to be so and never made again by itself.

mod letter;
mod rest;
mod unsubscribing;

use futures::StreamExt as _;
use serde_json::json;

use super::content::render;
use super::deliver::{Claim, TRIES, finish, going, hold, pause};
use super::store::{Row, find};
use super::{Reason, Stage, State, eligible, values};
use crate::error::Error;
use crate::id::{ContactId, MessageId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::server::mail::{Bulk, Handed};
use crate::server::state::AppState;
use crate::stream::Kind;
use letter::Letters;
pub use rest::router;
pub use unsubscribing::unsubscribe;

/// How many are handed over at the same time.
const AT_ONCE: usize = 4;

/// E-mails that are about to be handed over; the database says so already.
#[derive(Debug, Clone)]
pub struct Sending {
    /// Each with whom it is for.
    pub letters: Vec<(ContactId, Bulk)>,
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
    let hand = async |(contact, bulk): (ContactId, Bulk)| (contact, mailer.hand_over(bulk).await);
    let handed: Vec<_> =
        futures::stream::iter(sending.letters).map(hand).buffer_unordered(AT_ONCE).collect().await;
    settle(app, claim, &handed).await
}

/// Decides who of those that were taken gets an e-mail, and writes down that it is being sent, before it is.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn take(app: &AppState, claim: &Claim) -> Result<Sending, Error> {
    let mut w = Write::begin(app, claim.workspace, TeammateId(0)).await?;
    let rows = hold(&mut w, claim).await?;
    let Some(message) = going(&mut w, claim.message, &rows).await? else {
        w.commit().await?;
        return Ok(Sending { letters: Vec::new() });
    };
    let (letters, left) = written(&mut w, &message, &rows).await?;
    finish(&mut w, claim.message, &left).await?;
    let ids: Vec<_> = letters.iter().map(|(id, _)| [id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let begin = "update deliveries set state = 'sending' where workspace_id = $1 and message_id = $2 and lease_id = $3 \
                 and state = 'waiting' and contact_id in (select cast(value ->> 0 as bigint) from json_each($4))";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(begin)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(claim.lease)
            .bind(&ids)
            .execute(c)
    })?;
    w.commit().await?;
    Ok(Sending { letters })
}

type Left = Vec<(ContactId, &'static str, &'static str, i64)>;

/// The e-mail for each who may have it, and why the others may not.
async fn written(
    w: &mut Write<'_>,
    message: &Row,
    rows: &[(ContactId, i64)],
) -> Result<(Vec<(ContactId, Bulk)>, Left), Error> {
    let ids: Vec<_> = rows.iter().map(|(id, _)| *id).collect();
    let reasons = eligible::reasons(&mut w.conn, w.workspace, message, &ids).await?;
    let letters = Letters::of(w, message).await?;
    let known = values::known(&mut w.conn, w.workspace).await?;
    let filled = values::fill(&mut w.conn, w.workspace, &known, &ids, letters.author()).await?;
    let emails = addresses(w, &ids).await?;
    let (mut out, mut left) = (Vec::new(), Left::new());
    for (id, attempts) in rows {
        let excluded = |why: Reason| (*id, Stage::Excluded.word(), why.word(), 0);
        let failed = |why: Reason| (*id, Stage::Failed.word(), why.word(), 0);
        if let Some(why) = reasons.get(id) {
            left.push(excluded(*why));
            continue;
        }
        if *attempts > TRIES {
            left.push(failed(Reason::Tries));
            continue;
        }
        let texts = filled.get(id).map(|f| (render(&message.subject, f), render(&message.body, f)));
        match (texts, emails.get(id)) {
            (Some((Ok(subject), Ok(body))), Some(to)) => {
                let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
                if subject.is_empty() || body.trim().is_empty() {
                    left.push(excluded(Reason::Empty));
                } else {
                    out.push((*id, letters.write(*id, to, subject, &body)));
                }
            }
            (_, None) => left.push(excluded(Reason::NoAddress)),
            _ => left.push(failed(Reason::Content)),
        }
    }
    Ok((out, left))
}

async fn addresses(
    w: &mut Write<'_>,
    ids: &[ContactId],
) -> Result<std::collections::HashMap<ContactId, String>, Error> {
    let list: Vec<_> = ids.iter().map(|id| [id]).collect();
    let list = serde_json::to_string(&list).map_err(|_| Error::Internal)?;
    let sql = "select p.id, p.email from json_each($2) j cross join contacts p where p.workspace_id = $1 \
               and p.id = cast(j.value ->> 0 as bigint) and p.email is not null";
    let rows: Vec<(ContactId, String)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (ContactId, String)>(sql).bind(w.workspace).bind(&list).fetch_all(c)
    })?;
    Ok(rows.into_iter().collect())
}

/// Writes down what became of e-mails that were handed over, also where they were given up meanwhile.
async fn settle(
    app: &AppState,
    claim: &Claim,
    handed: &[(ContactId, Handed)],
) -> Result<(), Error> {
    let mut w = Write::begin(app, claim.workspace, TeammateId(0)).await?;
    let later = w.now.plus(pause(1));
    let rows: Vec<_> = handed
        .iter()
        .map(|(id, handed)| {
            let (stage, reason, due) = match handed {
                Handed::Taken => (Stage::Sent, "", w.now),
                Handed::Later => (Stage::Waiting, "", later),
                Handed::Refused => (Stage::Failed, Reason::Refused.word(), w.now),
                Handed::Unknown => (Stage::Unknown, Reason::Broken.word(), w.now),
            };
            (id, stage.word(), reason, due)
        })
        .collect();
    let text = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let sql = "update deliveries set state = j.state, reason = j.reason, due_at = j.due_at, lease_until = 0, \
               sent_at = case when j.state = 'sent' then cast($5 as bigint) else 0 end from \
               (select cast(value ->> 0 as bigint) as contact_id, value ->> 1 as state, value ->> 2 as reason, \
               cast(value ->> 3 as bigint) as due_at from json_each($4)) j \
               where deliveries.workspace_id = $1 and deliveries.message_id = $2 and deliveries.lease_id = $3 \
               and deliveries.contact_id = j.contact_id and deliveries.state in ('sending', 'unknown')";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(claim.lease)
            .bind(&text)
            .bind(w.now)
            .execute(c)
    })?;
    tell(&mut w, claim.message, handed).await?;
    w.commit().await?;
    Ok(())
}

/// What was sent is in each stream, in the name of whoever wrote it.
async fn tell(
    w: &mut Write<'_>,
    message: MessageId,
    handed: &[(ContactId, Handed)],
) -> Result<(), Error> {
    w.touch(Topic::Messages);
    let Some(row) = find(&mut w.conn, w.workspace, message).await? else { return Ok(()) };
    let sent: Vec<_> =
        handed.iter().filter(|(_, how)| *how == Handed::Taken).map(|(id, _)| [*id]).collect();
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
    for (id, _) in handed {
        w.touch(Topic::Contact(*id));
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
pub async fn send_again(
    w: &mut Write<'_>,
    message: MessageId,
    contact: ContactId,
) -> Result<(), Error> {
    let row = find(&mut w.conn, w.workspace, message).await?.ok_or(Error::NotFound)?;
    let sql = "update deliveries set state = 'waiting', reason = '', due_at = $4, attempts = 0, lease_id = 0, lease_until = 0 \
               where workspace_id = $1 and message_id = $2 and contact_id = $3 and state in ('unknown', 'failed')";
    let again: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(message).bind(contact).bind(w.now).execute(c)
    })?;
    if again.0 == 0 {
        return Err(Error::NotFound);
    }
    if row.state() != State::Running {
        return Err(Error::Conflict("This message does not run".into()));
    }
    w.touch(Topic::Messages);
    w.wake_outbound();
    Ok(())
}
