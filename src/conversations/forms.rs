//! Saying something by a form of the browser's own, files included: what works before and without the page's script.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;

use super::{PartKind, Words, find, say_words};
use crate::attachments::{self, LARGEST, MOST, Uploader};
use crate::error::Error;
use crate::id::{AttachmentId, ConversationId};
use crate::server::db::Write;
use crate::server::state::AppState;
use crate::server::{flash, origin, page};
use crate::teammates::Viewer;
use crate::ui::flash::Flash;

/// The address of the form, which its flash goes by.
pub const PATH: &str = "/inbox/say";

/// The route of the form.
pub fn router() -> Router<Arc<AppState>> {
    // Ten files at most, but not ten of the largest at once.
    let limit = DefaultBodyLimit::max(4 * LARGEST as usize + flash::FORM);
    Router::new().route(PATH, post(said).layer(limit)).layer(from_fn(origin::check))
}

/// What the form said so far.
#[derive(Default)]
struct Form {
    conversation: Option<ConversationId>,
    kind: String,
    body: String,
    client_id: String,
    files: Vec<AttachmentId>,
}

/// Takes a form with `conversation`, `kind`, `body`, `client_id`, `files` (those uploaded before) and any number of
/// `file`; leads back to the conversation. When it fails, the page shows why and keeps the text and the files.
async fn said(
    State(app): State<Arc<AppState>>,
    headers: HeaderMap,
    multipart: Multipart,
) -> Response {
    let Some(viewer) = page::find_viewer(&app, &headers).await else {
        return Redirect::to("/sign-in").into_response();
    };
    let mut form = Form::default();
    let done = take(&app, &viewer, &mut form, multipart).await;
    let Some(conversation) = form.conversation else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let back = Redirect::to(&format!("/inbox/{conversation}")).into_response();
    let Err(error) = done else { return back };
    let fields = [("kind", form.kind), ("body", form.body)].map(|(name, text)| (name.into(), text));
    let flash = Flash { path: PATH.into(), error: Some(error), fields: fields.into() };
    let cookie = app.flashes.show_once(flash, app.secure);
    let Ok(cookie) = HeaderValue::from_str(&cookie) else { return back };
    ([(header::SET_COOKIE, cookie)], back).into_response()
}

async fn take(
    app: &AppState,
    viewer: &Viewer,
    form: &mut Form,
    mut multipart: Multipart,
) -> Result<(), Error> {
    let broken = |_| Error::invalid("file", "the files are too large together. Send fewer");
    while let Some(field) = multipart.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let file = field.file_name().unwrap_or_default().to_owned();
            // A form sends an empty file where none was chosen.
            if file.is_empty() {
                continue;
            }
            if form.files.len() >= MOST {
                return Err(Error::invalid("file", format!("attach at most {MOST} files")));
            }
            let conversation = form.conversation.ok_or(Error::NotFound)?;
            let uploader = Uploader::Teammate(viewer.id);
            let taken =
                attachments::take(app, viewer.workspace, uploader, conversation, &file, field);
            form.files.push(taken.await?.id);
            continue;
        }
        let text = field.text().await.map_err(broken)?;
        match name.as_str() {
            "conversation" => {
                let id = text.parse().map_err(|_| Error::NotFound)?;
                let mut c = app.db.read().await?;
                find(&mut c, viewer.workspace, id).await?.ok_or(Error::NotFound)?;
                form.conversation = Some(id);
            }
            "kind" => form.kind = text,
            "body" => form.body = text,
            "client_id" => form.client_id = text,
            "files" => form.files = attachments::ids(&text)?,
            _ => {}
        }
    }
    let conversation = form.conversation.ok_or(Error::NotFound)?;
    let kind = match form.kind.as_str() {
        "message" => PartKind::Message,
        "note" => PartKind::Note,
        _ => return Err(Error::invalid("kind", "choose whether it is a reply or a note")),
    };
    let mut w = Write::begin(app, viewer.workspace, viewer.id).await?;
    let words = Words { body: &form.body, client_id: &form.client_id, files: &form.files };
    say_words(&mut w, conversation, kind, words).await?;
    w.commit().await?;
    Ok(())
}
