//! Another password for a teammate who cannot sign in, given at the server's command line.

use serde_json::json;

use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::server::secret;
use crate::server::state::AppState;

/// Gives the teammate with this address another password; answers how many sessions of theirs ended. Links that would
/// set a password end too. `without_totp` switches off the codes of an authenticator.
///
/// # Errors
/// [`Error::Invalid`] for an address without an account, and for a password under 10 characters.
pub async fn reset_password(
    app: &AppState,
    email: &str,
    password: &str,
    without_totp: bool,
) -> Result<u64, Error> {
    if !(10..=1000).contains(&password.chars().count()) {
        return Err(Error::invalid("password", "use at least 10 characters"));
    }
    let sql =
        "select workspace_id, id, name from teammates where email_key = $1 and removed_at = 0";
    type Found = (WorkspaceId, TeammateId, String);
    let found: Option<Found> = {
        let mut c = app.db.read().await?;
        let key = email.trim().to_lowercase();
        run!(c, |x| sqlx::query_as::<_, Found>(sql).bind(&key).fetch_optional(x))?
    };
    let unknown = || Error::invalid("email", "nobody has an account with this address");
    let (workspace, id, name) = found.ok_or_else(unknown)?;
    let password = password.to_owned();
    let hashed = tokio::task::spawn_blocking(move || secret::hash_password(&password));
    let hash = hashed.await.map_err(|_| Error::Internal)??;
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    let set = "update teammates set password_hash = $3 where workspace_id = $1 and id = $2";
    let _: Changed =
        run!(w.conn, |c| sqlx::query(set).bind(workspace).bind(id).bind(&hash).execute(c))?;
    let links = "delete from password_resets where workspace_id = $1 and teammate_id = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(links).bind(workspace).bind(id).execute(c))?;
    if without_totp {
        let off = "update teammates set totp_secret = null, totp_step = 0 where workspace_id = $1 and id = $2";
        let _: Changed = run!(w.conn, |c| sqlx::query(off).bind(workspace).bind(id).execute(c))?;
    }
    let end = "delete from teammate_sessions where workspace_id = $1 and teammate_id = $2";
    let ended: Changed = run!(w.conn, |c| sqlx::query(end).bind(workspace).bind(id).execute(c))?;
    let at = w.now;
    let data = json!({ "teammate": id, "name": name, "without_totp": without_totp });
    w.log(Entry::of_workspace("password_reset", at, data));
    w.commit().await?;
    Ok(ended.0)
}
