//! Sending what is due, and ending what is over, until the process stops.

use std::sync::Weak;
use std::time::Duration;

use super::deliver::{claim, deliver, put_back};
use super::run::stop;
use super::{Channel, email};
use crate::error::Error;
use crate::id::{MessageId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Write;
use crate::server::state::AppState;

/// How often to look for what has become due, and for what another process left behind.
const LOOK: Duration = Duration::from_secs(5);

/// Sends until the process stops: at once when something was added here, and every now and then.
pub async fn watch(app: Weak<AppState>) {
    let Some(mut stopping) = app.upgrade().map(|held| held.stopping.subscribe()) else { return };
    loop {
        let Some(held) = app.upgrade() else { return };
        if let Err(error) = run_due(&held).await {
            tracing::error!(%error, "outbound");
        }
        let woken = held.outbound.clone();
        drop(held);
        tokio::select! {
            () = woken.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = stopping.changed() => return,
        }
    }
}

/// Does everything that is due now, to its end.
///
/// # Errors
/// [`Error::Internal`] when the database fails; what is left is done the next time.
pub async fn run_due(app: &AppState) -> Result<(), Error> {
    for (workspace, message) in over(app).await? {
        let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
        stop(&mut w, message).await?;
        w.commit().await?;
    }
    email::lost(app).await?;
    while let Some(claim) = claim(app).await? {
        if *app.stopping.borrow() {
            return Ok(());
        }
        let done = match claim.channel {
            Channel::Chat => deliver(app, &claim).await,
            Channel::Email => email::mail(app, &claim).await,
        };
        if let Err(error) = done {
            tracing::error!(%error, message = %claim.message, "deliveries");
            put_back(app, &claim).await?;
        }
    }
    Ok(())
}

/// Messages whose end has come.
async fn over(app: &AppState) -> Result<Vec<(WorkspaceId, MessageId)>, Error> {
    let sql = "select workspace_id, id from messages where state in ('running', 'paused') and stops_at > 0 and stops_at <= $1";
    let now = app.clock.now();
    let mut c = app.db.read().await?;
    run!(c, |x| sqlx::query_as::<_, (WorkspaceId, MessageId)>(sql).bind(now).fetch_all(x))
}
