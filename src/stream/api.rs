//! Reading a stream from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Facet, Page, Place};
use crate::error::Error;
use crate::id::ContactId;
use crate::owner::Owner;

/// A part of the stream of a person or a company; without a place, the newest.
///
/// # Errors
/// [`Error::NotFound`] for whose it is and for the entry, [`Error::Invalid`] for a cursor.
#[server(prefix = "/do", endpoint = "stream", input = GetUrl)]
pub async fn stream_of(
    owner: Owner,
    facet: Option<Facet>,
    event: Option<i64>,
    person: Option<ContactId>,
    place: Option<Place>,
    limit: i64,
) -> Result<Page, Error> {
    use crate::server::{dates::Dates, viewer, whose::whose};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let owner = whose(&mut c, &viewer, owner).await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let place = place.unwrap_or_default();
    let asked = super::Asked { owner, facet, event, person, place, limit };
    super::page(&mut c, &dates, viewer.workspace, &asked).await.map_err(viewer::refuse)
}
