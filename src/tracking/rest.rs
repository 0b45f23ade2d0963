//! `POST /v1/{identify,track,page,screen,group,alias,batch}`: write key as basic-auth user name.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::map_response;
use axum::routing::post;
use axum::{Extension, Json, Router};
use base64::Engine as _;
use serde_json::{Value, json};
use tower_http::cors::{Any, CorsLayer};
use tower_http::decompression::RequestDecompressionLayer;

use super::{Arrival, Call, GROUP, Read, moment, read};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::rest;
use crate::server::http::Refused;
use crate::server::peer;
use crate::server::state::AppState;
use crate::workspace::workspace_of_key;

/// The calls that there are, each at an address of its own.
const KINDS: [&str; 6] = ["identify", "track", "page", "screen", "group", "alias"];
/// Many calls in one.
const BATCH: &str = "batch";

/// The routes of the tracking API. Browsers on the customer's pages call them too.
pub fn router() -> Router<Arc<AppState>> {
    let browsers = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([axum::http::Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::CONTENT_ENCODING]);
    // What is unpacked counts for the most that a body may have.
    Router::new()
        .route("/v1/{call}", post(receive))
        .method_not_allowed_fallback(async || Refused::of(StatusCode::METHOD_NOT_ALLOWED))
        .layer(RequestDecompressionLayer::new())
        .layer(map_response(async |response| rest::worded(response)))
        .layer(browsers)
}

/// The call that an address names. The official client for browsers sends its first letter alone.
fn kind_of(word: &str) -> Option<&'static str> {
    if matches!(word, BATCH | "import") {
        return Some(BATCH);
    }
    let short = word.len() == 1;
    let mut all = KINDS.into_iter().chain([BATCH]);
    all.find(|kind| *kind == word || short && kind.starts_with(word))
}

async fn receive(
    State(app): State<Arc<AppState>>,
    Path(kind): Path<String>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Refused> {
    let kind = kind_of(&kind).ok_or_else(|| Error::missing("call"))?;
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refused::of(StatusCode::PAYLOAD_TOO_LARGE),
        _ => Error::invalid("body", "it broke off, or is not the gzip that it says it is").into(),
    })?;
    let source = rest::parse(&body)?;
    let key = write_key(&headers, &source).ok_or(Error::Unauthorized)?;
    let workspace = workspace_of_key(&app, "write_key", &key).await?.ok_or(Error::Unauthorized)?;
    let browser = browser(&app, &headers, peer.map(|p| p.0.0));
    let mut arrival = Arrival { now: app.clock.now(), browser, sent_at: None };
    if kind != BATCH {
        let Read { call, left_out } = read(kind, &source, arrival)?;
        app.queue().accept(workspace, vec![call]).await?;
        let left_out = left_out.into_iter().map(|error| (None, error)).collect();
        return Ok(Json(answer(Vec::new(), left_out)));
    }
    let Some(object) = source.as_object() else {
        return Err(Error::invalid("body", "send a JSON object").into());
    };
    arrival.sent_at = moment(object, "sentAt")?;
    let mut batch = batch(&source, arrival)?;
    take(&app, workspace, &mut batch).await?;
    let Batch { calls, rejected, left_out } = batch;
    if calls.is_empty() && !rejected.is_empty() {
        return Err(rejected.into_iter().next().map_or(Error::Internal, |(_, e)| e).into());
    }
    Ok(Json(answer(rejected, left_out)))
}

/// Writes the calls of a batch at once; one by one where one of them contradicts what is known, such as a declared type:
/// it is rejected then, and the others stay.
async fn take(app: &Arc<AppState>, workspace: WorkspaceId, batch: &mut Batch) -> Result<(), Error> {
    let all: Vec<Call> = batch.calls.iter().map(|(_, call)| call.clone()).collect();
    match app.queue().accept(workspace, all).await {
        Err(Error::Invalid { .. }) => {}
        done => return done,
    }
    for (index, call) in std::mem::take(&mut batch.calls) {
        match app.queue().accept(workspace, vec![call.clone()]).await {
            Ok(()) => batch.calls.push((index, call)),
            Err(error @ Error::Invalid { .. }) => {
                batch.rejected.push((Some(index), placed(index, error)));
                batch.left_out.retain(|(of, _)| *of != Some(index));
            }
            Err(other) => return Err(other),
        }
    }
    batch.rejected.sort_by_key(|(index, _)| *index);
    Ok(())
}

/// A refusal by its place in a batch.
fn placed(index: usize, error: Error) -> Error {
    match error {
        Error::Invalid { field, message } => {
            Error::invalid(format!("batch[{index}].{field}"), message)
        }
        other => other,
    }
}

/// Refusals, each with the place of its call in the batch.
type Refusals = Vec<(Option<usize>, Error)>;

/// What was taken, with what was not: whole calls, and parts of those that were.
fn answer(rejected: Refusals, left_out: Refusals) -> Value {
    let mut answer = json!({ "success": true });
    for (word, refusals) in [("rejected", rejected), ("left_out", left_out)] {
        if refusals.is_empty() {
            continue;
        }
        let row = |(index, error): (Option<usize>, Error)| {
            let mut row = json!({ "message": error.to_string() });
            if let Some(index) = index {
                row["index"] = index.into();
            }
            if let Error::Invalid { field, .. } = error {
                row["field"] = field.into();
            }
            row
        };
        answer[word] = refusals.into_iter().map(row).collect();
    }
    answer
}

/// A batch as it was read.
#[derive(Default)]
struct Batch {
    calls: Vec<(usize, Call)>,
    rejected: Refusals,
    left_out: Refusals,
}

/// The calls of a batch, and those that are refused with their place: one bad call does not lose the good ones,
/// since senders do not repeat a refused batch.
fn batch(source: &Value, arrival: Arrival) -> Result<Batch, Error> {
    let items = source.get("batch").and_then(Value::as_array);
    let items = items.ok_or_else(|| Error::invalid("batch", "send a list of calls"))?;
    if items.len() > GROUP {
        return Err(Error::invalid("batch", "send at most 500 calls"));
    }
    let shared = source.get("context").filter(|c| c.is_object());
    let mut batch = Batch::default();
    for (index, item) in items.iter().enumerate() {
        let mut item = item.clone();
        if let (Some(shared), Some(object)) = (shared, item.as_object_mut()) {
            object.entry("context").or_insert_with(|| shared.clone());
        }
        let kind = item.get("type").or_else(|| item.get("action")).and_then(Value::as_str);
        // A company alone comes from files only.
        let kind = kind.filter(|k| KINDS.contains(k)).unwrap_or_default();
        match read(kind, &item, arrival) {
            Ok(Read { call, left_out }) => {
                batch.calls.push((index, call));
                let placed = |error| (Some(index), placed(index, error));
                batch.left_out.extend(left_out.into_iter().map(placed));
            }
            Err(error @ Error::Invalid { .. }) => {
                batch.rejected.push((Some(index), placed(index, error)));
            }
            Err(other) => return Err(other),
        }
    }
    Ok(batch)
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
