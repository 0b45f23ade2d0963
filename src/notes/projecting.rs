//! Between a document and the text of its note: what was typed together is written into it, and a text that goes, or comes
//! back, does so in both.

use super::texts::{self, Home};
use super::turns::{self, Turn, Unwritten};
use super::writers::Writers;
use super::{Record, documents, looks, merge, versions};
use crate::error::Error;
use crate::id::{ConversationId, NoteId, TeammateId};
use crate::server::db::Write;

/// Writes what was typed together into the note's text, a version for each turn, under the names of those who took it. `found`
/// is what the caller found that the text lacks.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(super) async fn project(
    w: &mut Write<'_>,
    id: NoteId,
    found: Option<Unwritten>,
) -> Result<(), Error> {
    match texts::held(w, id).await {
        // It was deleted for good.
        Err(Error::NotFound) => Ok(()),
        note => caught_up(w, note?, found).await.map(|_| ()),
    }
}

/// The same for whoever goes on with the note, and begins with what others typed up to now.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn write_back(w: &mut Write<'_>, id: NoteId) -> Result<(), Error> {
    project(w, id, None).await
}

/// A note that the caller holds, with what was typed together in its text.
pub(super) async fn caught_up(
    w: &mut Write<'_>,
    mut note: Record,
    found: Option<Unwritten>,
) -> Result<Record, Error> {
    let id = note.id;
    let standing = documents::hold(&mut w.conn, w.workspace, id).await?;
    let Some(standing) = standing.filter(|s| s.last > s.projected) else { return Ok(note) };
    // Somebody may have typed since the caller looked, or saved a whole text.
    let found = match found.filter(|found| found.is_all(standing)) {
        Some(found) => found,
        None => turns::read(&mut w.conn, w.workspace, id, None).await?,
    };
    documents::projected(&mut w.conn, w.workspace, id, standing.last).await?;
    let gone = note.deleted_at.0 > 0;
    // The text of a note of a conversation goes at once, and nothing brings it back but its undo.
    if gone && matches!(note.home()?, Home::Conversation(_)) {
        return Ok(note);
    }
    let (mut wrote, mut unheard): (Vec<TeammateId>, Vec<TeammateId>) = Default::default();
    for Turn { writers, at, text } in found.turns {
        if text == note.body {
            continue;
        }
        let at = if at.0 > 0 { at } else { w.now };
        unheard.extend(versions::unheard(w, &note, &writers).await?);
        versions::save(w, &note, &text, &writers, at).await?;
        wrote.extend(writers.all().iter().rev().copied());
        note = texts::held(w, id).await?;
    }
    if wrote.is_empty() {
        return Ok(note);
    }
    if gone {
        unheard.clear();
    } else {
        let wrote = Writers::typed(wrote.into_iter());
        texts::remember(w, &note, &note.body, wrote.all()).await?;
    }
    texts::announce(w, &note, &unheard).await?;
    Ok(note)
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
