//! `/api/notes`, and the notes of people and companies. Notes of conversations begin and are listed there, as their parts.

use std::sync::Arc;

use axum::extract::Path;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::texts::{self, Home};
use super::{Owner, Record, add, delete, edit, existing, from_html, page, rooms};
use crate::contacts::{of_public_id, public_id};
use crate::conversations;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, NoteId, PartId, TeammateId};
use crate::rest::{self, Caller, Paging, Query, Refused, Sent};
use crate::run;
use crate::server::db::Conn;
use crate::server::state::AppState;
use crate::teammates::Role;
use crate::time::Time;
use crate::ui::markdown;

type Answer = Result<Json<Value>, Refused>;

/// The order of notes, in cursors.
const ORDER: &str = "notes";

/// The routes of notes.
pub fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route("/contacts/{id}/notes", get(of_contact).post(about_contact))
        .route("/companies/{company}/notes", get(of_company).post(about_company))
        .route("/notes/{id}", get(show).put(update).delete(remove))
}

/// Who wrote a note, in the shape of Intercom's `admin` in a note; nothing for a program. Nobody is set to be away here: who is
/// there, is known by itself.
fn author(note: &Record) -> Option<Value> {
    (note.author_id.0 > 0).then(|| {
        json!({
            "type": "admin",
            "id": note.author_id.to_string(),
            "name": note.author,
            "email": note.author_email,
            "away_mode_enabled": false,
            "away_mode_reassign": false,
        })
    })
}

/// A note in the shape of Intercom's `note`; the text as safe HTML.
pub fn shape(note: &Record) -> Value {
    let mut shape = json!({
        "type": "note",
        "id": note.id.to_string(),
        "created_at": note.created_at.seconds(),
        "author": author(note),
        "body": markdown::render(&note.body),
        "version": note.version,
    });
    let id = match note.owner_kind.as_str() {
        "contact" => public_id(ContactId(note.owner_id)),
        _ => note.owner_id.to_string(),
    };
    shape[&note.owner_kind] = json!({ "type": note.owner_kind, "id": id });
    shape
}

fn company(text: &str) -> Result<Owner, Error> {
    rest::decimal_id(text).map(|id| Owner::Company(CompanyId(id)))
}

async fn of_contact(caller: Caller, Path(id): Path<String>, query: Query) -> Answer {
    list(&caller, Owner::Contact(of_public_id(&id)?), &query).await
}

async fn of_company(caller: Caller, Path(id): Path<String>, query: Query) -> Answer {
    list(&caller, company(&id)?, &query).await
}

/// A page by its cursor, or by its number, as official clients ask until nothing comes.
async fn list(caller: &Caller, owner: Owner, query: &Query) -> Answer {
    let mut paging = Paging::of_query(query)?;
    paging.in_order(ORDER)?;
    let number = query.number("page")?.unwrap_or(1);
    if !(1..=10_000).contains(&number) {
        return Err(Error::invalid("page", "send 1 to 10,000").into());
    }
    let refused = || Error::invalid("starting_after", "send what pages.next said");
    let mut c = caller.app.db.read().await?;
    let owner = existing(&mut c, caller.workspace, owner).await?;
    let mut before = match &paging.after {
        Some(after) => Some((Time(after.key.as_i64().ok_or_else(refused)?), NoteId(after.id))),
        None => None,
    };
    if before.is_none() && number > 1 {
        let skipped = (number - 1) * paging.per_page;
        let rows = page(&mut c, caller.workspace, owner, None, skipped).await?;
        before = rows.last().map(|n| (n.created_at, n.id));
        if (rows.len() as i64) < skipped {
            before = Some((Time(i64::MIN), NoteId(0)));
        }
        let (key, id) = before.map_or((Value::Null, 0), |(at, id)| (at.0.into(), id.0));
        paging.after =
            Some(rest::Cursor { order: ORDER.into(), key, id, page: number, total: None });
    }
    let limit = paging.per_page;
    let mut rows = page(&mut c, caller.workspace, owner, before, limit + 1).await?;
    let total = count(&mut c, caller, owner).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().filter(|_| more).map(|n| (n.created_at.0.into(), n.id.0));
    let pages = paging.pages(ORDER, total, last);
    Ok(Json(rest::list(rows.iter().map(shape).collect(), total, pages)))
}

async fn count(c: &mut Conn, caller: &Caller, owner: Owner) -> Result<i64, Error> {
    let sql = "select count(*) from notes where workspace_id = $1 and owner_kind = $2 and owner_id = $3 and deleted_at = 0";
    let (n,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(sql)
            .bind(caller.workspace)
            .bind(owner.kind())
            .bind(owner.number())
            .fetch_one(x)
    })?;
    Ok(n)
}

async fn about_contact(caller: Caller, Path(id): Path<String>, Sent(sent): Sent) -> Answer {
    write(&caller, Owner::Contact(of_public_id(&id)?), &sent).await
}

async fn about_company(caller: Caller, Path(id): Path<String>, Sent(sent): Sent) -> Answer {
    write(&caller, company(&id)?, &sent).await
}

/// Written by the teammate whom `admin_id` names, or by nobody.
async fn write(caller: &Caller, owner: Owner, sent: &Map<String, Value>) -> Answer {
    let body = sent.get("body").and_then(Value::as_str);
    let body = body.ok_or_else(|| Error::invalid("body", "write the note"))?;
    let body = from_html(body);
    let by = caller.teammate(sent, "admin_id").await?;
    let mut w = caller.write_as(by.unwrap_or(TeammateId(0))).await?;
    let id = add(&mut w, owner, &body).await?;
    w.commit().await?;
    answer(caller, id).await
}

async fn show(caller: Caller, Path(id): Path<String>) -> Answer {
    answer(&caller, NoteId(rest::decimal_id(&id)?)).await
}

/// Replaces the whole text. What was changed since the `version` that it names is merged with what others wrote; without
/// one it is meant for the text as it is now.
async fn update(caller: Caller, Path(id): Path<String>, Sent(sent): Sent) -> Answer {
    let id = NoteId(rest::decimal_id(&id)?);
    let body = sent.get("body").and_then(Value::as_str);
    let body = body.ok_or_else(|| Error::invalid("body", "write the note"))?;
    let version = match sent.get("version") {
        None | Some(Value::Null) => None,
        Some(version) => Some(version.as_i64().ok_or_else(|| {
            Error::invalid("version", "send the number that the note had, or leave it out")
        })?),
    };
    let by = caller.teammate(&sent, "admin_id").await?;
    let mut w = caller.write_as(by.unwrap_or(TeammateId(0))).await?;
    let found = texts::find(&mut w.conn, caller.workspace, id).await?.ok_or(Error::NotFound)?;
    edit(&mut w, id, &from_html(body), version.unwrap_or(found.version)).await?;
    w.commit().await?;
    rooms::changed(&caller.app, caller.workspace, id).await;
    answer(&caller, id).await
}

/// Deletes a note; the team can bring it back for 30 days. In a conversation a key may do what an admin may.
async fn remove(caller: Caller, Path(id): Path<String>) -> Answer {
    let id = NoteId(rest::decimal_id(&id)?);
    let mut w = caller.write_as(TeammateId(0)).await?;
    let found = texts::find(&mut w.conn, caller.workspace, id).await?.ok_or(Error::NotFound)?;
    match found.home()? {
        Home::Owner(_) => _ = delete(&mut w, id).await?,
        Home::Conversation(of) => {
            conversations::delete_note(&mut w, Role::Admin, of, PartId(id.0)).await?;
        }
    }
    w.commit().await?;
    rooms::changed(&caller.app, caller.workspace, id).await;
    rooms::deleted(&caller.app, caller.workspace, id).await;
    Ok(Json(json!({ "id": id.to_string(), "object": "note", "deleted": true })))
}

async fn answer(caller: &Caller, id: NoteId) -> Answer {
    let mut c = caller.app.db.read().await?;
    let note = texts::find(&mut c, caller.workspace, id).await?.ok_or(Error::NotFound)?;
    Ok(Json(shape(&note)))
}
