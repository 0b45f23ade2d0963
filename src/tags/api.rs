//! Tagging from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;

use crate::error::Error;
use crate::id::{ContactId, TagId};

/// Tags a person.
///
/// # Errors
/// As [`super::add`].
#[server(prefix = "/do", endpoint = "add_tag")]
pub async fn add_tag(contact: ContactId, name: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::add(&mut w, contact, &name).await?;
    w.commit().await?;
    Ok(())
}

/// Takes a tag off a person.
///
/// # Errors
/// As [`super::remove`].
#[server(prefix = "/do", endpoint = "remove_tag")]
pub async fn remove_tag(contact: ContactId, tag: TagId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::remove(&mut w, contact, tag).await?;
    w.commit().await?;
    Ok(())
}
