//! Adding a part to a conversation, or the first one to a new conversation: once, whatever two requests do at the same moment.

use super::PartKind;
use crate::attachments::Uploader;
use crate::error::Error;
use crate::id::{ContactId, ConversationId, PartId, TeammateId};
use crate::run;
use crate::server::db::{Changed, Write};

/// The longest id that a page may give a part.
const CLIENT_ID: usize = 100;

/// The conversation in which a part of this id was said before.
///
/// # Errors
/// [`Error::Invalid`] for what is no id, [`Error::Conflict`] for an id that someone else used.
pub(super) async fn known(
    w: &mut Write<'_>,
    author: Uploader,
    client_id: &str,
) -> Result<Option<ConversationId>, Error> {
    if client_id.is_empty() || client_id.len() > CLIENT_ID || client_id.contains('\0') {
        return Err(Error::invalid("client_id", "send an id of 1 to 100 characters"));
    }
    let sql = "select conversation_id, author_kind, author_id from parts where workspace_id = $1 and client_id = $2";
    type Row = (ConversationId, String, i64);
    let found: Option<Row> = run!(w.conn, |c| {
        sqlx::query_as::<_, Row>(sql).bind(w.workspace).bind(client_id).fetch_optional(c)
    })?;
    match found {
        Some((id, kind, who)) if (kind.as_str(), who) == author.row() => Ok(Some(id)),
        Some(_) => Err(Error::Conflict("Something else was said under this id".into())),
        None => Ok(None),
    }
}

/// The conversation of a part that was being said twice at once: the other one was quicker. What was begun for this
/// one goes.
pub(super) async fn same(
    w: &mut Write<'_>,
    made: Option<ConversationId>,
    author: Uploader,
    client_id: &str,
) -> Result<ConversationId, Error> {
    if let Some(made) = made {
        let sql = "delete from conversations where workspace_id = $1 and id = $2";
        let _: Changed =
            run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(made).execute(c))?;
    }
    known(w, author, client_id).await?.ok_or(Error::Internal)
}

pub(super) async fn make(
    w: &mut Write<'_>,
    contact: ContactId,
    assignee: TeammateId,
    waiting: i64,
) -> Result<ConversationId, Error> {
    let id = ConversationId(w.app.db.next_id()?);
    let sql = "insert into conversations (workspace_id, id, contact_id, state, channel, assignee_id, created_at, updated_at, waiting) \
               values ($1, $2, $3, 'open', 'messenger', $4, $5, $5, $6)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(contact)
            .bind(assignee)
            .bind(w.now)
            .bind(waiting)
            .execute(c)
    })?;
    Ok(id)
}

/// Adds a part; nothing where one with its id was added at the same moment. The caller has changed the conversation's
/// row, so that parts of one conversation are added one after the other and their numbers go up.
pub(super) async fn insert(
    w: &mut Write<'_>,
    conversation: ConversationId,
    kind: PartKind,
    author: Uploader,
    body: &str,
    client_id: &str,
) -> Result<Option<PartId>, Error> {
    let id = PartId(w.app.db.next_id()?);
    let (author_kind, author) = author.row();
    let sql = "insert into parts (workspace_id, conversation_id, id, kind, author_kind, author_id, body, client_id, created_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (workspace_id, client_id) do nothing";
    let added: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(conversation)
            .bind(id)
            .bind(kind.word())
            .bind(author_kind)
            .bind(author)
            .bind(body)
            .bind(client_id)
            .bind(w.now)
            .execute(c)
    })?;
    if added.0 == 0 {
        return Ok(None);
    }
    let newest = "update conversations set last_part_id = $3 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(newest).bind(w.workspace).bind(conversation).bind(id).execute(c)
    })?;
    Ok(Some(id))
}

/// Moves a conversation to the top; what is said to the person opens it again and makes it wait.
pub(super) async fn touch(
    w: &mut Write<'_>,
    id: ConversationId,
    outgoing: i64,
) -> Result<(), Error> {
    let sql = "update conversations set updated_at = $3, waiting = case when $4 = 1 then 1 else waiting end, \
               waiting_since = case when $4 = 1 then 0 else waiting_since end, \
               snoozed_until = case when $4 = 1 then 0 else snoozed_until end, \
               state = case when $4 = 1 then 'open' else state end where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(w.now).bind(outgoing).execute(c)
    })?;
    Ok(())
}

pub(super) async fn contacted(w: &mut Write<'_>, contact: ContactId) -> Result<(), Error> {
    let sql = "update contacts set last_contacted_at = $3 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(contact).bind(w.now).execute(c)
    })?;
    Ok(())
}
