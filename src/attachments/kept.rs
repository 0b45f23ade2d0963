//! Where what a workspace decides about files is kept.

use serde_json::json;

use super::Rules;
use crate::audit::Action;
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::server::db::{Conn, Entry, Write};
use crate::workspace;

/// Under which name it is kept.
const SETTING: &str = "files";

/// What a workspace decides about files.
pub async fn rules(c: &mut Conn, workspace: WorkspaceId) -> Result<Rules, Error> {
    Ok(workspace::setting(c, workspace, SETTING).await?.unwrap_or_default())
}

/// Keeps what a workspace decides about files; the log says so. The same again changes nothing.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn save_rules(w: &mut Write<'_>, new: &Rules) -> Result<(), Error> {
    if rules(&mut w.conn, w.workspace).await? == *new {
        return Ok(());
    }
    workspace::set_setting(w, SETTING, new).await?;
    let data = json!({ "setting": SETTING, "customers": new.customers });
    w.log(Entry::of_workspace(Action::FilesChanged, w.now, data));
    Ok(())
}
