//! Files that come with a message: uploaded while it is a draft, kept once, whoever many get it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, State as App};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;

use super::store::{Row, find};
use super::{FILES, FILES_TOTAL, State};
use crate::attachments::{self, Attachment, LARGEST, MOST, Uploader};
use crate::error::Error;
use crate::id::{AttachmentId, ConversationId, MessageId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Write};
use crate::server::form::{self, Part};
use crate::server::mail::MailFile;
use crate::server::state::AppState;
use crate::server::{flash, origin, page};
use crate::teammates::Viewer;

/// The form of files, which works without a script.
pub fn router() -> Router<Arc<AppState>> {
    let limit = DefaultBodyLimit::max(LARGEST as usize + flash::FORM);
    Router::new().route(FILES, post(taken)).layer(limit).layer(from_fn(origin::check))
}

/// Takes a form with `id` and any number of `file`; leads back to the message, which says which were refused and why.
async fn taken(App(app): App<Arc<AppState>>, headers: HeaderMap, form: Multipart) -> Response {
    let Some(viewer) = page::find_viewer(&app, &headers).await else {
        return Redirect::to("/sign-in").into_response();
    };
    let mut message = None;
    let done = read(&app, &viewer, form, &mut message).await;
    let Some(message) = message else { return StatusCode::NOT_FOUND.into_response() };
    let back = Redirect::to(&format!("/outbound/{message}")).into_response();
    let Err(error) = done else { return back };
    if error == Error::NotFound {
        return StatusCode::NOT_FOUND.into_response();
    }
    flash::again(&app, back, FILES, error, Vec::new())
}

async fn read(
    app: &AppState,
    viewer: &Viewer,
    mut form: Multipart,
    message: &mut Option<MessageId>,
) -> Result<(), Error> {
    let too_large = "the files are too large together. Send fewer";
    let mut any = false;
    let mut refused = Vec::new();
    loop {
        match form::next(&mut form, too_large).await {
            Ok(None) => break,
            Ok(Some(Part::Text(name, text))) if name == "id" => {
                *message = Some(text.parse().map_err(|_| Error::NotFound)?);
            }
            Ok(Some(Part::Text(..))) => {}
            Ok(Some(Part::File(name, bytes))) => {
                any = true;
                let id = message.ok_or(Error::NotFound)?;
                match attach_file(app, viewer.workspace, viewer.id, id, &name, *bytes).await {
                    // The others are attached all the same.
                    Err(Error::Invalid { message, .. }) => refused.push((name, message)),
                    Err(other) => return Err(other),
                    Ok(_) => {}
                }
            }
            Err(Error::Invalid { message, .. }) if !refused.is_empty() => {
                refused.push(("the rest".to_owned(), message));
                break;
            }
            Err(error) => return Err(error),
        }
    }
    match (any, refused.is_empty()) {
        (false, _) => Err(Error::invalid("file", "choose a file")),
        (true, true) => Ok(()),
        (true, false) => Err(Error::invalid("file", not_taken(&refused))),
    }
}

/// How many files are named that were refused for one reason.
const NAMED: usize = 5;

/// Which files were not taken, each with why, as a clause; those of one reason together.
fn not_taken(refused: &[(String, String)]) -> String {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, why) in refused {
        match reasons.iter_mut().find(|(known, _)| known == why) {
            Some((_, names)) => names.push(name.as_str()),
            None => reasons.push((why.as_str(), vec![name.as_str()])),
        }
    }
    let one = |(why, names): (&str, Vec<&str>)| {
        let more = names.len().saturating_sub(NAMED);
        let mut said = names.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
        if more > 0 {
            said += &format!(" and {more} more");
        }
        format!("{said} ({why})")
    };
    let all: Vec<_> = reasons.into_iter().map(one).collect();
    format!("not attached: {}", all.join(", "))
}

/// Takes in a file of a draft.
///
/// # Errors
/// [`Error::NotFound`] for the message; [`Error::Conflict`] for one that is no draft any more; [`Error::Invalid`] for more than ten
/// files and for more than 10 MB of them; and as [`attachments::take`]. Nothing of the file is kept then.
pub async fn attach_file<E>(
    app: &AppState,
    workspace: WorkspaceId,
    by: TeammateId,
    message: MessageId,
    name: &str,
    bytes: impl futures::Stream<Item = Result<axum::body::Bytes, E>> + Unpin,
) -> Result<Attachment, Error> {
    {
        let mut c = app.db.read().await?;
        draft(find(&mut c, workspace, message).await?)?;
    }
    let uploader = Uploader::Teammate(by);
    let file = attachments::take(app, workspace, uploader, ConversationId(0), name, bytes).await?;
    let mut w = Write::begin(app, workspace, by).await?;
    let kept = keep(&mut w, message, uploader, &file).await;
    if kept.is_err() {
        attachments::remove(&mut w, uploader, file.id).await?;
    }
    w.commit().await?;
    kept.map(|()| file)
}

async fn keep(
    w: &mut Write<'_>,
    message: MessageId,
    uploader: Uploader,
    file: &Attachment,
) -> Result<(), Error> {
    hold(w, message).await?;
    let there = attachments::of_message(&mut w.conn, w.workspace, message).await?;
    if there.len() >= MOST {
        return Err(Error::invalid("file", format!("attach at most {MOST} files")));
    }
    let weight: i64 = there.iter().map(|file| file.size).sum();
    if weight + file.size > FILES_TOTAL {
        let said = "the files of a message may weigh 10 MB together. Link to what is larger";
        return Err(Error::invalid("file", said));
    }
    if !attachments::keep_in_message(w, message, uploader, file.id).await? {
        return Err(Error::Internal);
    }
    w.touch(Topic::Messages);
    Ok(())
}

/// Takes a file away from a draft.
///
/// # Errors
/// [`Error::NotFound`] for the message and the file; [`Error::Conflict`] for a message that is no draft any more.
pub async fn take_away(
    w: &mut Write<'_>,
    message: MessageId,
    file: AttachmentId,
) -> Result<(), Error> {
    hold(w, message).await?;
    if file.0 == 0 || !attachments::release_message(w, message, file).await? {
        return Err(Error::NotFound);
    }
    w.touch(Topic::Messages);
    Ok(())
}

/// Holds a draft, so that it is not started meanwhile and nobody else attaches.
async fn hold(w: &mut Write<'_>, message: MessageId) -> Result<(), Error> {
    let sql = "update messages set updated_at = $3 where workspace_id = $1 and id = $2 and state = 'draft'";
    let held: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(message).bind(w.now).execute(c)
    })?;
    if held.0 == 0 {
        draft(find(&mut w.conn, w.workspace, message).await?)?;
    }
    Ok(())
}

fn draft(row: Option<Row>) -> Result<(), Error> {
    match row.ok_or(Error::NotFound)?.state() {
        State::Draft => Ok(()),
        _ => Err(Error::Conflict(
            "This message was started: its files stay as they are. Duplicate it instead".into(),
        )),
    }
}

/// Gives the copy of a message the same files.
///
/// # Errors
/// As [`attach_file`].
pub async fn copy_files(
    app: &AppState,
    workspace: WorkspaceId,
    by: TeammateId,
    from: MessageId,
    to: MessageId,
) -> Result<(), Error> {
    for file in stored(app, workspace, from).await? {
        let uploader = Uploader::Teammate(by);
        let copy = attachments::copy(app, workspace, uploader, &file).await?;
        let mut w = Write::begin(app, workspace, by).await?;
        keep(&mut w, to, uploader, &copy).await?;
        w.commit().await?;
    }
    Ok(())
}

async fn stored(
    app: &AppState,
    workspace: WorkspaceId,
    message: MessageId,
) -> Result<Vec<attachments::Stored>, Error> {
    let mut c = app.db.read().await?;
    let mut all = Vec::new();
    for file in attachments::of_message(&mut c, workspace, message).await? {
        all.extend(attachments::open(&mut c, workspace, file.id).await?);
    }
    Ok(all)
}

/// The files of a message, as they go with its e-mails.
///
/// # Errors
/// [`Error::NotFound`] where the bytes of one are gone; [`Error::Internal`] when the database or the store fails.
pub(super) async fn to_mail(
    app: &AppState,
    workspace: WorkspaceId,
    message: MessageId,
) -> Result<Arc<[MailFile]>, Error> {
    let mut out = Vec::new();
    for file in stored(app, workspace, message).await? {
        let bytes = attachments::bytes(app, &file).await?.to_vec();
        out.push(MailFile { name: file.name, content_type: file.content_type, bytes });
    }
    Ok(out.into())
}

#[cfg(test)]
mod tests {
    use super::not_taken;

    #[test]
    fn each_file_is_named_with_its_reason() {
        let of = |all: &[(&str, &str)]| {
            let all: Vec<_> = all.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
            not_taken(&all)
        };
        assert_eq!(of(&[("run.bat", "no programs")]), "not attached: run.bat (no programs)");
        let two = [("a", "too many"), ("run.bat", "no programs"), ("b", "too many")];
        assert_eq!(of(&two), "not attached: a, b (too many), run.bat (no programs)");
        let many: Vec<_> = ["1", "2", "3", "4", "5", "6", "7"].map(|n| (n, "too many")).into();
        assert_eq!(of(&many), "not attached: 1, 2, 3, 4, 5 and 2 more (too many)");
    }
}
