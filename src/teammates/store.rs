//! Signing in by a password, and the names of who works here.

use super::{second, sessions};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::server::buckets::take;
use crate::server::db::Conn;
use crate::server::secret;
use crate::server::state::AppState;

/// What a right password opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entered {
    /// A session: the token for its cookie.
    Session(String),
    /// The second step, which asks for a code: the token of what is begun, for a cookie of its own.
    SecondStep(String),
}

/// Checks a password and opens a session, or the second step where the teammate has one. `agent` is what the browser
/// calls itself. An address without an account takes as long and says the same as a wrong password.
///
/// # Errors
/// [`Error::Invalid`] when the two do not fit; [`Error::TooMany`] after many attempts at one address.
pub async fn enter(
    app: &AppState,
    email: &str,
    password: &str,
    agent: &str,
) -> Result<Entered, Error> {
    let key = email.trim().to_lowercase();
    // Anyone may name any address, of any length: what is remembered of it is short, and not for ever.
    if !take(&app.sign_ins, secret::hash(&key)) {
        return Err(Error::TooMany);
    }
    type Row = (WorkspaceId, TeammateId, String, String);
    let found: Option<Row> = {
        let sql = "select workspace_id, id, password_hash, coalesce(totp_secret, '') from teammates \
                   where email_key = $1 and removed_at = 0";
        let mut c = app.db.read().await?;
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(&key).fetch_optional(x))?
    };
    let (hash, password) = (found.as_ref().map(|f| f.2.clone()), password.to_owned());
    let fits = tokio::task::spawn_blocking(move || match hash {
        Some(hash) => secret::verify_password(&password, &hash),
        None => secret::hash_password(&password).is_err(),
    });
    let fits = fits.await.map_err(|_| Error::Internal)?;
    let Some((workspace, teammate, _, totp)) = found.filter(|_| fits) else {
        return Err(Error::invalid("password", "the e-mail address and the password do not fit"));
    };
    if !totp.is_empty() {
        return second::begin(app, workspace, teammate).await.map(Entered::SecondStep);
    }
    let mut c = app.db.begin().await?;
    let token = sessions::open(&mut c, app, workspace, teammate, agent).await?;
    c.commit().await?;
    Ok(Entered::Session(token))
}

/// Signs in where the password alone is enough; answers the token for the cookie.
///
/// # Errors
/// As [`enter`]; [`Error::Unauthorized`] for a teammate with a second step.
pub async fn sign_in(app: &AppState, email: &str, password: &str) -> Result<String, Error> {
    match enter(app, email, password, "").await? {
        Entered::Session(token) => Ok(token),
        Entered::SecondStep(_) => Err(Error::Unauthorized),
    }
}

/// The name of one of these teammates.
pub fn name_in(names: &[(TeammateId, String)], id: TeammateId) -> Option<String> {
    names.iter().find(|(known, _)| *known == id).map(|(_, name)| name.clone())
}

/// The teammates of a workspace by name, who work here now.
pub async fn names(
    c: &mut Conn,
    workspace: WorkspaceId,
) -> Result<Vec<(TeammateId, String)>, Error> {
    let sql = "select id, name from teammates where workspace_id = $1 and removed_at = 0 order by name, id";
    run!(c, |x| sqlx::query_as::<_, (TeammateId, String)>(sql).bind(workspace).fetch_all(x))
}
