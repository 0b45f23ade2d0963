//! What a change of a message that runs means for whoever waits.

use super::Row;
use crate::error::Error;
use crate::id::{MessageId, TagId};
use crate::outbound::deliver::NEVER;
use crate::run;
use crate::segments::audience;
use crate::server::db::{Changed, Write};
use crate::tags;

/// Has whoever waits for the hours of a message wait for its new ones: these are found out when their turn comes, which is now.
pub async fn wait_anew(w: &mut Write<'_>, id: MessageId) -> Result<(), Error> {
    let sql = "update deliveries set held_until = 0, reason = '', due_at = case when due_at = $3 then due_at else cast($4 as bigint) end \
               where workspace_id = $1 and message_id = $2 and state = 'waiting' and reason = 'hours' and held_until > 0";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(NEVER).bind(w.now).execute(c)
    })?;
    w.wake_outbound();
    Ok(())
}

/// The tag that takes people out of a message under way: its own, or else the one of this name, made where there is none, by which its
/// audience goes from then on. Who is meant for good already is left out when it is sent, so that theirs stays as it is.
///
/// # Errors
/// [`Error::Invalid`] of `opt_out` for a name that is none, and for another one than it has.
pub async fn switched_on(w: &mut Write<'_>, row: &Row, name: &str) -> Result<TagId, Error> {
    let named = tag(w, "opt_out", name).await?;
    if named.0 == 0 || named == row.opt_out_tag {
        return Ok(row.opt_out_tag);
    }
    if row.opt_out_tag.0 > 0 {
        let message = "this message has another opt-out tag, which stays";
        return Err(Error::invalid("opt_out", message));
    }
    if row.whom().follows() && row.segment_id.0 > 0 {
        let with = Row { opt_out_tag: named, ..row.clone() };
        audience::change(w, row.segment_id, &with.effective()?).await?;
    }
    Ok(named)
}

/// The tag of this name, made where there is none; 0 for no name.
///
/// # Errors
/// [`Error::Invalid`] of the field for a name that is none.
pub async fn tag(w: &mut Write<'_>, field: &str, name: &str) -> Result<TagId, Error> {
    if name.trim().is_empty() {
        return Ok(TagId(0));
    }
    let made = tags::make(w, name).await.map_err(|error| error.of_field(field))?;
    Ok(made.0)
}
