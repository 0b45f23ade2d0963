//! The second step of signing in: a code from an app (RFC 6238), or a recovery code.

use serde_json::json;

use super::codes::{self, new_code, plain, step_of};
use super::{SecondStep, Viewer, sessions, settings};
use crate::audit::Action;
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::server::secret;
use crate::server::state::AppState;
use crate::time::Time;

/// How long the second step waits for its code, in milliseconds: ten minutes.
pub const PATIENCE: i64 = 10 * 60 * 1000;
/// How many recovery codes there are.
const CODES: usize = 10;

/// Settings of a teammate: the secret until a code proves it, the hashes of the recovery codes, and, by its hash,
/// each second step that waits.
const PENDING: &str = "second_step_secret";
const RECOVERY: &str = "recovery_codes";
const WAITING: &str = "second_step:";

/// How a teammate's second step stands.
pub async fn state(c: &mut Conn, viewer: &Viewer) -> Result<SecondStep, Error> {
    let sql = "select coalesce(totp_secret, '') from teammates where workspace_id = $1 and id = $2";
    let (kept,): (String,) = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql).bind(viewer.workspace).bind(viewer.id).fetch_one(x)
    })?;
    if !kept.is_empty() {
        let kept = settings::kept(c, viewer.workspace, viewer.id, RECOVERY).await?;
        return Ok(SecondStep::On { recovery_codes: hashes(kept.as_deref()).len() as u32 });
    }
    let Some(pending) = settings::kept(c, viewer.workspace, viewer.id, PENDING).await? else {
        return Ok(SecondStep::Off);
    };
    let qr = codes::qr(&codes::totp(&pending, &viewer.email)?.get_url())?;
    Ok(SecondStep::Pending { secret: codes::spaced(&pending), qr })
}

/// Makes a secret for the teammate who writes; it counts once [`prove`] has seen a code of it.
///
/// # Errors
/// [`Error::Conflict`] where there is a second step already.
pub async fn set_up(w: &mut Write<'_>) -> Result<(), Error> {
    if known(w, w.actor).await?.is_some() {
        return Err(Error::Conflict("Two-step sign-in is on already".into()));
    }
    settings::keep(w, w.actor, PENDING, &codes::new_secret()).await
}

/// Forgets a secret that no code has proved.
pub async fn give_up(w: &mut Write<'_>) -> Result<(), Error> {
    settings::let_go(w, w.actor, PENDING).await.map(|_| ())
}

/// Switches the second step on when the code is one of the new secret; answers the recovery codes, this once.
///
/// # Errors
/// [`Error::Invalid`] for another code; [`Error::Conflict`] when no secret waits; [`Error::TooMany`].
pub async fn prove(w: &mut Write<'_>, code: &str) -> Result<Vec<String>, Error> {
    w.app.codes.check_key(&w.actor).map_err(|_| Error::TooMany)?;
    let secret = settings::kept(&mut w.conn, w.workspace, w.actor, PENDING).await?;
    let Some(secret) = secret.filter(|s| !s.is_empty()) else {
        return Err(Error::Conflict("Begin again: there is no key to prove".into()));
    };
    let step = step_of(&secret, &plain(code), w.now)?.ok_or_else(wrong)?;
    let sql = "update teammates set totp_secret = $3, totp_step = $4 where workspace_id = $1 and id = $2 and totp_secret is null";
    let set: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(w.actor).bind(&secret).bind(step).execute(c)
    })?;
    if set.0 == 0 {
        return Err(Error::Conflict("Two-step sign-in is on already".into()));
    }
    give_up(w).await?;
    let codes = new_codes(w).await?;
    log(w, Action::SecondStepOn, json!({}));
    Ok(codes)
}

/// Makes other recovery codes, answered this once; the old ones end. The caller has asked for the password.
///
/// # Errors
/// [`Error::Conflict`] where there is no second step.
pub async fn replace_codes(w: &mut Write<'_>) -> Result<Vec<String>, Error> {
    if known(w, w.actor).await?.is_none() {
        return Err(Error::Conflict("Two-step sign-in is off".into()));
    }
    let codes = new_codes(w).await?;
    log(w, Action::RecoveryCodesMade, json!({}));
    Ok(codes)
}

/// Switches a teammate's second step off. The caller has asked for the password, or is an admin.
///
/// # Errors
/// [`Error::NotFound`] for the teammate; [`Error::Conflict`] where there is no second step.
pub async fn switch_off(w: &mut Write<'_>, id: TeammateId) -> Result<(), Error> {
    let here = super::names(&mut w.conn, w.workspace).await?;
    let (_, name) = here.into_iter().find(|(known, _)| *known == id).ok_or(Error::NotFound)?;
    let sql = "update teammates set totp_secret = null where workspace_id = $1 and id = $2 and totp_secret is not null";
    let off: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).execute(c))?;
    if off.0 == 0 {
        return Err(Error::Conflict("Two-step sign-in is off already".into()));
    }
    settings::let_go(w, id, RECOVERY).await?;
    log(w, Action::SecondStepOff, json!({ "teammate": id, "name": name }));
    Ok(())
}

/// Ends every second step of a teammate that waits for a code.
pub(super) async fn end_begun(w: &mut Write<'_>, id: TeammateId) -> Result<(), Error> {
    let sql = "delete from teammate_settings where workspace_id = $1 and teammate_id = $2 and name like 'second\\_step:%' escape '\\'";
    let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).execute(c))?;
    Ok(())
}

/// Begins the second step after a right password; answers the token for its cookie.
pub(super) async fn begin(
    app: &AppState,
    workspace: WorkspaceId,
    id: TeammateId,
) -> Result<String, Error> {
    let token = secret::random("");
    let mut w = Write::begin(app, workspace, id).await?;
    let until = w.now.plus(PATIENCE).0.to_string();
    settings::keep(&mut w, id, &waiting(&token), &until).await?;
    // What was begun earlier and never ended is swept away here.
    let sql = "delete from teammate_settings where workspace_id = $1 and teammate_id = $2 and name like 'second\\_step:%' escape '\\' \
               and cast(value as bigint) < $3";
    let now = w.now;
    let _: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(workspace).bind(id).bind(now).execute(c))?;
    w.commit().await?;
    Ok(format!("{workspace}.{id}.{token}"))
}

/// Ends the second step with a code; answers the token of the session.
///
/// # Errors
/// [`Error::Invalid`] for a wrong or used code, or when the password was too long ago; [`Error::TooMany`].
pub async fn finish(app: &AppState, begun: &str, code: &str, agent: &str) -> Result<String, Error> {
    let (workspace, id, token) = parts(begun).ok_or_else(late)?;
    let mut w = Write::begin(app, workspace, id).await?;
    let until = settings::kept(&mut w.conn, workspace, id, &waiting(token)).await?;
    let until = until.and_then(|text| text.parse().ok()).map(Time);
    until.filter(|until| *until > w.now).ok_or_else(late)?;
    app.codes.check_key(&id).map_err(|_| Error::TooMany)?;
    if !take(&mut w, code).await? {
        return Err(wrong());
    }
    settings::let_go(&mut w, id, &waiting(token)).await?;
    let session = sessions::open(&mut w.conn, app, workspace, id, agent).await?;
    w.commit().await?;
    Ok(session)
}

/// Uses up a code of the app or a recovery code; answers whether it was good.
async fn take(w: &mut Write<'_>, code: &str) -> Result<bool, Error> {
    let Some(secret) = known(w, w.actor).await? else { return Ok(false) };
    let code = plain(code);
    if let Some(step) = step_of(&secret, &code, w.now)? {
        let sql = "update teammates set totp_step = $3 where workspace_id = $1 and id = $2 and totp_step < $3";
        let used: Changed = run!(w.conn, |c| {
            sqlx::query(sql).bind(w.workspace).bind(w.actor).bind(step).execute(c)
        })?;
        return Ok(used.0 == 1);
    }
    let was = settings::kept(&mut w.conn, w.workspace, w.actor, RECOVERY).await?;
    let mut left = hashes(was.as_deref());
    let Some(place) = left.iter().position(|hash| *hash == secret::hash(&code)) else {
        return Ok(false);
    };
    left.remove(place);
    let now = serde_json::to_string(&left).map_err(|_| Error::Internal)?;
    let sql = "update teammate_settings set value = $4 where workspace_id = $1 and teammate_id = $2 and name = $3 and value = $5";
    let used: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(w.actor)
            .bind(RECOVERY)
            .bind(&now)
            .bind(&was)
            .execute(c)
    })?;
    log(w, Action::RecoveryCodeUsed, json!({ "left": left.len() }));
    Ok(used.0 == 1)
}

async fn new_codes(w: &mut Write<'_>) -> Result<Vec<String>, Error> {
    let codes: Vec<String> = (0..CODES).map(|_| new_code()).collect();
    let hashes: Vec<_> = codes.iter().map(|code| secret::hash(&plain(code))).collect();
    let hashes = serde_json::to_string(&hashes).map_err(|_| Error::Internal)?;
    settings::keep(w, w.actor, RECOVERY, &hashes).await?;
    Ok(codes)
}

fn hashes(kept: Option<&str>) -> Vec<String> {
    kept.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn wrong() -> Error {
    Error::invalid("code", "this code is wrong or was used: wait for the next one")
}

fn late() -> Error {
    Error::invalid("code", "this took too long: sign in again with your password")
}

fn waiting(token: &str) -> String {
    format!("{WAITING}{}", secret::hash(token))
}

fn parts(begun: &str) -> Option<(WorkspaceId, TeammateId, &str)> {
    let mut parts = begun.splitn(3, '.');
    let workspace = parts.next()?.parse().ok()?;
    Some((workspace, parts.next()?.parse().ok()?, parts.next()?))
}

async fn known(w: &mut Write<'_>, id: TeammateId) -> Result<Option<String>, Error> {
    let sql = "select coalesce(totp_secret, '') from teammates where workspace_id = $1 and id = $2 and removed_at = 0";
    let found: Option<(String,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String,)>(sql).bind(w.workspace).bind(id).fetch_optional(c)
    })?;
    Ok(found.map(|(secret,)| secret).filter(|s| !s.is_empty()))
}

fn log(w: &mut Write<'_>, action: Action, data: serde_json::Value) {
    let at = w.now;
    w.log(Entry::of_workspace(action, at, data));
}
