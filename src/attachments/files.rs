//! The bytes of files in their store: streamed out, and deleted.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};

use super::store::Stored;
use super::{disposition, release};
use crate::error::Error;
use crate::id::{AttachmentId, WorkspaceId};
use crate::server::state::AppState;

/// The store of files under the data folder.
///
/// # Errors
/// [`Error::Internal`] when the folder cannot be made.
pub fn store_of(folder: &std::path::Path) -> Result<Arc<dyn ObjectStore>, Error> {
    let folder = folder.join("files");
    std::fs::create_dir_all(&folder).map_err(broken)?;
    // What was acknowledged survives a loss of power.
    let store = LocalFileSystem::new_with_prefix(&folder).map_err(broken)?.with_fsync(true);
    Ok(Arc::new(store))
}

pub(super) fn broken(error: impl std::fmt::Display) -> Error {
    tracing::error!(%error, "files");
    Error::Internal
}

/// A file as an answer: pictures may be shown, everything else is saved, and nothing in it runs.
///
/// # Errors
/// [`Error::NotFound`] when its bytes are gone.
pub async fn respond(app: &AppState, file: &Stored) -> Result<Response, Error> {
    let found = app.files()?.get(&Path::from(file.object.as_str())).await.map_err(|e| match e {
        object_store::Error::NotFound { .. } => Error::NotFound,
        other => broken(other),
    })?;
    let body = Body::from_stream(found.into_stream());
    let value = |text: &str| HeaderValue::from_str(text).map_err(broken);
    let headers = [
        (header::CONTENT_TYPE, value(&file.content_type)?),
        (header::CONTENT_LENGTH, HeaderValue::from(file.size)),
        (header::CONTENT_DISPOSITION, value(&disposition(&file.name, file.width > 0))?),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600")),
    ];
    Ok((headers, body).into_response())
}

/// The bytes of a file, all of them.
///
/// # Errors
/// [`Error::NotFound`] when they are gone.
pub async fn bytes(app: &AppState, file: &Stored) -> Result<Bytes, Error> {
    let found = app.files()?.get(&Path::from(file.object.as_str())).await.map_err(|e| match e {
        object_store::Error::NotFound { .. } => Error::NotFound,
        other => broken(other),
    })?;
    found.bytes().await.map_err(broken)
}

/// How many files a store may refuse to delete before a sweep leaves the rest for the next one: it may not be there.
const REFUSALS: usize = 3;

/// Removes files that nobody waits for any more: never sent, taken away, or of someone who was deleted. One that the
/// store does not give up keeps no other: the next sweep comes to it last.
///
/// # Errors
/// [`Error::Internal`] when the database fails, or the store with any of them.
pub async fn sweep(app: &AppState) -> Result<(), Error> {
    let mut stay = Vec::new();
    loop {
        let mut over = release::over(&mut app.db.read().await?, app.clock.now()).await?;
        over.retain(|(workspace, id, _)| !stay.contains(&(*workspace, *id)));
        if over.is_empty() {
            return if stay.is_empty() { Ok(()) } else { Err(Error::Internal) };
        }
        for (workspace, id, object) in over {
            if let Err(error) = delete(app, workspace, id, &object).await {
                stay.push((workspace, id));
                let mut c = app.db.begin().await?;
                release::put_last(&mut c, workspace, id, app.clock.now()).await?;
                c.commit().await?;
                if stay.len() >= REFUSALS {
                    return Err(error);
                }
            }
        }
    }
}

async fn delete(
    app: &AppState,
    workspace: WorkspaceId,
    id: AttachmentId,
    object: &str,
) -> Result<(), Error> {
    let mut c = app.db.begin().await?;
    let ours = release::claim(&mut c, workspace, id).await?;
    c.commit().await?;
    if !ours {
        return Ok(());
    }
    match app.files()?.delete(&Path::from(object)).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
        Err(error) => return Err(broken(error)),
    }
    let mut c = app.db.begin().await?;
    release::forget(&mut c, workspace, id).await?;
    c.commit().await
}
