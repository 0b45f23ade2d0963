//! Conversations and their parts in the shapes of Intercom's `conversation` and `conversation_part`.

use std::collections::HashMap;

use const_format::formatcp;
use serde_json::{Value, json};

use super::happened::happened;
use super::said::{AUTHORS, Body, Origin, SAID, Said, part, source};
use super::statistics::{self, Numbers};
use crate::attachments;
use crate::contacts::public_id;
use crate::conversations::tagging::tags_of;
use crate::error::Error;
use crate::id::{ContactId, ConversationId, TagId, TeamId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;
use crate::time::Time;

/// The most parts that an answer has: the newest.
const PARTS: i64 = 500;

/// A conversation's own row.
#[derive(Debug, sqlx::FromRow)]
pub struct Row {
    /// Which.
    pub id: ConversationId,
    contact_id: ContactId,
    state: String,
    channel: String,
    subject: String,
    assignee_id: TeammateId,
    team_id: TeamId,
    priority: i64,
    /// When it was begun.
    pub created_at: Time,
    /// When something last happened.
    pub updated_at: Time,
    snoozed_until: Time,
    /// Since when the person waits for an answer, 0 while they do not.
    pub waiting_since: Time,
}

/// The columns of a [`Row`], of `conversations v`.
pub const COLUMNS: &str = "v.id, v.contact_id, v.state, v.channel, v.subject, v.assignee_id, v.team_id, v.priority, v.created_at, v.updated_at, \
                           v.snoozed_until, v.waiting_since";

/// Seconds, or null for never.
fn ever(time: Time) -> Value {
    if time.0 > 0 { time.seconds().into() } else { Value::Null }
}

/// A conversation with the newest of what was said in it and happened to it after its beginning; nothing where it is not there.
pub async fn whole(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
    texts: Body,
) -> Result<Option<Value>, Error> {
    let sql =
        formatcp!("select {COLUMNS} from conversations v where v.workspace_id = $1 and v.id = $2");
    let row: Option<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(id).fetch_optional(x))?;
    let Some(row) = row else { return Ok(None) };
    let mut shapes = complete(c, workspace, vec![row], texts).await?;
    let Some(mut shape) = shapes.pop() else { return Ok(None) };
    let sql = formatcp!(
        "select {SAID} from parts p {AUTHORS} where p.workspace_id = $1 and p.conversation_id = $2 \
         and p.id > (select min(id) from parts where workspace_id = $1 and conversation_id = $2) order by p.id desc limit $3"
    );
    let mut said: Vec<Said> = run!(c, |x| {
        sqlx::query_as::<_, Said>(sql).bind(workspace).bind(id).bind(PARTS).fetch_all(x)
    })?;
    said.reverse();
    let ids: Vec<_> = said.iter().map(|s| (s.conversation_id, s.id)).collect();
    let with = attachments::of_parts(c, workspace, &ids).await?;
    let files = |s: &Said| with.get(&s.id).map_or(&[][..], Vec::as_slice);
    let mut parts: Vec<_> = said.iter().map(|s| (s.created_at, part(s, files(s), texts))).collect();
    let (besides, many) = happened(c, workspace, id, PARTS).await?;
    parts.extend(besides);
    // Of one moment, what was said stands first: a last word is said, and then it is closed.
    parts.sort_by_key(|(at, _)| *at);
    let parts: Vec<_> = parts.split_off(parts.len().saturating_sub(PARTS as usize));
    let parts: Vec<_> = parts.into_iter().map(|(_, part)| part).collect();
    let all = shape["statistics"]["count_conversation_parts"].as_i64().unwrap_or(1) - 1 + many;
    shape["conversation_parts"] = json!({
        "type": "conversation_part.list",
        "conversation_parts": parts,
        "total_count": all.max(0),
    });
    Ok(Some(shape))
}

/// A conversation with one part of what was said in it, where that is named, as a program is told of it; nothing where it is not
/// there.
pub async fn notified(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
    of: Option<i64>,
) -> Result<Option<Value>, Error> {
    let sql =
        formatcp!("select {COLUMNS} from conversations v where v.workspace_id = $1 and v.id = $2");
    let row: Option<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(id).fetch_optional(x))?;
    let Some(row) = row else { return Ok(None) };
    let Some(mut shape) = complete(c, workspace, vec![row], Body::Html).await?.pop() else {
        return Ok(None);
    };
    let sql = formatcp!(
        "select {SAID} from parts p {AUTHORS} where p.workspace_id = $1 and p.conversation_id = $2 and p.id = $3"
    );
    let said: Option<Said> = run!(c, |x| {
        sqlx::query_as::<_, Said>(sql)
            .bind(workspace)
            .bind(id)
            .bind(of.unwrap_or_default())
            .fetch_optional(x)
    })?;
    let mut parts = Vec::new();
    if let Some(said) = said {
        let with = attachments::of_parts(c, workspace, &[(id, said.id)]).await?;
        let files = with.get(&said.id).map_or(&[][..], Vec::as_slice);
        parts.push(part(&said, files, Body::Html));
    }
    let total = parts.len();
    shape["conversation_parts"] = json!({
        "type": "conversation_part.list",
        "conversation_parts": parts,
        "total_count": total,
    });
    Ok(Some(shape))
}

/// Conversations as lists answer them, in the order of the rows.
pub async fn complete(
    c: &mut Conn,
    workspace: WorkspaceId,
    rows: Vec<Row>,
    texts: Body,
) -> Result<Vec<Value>, Error> {
    let ids: Vec<_> = rows.iter().map(|r| r.id).collect();
    let list: Vec<_> = ids.iter().map(|id| [id]).collect();
    let list = serde_json::to_string(&list).map_err(|_| Error::Internal)?;
    let tags = tags_of(c, workspace, &ids).await?;
    let first = formatcp!(
        "select {SAID} from json_each($2) j cross join parts p {AUTHORS} where p.workspace_id = $1 \
         and p.conversation_id = cast(j.value ->> 0 as bigint) and p.id = (select min(f.id) from parts f \
         where f.workspace_id = $1 and f.conversation_id = p.conversation_id)"
    );
    let first: Vec<Said> =
        run!(c, |x| sqlx::query_as::<_, Said>(first).bind(workspace).bind(&list).fetch_all(x))?;
    let first_ids: Vec<_> = first.iter().map(|s| (s.conversation_id, s.id)).collect();
    let with = attachments::of_parts(c, workspace, &first_ids).await?;
    let first: HashMap<_, _> = first.into_iter().map(|s| (s.conversation_id, s)).collect();
    let numbers = statistics::of(c, workspace, &list).await?;
    let mut writers = writers(c, workspace, &list).await?;
    let people = "select p.id, p.external_id from json_each($2) j cross join conversations v \
                  join contacts p on p.workspace_id = v.workspace_id and p.id = v.contact_id \
                  where v.workspace_id = $1 and v.id = cast(j.value ->> 0 as bigint)";
    type Person = (ContactId, Option<String>);
    let people: Vec<Person> =
        run!(c, |x| sqlx::query_as::<_, Person>(people).bind(workspace).bind(&list).fetch_all(x))?;
    let people: HashMap<_, _> = people.into_iter().collect();
    let mut shape = |row: &Row| {
        let first = first.get(&row.id);
        let numbers = numbers.get(&row.id);
        let origin = Origin {
            channel: &row.channel,
            subject: &row.subject,
            is_automated: numbers.is_some_and(Numbers::is_automated),
        };
        let files = |s: &Said| with.get(&s.id).map_or(&[][..], Vec::as_slice);
        let source = first.map(|s| source(s, origin, files(s), texts));
        let external = people.get(&row.contact_id).cloned().flatten();
        let tags = tags.get(&row.id).map_or(&[] as &[_], Vec::as_slice);
        let writers = writers.remove(&row.id).unwrap_or_default();
        conversation(row, source, external, tags, writers, numbers)
    };
    Ok(rows.iter().map(&mut shape).collect())
}

/// The teammates who wrote in each of the conversations, notes included.
async fn writers(
    c: &mut Conn,
    workspace: WorkspaceId,
    list: &str,
) -> Result<HashMap<ConversationId, Vec<Value>>, Error> {
    let sql = "select distinct p.conversation_id, p.author_id from json_each($2) j cross join parts p where p.workspace_id = $1 \
               and p.conversation_id = cast(j.value ->> 0 as bigint) and p.author_kind = 'teammate' and p.author_id > 0 \
               order by p.conversation_id, p.author_id";
    type Wrote = (ConversationId, TeammateId);
    let rows: Vec<Wrote> =
        run!(c, |x| sqlx::query_as::<_, Wrote>(sql).bind(workspace).bind(list).fetch_all(x))?;
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for (conversation, teammate) in rows {
        let shape = json!({ "type": "admin", "id": teammate.to_string() });
        found.entry(conversation).or_default().push(shape);
    }
    Ok(found)
}

fn conversation(
    row: &Row,
    source: Option<Value>,
    external_id: Option<String>,
    tags: &[(TagId, String)],
    writers: Vec<Value>,
    numbers: Option<&Numbers>,
) -> Value {
    let tags: Vec<_> = tags
        .iter()
        .map(|(id, name)| json!({ "type": "tag", "id": id.to_string(), "name": name }))
        .collect();
    let assignee = Some(row.assignee_id.0).filter(|id| *id > 0);
    let contact = public_id(row.contact_id);
    let replied = numbers.map_or(Value::Null, |n| n.get("first_contact_reply_at"));
    json!({
        "type": "conversation",
        "id": row.id.to_string(),
        "created_at": row.created_at.seconds(),
        "updated_at": row.updated_at.seconds(),
        "title": null,
        "source": source,
        "contacts": {
            "type": "contact.list",
            "contacts": [{ "type": "contact", "id": contact, "external_id": external_id }],
        },
        "teammates": { "type": "admin.list", "admins": writers },
        "admin_assignee_id": assignee,
        "team_assignee_id": Some(row.team_id.0).filter(|id| *id > 0).map(|id| id.to_string()),
        "custom_attributes": {},
        "open": row.state != "closed",
        "state": row.state,
        "read": row.waiting_since.0 == 0,
        "waiting_since": ever(row.waiting_since),
        "snoozed_until": ever(row.snoozed_until),
        "priority": if row.priority == 1 { "priority" } else { "not_priority" },
        "tags": { "type": "tag.list", "tags": tags },
        "first_contact_reply": (!replied.is_null()).then(|| json!({
            "type": "conversation", "created_at": replied, "url": null,
        })),
        "sla_applied": null,
        "conversation_rating": null,
        "statistics": numbers.map(Numbers::to_json),
        "linked_objects": { "type": "list", "data": [], "total_count": 0, "has_more": false },
        "ai_agent": null,
        "ai_agent_participated": false,
    })
}
