//! Who has had a note on the screen, and when they last did: a note about somebody, or one of a conversation.

use std::collections::{BTreeMap, BTreeSet};

use super::texts::Home;
use super::{Look, Looks, Owner};
use crate::conversations;
use crate::error::Error;
use crate::id::{ConversationId, NoteId, PartId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Changed, Conn, Write};
use crate::server::state::AppState;
use crate::stream;
use crate::teammates::Viewer;
use crate::time::Time;

/// How often a look of one teammate at one note is written down at most: once a minute, in milliseconds.
const AGAIN: i64 = 60_000;
/// How many notes a page may name at once: as many as it shows.
const MOST: usize = 200;
/// Of how many teammates a page says that they have seen a note.
const SHOWN: usize = 20;
/// How many looks are read for a page.
const READ: i64 = 4_000;
/// In how many parts before a place of a conversation, and after it, notes are looked for: as many as a page that loaded many
/// is told of.
const AROUND: i64 = 500;

/// Says that a teammate has notes on the screen. What was written down less than a minute ago is not written again, and a note
/// that somebody deleted meanwhile is passed over.
///
/// # Errors
/// [`Error::Invalid`] for more than 200.
pub async fn see(
    app: &AppState,
    workspace: WorkspaceId,
    teammate: TeammateId,
    notes: &[NoteId],
) -> Result<(), Error> {
    if notes.len() > MOST {
        return Err(Error::invalid("notes", format!("name at most {MOST}")));
    }
    let mut c = app.db.read().await?;
    let found = seen_before(&mut c, workspace, teammate, notes).await?;
    drop(c);
    let due = app.clock.now().plus(-AGAIN);
    let due: Vec<_> = found.into_iter().filter(|row| row.at <= due).collect();
    // Who looks at a page again and again keeps nobody who writes waiting.
    if due.is_empty() {
        return Ok(());
    }
    let mut w = Write::begin(app, workspace, teammate).await?;
    let ids: Vec<_> = due.iter().map(|row| [row.id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let sql = "insert into note_looks (workspace_id, note_id, teammate_id, at) \
               select n.workspace_id, n.id, cast($3 as bigint), cast($4 as bigint) from json_each($2) j cross join notes n \
               where n.workspace_id = $1 and n.id = cast(j.value ->> 0 as bigint) and n.deleted_at = 0 \
               union all \
               select p.workspace_id, p.id, cast($3 as bigint), cast($4 as bigint) from json_each($2) j cross join parts p \
               where p.workspace_id = $1 and p.id = cast(j.value ->> 0 as bigint) and p.kind = 'note' and p.deleted_at = 0 \
               on conflict (workspace_id, note_id, teammate_id) do update set at = excluded.at";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(workspace).bind(&ids).bind(teammate).bind(w.now).execute(c)
    })?;
    for row in &due {
        w.touch(Home::new(&row.owner_kind, row.owner_id)?.looks());
    }
    w.commit().await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Before {
    id: NoteId,
    owner_kind: String,
    owner_id: i64,
    at: Time,
}

async fn seen_before(
    c: &mut Conn,
    workspace: WorkspaceId,
    teammate: TeammateId,
    notes: &[NoteId],
) -> Result<Vec<Before>, Error> {
    // A row that comes twice could not be written at once.
    let ids: BTreeSet<_> = notes.iter().map(|id| [*id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let sql = "select n.id, n.owner_kind, n.owner_id, coalesce(l.at, 0) as at from json_each($2) j cross join notes n \
               left join note_looks l on l.workspace_id = n.workspace_id and l.note_id = n.id and l.teammate_id = $3 \
               where n.workspace_id = $1 and n.id = cast(j.value ->> 0 as bigint) and n.deleted_at = 0 \
               union all \
               select p.id, 'conversation', p.conversation_id, coalesce(l.at, 0) as at from json_each($2) j cross join parts p \
               left join note_looks l on l.workspace_id = p.workspace_id and l.note_id = p.id and l.teammate_id = $3 \
               where p.workspace_id = $1 and p.id = cast(j.value ->> 0 as bigint) and p.kind = 'note' and p.deleted_at = 0";
    run!(c, |x| {
        sqlx::query_as::<_, Before>(sql).bind(workspace).bind(&ids).bind(teammate).fetch_all(x)
    })
}

type Row = (NoteId, String, Time);

/// Who else has seen the notes of an owner, who looked last first; at most 20 of each note. The caller has found the owner.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn of_owner(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    owner: Owner,
    viewer: TeammateId,
) -> Result<Looks, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let sql = "select l.note_id, t.name, l.at from notes n \
               join note_looks l on l.workspace_id = n.workspace_id and l.note_id = n.id and l.teammate_id <> $4 \
               join teammates t on t.workspace_id = l.workspace_id and t.id = l.teammate_id and t.removed_at = 0 \
               where n.workspace_id = $1 and n.owner_kind = $2 and n.owner_id = $3 and n.deleted_at = 0 \
               order by l.at desc, t.name limit $5";
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql)
            .bind(workspace)
            .bind(owner.kind())
            .bind(owner.number())
            .bind(viewer)
            .bind(READ)
            .fetch_all(x)
    })?;
    Ok(gathered(seq, rows, dates))
}

/// Who else has seen the notes of a conversation, who looked last first; at most 20 of each note. Those among its newest 500
/// parts, or among as many before and after a part.
///
/// # Errors
/// [`Error::NotFound`] where the workspace has no such conversation.
pub async fn in_conversation(
    c: &mut Conn,
    viewer: &Viewer,
    now: Time,
    conversation: ConversationId,
    around: Option<PartId>,
) -> Result<Looks, Error> {
    let workspace = viewer.workspace;
    let seq = stream::last_seq(c, workspace).await?;
    conversations::find(c, workspace, conversation).await?.ok_or(Error::NotFound)?;
    let sql = "select l.note_id, t.name, l.at from (\
               select * from (select p.id, p.kind, p.deleted_at from parts p where p.workspace_id = $1 and p.conversation_id = $2 \
               and p.id < $3 order by p.id desc limit $5) b \
               union all \
               select * from (select p.id, p.kind, p.deleted_at from parts p where p.workspace_id = $1 and p.conversation_id = $2 \
               and p.id >= $3 order by p.id limit $5) a) p \
               cross join note_looks l cross join teammates t \
               where p.kind = 'note' and p.deleted_at = 0 and l.workspace_id = $1 and l.note_id = p.id and l.teammate_id <> $4 \
               and t.workspace_id = $1 and t.id = l.teammate_id and t.removed_at = 0 \
               order by l.at desc, t.name limit $6";
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql)
            .bind(workspace)
            .bind(conversation)
            .bind(around.unwrap_or(PartId(i64::MAX)))
            .bind(viewer.id)
            .bind(AROUND)
            .bind(READ)
            .fetch_all(x)
    })?;
    Ok(gathered(seq, rows, &Dates::new(&viewer.time_zone, now)))
}

fn gathered(seq: i64, rows: Vec<Row>, dates: &Dates) -> Looks {
    let mut notes: BTreeMap<NoteId, Vec<Look>> = BTreeMap::new();
    for (note, by, at) in rows {
        let looks = notes.entry(note).or_default();
        if looks.len() < SHOWN {
            looks.push(Look { by, at: dates.stamp(at) });
        }
    }
    Looks { seq, notes: notes.into_iter().collect() }
}

/// Forgets who has seen notes of an owner that are gone for good.
pub(super) const GONE: &str = "delete from note_looks where workspace_id = $1 and note_id in (select id from notes where workspace_id = $1 \
     and owner_kind = $2 and owner_id = $3 and deleted_at > 0 and deleted_at <= $4)";

/// Forgets who has seen a note that nothing brings back any more.
pub(super) async fn forget_note(w: &mut Write<'_>, note: NoteId) -> Result<(), Error> {
    let sql = "delete from note_looks where workspace_id = $1 and note_id = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(note).execute(c))?;
    Ok(())
}

/// Forgets what a teammate has seen who leaves the team.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn forget(w: &mut Write<'_>, teammate: TeammateId) -> Result<(), Error> {
    let sql = "delete from note_looks where workspace_id = $1 and teammate_id = $2";
    let _: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(teammate).execute(c))?;
    Ok(())
}
