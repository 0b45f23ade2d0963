//! Uploading a file, streamed to the disk, and fetching the rows that were rejected.

use std::sync::Arc;

use axum::Router;
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::HeaderMap;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use tokio::io::AsyncWriteExt as _;

use super::{Kind, Unreadable, Upload};
use crate::error::Error;
use crate::server::http::Refused;
use crate::server::state::AppState;
use crate::server::{CSV, download, form, origin, page};

/// The largest file, in bytes: 2 GB.
const LARGEST: usize = 2 * 1024 * 1024 * 1024;

/// The routes of uploads.
pub fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route("/import/upload", post(upload).layer(DefaultBodyLimit::max(LARGEST)))
        .route("/import/{id}/rejected.csv", get(rejected))
        .layer(from_fn(origin::check))
}

/// Takes a form with `kind` and then `file`, and leads to the page that asks what the columns mean; back to the form
/// with a word on what is wrong otherwise.
async fn upload(
    State(app): State<Arc<AppState>>,
    headers: HeaderMap,
    mut form: Multipart,
) -> Result<Response, Refused> {
    let viewer = page::find_viewer(&app, &headers).await.ok_or(Error::Unauthorized)?;
    let mut kind = None;
    while let Ok(Some(mut field)) = form.next_field().await {
        match field.name() {
            Some("kind") => {
                let word = field.text().await.unwrap_or_default();
                kind = Kind::from_word(&word);
            }
            Some("file") => {
                let Some(kind) = kind else { return Ok(back(Unreadable::Kind)) };
                let name = form::file_name(&field);
                let upload = Upload::new(&app, viewer.workspace, viewer.id, kind, &name)?;
                let stored = store(&upload, &app, &mut field).await;
                let wrong = match stored {
                    Ok(0) | Err(_) => Some(Unreadable::Nothing),
                    Ok(_) => look(&app, &upload).await?,
                };
                let Some(wrong) = wrong else {
                    return Ok(Redirect::to(&format!("/import/{}", upload.id())).into_response());
                };
                upload.discard(&app);
                return Ok(back(wrong));
            }
            _ => {}
        }
    }
    Ok(back(Unreadable::Nothing))
}

fn back(wrong: Unreadable) -> Response {
    Redirect::to(&format!("/import?wrong={}", wrong.word())).into_response()
}

/// Reads all of the file, which takes a while where it is large.
async fn look(app: &Arc<AppState>, upload: &Upload) -> Result<Option<Unreadable>, Error> {
    let (app, mut upload) = (app.clone(), upload.clone());
    let looked = tokio::task::spawn_blocking(move || upload.recognise(&app)).await;
    looked.map_err(|_| Error::Internal)?
}

async fn store(upload: &Upload, app: &AppState, field: &mut Field<'_>) -> Result<u64, Error> {
    let broken = |error: std::io::Error| {
        tracing::error!(%error, "uploads");
        Error::Internal
    };
    let mut file = tokio::fs::File::create(upload.file(app)).await.map_err(broken)?;
    let mut size = 0;
    while let Some(chunk) = field.chunk().await.map_err(|_| Error::Unreachable)? {
        size += chunk.len() as u64;
        file.write_all(&chunk).await.map_err(broken)?;
    }
    file.flush().await.map_err(broken)?;
    Ok(size)
}

async fn rejected(
    State(app): State<Arc<AppState>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let viewer = page::find_viewer(&app, &headers).await.ok_or(Error::Unauthorized)?;
    let upload = Upload::find(&app, viewer.workspace, viewer.id, &id)?;
    let bytes = tokio::fs::read(upload.rejects(&app)).await.map_err(|_| Error::NotFound)?;
    Ok(download(CSV, "rejected.csv", bytes))
}
