//! Beginning conversations and answering in them, as a teammate or as the person.

use axum::Json;
use axum::extract::Path;
use serde_json::{Map, Value, json};

use super::files::{self, File};
use super::said::Body;
use super::{Answer, answer, id_of};
use crate::attachments::Uploader;
use crate::contacts::{self, Whom};
use crate::conversations::{self, LONGEST, PartKind, Words};
use crate::error::Error;
use crate::id::{ContactId, ConversationId, TeammateId};
use crate::notes::from_html;
use crate::rest::{self, Caller, Sent};
use crate::server::secret;
use crate::time::Time;

/// The id under which a part is said: the sender's own, so that a request may be repeated, or a new one.
pub(super) fn client_id(sent: &Map<String, Value>) -> Result<String, Error> {
    let id = rest::text(sent, "client_id", 90)?.filter(|id| !id.is_empty());
    Ok(id.map_or_else(|| secret::random("rest-"), |id| format!("rest-{id}")))
}

/// The text, which may be left out where there are files.
pub(super) fn text(sent: &Map<String, Value>, files: &[File]) -> Result<String, Error> {
    let body = rest::text(sent, "body", LONGEST)?.filter(|body| !body.is_empty());
    match body {
        None if files.is_empty() => Err(Error::invalid("body", "write the text")),
        body => Ok(body.unwrap_or_default()),
    }
}

/// The teammate whom a field names.
pub(super) async fn admin(
    caller: &Caller,
    sent: &Map<String, Value>,
    field: &str,
) -> Result<TeammateId, Error> {
    let found = caller.teammate(sent, field).await?;
    found.ok_or_else(|| Error::invalid(field, "send the id of a teammate"))
}

/// Refuses a conversation that is not there, before anything else that may be wrong.
pub(super) async fn there(caller: &Caller, id: ConversationId) -> Result<(), Error> {
    let mut c = caller.app.db.read().await?;
    conversations::find(&mut c, caller.workspace, id).await?.map(|_| ()).ok_or(Error::NotFound)
}

/// Someone in an object such as `from`: by our id, the customer's, or the e-mail address.
pub(super) async fn person(
    caller: &Caller,
    sent: &Map<String, Value>,
    field: &str,
) -> Result<contacts::Contact, Error> {
    let whom = rest::object(sent, field)?;
    let kind = rest::text(&whom, "type", 20)?.unwrap_or_default();
    if !matches!(kind.as_str(), "user" | "lead" | "contact") {
        return Err(Error::invalid(format!("{field}.type"), "send user, lead or contact"));
    }
    let texts = ["id", "user_id", "email"].map(|field| rest::text(&whom, field, 320));
    let [id, user_id, email] = texts;
    let (id, user_id, email) = (id?, user_id?, email?);
    let whom = Whom::new(id.as_deref(), user_id.as_deref(), email.as_deref());
    let mut c = caller.app.db.read().await?;
    whom.find(&mut c, caller.workspace).await.map_err(|error| error.of_field(field))
}

/// What was said, as `POST /conversations` and `POST /messages` answer it.
pub(super) async fn said(
    caller: &Caller,
    id: ConversationId,
    client_id: &str,
    kind: &str,
) -> Answer {
    let sql = "select id, body, created_at from parts where workspace_id = $1 and client_id = $2";
    let mut c = caller.app.db.read().await?;
    let (part, body, at): (i64, String, Time) = crate::run!(c, |x| {
        sqlx::query_as::<_, (i64, String, Time)>(sql)
            .bind(caller.workspace)
            .bind(client_id)
            .fetch_one(x)
    })?;
    Ok(Json(json!({
        "type": kind,
        "id": part.to_string(),
        "created_at": at.seconds(),
        "subject": "",
        "body": crate::ui::markdown::render(&body),
        "message_type": "in_app",
        "conversation_id": id.to_string(),
    })))
}

/// `POST /api/conversations`: the person begins one.
pub async fn create(caller: Caller, Sent(sent): Sent) -> Answer {
    let files = files::read(&sent)?;
    let from = person(&caller, &sent, "from").await?;
    let (body, client_id) = (text(&sent, &files)?, client_id(&sent)?);
    let author = Uploader::Contact(from.id);
    let files = files::take(&caller, author, None, files).await?;
    let words = Words { body: &body, client_id: &client_id, files: &files };
    let outcome = receive(&caller, from.id, None, words).await;
    files::forget(&caller, author, &files).await?;
    let id = outcome?;
    said(&caller, id, &client_id, "user_message").await
}

/// `POST /api/conversations/{id}/reply`, where the id may be `last`: the newest of the person who is named.
pub async fn reply(caller: Caller, Path(id): Path<String>, Sent(sent): Sent) -> Answer {
    if id != "last" {
        there(&caller, id_of(&id)?).await?;
    }
    let files = files::read(&sent)?;
    let (body, client_id) = (text(&sent, &files)?, client_id(&sent)?);
    let kind = match rest::text(&sent, "message_type", 20)?.as_deref() {
        Some("comment") => PartKind::Message,
        Some("note") => PartKind::Note,
        _ => return Err(Error::invalid("message_type", "send comment or note").into()),
    };
    let who = rest::text(&sent, "type", 20)?.unwrap_or_default();
    let by = match who.as_str() {
        "admin" => admin(&caller, &sent, "admin_id").await?,
        "user" | "contact" | "lead" if kind == PartKind::Message => TeammateId(0),
        "user" | "contact" | "lead" => {
            return Err(Error::invalid("message_type", "a note is written by an admin").into());
        }
        _ => return Err(Error::invalid("type", "send admin or user").into()),
    };
    // A teammate's words are HTML where they look like it, a person's are what was typed.
    let body = if by.0 > 0 { from_html(&body) } else { body };
    let contact = match (by.0, id.as_str()) {
        (0, _) | (_, "last") => Some(writer(&caller, &sent).await?),
        _ => None,
    };
    let id = match (id.as_str(), &contact) {
        ("last", Some(contact)) => last(&caller, contact).await?,
        (id, _) => id_of(id)?,
    };
    let author = match &contact {
        Some(contact) if by.0 == 0 => Uploader::Contact(contact.id),
        _ => Uploader::Teammate(by),
    };
    let files = files::take(&caller, author, Some(id), files).await?;
    let words = Words { body: &body, client_id: &client_id, files: &files };
    let outcome = match author {
        Uploader::Contact(contact) => receive(&caller, contact, Some(id), words).await.map(|_| ()),
        Uploader::Teammate(by) => say(&caller, by, id, kind, words).await,
    };
    files::forget(&caller, author, &files).await?;
    outcome?;
    answer(&caller, id, Body::Html).await
}

async fn receive(
    caller: &Caller,
    contact: ContactId,
    id: Option<ConversationId>,
    words: Words<'_>,
) -> Result<ConversationId, Error> {
    let mut w = caller.write().await?;
    let id = conversations::receive_words(&mut w, contact, id, words).await?;
    w.commit().await?;
    Ok(id)
}

async fn say(
    caller: &Caller,
    by: TeammateId,
    id: ConversationId,
    kind: PartKind,
    words: Words<'_>,
) -> Result<(), Error> {
    let mut w = caller.write_as(by).await?;
    conversations::say_words(&mut w, id, kind, words).await?;
    w.commit().await?;
    Ok(())
}

async fn writer(caller: &Caller, sent: &Map<String, Value>) -> Result<contacts::Contact, Error> {
    let texts = ["intercom_user_id", "user_id", "email"].map(|field| rest::text(sent, field, 320));
    let [id, user_id, email] = texts;
    let (id, user_id, email) = (id?, user_id?, email?);
    let whom = Whom::new(id.as_deref(), user_id.as_deref(), email.as_deref());
    let mut c = caller.app.db.read().await?;
    whom.called("intercom_user_id").find(&mut c, caller.workspace).await
}

async fn last(caller: &Caller, contact: &contacts::Contact) -> Result<ConversationId, Error> {
    let mut c = caller.app.db.read().await?;
    let sql = "select id from conversations where workspace_id = $1 and contact_id = $2 order by updated_at desc, id desc limit 1";
    let found: Option<(ConversationId,)> = crate::run!(c, |x| {
        sqlx::query_as::<_, (ConversationId,)>(sql)
            .bind(caller.workspace)
            .bind(contact.id)
            .fetch_optional(x)
    })?;
    Ok(found.ok_or(Error::NotFound)?.0)
}
