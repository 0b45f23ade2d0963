//! Reading the audit log from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::Page;
use crate::error::Error;

/// A part of the audit log.
///
/// # Errors
/// [`Error::Forbidden`] unless the viewer is an admin; [`Error::Invalid`] for an action that does not exist.
#[server(prefix = "/do", endpoint = "audit", input = GetUrl)]
pub async fn read_audit(who: i64, action: String, before: Option<i64>) -> Result<Page, Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::admin().map_err(viewer::refuse)?;
    let wanted = super::Action::from_word(&action);
    if wanted.is_none() && !action.is_empty() {
        return Err(viewer::refuse(Error::invalid("action", "choose an action from the list")));
    }
    let mut c = app.db.read().await?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    super::page(&mut c, &dates, viewer.workspace, crate::id::TeammateId(who), wanted, before)
        .await
        .map_err(viewer::refuse)
}
