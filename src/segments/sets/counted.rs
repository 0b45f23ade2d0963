//! How many a rule holds for, where one statement can tell without handing their numbers over.

use futures::future::BoxFuture;

use super::super::compile::{self, Scope, Way};
use super::super::rule::{Leaf, Rule};
use super::ask::{ask, begin_rows};
use super::{all_of, begin, find};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::server::db::{Conn, Statement};

/// What follows rows that no rule may be asked of.
const NOT_ASKED: &str = " and (merged_into > 0 or archived_at > 0) and ";

/// How many a rule holds for; nobody who is archived or merged is among them. A rule of one condition is counted where it
/// is looked up: of a million who match, a number is handed over. Those of several are put together here, as sets.
///
/// # Errors
/// As [`find`].
pub fn count<'s>(
    c: &'s mut Conn,
    workspace: WorkspaceId,
    scope: Scope,
    rule: &'s Rule,
) -> BoxFuture<'s, Result<i64, Error>> {
    Box::pin(async move {
        // What the workspace keeps count of is everyone, and not a sample.
        debug_assert!(!scope.sampled);
        match rule {
            Rule::Segment(_, part) => count(c, workspace, scope, part).await,
            Rule::All(parts) | Rule::Any(parts) if parts.len() == 1 => {
                count(c, workspace, scope, &parts[0]).await
            }
            Rule::All(parts) if parts.is_empty() => all_of(c, workspace, scope.of).await,
            Rule::Any(parts) if parts.is_empty() => Ok(0),
            Rule::Not(part) => {
                let all = all_of(c, workspace, scope.of).await?;
                Ok(all - count(c, workspace, scope, part).await?)
            }
            Rule::Leaf(leaf, _) => match compile::way(scope, leaf) {
                Way::Rows => of_rows(c, workspace, scope, rule).await,
                Way::Listed(holds) | Way::Range(holds) | Way::Index(holds) => {
                    let found = of_found(c, workspace, scope, leaf, rule, holds).await?;
                    let all = if holds { 0 } else { all_of(c, workspace, scope.of).await? };
                    Ok(if holds { found } else { all - found })
                }
            },
            Rule::All(parts) | Rule::Any(parts) if parts.iter().all(|p| is_of_rows(scope, p)) => {
                of_rows(c, workspace, scope, rule).await
            }
            _ => Ok(find(c, workspace, scope, rule).await?.len() as i64),
        }
    })
}

/// Whether a part is a condition that is asked of everybody's row, or its opposite.
fn is_of_rows(scope: Scope, part: &Rule) -> bool {
    match part {
        Rule::Not(part) => is_of_rows(scope, part),
        Rule::Leaf(leaf, _) => compile::way(scope, leaf) == Way::Rows,
        _ => false,
    }
}

async fn of_rows(
    c: &mut Conn,
    workspace: WorkspaceId,
    scope: Scope,
    rule: &Rule,
) -> Result<i64, Error> {
    let mut sql = begin(workspace);
    begin_rows(&mut sql, scope);
    sql.push(" and merged_into = 0 and archived_at = 0 and ");
    compile::push(&mut sql, scope, rule);
    sql.push(") select count(*) from found");
    one(c, sql).await
}

/// How many a table or an index lists, without those of whom no rule may be asked: they are few, and looked at one by one.
async fn of_found(
    c: &mut Conn,
    workspace: WorkspaceId,
    scope: Scope,
    leaf: &Leaf,
    rule: &Rule,
    holds: bool,
) -> Result<i64, Error> {
    let mut sql = begin(workspace);
    ask(&mut sql, scope, leaf);
    sql.push("), put_away (id) as (");
    begin_rows(&mut sql, scope);
    sql.push(NOT_ASKED).push(if holds { "" } else { "not " });
    compile::push(&mut sql, Scope::each(scope.of, scope.now), rule);
    sql.push(") select (select count(*) from found) - (select count(*) from put_away)");
    one(c, sql).await
}

async fn one(c: &mut Conn, sql: Statement) -> Result<i64, Error> {
    let (count,): (i64,) = sql.fetch_one(c).await?;
    Ok(count)
}
