//! Files from the interface, and which kinds are taken; uploading is a route of its own.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::Setup;
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

/// Which kinds of files the workspace takes.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "file_rules", input = GetUrl)]
pub async fn file_rules() -> Result<Setup, Error> {
    use crate::server::viewer;
    use crate::stream;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let mut c = app.db.read().await?;
    let seq = stream::last_seq(&mut c, viewer.workspace).await?;
    let rules = super::rules(&mut c, viewer.workspace).await?;
    Ok(Setup { seq, rules })
}

/// Decides which kinds of files the workspace takes; with `usual` the endings are those of the beginning. Admins only.
///
/// # Errors
/// [`Error::Forbidden`] for an agent; [`Error::Invalid`] names the field that is refused.
#[server(prefix = "/do", endpoint = "save_file_rules")]
pub async fn save_file_rules(
    refused: String,
    customers: String,
    usual: Option<bool>,
) -> Result<(), Error> {
    use super::Rules;
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::admin()?;
    let usual = (usual == Some(true)).then(|| super::USUAL.join(" "));
    let rules = Rules::read(usual.as_deref().unwrap_or(&refused), &customers)?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::save_rules(&mut w, &rules).await?;
    w.commit().await?;
    let done = "Saved. It holds for every file that is attached from now on.";
    viewer::lead_and_say(&app, "/settings/files", done)
}
