//! Files about one person, for a signed-in teammate.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::pictures;
use crate::error::Error;
use crate::id::ContactId;
use crate::server::http::Refused;
use crate::server::state::AppState;
use crate::server::{download, page};

/// The routes of files about people.
pub fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route("/contacts/{id}/export.json", get(export))
        .route("/contacts/{id}/picture", get(picture))
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
    Ok(download("application/json", &format!("person-{id}.json"), text))
}

/// A person's picture. Its address changes with the picture, so that a browser keeps it for a day; that there is none, for
/// ten minutes.
async fn picture(
    State(app): State<Arc<AppState>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let viewer = page::find_viewer(&app, &headers).await.ok_or(Error::Unauthorized)?;
    let id = id.parse::<ContactId>().map_err(|_| Error::NotFound)?;
    match pictures::fetch(&app, viewer.workspace, id).await {
        Ok((content_type, bytes)) => {
            let headers = [
                (header::CONTENT_TYPE, content_type),
                (header::CONTENT_DISPOSITION, "inline"),
                (
                    header::CONTENT_SECURITY_POLICY,
                    "default-src 'none'; sandbox; frame-ancestors 'none'",
                ),
                (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
                (header::CACHE_CONTROL, "private, max-age=86400"),
            ];
            Ok((headers, bytes).into_response())
        }
        Err(Error::NotFound) => {
            let headers = [(header::CACHE_CONTROL, "private, max-age=600")];
            Ok((StatusCode::NOT_FOUND, headers).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
