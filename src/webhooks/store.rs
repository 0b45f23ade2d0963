//! Webhooks as they are kept, made and changed by admins.

use serde_json::json;
use url::Url;

use super::{LONGEST, MOST, Webhook, Webhooks, is_topic, log, written};
use crate::audit::Action;
use crate::error::Error;
use crate::id::{WebhookId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::server::reach::is_allowed;
use crate::server::secret;
use crate::stream;
use crate::time::Time;

#[derive(sqlx::FromRow)]
struct Row {
    id: WebhookId,
    url: String,
    topics: String,
    cursor: i64,
    paused_at: Time,
    paused_why: String,
    failing_since: Time,
    created_at: Time,
}

/// The webhooks that are there, with what each was told last.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn all(c: &mut Conn, dates: &Dates, workspace: WorkspaceId) -> Result<Webhooks, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let sql = "select id, url, topics, cursor, paused_at, paused_why, failing_since, created_at from webhooks \
               where workspace_id = $1 and deleted_at = 0 order by id";
    let rows: Vec<Row> = run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).fetch_all(x))?;
    let ever = |at: Time| (at.0 > 0).then(|| dates.stamp(at));
    let mut all = Vec::new();
    for row in rows {
        all.push(Webhook {
            id: row.id,
            url: row.url,
            topics: serde_json::from_str(&row.topics).unwrap_or_default(),
            made: dates.stamp(row.created_at),
            paused: ever(row.paused_at).map(|at| (at, row.paused_why)),
            failing: ever(row.failing_since),
            behind: (seq - row.cursor).max(0),
            told: log::last(c, dates, workspace, row.id).await?,
        });
    }
    Ok(Webhooks { seq, all })
}

/// An address as it may be kept.
fn address(url: &str, private: bool) -> Result<Url, Error> {
    let refused = |said: &str| Error::invalid("url", said);
    let url = url.trim();
    if url.chars().count() > LONGEST {
        return Err(refused("write at most 2,000 characters"));
    }
    let address = Url::parse(url)
        .map_err(|_| refused("write a whole address, such as https://example.com/hook"))?;
    if !is_allowed(&address, private) {
        return Err(refused(if private {
            "write an address that begins with https:// or http://"
        } else {
            "write an address of the public internet that begins with https://"
        }));
    }
    Ok(address)
}

fn checked(topics: &[String]) -> Result<String, Error> {
    match topics.iter().find(|topic| !is_topic(topic)) {
        Some(topic) => Err(Error::invalid("topics", format!("there is no topic {topic}"))),
        None => Ok(written(topics)),
    }
}

/// What the audit log says of an address: its host. The rest may be as good as a key.
fn logged(w: &mut Write<'_>, action: Action, url: &str) {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let data = json!({ "name": host.unwrap_or_default() });
    w.log(Entry::of_workspace(action, w.now, data));
    w.touch(Topic::Webhooks);
}

/// Adds an address that is told of what happens from now on; its secret is answered this once. No topics are all of them.
///
/// # Errors
/// [`Error::Invalid`] for the address and the topics; [`Error::Conflict`] where there are 20 already.
pub async fn add(
    w: &mut Write<'_>,
    url: &str,
    topics: &[String],
) -> Result<(WebhookId, String), Error> {
    let (address, topics) = (address(url, w.app.webhooks.private)?, checked(topics)?);
    let sql = "select count(*) from webhooks where workspace_id = $1 and deleted_at = 0";
    let (there,): (i64,) =
        run!(w.conn, |c| sqlx::query_as::<_, (i64,)>(sql).bind(w.workspace).fetch_one(c))?;
    if there >= MOST as i64 {
        return Err(Error::Conflict("There are 20 webhooks already: delete one first".into()));
    }
    let (id, secret) = (WebhookId(w.app.db.next_id()?), secret::random("ws_"));
    let seq = stream::last_seq(&mut w.conn, w.workspace).await?;
    let sql = "insert into webhooks (workspace_id, id, url, topics, secret, cursor, created_by, created_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(address.as_str())
            .bind(&topics)
            .bind(&secret)
            .bind(seq)
            .bind(w.actor)
            .bind(w.now)
            .execute(c)
    })?;
    logged(w, Action::WebhookMade, address.as_str());
    Ok((id, secret))
}

/// The address of a webhook that is there.
async fn found(w: &mut Write<'_>, id: WebhookId) -> Result<String, Error> {
    let sql = "select url from webhooks where workspace_id = $1 and id = $2 and deleted_at = 0";
    let found: Option<(String,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String,)>(sql).bind(w.workspace).bind(id).fetch_optional(c)
    })?;
    found.map(|(url,)| url).ok_or(Error::NotFound)
}

/// Changes the address and the topics. What waits goes to the new address, at once.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] as [`add`].
pub async fn change(
    w: &mut Write<'_>,
    id: WebhookId,
    url: &str,
    topics: &[String],
) -> Result<(), Error> {
    found(w, id).await?;
    let (address, topics) = (address(url, w.app.webhooks.private)?, checked(topics)?);
    // Whoever tells it now has the old address: a new lease takes it away from them.
    let sql = "update webhooks set url = $3, topics = $4, due_at = 0, lease_id = $5, lease_until = 0 where workspace_id = $1 and id = $2";
    let lease = w.app.db.next_id()?;
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(address.as_str())
            .bind(&topics)
            .bind(lease)
            .execute(c)
    })?;
    logged(w, Action::WebhookChanged, address.as_str());
    Ok(())
}

/// Tells it nothing until somebody goes on with it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn pause(w: &mut Write<'_>, id: WebhookId) -> Result<(), Error> {
    let url = found(w, id).await?;
    let sql = "update webhooks set paused_at = $3, paused_why = '', lease_id = $4, lease_until = 0 \
               where workspace_id = $1 and id = $2 and paused_at = 0";
    let lease = w.app.db.next_id()?;
    let done: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(w.now).bind(lease).execute(c)
    })?;
    if done.0 > 0 {
        logged(w, Action::WebhookPaused, &url);
    }
    Ok(())
}

/// Goes on: with what happened meanwhile first, or where that is skipped with what happens from now on.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn resume(w: &mut Write<'_>, id: WebhookId, skip: bool) -> Result<(), Error> {
    let url = found(w, id).await?;
    let seq = if skip { stream::last_seq(&mut w.conn, w.workspace).await? } else { 0 };
    let sql = "update webhooks set paused_at = 0, paused_why = '', due_at = 0, failing_since = 0, \
               cursor = case when cursor < $3 then $3 else cursor end where workspace_id = $1 and id = $2 and paused_at > 0";
    let done: Changed =
        run!(w.conn, |c| { sqlx::query(sql).bind(w.workspace).bind(id).bind(seq).execute(c) })?;
    if done.0 > 0 {
        log::give_up(&mut w.conn, w.workspace, id).await?;
        logged(w, Action::WebhookResumed, &url);
    }
    Ok(())
}

/// Deletes it; for a day it can be taken back. Answers its address.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(w: &mut Write<'_>, id: WebhookId) -> Result<String, Error> {
    let url = found(w, id).await?;
    let sql = "update webhooks set deleted_at = $3, lease_id = $4, lease_until = 0 where workspace_id = $1 and id = $2";
    let lease = w.app.db.next_id()?;
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(w.now).bind(lease).execute(c)
    })?;
    logged(w, Action::WebhookDeleted, &url);
    Ok(url)
}

/// Takes back one that was deleted.
///
/// # Errors
/// [`Error::NotFound`] where it is gone for good.
pub async fn restore(w: &mut Write<'_>, id: WebhookId) -> Result<(), Error> {
    let sql =
        "update webhooks set deleted_at = 0 where workspace_id = $1 and id = $2 and deleted_at > 0";
    let done: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).execute(c))?;
    if done.0 == 0 {
        return Err(Error::NotFound);
    }
    let url = found(w, id).await?;
    logged(w, Action::WebhookRestored, &url);
    Ok(())
}

/// Makes another secret, which is answered this once; the one before ends at once.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn roll(w: &mut Write<'_>, id: WebhookId) -> Result<String, Error> {
    let url = found(w, id).await?;
    let (secret, lease) = (secret::random("ws_"), w.app.db.next_id()?);
    let sql = "update webhooks set secret = $3, lease_id = $4, lease_until = 0 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(&secret).bind(lease).execute(c)
    })?;
    logged(w, Action::WebhookRolled, &url);
    Ok(secret)
}

/// Sends it a test.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] for one that is paused.
pub async fn ping(w: &mut Write<'_>, id: WebhookId) -> Result<(), Error> {
    found(w, id).await?;
    let n = w.app.db.next_id()?;
    log::ask_for(w, id, -n, "ping").await
}
