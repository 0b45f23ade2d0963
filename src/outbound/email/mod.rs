//! Messages by e-mail: at most one attempt is under way for each person, and one of which nobody knows how it ended is
//! said to be so and never made again by itself.

mod follow;
mod letter;
mod loads;
mod machine;
mod measuring;
mod page;
mod rest;
mod settle;
mod unsubscribing;

use std::collections::HashMap;
use std::sync::Arc;

use futures::StreamExt as _;

use super::content::render;
use super::deliver::{
    Claim, Done, Held, Key, TRIES, finish, going, hold, listed, people, postpone,
};
use super::limits::{Limits, begins, minute_of, places};
use super::store::{Row, find};
use super::terms::Terms;
use super::{Reason, Stage, Whom, eligible, files, values};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{ContactId, MessageId, TeammateId};
use crate::live::Topic;
use crate::messenger::Language;
use crate::run;
use crate::server::db::{Changed, Write};
use crate::server::mail::{Bulk, MailFile};
use crate::server::state::AppState;
use crate::time::Time;
pub use letter::test_letter;
use letter::{Address, Letters};
pub use loads::Loads;
pub use rest::router;
pub use settle::bounced;
pub(super) use settle::lost;
use settle::settle;
pub use unsubscribing::unsubscribe;

/// What stands where there is nothing to send e-mail by.
pub fn not_set_up() -> Error {
    let how = "E-mail is not set up: start the server with RAPPORT_SMTP_URL and RAPPORT_MAIL_FROM";
    Error::Conflict(how.into())
}

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
    let letters = paced(&mut w, &terms.limits, claim.message, letters, &mut sorted.later).await?;
    sorted.out.extend(left);
    finish(&mut w, claim.message, &sorted.out).await?;
    postpone(&mut w, claim.message, &sorted.later).await?;
    let keys = listed(letters.iter().map(|(key, _)| *key))?;
    // The moment counts for the quiet limit from now on, whatever becomes of it, and this is a try from now on.
    let begin = "update deliveries set state = 'sending', reason = '', sent_at = $5, attempts = attempts + 1 where workspace_id = $1 and message_id = $2 and lease_id = $3 \
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
    message: MessageId,
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
    for ((key, bulk), place) in ask.into_iter().zip(places(w, limits, message, &domains).await?) {
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
        if row.attempts >= TRIES {
            left.push((key, Stage::Failed, Some(Reason::Tries), 0));
            continue;
        }
        let filled = filled.get(&(key.contact, key.company));
        let fill = |text: &String, filled| match message.whom() {
            // What a program had written says what it says.
            Whom::One => Ok(text.clone()),
            _ => render(text, filled),
        };
        let texts = filled.map(|f| (fill(&message.subject, f), fill(&message.body, f)));
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

/// Sends an e-mail once more to somebody to whom it may have been sent, or could not be.
///
/// # Errors
/// [`Error::NotFound`] for the message, and where there is nothing to send again; [`Error::Conflict`] for a message
/// that does not run.
pub async fn send_again(w: &mut Write<'_>, message: MessageId, key: Key) -> Result<(), Error> {
    // Held before the row is read: a message that has nobody left is ended meanwhile.
    w.judging().await?;
    let row = find(&mut w.conn, w.workspace, message).await?.ok_or(Error::NotFound)?;
    let now = w.now;
    let over = super::run::spent(&mut w.conn, now, Some((w.workspace, message))).await?;
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
    super::run::reopen(w, row, !over.is_empty()).await?;
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
