//! Importing an uploaded file from the interface.

#![allow(missing_docs, reason = "the argument types that the macro makes have no place for docs")]

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use super::{Earlier, Preview};
use crate::error::Error;

/// The columns and first rows of an uploaded file. Where no encoding or separator is said, it is recognised.
///
/// # Errors
/// [`Error::NotFound`] for another's upload, and for one whose day is over; [`Error::Invalid`] when it cannot be read so.
#[server(prefix = "/do", endpoint = "upload", input = GetUrl)]
pub async fn read_upload(
    id: String,
    #[server(default)] encoding: String,
    #[server(default)] separator: String,
) -> Result<Preview, Error> {
    use crate::server::viewer;
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let upload = super::Upload::find(&app, viewer.workspace, viewer.id, &id);
    let upload = upload.map_err(viewer::refuse)?;
    let asked = super::Asked::of(&encoding, &separator);
    upload.preview(&app, asked).await.map_err(viewer::refuse)
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
    #[server(default)] encoding: String,
    #[server(default)] separator: String,
) -> Result<(), Error> {
    use crate::jobs::{self, Input};
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let upload = super::Upload::find(&app, viewer.workspace, viewer.id, &id)?;
    let asked = super::Asked::of(&encoding, &separator);
    let preview = upload.preview(&app, asked).await?;
    let name = |meaning: &String| {
        if meaning.trim().is_empty() { "-".into() } else { meaning.trim().to_owned() }
    };
    let map = preview.header.iter().cloned().zip(meanings.iter().map(name)).collect();
    let event = Some(event.trim().to_owned()).filter(|e| !e.is_empty());
    let import = super::Import {
        kind: upload.kind(),
        file: upload.file(&app),
        asked: preview.reading.asked(),
        map,
        event,
        rejects: upload.rejects(&app),
    };
    import.check().map_err(|message| Error::invalid("columns", message))?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    let (map, event, asked) = (import.map, import.event, import.asked);
    let input = Input::Import { upload: id, map, event, asked };
    jobs::start(&mut w, &input, preview.bytes as i64).await?;
    w.commit().await?;
    leptos_axum::redirect("/import");
    Ok(())
}

/// The viewer's uploads of the last month and what became of them, the newest first, those apart whose import runs; with
/// the number up to which that is true.
///
/// # Errors
/// [`Error::Unauthorized`] when nobody is signed in.
#[server(prefix = "/do", endpoint = "imports", input = GetUrl)]
pub async fn list_imports() -> Result<(i64, Vec<Earlier>), Error> {
    use crate::server::{dates::Dates, viewer};
    let (app, viewer) = viewer::viewer().map_err(viewer::refuse)?;
    let dates = Dates::new(&viewer.time_zone, app.clock.now());
    let mut c = app.db.read().await?;
    let seq = crate::stream::last_seq(&mut c, viewer.workspace).await?;
    let all = super::earlier(&app, &mut c, viewer.workspace, viewer.id, &dates).await?;
    Ok((seq, all))
}

/// Goes on with an import that stopped; nothing is doubled.
///
/// # Errors
/// As [`super::resume`].
#[server(prefix = "/do", endpoint = "resume_import")]
pub async fn resume_import(id: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let upload = super::Upload::find(&app, viewer.workspace, viewer.id, &id)?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::resume(&mut w, &upload).await?;
    w.commit().await?;
    Ok(())
}

/// Forgets an upload and the rows set aside; what was written stays.
///
/// # Errors
/// As [`super::drop_upload`].
#[server(prefix = "/do", endpoint = "drop_import")]
pub async fn drop_import(id: String) -> Result<(), Error> {
    use crate::server::{db::Write, viewer};
    let (app, viewer) = viewer::viewer()?;
    let upload = super::Upload::find(&app, viewer.workspace, viewer.id, &id)?;
    let mut w = Write::begin(&app, viewer.workspace, viewer.id).await?;
    super::drop_upload(&mut w, &upload).await?;
    w.commit().await?;
    Ok(())
}
