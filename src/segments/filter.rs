//! A rule as the filter of a list, without a segment of its own.

use roaring::RoaringTreemap;

use super::compile::{self, Scope, id_of};
use super::estimate::FEWEST;
use super::known::known_for;
use super::predicate::Predicate;
use super::query::Along;
use super::resolve::resolve;
use super::rule::Rule;
use super::sentence::sentence;
use super::sets;
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::server::db::{Conn, Db, Statement};
use crate::time::Time;

/// A connection for a list that a rule may filter: what somebody has just written gets [`super::LONGEST`].
///
/// # Errors
/// As [`Db::read`] and [`Db::read_within`].
pub async fn reader(db: &Db, rule: &str) -> Result<Conn, Error> {
    if rule.is_empty() { db.read().await } else { db.read_within(super::LONGEST).await }
}

/// Of so few, a list names the numbers; of more, it asks each row for the rule.
const FEW: i64 = 10_000;
/// So many of the sample are twice as many of everyone as are few.
const SURELY_MANY: u64 = FEW as u64 / 50;
/// Where one in so many matches, a page is full after a look at a few hundred rows.
const OFTEN: i64 = 4;

/// A rule that filters, and the moment at which it is judged.
#[derive(Debug, Clone)]
pub struct Ruled {
    /// What it says.
    pub said: String,
    /// How many it holds for, those in the archive left out.
    pub total: i64,
    of: Subject,
    rule: Rule,
    now: Time,
    whom: Whom,
}

/// How a list is told whom the rule holds for.
#[derive(Debug, Clone)]
enum Whom {
    /// By their numbers, those in the archive included, as JSON.
    Few(String),
    /// By the rule, each row by itself where that fills a page sooner.
    Many { often: bool },
}

impl Ruled {
    /// Looks the JSON text of a rule up, and whom it holds for; `None` where it is empty.
    ///
    /// # Errors
    /// [`Error::Invalid`] at the place where it makes no sense; [`Error::TooSlow`] where the connection has a limit.
    pub async fn find(
        c: &mut Conn,
        workspace: WorkspaceId,
        of: Subject,
        text: &str,
        now: Time,
    ) -> Result<Option<Self>, Error> {
        let Some((rule, said)) = read(c, workspace, of, text).await? else { return Ok(None) };
        Ok(Some(Self { said, ..Self::of(c, workspace, of, rule, now).await? }))
    }

    /// A rule that has been looked up, and whom it holds for. Where the sample says that they are many, they are only counted.
    ///
    /// # Errors
    /// [`Error::TooSlow`] where the connection has a limit; [`Error::Internal`] when the database fails.
    pub async fn of(
        c: &mut Conn,
        workspace: WorkspaceId,
        of: Subject,
        rule: Rule,
        now: Time,
    ) -> Result<Self, Error> {
        let scope = Scope::all(of, now);
        let everyone = sets::all_of(c, workspace, of).await?;
        if everyone >= FEWEST {
            let sample = sets::find(c, workspace, Scope::sampled(of, now), &rule).await?;
            if sample.len() >= SURELY_MANY {
                let total = sets::count(c, workspace, scope, &rule).await?;
                return Ok(Self::many(of, rule, now, total, everyone));
            }
        }
        // The archive is a list too.
        let (found, all) = sets::find_with_archive(c, workspace, scope, &rule).await?;
        let total = found.len() as i64;
        if all.len() > FEW as u64 {
            return Ok(Self::many(of, rule, now, total, everyone));
        }
        let few = all.iter().map(|id| [id]).collect::<Vec<_>>();
        let few = serde_json::to_string(&few).map_err(|_| Error::Internal)?;
        Ok(Self { said: String::new(), total, of, rule, now, whom: Whom::Few(few) })
    }

    /// The same for a page after the first: of many, those whom the first page counted are not counted again.
    ///
    /// # Errors
    /// As [`Ruled::of`].
    pub async fn again(
        c: &mut Conn,
        workspace: WorkspaceId,
        of: Subject,
        rule: Rule,
        now: Time,
        counted: Option<i64>,
    ) -> Result<Self, Error> {
        let Some(counted) = counted.filter(|n| *n > FEW) else {
            return Self::of(c, workspace, of, rule, now).await;
        };
        let everyone = sets::all_of(c, workspace, of).await?;
        Ok(Self::many(of, rule, now, counted.min(everyone), everyone))
    }

    const fn many(of: Subject, rule: Rule, now: Time, total: i64, everyone: i64) -> Self {
        let whom = Whom::Many { often: total.saturating_mul(OFTEN) >= everyone };
        Self { said: String::new(), total, of, rule, now, whom }
    }

    /// Adds it as one more condition on contacts called `p` or companies called `c`, whose first parameter is the
    /// workspace.
    pub fn push(&self, sql: &mut Statement, along: Along) {
        sql.push(" and ");
        match &self.whom {
            Whom::Few(few) => {
                sql.push(id_of(self.of));
                sql.push(" in (select cast(value ->> 0 as bigint) from json_each(");
                sql.text(few).push("))");
            }
            Whom::Many { often } => {
                let along = if *often { along } else { Along::Asked };
                compile::push(sql, along.scope(self.of, self.now), &self.rule);
            }
        }
    }
}

/// Whom the JSON text of a rule holds for, by number, those in the archive and those who were merged included; `None` where
/// it is empty.
///
/// # Errors
/// As [`Ruled::find`].
pub async fn holding(
    c: &mut Conn,
    workspace: WorkspaceId,
    of: Subject,
    text: &str,
    now: Time,
) -> Result<Option<RoaringTreemap>, Error> {
    let Some((rule, _)) = read(c, workspace, of, text).await? else { return Ok(None) };
    let found = sets::find_with_archive(c, workspace, Scope::all(of, now), &rule).await?;
    Ok(Some(found.1))
}

/// The rule that a JSON text says, and its sentence.
async fn read(
    c: &mut Conn,
    workspace: WorkspaceId,
    of: Subject,
    text: &str,
) -> Result<Option<(Rule, String)>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    let predicate = Predicate::parse(text)?;
    let known = known_for(c, workspace, &predicate).await?;
    let rule = resolve(&known, of, None, &predicate)?;
    let said = sentence(&known, of, &rule);
    Ok(Some((rule, said)))
}
