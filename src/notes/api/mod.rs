//! Notes from the interface: what a teammate does with them.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

mod reading;

use leptos::prelude::*;
pub use reading::*;

use super::Owner;
use crate::error::Error;
use crate::id::NoteId;

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
    let owner = super::delete(&mut w, note).await?;
    w.commit().await?;
    super::rooms::deleted(&app, viewer.workspace, note).await;
    let fields = [("note", note.to_string()), ("owner", owner.to_string())];
    let fields = fields.map(|(name, text)| (name.to_owned(), text)).into();
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
