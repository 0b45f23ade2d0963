//! Conversations from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Line, Lines, PartKind, Shelf, Thread};
use crate::error::Error;
use crate::id::{ContactId, ConversationId, TeammateId};

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

/// A conversation whole.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such conversation.
#[server(prefix = "/do", endpoint = "conversation", input = GetUrl)]
pub async fn conversation(id: ConversationId) -> Result<Thread, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let found = super::thread(&mut c, &dates, viewer.workspace, id).await?;
    found.ok_or(Error::NotFound).map_err(viewer::refuse)
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

/// Says something in a conversation: to the person, or to the team alone.
///
/// # Errors
/// As [`super::say`].
#[server(prefix = "/do", endpoint = "say")]
pub async fn say(
    conversation: ConversationId,
    kind: PartKind,
    body: String,
    client_id: String,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::say(&mut w, conversation, kind, &body, &client_id).await?;
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
