//! Uploading files, and reading them, as a teammate.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};

use super::{Attachment, LARGEST, Uploader, files, release, store, take};
use crate::error::Error;
use crate::id::{AttachmentId, ConversationId, NoteId};
use crate::owner::Owner;
use crate::server::db::Write;
use crate::server::http::Refused;
use crate::server::state::AppState;
use crate::server::{form, origin, page};
use crate::teammates::Viewer;
use crate::{conversations, notes};

/// What a form around a file may weigh, in bytes, with room for the piece that shows that the file is too large: it is refused by
/// its own size, with what to do about it, before the form's is looked at.
const FRAME: usize = 2 * 1024 * 1024;

/// The routes of files.
pub fn router() -> Router<Arc<AppState>> {
    let limit = DefaultBodyLimit::max(LARGEST as usize + FRAME);
    Router::new()
        .route("/attachments", post(upload).layer(limit))
        .route("/attachments/{id}/{name}", get(read))
        .layer(from_fn(origin::check))
}

/// What a file is uploaded for.
#[derive(Clone, Copy)]
enum Home {
    Conversation(ConversationId),
    /// A note, of a conversation too, in which it is from then on.
    Note(NoteId),
    /// A note about somebody that is still being written: it waits.
    NewNote,
}

/// Takes a form with `conversation`, `note`, or `owner` of a note that is being written, and then `file`; answers the file, or the error as server functions do.
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
    let mut home = None;
    while let Ok(Some(field)) = form.next_field().await {
        match field.name() {
            Some("file") => {
                let home = home.ok_or(Error::NotFound)?;
                let conversation = match home {
                    Home::Conversation(id) => id,
                    Home::Note(_) | Home::NewNote => ConversationId(0),
                };
                let uploader = Uploader::Teammate(viewer.id);
                let name = form::file_name(&field);
                let workspace = viewer.workspace;
                let file = take::take(app, workspace, uploader, conversation, &name, field);
                let file = file.await?;
                if !matches!(home, Home::Conversation(_)) {
                    settle(app, &viewer, home, &file).await?;
                }
                return Ok(file);
            }
            Some(name @ ("conversation" | "note" | "owner")) => {
                let name = name.to_owned();
                let text = field.text().await.unwrap_or_default();
                home = Some(home_of(app, &viewer, &name, text).await?);
            }
            _ => {}
        }
    }
    Err(Error::invalid("file", "choose a file"))
}

/// What a field of the form names, found through the viewer.
async fn home_of(app: &AppState, viewer: &Viewer, name: &str, text: String) -> Result<Home, Error> {
    let mut c = app.db.read().await?;
    let workspace = viewer.workspace;
    match name {
        "note" => {
            let id = text.parse().map_err(|_| Error::NotFound)?;
            let found = notes::texts::find(&mut c, workspace, id).await?;
            Ok(Home::Note(found.ok_or(Error::NotFound)?.id))
        }
        "owner" => {
            let owner = Owner::try_from(text).map_err(|_| Error::NotFound)?;
            notes::existing(&mut c, workspace, owner).await?;
            Ok(Home::NewNote)
        }
        _ => {
            let id = text.parse().map_err(|_| Error::NotFound)?;
            let found = conversations::find(&mut c, workspace, id).await?;
            Ok(Home::Conversation(found.ok_or(Error::NotFound)?.id))
        }
    }
}

/// Gives a picture to the note that it was uploaded for. A note takes pictures alone: what is none goes again.
async fn settle(
    app: &AppState,
    viewer: &Viewer,
    home: Home,
    file: &Attachment,
) -> Result<(), Error> {
    let mut w = Write::begin(app, viewer.workspace, viewer.id).await?;
    let kept = match home {
        _ if !file.is_picture() => Err(Error::invalid("file", take::NO_PICTURE)),
        Home::Note(note) => match notes::texts::find(&mut w.conn, viewer.workspace, note).await? {
            Some(_) => {
                store::keep_in_note(&mut w, note, &[file.id.0]).await?;
                Ok(())
            }
            None => Err(Error::NotFound),
        },
        Home::Conversation(_) | Home::NewNote => Ok(()),
    };
    if kept.is_err() {
        release::remove(&mut w, Uploader::Teammate(viewer.id), file.id).await?;
    }
    w.commit().await?;
    kept
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
