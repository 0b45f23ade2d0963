//! `/api/tags` and the tags of people.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::manage::{self, Applied, Tag};
use crate::companies;
use crate::contacts::{self, of_public_id};
use crate::error::Error;
use crate::id::{CompanyId, TagId};
use crate::owner::Owner;
use crate::rest::{self, Caller, Refused, Sent};
use crate::server::db::Write;
use crate::server::state::AppState;

type Answer = Result<Json<Value>, Refused>;

/// The most people or companies that one request tags.
const MOST: usize = 500;

/// The routes of tags.
pub fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route("/tags", get(list).post(save))
        .route("/tags/{tag}", get(show).delete(remove))
        .route("/contacts/{id}/tags", get(of_contact).post(attach))
        .route("/contacts/{id}/tags/{tag}", delete(detach))
}

fn shape(tag: &Tag) -> Value {
    json!({ "type": "tag", "id": tag.id.to_string(), "name": tag.name })
}

fn applied(tag: &Applied) -> Value {
    let by = Some(tag.tagged_by).filter(|t| t.0 > 0);
    json!({
        "type": "tag",
        "id": tag.id.to_string(),
        "name": tag.name,
        "applied_at": tag.tagged_at.seconds(),
        "applied_by": by.map(|t| json!({ "type": "admin", "id": t.to_string() })),
    })
}

fn id_of(text: &str) -> Result<TagId, Error> {
    rest::decimal_id(text).map(TagId)
}

async fn list(caller: Caller) -> Answer {
    let mut c = caller.app.db.read().await?;
    let tags: Vec<_> = manage::all(&mut c, caller.workspace).await?.iter().map(shape).collect();
    Ok(Json(json!({ "type": "list", "data": tags })))
}

async fn show(caller: Caller, Path(tag): Path<String>) -> Answer {
    let mut c = caller.app.db.read().await?;
    let tag = manage::find(&mut c, caller.workspace, id_of(&tag)?).await?;
    Ok(Json(shape(&tag.ok_or(Error::NotFound)?)))
}

/// Takes it off everyone, with an entry in the stream of each, and deletes it.
async fn remove(caller: Caller, Path(tag): Path<String>) -> Result<StatusCode, Refused> {
    let id = id_of(&tag)?;
    loop {
        let mut w = caller.write().await?;
        let gone = manage::delete_step(&mut w, id).await?;
        w.commit().await?;
        if gone {
            return Ok(StatusCode::OK);
        }
    }
}

/// Makes or renames a tag, or tags and untags people or companies, by what is sent beside the name.
async fn save(caller: Caller, Sent(sent): Sent) -> Answer {
    let name = rest::text(&sent, "name", 1_000)?.unwrap_or_default();
    let id = rest::text(&sent, "id", 100)?.filter(|id| !id.is_empty());
    let mut w = caller.write().await?;
    let tag = match (id, sent.get("companies"), sent.get("users")) {
        (Some(id), None, None) => {
            let id = id_of(&id).map_err(|e| e.named_by("id"))?;
            manage::rename(&mut w, id, &name).await.map_err(|e| e.named_by("id"))?
        }
        (None, None, None) => {
            let (id, name) = super::make(&mut w, &name).await?;
            Tag { id, name }
        }
        (None, Some(companies), None) => many(&mut w, &name, "companies", companies).await?,
        (None, None, Some(users)) => many(&mut w, &name, "users", users).await?,
        _ => {
            let message = "send only one of id, companies and users beside the name";
            return Err(Error::invalid("name", message).into());
        }
    };
    w.commit().await?;
    Ok(Json(shape(&tag)))
}

async fn many(w: &mut Write<'_>, name: &str, field: &str, source: &Value) -> Result<Tag, Error> {
    let items = source.as_array().filter(|items| (1..=MOST).contains(&items.len()));
    let items = items.ok_or_else(|| Error::invalid(field, "send a list of 1 to 500"))?;
    let mut asked = Vec::new();
    for (n, item) in items.iter().enumerate() {
        let path = format!("{field}[{n}]");
        let item = item.as_object().ok_or_else(|| Error::invalid(&path, "send an object"))?;
        let owner = match field {
            "users" => person(w, &path, item).await?,
            _ => company(w, &path, item).await?,
        };
        asked.push((owner, rest::boolean(item, "untag")?.unwrap_or(false)));
    }
    let tag = if asked.iter().all(|(_, untag)| *untag) {
        // What nobody has yet is not made only to be taken off.
        let found = manage::named(&mut w.conn, w.workspace, name).await?;
        found.ok_or_else(|| Error::missing("name"))?
    } else {
        let (id, name) = super::make(w, name).await?;
        Tag { id, name }
    };
    for (owner, untag) in asked {
        if untag {
            manage::take_off(w, owner, &tag).await?;
        } else {
            manage::apply(w, owner, &tag).await?;
        }
    }
    Ok(tag)
}

async fn person(w: &mut Write<'_>, path: &str, item: &Map<String, Value>) -> Result<Owner, Error> {
    let text = |field: &str, most| {
        rest::text(item, field, most).map_err(|e| e.of_field(format!("{path}.{field}")))
    };
    let missing = |field: &str| Error::missing(format!("{path}.{field}"));
    let (field, found) = match (text("id", 100)?, text("user_id", 255)?) {
        (Some(id), _) => {
            let id = of_public_id(&id).map_err(|_| missing("id"))?;
            ("id", contacts::find(&mut w.conn, w.workspace, id).await?)
        }
        (None, Some(id)) => {
            ("user_id", contacts::find_by_external_id(&mut w.conn, w.workspace, &id).await?)
        }
        (None, None) => return Err(Error::invalid(path, "send an id or a user_id")),
    };
    found.map(|p| Owner::Contact(p.id)).ok_or_else(|| missing(field))
}

async fn company(w: &mut Write<'_>, path: &str, item: &Map<String, Value>) -> Result<Owner, Error> {
    let text = |field: &str, most| {
        rest::text(item, field, most).map_err(|e| e.of_field(format!("{path}.{field}")))
    };
    let missing = |field: &str| Error::missing(format!("{path}.{field}"));
    let (field, found) = match (text("id", 100)?, text("company_id", 255)?) {
        (Some(id), _) => {
            let id = CompanyId(rest::decimal_id(&id).map_err(|_| missing("id"))?);
            ("id", companies::find(&mut w.conn, w.workspace, id).await?)
        }
        (None, Some(id)) => {
            ("company_id", companies::find_by_company_id(&mut w.conn, w.workspace, &id).await?)
        }
        (None, None) => return Err(Error::invalid(path, "send an id or a company_id")),
    };
    found.map(|c| Owner::Company(c.id)).ok_or_else(|| missing(field))
}

async fn of_contact(caller: Caller, Path(id): Path<String>) -> Answer {
    let mut c = caller.app.db.read().await?;
    let contact = contacts::find(&mut c, caller.workspace, of_public_id(&id)?).await?;
    let contact = contact.ok_or(Error::NotFound)?.id;
    let tags = manage::applied(&mut c, caller.workspace, contact).await?;
    let tags: Vec<_> = tags.iter().map(applied).collect();
    Ok(Json(json!({ "type": "list", "data": tags })))
}

async fn attach(caller: Caller, Path(id): Path<String>, Sent(sent): Sent) -> Answer {
    let nobody = |e: Error| e.named_by("contact");
    let contact = of_public_id(&id).map_err(nobody)?;
    let tag = rest::text(&sent, "id", 100)?;
    let tag = tag.ok_or_else(|| Error::invalid("id", "send the tag's id"))?;
    let tag = id_of(&tag).map_err(|e| e.named_by("id"))?;
    let mut w = caller.write().await?;
    let tag = manage::find(&mut w.conn, w.workspace, tag).await?;
    let tag = tag.ok_or_else(|| Error::missing("id"))?;
    manage::apply(&mut w, Owner::Contact(contact), &tag).await.map_err(nobody)?;
    let contact = contacts::find(&mut w.conn, w.workspace, contact).await?;
    let contact = contact.ok_or(Error::NotFound)?.id;
    let all = manage::applied(&mut w.conn, w.workspace, contact).await?;
    w.commit().await?;
    let found = all.iter().find(|t| t.id == tag.id).ok_or(Error::Internal)?;
    Ok(Json(applied(found)))
}

async fn detach(caller: Caller, Path((id, tag)): Path<(String, String)>) -> Answer {
    let nobody = |e: Error| e.named_by("contact");
    let contact = of_public_id(&id).map_err(nobody)?;
    let tag = id_of(&tag).map_err(|e| e.named_by("tag"))?;
    let mut w = caller.write().await?;
    let tag = manage::find(&mut w.conn, w.workspace, tag).await?;
    let tag = tag.ok_or_else(|| Error::missing("tag"))?;
    manage::take_off(&mut w, Owner::Contact(contact), &tag).await.map_err(nobody)?;
    w.commit().await?;
    Ok(Json(shape(&tag)))
}
