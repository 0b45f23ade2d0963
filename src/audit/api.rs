//! Reading the audit log from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::Page;
use crate::error::Error;

/// A part of the audit log: of whom and which action an address says, empty for all, and what comes before a number.
///
/// # Errors
/// [`Error::Forbidden`] unless the viewer is an admin; [`Error::Invalid`] for a word that names nobody, for an action that
/// does not exist, and for a number that is none.
#[server(prefix = "/do", endpoint = "audit", input = GetUrl)]
pub async fn read_audit(
    #[server(default)] who: String,
    #[server(default)] action: String,
    #[server(default)] before: String,
) -> Result<Page, Error> {
    use crate::audit::Asked;
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::admin().map_err(viewer::refuse)?;
    let asked = Asked::read(&who, &action, &before).map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    crate::audit::page(&mut c, &dates, viewer.workspace, asked).await.map_err(viewer::refuse)
}
