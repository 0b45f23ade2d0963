//! Notes of conversations: any teammate writes in one (see [`crate::notes::edit`]); who wrote it, and who runs the workspace,
//! takes it back. What was said to a person stays as it was said.

use serde_json::json;

use super::{PartKind, clean, mentions, reading, store};
use crate::error::Error;
use crate::id::{ContactId, ConversationId, NoteId, PartId, TeammateId};
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;
use crate::teammates::Role;
use crate::time::Time;
use crate::{attachments, jobs, notes};

/// For how long a deleted note can be brought back, in milliseconds.
pub(super) const UNDO: i64 = notes::KEPT;

#[derive(sqlx::FromRow)]
struct Found {
    kind: String,
    author_kind: String,
    author_id: TeammateId,
    body: String,
    deleted_at: Time,
}

/// Remembers who is named in a note whose text has changed, and tells who is named in it now and was not told of it before. `writers`
/// are those who changed it, who last did first.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn name(
    w: &mut Write<'_>,
    conversation: ConversationId,
    part: PartId,
    body: &str,
    writers: &[TeammateId],
) -> Result<(), Error> {
    for (to, by) in mentions::remember(w, conversation, part, body, writers).await? {
        // It is nobody's history: the note's own lines are.
        let data = json!({ "part": part, "to": to });
        let (at, nobody) = (w.now, ContactId(0));
        w.log_by(by, Entry::of_contact(Kind::NoteMentioned, at, nobody, conversation.0, data));
    }
    Ok(())
}

/// Takes back a note: its text is read nowhere any more, and waits with its history for whoever brings it back. `role` is that of
/// who acts.
///
/// # Errors
/// [`Error::NotFound`] for the note, [`Error::Forbidden`] for a message, and for another's note unless an admin acts.
pub async fn delete_note(
    w: &mut Write<'_>,
    role: Role,
    conversation: ConversationId,
    part: PartId,
) -> Result<(), Error> {
    let (contact, note) = ended_by(w, role, conversation, part).await?;
    if note.deleted_at.0 > 0 {
        return Ok(());
    }
    // What was typed last may stand in the document alone, and is theirs who typed it.
    notes::write_back(w, NoteId(part.0)).await?;
    write(w, conversation, part, "", w.now).await?;
    let last = notes::forget_text(w, NoteId(part.0)).await?;
    notes::forget_words(w, NoteId(part.0)).await?;
    mentions::forget(w, conversation, part).await?;
    attachments::release(w, conversation, part).await?;
    let text = last.filter(|text| !text.trim().is_empty()).unwrap_or(note.body);
    notes::keep_text(w, NoteId(part.0), &text).await?;
    jobs::start_after(w, &jobs::Input::ForgetNote { conversation, part }, 1, UNDO).await?;
    store::log(w, Kind::ConversationNoteDeleted, contact, conversation, json!({ "part": part }));
    Ok(())
}

/// Forgets the text and the history of a note that was deleted and cannot be brought back any more, and who saw it. One that was, or that was
/// deleted anew since, keeps them.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn forget_note(
    w: &mut Write<'_>,
    conversation: ConversationId,
    part: PartId,
) -> Result<(), Error> {
    let sql = "update parts set version = version where workspace_id = $1 and conversation_id = $2 and id = $3 \
               and kind = 'note' and deleted_at > 0 and deleted_at <= $4";
    let gone: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(conversation)
            .bind(part)
            .bind(w.now.plus(-UNDO))
            .execute(c)
    })?;
    if gone.0 == 0 {
        return Ok(());
    }
    mentions::forget_told(w, part).await?;
    notes::forget_history(w, NoteId(part.0)).await
}

/// Brings back a note that was deleted within the last 30 days, with the text that it had, its history and its files. `body` is
/// the text of one that an earlier version deleted, which kept none.
///
/// # Errors
/// [`Error::NotFound`] for the note, [`Error::Forbidden`] for a message, and for another's note unless an admin acts,
/// [`Error::Conflict`] when it is too late, [`Error::Invalid`] for the text.
pub async fn restore_note(
    w: &mut Write<'_>,
    role: Role,
    conversation: ConversationId,
    part: PartId,
    body: &str,
) -> Result<(), Error> {
    let (contact, note) = ended_by(w, role, conversation, part).await?;
    if note.deleted_at.0 == 0 {
        return Ok(());
    }
    if note.deleted_at.plus(UNDO) <= w.now {
        return Err(Error::Conflict("This note was deleted more than 30 days ago".into()));
    }
    attachments::restore(w, conversation, part, note.author_id).await?;
    let kept = notes::kept_text(w, NoteId(part.0)).await?;
    let body = beside_files(w, part, kept.as_deref().unwrap_or(body)).await?;
    write(w, conversation, part, &body, Time(0)).await?;
    notes::put_back(w, NoteId(part.0), &body).await?;
    notes::keep_words(w, NoteId(part.0), &body).await?;
    mentions::remember(w, conversation, part, &body, &[]).await?;
    notes::looks_again(w, conversation);
    store::log(w, Kind::ConversationNoteRestored, contact, conversation, json!({ "part": part }));
    Ok(())
}

/// The text of a note, which may be empty where it has files.
async fn beside_files(w: &mut Write<'_>, part: PartId, body: &str) -> Result<String, Error> {
    let files =
        attachments::of_parts(&mut w.conn, w.workspace, &[(ConversationId(0), part)]).await?;
    if files.is_empty() { clean(body) } else { super::clean_with_files(body) }
}

/// A note that who acts may take back, held to the end of the transaction.
async fn ended_by(
    w: &mut Write<'_>,
    role: Role,
    conversation: ConversationId,
    part: PartId,
) -> Result<(ContactId, Found), Error> {
    let found = reading::find(&mut w.conn, w.workspace, conversation).await?;
    let contact = found.ok_or(Error::NotFound)?.contact;
    let sql = "update parts set version = version where workspace_id = $1 and conversation_id = $2 and id = $3 \
               returning kind, author_kind, author_id, body, deleted_at";
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
    let own = note.author_kind == "teammate" && note.author_id == w.actor;
    if !own && !role.can_configure() {
        return Err(Error::Forbidden("Only who wrote a note, or an admin, deletes it".into()));
    }
    Ok((contact, note))
}

/// Empties a note, or puts its text back: who wrote in it last stays known.
async fn write(
    w: &mut Write<'_>,
    conversation: ConversationId,
    part: PartId,
    body: &str,
    deleted: Time,
) -> Result<(), Error> {
    let sql = "update parts set body = $4, deleted_at = $5, version = version + 1, \
               edited_by = case when edited_by = 0 then author_id else edited_by end \
               where workspace_id = $1 and conversation_id = $2 and id = $3";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(conversation)
            .bind(part)
            .bind(body)
            .bind(deleted)
            .execute(c)
    })?;
    Ok(())
}
