//! Opening conversations that were put off, when their time has come.

use std::sync::Weak;
use std::time::Duration;

use super::states;
use crate::error::Error;
use crate::id::{ConversationId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Write;
use crate::server::looks::Looks;
use crate::server::state::AppState;

/// How often to look, which is how late one may wake.
const LOOK: Duration = Duration::from_secs(5);
/// How many one look takes.
const STEP: i64 = 500;

/// Opens those that are due until the process stops.
pub async fn watch(app: Weak<AppState>) {
    let mut looks = Looks::every(LOOK, app);
    while let Some(app) = looks.next().await {
        if let Err(error) = wake_due(&app).await {
            tracing::error!(%error, "waking conversations");
        }
    }
}

/// Opens every conversation whose time has come; answers how many. Several processes may look at once: the one that
/// finds a conversation open already leaves it.
///
/// # Errors
/// [`Error::Internal`] when the database fails; the next look goes on.
pub async fn wake_due(app: &AppState) -> Result<usize, Error> {
    let mut woken = 0;
    loop {
        let due = due(app).await?;
        for group in due.chunk_by(|a, b| a.0 == b.0) {
            let Some((workspace, _)) = group.first().copied() else { continue };
            let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
            let mut ids: Vec<_> = group.iter().map(|(_, id)| *id).collect();
            // In one order everywhere, so that two processes never wait for each other.
            ids.sort_unstable();
            for id in ids {
                let moved = states::wake(&mut w, id).await?;
                woken += usize::from(moved);
            }
            w.commit().await?;
        }
        if (due.len() as i64) < STEP {
            return Ok(woken);
        }
    }
}

async fn due(app: &AppState) -> Result<Vec<(WorkspaceId, ConversationId)>, Error> {
    let sql = "select workspace_id, id from conversations where state = 'snoozed' and snoozed_until > 0 and snoozed_until <= $1 \
               order by snoozed_until, workspace_id, id limit $2";
    let mut c = app.db.read().await?;
    let mut rows: Vec<(WorkspaceId, ConversationId)> = run!(c, |x| {
        sqlx::query_as::<_, (WorkspaceId, ConversationId)>(sql)
            .bind(app.clock.now())
            .bind(STEP)
            .fetch_all(x)
    })?;
    rows.sort_unstable();
    Ok(rows)
}
