//! Where the limits are kept.

use serde_json::json;

use super::Limits;
use crate::audit::Action;
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::live::Topic;
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

/// Keeps limits; the log says so. What has a place in a later minute, or waits until somebody has had their peace, is looked
/// at again then, by the limits of that time.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn save_limits(w: &mut Write<'_>, limits: &Limits) -> Result<(), Error> {
    let text = serde_json::to_string(limits).map_err(|_| Error::Internal)?;
    let sql = "insert into workspace_settings (workspace_id, name, value) values ($1, 'outbound', $2) \
               on conflict (workspace_id, name) do update set value = excluded.value";
    let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(&text).execute(c))?;
    w.touch(Topic::Workspace);
    let data = json!({ "setting": "outbound", "minute": limits.minute, "domain": limits.domain,
        "messages": limits.messages, "days": limits.days });
    w.log(Entry::of_workspace(Action::LimitsChanged, w.now, data));
    Ok(())
}
