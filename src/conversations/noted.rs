//! Changing what was noted: teammates edit and take back their own notes. What was said to a person stays as it was said.

use serde_json::json;

use super::{PartKind, clean, mentions, reading, store};
use crate::attachments;
use crate::error::Error;
use crate::id::{ContactId, ConversationId, PartId, TeammateId};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::stream::Kind;
use crate::time::Time;

/// For how long a deleted note can be brought back, in milliseconds: ten minutes.
const UNDO: i64 = 10 * 60 * 1000;

#[derive(sqlx::FromRow)]
struct Found {
    kind: String,
    author_kind: String,
    author_id: TeammateId,
    body: String,
    deleted_at: Time,
}

/// Changes the text of one's own note.
///
/// # Errors
/// [`Error::NotFound`] for the note and for a deleted one, [`Error::Forbidden`] for another's and for a message,
/// [`Error::Invalid`] for the text.
pub async fn edit_note(
    w: &mut Write<'_>,
    conversation: ConversationId,
    part: PartId,
    body: &str,
) -> Result<(), Error> {
    let (contact, note) = own(w, conversation, part).await?;
    if note.deleted_at.0 > 0 {
        return Err(Error::NotFound);
    }
    let body = beside_files(w, part, body).await?;
    if note.body == body {
        return Ok(());
    }
    write(w, conversation, part, &body, (w.now, Time(0))).await?;
    mentions::remember(w, conversation, part, &body).await?;
    store::log(w, Kind::ConversationNoteEdited, contact, conversation, json!({ "part": part }));
    Ok(())
}

/// Takes back one's own note: its text is emptied at once. Answers the text, with which it can be brought back.
///
/// # Errors
/// [`Error::NotFound`] for the note, [`Error::Forbidden`] for another's and for a message.
pub async fn delete_note(
    w: &mut Write<'_>,
    conversation: ConversationId,
    part: PartId,
) -> Result<String, Error> {
    let (contact, note) = own(w, conversation, part).await?;
    if note.deleted_at.0 > 0 {
        return Ok(note.body);
    }
    write(w, conversation, part, "", (Time(0), w.now)).await?;
    mentions::forget(w, conversation, part).await?;
    attachments::release(w, conversation, part).await?;
    store::log(w, Kind::ConversationNoteDeleted, contact, conversation, json!({ "part": part }));
    Ok(note.body)
}

/// Brings back a note that one deleted within the last ten minutes, with the text that it had, and its files.
///
/// # Errors
/// [`Error::NotFound`] for the note, [`Error::Forbidden`] for another's and for a message, [`Error::Conflict`] when it
/// is too late, [`Error::Invalid`] for the text.
pub async fn restore_note(
    w: &mut Write<'_>,
    conversation: ConversationId,
    part: PartId,
    body: &str,
) -> Result<(), Error> {
    let (contact, note) = own(w, conversation, part).await?;
    if note.deleted_at.0 == 0 {
        return Ok(());
    }
    if note.deleted_at.plus(UNDO) <= w.now {
        return Err(Error::Conflict("This note was deleted more than ten minutes ago".into()));
    }
    attachments::restore(w, conversation, part).await?;
    let body = beside_files(w, part, body).await?;
    write(w, conversation, part, &body, (Time(0), Time(0))).await?;
    mentions::remember(w, conversation, part, &body).await?;
    store::log(w, Kind::ConversationNoteRestored, contact, conversation, json!({ "part": part }));
    Ok(())
}

/// The text of a note, which may be empty where it has files.
async fn beside_files(w: &mut Write<'_>, part: PartId, body: &str) -> Result<String, Error> {
    let files = attachments::of_parts(&mut w.conn, w.workspace, &[part]).await?;
    if files.is_empty() { clean(body) } else { super::clean_with_files(body) }
}

async fn own(
    w: &mut Write<'_>,
    conversation: ConversationId,
    part: PartId,
) -> Result<(ContactId, Found), Error> {
    let found = reading::find(&mut w.conn, w.workspace, conversation).await?;
    let contact = found.ok_or(Error::NotFound)?.contact;
    let sql = "select kind, author_kind, author_id, body, deleted_at from parts \
               where workspace_id = $1 and conversation_id = $2 and id = $3";
    let note: Option<Found> = run!(w.conn, |c| {
        sqlx::query_as::<_, Found>(sql)
            .bind(w.workspace)
            .bind(conversation)
            .bind(part)
            .fetch_optional(c)
    })?;
    let note = note.ok_or(Error::NotFound)?;
    if note.kind != PartKind::Note.word() {
        return Err(Error::Forbidden("What was said to a person stays as it was said".into()));
    }
    if note.author_kind != "teammate" || note.author_id != w.actor {
        return Err(Error::Forbidden("Only who wrote a note changes it".into()));
    }
    Ok((contact, note))
}

async fn write(
    w: &mut Write<'_>,
    conversation: ConversationId,
    part: PartId,
    body: &str,
    (edited, deleted): (Time, Time),
) -> Result<(), Error> {
    let sql = "update parts set body = $4, edited_at = $5, deleted_at = $6 \
               where workspace_id = $1 and conversation_id = $2 and id = $3";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(conversation)
            .bind(part)
            .bind(body)
            .bind(edited)
            .bind(deleted)
            .execute(c)
    })?;
    Ok(())
}
