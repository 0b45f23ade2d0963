//! What a teammate chose for themselves, kept under a name.

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
    let sql = "select value from teammate_settings where workspace_id = $1 and teammate_id = $2 and name = $3";
    let found: Option<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql)
            .bind(workspace)
            .bind(teammate)
            .bind(name)
            .fetch_optional(x)
    })?;
    Ok(found.and_then(|(text,)| serde_json::from_str(&text).ok()))
}

/// Keeps what the actor chose; `None` goes back to the start.
pub async fn set_setting<T: Serialize>(
    w: &mut Write<'_>,
    name: &str,
    value: Option<&T>,
) -> Result<(), Error> {
    let gone =
        "delete from teammate_settings where workspace_id = $1 and teammate_id = $2 and name = $3";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(gone).bind(w.workspace).bind(w.actor).bind(name).execute(c)
    })?;
    let Some(value) = value else { return Ok(()) };
    let value = serde_json::to_string(value).map_err(|_| Error::Internal)?;
    let keep = "insert into teammate_settings (workspace_id, teammate_id, name, value) values ($1, $2, $3, $4) \
                on conflict (workspace_id, teammate_id, name) do update set value = excluded.value";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(keep).bind(w.workspace).bind(w.actor).bind(name).bind(&value).execute(c)
    })?;
    Ok(())
}
