//! Documents of notes in the database: a state with everything up to a number, and the updates after it as rows.
//!
//! Who adds an update holds the document's row to the end of the transaction, so that numbers have no gaps and are seen in
//! order, whichever process adds them.

use std::collections::HashMap;

use super::Refusal;
use super::document::Document;
use crate::error::Error;
use crate::id::{NoteId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn};
use crate::time::Time;

/// The lock of who takes numbers of several documents at once. A workspace has a number above it, or below as its own
/// with the sign turned.
const DOCUMENTS: i64 = 0;

/// A document as it was read.
pub struct Stored {
    /// The document.
    pub document: Document,
    /// The newest update in it.
    pub last: i64,
    /// How many rows of updates there are beside the state.
    pub rows: usize,
    /// How many bytes the rows have.
    pub loose: usize,
    /// How many bytes state and rows have.
    pub bytes: usize,
}

/// An update in its row.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Row {
    /// Its number.
    pub n: i64,
    /// Who made it; 0 for a program.
    pub teammate_id: TeammateId,
    /// When it was kept.
    pub at: Time,
    /// Its bytes.
    pub data: Vec<u8>,
}

/// How far a document has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    /// Its newest update.
    pub last: i64,
    /// Up to which update the note has its text.
    pub projected: i64,
}

/// A note's document; `None` for a note that nobody opened to write in yet.
pub async fn read(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: NoteId,
) -> Result<Option<Stored>, Error> {
    let Some((state, folded, rows)) = whole(c, workspace, note, -1).await? else { return Ok(None) };
    let state = state.unwrap_or_default();
    let updates = std::iter::once(state.as_slice()).chain(rows.iter().map(|r| r.data.as_slice()));
    let document = Document::of_updates(updates).map_err(|refused| unreadable(note, refused))?;
    let loose = rows.iter().map(|r| r.data.len()).sum::<usize>();
    let last = rows.last().map_or(folded, |r| r.n);
    Ok(Some(Stored { document, last, rows: rows.len(), loose, bytes: state.len() + loose }))
}

/// What was kept of a document after a number, as updates, and the number that it leads to.
pub async fn missed(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: NoteId,
    known: i64,
) -> Result<(Vec<Vec<u8>>, i64), Error> {
    let Some((state, folded, rows)) = whole(c, workspace, note, known).await? else {
        return Ok((Vec::new(), known));
    };
    let last = rows.last().map_or(folded.max(known), |r| r.n);
    Ok((state.into_iter().chain(rows.into_iter().map(|r| r.data)).collect(), last))
}

/// The state, if it is newer than a number, up to which update it goes, and the rows after both.
pub(super) async fn whole(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: NoteId,
    known: i64,
) -> Result<Option<(Option<Vec<u8>>, i64, Vec<Row>)>, Error> {
    let sql = "select case when folded > $3 then state end, folded from note_documents where workspace_id = $1 and note_id = $2";
    loop {
        let found: Option<(Option<Vec<u8>>, i64)> = run!(c, |x| {
            sqlx::query_as::<_, (Option<Vec<u8>>, i64)>(sql)
                .bind(workspace)
                .bind(note)
                .bind(known)
                .fetch_optional(x)
        })?;
        let Some((state, folded)) = found else { return Ok(None) };
        let rows = since(c, workspace, note, folded.max(known)).await?;
        // Rows were folded between the two questions: the state has them by now.
        if rows.first().is_none_or(|first| first.n == folded.max(known) + 1) {
            return Ok(Some((state, folded, rows)));
        }
    }
}

pub(super) fn unreadable(note: NoteId, refused: Refusal) -> Error {
    tracing::error!(%note, ?refused, "the document of a note cannot be read");
    Error::Internal
}

async fn since(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: NoteId,
    known: i64,
) -> Result<Vec<Row>, Error> {
    let sql = "select n, teammate_id, at, data from note_updates where workspace_id = $1 and note_id = $2 and n > $3 order by n";
    run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(workspace).bind(note).bind(known).fetch_all(x)
    })
}

/// Makes a note's document from its text, if it has none yet. Only the server does, once: two who both began with the
/// text as their own would have it twice.
pub async fn create(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: NoteId,
    text: &str,
) -> Result<(), Error> {
    let state = Document::of_text(text).state();
    let sql = "insert into note_documents (workspace_id, note_id, state, folded, last, projected) values ($1, $2, $3, 0, 0, 0) \
               on conflict do nothing";
    let _: Changed =
        run!(c, |x| { sqlx::query(sql).bind(workspace).bind(note).bind(&state).execute(x) })?;
    Ok(())
}

/// How far a document has come; `None` for a note that nobody opened to write in yet.
pub(super) async fn standing(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: NoteId,
) -> Result<Option<Standing>, Error> {
    let sql = "select last, projected from note_documents where workspace_id = $1 and note_id = $2";
    run!(c, |x| { sqlx::query_as::<_, Standing>(sql).bind(workspace).bind(note).fetch_optional(x) })
}

/// The same, and holds the document to the end of the transaction.
pub async fn hold(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: NoteId,
) -> Result<Option<Standing>, Error> {
    let sql = "update note_documents set last = last where workspace_id = $1 and note_id = $2 returning last, projected";
    run!(c, |x| { sqlx::query_as::<_, Standing>(sql).bind(workspace).bind(note).fetch_optional(x) })
}

/// Adds an update behind the newest, which the caller holds and names; answers its number.
pub async fn append(
    c: &mut Conn,
    (workspace, note): (WorkspaceId, NoteId),
    last: i64,
    teammate: TeammateId,
    now: Time,
    data: &[u8],
) -> Result<i64, Error> {
    let n = last + 1;
    insert(c, now, &[Numbered { place: (workspace, note), n, by: teammate, data }]).await?;
    let sql = "update note_documents set last = $3 where workspace_id = $1 and note_id = $2";
    let _: Changed = run!(c, |x| sqlx::query(sql).bind(workspace).bind(note).bind(n).execute(x))?;
    Ok(n)
}

/// Takes numbers for updates of several notes, and holds their documents to the end of the transaction; answers the last
/// number of each. A note that is gone, or deleted, is not among the answers. The caller inserts the updates.
pub async fn number(
    c: &mut Conn,
    asked: &[((WorkspaceId, NoteId), i64)],
) -> Result<HashMap<(WorkspaceId, NoteId), i64>, Error> {
    // Two who each held what the other waits for would wait for ever.
    c.alone(DOCUMENTS).await?;
    let rows: Vec<_> = asked.iter().map(|((workspace, note), n)| (workspace, note, n)).collect();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let sql = "update note_documents set last = last + cast(j.value ->> 2 as bigint) from json_each($1) j \
               where note_documents.workspace_id = cast(j.value ->> 0 as bigint) \
               and note_documents.note_id = cast(j.value ->> 1 as bigint) \
               and (exists (select 1 from notes n where n.workspace_id = note_documents.workspace_id \
               and n.id = note_documents.note_id and n.deleted_at = 0) \
               or exists (select 1 from parts p where p.workspace_id = note_documents.workspace_id \
               and p.id = note_documents.note_id and p.kind = 'note' and p.deleted_at = 0)) returning workspace_id, note_id, last";
    let rows: Vec<(WorkspaceId, NoteId, i64)> = run!(c, |x| {
        sqlx::query_as::<_, (WorkspaceId, NoteId, i64)>(sql).bind(&rows).fetch_all(x)
    })?;
    Ok(rows.into_iter().map(|(workspace, note, last)| ((workspace, note), last)).collect())
}

/// An update with the number that the caller took for it.
pub struct Numbered<'a> {
    /// The note.
    pub place: (WorkspaceId, NoteId),
    /// The update's number.
    pub n: i64,
    /// Who typed it.
    pub by: TeammateId,
    /// The update.
    pub data: &'a [u8],
}

/// How many bytes of updates go to the database in one statement, unless one alone has more.
const TOGETHER: usize = 1024 * 1024;

/// Writes updates, many in one statement: whoever has typed waits for each way to a database that is a server. Their bytes go
/// in a row, of which each takes its stretch.
pub async fn insert(c: &mut Conn, now: Time, mut updates: &[Numbered<'_>]) -> Result<(), Error> {
    let sql = "insert into note_updates (workspace_id, note_id, n, teammate_id, at, data) \
               select cast(j.value ->> 0 as bigint), cast(j.value ->> 1 as bigint), cast(j.value ->> 2 as bigint), \
               cast(j.value ->> 3 as bigint), $2, substr($3, cast(j.value ->> 4 as integer), cast(j.value ->> 5 as integer)) \
               from json_each($1) j";
    while !updates.is_empty() {
        let (mut rows, mut bytes) = (Vec::new(), Vec::<u8>::new());
        for Numbered { place: (workspace, note), n, by, data } in updates {
            if !rows.is_empty() && bytes.len() + data.len() > TOGETHER {
                break;
            }
            // The first byte is number 1.
            rows.push((workspace, note, n, by, bytes.len() + 1, data.len()));
            bytes.extend_from_slice(data);
        }
        updates = &updates[rows.len()..];
        let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
        let _: Changed =
            run!(c, |x| sqlx::query(sql).bind(&rows).bind(now).bind(&bytes).execute(x))?;
    }
    Ok(())
}

/// Notes that the text of the note has everything up to this update.
pub async fn projected(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: NoteId,
    n: i64,
) -> Result<(), Error> {
    let sql = "update note_documents set projected = $3 where workspace_id = $1 and note_id = $2 and projected < $3";
    let _: Changed = run!(c, |x| sqlx::query(sql).bind(workspace).bind(note).bind(n).execute(x))?;
    Ok(())
}

/// Puts a state that has everything up to an update in the place of the rows. The caller holds the document.
pub async fn fold(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: NoteId,
    state: &[u8],
    n: i64,
) -> Result<(), Error> {
    let sql = "update note_documents set state = $3, folded = $4 where workspace_id = $1 and note_id = $2";
    let _: Changed = run!(c, |x| {
        sqlx::query(sql).bind(workspace).bind(note).bind(state).bind(n).execute(x)
    })?;
    let sql = "delete from note_updates where workspace_id = $1 and note_id = $2 and n <= $3";
    let _: Changed = run!(c, |x| sqlx::query(sql).bind(workspace).bind(note).bind(n).execute(x))?;
    Ok(())
}

/// Which of these documents have newer updates than is known of them.
pub async fn ahead(
    c: &mut Conn,
    known: &[(WorkspaceId, NoteId, i64)],
) -> Result<Vec<(WorkspaceId, NoteId)>, Error> {
    let list = serde_json::to_string(known).map_err(|_| Error::Internal)?;
    let sql = "select d.workspace_id, d.note_id from json_each($1) j cross join note_documents d \
               where d.workspace_id = cast(j.value ->> 0 as bigint) and d.note_id = cast(j.value ->> 1 as bigint) \
               and d.last > cast(j.value ->> 2 as bigint)";
    run!(c, |x| sqlx::query_as::<_, (WorkspaceId, NoteId)>(sql).bind(&list).fetch_all(x))
}

/// Documents whose note has not got their newest text.
pub async fn behind(c: &mut Conn) -> Result<Vec<(WorkspaceId, NoteId)>, Error> {
    let sql = "select workspace_id, note_id from note_documents where projected < last";
    run!(c, |x| sqlx::query_as::<_, (WorkspaceId, NoteId)>(sql).fetch_all(x))
}
