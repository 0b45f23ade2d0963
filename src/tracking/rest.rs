//! `POST /v1/identify` and `/v1/track`: write key as basic-auth user name.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use serde_json::{Value, json};

use super::{accept, parse};
use crate::error::Error;
use crate::server::http::Refused;
use crate::server::state::AppState;
use crate::workspace::workspace_of_key;

/// The routes of the tracking API.
pub fn router() -> Router<Arc<AppState>> {
    Router::new().route("/v1/{call}", post(receive))
}

async fn receive(
    State(app): State<Arc<AppState>>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let key = write_key(&headers).ok_or(Error::Unauthorized)?;
    let workspace =
        workspace_of_key(&app.db, "write_key", &key).await?.ok_or(Error::Unauthorized)?;
    if !matches!(kind.as_str(), "identify" | "track") {
        return Err(Error::NotFound.into());
    }
    let source: Value = serde_json::from_slice(&body).map_err(|e| {
        Error::invalid("body", format!("not JSON at line {}, column {}", e.line(), e.column()))
    })?;
    let call = parse(&kind, &source, app.clock.now())?;
    accept(&app, workspace, &call).await?;
    Ok(Json(json!({ "success": true })))
}

fn write_key(headers: &HeaderMap) -> Option<String> {
    let basic = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(basic).ok()?;
    let pair = String::from_utf8(bytes).ok()?;
    Some(pair.split_once(':').map_or(pair.as_str(), |(user, _)| user).to_owned())
}
