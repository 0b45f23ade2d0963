//! Beginning conversations with many people at once, for a job.

use std::collections::HashSet;

use serde_json::json;

use super::store::log;
use crate::error::Error;
use crate::id::{ContactId, ConversationId, MessageId, PartId};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::stream::Kind;

/// The first words of a conversation with one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// To whom. The caller has looked whether they may be written to.
    pub contact: ContactId,
    /// The text, as [`clean`](super::clean) leaves it.
    pub body: String,
    /// 1 to 100 characters; a part of this id that is there already is not said again.
    pub client_id: String,
}

/// How conversations with many stand at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// Open, among what the teammate looks after.
    Open,
    /// Closed, so that the inbox is not full of what nobody has answered; an answer opens it.
    Quiet,
}

/// Begins a conversation with each of these people, as [`start`](super::start) does with one: it waits, and the teammate
/// looks after it. `message` is the outbound message that the words are, whose files come with them, and its name. Answers those that were begun, by their client id; the others were there already.
///
/// # Errors
/// [`Error::Internal`] when the database fails, and for more than 5,000 at once.
pub async fn start_many(
    w: &mut Write<'_>,
    openings: &[Opening],
    begin: Begin,
    message: Option<(MessageId, &str)>,
) -> Result<Vec<(String, ConversationId)>, Error> {
    let mut rows = Vec::with_capacity(openings.len());
    for o in openings {
        let (conversation, part) = (w.app.db.next_id()?, w.app.db.next_id()?);
        rows.push((conversation, part, o.contact, &o.body, &o.client_id));
    }
    let text = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    // The part decides: of two who say the same at once, one says it, and only that one begins a conversation.
    let parts = "insert into parts (workspace_id, conversation_id, id, kind, author_kind, author_id, body, client_id, created_at, message_id) \
                 select $1, cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), 'message', 'teammate', $3, value ->> 3, value ->> 4, $4, $5 \
                 from json_each($2) where true on conflict (workspace_id, client_id) do nothing returning conversation_id";
    let made: Vec<(ConversationId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (ConversationId,)>(parts)
            .bind(w.workspace)
            .bind(&text)
            .bind(w.actor)
            .bind(w.now)
            .bind(message.map_or(MessageId(0), |(id, _)| id))
            .fetch_all(c)
    })?;
    let made: HashSet<i64> = made.into_iter().map(|(id,)| id.0).collect();
    rows.retain(|(conversation, ..)| made.contains(conversation));
    let short: Vec<_> = rows.iter().map(|(v, part, contact, ..)| (v, part, contact)).collect();
    let short = serde_json::to_string(&short).map_err(|_| Error::Internal)?;
    let talks = "insert into conversations (workspace_id, id, contact_id, state, channel, assignee_id, created_at, updated_at, waiting, last_part_id) \
                 select $1, cast(value ->> 0 as bigint), cast(value ->> 2 as bigint), $5, 'messenger', $3, $4, $4, 1, \
                 cast(value ->> 1 as bigint) from json_each($2)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(talks)
            .bind(w.workspace)
            .bind(&short)
            .bind(w.actor)
            .bind(w.now)
            .bind(if begin == Begin::Open { "open" } else { "closed" })
            .execute(c)
    })?;
    let contacted = "update contacts set last_contacted_at = $3 where workspace_id = $1 and id in \
                     (select cast(value ->> 2 as bigint) from json_each($2))";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(contacted).bind(w.workspace).bind(&short).bind(w.now).execute(c)
    })?;
    for (conversation, part, contact, ..) in &rows {
        let part = PartId(*part);
        let data = match message {
            Some((_, name)) => json!({ "part": part, "name": name }),
            None => json!({ "part": part }),
        };
        log(w, Kind::MessageSent, *contact, ConversationId(*conversation), data);
    }
    Ok(rows.into_iter().map(|(v, .., client_id)| (client_id.clone(), ConversationId(v))).collect())
}
