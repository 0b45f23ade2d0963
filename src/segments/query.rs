//! Whom a rule holds for, asked of the database at once.

use super::compile::{Scope, id_of, push};
use super::rule::Rule;
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::server::db::{Conn, Statement};
use crate::time::Time;

/// Adds where people, called `p`, or companies, called `c`, are whom a rule holds for; the workspace is the first
/// parameter.
pub fn whom(sql: &mut Statement, workspace: WorkspaceId, of: Subject, rule: &Rule, now: Time) {
    match of {
        Subject::Contact => {
            sql.push(" from contacts p where p.workspace_id = ").number(workspace.0);
            sql.push(" and p.merged_into = 0 and p.archived_at = 0 and ");
        }
        Subject::Company => {
            sql.push(" from companies c where c.workspace_id = ").number(workspace.0);
            sql.push(" and c.merged_into = 0 and c.archived_at = 0 and ");
        }
    }
    push(sql, Scope::all(of, now), rule);
}

/// How many there are.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn count(
    c: &mut Conn,
    workspace: WorkspaceId,
    of: Subject,
    rule: &Rule,
    now: Time,
) -> Result<i64, Error> {
    let mut sql = Statement::new("select count(*)");
    whom(&mut sql, workspace, of, rule, now);
    let (count,): (i64,) = sql.fetch_one(c).await?;
    Ok(count)
}

/// The first of them by number, at most `limit`, after a number.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn ids(
    c: &mut Conn,
    workspace: WorkspaceId,
    of: Subject,
    rule: &Rule,
    now: Time,
    after: i64,
    limit: i64,
) -> Result<Vec<i64>, Error> {
    let id = id_of(of);
    let mut sql = Statement::new("select ");
    sql.push(id);
    whom(&mut sql, workspace, of, rule, now);
    sql.push(" and ").push(id).push(" > ").number(after);
    sql.push(" order by ").push(id).push(" limit ").number(limit);
    let rows: Vec<(i64,)> = sql.fetch_all(c).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
