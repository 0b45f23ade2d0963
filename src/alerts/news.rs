//! What is new for a teammate since a number of the log.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::quiet::is_quiet;
use super::{About, Item, News, Place, store};
use crate::contacts::title_of;
use crate::conversations::{COUNTED, beginning};
use crate::error::Error;
use crate::id::{ContactId, ConversationId, NoteId, TeammateId, WorkspaceId};
use crate::notes::{self, Owner};
use crate::run;
use crate::server::db::Conn;
use crate::stream;
use crate::teammates::Viewer;
use crate::time::Time;
use crate::ui::markdown;

/// How many lines of the log are looked at, the newest ones.
const LINES: i64 = 50;
/// How many of them a teammate is told of.
const TOLD: usize = 5;

/// The word of a line that says that a conversation was given to somebody.
const GIVEN: &str = "conversation_assigned";
/// The word of a line that says that a change of a note names somebody.
const NAMED: &str = "note_mentioned";

/// A line of the log that says that something was written.
#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    kind: String,
    conversation: ConversationId,
    data: String,
    assignee_id: TeammateId,
    named_in: Option<i64>,
    read_part_id: Option<i64>,
    author: Option<String>,
    contact: ContactId,
    name: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
}

/// What a line says: which part was written, or to whom a conversation was given.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    part: i64,
    to: i64,
}

/// What is new for the viewer since a number: their own conversations that wait to be read, and what they are told of.
/// Without a number nothing is new.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn news(
    c: &mut Conn,
    viewer: &Viewer,
    since: Option<i64>,
    now: Time,
) -> Result<News, Error> {
    let seq = stream::last_seq(c, viewer.workspace).await?;
    let unread = unread(c, viewer.workspace, viewer.id).await?;
    let alerts = store::alerts(c, viewer.workspace, viewer.id).await?;
    let silent = !alerts.sound && !alerts.browser
        || alerts.about == About::Nothing
        || is_quiet(&alerts.quiet, &viewer.time_zone, now);
    let (mut items, mut parts) = (Vec::new(), BTreeSet::new());
    if let Some(since) = since.filter(|since| !silent && *since < seq) {
        for row in lines(c, viewer, since, seq).await? {
            let data = serde_json::from_str::<Data>(&row.data).unwrap_or_default();
            let concerns = concerns(&row, &data, alerts.about, viewer.id);
            // A note that names them only since it was changed has a line for having come and one for the change.
            if items.len() < TOLD && concerns && (data.part == 0 || parts.insert(data.part)) {
                items.push(item(c, viewer.workspace, row, data.part).await?);
            }
        }
        items.extend(named(c, viewer, since, seq).await?);
        items.sort_by_key(|item| std::cmp::Reverse(item.seq));
        items.truncate(TOLD);
        items.reverse();
    }
    Ok(News { seq, unread, sound: alerts.sound, browser: alerts.browser, items })
}

/// Whether a teammate wants to be told of a line, and has not read it elsewhere.
fn concerns(row: &Row, data: &Data, about: About, me: TeammateId) -> bool {
    let part = data.part;
    if row.kind == NAMED {
        // By a change of a note that they may have read before.
        return data.to == me.0 && row.named_in == Some(part);
    }
    if row.kind == GIVEN {
        // Whoever was given it meanwhile is told instead.
        return data.to == me.0 && row.assignee_id == me;
    }
    let written = row.kind == "message_received";
    let mine = if written {
        about == About::Inbox || row.assignee_id == me
    } else {
        row.named_in == Some(part)
    };
    mine && row.read_part_id.is_none_or(|read| read < part)
}

/// What was written, and given away, between two numbers by others than the viewer, the newest first.
async fn lines(c: &mut Conn, viewer: &Viewer, since: i64, seq: i64) -> Result<Vec<Row>, Error> {
    let sql = "select a.seq, a.kind, a.ref_id as conversation, a.data, v.assignee_id, n.part_id as named_in, \
               r.part_id as read_part_id, m.name as author, v.contact_id as contact, p.name, p.email, p.external_id \
               from activity a join conversations v on v.workspace_id = a.workspace_id and v.id = a.ref_id \
               join contacts p on p.workspace_id = v.workspace_id and p.id = v.contact_id \
               left join teammates m on m.workspace_id = a.workspace_id and m.id = a.actor_id \
               left join mentions n on n.workspace_id = a.workspace_id and n.teammate_id = $2 and n.conversation_id = a.ref_id \
               and (a.kind <> 'note_mentioned' or n.seen_at = 0) \
               left join conversation_reads r on r.workspace_id = a.workspace_id and r.teammate_id = $2 and r.conversation_id = a.ref_id \
               where a.workspace_id = $1 and a.seq in (select seq from activity where workspace_id = $1 and seq > $3 and seq <= $4 \
               and kind in ('message_received', 'conversation_noted') union all select seq from activity where workspace_id = $1 \
               and seq > $3 and seq <= $4 and kind = 'conversation_assigned' union all select seq from activity where workspace_id = $1 \
               and seq > $3 and seq <= $4 and kind = 'note_mentioned') and a.actor_id <> $2 order by a.seq desc limit $5";
    run!(c, |x| {
        sqlx::query_as::<_, Row>(sql)
            .bind(viewer.workspace)
            .bind(viewer.id)
            .bind(since)
            .bind(seq)
            .bind(LINES)
            .fetch_all(x)
    })
}

async fn item(c: &mut Conn, workspace: WorkspaceId, row: Row, part: i64) -> Result<Item, Error> {
    // Of a conversation that was given away the last that was said.
    let sql = "select body from parts where workspace_id = $1 and conversation_id = $2 and deleted_at = 0 \
               and (id = $3 or $3 = 0) order by id desc limit 1";
    let body: Option<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql)
            .bind(workspace)
            .bind(row.conversation)
            .bind(part)
            .fetch_optional(x)
    })?;
    let person = title_of(row.contact, [&row.name, &row.email, &row.external_id]);
    let given = row.kind == GIVEN;
    let title = match row.author {
        Some(author) if given => format!("{author} gave you a conversation with {person}"),
        None if given => format!("You were given a conversation with {person}"),
        Some(author) => format!("{author} named you, with {person}"),
        None => person,
    };
    let text = body.map(|(body,)| beginning(&markdown::words(&body))).unwrap_or_default();
    let text = if text.is_empty() { "Sent a file".to_owned() } else { text };
    Ok(Item { seq: row.seq, place: Place::Conversation(row.conversation), title, text })
}

/// A line of the log that says that a note names somebody.
#[derive(sqlx::FromRow)]
struct Named {
    seq: i64,
    data: String,
    note: NoteId,
    owner_kind: String,
    owner_id: i64,
    title: String,
    author: Option<String>,
    body: String,
}

/// The notes that named the viewer between two numbers and that they have not looked at, the newest first.
async fn named(c: &mut Conn, viewer: &Viewer, since: i64, seq: i64) -> Result<Vec<Item>, Error> {
    let sql = "select a.seq, a.data, n.id as note, n.owner_kind, n.owner_id, \
               coalesce(p.name, p.email, p.external_id, k.name, '') as title, t.name as author, n.body from activity a \
               join note_mentions m on m.workspace_id = a.workspace_id and m.note_id = a.ref_id and m.teammate_id = $2 \
               and m.seen_at = 0 and m.times > 0 \
               join notes n on n.workspace_id = a.workspace_id and n.id = a.ref_id and n.deleted_at = 0 \
               left join teammates t on t.workspace_id = a.workspace_id and t.id = a.actor_id \
               left join contacts p on n.owner_kind = 'contact' and p.workspace_id = n.workspace_id and p.id = n.owner_id \
               left join companies k on n.owner_kind = 'company' and k.workspace_id = n.workspace_id and k.id = n.owner_id \
               where a.workspace_id = $1 and a.seq > $3 and a.seq <= $4 and a.kind = 'note_mentioned' order by a.seq desc limit $5";
    let rows: Vec<Named> = run!(c, |x| {
        sqlx::query_as::<_, Named>(sql)
            .bind(viewer.workspace)
            .bind(viewer.id)
            .bind(since)
            .bind(seq)
            .bind(LINES)
            .fetch_all(x)
    })?;
    let mine = |row: &Named| {
        serde_json::from_str::<Data>(&row.data).is_ok_and(|data| data.to == viewer.id.0)
    };
    let item = |row: Named| {
        let owner = Owner::new(&row.owner_kind, row.owner_id)?;
        let title = notes::mentions::told(row.author.as_deref(), owner, row.title);
        let (place, text) = (Place::Note(row.note, owner), beginning(&markdown::words(&row.body)));
        Some(Item { seq: row.seq, place, title, text })
    };
    Ok(rows.into_iter().filter(mine).filter_map(item).collect())
}

/// How many open conversations of a teammate's they have not read, up to 1,000; as the list marks them.
async fn unread(c: &mut Conn, workspace: WorkspaceId, me: TeammateId) -> Result<i64, Error> {
    let sql = "select count(*) from (select 1 as one from conversations v \
               left join conversation_reads r on r.workspace_id = v.workspace_id and r.teammate_id = $2 and r.conversation_id = v.id \
               where v.workspace_id = $1 and v.state = 'open' and v.assignee_id = $2 and (r.part_id < 0 \
               or v.last_part_id > coalesce(r.part_id, 0) and not exists (select 1 from parts l \
               where l.workspace_id = v.workspace_id and l.conversation_id = v.id and l.id = v.last_part_id \
               and l.author_kind = 'teammate' and l.author_id = $2)) limit $3) u";
    let (found,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(sql).bind(workspace).bind(me).bind(COUNTED).fetch_one(x)
    })?;
    Ok(found)
}
