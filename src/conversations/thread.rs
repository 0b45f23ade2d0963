//! Reading one conversation: a run of its parts, and what stands around them.

use super::noted::UNDO;
use super::tagging::tags_of;
use super::{Happened, Part, PartKind, Parts, Thread, Window, drafts, reading};
use crate::attachments::{self, Uploader};
use crate::contacts;
use crate::error::Error;
use crate::id::{ConversationId, PartId, TeammateId, WorkspaceId};
use crate::notes::{Called, Links};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::stream;
use crate::teammates::Viewer;
use crate::time::Time;
use crate::ui::markdown;

/// How many parts a thread shows at first, and how many more at a time.
const PARTS: i64 = 50;
/// How many parts a page that loaded many is told of at once.
const MANY: i64 = 500;

#[derive(sqlx::FromRow)]
struct Row {
    id: PartId,
    client_id: String,
    kind: String,
    author_kind: String,
    author_id: i64,
    author: Option<String>,
    body: String,
    created_at: Time,
    edited_at: Time,
    deleted_at: Time,
    version: i64,
    editor: Option<String>,
    together: String,
}

/// The runs from a part downwards and upwards; ids go up as a conversation goes on.
const DOWN: &str = "select p.id, p.client_id, p.kind, p.author_kind, p.author_id, m.name as author, p.body, p.created_at, \
     p.edited_at, p.deleted_at, p.version, e.name as editor, p.together from parts p \
     left join teammates m on m.workspace_id = p.workspace_id and m.id = p.author_id and p.author_kind = 'teammate' \
     left join teammates e on e.workspace_id = p.workspace_id and e.id = p.edited_by and p.edited_by <> p.author_id \
     where p.workspace_id = $1 and p.conversation_id = $2 and p.id < $3 and p.id >= $4 order by p.id desc limit $5";
const UP: &str = "select p.id, p.client_id, p.kind, p.author_kind, p.author_id, m.name as author, p.body, p.created_at, \
     p.edited_at, p.deleted_at, p.version, e.name as editor, p.together from parts p \
     left join teammates m on m.workspace_id = p.workspace_id and m.id = p.author_id and p.author_kind = 'teammate' \
     left join teammates e on e.workspace_id = p.workspace_id and e.id = p.edited_by and p.edited_by <> p.author_id \
     where p.workspace_id = $1 and p.conversation_id = $2 and p.id >= $3 order by p.id limit $4";

/// A conversation as a teammate reads it.
pub async fn thread(
    c: &mut Conn,
    dates: &Dates,
    viewer: &Viewer,
    id: ConversationId,
    window: Window,
) -> Result<Option<Thread>, Error> {
    let workspace = viewer.workspace;
    let seq = stream::last_seq(c, workspace).await?;
    let Some(record) = reading::find(c, workspace, id).await? else { return Ok(None) };
    let person = contacts::find(c, workspace, record.contact).await?;
    let teammates = crate::teammates::names(c, workspace).await?;
    let assignee = record.assignee_id;
    let mut line = reading::line(record, dates, TeammateId(0));
    line.tags = tags_of(c, workspace, &[id]).await?.remove(&id).unwrap_or_default();
    let names: Vec<_> = teammates.iter().map(|(_, name)| name.as_str()).collect();
    let parts = read(c, dates, workspace, id, window, &line.title, &names).await?;
    let sql = "select contact_read_part_id from conversations where workspace_id = $1 and id = $2";
    let (read,): (PartId,) =
        run!(c, |x| { sqlx::query_as::<_, (PartId,)>(sql).bind(workspace).bind(id).fetch_one(x) })?;
    let lines = stream::of_conversation(c, dates, workspace, id).await?;
    let happened = lines.into_iter().map(|line| Happened { day: dates.day(line.at.at), line });
    Ok(Some(Thread {
        seq,
        line,
        parts,
        read,
        happened: happened.collect(),
        drafts: drafts::drafts(c, workspace, viewer.id, id).await?,
        unsent: attachments::unsent(c, workspace, Uploader::Teammate(viewer.id), id).await?,
        assignee,
        teammates,
        blocked: person.is_some_and(|p| p.blocked_at.0 > 0),
        refused: attachments::rules(c, workspace).await?.unusual(),
    }))
}

/// A run of a conversation's parts.
///
/// # Errors
/// [`Error::NotFound`] where the workspace has no such conversation.
pub async fn parts(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    id: ConversationId,
    window: Window,
) -> Result<Parts, Error> {
    let record = reading::find(c, workspace, id).await?.ok_or(Error::NotFound)?;
    let teammates = crate::teammates::names(c, workspace).await?;
    let names: Vec<_> = teammates.iter().map(|(_, name)| name.as_str()).collect();
    let title = reading::line(record, dates, TeammateId(0)).title;
    read(c, dates, workspace, id, window, &title, &names).await
}

async fn read(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    id: ConversationId,
    window: Window,
    title: &str,
    names: &[&str],
) -> Result<Parts, Error> {
    let rows = rows(c, workspace, id, window).await?;
    let (first, last) = match (rows.first(), rows.last()) {
        (Some(first), Some(last)) => (first.id, last.id),
        _ => return Ok(Parts { parts: Vec::new(), earlier: false, later: false }),
    };
    let sql = "select (select min(p.id) from parts p where p.workspace_id = $1 and p.conversation_id = $2), \
               (select max(p.id) from parts p where p.workspace_id = $1 and p.conversation_id = $2)";
    let (oldest, newest): (PartId, PartId) = run!(c, |x| {
        sqlx::query_as::<_, (PartId, PartId)>(sql).bind(workspace).bind(id).fetch_one(x)
    })?;
    let ids: Vec<_> = rows.iter().map(|row| (id, row.id)).collect();
    let mut files = attachments::of_parts(c, workspace, &ids).await?;
    let notes = rows.iter().filter(|row| row.kind == "note" && row.deleted_at.0 == 0);
    let links = Links::of(c, workspace, notes.map(|row| row.body.as_str())).await?;
    let names: Vec<_> = names.iter().map(|name| (*name, *name)).collect();
    let called = Called::of(c, workspace, rows.iter().map(|row| row.together.as_str())).await?;
    let part = |row: Row| {
        let files = files.remove(&row.id).unwrap_or_default();
        let edited_by = called.names(&row.together, row.editor.as_deref());
        Part { files, edited_by, ..part(row, dates, title, &names, &links) }
    };
    let parts = rows.into_iter().map(part).collect();
    Ok(Parts { parts, earlier: oldest < first, later: newest > last })
}

async fn rows(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
    window: Window,
) -> Result<Vec<Row>, Error> {
    // Below which part to go down, where to stop, and how far; then from which part to go up, and how far.
    let (down, up) = match window {
        Window::Newest => (Some((i64::MAX, 0, PARTS)), None),
        Window::Before(part) => (Some((part.0, 0, PARTS)), None),
        Window::From(part) => (Some((i64::MAX, part.0, MANY)), None),
        Window::After(part) => (None, Some((part.0.saturating_add(1), PARTS))),
        Window::Around(part) => (Some((part.0, 0, PARTS / 2)), Some((part.0, PARTS / 2 + 1))),
    };
    let mut rows: Vec<Row> = Vec::new();
    if let Some((below, least, limit)) = down {
        rows = run!(c, |x| {
            sqlx::query_as::<_, Row>(DOWN)
                .bind(workspace)
                .bind(id)
                .bind(below)
                .bind(least)
                .bind(limit)
                .fetch_all(x)
        })?;
        rows.reverse();
    }
    if let Some((from, limit)) = up {
        let more: Vec<Row> = run!(c, |x| {
            sqlx::query_as::<_, Row>(UP)
                .bind(workspace)
                .bind(id)
                .bind(from)
                .bind(limit)
                .fetch_all(x)
        })?;
        rows.extend(more);
    }
    Ok(rows)
}

fn part(row: Row, dates: &Dates, title: &str, names: &[(&str, &str)], links: &Links) -> Part {
    let ours = row.author_kind == "teammate";
    let kind = if row.kind == "note" { PartKind::Note } else { PartKind::Message };
    let deleted = row.deleted_at.0 > 0;
    let html = match (deleted, kind) {
        (true, _) => String::new(),
        (false, PartKind::Note) => markdown::render_tickable(&row.body, names, |to| links.ours(to)),
        (false, PartKind::Message) => markdown::render_shown(&row.body),
    };
    Part {
        id: row.id,
        client_id: row.client_id,
        kind,
        ours,
        teammate: TeammateId(if ours { row.author_id } else { 0 }),
        author: if ours {
            row.author.unwrap_or_else(|| "Your product".into())
        } else {
            title.to_owned()
        },
        html,
        body: if deleted { String::new() } else { row.body },
        at: dates.stamp(row.created_at),
        day: dates.day(row.created_at),
        edited_at: row.edited_at,
        edited_by: Vec::new(),
        version: row.version,
        deleted,
        returns: deleted && row.deleted_at.plus(UNDO) > dates.now(),
        files: Vec::new(),
    }
}
