//! Keys of the APIs, and the secret that signs who talks through the Messenger.

use serde_json::json;

use super::{Identity, Key, Keys};
use crate::audit::Action;
use crate::error::Error;
use crate::id::{ApiKeyId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Changed, Conn, Db, Entry, Write};
use crate::server::secret;
use crate::server::state::AppState;
use crate::server::used::What;
use crate::stream;
use crate::time::Time;

/// How long the identity secret before the last roll stays good, in milliseconds: 48 hours.
const OVERLAP: i64 = 48 * 60 * 60 * 1000;

/// Keeps the hash of a key and its last four characters.
pub(super) async fn insert(
    c: &mut Conn,
    db: &Db,
    workspace: WorkspaceId,
    kind: &str,
    name: &str,
    key: &str,
    now: Time,
) -> Result<(), Error> {
    let sql = "insert into api_keys (workspace_id, id, kind, secret_hash, hint, created_at, name) \
               values ($1, $2, $3, $4, $5, $6, $7)";
    let id = db.next_id()?;
    let _: Changed = run!(c, |x| {
        sqlx::query(sql)
            .bind(workspace)
            .bind(id)
            .bind(kind)
            .bind(secret::hash(key))
            .bind(&key[key.len() - 4..])
            .bind(now)
            .bind(name)
            .execute(x)
    })?;
    Ok(())
}

/// The workspace that a key of this kind opens, unless it is unknown or revoked. The use is noted.
pub async fn workspace_of_key(
    app: &AppState,
    kind: &str,
    key: &str,
) -> Result<Option<WorkspaceId>, Error> {
    let sql = "select workspace_id, id from api_keys where secret_hash = $1 and kind = $2 and revoked_at is null";
    let mut c = app.db.read().await?;
    let found: Option<(WorkspaceId, ApiKeyId)> = run!(c, |x| {
        sqlx::query_as::<_, (WorkspaceId, ApiKeyId)>(sql)
            .bind(secret::hash(key))
            .bind(kind)
            .fetch_optional(x)
    })?;
    Ok(found.map(|(workspace, id)| {
        app.used.note(What::Key(workspace, id), app.clock.now());
        workspace
    }))
}

/// The keys that work, newest first; `secrets` adds the identity secret.
pub async fn keys(
    c: &mut Conn,
    app: &AppState,
    dates: &Dates,
    workspace: WorkspaceId,
    secrets: bool,
) -> Result<Keys, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let sql = "select id, kind, name, hint, created_at, last_used_at from api_keys \
               where workspace_id = $1 and revoked_at is null order by created_at desc, id desc";
    type Row = (ApiKeyId, String, String, String, Time, Time);
    let rows: Vec<Row> = run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).fetch_all(x))?;
    let key = |(id, kind, name, hint, made, used): Row| {
        let used = app.used.last(What::Key(workspace, id), used);
        let used = (used.0 > 0).then(|| dates.stamp(used));
        Key { id, kind, name, hint, made: dates.stamp(made), used }
    };
    let identity = if secrets { Some(identity(c, dates, workspace).await?) } else { None };
    Ok(Keys { seq, keys: rows.into_iter().map(key).collect(), identity })
}

/// Makes a key of a workspace under a name, which may be empty; the key is answered this once.
///
/// # Errors
/// [`Error::Invalid`] for a name over 100 characters.
pub async fn make_key(w: &mut Write<'_>, kind: &'static str, name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "write at most 100 characters of plain text"));
    }
    let key = secret::random(if kind == "write_key" { "wk_" } else { "rt_" });
    insert(&mut w.conn, &w.app.db, w.workspace, kind, name, &key, w.now).await?;
    w.log(Entry::of_workspace(Action::KeyMade, w.now, json!({ "kind": kind, "name": name })));
    Ok(key)
}

/// Ends a key at once; `typed` is its last four characters, typed by who is sure.
///
/// # Errors
/// [`Error::NotFound`] for a key that does not work; [`Error::Invalid`] for other characters.
pub async fn revoke_key(w: &mut Write<'_>, id: ApiKeyId, typed: &str) -> Result<(), Error> {
    let find = "select kind, name, hint from api_keys where workspace_id = $1 and id = $2 and revoked_at is null";
    type Row = (String, String, String);
    let found: Option<Row> = run!(w.conn, |c| {
        sqlx::query_as::<_, Row>(find).bind(w.workspace).bind(id).fetch_optional(c)
    })?;
    let (kind, name, hint) = found.ok_or(Error::NotFound)?;
    sure(typed, &hint)?;
    let sql = "update api_keys set revoked_at = $3 where workspace_id = $1 and id = $2";
    let _: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).bind(w.now).execute(c))?;
    let data = json!({ "kind": kind, "name": name, "hint": hint });
    w.log(Entry::of_workspace(Action::KeyRevoked, w.now, data));
    Ok(())
}

fn sure(typed: &str, hint: &str) -> Result<(), Error> {
    if typed.trim() == hint {
        return Ok(());
    }
    Err(Error::invalid("confirm", format!("type {hint}, its last four characters")))
}

type Secrets = (String, String, Time);

async fn kept(c: &mut Conn, workspace: WorkspaceId) -> Result<Secrets, Error> {
    let sql = "select identity_secret, identity_previous, identity_previous_until from workspaces where id = $1";
    run!(c, |x| sqlx::query_as::<_, Secrets>(sql).bind(workspace).fetch_one(x))
}

async fn identity(c: &mut Conn, dates: &Dates, workspace: WorkspaceId) -> Result<Identity, Error> {
    let (secret, previous, until) = kept(c, workspace).await?;
    let good = !previous.is_empty() && until > dates.now();
    Ok(Identity { secret, previous_until: good.then(|| dates.stamp(until)) })
}

/// The secrets that sign an identity now: the newest first, and for 48 hours after a roll the one before it.
pub async fn identity_secrets(
    c: &mut Conn,
    workspace: WorkspaceId,
    now: Time,
) -> Result<Vec<String>, Error> {
    let (secret, previous, until) = kept(c, workspace).await?;
    let previous = Some(previous).filter(|p| !p.is_empty() && until > now);
    Ok(std::iter::once(secret).chain(previous).collect())
}

/// Makes another identity secret; the one before stays good for 48 hours, an older one ends. `typed` is the last four
/// characters of the secret, typed by who is sure.
///
/// # Errors
/// [`Error::Invalid`] for other characters.
pub async fn roll_identity(w: &mut Write<'_>, typed: &str) -> Result<(), Error> {
    let (was, ..) = kept(&mut w.conn, w.workspace).await?;
    sure(typed, &was[was.len() - 4..])?;
    let sql = "update workspaces set identity_secret = $2, identity_previous = $3, identity_previous_until = $4 where id = $1";
    let new = secret::random("is_");
    let until = w.now.plus(OVERLAP);
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(&new).bind(&was).bind(until).execute(c)
    })?;
    w.log(Entry::of_workspace(Action::IdentityRolled, w.now, json!({})));
    Ok(())
}
