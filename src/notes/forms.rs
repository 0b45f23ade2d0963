//! Writing a note by a form of the browser's own, pictures included: what works before and without the page's script.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;

use super::texts::{self, Home};
use super::{FORM, Owner, add, edit, existing, picture, rooms};
use crate::attachments::{self, LARGEST, MOST};
use crate::error::Error;
use crate::id::NoteId;
use crate::server::db::Write;
use crate::server::form::{self, Part};
use crate::server::state::AppState;
use crate::server::{flash, origin, page};
use crate::teammates::Viewer;

/// The route of the form.
pub fn router() -> Router<Arc<AppState>> {
    // Ten files at most, but not ten of the largest at once.
    let limit = DefaultBodyLimit::max(4 * LARGEST as usize + flash::FORM);
    Router::new().route(FORM, post(written)).layer(limit).layer(from_fn(origin::check))
}

/// What a form said so far.
#[derive(Default)]
struct Form {
    /// Whom a new note is about, or the note that is changed with where it stands.
    home: Option<(Home, Option<NoteId>)>,
    version: i64,
    body: String,
    /// Pictures that came, as Markdown.
    pictures: Vec<String>,
}

impl Form {
    /// The text with the pictures below it.
    fn text(&self) -> String {
        let text = Some(self.body.trim_end()).filter(|text| !text.is_empty());
        let all: Vec<_> =
            text.into_iter().chain(self.pictures.iter().map(String::as_str)).collect();
        all.join("\n\n")
    }
}

/// Takes a form with `owner`, or `note` and `version`, with `body` and any number of `file`; leads back to the page that it
/// was sent from. When it fails, that page shows why and keeps the text, in which the pictures stand that came.
async fn written(
    State(app): State<Arc<AppState>>,
    headers: HeaderMap,
    multipart: Multipart,
) -> Response {
    let Some(viewer) = page::find_viewer(&app, &headers).await else {
        return Redirect::to("/sign-in").into_response();
    };
    let mut form = Form::default();
    let done = match take(&app, &viewer, &mut form, multipart).await {
        Ok(()) => write(&app, &viewer, &form).await,
        Err(error) => Err(error),
    };
    let Some((home, note)) = form.home else { return StatusCode::NOT_FOUND.into_response() };
    let elsewhere = place(home, done.as_ref().ok().copied().or(note));
    let back = Redirect::to(&origin::sent_from(&headers).unwrap_or(elsewhere)).into_response();
    let Err(error) = done else { return back };
    // Which form it was is said too, where a page has several.
    let (path, which) = match (note, home) {
        (Some(note), _) => ("/do/edit_note", Some(("note", note.to_string()))),
        (None, Home::Owner(owner)) => ("/do/add_note", Some(("owner", owner.to_string()))),
        (None, Home::Conversation(_)) => ("/do/add_note", None),
    };
    let fields = which.into_iter().chain([("body", form.text())]);
    let fields = fields.map(|(name, text)| (name.to_owned(), text)).collect();
    flash::again(&app, back, path, error, fields)
}

/// Where a note is read, or will be.
fn place(home: Home, note: Option<NoteId>) -> String {
    match (home, note) {
        (home, Some(note)) => home.address(note),
        (Home::Owner(owner), None) => owner.href(),
        (Home::Conversation(id), None) => format!("/inbox/{id}"),
    }
}

async fn take(
    app: &AppState,
    viewer: &Viewer,
    form: &mut Form,
    mut multipart: Multipart,
) -> Result<(), Error> {
    let too_large = "the pictures are too large together. Add fewer";
    while let Some(part) = form::next(&mut multipart, too_large).await? {
        let (name, text) = match part {
            Part::Text(name, text) => (name, text),
            Part::File(name, bytes) => {
                if form.home.is_none() {
                    return Err(Error::NotFound);
                }
                if form.pictures.len() >= MOST {
                    let message = format!("add at most {MOST} pictures at once");
                    return Err(Error::invalid("file", message));
                }
                let taken =
                    attachments::take_picture(app, viewer.workspace, viewer.id, &name, *bytes);
                form.pictures.push(picture(&taken.await?));
                continue;
            }
        };
        let mut c = app.db.read().await?;
        match name.as_str() {
            "owner" => {
                let owner = Owner::try_from(text).map_err(|_| Error::NotFound)?;
                let owner = existing(&mut c, viewer.workspace, owner).await?;
                form.home = Some((Home::Owner(owner), None));
            }
            "note" => {
                let id = text.parse().map_err(|_| Error::NotFound)?;
                let found = texts::find(&mut c, viewer.workspace, id).await?;
                form.home = Some((found.ok_or(Error::NotFound)?.home()?, Some(id)));
            }
            "version" => form.version = text.parse().map_err(|_| Error::NotFound)?,
            "body" => form.body = text,
            _ => {}
        }
    }
    Ok(())
}

async fn write(app: &AppState, viewer: &Viewer, form: &Form) -> Result<NoteId, Error> {
    let mut w = Write::begin(app, viewer.workspace, viewer.id).await?;
    let home = form.home.ok_or(Error::NotFound)?;
    let id = match home {
        (_, Some(id)) => {
            edit(&mut w, id, &form.text(), form.version).await?;
            id
        }
        (Home::Owner(owner), None) => add(&mut w, owner, &form.text()).await?,
        // One of a conversation begins where it is written.
        (Home::Conversation(_), None) => return Err(Error::NotFound),
    };
    w.commit().await?;
    if home.1.is_some() {
        rooms::changed(app, viewer.workspace, id).await;
    }
    Ok(id)
}
