//! Asking for the parts of a rule, one by one or two at a time, and putting the answers together.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;

use super::super::compile::{self, SAMPLED, Scope, Way, id_of};
use super::super::rule::{Leaf, Rule};
use super::found::{Found, Join};
use super::{begin, end};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::server::db::{Conn, Statement};

/// Of so few, rows are looked up by number; of more, everybody's are read in order.
const FEW: u64 = 10_000;
/// How many conditions of which one must hold are asked in one statement: a list of values is as many.
const TOGETHER: usize = 50;
/// So many indexes are read from end to end for a group; for more, everybody's rows are read instead.
const INDEXES: usize = 4;

/// A part of a group that is asked for by itself.
enum Work<'r> {
    Part(&'r Rule),
    /// Lists and parts of indexes of which one must hold.
    Any(&'r [&'r Rule]),
    /// What is asked of everybody's row.
    Rows(Rule),
}

/// Asks by a connection, and of a group by two where another one is free.
pub(super) struct Asker<'a> {
    c: &'a mut Conn,
    workspace: WorkspaceId,
    scope: Scope,
    /// Whether the other one is at work.
    beside: bool,
}

impl<'a> Asker<'a> {
    /// One with a connection to itself.
    pub(super) const fn new(c: &'a mut Conn, workspace: WorkspaceId, scope: Scope) -> Self {
        Self { c, workspace, scope, beside: false }
    }
}

impl Asker<'_> {
    /// Whom a rule holds for.
    pub(super) fn part<'s>(&'s mut self, rule: &'s Rule) -> BoxFuture<'s, Result<Found, Error>> {
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
        ask(&mut sql, self.scope, leaf);
        let found = end(self.c, sql).await?;
        Ok(if holds { found } else { found.not() })
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
        let others: Vec<_> = others.into_iter().map(Work::Part).collect();
        let found = self.joined(&others, Join::And, Found::everybody()).await?;
        if rows.is_empty() || found.is_settled(Join::And) {
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
        let mut work: Vec<_> = listed.chunks(TOGETHER).map(Work::Any).collect();
        work.extend(others.into_iter().map(Work::Part));
        if !rows.is_empty() {
            work.push(Work::Rows(Rule::Any(rows.into_iter().cloned().collect())));
        }
        self.joined(&work, Join::Or, Found::nobody()).await
    }

    /// Does all of some work, on two connections where another one is free, and puts together what comes of it.
    async fn joined(
        &mut self,
        work: &[Work<'_>],
        join: Join,
        first: Found,
    ) -> Result<Found, Error> {
        let next = AtomicUsize::new(0);
        let beside = if work.len() > 1 && !self.beside { self.c.beside().await } else { None };
        let Some(mut c) = beside else { return self.turns(work, &next, join, first).await };
        self.beside = true;
        let mut other =
            Asker { c: &mut c, workspace: self.workspace, scope: self.scope, beside: true };
        let (here, there) = futures::join!(
            self.turns(work, &next, join, first.clone()),
            other.turns(work, &next, join, first),
        );
        self.beside = false;
        Ok(here?.join(join, there?))
    }

    /// Takes work until none is left, or until nothing more can change what came of it.
    async fn turns(
        &mut self,
        work: &[Work<'_>],
        next: &AtomicUsize,
        join: Join,
        mut found: Found,
    ) -> Result<Found, Error> {
        while let Some(one) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
            let one = match one {
                Work::Part(part) => self.part(part).await?,
                Work::Any(several) => self.listed(several).await?,
                Work::Rows(rule) => self.rows(&[rule], "").await?,
            };
            found = found.join(join, one);
            if found.is_settled(join) {
                next.store(work.len(), Ordering::Relaxed);
            }
        }
        Ok(found)
    }

    async fn listed(&mut self, several: &[&Rule]) -> Result<Found, Error> {
        let mut sql = begin(self.workspace);
        for (n, part) in several.iter().enumerate() {
            if let Rule::Leaf(leaf, _) = part {
                sql.push(if n > 0 { " union all " } else { "" });
                ask(&mut sql, self.scope, leaf);
            }
        }
        end(self.c, sql).await
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
    pub(super) async fn rows(
        &mut self,
        rules: &[&Rule],
        and: &'static str,
    ) -> Result<Found, Error> {
        let mut sql = begin(self.workspace);
        begin_rows(&mut sql, self.scope);
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
        begin_rows(&mut sql, self.scope);
        sql.push(" and ").push(id_of(self.scope.of));
        sql.push(" in (select cast(value ->> 0 as bigint) from json_each(").text(few);
        sql.push(")) and ");
        compile::push(&mut sql, self.scope, rule);
        end(self.c, sql).await
    }
}

/// Adds what finds those whom the way of a condition speaks of, where that is not by everybody's rows.
pub(super) fn ask(sql: &mut Statement, scope: Scope, leaf: &Leaf) {
    if matches!(compile::way(scope, leaf), Way::Listed(_)) {
        compile::list(sql, scope, leaf);
    } else {
        sql.push("select p.id from contacts p where p.workspace_id = $1 and ");
        compile::indexed(sql, scope, leaf);
    }
}

/// Adds where everybody's rows are; what must hold of them is to follow.
pub(super) fn begin_rows(sql: &mut Statement, scope: Scope) {
    let id = id_of(scope.of);
    sql.push("select ").push(id).push(match scope.of {
        Subject::Contact => " from contacts p where p.workspace_id = $1",
        Subject::Company => " from companies c where c.workspace_id = $1",
    });
    sql.push(" and ").push(id);
    // Without it SQLite reads rows in the order of an index by something else, each from another page.
    sql.push(if scope.sampled { SAMPLED } else { " > 0" });
}
