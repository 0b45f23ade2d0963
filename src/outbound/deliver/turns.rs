//! Whose turn it is: messages that have something due go out a round each, one after the other, so that none waits for all of another.

use super::{Claim, Key, LEASE};
use crate::error::Error;
use crate::id::{MessageId, TeammateId, WorkspaceId};
use crate::outbound::{Channel, Lane};
use crate::run;
use crate::server::db::Write;
use crate::server::state::AppState;

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

/// The statement that takes some of a message. The conditions are said twice, so that of two who take at once the second looks again. To take is
/// no try yet: who is killed before they came to any leaves as many as there were.
macro_rules! take {
    ($order:literal) => {
        concat!(
            "update deliveries set lease_id = $4, lease_until = $5 where workspace_id = $1 and message_id = $2 \
             and state = 'waiting' and lease_until <= $3 and due_at <= $3 and (contact_id, company_id, run) in \
             (select contact_id, company_id, run from deliveries where workspace_id = $1 and message_id = $2 \
             and state = 'waiting' and due_at <= $3 and lease_until <= $3 order by due_at ", $order, " limit $6) \
             returning contact_id, company_id, run"
        )
    };
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
        let sql = if self.newest { take!("desc") } else { take!("asc") };
        let keys: Vec<Key> = run!(w.conn, |c| {
            sqlx::query_as::<_, Key>(sql)
                .bind(workspace)
                .bind(message)
                .bind(w.now)
                .bind(lease)
                .bind(w.now.plus(LEASE))
                .bind(most)
                .fetch_all(c)
        })?;
        w.commit().await?;
        Ok(Some(Claim { workspace, message, channel, lease, keys }))
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
