//! Files from the interface; uploading is a route of its own.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;

use crate::error::Error;
use crate::id::AttachmentId;

/// Takes away a file that the viewer attached and did not send.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "remove_attachment")]
pub async fn remove_attachment(attachment: AttachmentId) -> Result<(), Error> {
    use super::{Uploader, remove};
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    remove(&mut w, Uploader::Teammate(viewer.id), attachment).await?;
    w.commit().await?;
    Ok(())
}
