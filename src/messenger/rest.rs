//! The Messenger's HTTP: what pages of any origin call with a token, and what they load.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tower_http::cors::{Any, CorsLayer};

use super::session::{self, Person};
use super::{boot, files, frame, live, shop, talk, tell};
use crate::attachments::{self, MOST};
use crate::attributes::Writer;
use crate::contacts::{self, Details, Occurrence, Visit};
use crate::conversations::{self, Words};
use crate::error::Error;
use crate::id::{AttachmentId, ConversationId, PartId, TeammateId};
use crate::outbound;
use crate::rest::{self, Refused, Sent};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::server::peer;
use crate::server::state::AppState;

type Answer = Result<Json<Value>, Refused>;
type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

/// The longest message, in characters.
const LONGEST: usize = 10_000;
/// The most bytes of an event's metadata.
const METADATA: usize = 16 * 1024;

/// The routes of the Messenger. No cookie is read here but by the sample shop.
pub fn router() -> Router<Arc<AppState>> {
    let pages = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .max_age(std::time::Duration::from_secs(24 * 60 * 60));
    let calls = Router::new()
        .route("/messenger/boot", post(start))
        .route("/messenger/ping", post(ping))
        .route("/messenger/event", post(event))
        .route("/messenger/end", post(end))
        .route("/messenger/home", get(home))
        .route("/messenger/email", post(email))
        .route("/messenger/files", post(files::upload))
        .route("/messenger/files/{id}", get(files::read))
        .route("/messenger/conversations", get(earlier).post(begin))
        .route("/messenger/conversations/{id}", get(thread).post(reply))
        .route("/messenger/conversations/{id}/read", post(read))
        .method_not_allowed_fallback(async || Refused::of(StatusCode::METHOD_NOT_ALLOWED))
        .layer(pages);
    Router::new()
        .merge(calls)
        .route("/messenger/live", get(live::open))
        .route("/messenger/frame", get(frame::page))
        .route("/messenger.js", get(frame::script))
        .route("/demo/site", get(shop::page))
}

fn address(app: &AppState, headers: &HeaderMap, peer: Peer) -> Option<IpAddr> {
    Some(peer::address(&app.trusted_proxies, headers, peer?.0.0.ip()))
}

async fn start(
    State(app): State<Arc<AppState>>,
    peer: Peer,
    headers: HeaderMap,
    Sent(sent): Sent,
) -> Answer {
    let ip = address(&app, &headers, peer);
    if !app.messengers.boot(ip) {
        return Err(Error::TooMany.into());
    }
    Ok(Json(boot::boot(&app, &sent, &headers, ip).await?))
}

/// Someone looks at a page still, or at another one.
async fn ping(person: Person, peer: Peer, headers: HeaderMap, Sent(sent): Sent) -> Answer {
    let ip = address(&person.app, &headers, peer);
    let mut w = write(&person).await?;
    let waits = outbound::expected(&mut w, person.contact).await?;
    if !waits.is_empty() {
        // As when a page boots.
        w.commit().await?;
        outbound::greet(&person.app, waits).await;
        w = write(&person).await?;
    }
    let context = tell::visit(&sent, &headers, ip);
    let visit = Visit { contact: person.contact, at: w.now, context };
    contacts::visit(&mut w, &[visit]).await?;
    w.commit().await?;
    Ok(Json(boot::shown(&person, &sent, &headers).await?))
}

async fn write(person: &Person) -> Result<Write<'_>, Error> {
    Write::begin(&person.app, person.workspace, TeammateId(0)).await
}

/// Something the person did; the same `id` again changes nothing.
async fn event(person: Person, Sent(sent): Sent) -> Answer {
    let name = rest::text(&sent, "name", 255)?.map(|n| n.trim().to_owned());
    let name =
        name.filter(|n| !n.is_empty()).ok_or_else(|| Error::invalid("name", "name the event"))?;
    let properties = match sent.get("metadata") {
        None | Some(Value::Null) => json!({}),
        Some(value) if value.is_object() => value.clone(),
        Some(_) => return Err(Error::invalid("metadata", "send an object").into()),
    };
    if properties.to_string().len() > METADATA {
        return Err(Error::invalid("metadata", "send at most 16 KB").into());
    }
    let id = client_id(&person, &sent, "id")?;
    let mut w = write(&person).await?;
    let sql = "insert into message_ids (workspace_id, message_id) values ($1, $2) on conflict (workspace_id, message_id) do nothing";
    let new: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(&id).execute(c))?;
    if new.0 > 0 {
        let (contact, at) = (person.contact, w.now);
        let did = Occurrence { contact, event: &name, at, properties: &properties };
        contacts::track(&mut w, &[did]).await?;
        w.commit().await?;
    }
    Ok(Json(json!({ "success": true })))
}

async fn end(State(app): State<Arc<AppState>>, headers: HeaderMap) -> Answer {
    if let Some(token) = session::token_of(&headers) {
        session::end(&app, token).await?;
    }
    Ok(Json(json!({ "success": true })))
}

#[derive(Deserialize)]
struct HomeOf {
    language: Option<String>,
}

async fn home(person: Person, headers: HeaderMap, Query(of): Query<HomeOf>) -> Answer {
    let mut sent = Map::new();
    if let Some(language) = of.language {
        sent.insert("language".into(), language.into());
    }
    let language = boot::language(&person, &sent, &headers);
    Ok(Json(boot::home(&person, language).await?))
}

#[derive(Deserialize)]
struct PageOf {
    language: Option<String>,
    before: Option<String>,
}

/// The conversations after those that the first page has.
async fn earlier(person: Person, headers: HeaderMap, Query(of): Query<PageOf>) -> Answer {
    let mut sent = Map::new();
    if let Some(language) = of.language {
        sent.insert("language".into(), language.into());
    }
    let language = boot::language(&person, &sent, &headers);
    let before = of.before.as_deref().map(str::parse).transpose()?;
    Ok(Json(boot::page(&person, language, before).await?))
}

/// A visitor leaves their address. It proves nothing, and someone who is proved to be somebody has one already.
async fn email(person: Person, Sent(sent): Sent) -> Answer {
    let email = rest::text(&sent, "email", 200)?.unwrap_or_default().trim().to_owned();
    let whole = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
    if !whole || email.contains(char::is_whitespace) {
        return Err(Error::invalid("email", "write an address such as ada@example.com").into());
    }
    if !person.has_email && !person.verified {
        let mut w = write(&person).await?;
        let details = Details { email: Some(email), ..Details::default() };
        let at = w.now;
        contacts::update(&mut w, Writer::Messenger, person.contact, &details, "email", at).await?;
        w.commit().await?;
    }
    Ok(Json(json!({ "success": true })))
}

/// The id that a page gave to what it sends, in a space of the person's own: nobody finds another's by it.
fn client_id(person: &Person, sent: &Map<String, Value>, field: &str) -> Result<String, Error> {
    let id = rest::text(sent, field, 60)?.filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| Error::invalid(field, "send an id of 1 to 60 characters"))?;
    Ok(format!("m:{}:{id}", person.contact))
}

fn body(sent: &Map<String, Value>) -> Result<String, Error> {
    let body = rest::text(sent, "body", conversations::LONGEST)?.unwrap_or_default();
    if body.chars().count() > LONGEST {
        return Err(Error::invalid("body", "a message has at most 10,000 characters"));
    }
    Ok(body)
}

/// The files that were uploaded before, to be sent with a message in the order that the page has them in.
fn attached(sent: &Map<String, Value>) -> Result<Vec<AttachmentId>, Error> {
    let Some(source) = sent.get("files").filter(|f| !f.is_null()) else { return Ok(Vec::new()) };
    let refused = || Error::invalid("files", format!("send a list of at most {MOST} numbers"));
    let list = source.as_array().filter(|l| l.len() <= MOST).ok_or_else(refused)?;
    let number = |id: &Value| id.as_i64().map(AttachmentId).ok_or_else(refused);
    Ok(attachments::once(list.iter().map(number).collect::<Result<Vec<_>, _>>()?))
}

async fn begin(person: Person, Sent(sent): Sent) -> Answer {
    receive(&person, None, &sent).await
}

async fn reply(person: Person, Path(id): Path<String>, Sent(sent): Sent) -> Answer {
    receive(&person, Some(number(&id)?), &sent).await
}

fn number(text: &str) -> Result<ConversationId, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

/// Takes a message in, and answers when it is kept; the same `client_id` again answers the same part.
async fn receive(
    person: &Person,
    conversation: Option<ConversationId>,
    sent: &Map<String, Value>,
) -> Answer {
    let (body, client_id) = (body(sent)?, client_id(person, sent, "client_id")?);
    let files = attached(sent)?;
    let words = Words { body: &body, client_id: &client_id, files: &files };
    if !person.app.messengers.message(person.contact) {
        return Err(Error::TooMany.into());
    }
    let mut w = write(person).await?;
    let id = conversations::receive_words(&mut w, person.contact, conversation, words).await?;
    let part = talk::part_of(&mut w, id, &client_id).await?;
    let seq = w.commit().await?;
    live::writing(person, id, true);
    Ok(Json(json!({ "conversation": id, "part": part, "seq": seq })))
}

#[derive(Deserialize)]
struct Before {
    before: Option<i64>,
}

async fn thread(person: Person, Path(id): Path<String>, Query(asked): Query<Before>) -> Answer {
    let mut c = person.app.db.read().await?;
    let before = asked.before.map(PartId);
    let found = talk::thread(
        &mut c,
        person.workspace,
        &person.workspace_name,
        person.contact,
        number(&id)?,
        before,
    );
    let thread = found.await?.ok_or(Error::NotFound)?;
    Ok(Json(json!(thread)))
}

async fn read(person: Person, Path(id): Path<String>, Sent(sent): Sent) -> Answer {
    let part = sent.get("part").and_then(Value::as_i64).map(PartId);
    let part = part.ok_or_else(|| Error::invalid("part", "send the number of a part"))?;
    let mut w = write(&person).await?;
    talk::read(&mut w, person.contact, number(&id)?, part).await?;
    w.commit().await?;
    Ok(Json(json!({ "success": true })))
}
