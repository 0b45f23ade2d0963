//! Reading people from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::Profile;
use crate::error::Error;
use crate::id::ContactId;

/// A person's profile, but for the stream.
///
/// # Errors
/// [`Error::NotFound`] where the viewer's workspace has no such person.
#[server(prefix = "/do", endpoint = "profile", input = GetUrl)]
pub async fn contact_profile(id: ContactId) -> Result<Profile, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let found =
        super::profile(&mut c, &dates, viewer.workspace, id).await.map_err(viewer::refuse)?;
    found.ok_or(Error::NotFound).map_err(viewer::refuse)
}
