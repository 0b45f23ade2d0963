//! Reading notes: one, a page of an owner's, and what the stream shows of some.

use std::collections::HashMap;

use const_format::formatcp;

use super::links::Links;
use super::names::Names;
use super::writers::Called;
use super::{KEPT, Note, Notes, Owner, Record};
use crate::error::Error;
use crate::id::{NoteId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;
use crate::ui::markdown;

/// How many notes a profile has; the stream has them all.
const SHOWN: i64 = 200;

const COLUMNS: &str = "n.id, n.owner_kind, n.owner_id, n.body, n.version, n.author_id, a.name as author, a.email as author_email, \
     n.created_at, n.edited_by, e.name as editor, n.together, n.updated_at, n.pinned_at, n.deleted_at from notes n \
     left join teammates a on a.workspace_id = n.workspace_id and a.id = n.author_id \
     left join teammates e on e.workspace_id = n.workspace_id and e.id = n.edited_by";

/// The owner under the number that answers for it now.
///
/// # Errors
/// [`Error::NotFound`] where the workspace has no such person or company.
pub async fn existing(c: &mut Conn, workspace: WorkspaceId, owner: Owner) -> Result<Owner, Error> {
    let found = owner.existing(c, workspace).await?;
    found.ok_or(Error::NotFound)
}

/// A note of this workspace that is not deleted.
pub async fn find(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: NoteId,
) -> Result<Option<Record>, Error> {
    Ok(with_deleted(c, workspace, id).await?.filter(|note| note.deleted_at.0 == 0))
}

/// A note of this workspace, deleted or not.
pub(super) async fn with_deleted(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: NoteId,
) -> Result<Option<Record>, Error> {
    let sql = formatcp!("select {COLUMNS} where n.workspace_id = $1 and n.id = $2");
    run!(c, |x| sqlx::query_as::<_, Record>(sql).bind(workspace).bind(id).fetch_optional(x))
}

/// Notes of an owner, newest first, from those before a time and number on. The caller has found the owner.
pub async fn page(
    c: &mut Conn,
    workspace: WorkspaceId,
    owner: Owner,
    before: Option<(Time, NoteId)>,
    limit: i64,
) -> Result<Vec<Record>, Error> {
    let (at, id) = before.unwrap_or((Time(i64::MAX), NoteId(i64::MAX)));
    let sql = formatcp!(
        "select {COLUMNS} where n.workspace_id = $1 and n.owner_kind = $2 and n.owner_id = $3 and n.deleted_at = 0 \
         and (n.created_at, n.id) < ($4, $5) order by n.created_at desc, n.id desc limit $6"
    );
    run!(c, |x| {
        sqlx::query_as::<_, Record>(sql)
            .bind(workspace)
            .bind(owner.kind())
            .bind(owner.number())
            .bind(at)
            .bind(id)
            .bind(limit)
            .fetch_all(x)
    })
}

/// The notes of an owner as a profile shows them to a teammate: pinned first, then newest, at most 200.
/// The caller has found the owner.
pub async fn of_owner(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    owner: Owner,
    viewer: TeammateId,
) -> Result<Notes, Error> {
    let sql = formatcp!(
        "select {COLUMNS} where n.workspace_id = $1 and n.owner_kind = $2 and n.owner_id = $3 and n.deleted_at = 0 \
         order by case when n.pinned_at > 0 then 0 else 1 end, n.pinned_at desc, n.created_at desc, n.id desc limit $4"
    );
    let mut rows: Vec<Record> = run!(c, |x| {
        sqlx::query_as::<_, Record>(sql)
            .bind(workspace)
            .bind(owner.kind())
            .bind(owner.number())
            .bind(SHOWN + 1)
            .fetch_all(x)
    })?;
    let more = rows.len() as i64 > SHOWN;
    rows.truncate(SHOWN as usize);
    let names = Names::of(c, workspace, owner, viewer).await?;
    let links = Links::of(c, workspace, rows.iter().map(|r| r.body.as_str())).await?;
    let called = Called::of(c, workspace, rows.iter().map(|r| r.together.as_str())).await?;
    let notes = rows.into_iter().map(|r| {
        let by = called.names(&r.together, r.editor.as_deref());
        note(r, by, dates, &names, &links)
    });
    Ok(Notes { notes: notes.collect(), more })
}

fn note(r: Record, by: Vec<String>, dates: &Dates, names: &Names, links: &Links) -> Note {
    let edited = (r.version > 1).then(|| (by, dates.stamp(r.updated_at)));
    Note {
        id: r.id,
        html: markdown::render_tickable(&r.body, &names.in_note(r.id), |to| links.ours(to)),
        body: r.body,
        version: r.version,
        author: r.author,
        at: dates.stamp(r.created_at),
        edited,
        pinned: r.pinned_at.0 > 0,
        names_you: names.is_new(r.id),
    }
}

/// What the stream shows of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Its text as safe HTML.
    Text(String),
    /// It was deleted and can be brought back.
    Deleted,
}

/// What the stream shows of these notes; one that is gone for good is not among the answers.
pub async fn shown(
    c: &mut Conn,
    workspace: WorkspaceId,
    ids: &[i64],
    now: Time,
) -> Result<HashMap<i64, Shown>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<_> = ids.iter().map(|id| [id]).collect();
    let list = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let sql = "select n.id, case when n.deleted_at = 0 then n.body else '' end, n.deleted_at from json_each($2) j \
               cross join notes n where n.workspace_id = $1 and n.id = cast(j.value ->> 0 as bigint)";
    type Row = (NoteId, String, Time);
    let rows: Vec<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(&list).fetch_all(x))?;
    let links = Links::of(c, workspace, rows.iter().map(|(_, body, _)| body.as_str())).await?;
    let naming: Vec<_> = rows.iter().filter(|r| r.1.contains('@')).map(|r| r.0).collect();
    let names = match naming.is_empty() {
        true => None,
        false => Some(Names::of_some(c, workspace, &naming).await?),
    };
    let show = |(id, body, deleted): Row| match deleted.0 {
        0 => {
            let names = names.as_ref().map(|names| names.in_note(id)).unwrap_or_default();
            let html = markdown::render_note(&body, &names, |to| links.ours(to));
            Some((id.0, Shown::Text(html)))
        }
        at if at > now.0 - KEPT => Some((id.0, Shown::Deleted)),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(show).collect())
}
