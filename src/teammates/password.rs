//! A teammate's own password.

use serde_json::json;

use super::{end_others, second};
use crate::audit::Action;
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
    check(new)?;
    confirm(app, workspace, id, current).await?;
    let hash = hashed(new).await?;
    let mut w = Write::begin(app, workspace, id).await?;
    set(&mut w, id, &hash).await?;
    end_others(&mut w, id, token).await?;
    let at = w.now;
    w.log(Entry::of_workspace(Action::PasswordChanged, at, json!({ "teammate": id })));
    w.commit().await?;
    Ok(())
}

/// Makes sure that it is the teammate who asks, by their password.
///
/// # Errors
/// [`Error::Invalid`] for another password; [`Error::TooMany`] after many attempts.
pub async fn confirm(
    app: &AppState,
    workspace: WorkspaceId,
    id: TeammateId,
    password: &str,
) -> Result<(), Error> {
    app.sign_ins.check_key(&format!("password of {id}")).map_err(|_| Error::TooMany)?;
    let sql = "select password_hash from teammates where workspace_id = $1 and id = $2 and removed_at = 0";
    let found: Option<(String,)> = {
        let mut c = app.db.read().await?;
        run!(c, |x| {
            sqlx::query_as::<_, (String,)>(sql).bind(workspace).bind(id).fetch_optional(x)
        })?
    };
    let (hash,) = found.ok_or(Error::NotFound)?;
    let password = password.to_owned();
    let fits = tokio::task::spawn_blocking(move || secret::verify_password(&password, &hash));
    if fits.await.map_err(|_| Error::Internal)? {
        return Ok(());
    }
    Err(Error::invalid("current_password", "this is not your current password"))
}

/// Whether a password may be one.
///
/// # Errors
/// [`Error::Invalid`] under 10 and over 1,000 characters.
pub(super) fn check(new: &str) -> Result<(), Error> {
    if (10..=1000).contains(&new.chars().count()) {
        return Ok(());
    }
    Err(Error::invalid("new_password", "use at least 10 characters"))
}

/// The hash of a password, made off the async threads.
pub(super) async fn hashed(new: &str) -> Result<String, Error> {
    let new = new.to_owned();
    let hash = tokio::task::spawn_blocking(move || secret::hash_password(&new));
    hash.await.map_err(|_| Error::Internal)?
}

/// Keeps the hash of a new password; second steps that the old one began end.
pub(super) async fn set(w: &mut Write<'_>, id: TeammateId, hash: &str) -> Result<(), Error> {
    let sql = "update teammates set password_hash = $3 where workspace_id = $1 and id = $2";
    let _: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).bind(hash).execute(c))?;
    second::end_begun(w, id).await
}
