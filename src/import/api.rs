//! Importing an uploaded file from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::Preview;
use crate::error::Error;

/// The columns and first rows of an uploaded file.
///
/// # Errors
/// [`Error::NotFound`] for another's upload, and for one whose day is over.
#[server(prefix = "/do", endpoint = "upload", input = GetUrl)]
pub async fn read_upload(id: String) -> Result<Preview, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let upload = super::Upload::find(&app, viewer.workspace, viewer.id, &id);
    upload.and_then(|u| u.preview(&app)).map_err(viewer::refuse)
}

/// Imports an uploaded file as a job. `meanings` are those of the columns, in the file's order; empty leaves one out.
///
/// # Errors
/// [`Error::NotFound`] for the upload; [`Error::Invalid`] when no column says who or what a row is about.
#[server(prefix = "/do", endpoint = "start_import")]
pub async fn start_import(
    id: String,
    meanings: Vec<String>,
    #[server(default)] event: String,
) -> Result<(), Error> {
    use crate::jobs::{self, Input};
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let upload = super::Upload::find(&app, viewer.workspace, viewer.id, &id)?;
    let preview = upload.preview(&app)?;
    let name = |meaning: &String| {
        if meaning.trim().is_empty() { "-".into() } else { meaning.trim().to_owned() }
    };
    let map = preview.header.iter().cloned().zip(meanings.iter().map(name)).collect();
    let event = Some(event.trim().to_owned()).filter(|e| !e.is_empty());
    let import = super::Import {
        kind: upload.kind(),
        file: upload.file(&app),
        map,
        event,
        rejects: upload.rejects(&app),
    };
    import.check().map_err(|message| Error::invalid("columns", message))?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let input = Input::Import { upload: id, map: import.map, event: import.event };
    jobs::start(&mut w, &input, preview.bytes as i64).await?;
    w.commit().await?;
    leptos_axum::redirect("/import");
    Ok(())
}
