//! Conversations and their parts in the shapes of Intercom's `conversation` and `conversation_part`.

use std::collections::HashMap;

use const_format::formatcp;
use serde_json::{Value, json};

use crate::attachments::{self, Attachment};
use crate::contacts::public_id;
use crate::conversations::tagging::tags_of;
use crate::error::Error;
use crate::id::{ContactId, ConversationId, PartId, TagId, TeamId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;
use crate::time::Time;
use crate::ui::markdown;

/// The most parts that an answer has: the newest.
const PARTS: i64 = 500;

/// How texts are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// As safe HTML.
    Html,
    /// As they were typed.
    Plain,
}

/// A conversation's own row.
#[derive(Debug, sqlx::FromRow)]
pub struct Row {
    /// Which.
    pub id: ConversationId,
    contact_id: ContactId,
    state: String,
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
pub const COLUMNS: &str = "v.id, v.contact_id, v.state, v.assignee_id, v.team_id, v.priority, v.created_at, v.updated_at, \
                           v.snoozed_until, v.waiting_since";

#[derive(Debug, sqlx::FromRow)]
struct Said {
    conversation_id: ConversationId,
    id: PartId,
    kind: String,
    author_kind: String,
    author_id: i64,
    name: Option<String>,
    email: Option<String>,
    role: Option<String>,
    body: String,
    created_at: Time,
    edited_at: Time,
    deleted_at: Time,
}

const SAID: &str = "p.conversation_id, p.id, p.kind, p.author_kind, p.author_id, coalesce(t.name, x.name) as name, \
                    coalesce(t.email, x.email) as email, x.role, p.body, p.created_at, p.edited_at, p.deleted_at";
const AUTHORS: &str = "left join teammates t on t.workspace_id = p.workspace_id and p.author_kind = 'teammate' and t.id = p.author_id \
                       left join contacts x on x.workspace_id = p.workspace_id and p.author_kind = 'contact' and x.id = p.author_id";

/// What was said of a conversation in numbers; 0 for never.
#[derive(Debug, sqlx::FromRow)]
struct Counts {
    conversation_id: ConversationId,
    parts: i64,
    first_contact: Time,
    first_admin: Time,
    last_contact: Time,
    last_admin: Time,
}

fn seconds(time: Time) -> i64 {
    time.0.div_euclid(1000)
}

/// Seconds, or null for never.
fn ever(time: Time) -> Value {
    if time.0 > 0 { seconds(time).into() } else { Value::Null }
}

fn author(part: &Said) -> Value {
    let (kind, id) = match (part.author_kind.as_str(), part.author_id) {
        ("contact", id) => (part.role.as_deref().unwrap_or("user"), public_id(ContactId(id))),
        // The customer's product, which is nobody who works here.
        (_, 0) => ("bot", "0".to_owned()),
        (_, id) => ("admin", id.to_string()),
    };
    json!({ "type": kind, "id": id, "name": part.name, "email": part.email })
}

fn files(files: &[Attachment]) -> Value {
    let one = |file: &Attachment| {
        json!({
            "type": "upload",
            "id": file.id.to_string(),
            "name": file.name,
            "url": format!("/api/attachments/{}", file.id),
            "filesize": file.size,
            "width": Some(file.width).filter(|w| *w > 0),
            "height": Some(file.height).filter(|h| *h > 0),
        })
    };
    files.iter().map(one).collect()
}

fn body(part: &Said, body: Body) -> Value {
    match body {
        _ if part.deleted_at.0 > 0 => Value::Null,
        Body::Html => markdown::render(&part.body).into(),
        Body::Plain => part.body.clone().into(),
    }
}

fn part(said: &Said, with: &[Attachment], texts: Body) -> Value {
    let changed = said.edited_at.max(said.deleted_at).max(said.created_at);
    json!({
        "type": "conversation_part",
        "id": said.id.to_string(),
        "part_type": if said.kind == "note" { "note" } else { "comment" },
        "body": body(said, texts),
        "created_at": seconds(said.created_at),
        "updated_at": seconds(changed),
        "notified_at": seconds(said.created_at),
        "assigned_to": null,
        "author": author(said),
        "attachments": files(with),
        "external_id": null,
        "redacted": said.deleted_at.0 > 0,
    })
}

/// A conversation with the newest of what was said in it after its beginning; nothing where it is not there.
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
    let ids: Vec<_> = said.iter().map(|s| s.id).collect();
    let with = attachments::of_parts(c, workspace, &ids).await?;
    let parts: Vec<_> =
        said.iter().map(|s| part(s, with.get(&s.id).map_or(&[], Vec::as_slice), texts)).collect();
    let all = shape["statistics"]["count_conversation_parts"].as_i64().unwrap_or(1) - 1;
    shape["conversation_parts"] = json!({
        "type": "conversation_part.list",
        "conversation_parts": parts,
        "total_count": all.max(0),
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
    let first_ids: Vec<_> = first.iter().map(|s| s.id).collect();
    let with = attachments::of_parts(c, workspace, &first_ids).await?;
    let first: HashMap<_, _> = first.into_iter().map(|s| (s.conversation_id, s)).collect();
    let counts = counts(c, workspace, &list).await?;
    let people = "select p.id, p.external_id from json_each($2) j cross join conversations v \
                  join contacts p on p.workspace_id = v.workspace_id and p.id = v.contact_id \
                  where v.workspace_id = $1 and v.id = cast(j.value ->> 0 as bigint)";
    type Person = (ContactId, Option<String>);
    let people: Vec<Person> =
        run!(c, |x| sqlx::query_as::<_, Person>(people).bind(workspace).bind(&list).fetch_all(x))?;
    let people: HashMap<_, _> = people.into_iter().collect();
    let shape = |row: &Row| {
        let first = first.get(&row.id);
        let source = first.map(|s| source(s, with.get(&s.id).map_or(&[], Vec::as_slice), texts));
        let external = people.get(&row.contact_id).cloned().flatten();
        let tags = tags.get(&row.id).map_or(&[] as &[_], Vec::as_slice);
        conversation(row, source, external, tags, counts.get(&row.id))
    };
    Ok(rows.iter().map(shape).collect())
}

fn source(first: &Said, with: &[Attachment], texts: Body) -> Value {
    let by = if first.author_kind == "contact" { "customer_initiated" } else { "admin_initiated" };
    json!({
        "type": "conversation",
        "id": first.id.to_string(),
        "delivered_as": by,
        "subject": "",
        "body": body(first, texts),
        "author": author(first),
        "attachments": files(with),
        "url": null,
        "redacted": first.deleted_at.0 > 0,
    })
}

async fn counts(
    c: &mut Conn,
    workspace: WorkspaceId,
    list: &str,
) -> Result<HashMap<ConversationId, Counts>, Error> {
    let sql = "select p.conversation_id, count(*) as parts, \
               coalesce(min(case when p.author_kind = 'contact' then p.created_at end), 0) as first_contact, \
               coalesce(min(case when p.author_kind = 'teammate' and p.kind = 'message' then p.created_at end), 0) as first_admin, \
               coalesce(max(case when p.author_kind = 'contact' then p.created_at end), 0) as last_contact, \
               coalesce(max(case when p.author_kind = 'teammate' and p.kind = 'message' then p.created_at end), 0) as last_admin \
               from json_each($2) j cross join parts p where p.workspace_id = $1 \
               and p.conversation_id = cast(j.value ->> 0 as bigint) group by p.conversation_id";
    let rows: Vec<Counts> =
        run!(c, |x| sqlx::query_as::<_, Counts>(sql).bind(workspace).bind(list).fetch_all(x))?;
    Ok(rows.into_iter().map(|row| (row.conversation_id, row)).collect())
}

fn conversation(
    row: &Row,
    source: Option<Value>,
    external_id: Option<String>,
    tags: &[(TagId, String)],
    counts: Option<&Counts>,
) -> Value {
    let tags: Vec<_> = tags
        .iter()
        .map(|(id, name)| json!({ "type": "tag", "id": id.to_string(), "name": name }))
        .collect();
    let assignee = Some(row.assignee_id.0).filter(|id| *id > 0);
    let admins: Vec<_> =
        assignee.iter().map(|id| json!({ "type": "admin", "id": id.to_string() })).collect();
    let contact = public_id(row.contact_id);
    let when = |time: fn(&Counts) -> Time| counts.map_or(Value::Null, |c| ever(time(c)));
    let replied = when(|c| c.first_contact);
    json!({
        "type": "conversation",
        "id": row.id.to_string(),
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
        "title": null,
        "source": source,
        "contacts": {
            "type": "contact.list",
            "contacts": [{ "type": "contact", "id": contact, "external_id": external_id }],
        },
        "teammates": { "type": "admin.list", "admins": admins },
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
        "statistics": {
            "type": "conversation_statistics",
            "first_contact_reply_at": when(|c| c.first_contact),
            "first_admin_reply_at": when(|c| c.first_admin),
            "last_contact_reply_at": when(|c| c.last_contact),
            "last_admin_reply_at": when(|c| c.last_admin),
            "count_conversation_parts": counts.map_or(0, |c| c.parts),
        },
        "linked_objects": { "type": "list", "data": [], "total_count": 0, "has_more": false },
        "ai_agent": null,
        "ai_agent_participated": false,
    })
}
