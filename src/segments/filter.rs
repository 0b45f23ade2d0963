//! A rule as the filter of a list, without a segment of its own.

use super::compile::{self, Scope};
use super::known::known_for;
use super::predicate::Predicate;
use super::resolve::resolve;
use super::rule::Rule;
use super::sentence::sentence;
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

/// A rule that filters, and the moment at which it is judged.
#[derive(Debug, Clone)]
pub struct Ruled {
    /// What it says.
    pub said: String,
    of: Subject,
    rule: Rule,
    now: Time,
}

impl Ruled {
    /// Looks the JSON text of a rule up; `None` where it is empty.
    ///
    /// # Errors
    /// [`Error::Invalid`] at the place where it makes no sense.
    pub async fn find(
        c: &mut Conn,
        workspace: WorkspaceId,
        of: Subject,
        text: &str,
        now: Time,
    ) -> Result<Option<Self>, Error> {
        if text.is_empty() {
            return Ok(None);
        }
        let predicate = Predicate::parse(text)?;
        let known = known_for(c, workspace, &predicate).await?;
        let rule = resolve(&known, of, None, &predicate)?;
        Ok(Some(Self { said: sentence(&known, of, &rule), of, rule, now }))
    }

    /// Adds it as one more condition on contacts called `p` or companies called `c`, whose first parameter is the
    /// workspace.
    pub fn push(&self, sql: &mut Statement) {
        sql.push(" and ");
        compile::push(sql, Scope::all(self.of, self.now), &self.rule);
    }
}
