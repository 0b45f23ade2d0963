//! Saying something by a form of the browser's own, files included: what works before and without the page's script.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;

use super::{PartKind, SAY, START, Words, find, say_words};
use crate::attachments::{self, LARGEST, MOST, Uploader};
use crate::contacts;
use crate::error::Error;
use crate::id::{AttachmentId, ContactId, ConversationId};
use crate::server::db::Write;
use crate::server::form::{self, Part};
use crate::server::state::AppState;
use crate::server::{flash, origin, page};
use crate::teammates::Viewer;

/// The routes of the forms.
pub fn router() -> Router<Arc<AppState>> {
    // Ten files at most, but not ten of the largest at once.
    let limit = DefaultBodyLimit::max(4 * LARGEST as usize + flash::FORM);
    let forms = Router::new().route(SAY, post(said)).route(START, post(started));
    forms.layer(limit).layer(from_fn(origin::check))
}

/// What a form said so far.
#[derive(Default)]
struct Form {
    /// With whom a conversation begins.
    contact: Option<ContactId>,
    /// Where something is said.
    conversation: Option<ConversationId>,
    kind: String,
    body: String,
    client_id: String,
    files: Vec<AttachmentId>,
}

impl Form {
    fn words(&self) -> Words<'_> {
        Words { body: &self.body, client_id: &self.client_id, files: &self.files }
    }
}

/// Takes a form with `conversation`, `kind`, `body`, `client_id`, `files` (those uploaded before) and any number of
/// `file`; leads back to the conversation, beside the same list. When it fails, the page shows why and keeps the text and the
/// files.
async fn said(
    State(app): State<Arc<AppState>>,
    headers: HeaderMap,
    multipart: Multipart,
) -> Result<Response, Redirect> {
    let (viewer, form, taken) = read(&app, &headers, multipart).await?;
    let done = match taken {
        Ok(()) => say(&app, &viewer, &form).await,
        Err(error) => Err(error),
    };
    let Some(conversation) = form.conversation else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let there = format!("/inbox/{conversation}");
    let from = origin::sent_from(&headers);
    let from = from.filter(|from| from.split('?').next() == Some(there.as_str()));
    let back = Redirect::to(&from.unwrap_or(there)).into_response();
    Ok(match done {
        Ok(()) => back,
        Err(error) => {
            let fields = vec![("kind".into(), form.kind), ("body".into(), form.body)];
            flash::again(&app, back, SAY, error, fields)
        }
    })
}

/// Takes a form with `contact`, `body`, `client_id`, `files` and any number of `file`, and leads to the conversation
/// that it begins. When it fails, the profile shows why and keeps the text and the files.
async fn started(
    State(app): State<Arc<AppState>>,
    headers: HeaderMap,
    multipart: Multipart,
) -> Result<Response, Redirect> {
    let (viewer, form, taken) = read(&app, &headers, multipart).await?;
    let done = match taken {
        Ok(()) => start(&app, &viewer, &form).await,
        Err(error) => Err(error),
    };
    let Some(contact) = form.contact else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    Ok(match done {
        Ok(id) => Redirect::to(&format!("/inbox/{id}")).into_response(),
        Err(error) => {
            let back = Redirect::to(&format!("/contacts/{contact}?compose=message"));
            let files = form.files.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            let fields = vec![("body".into(), form.body), ("files".into(), files)];
            flash::again(&app, back.into_response(), START, error, fields)
        }
    })
}

/// Who sent a form, what it said as far as it was taken, and why that ended early; the way to the sign-in for nobody.
async fn read(
    app: &AppState,
    headers: &HeaderMap,
    multipart: Multipart,
) -> Result<(Viewer, Form, Result<(), Error>), Redirect> {
    let viewer = page::find_viewer(app, headers).await.ok_or_else(|| Redirect::to("/sign-in"))?;
    let mut form = Form::default();
    let taken = take(app, &viewer, &mut form, multipart).await;
    Ok((viewer, form, taken))
}

async fn take(
    app: &AppState,
    viewer: &Viewer,
    form: &mut Form,
    mut multipart: Multipart,
) -> Result<(), Error> {
    let too_large = "the files are too large together. Send fewer";
    let mut refused = None;
    while let Some(part) = form::next(&mut multipart, too_large).await? {
        let (name, text) = match part {
            Part::Text(name, text) => (name, text),
            Part::File(name, bytes) => {
                if form.files.len() >= MOST {
                    return Err(Error::invalid("file", format!("attach at most {MOST} files")));
                }
                // What begins a conversation waits without one.
                let begins = form.contact.map(|_| ConversationId(0));
                let conversation = form.conversation.or(begins).ok_or(Error::NotFound)?;
                let uploader = Uploader::Teammate(viewer.id);
                let taken =
                    attachments::take(app, viewer.workspace, uploader, conversation, &name, *bytes);
                // The others are attached all the same, so that they need not be chosen again.
                match taken.await {
                    Ok(file) => form.files.push(file.id),
                    Err(error) => _ = refused.get_or_insert(error),
                }
                continue;
            }
        };
        match name.as_str() {
            "conversation" => {
                let id = text.parse().map_err(|_| Error::NotFound)?;
                let mut c = app.db.read().await?;
                find(&mut c, viewer.workspace, id).await?.ok_or(Error::NotFound)?;
                form.conversation = Some(id);
            }
            "contact" => {
                let id = text.parse().map_err(|_| Error::NotFound)?;
                let mut c = app.db.read().await?;
                let found = contacts::find(&mut c, viewer.workspace, id).await?;
                form.contact = Some(found.ok_or(Error::NotFound)?.id);
            }
            "kind" => form.kind = text,
            "body" => form.body = text,
            "client_id" => form.client_id = text,
            "files" => form.files = attachments::ids(&text)?,
            _ => {}
        }
    }
    refused.map_or(Ok(()), Err)
}

async fn say(app: &AppState, viewer: &Viewer, form: &Form) -> Result<(), Error> {
    let conversation = form.conversation.ok_or(Error::NotFound)?;
    let kind = match form.kind.as_str() {
        "message" => PartKind::Message,
        "note" => PartKind::Note,
        _ => return Err(Error::invalid("kind", "choose whether it is a reply or a note")),
    };
    let mut w = Write::begin(app, viewer.workspace, viewer.id).await?;
    say_words(&mut w, conversation, kind, form.words()).await?;
    w.commit().await?;
    Ok(())
}

async fn start(app: &AppState, viewer: &Viewer, form: &Form) -> Result<ConversationId, Error> {
    let contact = form.contact.ok_or(Error::NotFound)?;
    let mut w = Write::begin(app, viewer.workspace, viewer.id).await?;
    let id = super::start(&mut w, contact, form.words()).await?;
    w.commit().await?;
    Ok(id)
}
