//! Taking deliveries with a lease, and giving them back.

use rand::Rng as _;

use super::aside::put_aside;
use super::{Held, Key, LEASE, TRIES, listed};
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
/// How many e-mails are taken at once for each connection to the mail server: all of them are handed over within the lease.
const LETTERS: i64 = 5;
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
    /// Which they are: the lease's number alone would be looked for among all that wait.
    pub keys: Vec<Key>,
}

/// What is found of what is due.
#[derive(Debug)]
pub enum Next {
    /// Some that were taken.
    Taken(Claim),
    /// Some of a message that does not run, which were put aside.
    Aside,
    /// Nothing is due.
    Nothing,
}

/// Takes the deliveries of a message that are due and that nobody works on; `None` where there are none anywhere.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn claim(app: &AppState) -> Result<Option<Claim>, Error> {
    loop {
        match next(app, false).await? {
            Next::Taken(claim) => return Ok(Some(claim)),
            Next::Aside => {}
            Next::Nothing => return Ok(None),
        }
    }
}

/// The statement that finds the message of whatever is due for longest, or for the shortest time.
macro_rules! first {
    ($order:literal) => {
        concat!(
            "select d.workspace_id, d.message_id, m.channel, m.state from deliveries d cross join messages m \
             where m.workspace_id = d.workspace_id and m.id = d.message_id and m.starts_at <= $1 \
             and (m.channel <> 'email' or $2 = 1 or m.state <> 'running') \
             and d.state = 'waiting' and d.due_at <= $1 and d.lease_until <= $1 order by d.due_at ",
            $order, ", d.workspace_id ", $order, ", d.message_id ", $order, " limit 1"
        )
    };
}

/// The statement that takes some of a message in the same order. The conditions are said twice, so that of two who take at once the second
/// looks again; where they are ranges, SQLite goes through what is due in its order, and not through all of the message that waits.
macro_rules! take {
    ($order:literal) => {
        concat!(
            "update deliveries set lease_id = $4, lease_until = $5, attempts = attempts + 1 where workspace_id = $1 and message_id = $2 \
             and state = 'waiting' and lease_until <= $3 and due_at <= $3 and (contact_id, company_id, run) in \
             (select contact_id, company_id, run from deliveries where state = 'waiting' and due_at <= $3 and lease_until <= $3 \
             and workspace_id between $1 and $1 and message_id between $2 and $2 order by due_at ", $order, " limit $6) returning contact_id, company_id, run"
        )
    };
}

/// Goes a step: takes some of what is due, of a message that runs. `newest`: of what became due last, so that what somebody waits for is not
/// behind all of a message to many that began before.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn next(app: &AppState, newest: bool) -> Result<Next, Error> {
    let now = app.clock.now();
    let sql = if newest { first!("desc") } else { first!("asc") };
    type Found = (WorkspaceId, MessageId, String, String);
    let found: Option<Found> = {
        let mut c = app.db.read().await?;
        run!(c, |x| {
            sqlx::query_as::<_, Found>(sql)
                .bind(now)
                .bind(i64::from(app.mail.is_some()))
                .fetch_optional(x)
        })?
    };
    let Some((workspace, message, channel, state)) = found else { return Ok(Next::Nothing) };
    if State::from_word(&state) != Some(State::Running) {
        put_aside(app, workspace, message).await?;
        return Ok(Next::Aside);
    }
    let channel = Channel::from_word(&channel).ok_or(Error::Internal)?;
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    let lease = app.db.next_id()?;
    let most = match (channel, &app.mail) {
        (Channel::Email, Some(mail)) => LETTERS * mail.connections() as i64,
        _ => TAKEN,
    };
    let sql = if newest { take!("desc") } else { take!("asc") };
    let keys: Vec<Key> = run!(w.conn, |c| {
        sqlx::query_as::<_, Key>(sql)
            .bind(workspace)
            .bind(message)
            .bind(now)
            .bind(lease)
            .bind(now.plus(LEASE))
            .bind(most)
            .fetch_all(c)
    })?;
    w.commit().await?;
    Ok(Next::Taken(Claim { workspace, message, channel, lease, keys }))
}

/// Ends the leases of a program that was killed, which otherwise last until their time has passed. Only for who has the database
/// alone: nobody can be at work on them. What was being handed over is unknown from then on.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn free(db: &Db) -> Result<(), Error> {
    let mut c = db.begin().await?;
    // Each state has an index of its own.
    for sql in [
        "update deliveries set lease_until = 0 where state = 'waiting' and lease_until > 0",
        "update deliveries set lease_until = 0 where state = 'sending' and lease_until > 0",
    ] {
        let _: Changed = run!(c, |x| sqlx::query(sql).execute(x))?;
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

/// Gives rows whose delivery failed another time: later after each failure, and not all at the same moment. `tried`: whether that
/// counts; where the mail server is not there, it does not use up the tries that are left, however long that lasts.
///
/// # Errors
/// [`Error::Internal`] when the database fails; then the lease ends by itself.
pub async fn put_back(app: &AppState, claim: &Claim, tried: bool) -> Result<(), Error> {
    let mut w = Write::begin(app, claim.workspace, TeammateId(0)).await?;
    let keys = listed(claim.keys.iter().copied())?;
    let tries = const_format::formatcp!(
        "select coalesce(max(attempts), 0) from deliveries where workspace_id = $1 and message_id = $2 and {THEIRS}"
    );
    let (tries,): (i64,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(tries)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(claim.lease)
            .bind(&keys)
            .fetch_one(c)
    })?;
    let wait = pause(tries);
    let sql = const_format::formatcp!(
        "update deliveries set lease_until = 0, due_at = $5, attempts = case when attempts > $6 then $6 else attempts end \
         where workspace_id = $1 and message_id = $2 and {THEIRS}"
    );
    let most = if tried { i64::MAX } else { TRIES / 2 };
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(claim.workspace)
            .bind(claim.message)
            .bind(claim.lease)
            .bind(&keys)
            .bind(w.now.plus(wait))
            .bind(most)
            .execute(c)
    })?;
    w.commit().await?;
    Ok(())
}
