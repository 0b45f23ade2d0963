//! Taking deliveries with a lease, and giving them back.

use rand::Rng as _;

use super::{Held, LEASE, listed};
use crate::error::Error;
use crate::id::{MessageId, TeammateId, WorkspaceId};
use crate::outbound::store::{Row, find};
use crate::outbound::{Channel, State};
use crate::run;
use crate::server::db::{Changed, Db, Write};
use crate::server::state::AppState;
use crate::time::Time;

/// How many are taken at once.
const TAKEN: i64 = 200;
/// How many e-mails are taken at once: all of them are handed over within the lease.
const LETTERS: i64 = 20;
/// How long to wait after the first failure, in milliseconds; twice as long after each further one.
const PAUSE: i64 = 5_000;
/// The longest wait between two tries, in milliseconds.
const LONGEST_PAUSE: i64 = 60 * 60_000;

/// Some deliveries of one message that a worker has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Of which message.
    pub message: MessageId,
    /// How it gets there.
    pub channel: Channel,
    /// The lease's number.
    pub lease: i64,
    /// How many there are.
    pub count: usize,
}

/// Takes the deliveries of a message that are due and that nobody works on; `None` where there are none anywhere.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn claim(app: &AppState) -> Result<Option<Claim>, Error> {
    let now = app.clock.now();
    let next = "select d.workspace_id, d.message_id, m.channel from deliveries d join messages m on m.workspace_id = d.workspace_id \
                and m.id = d.message_id and m.state = 'running' and m.starts_at <= $1 and (m.channel = 'chat' or $2 = 1) \
                where d.state = 'waiting' and d.due_at <= $1 and d.lease_until <= $1 order by d.due_at, d.workspace_id, d.message_id limit 1";
    let found: Option<(WorkspaceId, MessageId, String)> = {
        let mut c = app.db.read().await?;
        run!(c, |x| {
            sqlx::query_as::<_, (WorkspaceId, MessageId, String)>(next)
                .bind(now)
                .bind(i64::from(app.mail.is_some()))
                .fetch_optional(x)
        })?
    };
    let Some((workspace, message, channel)) = found else { return Ok(None) };
    let channel = Channel::from_word(&channel).ok_or(Error::Internal)?;
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    let lease = app.db.next_id()?;
    // Said twice, so that of two who take at once the second looks again.
    let take = "update deliveries set lease_id = $4, lease_until = $5, attempts = attempts + 1 where workspace_id = $1 and message_id = $2 \
                and state = 'waiting' and lease_until <= $3 and due_at <= $3 and (contact_id, company_id, run) in \
                (select contact_id, company_id, run from deliveries where workspace_id = $1 and message_id = $2 and state = 'waiting' \
                and due_at <= $3 and lease_until <= $3 order by contact_id, company_id, run limit $6)";
    let taken: Changed = run!(w.conn, |c| {
        sqlx::query(take)
            .bind(workspace)
            .bind(message)
            .bind(now)
            .bind(lease)
            .bind(now.plus(LEASE))
            .bind(if channel == Channel::Email { LETTERS } else { TAKEN })
            .execute(c)
    })?;
    w.commit().await?;
    Ok(Some(Claim { workspace, message, channel, lease, count: taken.0 as usize }))
}

/// Ends the leases of a program that was killed, which otherwise last until their time has passed. Only for who has the database
/// alone: nobody can be at work on them. What was being handed over is unknown from then on.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn free(db: &Db) -> Result<(), Error> {
    let mut c = db.begin().await?;
    let sql = "update deliveries set lease_until = 0 where lease_until > 0 and state in ('waiting', 'sending')";
    let _: Changed = run!(c, |x| sqlx::query(sql).execute(x))?;
    c.commit().await
}

/// Holds what was taken, which is nobody else's until the commit.
pub async fn hold(w: &mut Write<'_>, claim: &Claim) -> Result<Vec<Held>, Error> {
    let hold = "update deliveries set lease_until = $4 where workspace_id = $1 and message_id = $2 and lease_id = $3 and state = 'waiting' \
                returning contact_id, company_id, run, attempts, paced_at";
    run!(w.conn, |c| {
        sqlx::query_as::<_, Held>(hold)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(claim.lease)
            .bind(w.now.plus(LEASE))
            .fetch_all(c)
    })
}

/// The message of rows that are held, while it runs and its time has come. It may have been paused or stopped after they were
/// taken: then they wait on.
pub async fn going(
    w: &mut Write<'_>,
    message: MessageId,
    rows: &[Held],
) -> Result<Option<Row>, Error> {
    let found = find(&mut w.conn, w.workspace, message).await?;
    let going = found.filter(|m| m.state() == State::Running && may_go(m, w.now));
    if going.is_none() {
        release(w, message, rows).await?;
    }
    Ok(going)
}

/// Whether its time has come and is not over.
fn may_go(message: &Row, now: Time) -> bool {
    message.starts_at <= now && (message.stops_at.0 == 0 || now < message.stops_at)
}

/// Gives rows back that were taken and not tried.
async fn release(w: &mut Write<'_>, message: MessageId, rows: &[Held]) -> Result<(), Error> {
    let keys = listed(rows.iter().map(|row| row.key))?;
    let sql = "update deliveries set lease_until = 0, attempts = case when attempts > 0 then attempts - 1 else 0 end \
               where workspace_id = $1 and message_id = $2 and state = 'waiting' and (contact_id, company_id, run) in \
               (select cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint) from json_each($3))";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(message).bind(&keys).execute(c)
    })?;
    Ok(())
}

/// How long to wait after so many failures, in milliseconds: twice as long after each, and by chance half as long to half
/// as long again.
pub fn pause(tries: i64) -> i64 {
    let wait = (PAUSE << (tries - 1).clamp(0, 20)).min(LONGEST_PAUSE);
    wait / 2 + rand::rng().random_range(0..=wait)
}

/// Gives rows whose delivery failed another time: later after each failure, and not all at the same moment.
///
/// # Errors
/// [`Error::Internal`] when the database fails; then the lease ends by itself.
pub async fn put_back(app: &AppState, claim: &Claim) -> Result<(), Error> {
    let mut w = Write::begin(app, claim.workspace, TeammateId(0)).await?;
    let tries = "select coalesce(max(attempts), 0) from deliveries where workspace_id = $1 and message_id = $2 and lease_id = $3 and state = 'waiting'";
    let (tries,): (i64,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(tries)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(claim.lease)
            .fetch_one(c)
    })?;
    let wait = pause(tries);
    let sql = "update deliveries set lease_until = 0, due_at = $4 where workspace_id = $1 and message_id = $2 and lease_id = $3 and state = 'waiting'";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(claim.lease)
            .bind(w.now.plus(wait))
            .execute(c)
    })?;
    w.commit().await?;
    Ok(())
}
