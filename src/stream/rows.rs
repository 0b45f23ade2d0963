//! Rows of a stream, read along its order in either direction.

use super::{Asked, Place};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, WorkspaceId};
use crate::owner::Owner;
use crate::run;
use crate::server::db::{Conn, Statement};
use crate::time::Time;

/// How many newer entries stand above one that a link leads to.
const ABOVE: i64 = 10;

/// An entry as the database has it, with the names that it needs.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub seq: i64,
    pub occurred_at: Time,
    pub kind: String,
    pub ref_id: i64,
    pub actor: Option<String>,
    pub event: Option<String>,
    pub data: String,
    pub person: ContactId,
    pub name: Option<String>,
    pub email: Option<String>,
    pub external_id: Option<String>,
}

/// Rows in reading order, the newest first, with the cursors of what stands around them.
pub(super) struct Part {
    pub rows: Vec<Row>,
    pub newer: Option<String>,
    pub older: Option<String>,
}

/// Which entries follow a place in the order of a stream, that of time and number.
#[derive(Clone, Copy)]
enum Side {
    Older((i64, i64)),
    /// The place itself, and what is older.
    From((i64, i64)),
    Newer((i64, i64)),
}

/// Reads the part that is asked for.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that is not one, [`Error::NotFound`] for an entry that is not in this stream.
pub(super) async fn read(
    c: &mut Conn,
    workspace: WorkspaceId,
    asked: &Asked,
) -> Result<Part, Error> {
    let limit = asked.limit.clamp(1, 500);
    let (rows, newer, older) = match &asked.place {
        Place::Newest => {
            let from = Side::Older((i64::MAX, i64::MAX));
            let (rows, more) = rows(c, workspace, asked, from, limit).await?;
            (rows, false, more)
        }
        Place::Before(text) => {
            let from = Side::Older(cursor("before", text)?);
            let (rows, more) = rows(c, workspace, asked, from, limit).await?;
            // The entry that the cursor names, at least.
            (rows, true, more)
        }
        Place::After(text) => {
            let from = Side::Newer(cursor("after", text)?);
            let (mut rows, more) = rows(c, workspace, asked, from, limit).await?;
            rows.reverse();
            (rows, more, true)
        }
        Place::At(seq) => {
            let place = place_of(c, workspace, asked.owner, *seq).await?.ok_or(Error::NotFound)?;
            let (mut all, newer) = rows(c, workspace, asked, Side::Newer(place), ABOVE).await?;
            all.reverse();
            let (rest, older) = rows(c, workspace, asked, Side::From(place), limit).await?;
            all.extend(rest);
            (all, newer, older)
        }
    };
    let end = |row: Option<&Row>, more| {
        row.filter(|_| more).map(|r| format!("{}.{}", r.occurred_at.0, r.seq))
    };
    let (newer, older) = (end(rows.first(), newer), end(rows.last(), older));
    Ok(Part { rows, newer, older })
}

fn cursor(field: &str, text: &str) -> Result<(i64, i64), Error> {
    let parts =
        text.split_once('.').and_then(|(at, seq)| Some((at.parse().ok()?, seq.parse().ok()?)));
    parts.ok_or_else(|| Error::invalid(field, "follow a link of the stream"))
}

/// Where an entry stands in a stream; `None` where it does not.
async fn place_of(
    c: &mut Conn,
    workspace: WorkspaceId,
    owner: Owner,
    seq: i64,
) -> Result<Option<(i64, i64)>, Error> {
    // The log tells the time by the number, so that the stream is not searched.
    let sql = "select s.occurred_at, s.seq from activity a join stream s on s.workspace_id = a.workspace_id \
               and s.owner_kind = $3 and s.owner_id = $4 and s.occurred_at = a.occurred_at and s.seq = a.seq \
               where a.workspace_id = $1 and a.seq = $2";
    run!(c, |x| {
        sqlx::query_as::<_, (i64, i64)>(sql)
            .bind(workspace)
            .bind(seq)
            .bind(owner.kind())
            .bind(owner.number())
            .fetch_optional(x)
    })
}

/// So many rows at most, the nearest to the place first, and whether there are more.
async fn rows(
    c: &mut Conn,
    workspace: WorkspaceId,
    asked: &Asked,
    side: Side,
    limit: i64,
) -> Result<(Vec<Row>, bool), Error> {
    // One person's entries in a company's stream are read from the person's own, so that somebody who did little is
    // found at once among the many.
    let (owner, within) = match (asked.owner, asked.person) {
        (Owner::Company(company), Some(person)) => (Owner::Contact(person), company),
        (owner, _) => (owner, CompanyId(0)),
    };
    let mut s = Statement::new(
        "select s.seq, s.occurred_at, a.kind, a.ref_id, m.name as actor, e.name as event, a.data, \
         a.contact_id as person, p.name, p.email, p.external_id from stream s \
         join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
         left join teammates m on m.workspace_id = a.workspace_id and m.id = a.actor_id \
         left join event_names e on e.workspace_id = a.workspace_id and e.id = a.ref_id \
         left join contacts p on p.workspace_id = a.workspace_id and p.id = a.contact_id where s.workspace_id = ",
    );
    s.number(workspace.0).push(" and s.owner_kind = ").text(owner.kind());
    s.push(" and s.owner_id = ").number(owner.number());
    let (way, (at, seq), order) = match side {
        Side::Older(place) => ("<", place, " order by s.occurred_at desc, s.seq desc limit "),
        Side::From(place) => ("<=", place, " order by s.occurred_at desc, s.seq desc limit "),
        Side::Newer(place) => (">", place, " order by s.occurred_at, s.seq limit "),
    };
    s.push(" and (s.occurred_at, s.seq) ").push(way);
    s.push(" (").number(at).push(", ").number(seq).push(")");
    // Said only where it is asked, so that one type is read along its own index: a type of which a company has nothing
    // is otherwise looked for in the whole of its stream.
    if let Some(facet) = asked.facet {
        s.push(" and s.facet = ").text(facet.word());
    }
    if let Some(event) = asked.event {
        s.push(" and s.facet = 'event' and a.ref_id = ").number(event);
    }
    if within.0 > 0 {
        // Compared, so that PostgreSQL asks for each of the person's entries and never reads all of the company's.
        s.push(" and (select 1 from stream k where k.workspace_id = s.workspace_id and k.owner_kind = 'company' and k.owner_id = ");
        s.number(within.0).push(" and k.occurred_at = s.occurred_at and k.seq = s.seq) = 1");
    }
    s.push(order).number(limit + 1);
    let mut rows: Vec<Row> = s.fetch_all(c).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    Ok((rows, more))
}
