//! What a person may read of their conversations, and what reading does. Notes of the team and what belongs to it
//! alone are never selected here.

use serde::Serialize;

use super::excerpt::{beginning, first_lines, is_post};
use crate::attachments::{self, Attachment};
use crate::error::Error;
use crate::id::{ContactId, ConversationId, PartId, WorkspaceId};
use crate::live::Topic;
use crate::outbound;
use crate::run;
use crate::server::db::{Changed, Conn, Write};
use crate::stream;
use crate::time::Time;
use crate::ui::markdown;

/// How many conversations a page of the list has.
const ROWS: i64 = 50;
/// How many parts an answer has.
const PARTS: i64 = 50;

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
    let sql = "select v.id, l.id as part, case when exists (select 1 from deliveries d where d.workspace_id = v.workspace_id \
               and d.conversation_id = v.id and d.conversation_id > 0 and d.replied_at = 0) then 'open' else v.state end as state, l.author_kind, m.name as author, l.body, l.created_at, \
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
               order by l.created_at desc, l.id desc limit $3";
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

fn author(kind: &str, name: Option<String>, workspace_name: &str) -> Option<String> {
    (kind == "teammate").then(|| name.unwrap_or_else(|| workspace_name.to_owned()))
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
    // What was sent on its own is closed for the team until it is answered, and not for the person.
    let sql = "select case when exists (select 1 from deliveries d where d.workspace_id = v.workspace_id \
               and d.conversation_id = v.id and d.conversation_id > 0 and d.replied_at = 0) then 'open' else v.state end as state, v.contact_read_part_id, (select max(r.part_id) from conversation_reads r \
               where r.workspace_id = v.workspace_id and r.conversation_id = v.id) as seen \
               from conversations v where v.workspace_id = $1 and v.id = $2 and v.contact_id = $3";
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

/// The part of this client id, once it is kept.
pub async fn part_of(
    w: &mut Write<'_>,
    conversation: ConversationId,
    client_id: &str,
) -> Result<PartId, Error> {
    let sql =
        "select id from parts where workspace_id = $1 and conversation_id = $2 and client_id = $3";
    let (id,): (PartId,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (PartId,)>(sql)
            .bind(w.workspace)
            .bind(conversation)
            .bind(client_id)
            .fetch_one(c)
    })?;
    Ok(id)
}

/// Notes that a person has had parts up to this one on their screen; the thread's other side hears of it.
///
/// # Errors
/// [`Error::NotFound`] for a conversation that is not theirs and a part that was not said in it.
pub async fn read(
    w: &mut Write<'_>,
    contact: ContactId,
    id: ConversationId,
    part: PartId,
) -> Result<(), Error> {
    let known = "select p.id from parts p join conversations v on v.workspace_id = p.workspace_id and v.id = p.conversation_id \
                 where p.workspace_id = $1 and p.conversation_id = $2 and p.id = $3 and p.kind = 'message' and v.contact_id = $4";
    let found: Option<(PartId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (PartId,)>(known)
            .bind(w.workspace)
            .bind(id)
            .bind(part)
            .bind(contact)
            .fetch_optional(c)
    })?;
    found.ok_or(Error::NotFound)?;
    let sql = "update conversations set contact_read_part_id = $3, waiting = 0 where workspace_id = $1 and id = $2 \
               and (contact_read_part_id < $3 or waiting = 1)";
    let changed: Changed =
        run!(w.conn, |c| { sqlx::query(sql).bind(w.workspace).bind(id).bind(part).execute(c) })?;
    if changed.0 > 0 {
        for topic in [Topic::Conversation(id), Topic::Inbox, Topic::Messenger(contact)] {
            w.touch(topic);
        }
        outbound::seen(w, contact, id).await?;
    }
    Ok(())
}

/// Notes that what waited for a person has reached their Messenger.
pub async fn reached(w: &mut Write<'_>, contact: ContactId) -> Result<(), Error> {
    let sql = "update conversations set waiting = 0 where workspace_id = $1 and contact_id = $2 and waiting = 1 returning id";
    let rows: Vec<(ConversationId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (ConversationId,)>(sql).bind(w.workspace).bind(contact).fetch_all(c)
    })?;
    for (id,) in &rows {
        w.touch(Topic::Conversation(*id));
        w.touch(Topic::Inbox);
    }
    Ok(())
}

/// Whether something said to a person has not reached them.
pub async fn waits(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<bool, Error> {
    let sql = "select id from conversations where workspace_id = $1 and contact_id = $2 and waiting = 1 limit 1";
    let found: Option<(ConversationId,)> = run!(c, |x| {
        sqlx::query_as::<_, (ConversationId,)>(sql).bind(workspace).bind(contact).fetch_optional(x)
    })?;
    Ok(found.is_some())
}

/// Whom a conversation of this workspace is with.
pub async fn contact_of(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
) -> Result<Option<ContactId>, Error> {
    let sql = "select contact_id from conversations where workspace_id = $1 and id = $2";
    let found: Option<(ContactId,)> = run!(c, |x| {
        sqlx::query_as::<_, (ContactId,)>(sql).bind(workspace).bind(id).fetch_optional(x)
    })?;
    Ok(found.map(|(contact,)| contact))
}
