//! What is due of messages that do not run is put aside, so that who looks for what goes out does not pass all of it each time.

use super::NEVER;
use crate::error::Error;
use crate::id::{MessageId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::server::state::AppState;

/// How many are put aside or brought back at a time.
const SOME: i64 = 500;

/// Puts aside some of what is due of a message that is paused or over.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn put_aside(
    app: &AppState,
    workspace: WorkspaceId,
    message: MessageId,
) -> Result<(), Error> {
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    // Whoever has it go on meanwhile has it brought back.
    let sql = "update deliveries set due_at = $4 where workspace_id = $1 and message_id = $2 and state = 'waiting' and due_at <= $3 \
               and exists (select 1 from messages m where m.workspace_id = $1 and m.id = $2 and m.state <> 'running') \
               and (contact_id, company_id, run) in (select contact_id, company_id, run from deliveries where state = 'waiting' \
               and due_at <= $3 and workspace_id between $1 and $1 and message_id between $2 and $2 order by due_at limit $5)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(workspace).bind(message).bind(w.now).bind(NEVER).bind(SOME).execute(c)
    })?;
    w.commit().await?;
    Ok(())
}

/// Brings back some of what was put aside of messages that run by now. What waits in the Messenger for its person is not aside: it waits for
/// them. Answers whether there was any.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn bring_back(app: &AppState) -> Result<bool, Error> {
    let sql = "select m.workspace_id, m.id from messages m where m.state = 'running' \
               and (m.channel = 'email' or m.whom in ('now', 'chosen')) and exists (select 1 from deliveries d \
               where d.state = 'waiting' and d.due_at = $1 and d.workspace_id = m.workspace_id and d.message_id = m.id)";
    let found: Vec<(WorkspaceId, MessageId)> = {
        let mut c = app.db.read().await?;
        run!(c, |x| {
            sqlx::query_as::<_, (WorkspaceId, MessageId)>(sql).bind(NEVER).fetch_all(x)
        })?
    };
    for (workspace, message) in &found {
        let mut w = Write::begin(app, *workspace, TeammateId(0)).await?;
        let sql = "update deliveries set due_at = $4 where workspace_id = $1 and message_id = $2 and state = 'waiting' and due_at = $3 \
                   and (contact_id, company_id, run) in (select contact_id, company_id, run from deliveries where state = 'waiting' \
                   and due_at = $3 and workspace_id = $1 and message_id = $2 limit $5)";
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(sql)
                .bind(workspace)
                .bind(message)
                .bind(NEVER)
                .bind(w.now)
                .bind(SOME)
                .execute(c)
        })?;
        w.commit().await?;
    }
    Ok(!found.is_empty())
}
