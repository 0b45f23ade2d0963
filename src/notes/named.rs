//! Where a teammate is named in notes.

use super::mentions::about;
use super::{Mention, Mentions, Owner};
use crate::conversations::beginning;
use crate::error::Error;
use crate::id::{NoteId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;
use crate::ui::markdown;

/// How many the list has.
const SHOWN: i64 = 50;

#[derive(sqlx::FromRow)]
struct Listed {
    note_id: NoteId,
    owner_kind: String,
    owner_id: i64,
    title: String,
    by_name: Option<String>,
    body: String,
    created_at: Time,
    seen_at: Time,
}

/// Where a teammate is named in notes now, the newest first: at most 50, deleted notes left out.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn list(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    teammate: TeammateId,
) -> Result<Mentions, Error> {
    let sql = "select m.note_id, n.owner_kind, n.owner_id, coalesce(p.name, p.email, p.external_id, k.name, '') as title, \
               t.name as by_name, n.body, m.created_at, m.seen_at from note_mentions m \
               join notes n on n.workspace_id = m.workspace_id and n.id = m.note_id and n.deleted_at = 0 \
               left join contacts p on n.owner_kind = 'contact' and p.workspace_id = n.workspace_id and p.id = n.owner_id \
               left join companies k on n.owner_kind = 'company' and k.workspace_id = n.workspace_id and k.id = n.owner_id \
               left join teammates t on t.workspace_id = m.workspace_id and t.id = m.by_id and m.by_id <> m.teammate_id \
               where m.workspace_id = $1 and m.teammate_id = $2 and m.times > 0 and m.by_id <> m.teammate_id \
               order by m.created_at desc, m.note_id desc limit $3";
    let rows: Vec<Listed> = run!(c, |x| {
        sqlx::query_as::<_, Listed>(sql).bind(workspace).bind(teammate).bind(SHOWN).fetch_all(x)
    })?;
    let mention = |row: Listed| {
        let owner = Owner::new(&row.owner_kind, row.owner_id)?;
        Some(Mention {
            note: row.note_id,
            owner,
            about: about(owner, row.title),
            by: row.by_name,
            text: beginning(&markdown::words(&row.body)),
            at: dates.stamp(row.created_at),
            seen: row.seen_at.0 > 0,
        })
    };
    Ok(Mentions { mentions: rows.into_iter().filter_map(mention).collect() })
}
