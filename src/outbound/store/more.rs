//! Messages doubled and deleted.

use serde_json::json;

use super::{Draft, Row, find, save, write};
use crate::attachments;
use crate::audit::Action;
use crate::error::Error;
use crate::id::{AttachmentId, MessageId, SegmentId};
use crate::live::Topic;
use crate::outbound::{NAME, State, Whom};
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
        whom: if row.whom() == Whom::One { Whom::Chosen.word().into() } else { row.whom.clone() },
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

/// Whether a form says what is saved of a message already, so that saving it would change nothing. It is judged by saving it, which is taken
/// back: `w` is never committed.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn is_saved(
    mut w: Write<'_>,
    (id, version): (MessageId, i64),
    draft: &Draft,
    zone: &str,
) -> Result<bool, Error> {
    let before = find(&mut w.conn, w.workspace, id).await?;
    match save(&mut w, Some((id, version)), draft, zone).await {
        Ok(_) => {}
        Err(Error::Internal) => return Err(Error::Internal),
        // What cannot be saved is not what is saved.
        Err(_) => return Ok(false),
    }
    let after = find(&mut w.conn, w.workspace, id).await?;
    Ok(before == after.map(|row| Row { version: row.version - 1, ..row }))
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
