//! Reading a stream from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Facet, Page};
use crate::error::Error;
use crate::id::ContactId;

/// A part of a person's stream.
///
/// # Errors
/// [`Error::NotFound`] for the person, [`Error::Invalid`] for the cursor.
#[server(prefix = "/do", endpoint = "stream", input = GetUrl)]
pub async fn contact_stream(
    contact: ContactId,
    facet: Option<Facet>,
    event: Option<i64>,
    before: Option<String>,
    limit: i64,
) -> Result<Page, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let found = crate::contacts::find(&mut c, viewer.workspace, contact).await?;
    found.ok_or(Error::NotFound).map_err(viewer::refuse)?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let asked = super::Asked { contact, facet, event, before, limit };
    super::page(&mut c, &dates, viewer.workspace, &asked).await.map_err(viewer::refuse)
}
