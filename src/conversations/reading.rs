//! Reading conversations: lists, one whole, and what the stream shows of parts.

use std::collections::HashMap;

use const_format::formatcp;

use super::{Line, Lines, Shelf};
use crate::error::Error;
use crate::id::{ContactId, ConversationId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::stream;
use crate::time::Time;
use crate::ui::markdown;

/// How many conversations a part of a list has.
const ROWS: i64 = 50;
/// How much of the newest part a list shows, in characters.
const BEGINNING: usize = 140;

/// A conversation as the database has it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Record {
    /// Which.
    pub id: ConversationId,
    /// With whom.
    pub contact: ContactId,
    state: String,
    waiting: i64,
    /// Who looks after it, 0 for nobody.
    pub assignee_id: TeammateId,
    assignee: Option<String>,
    updated_at: Time,
    name: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
    last: Option<String>,
    last_kind: Option<String>,
}

const COLUMNS: &str = "v.id, v.contact_id as contact, v.state, v.waiting, v.assignee_id, m.name as assignee, v.updated_at, \
     p.name, p.email, p.external_id, l.body as last, l.kind as last_kind from conversations v \
     join contacts p on p.workspace_id = v.workspace_id and p.id = v.contact_id \
     left join teammates m on m.workspace_id = v.workspace_id and m.id = v.assignee_id \
     left join parts l on l.workspace_id = v.workspace_id and l.conversation_id = v.id and l.id = v.last_part_id";

/// A conversation of this workspace.
pub async fn find(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
) -> Result<Option<Record>, Error> {
    let sql = formatcp!("select {COLUMNS} where v.workspace_id = $1 and v.id = $2");
    run!(c, |x| sqlx::query_as::<_, Record>(sql).bind(workspace).bind(id).fetch_optional(x))
}

/// What a list says of a conversation.
pub(super) fn line(r: Record, dates: &Dates) -> Line {
    let known = [r.name, r.email, r.external_id].into_iter().flatten().next();
    let last = r.last.unwrap_or_default();
    let words = last.split_whitespace().collect::<Vec<_>>().join(" ");
    Line {
        id: r.id,
        contact: r.contact,
        title: known.unwrap_or_else(|| format!("Visitor {}", r.contact)),
        last: words.chars().take(BEGINNING).collect(),
        last_is_note: r.last_kind.as_deref() == Some("note"),
        at: dates.stamp(r.updated_at),
        open: r.state != "closed",
        waiting: r.waiting == 1,
        assignee: r.assignee,
    }
}

/// A part of the list of conversations, the last touched first.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that is not one.
pub async fn list(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    shelf: Shelf,
    before: Option<&str>,
) -> Result<Lines, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let (at, id) = match before {
        None => (i64::MAX, i64::MAX),
        Some(text) => text
            .split_once('.')
            .and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)))
            .ok_or_else(|| Error::invalid("before", "follow a link of the list"))?,
    };
    let sql = formatcp!(
        "select {COLUMNS} where v.workspace_id = $1 and v.state = $2 and (v.updated_at, v.id) < ($3, $4) \
         order by v.updated_at desc, v.id desc limit $5"
    );
    let mut rows: Vec<Record> = run!(c, |x| {
        sqlx::query_as::<_, Record>(sql)
            .bind(workspace)
            .bind(shelf.word())
            .bind(at)
            .bind(id)
            .bind(ROWS + 1)
            .fetch_all(x)
    })?;
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let next = rows.last().filter(|_| more).map(|r| format!("{}.{}", r.updated_at.0, r.id));
    Ok(Lines { seq, lines: rows.into_iter().map(|r| line(r, dates)).collect(), next })
}

/// A person's conversations, the last touched first, at most 50.
pub async fn of_contact(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Vec<Line>, Error> {
    let sql = formatcp!(
        "select {COLUMNS} where v.workspace_id = $1 and v.contact_id = $2 order by v.updated_at desc, v.id desc limit $3"
    );
    let rows: Vec<Record> = run!(c, |x| {
        sqlx::query_as::<_, Record>(sql).bind(workspace).bind(contact).bind(ROWS).fetch_all(x)
    })?;
    Ok(rows.into_iter().map(|r| line(r, dates)).collect())
}

/// The texts of parts by number, as HTML that is safe to show; deleted ones have none.
pub async fn texts(
    c: &mut Conn,
    workspace: WorkspaceId,
    parts: &[(i64, i64)],
) -> Result<HashMap<i64, String>, Error> {
    if parts.is_empty() {
        return Ok(HashMap::new());
    }
    let pairs = serde_json::to_string(parts).map_err(|_| Error::Internal)?;
    let sql = "select p.id, p.body from json_each($2) j cross join parts p where p.workspace_id = $1 and p.deleted_at = 0 \
               and p.conversation_id = cast(j.value ->> 0 as bigint) and p.id = cast(j.value ->> 1 as bigint)";
    let rows: Vec<(i64, String)> = run!(c, |x| {
        sqlx::query_as::<_, (i64, String)>(sql).bind(workspace).bind(&pairs).fetch_all(x)
    })?;
    Ok(rows.into_iter().map(|(id, body)| (id, markdown::render(&body))).collect())
}
