//! Tagging from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;

use crate::error::Error;
use crate::id::TagId;
use crate::owner::Owner;

/// Tags a person or a company; makes the tag when no tag has that name in any case.
///
/// # Errors
/// As [`super::make`] and [`super::apply`].
#[server(prefix = "/do", endpoint = "add_tag")]
pub async fn add_tag(owner: Owner, name: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let (id, name) = super::make(&mut w, &name).await?;
    super::apply(&mut w, owner, &super::Tag { id, name }).await?;
    w.commit().await?;
    Ok(())
}

/// Takes a tag off a person or a company.
///
/// # Errors
/// As [`super::take_off`]; [`Error::NotFound`] for the tag.
#[server(prefix = "/do", endpoint = "remove_tag")]
pub async fn remove_tag(owner: Owner, tag: TagId) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let tag = super::find(&mut w.conn, w.workspace, tag).await?.ok_or(Error::NotFound)?;
    super::take_off(&mut w, owner, &tag).await?;
    w.commit().await?;
    Ok(())
}
