//! Uploading files, and reading them, as a teammate.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};

use super::{Attachment, LARGEST, Uploader, files, store};
use crate::conversations;
use crate::error::Error;
use crate::id::{AttachmentId, ConversationId};
use crate::server::http::Refused;
use crate::server::state::AppState;
use crate::server::{origin, page};

/// What a form around a file may weigh, in bytes.
const FRAME: usize = 64 * 1024;

/// The routes of files.
pub fn router() -> Router<Arc<AppState>> {
    let limit = DefaultBodyLimit::max(LARGEST as usize + FRAME);
    Router::new()
        .route("/attachments", post(upload).layer(limit))
        .route("/attachments/{id}/{name}", get(read))
        .layer(from_fn(origin::check))
}

/// Takes a form with `conversation` and then `file`; answers the file, or the error as server functions do.
async fn upload(
    State(app): State<Arc<AppState>>,
    headers: HeaderMap,
    form: Multipart,
) -> Result<Json<Attachment>, Response> {
    taken(&app, &headers, form).await.map(Json).map_err(|error| {
        let status = StatusCode::from_u16(error.status());
        (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(error)).into_response()
    })
}

async fn taken(
    app: &AppState,
    headers: &HeaderMap,
    mut form: Multipart,
) -> Result<Attachment, Error> {
    let viewer = page::find_viewer(app, headers).await.ok_or(Error::Unauthorized)?;
    let mut conversation = None;
    while let Ok(Some(field)) = form.next_field().await {
        match field.name() {
            Some("conversation") => {
                let id = field.text().await.unwrap_or_default().parse::<ConversationId>();
                let id = id.map_err(|_| Error::NotFound)?;
                let mut c = app.db.read().await?;
                let found = conversations::find(&mut c, viewer.workspace, id).await?;
                conversation = Some(found.ok_or(Error::NotFound)?.id);
            }
            Some("file") => {
                let conversation = conversation.ok_or(Error::NotFound)?;
                let uploader = Uploader::Teammate(viewer.id);
                let name = field.file_name().unwrap_or_default().to_owned();
                return files::take(app, viewer.workspace, uploader, conversation, &name, field)
                    .await;
            }
            _ => {}
        }
    }
    Err(Error::invalid("file", "choose a file"))
}

/// A file of the viewer's workspace; one that is not sent yet only for who uploaded it.
async fn read(
    State(app): State<Arc<AppState>>,
    Path((id, _)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let viewer = page::find_viewer(&app, &headers).await.ok_or(Error::Unauthorized)?;
    let id = id.parse::<AttachmentId>().map_err(|_| Error::NotFound)?;
    let mut c = app.db.read().await?;
    let file = store::open(&mut c, viewer.workspace, id).await?.ok_or(Error::NotFound)?;
    drop(c);
    if file.part_id.0 == 0 && !file.is_of(Uploader::Teammate(viewer.id)) {
        return Err(Error::NotFound.into());
    }
    Ok(files::respond(&app, &file).await?)
}
