//! Between a document and the text of its note: what was typed together is written into it, and a text that goes, or comes
//! back, does so in both.

use std::borrow::Cow;

use super::texts::{self, Home};
use super::{documents, looks, merge, versions};
use crate::error::Error;
use crate::id::{ConversationId, NoteId, TeammateId};
use crate::server::db::Write;

/// Writes what was typed together into the note's text, as of an update that the caller's document has. Who acts is who
/// typed last, and `writers` everybody who did since the text before, who last did first.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(super) async fn project(
    w: &mut Write<'_>,
    id: NoteId,
    text: &str,
    n: i64,
    writers: &[TeammateId],
) -> Result<(), Error> {
    let note = match texts::held(w, id).await {
        // It was deleted for good.
        Err(Error::NotFound) => return Ok(()),
        note => note?,
    };
    let held = documents::hold(&mut w.conn, w.workspace, id).await?;
    let (mut text, mut n) = (Cow::Borrowed(text), n);
    // Somebody saved a whole text since the caller read the document: what both came to is written.
    if held.is_some_and(|(last, _)| last > n)
        && let Some(stored) = documents::read(&mut w.conn, w.workspace, id).await?
    {
        (text, n) = (stored.document.text().into(), stored.last);
    }
    documents::projected(&mut w.conn, w.workspace, id, n).await?;
    let gone = note.deleted_at.0 > 0;
    // The text of a note of a conversation goes at once, and nothing brings it back but its undo.
    let over = gone && matches!(note.home()?, Home::Conversation(_));
    if note.body == text || over {
        return Ok(());
    }
    let told = versions::wrote_lately(w, &note).await?;
    versions::save(w, &note, &text).await?;
    if !gone {
        texts::remember(w, &note, &text, writers).await?;
    }
    texts::announce(w, &note, !told && !gone).await
}

/// Takes a text that is being deleted out of its document at once, and answers it, if there is one: it may be ahead of what the
/// note has, by what was typed last; its history waits for its undo, or for
/// [`forget_history`]. Who has it open, and goes on when it is brought back, has no other document: a new one would have the
/// text twice.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn forget_text(w: &mut Write<'_>, id: NoteId) -> Result<Option<String>, Error> {
    let Some(Rewritten { n, state, before }) = rewrite(w, id, "").await? else { return Ok(None) };
    documents::fold(&mut w.conn, w.workspace, id, &state, n).await?;
    Ok(Some(before))
}

/// Keeps the text of a note of a conversation that is being deleted, where nobody reads it but who brings it back.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn keep_text(w: &mut Write<'_>, id: NoteId, body: &str) -> Result<(), Error> {
    let note = texts::held(w, id).await?;
    versions::keep(w, &note, body).await
}

/// The text that a deleted note of a conversation had; `None` where an earlier version deleted it, or it is forgotten.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn kept_text(w: &mut Write<'_>, id: NoteId) -> Result<Option<String>, Error> {
    let note = texts::held(w, id).await?;
    versions::kept(&mut w.conn, w.workspace, &note).await
}

/// Forgets every text that a note had, and who saw it, once nothing brings it back.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn forget_history(w: &mut Write<'_>, id: NoteId) -> Result<(), Error> {
    versions::forget(w, id).await?;
    looks::forget_note(w, id).await
}

/// Says that who saw the notes of a conversation is to be asked anew: one of them came back.
pub(crate) fn looks_again(w: &mut Write<'_>, conversation: ConversationId) {
    w.touch(Home::Conversation(conversation).looks());
}

/// Puts a text that is brought back into its document, if it has one.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn put_back(w: &mut Write<'_>, id: NoteId, body: &str) -> Result<(), Error> {
    rewrite(w, id, body).await.map(|_| ())
}

/// A document with another text.
struct Rewritten {
    /// The number of the update that made it so.
    n: i64,
    /// The state with it.
    state: Vec<u8>,
    /// The text before.
    before: String,
}

/// Puts a whole text into a document, if there is one.
async fn rewrite(w: &mut Write<'_>, id: NoteId, body: &str) -> Result<Option<Rewritten>, Error> {
    if documents::hold(&mut w.conn, w.workspace, id).await?.is_none() {
        return Ok(None);
    }
    let Some(stored) = documents::read(&mut w.conn, w.workspace, id).await? else {
        return Ok(None);
    };
    let before = stored.document.text();
    let remove = before.encode_utf16().count() as u32;
    let update = stored.document.edit(&[merge::Edit { at: 0, remove, insert: body.to_owned() }]);
    let place = (w.workspace, id);
    let n = documents::append(&mut w.conn, place, stored.last, w.actor, w.now, &update).await?;
    documents::projected(&mut w.conn, w.workspace, id, n).await?;
    Ok(Some(Rewritten { n, state: stored.document.state(), before }))
}
