//! Messages doubled and deleted.

use serde_json::json;

use super::{Row, find, write};
use crate::attachments;
use crate::audit::Action;
use crate::error::Error;
use crate::id::{AttachmentId, MessageId, SegmentId};
use crate::live::Topic;
use crate::outbound::{NAME, State};
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::time::Time;

/// Makes a draft of the same text, audience and tags, in the name of whoever asks.
///
/// # Errors
/// [`Error::NotFound`] for the message.
pub async fn duplicate(w: &mut Write<'_>, id: MessageId) -> Result<MessageId, Error> {
    let row = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let name: String = format!("Copy of {}", row.name).chars().take(NAME).collect();
    let copy = Row {
        id: MessageId(w.app.db.next_id()?),
        name,
        state: State::Draft.word().into(),
        author_id: w.actor,
        segment_id: SegmentId(0),
        starts_at: Time(0),
        stops_at: Time(0),
        started_at: Time(0),
        version: 0,
        ..row
    };
    write(w, &copy).await?;
    w.touch(Topic::Messages);
    let data = json!({ "message": copy.id, "name": copy.name });
    w.log(Entry::of_workspace(Action::MessageMade, w.now, data));
    Ok(copy.id)
}

/// Deletes a draft.
///
/// # Errors
/// [`Error::NotFound`] for the message; [`Error::Conflict`] for one that was started: what it did stays.
pub async fn delete(w: &mut Write<'_>, id: MessageId) -> Result<(), Error> {
    let row = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let sql = "delete from messages where workspace_id = $1 and id = $2 and state = 'draft'";
    let gone: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).execute(c))?;
    if gone.0 == 0 {
        return Err(Error::Conflict("A message that was started is kept, with what it did".into()));
    }
    attachments::release_message(w, id, AttachmentId(0)).await?;
    w.touch(Topic::Messages);
    let data = json!({ "message": id, "name": row.name });
    w.log(Entry::of_workspace(Action::MessageDeleted, w.now, data));
    Ok(())
}
