//! Writing notes: nothing else changes a note's text, its version or its end.

use super::document::LONGEST;
use super::texts::{self, Home};
use super::writers::Writers;
use super::{
    KEPT, Owner, Record, Refusal, clean_body, documents, existing, links, mentions, merge,
    projecting, reading, versions, words,
};
use crate::error::Error;
use crate::id::{ConversationId, NoteId, PartId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Write};
use crate::stream::Kind;
use crate::ui::markdown;
use crate::{attachments, jobs};

/// Writes a note about a person or a company; who acts is its author.
///
/// # Errors
/// [`Error::NotFound`] for the owner, [`Error::Invalid`] for the text.
pub async fn add(w: &mut Write<'_>, owner: Owner, body: &str) -> Result<NoteId, Error> {
    let body = clean_body(body)?;
    let owner = existing(&mut w.conn, w.workspace, owner).await?;
    let id = NoteId(w.app.db.next_id()?);
    let sql = "insert into notes (workspace_id, id, owner_kind, owner_id, body, version, author_id, created_at, updated_at) \
               values ($1, $2, $3, $4, $5, 1, $6, $7, $7)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(owner.kind())
            .bind(owner.number())
            .bind(&body)
            .bind(w.actor)
            .bind(w.now)
            .execute(c)
    })?;
    words::keep(w, id, &body).await?;
    mentions::remember(w, id, &body, &[w.actor]).await?;
    attachments::keep_in_note(w, id, &links::pictures(&body)).await?;
    log(w, Kind::NoteAdded, owner, id);
    Ok(id)
}

/// Saves a whole text that was made from a version of the note, which may be one of a conversation: what was changed in it is
/// changed in the note as it is now, so that what others wrote meanwhile stays. The same text again changes nothing, so that a
/// repeated save is one.
///
/// # Errors
/// [`Error::NotFound`] for the note, [`Error::Invalid`] for the text, [`Error::Conflict`] when the note was deleted
/// meanwhile, or the version is so old that its text is not kept any more: then nothing is written.
pub async fn edit(w: &mut Write<'_>, id: NoteId, body: &str, version: i64) -> Result<(), Error> {
    let note = there(w, id).await?;
    let body = match note.home()? {
        // Files say enough by themselves.
        Home::Conversation(of) if body.trim().is_empty() && has_files(w, of, id).await? => {
            String::new()
        }
        _ => clean_body(body)?,
    };
    replace(w, note, &body, version, false).await
}

async fn has_files(w: &mut Write<'_>, of: ConversationId, id: NoteId) -> Result<bool, Error> {
    let part = (of, PartId(id.0));
    let files = attachments::of_parts(&mut w.conn, w.workspace, &[part]).await?;
    Ok(!files.is_empty())
}

/// Ticks a box in a note, or takes the tick away: the box at this place, counted from 0, of a version's text. A box that
/// is not there changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for the note, [`Error::Conflict`] when it was deleted, or the version is not kept any more.
pub async fn tick(
    w: &mut Write<'_>,
    id: NoteId,
    version: i64,
    place: usize,
    ticked: bool,
) -> Result<(), Error> {
    let note = there(w, id).await?;
    let base = versions::text_at(&mut w.conn, w.workspace, &note, version).await?;
    let base = base.ok_or_else(|| {
        Error::Conflict("The note has changed too much since. Load the page again".into())
    })?;
    match markdown::ticked(&base, place, ticked) {
        Some(body) => replace(w, note, &body, version, false).await,
        None => Ok(()),
    }
}

/// Gives a note the text of one of its versions again, as a new change: what is being typed meanwhile stays, and the text that
/// it had is a step of the history, so that it can be had again as well.
///
/// # Errors
/// [`Error::NotFound`] for the note and for a version that is not kept, [`Error::Conflict`] when the note was deleted.
pub async fn restore_version(w: &mut Write<'_>, id: NoteId, version: i64) -> Result<(), Error> {
    let note = there(w, id).await?;
    let text = versions::text_at(&mut w.conn, w.workspace, &note, version).await?;
    let text = text.ok_or(Error::NotFound)?;
    let version = note.version;
    replace(w, note, &text, version, true).await
}

/// A note that is not deleted, held to the end of the transaction.
async fn there(w: &mut Write<'_>, id: NoteId) -> Result<Record, Error> {
    let note = texts::held(w, id).await?;
    if note.deleted_at.0 > 0 {
        return Err(Error::Conflict(
            "This note was deleted while you were writing. Bring it back, or copy your text".into(),
        ));
    }
    Ok(note)
}

/// Puts a text that was made from a version in the place of the note's, with what others wrote meanwhile. `step` says that the
/// text before is a step of the history, however short ago it was written.
async fn replace(
    w: &mut Write<'_>,
    note: Record,
    body: &str,
    version: i64,
    step: bool,
) -> Result<(), Error> {
    let id = note.id;
    // What was typed up to now is theirs who typed it.
    let note = &projecting::caught_up(w, note, None).await?;
    let base = versions::text_at(&mut w.conn, w.workspace, note, version).await?;
    let held = documents::hold(&mut w.conn, w.workspace, id).await?;
    let stored = match held {
        Some(_) => documents::read(&mut w.conn, w.workspace, id).await?,
        None => None,
    };
    let text = stored.as_ref().map_or_else(|| note.body.clone(), |s| s.document.text());
    let Some(base) = base else {
        if text == body {
            return Ok(());
        }
        let who = note.editor.as_deref().or(note.author.as_deref()).unwrap_or("A program");
        return Err(Error::Conflict(format!(
            "{who} saved this note while you were writing. Both texts are here"
        )));
    };
    if base == body || text == body {
        return Ok(());
    }
    let changes = merge::rebased(&base, body, &text);
    // Others did just that.
    if changes.is_empty() {
        return Ok(());
    }
    let merged = match stored {
        Some(stored) => {
            let update = stored.document.edit(&changes);
            let place = (w.workspace, id);
            let n = documents::append(&mut w.conn, place, stored.last, w.actor, w.now, &update);
            let n = n.await?;
            documents::projected(&mut w.conn, w.workspace, id, n).await?;
            stored.document.text()
        }
        None => merge::changed(&text, &changes),
    };
    if merged.encode_utf16().count() > LONGEST as usize {
        return Err(Error::invalid("body", Refusal::TooLong.sentence()));
    }
    if step {
        versions::mark(w, note).await?;
    }
    versions::save(w, note, &merged, &Writers::alone(w.actor), w.now).await?;
    texts::remember(w, note, &merged, &[w.actor]).await?;
    attachments::keep_in_note(w, id, &links::pictures(&merged)).await?;
    texts::announce(w, note, &[w.actor]).await
}

/// Deletes a note; it can be brought back for 30 days, and is forgotten then. Answers whom it is about.
///
/// # Errors
/// [`Error::NotFound`] for the note.
pub async fn delete(w: &mut Write<'_>, id: NoteId) -> Result<Owner, Error> {
    let note = kept(w, id).await?;
    let owner = owner_of(&note)?;
    let sql = "update notes set deleted_at = $3, deleted_by = $4 where workspace_id = $1 and id = $2 and deleted_at = 0";
    let deleted: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(w.now).bind(w.actor).execute(c)
    })?;
    if deleted.0 > 0 {
        words::forget(w, id).await?;
        log(w, Kind::NoteDeleted, owner, id);
        jobs::start_after(w, &jobs::Input::ForgetDeleted { note: id }, 1, KEPT).await?;
    }
    Ok(owner)
}

/// Brings a deleted note back. One that is not deleted stays as it is.
///
/// # Errors
/// [`Error::NotFound`] for the note, [`Error::Conflict`] 30 days after it was deleted.
pub async fn restore(w: &mut Write<'_>, id: NoteId) -> Result<(), Error> {
    let note = kept(w, id).await?;
    if note.deleted_at.0 == 0 {
        return Ok(());
    }
    let sql = "update notes set deleted_at = 0, deleted_by = 0 where workspace_id = $1 and id = $2 and deleted_at > $3";
    let restored: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(w.now.plus(-KEPT)).execute(c)
    })?;
    if restored.0 == 0 {
        return Err(Error::Conflict("This note was deleted more than 30 days ago".into()));
    }
    // As it is by now: somebody's last words may have been written into it since.
    let note = texts::held(w, id).await?;
    words::keep(w, id, &note.body).await?;
    let owner = owner_of(&note)?;
    w.touch(Topic::Looks(owner));
    log(w, Kind::NoteRestored, owner, id);
    Ok(())
}

/// Puts a note before the others, or back among them.
///
/// # Errors
/// [`Error::NotFound`] for the note, and for a deleted one.
pub async fn pin(w: &mut Write<'_>, id: NoteId, pinned: bool) -> Result<(), Error> {
    let note = kept(w, id).await?;
    if note.deleted_at.0 > 0 {
        return Err(Error::NotFound);
    }
    let sql = "update notes set pinned_at = $3 where workspace_id = $1 and id = $2";
    let at = if pinned { w.now.0 } else { 0 };
    let _: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).bind(at).execute(c))?;
    w.touch(owner_of(&note)?.topic());
    Ok(())
}

/// A note that is there, deleted or not.
async fn kept(w: &mut Write<'_>, id: NoteId) -> Result<Record, Error> {
    reading::with_deleted(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)
}

pub(super) fn owner_of(note: &Record) -> Result<Owner, Error> {
    Owner::new(&note.owner_kind, note.owner_id).ok_or(Error::Internal)
}

fn log(w: &mut Write<'_>, kind: Kind, owner: Owner, id: NoteId) {
    w.log(texts::line(kind, w.now, owner, id));
}
