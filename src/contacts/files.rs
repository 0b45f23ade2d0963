//! Files about one person, for a signed-in teammate.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::error::Error;
use crate::id::ContactId;
use crate::server::http::Refused;
use crate::server::page;
use crate::server::state::AppState;

/// The routes of files about people.
pub fn router() -> Router<Arc<AppState>> {
    Router::new().route("/contacts/{id}/export.json", get(export))
}

async fn export(
    State(app): State<Arc<AppState>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let viewer = page::find_viewer(&app, &headers).await.ok_or(Error::Unauthorized)?;
    let id = id.parse::<ContactId>().map_err(|_| Error::NotFound)?;
    let mut c = app.db.read().await?;
    let all = super::export(&mut c, viewer.workspace, id).await?;
    let text = serde_json::to_string_pretty(&all).map_err(|_| Error::Internal)?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"person-{id}.json\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, text).into_response())
}
