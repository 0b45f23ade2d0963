//! What a teammate chose for themselves, and what is known of them alone, kept under a name.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn, Write};

/// What a teammate chose, if they chose anything that can still be read.
pub async fn setting<T: DeserializeOwned>(
    c: &mut Conn,
    workspace: WorkspaceId,
    teammate: TeammateId,
    name: &str,
) -> Result<Option<T>, Error> {
    let text = kept(c, workspace, teammate, name).await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Keeps what the actor chose; `None` goes back to the start.
pub async fn set_setting<T: Serialize>(
    w: &mut Write<'_>,
    name: &str,
    value: Option<&T>,
) -> Result<(), Error> {
    let Some(value) = value else { return let_go(w, w.actor, name).await.map(|_| ()) };
    let value = serde_json::to_string(value).map_err(|_| Error::Internal)?;
    keep(w, w.actor, name, &value).await
}

/// The text that is kept of a teammate under a name.
pub(super) async fn kept(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: TeammateId,
    name: &str,
) -> Result<Option<String>, Error> {
    let sql = "select value from teammate_settings where workspace_id = $1 and teammate_id = $2 and name = $3";
    let found: Option<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql).bind(workspace).bind(id).bind(name).fetch_optional(x)
    })?;
    Ok(found.map(|(value,)| value))
}

/// Keeps a text under a name, in the place of the one before.
pub(super) async fn keep(
    w: &mut Write<'_>,
    id: TeammateId,
    name: &str,
    value: &str,
) -> Result<(), Error> {
    let sql = "insert into teammate_settings (workspace_id, teammate_id, name, value) values ($1, $2, $3, $4) \
               on conflict (workspace_id, teammate_id, name) do update set value = excluded.value";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(name).bind(value).execute(c)
    })?;
    Ok(())
}

/// Keeps nothing under a name any more; answers whether something was.
pub(super) async fn let_go(
    w: &mut Write<'_>,
    id: TeammateId,
    name: &str,
) -> Result<Changed, Error> {
    let sql =
        "delete from teammate_settings where workspace_id = $1 and teammate_id = $2 and name = $3";
    run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).bind(name).execute(c))
}
