//! Writing notes: nothing else changes a note's text, its version or its end.

use serde_json::json;

use super::{KEPT, Owner, Record, clean_body, existing, reading};
use crate::error::Error;
use crate::id::NoteId;
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;

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
    log(w, Kind::NoteAdded, owner, id);
    Ok(id)
}

/// Saves a note's text over the version that it was made from. The same text again changes nothing,
/// so that a repeated save is one.
///
/// # Errors
/// [`Error::NotFound`] for the note, [`Error::Invalid`] for the text, [`Error::Conflict`] when someone saved
/// or deleted it meanwhile: then nothing is written.
pub async fn edit(w: &mut Write<'_>, id: NoteId, body: &str, version: i64) -> Result<(), Error> {
    let body = clean_body(body)?;
    let sql = "update notes set body = $4, version = version + 1, updated_at = $5, edited_by = $6 \
               where workspace_id = $1 and id = $2 and version = $3 and deleted_at = 0 and body <> $4";
    let saved: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(version)
            .bind(&body)
            .bind(w.now)
            .bind(w.actor)
            .execute(c)
    })?;
    let note = kept(w, id).await?;
    if note.deleted_at.0 > 0 {
        return Err(Error::Conflict(
            "This note was deleted while you were writing. Bring it back, or copy your text".into(),
        ));
    }
    if saved.0 == 0 && note.body == body {
        return Ok(());
    }
    if saved.0 == 0 {
        let who = note.editor.or(note.author).unwrap_or_else(|| "A program".into());
        return Err(Error::Conflict(format!(
            "{who} saved this note while you were writing. Both texts are here"
        )));
    }
    log(w, Kind::NoteEdited, owner_of(&note)?, id);
    Ok(())
}

/// Deletes a note; it can be brought back for 30 days. Those whose time is over go for good.
///
/// # Errors
/// [`Error::NotFound`] for the note.
pub async fn delete(w: &mut Write<'_>, id: NoteId) -> Result<(), Error> {
    let note = kept(w, id).await?;
    let owner = owner_of(&note)?;
    let sql = "update notes set deleted_at = $3, deleted_by = $4 where workspace_id = $1 and id = $2 and deleted_at = 0";
    let deleted: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(w.now).bind(w.actor).execute(c)
    })?;
    if deleted.0 > 0 {
        log(w, Kind::NoteDeleted, owner, id);
    }
    let sql = "delete from notes where workspace_id = $1 and owner_kind = $2 and owner_id = $3 \
               and deleted_at > 0 and deleted_at <= $4";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(owner.kind())
            .bind(owner.number())
            .bind(w.now.plus(-KEPT))
            .execute(c)
    })?;
    Ok(())
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
    log(w, Kind::NoteRestored, owner_of(&note)?, id);
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
    w.touch(match owner_of(&note)? {
        Owner::Contact(id) => Topic::Contact(id),
        Owner::Company(id) => Topic::Company(id),
    });
    Ok(())
}

/// A note that is there, deleted or not.
async fn kept(w: &mut Write<'_>, id: NoteId) -> Result<Record, Error> {
    reading::with_deleted(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)
}

fn owner_of(note: &Record) -> Result<Owner, Error> {
    Owner::new(&note.owner_kind, note.owner_id).ok_or(Error::Internal)
}

fn log(w: &mut Write<'_>, kind: Kind, owner: Owner, id: NoteId) {
    let entry = match owner {
        Owner::Contact(contact) => Entry::of_contact(kind, w.now, contact, id.0, json!({})),
        Owner::Company(company) => Entry::of_company(kind, w.now, company, id.0, json!({})),
    };
    w.log(entry);
}
