//! Moving conversations along: who looks after them, and whether they are open.

use serde_json::json;

use super::reading;
use super::store::log;
use crate::error::Error;
use crate::id::{ConversationId, TeammateId};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::stream::Kind;

/// Closes a conversation; a closed one stays as it is.
///
/// # Errors
/// [`Error::NotFound`] for the conversation.
pub async fn close(w: &mut Write<'_>, id: ConversationId) -> Result<(), Error> {
    shelve(w, id, "closed", Kind::ConversationClosed).await
}

/// Opens a conversation again; an open one stays as it is.
///
/// # Errors
/// [`Error::NotFound`] for the conversation.
pub async fn reopen(w: &mut Write<'_>, id: ConversationId) -> Result<(), Error> {
    shelve(w, id, "open", Kind::ConversationReopened).await
}

async fn shelve(
    w: &mut Write<'_>,
    id: ConversationId,
    state: &'static str,
    kind: Kind,
) -> Result<(), Error> {
    let found = reading::find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let sql = "update conversations set state = $3, updated_at = $4, snoozed_until = 0, \
               waiting_since = case when $3 = 'closed' then 0 else waiting_since end \
               where workspace_id = $1 and id = $2 and state <> $3";
    let moved: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(state).bind(w.now).execute(c)
    })?;
    if moved.0 > 0 {
        log(w, kind, found.contact, id, json!({}));
    }
    Ok(())
}

/// Gives a conversation to a teammate, or to nobody (0).
///
/// # Errors
/// [`Error::NotFound`] for the conversation; [`Error::Invalid`] for one who does not work here.
pub async fn assign(
    w: &mut Write<'_>,
    id: ConversationId,
    teammate: TeammateId,
) -> Result<(), Error> {
    let found = reading::find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let all = crate::teammates::names(&mut w.conn, w.workspace).await?;
    let name = all.into_iter().find(|(id, _)| *id == teammate).map(|(_, name)| name);
    if name.is_none() && teammate.0 != 0 {
        return Err(Error::invalid("teammate", "choose someone who works here"));
    }
    let sql = "update conversations set assignee_id = $3 where workspace_id = $1 and id = $2 and assignee_id <> $3";
    let given: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(teammate).execute(c)
    })?;
    if given.0 > 0 {
        let data = json!({ "name": name.unwrap_or_else(|| "nobody".into()) });
        log(w, Kind::ConversationAssigned, found.contact, id, data);
    }
    Ok(())
}
