//! Making a workspace, and finding one by name.

use serde::Serialize;

use super::{Install, keys};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Changed, Conn, Db};
use crate::server::secret;
use crate::stream;
use crate::time::Time;

/// A workspace to make, with its first admin.
#[derive(Debug, Clone)]
pub struct New {
    /// The workspace's name.
    pub workspace: String,
    /// The admin's name.
    pub name: String,
    /// The admin's e-mail address, free in this installation.
    pub email: String,
    /// The admin's password, at least ten characters.
    pub password: String,
}

/// What a developer needs to send data; the secrets are shown this once.
#[derive(Debug, Clone, Serialize)]
pub struct Created {
    /// Names the workspace in public: the Messenger's `app_id`.
    pub app_id: String,
    /// The REST API's bearer token.
    pub api_token: String,
    /// The tracking API's basic-auth user name.
    pub write_key: String,
    /// Signs the identity of Messenger users.
    pub identity_secret: String,
}

fn check(new: &New) -> Result<(), Error> {
    for (field, value) in
        [("workspace", &new.workspace), ("name", &new.name), ("email", &new.email)]
    {
        if value.trim().is_empty() || value.chars().count() > 200 || value.contains('\0') {
            return Err(Error::invalid(field, "write between 1 and 200 characters"));
        }
    }
    let parts: Vec<_> = new.email.split('@').collect();
    if parts.len() != 2
        || parts.iter().any(|p| p.is_empty())
        || new.email.contains(char::is_whitespace)
    {
        return Err(Error::invalid("email", "write an address such as ada@example.com"));
    }
    if new.password.chars().count() < 10 {
        return Err(Error::invalid("password", "use at least 10 characters"));
    }
    Ok(())
}

/// Makes a workspace, its first admin and its keys, all or nothing.
///
/// # Errors
/// [`Error::Invalid`] for a field; [`Error::Conflict`] where the e-mail address has an account.
pub async fn create(db: &Db, new: New, now: Time) -> Result<Created, Error> {
    make(db, new, now, false).await
}

/// Makes the first workspace of an installation; of two who try at once, one succeeds.
///
/// # Errors
/// As [`create`]; [`Error::Conflict`] where there is a workspace.
pub async fn create_first(db: &Db, new: New, now: Time) -> Result<Created, Error> {
    make(db, new, now, true).await
}

/// Whether there is a workspace.
pub async fn any(db: &Db) -> Result<bool, Error> {
    let mut c = db.read().await?;
    let sql = "select id from workspaces limit 1";
    let found: Option<(i64,)> = run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).fetch_optional(x))?;
    Ok(found.is_some())
}

async fn make(db: &Db, new: New, now: Time, first: bool) -> Result<Created, Error> {
    check(&new)?;
    let password = new.password.clone();
    let password_hash = tokio::task::spawn_blocking(move || secret::hash_password(&password))
        .await
        .map_err(|_| Error::Internal)??;
    let created = Created {
        app_id: secret::random("")[..10].to_lowercase().replace(['-', '_'], "x"),
        api_token: secret::random("rt_"),
        write_key: secret::random("wk_"),
        identity_secret: secret::random("is_"),
    };
    let mut c = db.begin().await?;
    let workspace = WorkspaceId(db.next_id()?);
    if first {
        // A row that only one transaction can add, and that waits for whoever is adding it.
        let claim = "insert into id_blocks (name, next) values ('first workspace', 0) on conflict (name) do nothing";
        let claimed: Changed = run!(c, |x| sqlx::query(claim).execute(x))?;
        let sql = "select count(*) from workspaces";
        let (known,): (i64,) = run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).fetch_one(x))?;
        if claimed.0 == 0 || known > 0 {
            return Err(Error::Conflict("There is a workspace already. Sign in".into()));
        }
    }
    let admin = "insert into teammates (workspace_id, id, name, email, email_key, role, password_hash, created_at) \
                 values ($1, $2, $3, $4, $5, 'admin', $6, $7) on conflict (email_key) do nothing";
    let id = db.next_id()?;
    let made: Changed = run!(c, |x| {
        sqlx::query(admin)
            .bind(workspace)
            .bind(id)
            .bind(new.name.trim())
            .bind(new.email.trim())
            .bind(new.email.trim().to_lowercase())
            .bind(&password_hash)
            .bind(now)
            .execute(x)
    })?;
    if made.0 == 0 {
        return Err(Error::Conflict(format!(
            "{} has an account already. Nothing was changed",
            new.email
        )));
    }
    let sql = "insert into workspaces (id, name, app_id, time_zone, identity_secret, created_at) \
               values ($1, $2, $3, 'UTC', $4, $5)";
    let _: Changed = run!(c, |x| {
        sqlx::query(sql)
            .bind(workspace)
            .bind(new.workspace.trim())
            .bind(&created.app_id)
            .bind(&created.identity_secret)
            .bind(now)
            .execute(x)
    })?;
    let seq = "insert into workspace_seq (workspace_id, n) values ($1, 0)";
    let _: Changed = run!(c, |x| sqlx::query(seq).bind(workspace).execute(x))?;
    for (kind, key) in [("api_token", &created.api_token), ("write_key", &created.write_key)] {
        keys::insert(&mut c, db, workspace, kind, "", key, now).await?;
    }
    c.commit().await?;
    Ok(created)
}

/// How many workspaces are named to somebody who chose none of them.
const NAMED: usize = 20;

/// The workspace with this `app_id`, or the only one when none is named.
///
/// # Errors
/// [`Error::Invalid`] for an unknown name, when there is more than one to choose from, or none.
pub async fn choose(db: &Db, app_id: Option<&str>) -> Result<WorkspaceId, Error> {
    let sql = "select id, app_id from workspaces order by id";
    let mut c = db.read().await?;
    let all: Vec<(WorkspaceId, String)> =
        run!(c, |x| sqlx::query_as::<_, (WorkspaceId, String)>(sql).fetch_all(x))?;
    let refused = |words: String| Err(Error::invalid("--workspace", words));
    let names = all.iter().take(NAMED).map(|(_, id)| id.as_str()).collect::<Vec<_>>().join(", ");
    match (app_id, all.as_slice()) {
        (_, []) => refused("there is no workspace yet; make one with rapport init".into()),
        (Some(wanted), _) => match all.iter().find(|(_, id)| id == wanted) {
            Some((id, _)) => Ok(*id),
            None => refused(format!("{wanted} is the app_id of none; choose one of {names}")),
        },
        (None, [(id, _)]) => Ok(*id),
        (None, _) => refused(format!("choose one of {names}")),
    }
}

/// What a developer needs to send data, and whether any has arrived. `address` is where the browser reached us.
pub async fn install(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    address: String,
) -> Result<Install, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let sql = "select app_id, first_data_at from workspaces where id = $1";
    let (app_id, first): (String, Time) =
        run!(c, |x| sqlx::query_as::<_, (String, Time)>(sql).bind(workspace).fetch_one(x))?;
    let received = Some(first).filter(|t| t.0 > 0).map(|t| dates.stamp(t));
    Ok(Install { seq, address, app_id, received })
}
