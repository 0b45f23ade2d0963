//! What waited until a person is there.

use super::say::say;
use super::{Held, LEASE};
use crate::error::Error;
use crate::id::{ContactId, MessageId, TeammateId, WorkspaceId};
use crate::outbound::terms::Terms;
use crate::run;
use crate::server::db::{Conn, Write};
use crate::server::state::AppState;
use crate::time::Time;

/// Says to a person whatever waited until they are there. Answers whether anything did.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn arrive(
    app: &AppState,
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
    // Nothing is written yet, so that others who are sending can be waited for.
    let terms = Terms::hold(&mut w).await?;
    take_all(&mut w, &terms, contact, &waits).await?;
    w.commit().await?;
    Ok(true)
}

/// Says to a person whatever waited until they are there, in the transaction in which they come: before it notes the
/// visit, so that rules which ask when they were last seen are judged as it was before.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn greet(w: &mut Write<'_>, contact: ContactId) -> Result<(), Error> {
    let waits = waiting(&mut w.conn, w.workspace, contact, w.now).await?;
    if waits.is_empty() {
        return Ok(());
    }
    // Where others are sending, it comes with the next sign of life: whoever looks at a page gives one every now and then.
    let Some(terms) = Terms::hold_at_once(w).await? else { return Ok(()) };
    take_all(w, &terms, contact, &waits).await
}

/// What was under way when a server died is not among it: that goes alone, and not while a page waits for its answer.
async fn waiting(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
    now: Time,
) -> Result<Vec<(MessageId,)>, Error> {
    let sql = "select distinct d.message_id from deliveries d join messages m on m.workspace_id = d.workspace_id and m.id = d.message_id \
               and m.state = 'running' and m.channel in ('chat', 'post') and m.starts_at <= $3 and (m.stops_at = 0 or m.stops_at > $3) \
               where d.workspace_id = $1 and d.contact_id = $2 and d.state = 'waiting' and d.lease_until = 0 and d.held_until <= $3 \
               order by d.message_id";
    run!(c, |x| {
        sqlx::query_as::<_, (MessageId,)>(sql).bind(workspace).bind(contact).bind(now).fetch_all(x)
    })
}

async fn take_all(
    w: &mut Write<'_>,
    terms: &Terms,
    contact: ContactId,
    waits: &[(MessageId,)],
) -> Result<(), Error> {
    let (workspace, now) = (w.workspace, w.now);
    for (message,) in waits.iter().copied() {
        let take = "update deliveries set lease_until = $4 where workspace_id = $1 and message_id = $2 \
                    and contact_id = $3 and state = 'waiting' and lease_until = 0 and held_until <= $5 \
                    returning contact_id, company_id, run, attempts, paced_at";
        let rows: Vec<Held> = run!(w.conn, |c| {
            sqlx::query_as::<_, Held>(take)
                .bind(workspace)
                .bind(message)
                .bind(contact)
                .bind(now.plus(LEASE))
                .bind(now)
                .fetch_all(c)
        })?;
        if !rows.is_empty() {
            say(w, terms, message, &rows).await?;
        }
    }
    Ok(())
}
