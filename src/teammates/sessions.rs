//! Sessions: one for each browser that is signed in, kept in the database.

use super::{Role, Session, Viewer};
use crate::error::Error;
use crate::id::{SessionId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Changed, Conn, Write};
use crate::server::secret;
use crate::server::state::AppState;
use crate::server::used::What;
use crate::time::Time;
use crate::tracking::device;

/// How long a session lasts, in milliseconds: 30 days.
pub const SESSION: i64 = 30 * 24 * 60 * 60 * 1000;

/// Opens a session within a transaction; answers the token for the cookie.
pub async fn open(
    c: &mut Conn,
    app: &AppState,
    workspace: WorkspaceId,
    teammate: TeammateId,
    agent: &str,
) -> Result<String, Error> {
    let (token, now) = (secret::random(""), app.clock.now());
    let id = app.db.next_id()?;
    let sql = "insert into teammate_sessions (token_hash, workspace_id, teammate_id, created_at, expires_at, id, user_agent, last_used_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $4)";
    let _: Changed = run!(c, |x| {
        sqlx::query(sql)
            .bind(secret::hash(&token))
            .bind(workspace)
            .bind(teammate)
            .bind(now)
            .bind(now.plus(SESSION))
            .bind(id)
            .bind(agent)
            .execute(x)
    })?;
    Ok(token)
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
    session: SessionId,
}

/// The teammate whose session this is, unless it has ended.
pub async fn viewer_of(app: &AppState, token: &str) -> Result<Option<Viewer>, Error> {
    let sql = "select t.workspace_id, w.name as workspace_name, w.time_zone, t.id, t.name, t.email, t.role, s.expires_at, \
               s.id as session from teammate_sessions s \
               join teammates t on t.workspace_id = s.workspace_id and t.id = s.teammate_id \
               join workspaces w on w.id = s.workspace_id where s.token_hash = $1 and t.removed_at = 0";
    let mut c = app.db.read().await?;
    let row: Option<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(secret::hash(token)).fetch_optional(x))?;
    let now = app.clock.now();
    let Some(row) = row.filter(|r| r.expires_at > now) else { return Ok(None) };
    if row.session.0 > 0 {
        app.used.note(What::Session(row.workspace_id, row.session), now);
    }
    Ok(Some(Viewer {
        workspace: row.workspace_id,
        workspace_name: row.workspace_name,
        time_zone: row.time_zone,
        id: row.id,
        name: row.name,
        email: row.email,
        role: Role::from_word(&row.role),
    }))
}

/// A teammate's sessions, the one with this token first, then by last use. Those from before sessions had numbers
/// have the number 0.
pub async fn list(
    c: &mut Conn,
    app: &AppState,
    dates: &Dates,
    viewer: &Viewer,
    token: &str,
) -> Result<Vec<Session>, Error> {
    let sql = "select id, token_hash, user_agent, created_at, last_used_at from teammate_sessions \
               where workspace_id = $1 and teammate_id = $2 and expires_at > $3";
    type Row = (SessionId, String, String, Time, Time);
    let mut rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql)
            .bind(viewer.workspace)
            .bind(viewer.id)
            .bind(dates.now())
            .fetch_all(x)
    })?;
    let hash = secret::hash(token);
    for row in &mut rows {
        row.4 = app.used.last(What::Session(viewer.workspace, row.0), row.4.max(row.3));
    }
    rows.sort_by_key(|row| (row.1 != hash, std::cmp::Reverse((row.4, row.0))));
    let session = |(id, token_hash, agent, since, used): Row| Session {
        id,
        name: name(&agent),
        since: dates.stamp(since),
        used: dates.stamp(used),
        here: token_hash == hash,
    };
    Ok(rows.into_iter().map(session).collect())
}

/// What people call a browser: `Firefox on Linux`.
fn name(agent: &str) -> String {
    match device(agent) {
        (Some(browser), _, Some(os)) => format!("{browser} on {os}"),
        (Some(one), ..) | (None, _, Some(one)) => one,
        (None, ..) => "Unknown browser".into(),
    }
}

/// Ends one session of the teammate who writes.
///
/// # Errors
/// [`Error::NotFound`] for a session that is not theirs or has ended.
pub async fn end(w: &mut Write<'_>, id: SessionId) -> Result<(), Error> {
    let sql = "delete from teammate_sessions where workspace_id = $1 and teammate_id = $2 and id = $3 and id > 0";
    let ended: Changed =
        run!(w.conn, |c| { sqlx::query(sql).bind(w.workspace).bind(w.actor).bind(id).execute(c) })?;
    if ended.0 == 0 {
        return Err(Error::NotFound);
    }
    w.touch(Topic::Mine(w.actor));
    Ok(())
}

/// Ends every session of a teammate but the one with this token.
pub async fn end_others(w: &mut Write<'_>, id: TeammateId, token: &str) -> Result<(), Error> {
    let sql = "delete from teammate_sessions where workspace_id = $1 and teammate_id = $2 and token_hash <> $3";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(secret::hash(token)).execute(c)
    })?;
    // Their open pages hear at once that they are over.
    w.touch(Topic::Mine(id));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_browser_is_called_what_people_call_it() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(name(firefox), "Firefox on Linux");
        assert_eq!(name(""), "Unknown browser");
    }
}
