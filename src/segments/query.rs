//! Whom a rule holds for, asked of the database at once.

use super::compile::{Scope, id_of, push};
use super::rule::Rule;
use super::sets;
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::server::db::{Conn, Statement};
use crate::time::Time;

/// Adds where people, called `p`, or companies, called `c`, are of whom a rule may be asked; the workspace is the first
/// parameter.
pub fn whom(sql: &mut Statement, workspace: WorkspaceId, of: Subject) {
    sql.push(match of {
        Subject::Contact => " from contacts p where p.workspace_id = ",
        Subject::Company => " from companies c where c.workspace_id = ",
    });
    sql.number(workspace.0).push(" and merged_into = 0 and archived_at = 0");
}

/// How many there are.
///
/// # Errors
/// [`Error::TooSlow`] where the connection has a limit; [`Error::Internal`] when the database fails.
pub async fn count(
    c: &mut Conn,
    workspace: WorkspaceId,
    of: Subject,
    rule: &Rule,
    now: Time,
) -> Result<i64, Error> {
    sets::count(c, workspace, Scope::all(of, now), rule).await
}

/// Those with the lowest numbers, at most so many.
///
/// # Errors
/// As [`count`].
pub async fn first(
    c: &mut Conn,
    workspace: WorkspaceId,
    of: Subject,
    rule: &Rule,
    now: Time,
    most: usize,
) -> Result<Vec<i64>, Error> {
    let found = sets::find(c, workspace, Scope::all(of, now), rule).await?;
    Ok(found.iter().take(most).map(|id| id as i64).collect())
}

/// All of them by number.
///
/// # Errors
/// As [`count`].
pub async fn all(
    c: &mut Conn,
    workspace: WorkspaceId,
    of: Subject,
    rule: &Rule,
    now: Time,
) -> Result<Vec<i64>, Error> {
    let found = sets::find(c, workspace, Scope::all(of, now), rule).await?;
    Ok(found.iter().map(|id| id as i64).collect())
}

/// Which statement a list is filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// What is asked leads: right where few match, and where all of them are counted.
    Asked,
    /// The order of the list leads, and each row is asked as it comes: right for a page where many match.
    Order,
}

/// The first of them by number, at most `limit`, after a number: by a single statement, as lists are filtered.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn ids(
    c: &mut Conn,
    workspace: WorkspaceId,
    of: Subject,
    rule: &Rule,
    now: Time,
    along: Along,
    (after, limit): (i64, i64),
) -> Result<Vec<i64>, Error> {
    let id = id_of(of);
    let mut sql = Statement::new("select ");
    sql.push(id);
    whom(&mut sql, workspace, of);
    sql.push(" and ");
    push(&mut sql, along.scope(of, now), rule);
    sql.push(" and ").push(id).push(" > ").number(after);
    sql.push(" order by ").push(id).push(" limit ").number(limit);
    let rows: Vec<(i64,)> = sql.fetch_all(c).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

impl Along {
    /// Everyone, asked so.
    pub const fn scope(self, of: Subject, now: Time) -> Scope {
        match self {
            Self::Asked => Scope::all(of, now),
            Self::Order => Scope::each(of, now),
        }
    }
}
