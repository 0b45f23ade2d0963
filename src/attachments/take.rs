//! Taking files in: refused by their kind, streamed to their store, looked at no further than their beginning.

use axum::body::Bytes;
use futures::{Stream, StreamExt as _};
use object_store::path::Path;
use object_store::{ObjectStoreExt as _, WriteMultipart};

use super::files::{self, broken};
use super::store::{self, Stored, Uploader};
use super::{Attachment, Customers, LARGEST, Rules};
use super::{content, kept, kinds, release, safe_name};
use crate::error::Error;
use crate::id::{ConversationId, TeammateId, WorkspaceId};
use crate::server::db::Write;
use crate::server::state::AppState;

/// How much of a file is looked at to see what it is: headers of pictures and of programs lie within.
const HEAD: usize = 256 * 1024;
/// Bytes that are gathered before they are written.
const CHUNK: usize = 5 * 1024 * 1024;

/// Takes in a file, which waits for a day to be sent. `conversation` is 0 where it has not begun. The caller has
/// asked whether the uploader may write there.
///
/// # Errors
/// [`Error::Invalid`] for a kind of file that the workspace refuses, by its name or by its content, for an empty file and for
/// one over 25 MB, [`Error::Conflict`] when too many wait, [`Error::Unreachable`] when the upload breaks off. Nothing of it is
/// kept then.
pub async fn take<E>(
    app: &AppState,
    workspace: WorkspaceId,
    uploader: Uploader,
    conversation: ConversationId,
    name: &str,
    mut bytes: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<Attachment, Error> {
    let rules = kept::rules(&mut app.db.read().await?, workspace).await?;
    if let Err(error) = named(&rules, uploader, name) {
        // A browser that is still sending when the answer comes shows a broken connection instead of the answer.
        swallow(&mut bytes).await;
        return Err(error);
    }
    keep(app, workspace, uploader, conversation, name, bytes, Some(&rules)).await
}

fn named(rules: &Rules, uploader: Uploader, name: &str) -> Result<(), Error> {
    match uploader {
        Uploader::Teammate(_) => kinds::named(Some(&rules.refused), name),
        Uploader::Contact(_) => rules.of_customer(name),
    }
}

/// What a workspace's rules say of the beginning of a file.
fn within(rules: &Rules, uploader: Uploader, name: &str, head: &[u8]) -> Result<(), Error> {
    content::refuse_program(&rules.refused, head)?;
    match uploader {
        Uploader::Contact(_) if rules.customers == Customers::Plain => {
            content::refuse_disguise(name, head)
        }
        _ => Ok(()),
    }
}

/// As [`take`]; what was taken before, and is copied, no rules are asked of.
async fn keep<E>(
    app: &AppState,
    workspace: WorkspaceId,
    uploader: Uploader,
    conversation: ConversationId,
    name: &str,
    bytes: impl Stream<Item = Result<Bytes, E>> + Unpin,
    rules: Option<&Rules>,
) -> Result<Attachment, Error> {
    let name = safe_name(name);
    let actor = match uploader {
        Uploader::Teammate(id) => id,
        Uploader::Contact(_) => TeammateId(0),
    };
    let mut w = Write::begin(app, workspace, actor).await?;
    let (id, object) = store::begin(&mut w, uploader, conversation, &name).await?;
    w.commit().await?;
    let stored = pour(app, &object, bytes).await.and_then(|(size, head)| {
        rules.map_or(Ok(()), |rules| within(rules, uploader, &name, &head))?;
        Ok((size, head))
    });
    let mut w = Write::begin(app, workspace, actor).await?;
    let (size, head) = match stored {
        Ok(stored) => stored,
        Err(error) => {
            release::remove(&mut w, uploader, id).await?;
            w.commit().await?;
            return Err(error);
        }
    };
    let (content_type, (width, height)) = content::look(&head, &name);
    let file = Attachment { id, name, size: size as i64, width, height };
    store::finish(&mut w, &file, &content_type).await?;
    w.commit().await?;
    Ok(file)
}

/// Lets what is left of an upload come, up to the size that a file may have, and looks at none of it.
async fn swallow<E>(bytes: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin)) {
    let mut size = 0;
    while let Some(Ok(chunk)) = bytes.next().await {
        size += chunk.len() as u64;
        if size > LARGEST {
            break;
        }
    }
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
            swallow(&mut bytes).await;
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

/// Another file of the same bytes and name, which waits to be sent.
///
/// # Errors
/// As [`take`], but for its kind, which was taken before; [`Error::NotFound`] when the bytes are gone.
pub async fn copy(
    app: &AppState,
    workspace: WorkspaceId,
    uploader: Uploader,
    file: &Stored,
) -> Result<Attachment, Error> {
    let all = files::bytes(app, file).await?;
    let stream = futures::stream::iter([Ok::<_, Error>(all)]);
    keep(app, workspace, uploader, ConversationId(0), &file.name, stream, None).await
}
