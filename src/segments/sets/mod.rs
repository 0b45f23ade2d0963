//! Whom a rule holds for, as sets of numbers that are put together here.
//!
//! The database answers each condition by itself from an index that holds all it needs, which costs what that index costs to
//! read; asked for a whole rule at once, it looks hundreds of thousands of people up one by one. The same from a sample
//! answers in a few milliseconds, because the sample has indexes of its own.

mod found;

use futures::future::BoxFuture;
use roaring::RoaringTreemap;

use super::compile::{self, SAMPLED, Scope, Way, id_of};
use super::rule::{Leaf, Rule};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{SegmentId, WorkspaceId};
use crate::server::db::{Conn, Statement};
use found::Found;

/// Of so few, rows are looked up by number; of more, everybody's are read in order.
const FEW: u64 = 10_000;
/// How many conditions of which one must hold are asked in one statement: a list of values is as many.
const TOGETHER: usize = 50;
/// So many indexes are read from end to end for a group; for more, everybody's rows are read instead.
const INDEXES: usize = 4;

/// The numbers of those for whom a rule holds; nobody who is archived or merged is among them.
///
/// # Errors
/// [`Error::TooSlow`] where the connection has a limit; [`Error::Internal`] when the database fails.
pub async fn find(
    c: &mut Conn,
    workspace: WorkspaceId,
    scope: Scope,
    rule: &Rule,
) -> Result<RoaringTreemap, Error> {
    Ok(find_with_archive(c, workspace, scope, rule).await?.0)
}

/// The same, and besides it the numbers with those who are archived or merged.
///
/// # Errors
/// As [`find`].
pub async fn find_with_archive(
    c: &mut Conn,
    workspace: WorkspaceId,
    scope: Scope,
    rule: &Rule,
) -> Result<(RoaringTreemap, RoaringTreemap), Error> {
    let mut asker = Asker { c, workspace, scope };
    let mut found = asker.part(rule).await?;
    if found.ids().is_none() || scope.sampled {
        found = asker.rows(&[], "").await?.and(found);
    }
    let all = found.ids().cloned().ok_or(Error::Internal)?;
    let not_asked = asker.rows(&[], " and (merged_into > 0 or archived_at > 0)").await?;
    let asked = found.and(not_asked.not());
    Ok((asked.ids().cloned().ok_or(Error::Internal)?, all))
}

/// The numbers of all of whom a rule may be asked.
///
/// # Errors
/// As [`find`].
pub async fn everybody(
    c: &mut Conn,
    workspace: WorkspaceId,
    scope: Scope,
) -> Result<RoaringTreemap, Error> {
    find(c, workspace, scope, &Rule::All(Vec::new())).await
}

/// The numbers of those who are in a segment now.
///
/// # Errors
/// As [`find`].
pub async fn members(
    c: &mut Conn,
    workspace: WorkspaceId,
    segment: SegmentId,
) -> Result<RoaringTreemap, Error> {
    let mut sql = begin(workspace);
    sql.push(
        "select s.subject_id from segment_members s where s.workspace_id = $1 and s.segment_id = ",
    );
    sql.number(segment.0);
    end(c, sql).await?.ids().cloned().ok_or(Error::Internal)
}

/// A statement that is to list numbers; the workspace is its first parameter.
fn begin(workspace: WorkspaceId) -> Statement {
    let mut sql = Statement::new("with home (id) as (select cast(");
    sql.number(workspace.0).push(" as bigint)), found (id) as (");
    sql
}

/// Asks for all numbers at once, as one text: row by row, handing them over takes longer than finding them.
async fn end(c: &mut Conn, mut sql: Statement) -> Result<Found, Error> {
    sql.push(") select coalesce(string_agg(cast(id as text), ','), '') from found");
    let (text,): (String,) = sql.fetch_one(c).await?;
    let read = tokio::task::spawn_blocking(move || Found::read(&text));
    read.await.map_err(|_| Error::Internal)
}

struct Asker<'a> {
    c: &'a mut Conn,
    workspace: WorkspaceId,
    scope: Scope,
}

impl Asker<'_> {
    fn part<'s>(&'s mut self, rule: &'s Rule) -> BoxFuture<'s, Result<Found, Error>> {
        Box::pin(async move {
            match rule {
                Rule::All(parts) => self.all(parts).await,
                Rule::Any(parts) => self.any(parts).await,
                Rule::Not(part) => Ok(self.part(part).await?.not()),
                Rule::Segment(_, part) => self.part(part).await,
                Rule::Company(part) => {
                    let mut sql = begin(self.workspace);
                    compile::companies(&mut sql, self.scope, part);
                    end(self.c, sql).await
                }
                Rule::Leaf(leaf, _) => self.leaf(leaf, rule).await,
            }
        })
    }

    async fn leaf(&mut self, leaf: &Leaf, rule: &Rule) -> Result<Found, Error> {
        let (Way::Listed(holds) | Way::Range(holds) | Way::Index(holds)) =
            compile::way(self.scope, leaf)
        else {
            return self.rows(&[rule], "").await;
        };
        let mut sql = begin(self.workspace);
        self.ask(&mut sql, leaf);
        let found = end(self.c, sql).await?;
        Ok(if holds { found } else { found.not() })
    }

    /// Adds what finds those whom the way of a condition speaks of, where that is not by everybody's rows.
    fn ask(&self, sql: &mut Statement, leaf: &Leaf) {
        if matches!(compile::way(self.scope, leaf), Way::Listed(_)) {
            compile::list(sql, self.scope, leaf);
        } else {
            sql.push("select p.id from contacts p where p.workspace_id = $1 and ");
            compile::indexed(sql, self.scope, leaf);
        }
    }

    fn way(&self, part: &Rule) -> Option<Way> {
        match part {
            Rule::Leaf(leaf, _) => Some(compile::way(self.scope, leaf)),
            _ => None,
        }
    }

    async fn all(&mut self, parts: &[Rule]) -> Result<Found, Error> {
        let (rows, mut others) = self.divided(parts);
        // What takes least comes first: where nobody is left, nothing else is asked.
        others.sort_by_key(|part| !matches!(part, Rule::Leaf(..)));
        let mut found = Found::everybody();
        for part in others {
            found = found.and(self.part(part).await?);
            if found.ids().is_some_and(RoaringTreemap::is_empty) {
                return Ok(found);
            }
        }
        if rows.is_empty() {
            return Ok(found);
        }
        let few = found.ids().filter(|ids| ids.len() <= FEW);
        let few = few.map(|ids| ids.iter().map(|id| [id]).collect::<Vec<_>>());
        let all = Rule::All(rows.into_iter().cloned().collect());
        let holds = match few {
            Some(few) => self.among(&few, &all).await?,
            None => self.rows(&[&all], "").await?,
        };
        Ok(found.and(holds))
    }

    async fn any(&mut self, parts: &[Rule]) -> Result<Found, Error> {
        let (rows, others) = self.divided(parts);
        let (listed, others): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|part| matches!(self.way(part), Some(Way::Listed(true) | Way::Range(true))));
        let mut found = Found::nobody();
        for several in listed.chunks(TOGETHER) {
            let mut sql = begin(self.workspace);
            for (n, part) in several.iter().enumerate() {
                if let Rule::Leaf(leaf, _) = part {
                    sql.push(if n > 0 { " union all " } else { "" });
                    self.ask(&mut sql, leaf);
                }
            }
            found = found.or(end(self.c, sql).await?);
        }
        for part in others {
            found = found.or(self.part(part).await?);
        }
        if !rows.is_empty() {
            let any = Rule::Any(rows.into_iter().cloned().collect());
            found = found.or(self.rows(&[&any], "").await?);
        }
        Ok(found)
    }

    /// The parts of a group for which everybody's row is read, once for all of them, and the others.
    fn divided<'r>(&self, parts: &'r [Rule]) -> (Vec<&'r Rule>, Vec<&'r Rule>) {
        let many = self.asks_many(parts);
        parts.iter().partition(|part| match self.way(part) {
            Some(Way::Index(_)) => many,
            Some(way) => way == Way::Rows,
            None => self.asks_rows(part) == Some(true),
        })
    }

    /// Whether more indexes would be read from end to end for a group than everybody's rows are worth.
    fn asks_many(&self, parts: &[Rule]) -> bool {
        let whole = |part: &&Rule| matches!(self.way(part), Some(Way::Index(_)));
        parts.iter().filter(whole).count() > INDEXES
    }

    /// Whether everybody's row must be read for a part; `None` where that is not all that it asks.
    fn asks_rows(&self, rule: &Rule) -> Option<bool> {
        let several = |parts: &[Rule]| {
            let asks = parts.iter().map(|part| self.asks_rows(part));
            let asks = asks.collect::<Option<Vec<_>>>()?;
            Some(self.asks_many(parts) || asks.contains(&true))
        };
        match rule {
            Rule::All(parts) | Rule::Any(parts) => several(parts),
            Rule::Not(part) | Rule::Segment(_, part) => self.asks_rows(part),
            Rule::Company(_) => None,
            Rule::Leaf(leaf, _) => match compile::way(self.scope, leaf) {
                Way::Listed(_) => None,
                way => Some(way == Way::Rows),
            },
        }
    }

    /// Whose row is such, in the order of numbers.
    async fn rows(&mut self, rules: &[&Rule], and: &'static str) -> Result<Found, Error> {
        let mut sql = begin(self.workspace);
        self.begin_rows(&mut sql);
        sql.push(and);
        for rule in rules {
            sql.push(" and ");
            compile::push(&mut sql, self.scope, rule);
        }
        end(self.c, sql).await
    }

    /// For whom of a few a rule holds.
    async fn among(&mut self, few: &[[u64; 1]], rule: &Rule) -> Result<Found, Error> {
        let few = serde_json::to_string(few).map_err(|_| Error::Internal)?;
        let mut sql = begin(self.workspace);
        self.begin_rows(&mut sql);
        sql.push(" and ").push(id_of(self.scope.of));
        sql.push(" in (select cast(value ->> 0 as bigint) from json_each(").text(few);
        sql.push(")) and ");
        compile::push(&mut sql, self.scope, rule);
        end(self.c, sql).await
    }

    fn begin_rows(&self, sql: &mut Statement) {
        let id = id_of(self.scope.of);
        sql.push("select ").push(id).push(match self.scope.of {
            Subject::Contact => " from contacts p where p.workspace_id = $1",
            Subject::Company => " from companies c where c.workspace_id = $1",
        });
        sql.push(" and ").push(id);
        // Without it SQLite reads rows in the order of an index by something else, each from another page.
        sql.push(if self.scope.sampled { SAMPLED } else { " > 0" });
    }
}
