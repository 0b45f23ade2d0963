//! Where the Messenger's settings are kept, with what its pages need of the workspace.

use serde_json::json;

use super::Settings;
use crate::audit::Action;
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::run;
use crate::server::db::{Conn, Entry, Write};
use crate::time::Time;
use crate::workspace::{self, identity_secrets};

/// Under which name they are kept.
const SETTING: &str = "messenger";

/// A workspace as its Messenger sees it.
#[derive(Debug, Clone)]
pub struct Place {
    /// Which.
    pub workspace: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Its Messenger's settings.
    pub settings: Settings,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: WorkspaceId,
    name: String,
    value: Option<String>,
}

/// The workspace of an `app_id`.
pub async fn place(c: &mut Conn, app_id: &str) -> Result<Option<Place>, Error> {
    let sql = "select w.id, w.name, s.value from workspaces w left join workspace_settings s \
               on s.workspace_id = w.id and s.name = 'messenger' where w.app_id = $1";
    let row: Option<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(app_id).fetch_optional(x))?;
    Ok(row.map(|r| Place { workspace: r.id, name: r.name, settings: read(r.value.as_deref()) }))
}

/// Settings from the text that is kept; what it does not say is as at first.
pub(super) fn read(text: Option<&str>) -> Settings {
    text.and_then(|t| serde_json::from_str(t).ok()).unwrap_or_default()
}

/// A workspace's settings.
pub async fn settings(c: &mut Conn, workspace: WorkspaceId) -> Result<Settings, Error> {
    Ok(workspace::setting(c, workspace, SETTING).await?.unwrap_or_default())
}

/// Keeps settings; the log says so.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn save(w: &mut Write<'_>, settings: &Settings) -> Result<(), Error> {
    workspace::set_setting(w, SETTING, settings).await?;
    let data = json!({ "setting": SETTING, "require_identity": settings.require_identity });
    w.log(Entry::of_workspace(Action::MessengerChanged, w.now, data));
    Ok(())
}

/// The secrets that prove who somebody is, the newest first; the one before it while it is good.
pub async fn secrets(
    c: &mut Conn,
    workspace: WorkspaceId,
    now: Time,
) -> Result<Vec<String>, Error> {
    let all = identity_secrets(c, workspace, now).await?;
    // An empty one would let anybody sign.
    Ok(all.into_iter().filter(|secret| !secret.is_empty()).collect())
}
