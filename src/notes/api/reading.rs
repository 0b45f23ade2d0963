//! What a teammate's page asks about notes.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::Error;
use crate::id::{ConversationId, NoteId, PartId};
use crate::notes::{FoundNotes, Looks, Mentions, Notes, Offer, Owner, Step};

/// The notes about someone.
///
/// # Errors
/// [`Error::NotFound`] for the owner.
#[server(prefix = "/do", endpoint = "notes", input = GetUrl)]
pub async fn list_notes(owner: Owner) -> Result<Notes, Error> {
    use crate::server::{dates::Dates, viewer, whose::whose};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let owner = whose(&mut c, &viewer, owner).await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let notes = crate::notes::of_owner(&mut c, &dates, viewer.workspace, owner, viewer.id);
    notes.await.map_err(viewer::refuse)
}

/// The steps of a note's history, newest first.
///
/// # Errors
/// [`Error::NotFound`] for the note.
#[server(prefix = "/do", endpoint = "note_history", input = GetUrl)]
pub async fn note_history(note: NoteId) -> Result<Vec<Step>, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = crate::notes::texts::find(&mut c, viewer.workspace, note).await?;
    let found = found.ok_or(Error::NotFound).map_err(viewer::refuse)?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    crate::notes::versions::history(&mut c, &dates, viewer.workspace, &found).await
}

/// The text that a note had at a version, as safe HTML.
///
/// # Errors
/// [`Error::NotFound`] for the note, and for a version that is not kept.
#[server(prefix = "/do", endpoint = "note_version", input = GetUrl)]
pub async fn note_version(note: NoteId, version: i64) -> Result<String, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = crate::notes::texts::find(&mut c, viewer.workspace, note).await?;
    let found = found.ok_or(Error::NotFound).map_err(viewer::refuse)?;
    let text = crate::notes::versions::text_at(&mut c, viewer.workspace, &found, version).await?;
    let text = text.ok_or(Error::NotFound).map_err(viewer::refuse)?;
    let names = crate::notes::names::names(&mut c, viewer.workspace, &found).await?;
    let names: Vec<_> = names.iter().map(|(w, s)| (w.as_str(), s.as_str())).collect();
    let links = crate::notes::links::Links::of(&mut c, viewer.workspace, [text.as_str()]).await?;
    Ok(crate::ui::markdown::render_note(&text, &names, |to| links.ours(to)))
}

/// The teammates who can be named, by name.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "note_names", input = GetUrl)]
pub async fn note_names() -> Result<Vec<String>, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let names = crate::teammates::names(&mut c, viewer.workspace).await?;
    Ok(names.into_iter().map(|(_, name)| name).collect())
}

/// People, companies and conversations that a word finds, to be linked to: at most eight. Without a word those that were
/// seen last.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "note_links", input = GetUrl)]
pub async fn note_links(#[server(default)] word: String) -> Result<Vec<Offer>, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    crate::notes::offers::offers(&mut c, viewer.workspace, &word, app.clock.now()).await
}

/// Notes that have all these words, wherever they stand: the newest, or those before a number.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "find_notes", input = GetUrl)]
pub async fn find_notes(
    #[server(default)] find: String,
    before: Option<NoteId>,
) -> Result<FoundNotes, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let found = crate::notes::search(&mut c, &dates, viewer.workspace, &find, before);
    found.await.map_err(viewer::refuse)
}

/// The notes that name the viewer.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "note_mentions", input = GetUrl)]
pub async fn note_mentions() -> Result<Mentions, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    crate::notes::named::list(&mut c, &dates, viewer.workspace, viewer.id).await
}

/// Who else has seen the notes about someone.
///
/// # Errors
/// [`Error::NotFound`] for the owner.
#[server(prefix = "/do", endpoint = "note_looks", input = GetUrl)]
pub async fn note_looks(owner: Owner) -> Result<Looks, Error> {
    use crate::server::{dates::Dates, viewer, whose::whose};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let owner = whose(&mut c, &viewer, owner).await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    crate::notes::looks::of_owner(&mut c, &dates, viewer.workspace, owner, viewer.id).await
}

/// Who else has seen the notes of a conversation: those among its newest parts, or around one.
///
/// # Errors
/// As [`crate::notes::looks::in_conversation`].
#[server(prefix = "/do", endpoint = "note_looks_in", input = GetUrl)]
pub async fn note_looks_in(
    conversation: ConversationId,
    around: Option<PartId>,
) -> Result<Looks, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let now = app.clock.now();
    let looks = crate::notes::looks::in_conversation(&mut c, &viewer, now, conversation, around);
    looks.await.map_err(viewer::refuse)
}
