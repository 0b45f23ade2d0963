//! Files that come within a request, in base64.

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::stream;
use serde_json::{Map, Value};

use crate::attachments::{self, MOST, Uploader};
use crate::error::Error;
use crate::id::{AttachmentId, ConversationId};
use crate::rest::{self, Caller};

/// The largest request that carries files, in bytes: 10 MB of them, which base64 makes a third more, and the text.
pub const LARGEST: usize = 14 * 1024 * 1024;

const FIELD: &str = "attachment_files";

/// A file as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    name: String,
    bytes: Bytes,
}

/// Reads `attachment_files`, as Intercom has them: an array of objects with `name` and `data`. `content_type` is looked
/// at by nobody: what a file is, it says itself.
///
/// # Errors
/// [`Error::Invalid`] for more than ten files, for one without name, without content or not in base64, and for
/// `attachment_urls`: a server that fetches whatever address it is given reaches what its callers must not.
pub fn read(sent: &Map<String, Value>) -> Result<Vec<File>, Error> {
    let urls = sent.get("attachment_urls").and_then(Value::as_array);
    if urls.is_some_and(|urls| !urls.is_empty()) {
        let message = "addresses are not fetched. Send the files themselves as attachment_files";
        return Err(Error::invalid("attachment_urls", message));
    }
    let files = match sent.get(FIELD) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(files)) if files.len() <= MOST => files,
        Some(Value::Array(_)) => {
            return Err(Error::invalid(FIELD, format!("send at most {MOST} files")));
        }
        Some(_) => return Err(Error::invalid(FIELD, "send an array of files")),
    };
    files.iter().enumerate().map(|(n, file)| one(n, file)).collect()
}

fn one(n: usize, file: &Value) -> Result<File, Error> {
    let refuse =
        |field: &str, message: &str| Error::invalid(format!("{FIELD}.{n}{field}"), message);
    let fields = file.as_object().ok_or_else(|| refuse("", "send an object with name and data"))?;
    let name = rest::text(fields, "name", 255)?.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| refuse(".name", "send the name of the file"))?;
    let data = fields.get("data").and_then(Value::as_str).unwrap_or_default();
    let bytes = STANDARD.decode(data).map_err(|_| refuse(".data", "send the file in base64"))?;
    if bytes.is_empty() {
        return Err(refuse(".data", "the file is empty"));
    }
    Ok(File { name, bytes: bytes.into() })
}

/// Takes files in, to be sent in a conversation, or with the first words of one. None is left when one is refused.
///
/// # Errors
/// As [`attachments::take`].
pub async fn take(
    caller: &Caller,
    uploader: Uploader,
    conversation: Option<ConversationId>,
    files: Vec<File>,
) -> Result<Vec<AttachmentId>, Error> {
    let place = conversation.unwrap_or(ConversationId(0));
    let mut taken = Vec::new();
    for (n, File { name, bytes }) in files.into_iter().enumerate() {
        let bytes = stream::iter([Ok::<_, Error>(bytes)]);
        let workspace = caller.workspace;
        match attachments::take(&caller.app, workspace, uploader, place, &name, bytes).await {
            Ok(file) => taken.push(file.id),
            Err(error) => {
                forget(caller, uploader, &taken).await?;
                return Err(error.of_field(format!("{FIELD}.{n}")));
            }
        }
    }
    Ok(taken)
}

/// Takes away those of them that were not sent: a request that is refused, or repeated, leaves nothing behind.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn forget(
    caller: &Caller,
    uploader: Uploader,
    files: &[AttachmentId],
) -> Result<(), Error> {
    if files.is_empty() {
        return Ok(());
    }
    let mut w = caller.write().await?;
    for id in files {
        attachments::remove(&mut w, uploader, *id).await?;
    }
    w.commit().await?;
    Ok(())
}
