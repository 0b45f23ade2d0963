//! Which files there are. A row is there before its bytes are and stays until they are gone, so that no file is forgotten.
//!
//! A file of a conversation has its number and that of the part. A picture in the text of a note has 0 and the note's number,
//! a file of an outbound message 0 and the message's: all are of one row of numbers. A note of a conversation is a part, so
//! that it may have both: files that came with it, and pictures in its text.

use std::collections::HashMap;

use super::Attachment;
use crate::error::Error;
use crate::id::{AttachmentId, ContactId, ConversationId, NoteId, PartId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn, Write};
use crate::time::Time;

/// For how long a file may wait to be sent: a day, in milliseconds.
pub const KEPT: i64 = 24 * 60 * 60 * 1000;
/// How many files of one uploader may wait to be sent.
const WAITING: i64 = 30;

/// Who uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uploader {
    /// Someone who works here.
    Teammate(TeammateId),
    /// Someone on the customer's side.
    Contact(ContactId),
}

impl Uploader {
    /// Their kind and number in the database.
    pub(crate) const fn row(self) -> (&'static str, i64) {
        match self {
            Self::Teammate(id) => ("teammate", id.0),
            Self::Contact(id) => ("contact", id.0),
        }
    }
}

/// A file as the database has it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Stored {
    /// Its number.
    pub id: AttachmentId,
    /// Where it is shown; 0 while the conversation has not begun.
    pub conversation_id: ConversationId,
    /// With what it was sent; 0 while it waits.
    pub part_id: PartId,
    /// Its name.
    pub name: String,
    /// Its type.
    pub content_type: String,
    /// In bytes.
    pub size: i64,
    /// In pixels; 0 for what is not a picture that a page may show.
    pub width: i64,
    /// Where the bytes are in the store.
    pub object: String,
    uploader_kind: String,
    uploader_id: i64,
}

impl Stored {
    /// Whether this person or teammate uploaded it.
    pub fn is_of(&self, uploader: Uploader) -> bool {
        (self.uploader_kind.as_str(), self.uploader_id) == uploader.row()
    }
}

/// A file of this workspace whose bytes are all there. Whether its reader may read the conversation, or has uploaded
/// what is not sent yet, is the caller's to ask.
pub async fn open(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: AttachmentId,
) -> Result<Option<Stored>, Error> {
    let sql = "select id, conversation_id, part_id, name, content_type, size, width, object, uploader_kind, uploader_id \
               from attachments where workspace_id = $1 and id = $2 and size > 0";
    run!(c, |x| sqlx::query_as::<_, Stored>(sql).bind(workspace).bind(id).fetch_optional(x))
}

/// Makes a row for a file whose bytes are about to come.
///
/// # Errors
/// [`Error::Conflict`] when too many files of this uploader wait already.
pub(super) async fn begin(
    w: &mut Write<'_>,
    uploader: Uploader,
    conversation: ConversationId,
    name: &str,
) -> Result<(AttachmentId, String), Error> {
    let (kind, who) = uploader.row();
    let sql = "select count(*) from attachments where part_id = 0 and workspace_id = $1 and uploader_kind = $2 and uploader_id = $3";
    let (waiting,): (i64,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(sql).bind(w.workspace).bind(kind).bind(who).fetch_one(c)
    })?;
    if waiting >= WAITING {
        return Err(Error::Conflict(
            "Many files wait to be sent. Send them or take some away first".into(),
        ));
    }
    let id = AttachmentId(w.app.db.next_id()?);
    // Nothing personal is in the name of the object.
    let object = format!("{}/{id}", w.workspace);
    let sql = "insert into attachments (workspace_id, id, conversation_id, part_id, uploader_kind, uploader_id, name, \
               content_type, size, object, created_at) values ($1, $2, $3, 0, $4, $5, $6, '', 0, $7, $8)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(conversation)
            .bind(kind)
            .bind(who)
            .bind(name)
            .bind(&object)
            .bind(w.now)
            .execute(c)
    })?;
    Ok((id, object))
}

/// Says of a file that its bytes are there.
pub(super) async fn finish(
    w: &mut Write<'_>,
    file: &Attachment,
    content_type: &str,
) -> Result<(), Error> {
    let sql = "update attachments set size = $3, width = $4, height = $5, content_type = $6 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(file.id)
            .bind(file.size)
            .bind(file.width)
            .bind(file.height)
            .bind(content_type)
            .execute(c)
    })?;
    Ok(())
}

/// Gives files that wait to the part that they are sent with, in the order in which they are named, each once. Files have no
/// place of their own: from then on each is a millisecond newer than the one before it.
///
/// # Errors
/// [`Error::Invalid`] when one of them is not there, not whole, another's, or sent already: then nothing may be said.
pub async fn attach(
    w: &mut Write<'_>,
    uploader: Uploader,
    conversation: ConversationId,
    part: PartId,
    files: &[AttachmentId],
) -> Result<(), Error> {
    if files.is_empty() {
        return Ok(());
    }
    let (kind, who) = uploader.row();
    let rows: Vec<_> = files.iter().zip(0..).map(|(id, n)| (id, w.now.plus(n))).collect();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let sql = "update attachments set part_id = $3, conversation_id = $2, created_at = (select cast(j.value ->> 1 as bigint) \
               from json_each($6) j where cast(j.value ->> 0 as bigint) = attachments.id) where workspace_id = $1 and part_id = 0 \
               and conversation_id in (0, $2) and uploader_kind = $4 and uploader_id = $5 and size > 0 \
               and id in (select cast(value ->> 0 as bigint) from json_each($6))";
    let given: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(conversation)
            .bind(part)
            .bind(kind)
            .bind(who)
            .bind(&rows)
            .execute(c)
    })?;
    if given.0 == files.len() as u64 {
        return Ok(());
    }
    Err(Error::invalid("files", "a file is not there any more. Attach it again"))
}

/// Gives a note the pictures of these that its writer uploaded and that wait. Others change nothing: anybody can write
/// any number into a text.
pub async fn keep_in_note(w: &mut Write<'_>, note: NoteId, pictures: &[i64]) -> Result<(), Error> {
    if pictures.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = pictures.iter().map(|id| [id]).collect();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let sql = "update attachments set part_id = $2 where workspace_id = $1 and part_id = 0 and conversation_id = 0 \
               and uploader_kind = 'teammate' and uploader_id = $3 and width > 0 \
               and id in (select cast(value ->> 0 as bigint) from json_each($4))";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(note).bind(w.actor).bind(&rows).execute(c)
    })?;
    Ok(())
}

/// The files of parts, each part's in their order: its own, or those of the outbound message that it is. Pictures in a note's
/// text are not among them.
pub async fn of_parts(
    c: &mut Conn,
    workspace: WorkspaceId,
    parts: &[(ConversationId, PartId)],
) -> Result<HashMap<PartId, Vec<Attachment>>, Error> {
    let mut found: HashMap<PartId, Vec<Attachment>> = HashMap::new();
    if parts.is_empty() {
        return Ok(found);
    }
    let rows = serde_json::to_string(&parts).map_err(|_| Error::Internal)?;
    let sql = "select a.part_id, a.created_at, a.id, a.name, a.size, a.width, a.height from json_each($2) j cross join attachments a \
               where a.workspace_id = $1 and a.part_id = cast(j.value ->> 1 as bigint) and a.conversation_id > 0 \
               union all select p.id, a.created_at, a.id, a.name, a.size, a.width, a.height from json_each($2) j cross join parts p \
               cross join attachments a where p.workspace_id = $1 and p.conversation_id = cast(j.value ->> 0 as bigint) \
               and p.id = cast(j.value ->> 1 as bigint) and p.message_id > 0 and a.workspace_id = $1 and a.part_id = p.message_id \
               and a.conversation_id = 0 order by 1, 2, 3";
    type Row = (PartId, Time, AttachmentId, String, i64, i64, i64);
    let rows: Vec<Row> =
        run!(c, |x| { sqlx::query_as::<_, Row>(sql).bind(workspace).bind(&rows).fetch_all(x) })?;
    for (part, _, id, name, size, width, height) in rows {
        found.entry(part).or_default().push(Attachment { id, name, size, width, height });
    }
    Ok(found)
}

/// What an uploader has attached in a conversation and not sent, at most ten.
pub async fn unsent(
    c: &mut Conn,
    workspace: WorkspaceId,
    uploader: Uploader,
    conversation: ConversationId,
) -> Result<Vec<Attachment>, Error> {
    let (kind, who) = uploader.row();
    let sql = "select id, name, size, width, height from attachments where part_id = 0 and workspace_id = $1 \
               and conversation_id = $2 and uploader_kind = $3 and uploader_id = $4 and size > 0 and created_at > 0 \
               order by id limit 10";
    run!(c, |x| {
        sqlx::query_as::<_, Attachment>(sql)
            .bind(workspace)
            .bind(conversation)
            .bind(kind)
            .bind(who)
            .fetch_all(x)
    })
}
