//! `/api/conversations` and `/api/messages`.

mod compare;
mod condition;
mod files;
mod first;
mod happened;
mod listing;
mod managing;
mod message;
mod said;
mod shape;
mod statistics;
mod writing;

use std::sync::Arc;

use axum::extract::Path;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use self::said::Body;
pub use self::shape::notified;
use crate::attachments;
use crate::error::Error;
use crate::id::{AttachmentId, ConversationId};
use crate::rest::{self, Caller, Filter, Paging, Query, Refused, Sent};
use crate::segments;
use crate::server::state::AppState;

type Answer = Result<Json<Value>, Refused>;

/// The routes of conversations.
pub fn router() -> Router<Arc<AppState>> {
    let create = get(list).post(writing::create);
    Router::new()
        .route("/conversations", rest::at_most(files::LARGEST, create))
        .route("/conversations/search", post(search))
        .route("/conversations/{id}", get(show))
        .route("/conversations/{id}/reply", rest::at_most(files::LARGEST, post(writing::reply)))
        .route("/conversations/{id}/parts", post(managing::manage))
        .route("/conversations/{id}/tags", post(managing::attach))
        .route("/conversations/{id}/tags/{tag}", delete(managing::detach))
        .route("/messages", post(message::message))
        .route("/attachments/{id}", get(file))
}

fn id_of(text: &str) -> Result<ConversationId, Error> {
    rest::decimal_id(text).map(ConversationId)
}

async fn list(caller: Caller, query: Query) -> Answer {
    page(&caller, None, None, &Paging::of_query(&query)?).await
}

async fn search(caller: Caller, Sent(sent): Sent) -> Answer {
    let filter = Filter::read(sent.get("query"))?;
    page(&caller, Some(&filter), sent.get("sort"), &Paging::of_search(&sent)?).await
}

async fn page(
    caller: &Caller,
    filter: Option<&Filter>,
    sort: Option<&Value>,
    paging: &Paging,
) -> Answer {
    // A search may go through every conversation, so it has no more time than a rule has.
    let mut c = match filter {
        Some(_) => caller.app.db.read_within(segments::LONGEST).await?,
        None => caller.app.db.read().await?,
    };
    let found = listing::page(&mut c, caller.workspace, filter, sort, paging).await?;
    let rows = shape::complete(&mut c, caller.workspace, found.rows, Body::Html).await?;
    Ok(Json(json!({
        "type": "conversation.list",
        "conversations": rows,
        "pages": found.pages,
        "total_count": found.total,
    })))
}

/// One with what was said in it; its texts as HTML, or as they were typed with `display_as=plaintext`.
async fn show(caller: Caller, Path(id): Path<String>, query: Query) -> Answer {
    let body = match query.get("display_as") {
        None | Some("html") => Body::Html,
        Some("plaintext") => Body::Plain,
        Some(_) => return Err(Error::invalid("display_as", "send plaintext").into()),
    };
    answer(&caller, id_of(&id)?, body).await
}

async fn answer(caller: &Caller, id: ConversationId, body: Body) -> Answer {
    let mut c = caller.app.db.read().await?;
    shape::whole(&mut c, caller.workspace, id, body)
        .await?
        .map(Json)
        .ok_or_else(|| Error::NotFound.into())
}

/// The bytes of a file that came with a part.
async fn file(caller: Caller, Path(id): Path<String>) -> Result<axum::response::Response, Refused> {
    let id = AttachmentId(rest::decimal_id(&id)?);
    let mut c = caller.app.db.read().await?;
    let file = attachments::open(&mut c, caller.workspace, id).await?.ok_or(Error::NotFound)?;
    drop(c);
    Ok(attachments::respond(&caller.app, &file).await?)
}
