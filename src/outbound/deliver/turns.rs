//! Whose turn it is: messages that have something due go out a round each, one after the other, so that none waits for all of another.

use super::{Claim, Key, LEASE, TRIES, finish, listed, pause};
use crate::error::Error;
use crate::id::{MessageId, TeammateId, WorkspaceId};
use crate::outbound::{Channel, Lane, Reason, Stage};
use crate::run;
use crate::server::db::Write;
use crate::server::state::AppState;
use crate::time::Time;

/// How many are taken at once.
const TAKEN: i64 = 200;
/// How many e-mails are taken at once for each connection to the mail server: all of them are handed over within the lease.
const LETTERS: i64 = 5;

/// Where the round of one way out stands.
#[derive(Debug)]
pub struct Turns {
    lane: Lane,
    /// The message that had its turn last.
    last: (WorkspaceId, MessageId),
    /// Whether this time around what became due last goes first, and not what is due for longest: so who was just tagged is not
    /// behind all whom the same message is for either.
    newest: bool,
}

/// What is due of a message and nobody has, the first of it. What was taken by a program that died is among it.
macro_rules! due {
    ($order:literal) => {
        concat!(
            "select contact_id, company_id, run, attempts, lease_until from deliveries where workspace_id = $1 and message_id = $2 \
             and state = 'waiting' and due_at <= $3 and lease_until <= $3 order by due_at ", $order, " limit $4"
        )
    };
}

/// Takes some of what was found. Of two who take at once the second looks again and finds them taken. To be taken with others is no
/// try; what goes alone is tried and rests, so that whoever dies of it again comes to the others before it.
const TAKE: &str = "update deliveries set lease_id = $4, lease_until = $5, attempts = attempts + $7, \
                    due_at = case when $7 > 0 then $8 else due_at end where workspace_id = $1 and message_id = $2 \
                    and state = 'waiting' and lease_until <= $3 and due_at <= $3 and (contact_id, company_id, run) in \
                    (select cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint) from json_each($6)) \
                    returning contact_id, company_id, run";

/// A delivery that is due.
#[derive(sqlx::FromRow)]
struct Due {
    #[sqlx(flatten)]
    key: Key,
    attempts: i64,
    /// Not 0 for one that was taken and never came to an end: whoever had it died, perhaps of it.
    lease_until: Time,
}

impl Turns {
    /// A round that begins.
    pub const fn of(lane: Lane) -> Self {
        Self { lane, last: (WorkspaceId(0), MessageId(0)), newest: false }
    }

    /// Takes some of what is due of the message whose turn it is; `None` where nothing is due of any that runs.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn next(&mut self, app: &AppState) -> Result<Option<Claim>, Error> {
        if self.lane == Lane::Mail && app.mail.is_none() {
            return Ok(None);
        }
        let mut found = self.after(app).await?;
        if found.is_none() && self.last.1.0 > 0 {
            // All had theirs: the next round, from the other end of each.
            *self = Self { newest: !self.newest, ..Self::of(self.lane) };
            found = self.after(app).await?;
        }
        let Some((workspace, message, channel)) = found else { return Ok(None) };
        self.last = (workspace, message);
        let channel = Channel::from_word(&channel).ok_or(Error::Internal)?;
        let most = match (channel, &app.mail) {
            (Channel::Email, Some(mail)) => LETTERS * mail.connections() as i64,
            _ => TAKEN,
        };
        let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
        let lease = app.db.next_id()?;
        let (keys, alone) = self.take(&mut w, message, lease, most).await?;
        w.commit().await?;
        Ok(Some(Claim { workspace, message, channel, lease, keys, alone }))
    }

    /// Takes some of a message: those that were never under way together; one that was when a server died, alone. One that was alone
    /// with the server that died as often as anything is tried is given up: nobody else is to wait for it. Answers too whether it goes alone.
    async fn take(
        &self,
        w: &mut Write<'_>,
        message: MessageId,
        lease: i64,
        most: i64,
    ) -> Result<(Vec<Key>, bool), Error> {
        let sql = if self.newest { due!("desc") } else { due!("asc") };
        let (workspace, now) = (w.workspace, w.now);
        let found: Vec<Due> = run!(w.conn, |c| {
            sqlx::query_as::<_, Due>(sql)
                .bind(workspace)
                .bind(message)
                .bind(now)
                .bind(most)
                .fetch_all(c)
        })?;
        let suspect = found.iter().find(|one| one.lease_until.0 > 0);
        if let Some(given_up) = suspect.filter(|one| one.attempts >= TRIES) {
            let done = (given_up.key, Stage::Failed, Some(Reason::Killed), 0);
            finish(w, message, &[done]).await?;
            return Ok((Vec::new(), false));
        }
        let keys = match suspect {
            Some(alone) => listed([alone.key])?,
            None => listed(found.iter().map(|one| one.key))?,
        };
        let tried = suspect.map_or(0, |one| one.attempts + 1);
        let taken: Vec<Key> = run!(w.conn, |c| {
            sqlx::query_as::<_, Key>(TAKE)
                .bind(workspace)
                .bind(message)
                .bind(now)
                .bind(lease)
                .bind(now.plus(LEASE))
                .bind(&keys)
                .bind(tried.min(1))
                .bind(now.plus(pause(tried)))
                .fetch_all(c)
        })?;
        Ok((taken, suspect.is_some()))
    }

    /// The next message that runs and has something due. What is due is asked of each message in the order of its index, the first of it
    /// alone: however much waits elsewhere, of a message that is paused for instance, is not passed.
    async fn after(
        &self,
        app: &AppState,
    ) -> Result<Option<(WorkspaceId, MessageId, String)>, Error> {
        let sql = "select m.workspace_id, m.id, m.channel from messages m \
                   where m.state in ('running', 'paused') and m.state = 'running' and m.starts_at <= $1 and (m.stops_at = 0 or m.stops_at > $1) \
                   and case when m.channel = 'email' then 1 else 0 end = $2 and (m.workspace_id, m.id) > ($3, $4) \
                   and (select d.due_at from deliveries d where d.workspace_id = m.workspace_id and d.message_id = m.id \
                   and d.state = 'waiting' and d.due_at <= $1 and d.lease_until <= $1 order by d.due_at limit 1) is not null \
                   order by m.workspace_id, m.id limit 1";
        type Found = (WorkspaceId, MessageId, String);
        let mut c = app.db.read().await?;
        run!(c, |x| {
            sqlx::query_as::<_, Found>(sql)
                .bind(app.clock.now())
                .bind(i64::from(self.lane == Lane::Mail))
                .bind(self.last.0)
                .bind(self.last.1)
                .fetch_optional(x)
        })
    }
}

/// Takes what is due of one message, whichever way it goes; `None` where nothing is due anywhere.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn claim(app: &AppState) -> Result<Option<Claim>, Error> {
    match Turns::of(Lane::Messenger).next(app).await? {
        Some(claim) => Ok(Some(claim)),
        None => Turns::of(Lane::Mail).next(app).await,
    }
}
