//! `POST /v1/{identify,track,page,screen,group,alias,batch}`: write key as basic-auth user name.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, header};
use axum::routing::post;
use axum::{Extension, Json, Router};
use base64::Engine as _;
use serde_json::{Value, json};
use tower_http::cors::{Any, CorsLayer};

use super::{Arrival, Call, GROUP, moment, parse};
use crate::error::Error;
use crate::server::http::Refused;
use crate::server::peer;
use crate::server::state::AppState;
use crate::workspace::workspace_of_key;

/// The calls that there are, each at an address of its own.
const KINDS: [&str; 6] = ["identify", "track", "page", "screen", "group", "alias"];

/// The routes of the tracking API. Browsers on the customer's pages call them too.
pub fn router() -> Router<Arc<AppState>> {
    let browsers = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([axum::http::Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE]);
    // Official clients leave out the version or name the call in full; both spellings are taken.
    Router::new().route("/v1/{call}", post(receive)).layer(browsers)
}

async fn receive(
    State(app): State<Arc<AppState>>,
    Path(kind): Path<String>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let many = matches!(kind.as_str(), "batch" | "import");
    if !many && !KINDS.contains(&kind.as_str()) {
        return Err(Error::NotFound.into());
    }
    let source: Value = serde_json::from_slice(&body).map_err(|e| {
        Error::invalid("body", format!("not JSON at line {}, column {}", e.line(), e.column()))
    })?;
    let key = write_key(&headers, &source).ok_or(Error::Unauthorized)?;
    let workspace = workspace_of_key(&app, "write_key", &key).await?.ok_or(Error::Unauthorized)?;
    let browser = browser(&app, &headers, peer.map(|p| p.0.0));
    let mut arrival = Arrival { now: app.clock.now(), browser, sent_at: None };
    if !many {
        let call = parse(&kind, &source, arrival)?;
        app.queue().accept(workspace, vec![call]).await?;
        return Ok(Json(json!({ "success": true })));
    }
    let Some(object) = source.as_object() else {
        return Err(Error::invalid("body", "send a JSON object").into());
    };
    arrival.sent_at = moment(object, "sentAt")?;
    let (calls, rejected) = batch(&source, arrival)?;
    if calls.is_empty() && !rejected.is_empty() {
        return Err(rejected.into_iter().next().map_or(Error::Internal, |(_, e)| e).into());
    }
    app.queue().accept(workspace, calls).await?;
    if rejected.is_empty() {
        return Ok(Json(json!({ "success": true })));
    }
    let row =
        |(index, error): (usize, Error)| json!({ "index": index, "message": error.to_string() });
    let rejected: Vec<_> = rejected.into_iter().map(row).collect();
    Ok(Json(json!({ "success": true, "rejected": rejected })))
}

/// The calls of a batch, and those that are refused with their place: one bad call does not lose the good ones,
/// since senders do not repeat a refused batch.
#[allow(clippy::type_complexity, reason = "two lists with one meaning each")]
fn batch(source: &Value, arrival: Arrival) -> Result<(Vec<Call>, Vec<(usize, Error)>), Error> {
    let items = source.get("batch").and_then(Value::as_array);
    let items = items.ok_or_else(|| Error::invalid("batch", "send a list of calls"))?;
    if items.len() > GROUP {
        return Err(Error::invalid("batch", "send at most 500 calls"));
    }
    let shared = source.get("context").filter(|c| c.is_object());
    let (mut calls, mut rejected) = (Vec::new(), Vec::new());
    for (index, item) in items.iter().enumerate() {
        let mut item = item.clone();
        if let (Some(shared), Some(object)) = (shared, item.as_object_mut()) {
            object.entry("context").or_insert_with(|| shared.clone());
        }
        let kind = item.get("type").or_else(|| item.get("action")).and_then(Value::as_str);
        // A company alone comes from files only.
        let kind = kind.filter(|k| KINDS.contains(k)).unwrap_or_default();
        match parse(kind, &item, arrival) {
            Ok(call) => calls.push(call),
            Err(Error::Invalid { field, message }) => {
                rejected.push((index, Error::invalid(format!("batch[{index}].{field}"), message)));
            }
            Err(other) => return Err(other),
        }
    }
    Ok((calls, rejected))
}

/// The key from basic auth, or from the body, where browsers put it.
fn write_key(headers: &HeaderMap, source: &Value) -> Option<String> {
    let from_header = || {
        let basic = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
        let bytes = base64::engine::general_purpose::STANDARD.decode(basic).ok()?;
        let pair = String::from_utf8(bytes).ok()?;
        Some(pair.split_once(':').map_or(pair.as_str(), |(user, _)| user).to_owned())
    };
    from_header().or_else(|| source.get("writeKey").and_then(Value::as_str).map(str::to_owned))
}

/// The address of the browser that sent a call, known by the `Origin` that only browsers send.
fn browser(app: &AppState, headers: &HeaderMap, peer: Option<SocketAddr>) -> Option<IpAddr> {
    headers.get(header::ORIGIN)?;
    Some(peer::address(&app.trusted_proxies, headers, peer?.ip()))
}
