//! Holding deliveries that were taken with a lease, and giving them back.

use std::time::Duration;

use rand::Rng as _;

use super::{DIED, Held, Key, LEASE, NEVER, TRIES, listed};
use crate::error::Error;
use crate::id::{MessageId, TeammateId, WorkspaceId};
use crate::outbound::store::{Row, find};
use crate::outbound::{Channel, State};
use crate::run;
use crate::server::db::{Changed, Db, Write};
use crate::server::state::AppState;
use crate::time::Time;

/// How long to wait after the first failure, in milliseconds; twice as long after each further one.
const PAUSE: i64 = 5_000;
/// The longest wait between two tries, in milliseconds.
const LONGEST_PAUSE: i64 = 60 * 60_000;

/// How often it is tried to free what a killed program had taken.
const TIMES: u32 = 5;
/// How long to wait before that is tried again.
const REST: Duration = Duration::from_millis(200);

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
    /// Which they are: the lease's number alone would be looked for among all that wait.
    pub keys: Vec<Key>,
    /// Whether it is one that was under way when a server died, and so is a try by being taken.
    pub alone: bool,
}

/// Ends the leases of a program that was killed, which otherwise last until their time has passed. Only for who has the database
/// alone: nobody can be at work on them. What was being handed over is unknown from then on. What waited was under way when the program
/// died, and it may have died of it: each of these goes alone from then on.
///
/// PostgreSQL may still be at the last words of the program that was killed, and take the same rows the other way round: of two that wait for
/// each other it ends one, so that this is tried again.
///
/// # Errors
/// [`Error::Internal`] when the database goes on failing.
pub async fn free(db: &Db) -> Result<(), Error> {
    let mut times = 1;
    loop {
        match free_once(db).await {
            Err(error) if times < TIMES => {
                tracing::warn!(%error, times, "what a killed program had taken is freed again");
                tokio::time::sleep(REST).await;
                times += 1;
            }
            done => return done,
        }
    }
}

async fn free_once(db: &Db) -> Result<(), Error> {
    let mut c = db.begin().await?;
    // Each state has an index of its own.
    for sql in [
        "update deliveries set lease_until = $1 where state = 'waiting' and lease_until > $1",
        "update deliveries set lease_until = $1 where state = 'sending' and lease_until > $1",
    ] {
        let _: Changed = run!(c, |x| sqlx::query(sql).bind(DIED).execute(x))?;
    }
    c.commit().await
}

/// What holds for the rows of a lease `$3` that still wait, which have the keys `$4`.
const THEIRS: &str = "lease_id = $3 and state = 'waiting' and (contact_id, company_id, run) in \
     (select cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint) from json_each($4))";

/// Holds what was taken, which is nobody else's until the commit.
pub async fn hold(w: &mut Write<'_>, claim: &Claim) -> Result<Vec<Held>, Error> {
    let keys = listed(claim.keys.iter().copied())?;
    let hold = const_format::formatcp!(
        "update deliveries set lease_until = $5 where workspace_id = $1 and message_id = $2 and {THEIRS} \
         returning contact_id, company_id, run, attempts, paced_at"
    );
    run!(w.conn, |c| {
        sqlx::query_as::<_, Held>(hold)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(claim.lease)
            .bind(&keys)
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
    let sql = "update deliveries set lease_until = 0 where workspace_id = $1 and message_id = $2 and state = 'waiting' and (contact_id, company_id, run) in \
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

/// Gives rows whose delivery failed another time: later after each failure, and not all at the same moment. `tried`: whether that
/// counts; where the mail server is not there, half of the tries are left, however long that lasts, and what was under way when a server
/// died goes alone the next time too. What was put off already is not theirs any more, and what waits until its person is there goes on
/// waiting for them.
///
/// # Errors
/// [`Error::Internal`] when the database fails; then the lease ends by itself.
pub async fn put_back(app: &AppState, claim: &Claim, tried: bool) -> Result<(), Error> {
    let mut w = Write::begin(app, claim.workspace, TeammateId(0)).await?;
    let keys = listed(claim.keys.iter().copied())?;
    let tries = const_format::formatcp!(
        "select coalesce(max(attempts), 0) from deliveries where workspace_id = $1 and message_id = $2 and lease_until > 0 and {THEIRS}"
    );
    let (tries,): (i64,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(tries)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(claim.lease)
            .bind(&keys)
            .fetch_one(c)
    })?;
    let most = if tried || claim.alone { i64::MAX } else { TRIES / 2 };
    // One that goes alone was counted when it was taken.
    let (lease, more) = match (claim.alone, tried) {
        (true, true) => (Time(0), 0),
        (true, false) => (DIED, -1),
        (false, _) => (Time(0), 1),
    };
    let wait = pause(tries.min(most) + more.max(0));
    let sql = const_format::formatcp!(
        "update deliveries set lease_until = $7, due_at = case when due_at = $9 then due_at else $5 end, \
         attempts = case when attempts < $6 then attempts + $8 else attempts end \
         where workspace_id = $1 and message_id = $2 and lease_until > 0 and {THEIRS}"
    );
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(claim.lease)
            .bind(&keys)
            .bind(w.now.plus(wait))
            .bind(most)
            .bind(lease)
            .bind(more)
            .bind(NEVER)
            .execute(c)
    })?;
    w.commit().await?;
    Ok(())
}
