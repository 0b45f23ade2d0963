//! The bytes of files: streamed in, looked at no further than a picture's header, streamed out.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt as _};
use imagesize::ImageType;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, WriteMultipart};

use super::release;
use super::store::{self, Stored, Uploader};
use super::{Attachment, LARGEST, disposition, safe_name};
use crate::error::Error;
use crate::id::{AttachmentId, ConversationId, TeammateId, WorkspaceId};
use crate::server::db::Write;
use crate::server::state::AppState;

/// How much of a file is looked at to see what it is: headers of pictures lie within.
const HEAD: usize = 256 * 1024;
/// The largest picture that a page shows by itself, in pixels: beyond it a browser needs too much memory.
const PIXELS: usize = 50_000_000;
/// Bytes that are gathered before they are written.
const CHUNK: usize = 5 * 1024 * 1024;

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

fn broken(error: impl std::fmt::Display) -> Error {
    tracing::error!(%error, "files");
    Error::Internal
}

/// Takes in a file, which waits for a day to be sent. `conversation` is 0 where it has not begun. The caller has
/// asked whether the uploader may write there.
///
/// # Errors
/// [`Error::Invalid`] for an empty file and for one over 25 MB, [`Error::Conflict`] when too many wait,
/// [`Error::Unreachable`] when the upload breaks off. Nothing of it is kept then.
pub async fn take<E>(
    app: &AppState,
    workspace: WorkspaceId,
    uploader: Uploader,
    conversation: ConversationId,
    name: &str,
    bytes: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<Attachment, Error> {
    let name = safe_name(name);
    let actor = match uploader {
        Uploader::Teammate(id) => id,
        Uploader::Contact(_) => TeammateId(0),
    };
    let mut w = Write::begin(app, workspace, actor).await?;
    let (id, object) = store::begin(&mut w, uploader, conversation, &name).await?;
    w.commit().await?;
    let stored = pour(app, &object, bytes).await;
    let mut w = Write::begin(app, workspace, actor).await?;
    let (size, head) = match stored {
        Ok(stored) => stored,
        Err(error) => {
            release::remove(&mut w, uploader, id).await?;
            w.commit().await?;
            return Err(error);
        }
    };
    let (content_type, (width, height)) = look(&head, &name);
    let file = Attachment { id, name, size: size as i64, width, height };
    store::finish(&mut w, &file, &content_type).await?;
    w.commit().await?;
    Ok(file)
}

/// Why something is not taken for a note.
pub(super) const NO_PICTURE: &str =
    "a note takes pictures: PNG, JPEG, GIF or WebP, at most 50 million pixels";

/// Takes in a picture for a note that is being written; what is none goes again.
///
/// # Errors
/// As [`take`], and [`Error::Invalid`] for what is no picture.
pub async fn take_picture<E>(
    app: &AppState,
    workspace: WorkspaceId,
    by: TeammateId,
    name: &str,
    bytes: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<Attachment, Error> {
    let uploader = Uploader::Teammate(by);
    let file = take(app, workspace, uploader, ConversationId(0), name, bytes).await?;
    if file.is_picture() {
        return Ok(file);
    }
    let mut w = Write::begin(app, workspace, by).await?;
    release::remove(&mut w, uploader, file.id).await?;
    w.commit().await?;
    Err(Error::invalid("file", NO_PICTURE))
}

/// Writes a stream to the store; answers its size and its beginning.
async fn pour<E>(
    app: &AppState,
    object: &str,
    mut bytes: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<(u64, Vec<u8>), Error> {
    let upload = app.files()?.put_multipart(&Path::from(object)).await.map_err(broken)?;
    let mut writer = WriteMultipart::new_with_chunk_size(upload, CHUNK);
    let (mut size, mut head) = (0_u64, Vec::new());
    let refused = loop {
        let chunk = match bytes.next().await {
            None => break (size == 0).then(|| Error::invalid("file", "the file is empty")),
            Some(Err(_)) => break Some(Error::Unreachable),
            Some(Ok(chunk)) => chunk,
        };
        size += chunk.len() as u64;
        if size > LARGEST {
            break Some(Error::invalid(
                "file",
                "the file is larger than 25 MB. Send a smaller one, or a link to it",
            ));
        }
        let room = HEAD.saturating_sub(head.len()).min(chunk.len());
        head.extend_from_slice(&chunk[..room]);
        if let Err(error) = writer.wait_for_capacity(1).await {
            break Some(broken(error));
        }
        writer.put(chunk);
    };
    if let Some(error) = refused {
        // What a store keeps of it beyond this is said in its log; why the file is refused is said to whom it matters.
        if let Err(failure) = writer.abort().await {
            broken(failure);
        }
        return Err(error);
    }
    writer.finish().await.map_err(broken)?;
    Ok((size, head))
}

/// The type of a file, and its width and height where it is a picture that a page may show: by its content, whatever
/// its name says.
fn look(head: &[u8], name: &str) -> (String, (i64, i64)) {
    let content_type = match imagesize::image_type(head) {
        Ok(ImageType::Png) => Some("image/png"),
        Ok(ImageType::Jpeg) => Some("image/jpeg"),
        Ok(ImageType::Gif) => Some("image/gif"),
        Ok(ImageType::Webp) => Some("image/webp"),
        _ => None,
    };
    if let Some(content_type) = content_type {
        let size = imagesize::blob_size(head).ok();
        let fits = size
            .filter(|s| s.width > 0 && s.height > 0 && s.width.saturating_mul(s.height) <= PIXELS);
        let size = fits.map_or((0, 0), |s| (s.width as i64, s.height as i64));
        return (content_type.into(), size);
    }
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    // A picture by name only is no picture.
    let known =
        if guess.type_() == "image" { "application/octet-stream" } else { guess.essence_str() };
    (known.into(), (0, 0))
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

/// Another file of the same bytes and name, which waits to be sent.
///
/// # Errors
/// As [`take`]; [`Error::NotFound`] when the bytes are gone.
pub async fn copy(
    app: &AppState,
    workspace: WorkspaceId,
    uploader: Uploader,
    file: &Stored,
) -> Result<Attachment, Error> {
    let all = bytes(app, file).await?;
    let stream = futures::stream::iter([Ok::<_, Error>(all)]);
    take(app, workspace, uploader, ConversationId(0), &file.name, stream).await
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

#[cfg(test)]
mod tests {
    use super::look;

    /// The header of a PNG with a width and a height.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn what_a_file_is_its_content_says() {
        assert_eq!(look(&png(40, 30), "x.html"), ("image/png".into(), (40, 30)));
        assert_eq!(look(&png(60_000, 60_000), "bomb.png"), ("image/png".into(), (0, 0)));
        assert_eq!(look(b"<script>", "x.png"), ("application/octet-stream".into(), (0, 0)));
        assert_eq!(look(b"<svg onload=x>", "x.svg").1, (0, 0));
        assert_eq!(look(b"a,b", "x.csv"), ("text/csv".into(), (0, 0)));
        assert_eq!(look(b"PK\x03\x04", "x.zip"), ("application/zip".into(), (0, 0)));
    }
}
