//! Notes from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{FoundNotes, Looks, Mentions, Notes, Offer, Owner, Step};
use crate::error::Error;
use crate::id::{ConversationId, NoteId, PartId};

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
    let notes = super::of_owner(&mut c, &dates, viewer.workspace, owner, viewer.id);
    notes.await.map_err(viewer::refuse)
}

/// Writes a note.
///
/// # Errors
/// As [`super::add`].
#[server(prefix = "/do", endpoint = "add_note")]
pub async fn add_note(owner: Owner, body: String, back: Option<String>) -> Result<NoteId, Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let id = super::add(&mut w, owner, &body).await?;
    w.commit().await?;
    viewer::lead_to(back.as_deref());
    Ok(id)
}

/// Saves a note's text over the version that it was made from.
///
/// # Errors
/// As [`super::edit`].
#[server(prefix = "/do", endpoint = "edit_note")]
pub async fn edit_note(
    note: NoteId,
    body: String,
    version: i64,
    back: Option<String>,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::edit(&mut w, note, &body, version).await?;
    w.commit().await?;
    super::rooms::changed(&app, viewer.workspace, note).await;
    viewer::lead_to(back.as_deref());
    Ok(())
}

/// Ticks a box in a note's text, or takes the tick away. `tick` is what a box of [`Note::html`](super::Note::html) sends:
/// which one, counted from 0, and what it is to be, such as `3-true`.
///
/// # Errors
/// As [`super::tick`], and [`Error::Invalid`] for a `tick` that is none.
#[server(prefix = "/do", endpoint = "tick_note")]
pub async fn tick_note(
    note: NoteId,
    version: i64,
    tick: String,
    back: Option<String>,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let wanted = tick
        .split_once('-')
        .and_then(|(place, ticked)| Some((place.parse().ok()?, ticked.parse().ok()?)));
    let (place, ticked) =
        wanted.ok_or_else(|| Error::invalid("tick", "press a box of the note"))?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::tick(&mut w, note, version, place, ticked).await?;
    w.commit().await?;
    super::rooms::changed(&app, viewer.workspace, note).await;
    viewer::lead_to(back.as_deref());
    Ok(())
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
    let found = super::texts::find(&mut c, viewer.workspace, note).await?;
    let found = found.ok_or(Error::NotFound).map_err(viewer::refuse)?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    super::versions::history(&mut c, &dates, viewer.workspace, &found).await
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
    let found = super::texts::find(&mut c, viewer.workspace, note).await?;
    let found = found.ok_or(Error::NotFound).map_err(viewer::refuse)?;
    let text = super::versions::text_at(&mut c, viewer.workspace, &found, version).await?;
    let text = text.ok_or(Error::NotFound).map_err(viewer::refuse)?;
    let names = super::names::names(&mut c, viewer.workspace, &found).await?;
    let names: Vec<_> = names.iter().map(|(w, s)| (w.as_str(), s.as_str())).collect();
    let links = super::links::Links::of(&mut c, viewer.workspace, [text.as_str()]).await?;
    Ok(crate::ui::markdown::render_note(&text, &names, |to| links.ours(to)))
}

/// Gives a note the text of one of its versions again.
///
/// # Errors
/// As [`super::restore_version`].
#[server(prefix = "/do", endpoint = "restore_version")]
pub async fn restore_version(
    note: NoteId,
    version: i64,
    back: Option<String>,
) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::restore_version(&mut w, note, version).await?;
    w.commit().await?;
    super::rooms::changed(&app, viewer.workspace, note).await;
    viewer::lead_to(back.as_deref());
    Ok(())
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
    super::offers::offers(&mut c, viewer.workspace, &word, app.clock.now()).await
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
    let found = super::search(&mut c, &dates, viewer.workspace, &find, before);
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
    super::named::list(&mut c, &dates, viewer.workspace, viewer.id).await
}

/// The viewer has looked at the notes about someone.
///
/// # Errors
/// As [`super::mentions::seen`].
#[server(prefix = "/do", endpoint = "see_note_mentions")]
pub async fn see_note_mentions(owner: Owner, back: Option<String>) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::mentions::seen(&mut w, owner).await?;
    w.commit().await?;
    viewer::lead_to(back.as_deref());
    Ok(())
}

/// The viewer has these notes on the screen.
///
/// # Errors
/// As [`super::looks::see`].
#[server(prefix = "/do", endpoint = "see_notes")]
pub async fn see_notes(notes: Vec<NoteId>) -> Result<(), Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer()?;
    super::looks::see(&app, viewer.workspace, viewer.id, &notes).await
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
    super::looks::of_owner(&mut c, &dates, viewer.workspace, owner, viewer.id).await
}

/// Who else has seen the notes of a conversation: those among its newest parts, or around one.
///
/// # Errors
/// As [`super::looks::in_conversation`].
#[server(prefix = "/do", endpoint = "note_looks_in", input = GetUrl)]
pub async fn note_looks_in(
    conversation: ConversationId,
    around: Option<PartId>,
) -> Result<Looks, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let now = app.clock.now();
    let looks = super::looks::in_conversation(&mut c, &viewer, now, conversation, around);
    looks.await.map_err(viewer::refuse)
}

/// Deletes a note.
///
/// # Errors
/// As [`super::delete`].
#[server(prefix = "/do", endpoint = "delete_note")]
pub async fn delete_note(note: NoteId, back: Option<String>) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    use crate::ui::flash::Flash;
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::delete(&mut w, note).await?;
    w.commit().await?;
    super::rooms::deleted(&app, viewer.workspace, note).await;
    let fields = vec![("note".to_owned(), note.to_string())];
    viewer::show_once(&app, Flash { path: "/do/delete_note".into(), error: None, fields });
    viewer::lead_to(back.as_deref());
    Ok(())
}

/// Brings a deleted note back.
///
/// # Errors
/// As [`super::restore`].
#[server(prefix = "/do", endpoint = "restore_note")]
pub async fn restore_note(note: NoteId, back: Option<String>) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::restore(&mut w, note).await?;
    w.commit().await?;
    viewer::lead_to(back.as_deref());
    Ok(())
}

/// Puts a note before the others, or back among them.
///
/// # Errors
/// As [`super::pin`].
#[server(prefix = "/do", endpoint = "pin_note")]
pub async fn pin_note(note: NoteId, pinned: bool, back: Option<String>) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::pin(&mut w, note, pinned).await?;
    w.commit().await?;
    viewer::lead_to(back.as_deref());
    Ok(())
}
