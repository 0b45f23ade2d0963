//! What a workspace decided, kept under a name.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::id::WorkspaceId;
use crate::run;
use crate::server::db::{Changed, Conn, Write};

/// What a workspace decided, if it decided anything that can still be read.
pub async fn setting<T: DeserializeOwned>(
    c: &mut Conn,
    workspace: WorkspaceId,
    name: &str,
) -> Result<Option<T>, Error> {
    let sql = "select value from workspace_settings where workspace_id = $1 and name = $2";
    let found: Option<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql).bind(workspace).bind(name).fetch_optional(x)
    })?;
    Ok(found.and_then(|(text,)| serde_json::from_str(&text).ok()))
}

/// Keeps what the workspace decided; whoever calls it logs that.
pub async fn set_setting<T: Serialize>(
    w: &mut Write<'_>,
    name: &str,
    value: &T,
) -> Result<(), Error> {
    let value = serde_json::to_string(value).map_err(|_| Error::Internal)?;
    let sql = "insert into workspace_settings (workspace_id, name, value) values ($1, $2, $3) \
               on conflict (workspace_id, name) do update set value = excluded.value";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(name).bind(&value).execute(c)
    })?;
    Ok(())
}
