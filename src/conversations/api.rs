//! Conversations from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Draft, Line, Lines, PartKind, Parts, Shelf, Thread};
use crate::error::Error;
use crate::id::{ContactId, ConversationId, PartId, TeammateId};

/// A part of the list of conversations.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that is not one.
#[server(prefix = "/do", endpoint = "conversations", input = GetUrl)]
pub async fn list_conversations(shelf: Shelf, before: Option<String>) -> Result<Lines, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let list = super::list(&mut c, &dates, viewer.workspace, shelf, before.as_deref());
    list.await.map_err(viewer::refuse)
}

/// A conversation with its newest parts, with those around one, or with all from one on.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such conversation.
#[server(prefix = "/do", endpoint = "conversation", input = GetUrl)]
pub async fn conversation(
    id: ConversationId,
    around: Option<PartId>,
    from: Option<PartId>,
) -> Result<Thread, Error> {
    use super::Window;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let window = match (around, from) {
        (Some(part), _) => Window::Around(part),
        (None, Some(part)) => Window::From(part),
        (None, None) => Window::Newest,
    };
    let found = super::thread(&mut c, &dates, &viewer, id, window).await?;
    found.ok_or(Error::NotFound).map_err(viewer::refuse)
}

/// More of a conversation: the parts before one, or those after it.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such conversation.
#[server(prefix = "/do", endpoint = "parts", input = GetUrl)]
pub async fn more_parts(id: ConversationId, part: PartId, later: bool) -> Result<Parts, Error> {
    use super::Window;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let window = if later { Window::After(part) } else { Window::Before(part) };
    super::parts(&mut c, &dates, viewer.workspace, id, window).await.map_err(viewer::refuse)
}

/// Whom a conversation is with.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such conversation.
#[server(prefix = "/do", endpoint = "conversation_contact", input = GetUrl)]
pub async fn conversation_contact(id: ConversationId) -> Result<ContactId, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = super::find(&mut c, viewer.workspace, id).await?;
    found.map(|f| f.contact).ok_or(Error::NotFound).map_err(viewer::refuse)
}

/// A person's conversations.
///
/// # Errors
/// [`Error::NotFound`] for the person.
#[server(prefix = "/do", endpoint = "contact_conversations", input = GetUrl)]
pub async fn contact_conversations(contact: ContactId) -> Result<Vec<Line>, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = crate::contacts::find(&mut c, viewer.workspace, contact).await?;
    let person = found.ok_or(Error::NotFound).map_err(viewer::refuse)?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    super::of_contact(&mut c, &dates, viewer.workspace, person.id).await
}

/// Begins a conversation with a person, and goes to it.
///
/// # Errors
/// As [`super::start`].
#[server(prefix = "/do", endpoint = "start_conversation")]
pub async fn start_conversation(
    contact: ContactId,
    body: String,
    client_id: String,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let id = super::start(&mut w, contact, &body, &client_id).await?;
    w.commit().await?;
    leptos_axum::redirect(&format!("/inbox/{id}"));
    Ok(())
}

/// Says something in a conversation: to the person, or to the team alone. `files`: the numbers of what was uploaded
/// for it, with commas.
///
/// # Errors
/// As [`super::say_words`].
#[server(prefix = "/do", endpoint = "say")]
pub async fn say(
    conversation: ConversationId,
    kind: PartKind,
    #[server(default)] body: String,
    client_id: String,
    #[server(default)] files: String,
) -> Result<(), Error> {
    use super::Words;
    use crate::attachments;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let files = attachments::ids(&files)?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let words = Words { body: &body, client_id: &client_id, files: &files };
    super::say_words(&mut w, conversation, kind, words).await?;
    w.commit().await?;
    Ok(())
}

/// Saves what the viewer is typing. Answers the draft as it is then, and whether it is what was sent.
///
/// # Errors
/// As [`super::save_draft`].
#[server(prefix = "/do", endpoint = "save_draft")]
pub async fn save_draft(
    conversation: ConversationId,
    kind: PartKind,
    #[server(default)] body: String,
    version: i64,
) -> Result<(Draft, bool), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let draft = Draft { kind, body, version };
    let saved = super::save_draft(&mut w, conversation, &draft).await?;
    w.commit().await?;
    Ok(saved)
}

/// Changes the text of a note of the viewer's.
///
/// # Errors
/// As [`super::edit_note`].
#[server(prefix = "/do", endpoint = "edit_part")]
pub async fn edit_part(
    conversation: ConversationId,
    part: PartId,
    body: String,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::edit_note(&mut w, conversation, part, &body).await?;
    w.commit().await?;
    Ok(())
}

/// Takes back a note of the viewer's; answers which, and its text, with which it can be brought back. A page without a script
/// finds the text in its flash.
///
/// # Errors
/// As [`super::delete_note`].
#[server(prefix = "/do", endpoint = "delete_part")]
pub async fn delete_part(
    conversation: ConversationId,
    part: PartId,
) -> Result<(PartId, String), Error> {
    use crate::server::{db::Write, viewer};
    use crate::ui::flash::Flash;
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let body = super::delete_note(&mut w, conversation, part).await?;
    w.commit().await?;
    let fields = vec![("part".into(), part.to_string()), ("body".into(), body.clone())];
    viewer::show_once(&app, Flash { path: "/do/delete_part".into(), error: None, fields });
    Ok((part, body))
}

/// Brings back a note that the viewer took back.
///
/// # Errors
/// As [`super::restore_note`].
#[server(prefix = "/do", endpoint = "restore_part")]
pub async fn restore_part(
    conversation: ConversationId,
    part: PartId,
    #[server(default)] body: String,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::restore_note(&mut w, conversation, part, &body).await?;
    w.commit().await?;
    Ok(())
}

/// Puts a conversation on the shelf of the open or of the closed ones.
///
/// # Errors
/// [`Error::NotFound`] for the conversation.
#[server(prefix = "/do", endpoint = "shelve")]
pub async fn shelve(conversation: ConversationId, shelf: Shelf) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    match shelf {
        Shelf::Open => super::reopen(&mut w, conversation).await?,
        Shelf::Closed => super::close(&mut w, conversation).await?,
    }
    w.commit().await?;
    Ok(())
}

/// Gives a conversation to a teammate, or to nobody.
///
/// # Errors
/// As [`super::assign`].
#[server(prefix = "/do", endpoint = "assign")]
pub async fn assign(conversation: ConversationId, teammate: TeammateId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::assign(&mut w, conversation, teammate).await?;
    w.commit().await?;
    Ok(())
}
