//! Reading a stream from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Facet, Page};
use crate::error::Error;
use crate::id::ContactId;
use crate::owner::Owner;

/// A part of the stream of a person or a company.
///
/// # Errors
/// [`Error::NotFound`] for whose it is, [`Error::Invalid`] for the cursor.
#[server(prefix = "/do", endpoint = "stream", input = GetUrl)]
pub async fn stream_of(
    owner: Owner,
    facet: Option<Facet>,
    event: Option<i64>,
    person: Option<ContactId>,
    before: Option<String>,
    limit: i64,
) -> Result<Page, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = owner.existing(&mut c, viewer.workspace).await?;
    let owner = found.ok_or(Error::NotFound).map_err(viewer::refuse)?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let asked = super::Asked { owner, facet, event, person, before, limit };
    super::page(&mut c, &dates, viewer.workspace, &asked).await.map_err(viewer::refuse)
}
