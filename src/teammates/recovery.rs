//! Another password for a teammate who cannot sign in, given at the server's command line.

use serde_json::json;

use super::{password, second};
use crate::audit::Action;
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::server::state::AppState;

/// Gives the teammate with this address another password; answers how many sessions of theirs ended. Links that would
/// set a password end too. `without_totp` also switches their second step off.
///
/// # Errors
/// [`Error::Invalid`] for an address without an account, and for a password that [`password::check`] refuses.
pub async fn reset_password(
    app: &AppState,
    email: &str,
    new: &str,
    without_totp: bool,
) -> Result<u64, Error> {
    password::check(new)?;
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
    let hash = password::hashed(new).await?;
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    password::set(&mut w, id, &hash).await?;
    let links = "delete from password_resets where workspace_id = $1 and teammate_id = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(links).bind(workspace).bind(id).execute(c))?;
    if without_totp {
        match second::switch_off(&mut w, id).await {
            // It was off already.
            Ok(()) | Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let end = "delete from teammate_sessions where workspace_id = $1 and teammate_id = $2";
    let ended: Changed = run!(w.conn, |c| sqlx::query(end).bind(workspace).bind(id).execute(c))?;
    let at = w.now;
    w.log(Entry::of_workspace(Action::PasswordReset, at, json!({ "teammate": id, "name": name })));
    w.commit().await?;
    Ok(ended.0)
}
