//! A forgotten password: a link by mail that sets another one, once, within an hour.

use std::sync::Arc;

use serde_json::json;

use super::password;
use crate::audit::Action;
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::server::buckets::take;
use crate::server::db::{Changed, Entry, Write};
use crate::server::mail::Letter;
use crate::server::secret;
use crate::server::state::AppState;

/// How long a link works, in milliseconds: one hour.
const VALID: i64 = 60 * 60 * 1000;

/// Sends a link to the address if it has an account. Everything that differs happens after this has answered, so that
/// neither the answer nor its time tells whether there is one.
///
/// # Errors
/// [`Error::Conflict`] where no mail can be sent; [`Error::TooMany`] after many requests for one address.
pub fn forgot(app: &Arc<AppState>, email: &str) -> Result<(), Error> {
    if app.mail.is_none() {
        return Err(Error::Conflict("This installation sends no mail".into()));
    }
    let key = email.trim().to_lowercase();
    if !take(&app.mails, secret::hash(&key)) {
        return Err(Error::TooMany);
    }
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = send(&app, &key).await {
            tracing::error!(%error, "a link for a new password was not sent");
        }
    });
    Ok(())
}

async fn send(app: &AppState, key: &str) -> Result<(), Error> {
    let sql =
        "select workspace_id, id, email from teammates where email_key = $1 and removed_at = 0";
    type Row = (WorkspaceId, TeammateId, String);
    let found: Option<Row> = {
        let mut c = app.db.read().await?;
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(key).fetch_optional(x))?
    };
    let (Some((workspace, id, email)), Some(mail)) = (found, &app.mail) else { return Ok(()) };
    let (token, now) = (secret::random(""), app.clock.now());
    let sweep = "delete from password_resets where expires_at <= $1";
    let sql = "insert into password_resets (token_hash, workspace_id, teammate_id, expires_at) values ($1, $2, $3, $4)";
    let mut c = app.db.begin().await?;
    let _: Changed = run!(c, |x| sqlx::query(sweep).bind(now).execute(x))?;
    let _: Changed = run!(c, |x| {
        sqlx::query(sql)
            .bind(secret::hash(&token))
            .bind(workspace)
            .bind(id)
            .bind(now.plus(VALID))
            .execute(x)
    })?;
    c.commit().await?;
    let link = format!("{}/reset-password/{token}", app.public_url);
    let paragraphs = [
        "Someone, probably you, asked for a new password for your Rapport account. This link sets one. It works once, \
         for one hour.",
        "If it was not you, ignore this mail: your password stays as it is.",
    ];
    let link = ("Set a new password", link.as_str());
    mail.send(Letter::with_link(&email, "Set a new password", &paragraphs, link)).await
}

/// The address whose password a link sets, while it can be used.
pub async fn resets(app: &AppState, token: &str) -> Result<Option<String>, Error> {
    let sql = "select t.email from password_resets r join teammates t on t.workspace_id = r.workspace_id and t.id = r.teammate_id \
               where r.token_hash = $1 and r.expires_at > $2 and t.removed_at = 0";
    let mut c = app.db.read().await?;
    let found: Option<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql)
            .bind(secret::hash(token))
            .bind(app.clock.now())
            .fetch_optional(x)
    })?;
    Ok(found.map(|(email,)| email))
}

/// Sets a password by a link, once; every session and every other link of the teammate ends. A second step stays.
///
/// # Errors
/// [`Error::NotFound`] for a link that is used or too old; [`Error::Invalid`] for a password under 10 characters.
pub async fn reset(app: &AppState, token: &str, new: &str) -> Result<(), Error> {
    resets(app, token).await?.ok_or(Error::NotFound)?;
    password::check(new)?;
    let hash = password::hashed(new).await?;
    let find = "select workspace_id, teammate_id from password_resets where token_hash = $1";
    let (workspace, id): (WorkspaceId, TeammateId) = {
        let mut c = app.db.read().await?;
        let found: Option<(WorkspaceId, TeammateId)> = run!(c, |x| {
            sqlx::query_as::<_, (WorkspaceId, TeammateId)>(find)
                .bind(secret::hash(token))
                .fetch_optional(x)
        })?;
        found.ok_or(Error::NotFound)?
    };
    let mut w = Write::begin(app, workspace, id).await?;
    let take = "delete from password_resets where token_hash = $1 and expires_at > $2";
    let now = w.now;
    let taken: Changed =
        run!(w.conn, |c| sqlx::query(take).bind(secret::hash(token)).bind(now).execute(c))?;
    if taken.0 == 0 {
        return Err(Error::NotFound);
    }
    let others = "delete from password_resets where workspace_id = $1 and teammate_id = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(others).bind(workspace).bind(id).execute(c))?;
    password::set(&mut w, id, &hash).await?;
    super::end_others(&mut w, id, "").await?;
    w.log(Entry::of_workspace(Action::PasswordReset, now, json!({ "teammate": id })));
    w.commit().await?;
    Ok(())
}
