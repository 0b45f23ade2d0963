//! Where the limits are kept.

use serde_json::json;

use super::{Limits, minute_of};
use crate::audit::Action;
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::live::Topic;
use crate::outbound::Reason;
use crate::outbound::deliver::NEVER;
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};

/// A workspace's limits.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn limits(c: &mut Conn, workspace: WorkspaceId) -> Result<Limits, Error> {
    let sql = "select value from workspace_settings where workspace_id = $1 and name = 'outbound'";
    let row: Option<(String,)> =
        run!(c, |x| sqlx::query_as::<_, (String,)>(sql).bind(workspace).fetch_optional(x))?;
    Ok(Limits::read(row.as_ref().map(|(text,)| text.as_str())))
}

/// Keeps limits; the log says so. They hold at once, also for what has a place in a later minute or waits until somebody has had their
/// peace: where a limit was raised or taken away nobody waits for what it was.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn save_limits(w: &mut Write<'_>, limits: &Limits) -> Result<(), Error> {
    // Nobody gives out places by the limits of before meanwhile.
    w.sending().await?;
    let before = self::limits(&mut w.conn, w.workspace).await?;
    let text = serde_json::to_string(limits).map_err(|_| Error::Internal)?;
    let sql = "insert into workspace_settings (workspace_id, name, value) values ($1, 'outbound', $2) \
               on conflict (workspace_id, name) do update set value = excluded.value";
    let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(&text).execute(c))?;
    w.touch(Topic::Workspace);
    let data = json!({ "setting": "outbound", "minute": limits.minute, "domain": limits.domain,
        "messages": limits.messages, "days": limits.days });
    w.log(Entry::of_workspace(Action::LimitsChanged, w.now, data));
    if (before.messages, before.days) != (limits.messages, limits.days) {
        look_again(w, Reason::Quiet).await?;
    }
    if (before.minute, before.domain) != (limits.minute, limits.domain) {
        let sql = "delete from mail_minutes where workspace_id = $1 and minute > $2";
        let now = minute_of(w.now);
        let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(now).execute(c))?;
        look_again(w, Reason::Pace).await?;
    }
    Ok(())
}

/// Has whoever waits for a limit be looked at now. What has a place in this minute keeps it.
async fn look_again(w: &mut Write<'_>, why: Reason) -> Result<(), Error> {
    let sql = "update deliveries set held_until = 0, reason = '', paced_at = 0, \
               due_at = case when due_at = $3 then due_at else cast($4 as bigint) end \
               where workspace_id = $1 and state = 'waiting' and reason = $2 and held_until > $4 and message_id in \
               (select m.id from messages m where m.workspace_id = $1 and m.state in ('running', 'paused'))";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(why.word()).bind(NEVER).bind(w.now).execute(c)
    })?;
    w.touch(Topic::Messages);
    w.wake_outbound();
    Ok(())
}
