//! Sign-in by password, and sessions kept in the database.

use super::{Role, Viewer};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn};
use crate::server::secret;
use crate::server::state::AppState;
use crate::time::Time;

/// How long a session lasts, in milliseconds: 30 days.
pub const SESSION: i64 = 30 * 24 * 60 * 60 * 1000;

/// Checks a password and opens a session; answers the token for the cookie.
/// An address without an account takes as long and says the same as a wrong password.
///
/// # Errors
/// [`Error::Invalid`] when the two do not fit; [`Error::TooMany`] after many attempts at one address.
pub async fn sign_in(app: &AppState, email: &str, password: &str) -> Result<String, Error> {
    let key = email.trim().to_lowercase();
    app.sign_ins.check_key(&key).map_err(|_| Error::TooMany)?;
    let found: Option<(WorkspaceId, TeammateId, String)> = {
        let sql = "select workspace_id, id, password_hash from teammates where email_key = $1";
        let mut c = app.db.read().await?;
        run!(c, |x| sqlx::query_as::<_, (WorkspaceId, TeammateId, String)>(sql)
            .bind(&key)
            .fetch_optional(x))?
    };
    let (hash, password) = (found.as_ref().map(|f| f.2.clone()), password.to_owned());
    let fits = tokio::task::spawn_blocking(move || match hash {
        Some(hash) => secret::verify_password(&password, &hash),
        None => secret::hash_password(&password).is_err(),
    });
    let fits = fits.await.map_err(|_| Error::Internal)?;
    let Some((workspace, teammate, _)) = found.filter(|_| fits) else {
        return Err(Error::invalid("password", "the e-mail address and the password do not fit"));
    };
    let (token, now) = (secret::random(""), app.clock.now());
    let sql = "insert into teammate_sessions (token_hash, workspace_id, teammate_id, created_at, expires_at) \
               values ($1, $2, $3, $4, $5)";
    let mut c = app.db.begin().await?;
    let _: Changed = run!(c, |x| {
        sqlx::query(sql)
            .bind(secret::hash(&token))
            .bind(workspace)
            .bind(teammate)
            .bind(now)
            .bind(now.plus(SESSION))
            .execute(x)
    })?;
    c.commit().await?;
    Ok(token)
}

/// The teammates of a workspace by name, who work here now.
pub async fn names(
    c: &mut Conn,
    workspace: WorkspaceId,
) -> Result<Vec<(TeammateId, String)>, Error> {
    let sql = "select id, name from teammates where workspace_id = $1 and removed_at = 0 order by name, id";
    run!(c, |x| sqlx::query_as::<_, (TeammateId, String)>(sql).bind(workspace).fetch_all(x))
}

/// Ends a session; an unknown one is ended already.
pub async fn sign_out(app: &AppState, token: &str) -> Result<(), Error> {
    let sql = "delete from teammate_sessions where token_hash = $1";
    let mut c = app.db.begin().await?;
    let _: Changed = run!(c, |x| sqlx::query(sql).bind(secret::hash(token)).execute(x))?;
    c.commit().await
}

#[derive(sqlx::FromRow)]
struct Row {
    workspace_id: WorkspaceId,
    workspace_name: String,
    time_zone: String,
    id: TeammateId,
    name: String,
    email: String,
    role: String,
    expires_at: Time,
}

/// The teammate whose session this is, unless it has ended.
pub async fn viewer_of(app: &AppState, token: &str) -> Result<Option<Viewer>, Error> {
    let sql = "select t.workspace_id, w.name as workspace_name, w.time_zone, t.id, t.name, t.email, t.role, s.expires_at \
               from teammate_sessions s \
               join teammates t on t.workspace_id = s.workspace_id and t.id = s.teammate_id \
               join workspaces w on w.id = s.workspace_id where s.token_hash = $1";
    let mut c = app.db.read().await?;
    let row: Option<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(secret::hash(token)).fetch_optional(x))?;
    Ok(row.filter(|r| r.expires_at > app.clock.now()).map(|r| Viewer {
        workspace: r.workspace_id,
        workspace_name: r.workspace_name,
        time_zone: r.time_zone,
        id: r.id,
        name: r.name,
        email: r.email,
        role: if r.role == "admin" { Role::Admin } else { Role::Agent },
    }))
}
