//! Notes from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Notes, Owner};
use crate::error::Error;
use crate::id::NoteId;

/// The notes about someone.
///
/// # Errors
/// [`Error::NotFound`] for the owner.
#[server(prefix = "/do", endpoint = "notes", input = GetUrl)]
pub async fn list_notes(owner: Owner) -> Result<Notes, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let owner = super::existing(&mut c, viewer.workspace, owner).await.map_err(viewer::refuse)?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    super::of_owner(&mut c, &dates, viewer.workspace, owner).await.map_err(viewer::refuse)
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
    viewer::lead_to(back.as_deref());
    Ok(())
}

/// Deletes a note.
///
/// # Errors
/// As [`super::delete`].
#[server(prefix = "/do", endpoint = "delete_note")]
pub async fn delete_note(note: NoteId, back: Option<String>) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::delete(&mut w, note).await?;
    w.commit().await?;
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
