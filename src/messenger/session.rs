//! Sessions of Messengers: a token for one page's person, which stops opening anything the moment it should.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use std::sync::Arc;

use super::{Settings, kept};
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::rest::Refused;
use crate::run;
use crate::server::db::{Changed, Write};
use crate::server::secret;
use crate::server::state::AppState;
use crate::time::Time;

/// How long a session lasts after its last use, in milliseconds: a day.
const LIFE: i64 = 24 * 60 * 60 * 1000;
/// How seldom its use is written down, in milliseconds: a write a call would be dear.
const MARK: i64 = 10 * 60 * 1000;

/// The person whose Messenger asks.
#[derive(Clone)]
pub struct Person {
    /// The process's state.
    pub app: Arc<AppState>,
    /// The workspace that everything is found through.
    pub workspace: WorkspaceId,
    /// Its name.
    pub workspace_name: String,
    /// Its time zone.
    pub time_zone: String,
    /// Its Messenger's settings.
    pub settings: Settings,
    /// Who asks.
    pub contact: ContactId,
    /// Whether they proved it.
    pub verified: bool,
    /// `language_override` of the person.
    pub language: Option<String>,
    /// Whether an e-mail address of theirs is known.
    pub has_email: bool,
    last_used_at: Time,
}

#[derive(sqlx::FromRow)]
struct Row {
    workspace_id: WorkspaceId,
    workspace_name: String,
    time_zone: String,
    value: Option<String>,
    contact_id: ContactId,
    role: String,
    verified: i64,
    verified_at: Time,
    language_override: Option<String>,
    email: Option<String>,
    last_used_at: Time,
    expires_at: Time,
}

/// The token that a request carries.
pub fn token_of(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The person of a token. `None` once it has expired, and for one without proof where a proof is asked by now.
pub async fn person(app: &Arc<AppState>, token: &str) -> Result<Option<Person>, Error> {
    let sql = "select s.workspace_id, w.name as workspace_name, w.time_zone, k.value, s.contact_id, p.role, s.verified, \
               p.verified_at, p.language_override, p.email, s.last_used_at, s.expires_at from messenger_sessions s \
               join workspaces w on w.id = s.workspace_id \
               join contacts p on p.workspace_id = s.workspace_id and p.id = s.contact_id and p.merged_into = 0 \
               left join workspace_settings k on k.workspace_id = s.workspace_id and k.name = 'messenger' \
               where s.token_hash = $1";
    let mut c = app.db.read().await?;
    let row: Option<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(secret::hash(token)).fetch_optional(x))?;
    let Some(row) = row.filter(|r| r.expires_at > app.clock.now()) else { return Ok(None) };
    let settings = kept::read(row.value.as_deref());
    let believed = row.verified == 1
        || (row.verified_at.0 == 0 && (row.role == "lead" || !settings.require_identity));
    Ok(believed.then(|| Person {
        app: app.clone(),
        workspace: row.workspace_id,
        workspace_name: row.workspace_name,
        time_zone: row.time_zone,
        settings,
        contact: row.contact_id,
        verified: row.verified == 1,
        language: row.language_override,
        has_email: row.email.is_some(),
        last_used_at: row.last_used_at,
    }))
}

/// Begins a session, or goes on with the one of this token where it is the same person's; answers its token.
/// Sessions of theirs that have expired are swept away.
pub async fn begin(
    w: &mut Write<'_>,
    contact: ContactId,
    verified: bool,
    token: Option<&str>,
) -> Result<String, Error> {
    let (now, end) = (w.now, w.now.plus(LIFE));
    let sweep = "delete from messenger_sessions where workspace_id = $1 and contact_id = $2 and expires_at <= $3";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sweep).bind(w.workspace).bind(contact).bind(now).execute(c)
    })?;
    let go_on = "update messenger_sessions set last_used_at = $5, expires_at = $6 where token_hash = $1 \
                 and workspace_id = $2 and contact_id = $3 and verified = $4";
    if let Some(token) = token {
        let known: Changed = run!(w.conn, |c| {
            sqlx::query(go_on)
                .bind(secret::hash(token))
                .bind(w.workspace)
                .bind(contact)
                .bind(i64::from(verified))
                .bind(now)
                .bind(end)
                .execute(c)
        })?;
        if known.0 > 0 {
            return Ok(token.to_owned());
        }
    }
    let token = secret::random("ms_");
    let sql = "insert into messenger_sessions (token_hash, workspace_id, contact_id, verified, created_at, last_used_at, expires_at) \
               values ($1, $2, $3, $4, $5, $5, $6)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(secret::hash(&token))
            .bind(w.workspace)
            .bind(contact)
            .bind(i64::from(verified))
            .bind(now)
            .bind(end)
            .execute(c)
    })?;
    Ok(token)
}

/// Ends a session; an unknown one is ended already.
pub async fn end(app: &AppState, token: &str) -> Result<(), Error> {
    let sql = "delete from messenger_sessions where token_hash = $1";
    let mut c = app.db.begin().await?;
    let _: Changed = run!(c, |x| sqlx::query(sql).bind(secret::hash(token)).execute(x))?;
    c.commit().await
}

/// Puts off the end of a session that is used.
async fn mark(person: &Person, token: &str) -> Result<(), Error> {
    let now = person.app.clock.now();
    if now.0 - person.last_used_at.0 < MARK {
        return Ok(());
    }
    let sql =
        "update messenger_sessions set last_used_at = $2, expires_at = $3 where token_hash = $1";
    let mut c = person.app.db.begin().await?;
    let _: Changed = run!(c, |x| {
        sqlx::query(sql).bind(secret::hash(token)).bind(now).bind(now.plus(LIFE)).execute(x)
    })?;
    c.commit().await
}

impl FromRequestParts<Arc<AppState>> for Person {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<AppState>) -> Result<Self, Refused> {
        let token = token_of(&parts.headers).ok_or(Error::Unauthorized)?;
        let person = person(app, token).await?.ok_or(Error::Unauthorized)?;
        if !app.messengers.call(person.contact) {
            return Err(Error::TooMany.into());
        }
        mark(&person, token).await?;
        Ok(person)
    }
}
