//! What waited until a person is there.
//!
//! It is written down that it is taken before anything of it is decided: what a server dies of while somebody opens a page is known by
//! that, and goes alone from then on, so that the Messenger is there for who comes back.

use std::sync::Arc;

use super::{Claim, Key, LEASE, NEVER, deliver, put_back};
use crate::error::Error;
use crate::id::{ContactId, MessageId, TeammateId, WorkspaceId};
use crate::outbound::Channel;
use crate::run;
use crate::server::db::{Changed, Conn, Write};
use crate::server::state::AppState;
use crate::time::Time;

/// Says to a person whatever waited until they are there. Answers whether anything did.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn arrive(
    app: &Arc<AppState>,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<bool, Error> {
    let now = app.clock.now();
    let waits = {
        let mut c = app.db.read().await?;
        waiting(&mut c, workspace, contact, now).await?
    };
    if waits.is_empty() {
        return Ok(false);
    }
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    let claims = expected(&mut w, contact).await?;
    w.commit().await?;
    let any = !claims.is_empty();
    greet(app, claims).await;
    Ok(any)
}

/// Takes whatever waits until a person is there, in the transaction in which they come, and before it notes the visit: once that has
/// committed [`greet`] says it. What was under way when a server died is not among it: it goes alone, and not while a page waits for
/// its answer.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn expected(w: &mut Write<'_>, contact: ContactId) -> Result<Vec<Claim>, Error> {
    let (workspace, now) = (w.workspace, w.now);
    let waits = waiting(&mut w.conn, workspace, contact, now).await?;
    if waits.is_empty() {
        return Ok(Vec::new());
    }
    let lease = w.app.db.next_id()?;
    let mut claims = Vec::new();
    for Waits { message_id: message, channel, died } in waits {
        if died == 1 {
            alone(w, message, contact).await?;
            continue;
        }
        let take = "update deliveries set lease_id = $4, lease_until = $5 where workspace_id = $1 and message_id = $2 \
                    and contact_id = $3 and state = 'waiting' and lease_until = 0 and held_until <= $6 \
                    returning contact_id, company_id, run";
        let keys: Vec<Key> = run!(w.conn, |c| {
            sqlx::query_as::<_, Key>(take)
                .bind(workspace)
                .bind(message)
                .bind(contact)
                .bind(lease)
                .bind(now.plus(LEASE))
                .bind(now)
                .fetch_all(c)
        })?;
        if !keys.is_empty() {
            let channel = Channel::from_word(&channel).ok_or(Error::Internal)?;
            claims.push(Claim { workspace, message, channel, lease, keys, alone: false });
        }
    }
    Ok(claims)
}

/// Says what was taken for a person. What fails waits for their next sign of life, a try the poorer, and costs them neither the page nor
/// what else waits. What panics is not given back: it is as what a server dies of.
pub async fn greet(app: &Arc<AppState>, claims: Vec<Claim>) {
    for claim in claims {
        let (app, message) = (app.clone(), claim.message);
        // By itself: whoever leaves the page meanwhile does not leave it taken.
        let said = tokio::spawn(async move {
            let Err(error) = deliver(&app, &claim).await else { return Ok(()) };
            tracing::error!(%error, %message, "deliveries");
            put_back(&app, &claim, true).await
        });
        match said.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, %message, "deliveries"),
            Err(_) => tracing::error!(%message, "deliveries: panicked"),
        }
    }
}

/// A message that waits for somebody.
#[derive(sqlx::FromRow)]
struct Waits {
    message_id: MessageId,
    channel: String,
    /// 1 for what was under way when a server died.
    died: i64,
}

async fn waiting(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
    now: Time,
) -> Result<Vec<Waits>, Error> {
    let sql = "select distinct d.message_id, m.channel, cast(case when d.lease_until > 0 then 1 else 0 end as bigint) as died \
               from deliveries d join messages m on m.workspace_id = d.workspace_id and m.id = d.message_id \
               and m.state = 'running' and m.channel in ('chat', 'post') and m.starts_at <= $3 and (m.stops_at = 0 or m.stops_at > $3) \
               where d.workspace_id = $1 and d.contact_id = $2 and d.state = 'waiting' and d.held_until <= $3 \
               and (d.lease_until = 0 or (d.lease_until <= $3 and d.due_at = $4)) order by d.message_id";
    run!(c, |x| {
        sqlx::query_as::<_, Waits>(sql)
            .bind(workspace)
            .bind(contact)
            .bind(now)
            .bind(NEVER)
            .fetch_all(x)
    })
}

/// Leaves what was under way when a server died to who sends: it is due from now on, one at a time.
async fn alone(w: &mut Write<'_>, message: MessageId, contact: ContactId) -> Result<(), Error> {
    let sql = "update deliveries set due_at = $4 where workspace_id = $1 and message_id = $2 and contact_id = $3 \
               and state = 'waiting' and due_at = $5 and lease_until > 0 and lease_until <= $4";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(message)
            .bind(contact)
            .bind(w.now)
            .bind(NEVER)
            .execute(c)
    })?;
    w.wake_outbound();
    Ok(())
}
