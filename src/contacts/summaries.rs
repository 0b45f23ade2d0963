//! What people did, as the REST API takes and gives it.

use sha2::{Digest as _, Sha256};

use super::occurrences::event_name;
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Conn, Write};
use crate::time::Time;

/// How often a person did something, and when first and last.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Summary {
    /// The event's name.
    pub name: String,
    /// How often.
    pub count: i64,
    /// The first time.
    pub first_at: Time,
    /// The last time.
    pub last_at: Time,
}

/// One thing that a person did, as it is listed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Did {
    /// Its number in the log.
    pub seq: i64,
    /// When.
    pub occurred_at: Time,
    /// The event's name.
    pub name: String,
    /// Its metadata, as JSON.
    pub data: String,
}

/// Whether these words were never said before in the workspace; they are remembered. A repeated request is known so.
pub(super) async fn is_new(w: &mut Write<'_>, words: &[&str]) -> Result<bool, Error> {
    let mut hash = Sha256::new();
    for word in words {
        // The length keeps two words from reading as two others.
        hash.update((word.len() as u64).to_be_bytes());
        hash.update(word.as_bytes());
    }
    let id = format!("rest:{}", hex::encode(hash.finalize()));
    let sql = "insert into message_ids (workspace_id, message_id) values ($1, $2) on conflict (workspace_id, message_id) do nothing";
    let made: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(&id).execute(c))?;
    Ok(made.0 > 0)
}

/// Adds what a person did before it was sent one by one. The same summary again changes nothing.
pub async fn summarize(
    w: &mut Write<'_>,
    contact: ContactId,
    summary: &Summary,
) -> Result<(), Error> {
    let words = ["summary".to_owned(), contact.to_string(), summary.name.clone()];
    let numbers = [summary.count, summary.first_at.0, summary.last_at.0].map(|n| n.to_string());
    let words: Vec<_> = words.iter().chain(&numbers).map(String::as_str).collect();
    if !is_new(w, &words).await? {
        return Ok(());
    }
    let name = event_name(w, &summary.name).await?;
    let sql = "insert into event_counts (workspace_id, contact_id, event_name_id, count, first_at, last_at) \
               values ($1, $2, $3, $4, $5, $6) on conflict (workspace_id, contact_id, event_name_id) do update set \
               count = event_counts.count + excluded.count, \
               first_at = case when excluded.first_at < event_counts.first_at then excluded.first_at else event_counts.first_at end, \
               last_at = case when excluded.last_at > event_counts.last_at then excluded.last_at else event_counts.last_at end";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(contact)
            .bind(name)
            .bind(summary.count)
            .bind(summary.first_at)
            .bind(summary.last_at)
            .execute(c)
    })?;
    w.touch(Topic::Contact(contact));
    Ok(())
}

/// A person's events by the last time.
pub(super) async fn summaries(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Vec<Summary>, Error> {
    let sql = "select n.name, e.count, e.first_at, e.last_at from event_counts e \
               join event_names n on n.workspace_id = e.workspace_id and n.id = e.event_name_id \
               where e.workspace_id = $1 and e.contact_id = $2 order by e.last_at desc, n.name";
    run!(c, |x| sqlx::query_as::<_, Summary>(sql).bind(workspace).bind(contact).fetch_all(x))
}

/// What a person did before a place in the order of their stream, the newest first.
pub(super) async fn did(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
    before: (i64, i64),
    limit: i64,
) -> Result<Vec<Did>, Error> {
    let sql = "select s.seq, s.occurred_at, e.name, a.data from stream s \
               join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq and a.kind = 'event' \
               join event_names e on e.workspace_id = a.workspace_id and e.id = a.ref_id \
               where s.workspace_id = $1 and s.owner_kind = 'contact' and s.owner_id = $2 and s.facet = 'event' \
               and (s.occurred_at, s.seq) < ($3, $4) order by s.occurred_at desc, s.seq desc limit $5";
    run!(c, |x| {
        sqlx::query_as::<_, Did>(sql)
            .bind(workspace)
            .bind(contact)
            .bind(before.0)
            .bind(before.1)
            .bind(limit)
            .fetch_all(x)
    })
}

/// The number of the only user with this e-mail address.
///
/// # Errors
/// [`Error::Taken`] where several have it: an address alone never says which of them is meant.
pub(super) async fn by_email(
    c: &mut Conn,
    workspace: WorkspaceId,
    email: &str,
) -> Result<Option<ContactId>, Error> {
    let sql = "select id from contacts where workspace_id = $1 and email_key = $2 and role = 'user' and merged_into = 0 limit 2";
    let rows: Vec<(ContactId,)> = run!(c, |x| {
        sqlx::query_as::<_, (ContactId,)>(sql)
            .bind(workspace)
            .bind(email.to_lowercase())
            .fetch_all(x)
    })?;
    if rows.len() > 1 {
        return Err(Error::taken(
            "email",
            "Several people have this e-mail address: send a user_id or an id",
        ));
    }
    Ok(rows.first().map(|(id,)| *id))
}
