//! A teammate's own password.

use serde_json::json;

use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::server::secret;
use crate::server::state::AppState;

/// Changes a password; every session but the one with this token ends.
///
/// # Errors
/// [`Error::Invalid`] for a wrong current password or a new one under 10 characters; [`Error::TooMany`] after many attempts.
pub async fn change_password(
    app: &AppState,
    workspace: WorkspaceId,
    id: TeammateId,
    current: &str,
    new: &str,
    token: &str,
) -> Result<(), Error> {
    app.sign_ins.check_key(&format!("password of {id}")).map_err(|_| Error::TooMany)?;
    if !(10..=1000).contains(&new.chars().count()) {
        return Err(Error::invalid("new_password", "use at least 10 characters"));
    }
    let sql = "select password_hash from teammates where workspace_id = $1 and id = $2 and removed_at = 0";
    let found: Option<(String,)> = {
        let mut c = app.db.read().await?;
        run!(c, |x| {
            sqlx::query_as::<_, (String,)>(sql).bind(workspace).bind(id).fetch_optional(x)
        })?
    };
    let (hash,) = found.ok_or(Error::NotFound)?;
    let (current, new) = (current.to_owned(), new.to_owned());
    let hashed = tokio::task::spawn_blocking(move || {
        secret::verify_password(&current, &hash).then(|| secret::hash_password(&new))
    });
    let hashed = hashed.await.map_err(|_| Error::Internal)?;
    let hash = hashed
        .ok_or_else(|| Error::invalid("current_password", "this is not your current password"))??;
    let mut w = Write::begin(app, workspace, id).await?;
    let set = "update teammates set password_hash = $3 where workspace_id = $1 and id = $2";
    let _: Changed =
        run!(w.conn, |c| { sqlx::query(set).bind(workspace).bind(id).bind(&hash).execute(c) })?;
    end_others(&mut w, id, token).await?;
    let at = w.now;
    w.log(Entry::of_workspace("password_changed", at, json!({ "teammate": id })));
    w.commit().await?;
    Ok(())
}

/// Ends every session of a teammate but the one with this token.
pub async fn end_others(w: &mut Write<'_>, id: TeammateId, token: &str) -> Result<(), Error> {
    let sql = "delete from teammate_sessions where workspace_id = $1 and teammate_id = $2 and token_hash <> $3";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(secret::hash(token)).execute(c)
    })?;
    Ok(())
}
