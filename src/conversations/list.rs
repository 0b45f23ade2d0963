//! Pages of the inbox: each list is read in the order of an index, from a cursor on, never by counting off.

use super::begin::{Begin, Shape};
use super::reading::{FIELDS, JOINS, Record, line};
use super::tagging::tags_of;
use super::{Filter, Lines, Order, Scope};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Conn, Statement};
use crate::stream;

/// How many conversations a page has.
const ROWS: i64 = 50;
/// How many a page may have that is read again between two cursors, in which some arrived meanwhile.
const GROWN: i64 = 200;
/// Who asks, and for what.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The viewer's workspace.
    pub workspace: WorkspaceId,
    /// The viewer.
    pub viewer: TeammateId,
    /// Which list.
    pub filter: &'a Filter,
}

/// Which part of a list: what follows a cursor, and up to and with another where it is given.
#[derive(Debug, Clone, Copy, Default)]
pub struct Range<'a> {
    /// Begin after it.
    pub after: Option<&'a str>,
    /// End with it.
    pub until: Option<&'a str>,
}

/// A part of a list.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that is not one.
pub async fn list(
    c: &mut Conn,
    dates: &Dates,
    asked: Asked<'_>,
    range: Range<'_>,
) -> Result<Lines, Error> {
    let seq = stream::last_seq(c, asked.workspace).await?;
    let bounds = Bounds::read(asked.filter.order, range)?;
    let shape = Shape::choose(c, asked).await?;
    let limit = if range.until.is_some() { GROWN } else { ROWS };
    let mut rows = page(c, asked, &shape, &bounds, limit + 1).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().filter(|_| more);
    let next =
        last.map(|r| format!("{}.{}", r.key, r.record.id)).or(range.until.map(str::to_owned));
    let ids: Vec<_> = rows.iter().map(|r| r.record.id).collect();
    let mut tags = tags_of(c, asked.workspace, &ids).await?;
    let lines = rows.into_iter().map(|row| {
        let mut line = line(row.record, dates, asked.viewer);
        line.tags = tags.remove(&line.id).unwrap_or_default();
        line
    });
    Ok(Lines { seq, lines: lines.collect(), next })
}

#[derive(sqlx::FromRow)]
struct Row {
    key: i64,
    #[sqlx(flatten)]
    record: Record,
}

/// The keys between which a part of a list lies: after the first, up to and with the second.
struct Bounds {
    after: (i64, i64),
    until: Option<(i64, i64)>,
}

impl Bounds {
    fn read(order: Order, range: Range<'_>) -> Result<Self, Error> {
        let first = match order {
            Order::Newest => (i64::MAX, i64::MAX),
            Order::Oldest => (-1, 0),
            // Nobody waits where it is 0.
            Order::Waiting => (0, i64::MAX),
        };
        Ok(Self {
            after: range.after.map(cursor).transpose()?.unwrap_or(first),
            until: range.until.map(cursor).transpose()?,
        })
    }

    fn push(&self, s: &mut Statement, order: Order, key: &'static str) {
        let down = order == Order::Newest;
        let mut bound = |way: &'static str, (at, id): (i64, i64)| {
            s.push(" and (").push(key).push(", v.id) ").push(way).push(" (");
            s.number(at).push(", ").number(id).push(")");
        };
        bound(if down { "<" } else { ">" }, self.after);
        if let Some(until) = self.until {
            bound(if down { ">=" } else { "<=" }, until);
        }
    }
}

fn cursor(text: &str) -> Result<(i64, i64), Error> {
    let parts =
        text.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    parts.ok_or_else(|| Error::invalid("before", "follow a link of the list"))
}

/// Everybody who may look after a conversation, those who left and nobody (0) included.
async fn assignees(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<i64>, Error> {
    let sql = "select id from teammates where workspace_id = $1";
    let rows: Vec<(i64,)> =
        run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(workspace).fetch_all(x))?;
    Ok(std::iter::once(0).chain(rows.into_iter().map(|(id,)| id)).collect())
}

/// The most lists that one statement puts together; SQLite allows 500.
const TOGETHER: usize = 400;

async fn page(
    c: &mut Conn,
    asked: Asked<'_>,
    shape: &Shape,
    bounds: &Bounds,
    limit: i64,
) -> Result<Vec<Row>, Error> {
    let order = asked.filter.order;
    // The index of those who wait is led by who looks after them: everybody's list is put together from each one's.
    let by_each = order == Order::Waiting
        && shape.begin == Begin::Order
        && !matches!(asked.filter.scope, Scope::Mine | Scope::Unassigned | Scope::Teammate(_));
    let each = if by_each { assignees(c, asked.workspace).await? } else { Vec::new() };
    let mut s = Statement::new("select i.k as key, ");
    if !by_each {
        s.planned_anew();
    }
    s.push(FIELDS).push(", r.part_id as read_part_id from (");
    if by_each && each.len() <= TOGETHER {
        s.push("select u.id, u.k from (");
        for (n, assignee) in each.into_iter().enumerate() {
            s.push(if n == 0 {
                "select e.id, e.k from ("
            } else {
                " union all select e.id, e.k from ("
            });
            ids(&mut s, asked, shape, bounds, Some(assignee), limit);
            s.push(") e");
        }
        s.push(") u order by u.k, u.id limit ").number(limit);
    } else {
        ids(&mut s, asked, shape, bounds, None, limit);
    }
    s.push(") i cross join conversations v ").push(JOINS);
    s.push(" left join conversation_reads r on r.workspace_id = v.workspace_id and r.conversation_id = v.id and r.teammate_id = ");
    s.number(asked.viewer.0).push(" where v.workspace_id = ").number(asked.workspace.0);
    s.push(" and v.id = i.id order by ").push(match order {
        Order::Newest => "i.k desc, i.id desc",
        Order::Oldest | Order::Waiting => "i.k, i.id",
    });
    s.fetch_all(c).await
}

/// Adds the numbers and keys of a part of the list, in its order.
fn ids(
    s: &mut Statement,
    asked: Asked<'_>,
    shape: &Shape,
    bounds: &Bounds,
    assignee: Option<i64>,
    limit: i64,
) {
    let (order, key) = (asked.filter.order, shape.key(asked.filter.order));
    s.push("select v.id, ").push(key).push(" as k ");
    shape.push(s, asked, assignee);
    bounds.push(s, order, key);
    let way = if order == Order::Newest { " desc" } else { "" };
    s.push(" order by ").push(key).push(way).push(", v.id").push(way);
    s.push(" limit ").number(limit);
}
