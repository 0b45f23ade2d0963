//! Saying things: a message to someone, a note for the team, and what a person writes.

use serde_json::json;

use super::{PartKind, clean, reading};
use crate::contacts;
use crate::error::Error;
use crate::id::{ContactId, ConversationId, PartId, TeammateId};
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;

/// The longest id that a page may give a part.
const CLIENT_ID: usize = 100;

/// Begins a conversation with a person. It waits: nothing carries it yet. The same `client_id` again answers the same
/// conversation and changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for the person; [`Error::Conflict`] for one who is blocked; [`Error::Invalid`] for the text.
pub async fn start(
    w: &mut Write<'_>,
    contact: ContactId,
    body: &str,
    client_id: &str,
) -> Result<ConversationId, Error> {
    let body = clean(body)?;
    if let Some(known) = known(w, client_id).await? {
        return Ok(known);
    }
    let person = contacts::find(&mut w.conn, w.workspace, contact).await?.ok_or(Error::NotFound)?;
    if person.blocked_at.0 > 0 {
        return Err(blocked());
    }
    let id = make(w, person.id, w.actor, 1).await?;
    let part = insert(w, id, PartKind::Message, true, w.actor.0, &body, client_id).await?;
    contacted(w, person.id).await?;
    log(w, Kind::MessageSent, person.id, id, json!({ "part": part }));
    Ok(id)
}

fn blocked() -> Error {
    Error::Conflict("This person is blocked. Unblock them to write to them".into())
}

/// Says something to the person of a conversation, which opens it again, or to the team alone, as a teammate.
/// The same `client_id` again changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for the conversation; [`Error::Conflict`] for a message to someone who is blocked;
/// [`Error::Invalid`] for the text.
pub async fn say(
    w: &mut Write<'_>,
    id: ConversationId,
    kind: PartKind,
    body: &str,
    client_id: &str,
) -> Result<(), Error> {
    let body = clean(body)?;
    let found = reading::find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    if known(w, client_id).await?.is_some() {
        return Ok(());
    }
    if kind == PartKind::Note {
        let part = insert(w, id, kind, true, w.actor.0, &body, client_id).await?;
        touch(w, id, 0).await?;
        log(w, Kind::ConversationNoted, found.contact, id, json!({ "part": part }));
        return Ok(());
    }
    let person =
        contacts::find(&mut w.conn, w.workspace, found.contact).await?.ok_or(Error::NotFound)?;
    if person.blocked_at.0 > 0 {
        return Err(blocked());
    }
    let part = insert(w, id, kind, true, w.actor.0, &body, client_id).await?;
    touch(w, id, 1).await?;
    contacted(w, found.contact).await?;
    log(w, Kind::MessageSent, found.contact, id, json!({ "part": part }));
    Ok(())
}

/// Takes in what a person wrote: into a conversation of theirs, which opens it again, or a new one.
/// The same `client_id` again answers the same conversation and changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for the person, and for a conversation that is not theirs; [`Error::Conflict`] for one who is
/// blocked; [`Error::Invalid`] for the text.
pub async fn receive(
    w: &mut Write<'_>,
    contact: ContactId,
    conversation: Option<ConversationId>,
    body: &str,
    client_id: &str,
) -> Result<ConversationId, Error> {
    let body = clean(body)?;
    let person = contacts::find(&mut w.conn, w.workspace, contact).await?.ok_or(Error::NotFound)?;
    if person.blocked_at.0 > 0 {
        return Err(Error::Conflict("Messages from this person are not let in".into()));
    }
    if let Some(known) = known(w, client_id).await? {
        return Ok(known);
    }
    let id = match conversation {
        Some(id) => {
            let found = reading::find(&mut w.conn, w.workspace, id).await?;
            found.filter(|f| f.contact == person.id).ok_or(Error::NotFound)?;
            id
        }
        None => make(w, person.id, TeammateId(0), 0).await?,
    };
    let part = insert(w, id, PartKind::Message, false, person.id.0, &body, client_id).await?;
    let open = "update conversations set state = 'open', updated_at = $3, waiting = 0, snoozed_until = 0, \
                waiting_since = case when waiting_since = 0 then $3 else waiting_since end where workspace_id = $1 and id = $2";
    let _: Changed =
        run!(w.conn, |c| { sqlx::query(open).bind(w.workspace).bind(id).bind(w.now).execute(c) })?;
    let heard = "update contacts set last_heard_from_at = $3 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(heard).bind(w.workspace).bind(person.id).bind(w.now).execute(c)
    })?;
    log(w, Kind::MessageReceived, person.id, id, json!({ "part": part }));
    Ok(id)
}

pub(super) fn log(
    w: &mut Write<'_>,
    kind: Kind,
    contact: ContactId,
    id: ConversationId,
    data: serde_json::Value,
) {
    let at = w.now;
    w.log(Entry::of_contact(kind, at, contact, id.0, data));
}

/// The conversation in which a part of this id was said before.
async fn known(w: &mut Write<'_>, client_id: &str) -> Result<Option<ConversationId>, Error> {
    if client_id.is_empty() || client_id.len() > CLIENT_ID || client_id.contains('\0') {
        return Err(Error::invalid("client_id", "send an id of 1 to 100 characters"));
    }
    let sql = "select conversation_id from parts where workspace_id = $1 and client_id = $2";
    let found: Option<(ConversationId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (ConversationId,)>(sql)
            .bind(w.workspace)
            .bind(client_id)
            .fetch_optional(c)
    })?;
    Ok(found.map(|(id,)| id))
}

async fn make(
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

async fn insert(
    w: &mut Write<'_>,
    conversation: ConversationId,
    kind: PartKind,
    ours: bool,
    author: i64,
    body: &str,
    client_id: &str,
) -> Result<PartId, Error> {
    let id = PartId(w.app.db.next_id()?);
    let sql = "insert into parts (workspace_id, conversation_id, id, kind, author_kind, author_id, body, client_id, created_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(conversation)
            .bind(id)
            .bind(kind.word())
            .bind(if ours { "teammate" } else { "contact" })
            .bind(author)
            .bind(body)
            .bind(client_id)
            .bind(w.now)
            .execute(c)
    })?;
    let newest = "update conversations set last_part_id = $3 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(newest).bind(w.workspace).bind(conversation).bind(id).execute(c)
    })?;
    Ok(id)
}

/// Moves a conversation to the top; what is said to the person opens it again and makes it wait.
async fn touch(w: &mut Write<'_>, id: ConversationId, outgoing: i64) -> Result<(), Error> {
    let sql = "update conversations set updated_at = $3, waiting = case when $4 = 1 then 1 else waiting end, \
               waiting_since = case when $4 = 1 then 0 else waiting_since end, \
               state = case when $4 = 1 then 'open' else state end where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(w.now).bind(outgoing).execute(c)
    })?;
    Ok(())
}

async fn contacted(w: &mut Write<'_>, contact: ContactId) -> Result<(), Error> {
    let sql = "update contacts set last_contacted_at = $3 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(contact).bind(w.now).execute(c)
    })?;
    Ok(())
}
