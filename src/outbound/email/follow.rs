//! What e-mails ask for: `/opened/…`, their picture, and `/led/…`, which leads on to where a link of theirs goes.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Extension, Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::machine::is_machine;
use super::measuring::{Named, delivered, named};
use super::page::lost;
use crate::error::Error;
use crate::id::TeammateId;
use crate::messenger::Language;
use crate::outbound::deliver::{Did, did};
use crate::rest::Refused;
use crate::server::db::Write;
use crate::server::peer;
use crate::server::state::AppState;

type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

/// A picture of one transparent point: a GIF of 43 bytes.
const PICTURE: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00\x21\xf9\x04\x01\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b";

/// The picture and the links. No cookie is read here.
pub fn routes() -> Router<Arc<AppState>> {
    Router::new().route("/opened/{token}", get(opened)).route("/led/{token}", get(led))
}

/// The picture, whatever the token is worth: nobody learns that from it.
async fn opened(
    State(app): State<Arc<AppState>>,
    Path(token): Path<String>,
    method: Method,
    peer: Peer,
    headers: HeaderMap,
) -> Response {
    if method == Method::GET
        && allowed(&app, &headers, peer)
        && let Err(error) = note_open(&app, &token, &headers).await
    {
        tracing::warn!(%error, "an e-mail was opened, which was not noted");
    }
    let mut response = PICTURE.into_response();
    unkept(&mut response);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/gif"));
    response
}

async fn note_open(app: &AppState, token: &str, headers: &HeaderMap) -> Result<(), Error> {
    let mut c = app.db.read().await?;
    let Some(named) = named(&mut c, "opened", token).await? else { return Ok(()) };
    drop(c);
    note(app, &named, headers, "opened").await
}

/// Leads on, where the link is one of ours and for whomever: what is not noted still leads there.
async fn led(
    State(app): State<Arc<AppState>>,
    Path(token): Path<String>,
    method: Method,
    peer: Peer,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let mut c = app.db.read().await?;
    let found = named(&mut c, "led", &token).await?;
    drop(c);
    let Some((named, to)) = found.and_then(|named| Some((named.clone(), named.to?))) else {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|h| h.to_str().ok());
        return Ok(lost(Language::choose(Language::accepted(accepted.unwrap_or_default()))));
    };
    if method == Method::GET
        && allowed(&app, &headers, peer)
        && let Err(error) = note(&app, &named, &headers, "led").await
    {
        tracing::warn!(%error, "a link was followed, which was not noted");
    }
    let mut response = StatusCode::FOUND.into_response();
    unkept(&mut response);
    let to = HeaderValue::from_str(to.as_str()).map_err(|_| Error::Internal)?;
    response.headers_mut().insert(header::LOCATION, to);
    Ok(response)
}

fn allowed(app: &AppState, headers: &HeaderMap, peer: Peer) -> bool {
    let ip = peer.map(|peer| peer::address(&app.trusted_proxies, headers, peer.0.0.ip()));
    app.loads.address(ip)
}

/// Notes what was done with an e-mail that was sent. A program that follows links has read nothing and clicked nothing.
async fn note(app: &AppState, named: &Named, headers: &HeaderMap, kind: &str) -> Result<(), Error> {
    let Named { workspace, message, key, .. } = named;
    if !app.loads.letter(format!("{kind} {workspace}.{message}.{}", key.suffix())) {
        return Ok(());
    }
    let mut c = app.db.read().await?;
    let Some((key, sent)) = delivered(&mut c, named).await? else { return Ok(()) };
    drop(c);
    let machine = is_machine(headers, app.clock.now().0 - sent.0);
    let what = match (kind, machine) {
        ("opened", true) => Did::Machine,
        ("opened", false) => Did::Opened,
        (_, true) => return Ok(()),
        (_, false) => Did::Clicked,
    };
    let mut w = Write::begin(app, *workspace, TeammateId(0)).await?;
    did(&mut w, *message, key, what).await?;
    w.commit().await?;
    Ok(())
}

/// Asked for each time, found by no search engine, and telling the next page nothing.
fn unkept(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
}
