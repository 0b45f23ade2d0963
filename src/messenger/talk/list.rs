//! The list of a person's conversations, and how much of it they have not seen.

use const_format::formatcp;
use serde::Serialize;

use super::{STATE, author};
use crate::attachments;
use crate::error::Error;
use crate::id::{ContactId, ConversationId, PartId, WorkspaceId};
use crate::messenger::excerpt::{beginning, first_lines, is_post};
use crate::run;
use crate::server::db::Conn;
use crate::time::Time;

/// How many conversations a page of the list has.
const ROWS: i64 = 50;

/// A conversation in the person's list.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// Which.
    pub id: ConversationId,
    /// The part that was said last.
    pub part: PartId,
    /// Who wrote last; `None` for the person themself.
    pub author: Option<String>,
    /// The teammate who wrote last of the team's, if one has.
    pub with: Option<String>,
    /// The beginning of it, without marks.
    pub text: String,
    /// When.
    pub at: Time,
    /// How many parts the person has not seen.
    pub unread: i64,
    /// Whether it is open.
    pub open: bool,
    /// More of it, with its lines, where it is a post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
}

/// A page of the person's list.
#[derive(Debug, Clone)]
pub struct Lines {
    /// The conversations, the one in which something was last said first.
    pub lines: Vec<Line>,
    /// Where the page after this one begins; `None` where there is none.
    pub earlier: Option<Place>,
}

/// A place in the person's list: the moment and the number of what was said last in a conversation. Pages carry it as
/// `moment-part`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(Time, PartId);

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.0.0, self.1)
    }
}

impl std::str::FromStr for Place {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let numbers = text
            .split_once('-')
            .and_then(|(at, part)| Some((at.parse().ok()?, part.parse().ok()?)));
        let (at, part) = numbers
            .ok_or_else(|| Error::invalid("before", "send what an answer had as earlier"))?;
        Ok(Self(Time(at), part))
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: ConversationId,
    part: PartId,
    state: String,
    author_kind: String,
    author: Option<String>,
    /// Where the person wrote last, the name of the teammate who did before, or nothing for one without.
    answered: Option<String>,
    body: String,
    created_at: Time,
    unread: i64,
    channel: Option<String>,
}

/// A page of the person's conversations, the one in which something was last said first: the newest 50, or those after a place.
/// Those without a word said to either side are none of their business.
pub async fn list(
    c: &mut Conn,
    workspace: WorkspaceId,
    workspace_name: &str,
    contact: ContactId,
    before: Option<Place>,
) -> Result<Lines, Error> {
    let sql = formatcp!(
        "select v.id, l.id as part, {STATE} as state, l.author_kind, m.name as author, l.body, l.created_at, \
         (select count(*) from parts u where u.workspace_id = v.workspace_id and u.conversation_id = v.id \
         and u.id > v.contact_read_part_id and u.kind = 'message' and u.author_kind = 'teammate') as unread, g.channel, \
         case when l.author_kind = 'contact' then (select coalesce(t.name, '') from parts b left join teammates t on t.workspace_id = b.workspace_id \
         and t.id = b.author_id where b.workspace_id = v.workspace_id and b.conversation_id = v.id and b.kind = 'message' \
         and b.deleted_at = 0 and b.author_kind = 'teammate' order by b.id desc limit 1) end as answered \
         from conversations v join parts l on l.workspace_id = v.workspace_id and l.conversation_id = v.id \
         and l.id = (select max(p.id) from parts p where p.workspace_id = v.workspace_id \
         and p.conversation_id = v.id and p.kind = 'message' and p.deleted_at = 0) \
         left join teammates m on m.workspace_id = l.workspace_id and m.id = l.author_id and l.author_kind = 'teammate' \
         left join messages g on g.workspace_id = l.workspace_id and g.id = l.message_id and l.message_id > 0 \
         where v.workspace_id = $1 and v.contact_id = $2 and (l.created_at, l.id) < ($4, $5) \
         order by l.created_at desc, l.id desc limit $3"
    );
    let Place(at, part) = before.unwrap_or(Place(Time(i64::MAX), PartId(i64::MAX)));
    let mut rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql)
            .bind(workspace)
            .bind(contact)
            .bind(ROWS + 1)
            .bind(at)
            .bind(part)
            .fetch_all(x)
    })?;
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let earlier = rows.last().filter(|_| more).map(|r| Place(r.created_at, r.part));
    // Where nothing was written, the name of what was sent says what it is.
    let silent = rows.iter().filter(|r| r.body.is_empty());
    let silent: Vec<_> = silent.map(|r| (r.id, r.part)).collect();
    let files = attachments::of_parts(c, workspace, &silent).await?;
    let name = |part: &PartId| files.get(part).and_then(|f| f.first()).map(|f| f.name.clone());
    let named = |name: String| if name.is_empty() { workspace_name.to_owned() } else { name };
    let line = |r: Row| {
        let author = author(&r.author_kind, r.author, workspace_name);
        Line {
            id: r.id,
            part: r.part,
            with: author.clone().or_else(|| r.answered.map(named)),
            author,
            post: is_post(r.channel.as_deref()).then(|| first_lines(&r.body)),
            text: name(&r.part).unwrap_or_else(|| beginning(&r.body)),
            at: r.created_at,
            unread: r.unread,
            open: r.state != "closed",
        }
    };
    Ok(Lines { lines: rows.into_iter().map(line).collect(), earlier })
}

/// How many messages of the team a person has not seen, in all of their conversations.
pub async fn unread(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<i64, Error> {
    let sql = "select count(*) from conversations v join parts u on u.workspace_id = v.workspace_id \
               and u.conversation_id = v.id and u.id > v.contact_read_part_id \
               where v.workspace_id = $1 and v.contact_id = $2 and v.last_part_id > v.contact_read_part_id \
               and u.kind = 'message' and u.author_kind = 'teammate'";
    let (count,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(sql).bind(workspace).bind(contact).fetch_one(x)
    })?;
    Ok(count)
}
