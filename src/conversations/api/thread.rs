//! One conversation: reading it, saying something in it, and taking notes back.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::conversations::{Draft, Line, PartKind, Parts, Thread};
use crate::error::Error;
use crate::id::{ContactId, ConversationId, PartId};

/// A conversation with its newest parts, with those around one, or with all from one on.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such conversation.
#[server(prefix = "/do", endpoint = "conversation", input = GetUrl)]
pub async fn read_conversation(
    id: ConversationId,
    around: Option<PartId>,
    from: Option<PartId>,
) -> Result<Thread, Error> {
    use crate::conversations::Window;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let window = match (around, from) {
        (Some(part), _) => Window::Around(part),
        (None, Some(part)) => Window::From(part),
        (None, None) => Window::Newest,
    };
    let found = crate::conversations::thread(&mut c, &dates, &viewer, id, window).await?;
    found.ok_or(Error::NotFound).map_err(viewer::refuse)
}

/// What the viewer has begun to write in a conversation, one draft a kind.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such conversation.
#[server(prefix = "/do", endpoint = "drafts", input = GetUrl)]
pub async fn read_drafts(id: ConversationId) -> Result<Vec<Draft>, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = crate::conversations::find(&mut c, viewer.workspace, id).await?;
    found.ok_or(Error::NotFound).map_err(viewer::refuse)?;
    crate::conversations::drafts(&mut c, viewer.workspace, viewer.id, id).await
}

/// More of a conversation: the parts before one, or those after it.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such conversation.
#[server(prefix = "/do", endpoint = "parts", input = GetUrl)]
pub async fn more_parts(id: ConversationId, part: PartId, later: bool) -> Result<Parts, Error> {
    use crate::conversations::Window;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let window = if later { Window::After(part) } else { Window::Before(part) };
    crate::conversations::parts(&mut c, &dates, viewer.workspace, id, window)
        .await
        .map_err(viewer::refuse)
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
    let found = crate::conversations::find(&mut c, viewer.workspace, id).await?;
    found.map(|f| f.contact).ok_or(Error::NotFound).map_err(viewer::refuse)
}

/// A person's conversations.
///
/// # Errors
/// [`Error::NotFound`] for the person.
#[server(prefix = "/do", endpoint = "contact_conversations", input = GetUrl)]
pub async fn contact_conversations(contact: ContactId) -> Result<Vec<Line>, Error> {
    use crate::owner::Owner;
    use crate::server::{dates::Dates, viewer, whose::whose};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let owner = whose(&mut c, &viewer, Owner::Contact(contact)).await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    crate::conversations::of_contact(&mut c, &dates, viewer.workspace, ContactId(owner.number()))
        .await
}

/// Says something in a conversation: to the person, or to the team alone. `files`: the numbers of what was uploaded
/// for it, with commas.
///
/// # Errors
/// As [`crate::conversations::say_words`].
#[server(prefix = "/do", endpoint = "say")]
pub async fn say(
    conversation: ConversationId,
    kind: PartKind,
    #[server(default)] body: String,
    client_id: String,
    #[server(default)] files: String,
) -> Result<(), Error> {
    use crate::attachments;
    use crate::conversations::Words;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let files = attachments::ids(&files)?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let words = Words { body: &body, client_id: &client_id, files: &files };
    crate::conversations::say_words(&mut w, conversation, kind, words).await?;
    w.commit().await?;
    Ok(())
}

/// Saves what the viewer is typing. Answers the draft as it is then, and whether it is what was sent.
///
/// # Errors
/// As [`crate::conversations::save_draft`].
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
    let saved = crate::conversations::save_draft(&mut w, conversation, &draft).await?;
    w.commit().await?;
    Ok(saved)
}

/// Takes back a note of the viewer's, or any as an admin; answers which.
///
/// # Errors
/// As [`crate::conversations::delete_note`].
#[server(prefix = "/do", endpoint = "delete_part")]
pub async fn delete_part(
    conversation: ConversationId,
    part: PartId,
    back: Option<String>,
) -> Result<PartId, Error> {
    use crate::id::NoteId;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    crate::conversations::delete_note(&mut w, viewer.role, conversation, part).await?;
    w.commit().await?;
    crate::notes::rooms::changed(&app, viewer.workspace, NoteId(part.0)).await;
    crate::notes::rooms::deleted(&app, viewer.workspace, NoteId(part.0)).await;
    viewer::lead_to(back.as_deref());
    Ok(part)
}

/// Brings back a note that was taken back. `body` is the text of one that an earlier version took back.
///
/// # Errors
/// As [`crate::conversations::restore_note`].
#[server(prefix = "/do", endpoint = "restore_part")]
pub async fn restore_part(
    conversation: ConversationId,
    part: PartId,
    #[server(default)] body: String,
    back: Option<String>,
) -> Result<(), Error> {
    use crate::id::NoteId;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    crate::conversations::restore_note(&mut w, viewer.role, conversation, part, &body).await?;
    w.commit().await?;
    crate::notes::rooms::changed(&app, viewer.workspace, NoteId(part.0)).await;
    viewer::lead_to(back.as_deref());
    Ok(())
}

/// The viewer has a conversation on their screen and has read it.
///
/// # Errors
/// [`Error::NotFound`] for the conversation.
#[server(prefix = "/do", endpoint = "mark_read")]
pub async fn mark_read(conversation: ConversationId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    crate::conversations::mark_read(&mut w, conversation).await?;
    w.commit().await?;
    Ok(())
}
