//! Moving conversations along, and tagging them.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use serde_json::{Map, Value, json};

use super::said::Body;
use super::writing::{admin, client_id, there};
use super::{Answer, answer, id_of};
use crate::conversations::{self, LONGEST, PartKind};
use crate::error::Error;
use crate::id::{ConversationId, TagId, TeamId, TeammateId};
use crate::notes::from_html;
use crate::rest::{self, Caller, Sent};
use crate::server::db::Write;
use crate::tags;

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
    answer(&caller, id, Body::Html).await
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
