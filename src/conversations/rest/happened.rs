//! What happened to a conversation besides what was said, in the shape of Intercom's `conversation_part`.

use serde_json::{Value, json};

use crate::error::Error;
use crate::id::{ConversationId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;
use crate::stream::Kind;
use crate::time::Time;

/// What the ids of these parts begin at: entries of the log have numbers of their own, and all parts of a conversation
/// have different ids. Below 2^53, so that clients that read a number read it whole.
const BASE: i64 = 1 << 52;

/// A line of the log.
#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    kind: String,
    occurred_at: Time,
    data: String,
    actor_id: TeammateId,
    name: Option<String>,
    email: Option<String>,
}

/// The newest things that happened to a conversation, the oldest of them first: when each did, and its part. With it
/// how many there are in all.
pub async fn happened(
    c: &mut Conn,
    workspace: WorkspaceId,
    conversation: ConversationId,
    most: i64,
) -> Result<(Vec<(Time, Value)>, i64), Error> {
    let sql = "select s.seq, a.kind, s.occurred_at, a.data, a.actor_id, t.name, t.email from stream s \
               join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
               left join teammates t on t.workspace_id = a.workspace_id and t.id = a.actor_id \
               where s.workspace_id = $1 and s.owner_kind = 'conversation' and s.owner_id = $2 and a.kind in \
               ('conversation_closed', 'conversation_reopened', 'conversation_snoozed', 'conversation_woken', \
               'conversation_assigned', 'conversation_team_assigned') order by s.occurred_at desc, s.seq desc limit $3";
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(workspace).bind(conversation).bind(most).fetch_all(x)
    })?;
    let all = "select count(*) from stream s join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
               where s.workspace_id = $1 and s.owner_kind = 'conversation' and s.owner_id = $2 and a.kind in \
               ('conversation_closed', 'conversation_reopened', 'conversation_snoozed', 'conversation_woken', \
               'conversation_assigned', 'conversation_team_assigned')";
    let (all,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(all).bind(workspace).bind(conversation).fetch_one(x)
    })?;
    Ok((rows.iter().rev().filter_map(|row| Some((row.occurred_at, part(row)?))).collect(), all))
}

fn part(row: &Row) -> Option<Value> {
    let someone = row.actor_id.0 > 0;
    let kind = Kind::from_word(&row.kind)?;
    let word = match kind {
        Kind::ConversationClosed => "close",
        Kind::ConversationReopened => "open",
        Kind::ConversationSnoozed => "snoozed",
        Kind::ConversationWoken if someone => "unsnoozed",
        Kind::ConversationWoken => "timer_unsnooze",
        Kind::ConversationAssigned | Kind::ConversationTeamAssigned => "assignment",
        _ => return None,
    };
    let data: Value = serde_json::from_str(&row.data).unwrap_or_default();
    let to = data["to"].as_i64().filter(|id| *id > 0).map(|id| {
        let kind = if kind == Kind::ConversationAssigned { "admin" } else { "team" };
        json!({ "type": kind, "id": id.to_string() })
    });
    let at = row.occurred_at.seconds();
    let (who, id) = if someone { ("admin", row.actor_id.to_string()) } else { ("bot", "0".into()) };
    Some(json!({
        "type": "conversation_part",
        "id": (BASE + row.seq).to_string(),
        "part_type": word,
        "body": null,
        "created_at": at,
        "updated_at": at,
        "notified_at": at,
        "assigned_to": to,
        "author": { "type": who, "id": id, "name": row.name, "email": row.email },
        "attachments": [],
        "external_id": null,
        "redacted": false,
    }))
}
