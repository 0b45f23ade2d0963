//! A conversation as the person reads it.

use const_format::formatcp;
use serde::Serialize;

use super::{STATE, author};
use crate::attachments::{self, Attachment};
use crate::error::Error;
use crate::id::{ContactId, ConversationId, PartId, WorkspaceId};
use crate::messenger::excerpt::is_post;
use crate::run;
use crate::server::db::Conn;
use crate::stream;
use crate::time::Time;
use crate::ui::markdown;

/// How many parts an answer has.
const PARTS: i64 = 50;

/// One thing said.
#[derive(Debug, Clone, Serialize)]
pub struct Said {
    /// Its number.
    pub id: PartId,
    /// Who wrote it; `None` for the person themself.
    pub author: Option<String>,
    /// The text as HTML that is safe to show.
    pub html: String,
    /// When.
    pub at: Time,
    /// The files that came with it.
    pub files: Vec<Attachment>,
    /// Whether it is a post, which is shown larger.
    pub post: bool,
    /// The id that the person's Messenger gave it; `None` for what the team wrote.
    pub client_id: Option<String>,
}

/// A part of a conversation, as the person reads it.
#[derive(Debug, Clone, Serialize)]
pub struct Thread {
    /// The number up to which this is true.
    pub seq: i64,
    /// Which.
    pub id: ConversationId,
    /// The teammate who wrote last, if one has.
    pub with: Option<String>,
    /// Whether it is open.
    pub open: bool,
    /// The parts, the oldest first.
    pub parts: Vec<Said>,
    /// Whether there are earlier ones.
    pub earlier: bool,
    /// The newest part of the person's own that a teammate has had on their screen, 0 for none.
    pub seen: PartId,
    /// The newest part that the person has had on theirs.
    pub read: PartId,
}

#[derive(sqlx::FromRow)]
struct Found {
    state: String,
    contact_read_part_id: PartId,
    seen: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct PartRow {
    id: PartId,
    author_kind: String,
    author: Option<String>,
    body: String,
    client_id: Option<String>,
    created_at: Time,
    channel: Option<String>,
}

/// A conversation of the person: its newest 50 parts, or those before one.
pub async fn thread(
    c: &mut Conn,
    workspace: WorkspaceId,
    workspace_name: &str,
    contact: ContactId,
    id: ConversationId,
    before: Option<PartId>,
) -> Result<Option<Thread>, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let sql = formatcp!(
        "select {STATE} as state, v.contact_read_part_id, (select max(r.part_id) from conversation_reads r \
         where r.workspace_id = v.workspace_id and r.conversation_id = v.id) as seen \
         from conversations v where v.workspace_id = $1 and v.id = $2 and v.contact_id = $3"
    );
    let found: Option<Found> = run!(c, |x| {
        sqlx::query_as::<_, Found>(sql).bind(workspace).bind(id).bind(contact).fetch_optional(x)
    })?;
    let Some(found) = found else { return Ok(None) };
    let sql = "select p.id, p.author_kind, m.name as author, p.body, p.client_id, p.created_at, g.channel from parts p \
               left join teammates m on m.workspace_id = p.workspace_id and m.id = p.author_id and p.author_kind = 'teammate' \
               left join messages g on g.workspace_id = p.workspace_id and g.id = p.message_id and p.message_id > 0 \
               where p.workspace_id = $1 and p.conversation_id = $2 and p.id < $3 and p.kind = 'message' and p.deleted_at = 0 \
               order by p.id desc limit $4";
    let mut rows: Vec<PartRow> = run!(c, |x| {
        sqlx::query_as::<_, PartRow>(sql)
            .bind(workspace)
            .bind(id)
            .bind(before.map_or(i64::MAX, |p| p.0))
            .bind(PARTS + 1)
            .fetch_all(x)
    })?;
    let earlier = rows.len() as i64 > PARTS;
    rows.truncate(PARTS as usize);
    rows.reverse();
    let own = rows.iter().filter(|r| r.author_kind == "contact").map(|r| r.id);
    let seen = own.filter(|id| found.seen.is_some_and(|seen| id.0 <= seen)).max();
    // Without the person's own space, in which Messengers' ids are kept.
    let own_id = |id: String| match id.strip_prefix("m:").and_then(|rest| rest.split_once(':')) {
        Some((_, id)) => id.to_owned(),
        None => id,
    };
    let said = |r: PartRow| Said {
        id: r.id,
        author: author(&r.author_kind, r.author, workspace_name),
        html: markdown::render_shown(&r.body),
        at: r.created_at,
        files: Vec::new(),
        post: is_post(r.channel.as_deref()),
        client_id: r.client_id.filter(|_| r.author_kind == "contact").map(own_id),
    };
    let ids: Vec<_> = rows.iter().map(|r| (id, r.id)).collect();
    let mut files = attachments::of_parts(c, workspace, &ids).await?;
    let with_files = |mut said: Said| {
        said.files = files.remove(&said.id).unwrap_or_default();
        said
    };
    let parts: Vec<_> = rows.into_iter().map(said).map(with_files).collect();
    Ok(Some(Thread {
        seq,
        id,
        with: parts.iter().rev().find_map(|p| p.author.clone()),
        open: found.state != "closed",
        parts,
        earlier,
        seen: seen.unwrap_or(PartId(0)),
        read: found.contact_read_part_id,
    }))
}
