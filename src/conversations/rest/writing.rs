//! Beginning conversations, answering in them and moving them along, as a teammate or as the person.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use serde_json::{Map, Value, json};

use super::files::{self, File};
use super::said::Body;
use super::shape::whole;
use super::{Answer, id_of};
use crate::attachments::Uploader;
use crate::contacts::{self, Whom};
use crate::conversations::{self, LONGEST, PartKind, Words};
use crate::error::Error;
use crate::id::{ContactId, ConversationId, TagId, TeamId, TeammateId};
use crate::notes::from_html;
use crate::rest::{self, Caller, Sent};
use crate::server::db::Write;
use crate::server::secret;
use crate::tags;
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
async fn there(caller: &Caller, id: ConversationId) -> Result<(), Error> {
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
    answer(&caller, id).await
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

async fn answer(caller: &Caller, id: ConversationId) -> Answer {
    let mut c = caller.app.db.read().await?;
    let found = whole(&mut c, caller.workspace, id, Body::Html).await?;
    Ok(Json(found.ok_or(Error::NotFound)?))
}

/// `POST /api/conversations/{id}/parts`: closes, opens, puts off or assigns.
pub async fn manage(caller: Caller, Path(id): Path<String>, Sent(sent): Sent) -> Answer {
    let id = id_of(&id)?;
    there(&caller, id).await?;
    let by = admin(&caller, &sent, "admin_id").await?;
    let body = rest::text(&sent, "body", LONGEST)?.filter(|body| !body.is_empty());
    let mut w = caller.write_as(by).await?;
    let kind = rest::text(&sent, "message_type", 20)?.unwrap_or_default();
    let told = match kind.as_str() {
        "close" => PartKind::Message,
        "assignment" => PartKind::Note,
        "open" | "snoozed" if body.is_none() => PartKind::Note,
        "open" | "snoozed" => {
            return Err(Error::invalid("body", "text goes with close and assignment").into());
        }
        _ => {
            let message = "send close, open, snoozed or assignment";
            return Err(Error::invalid("message_type", message).into());
        }
    };
    // What is said opens a conversation, so it is said first.
    if let Some(body) = &body {
        conversations::say(&mut w, id, told, &from_html(body), &client_id(&sent)?).await?;
    }
    match kind.as_str() {
        "close" => conversations::close(&mut w, id).await?,
        "open" => conversations::reopen(&mut w, id).await?,
        "snoozed" => {
            let until = rest::seconds(&sent, "snoozed_until")?;
            let missing = || Error::invalid("snoozed_until", "say until when, in Unix seconds");
            let until = until.ok_or_else(missing)?;
            let moved = conversations::snooze(&mut w, id, Some(until)).await;
            moved.map_err(|error| error.of_field("snoozed_until"))?
        }
        _ => assign(&mut w, id, &sent).await?,
    };
    w.commit().await?;
    answer(&caller, id).await
}

async fn assign(
    w: &mut Write<'_>,
    id: ConversationId,
    sent: &Map<String, Value>,
) -> Result<conversations::Moved, Error> {
    let to = rest::text(sent, "assignee_id", 20)?.filter(|id| !id.is_empty());
    let to = to.ok_or_else(|| Error::invalid("assignee_id", "say to whom; 0 is nobody"))?;
    let refused = |_| Error::invalid("assignee_id", "nobody has this id");
    let to = rest::decimal_id(&to).map_err(refused)?;
    let moved = match rest::text(sent, "type", 20)?.as_deref() {
        Some("team") => conversations::assign_team(w, id, TeamId(to)).await,
        _ => conversations::assign(w, id, TeammateId(to)).await,
    };
    moved.map_err(|error| error.of_field("assignee_id"))
}

/// `POST /api/conversations/{id}/tags`.
pub async fn attach(caller: Caller, Path(id): Path<String>, Sent(sent): Sent) -> Answer {
    let id = id_of(&id)?;
    there(&caller, id).await?;
    let tag = rest::text(&sent, "id", 100)?;
    let tag = tag.ok_or_else(|| Error::invalid("id", "send the tag's id"))?;
    let by = admin(&caller, &sent, "admin_id").await?;
    let mut w = caller.write_as(by).await?;
    let number = rest::decimal_id(&tag).map_err(|e| e.named_by("tag"))?;
    let tag = tags::find(&mut w.conn, w.workspace, TagId(number)).await?;
    let tag = tag.ok_or_else(|| Error::missing("tag"))?;
    conversations::tag(&mut w, id, &tag.name).await?;
    let now = w.now;
    w.commit().await?;
    Ok(Json(json!({
        "type": "tag",
        "id": tag.id.to_string(),
        "name": tag.name,
        "applied_at": now.seconds(),
        "applied_by": { "type": "admin", "id": by.to_string() },
    })))
}

/// `DELETE /api/conversations/{id}/tags/{tag}`; a body with `admin_id` says who takes it off.
pub async fn detach(
    caller: Caller,
    Path((id, tag)): Path<(String, String)>,
    body: Bytes,
) -> Answer {
    let id = id_of(&id).map_err(|e| e.named_by("id"))?;
    there(&caller, id).await.map_err(|e| e.named_by("id"))?;
    let tag = TagId(rest::decimal_id(&tag).map_err(|e| e.named_by("tag"))?);
    let by = match body.is_empty() {
        true => TeammateId(0),
        false => admin(&caller, &rest::read(&body)?, "admin_id").await?,
    };
    let mut w = caller.write_as(by).await?;
    let found = tags::find(&mut w.conn, w.workspace, tag).await?;
    let found = found.ok_or_else(|| Error::missing("tag"))?;
    if !conversations::untag(&mut w, id, tag).await? {
        return Err(Error::missing("tag").into());
    }
    w.commit().await?;
    Ok(Json(json!({ "type": "tag", "id": found.id.to_string(), "name": found.name })))
}
