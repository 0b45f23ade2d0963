//! Whom a rule holds for, as sets of numbers that are put together here.
//!
//! The database answers each condition by itself from an index that holds all it needs, which costs what that index costs to
//! read; asked for a whole rule at once, it looks hundreds of thousands of people up one by one. The same from a sample
//! answers in a few milliseconds, because the sample has indexes of its own.

mod ask;
mod counted;
mod found;

use roaring::RoaringTreemap;

use super::compile::Scope;
use super::rule::Rule;
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{SegmentId, WorkspaceId};
use crate::run;
use crate::server::db::{Conn, Statement};
use ask::Asker;
pub use counted::count;
use found::Found;

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
    let mut asker = Asker::new(c, workspace, scope);
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

/// Asks for all of them.
async fn end(c: &mut Conn, mut sql: Statement) -> Result<Found, Error> {
    sql.push(")");
    let ids = sql.numbers(c).await?;
    // A million is work for some milliseconds.
    let read = tokio::task::spawn_blocking(move || Found::those(ids));
    read.await.map_err(|_| Error::Internal)
}

/// How many people or companies a rule may be asked of, as the workspace keeps count of them.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn all_of(c: &mut Conn, workspace: WorkspaceId, of: Subject) -> Result<i64, Error> {
    let sql = "select case when $2 = 'contact' then people else companies end from workspace_seq where workspace_id = $1";
    let (all,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(sql).bind(workspace).bind(of.word()).fetch_one(x)
    })?;
    Ok(all)
}
