//! A rule as the filter of a list, without a segment of its own.

use super::compile::{self, Scope, id_of};
use super::known::known_for;
use super::predicate::Predicate;
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
const FEW: u64 = 10_000;

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
    /// The numbers of those for whom it holds, those in the archive included, as JSON, where they are few.
    few: Option<String>,
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
        if text.is_empty() {
            return Ok(None);
        }
        let predicate = Predicate::parse(text)?;
        let known = known_for(c, workspace, &predicate).await?;
        let rule = resolve(&known, of, None, &predicate)?;
        let said = sentence(&known, of, &rule);
        Ok(Some(Self { said, ..Self::of(c, workspace, of, rule, now).await? }))
    }

    /// A rule that has been looked up, and whom it holds for.
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
        // The archive is a list too.
        let (found, all) =
            sets::find_with_archive(c, workspace, Scope::all(of, now), &rule).await?;
        let total = found.len() as i64;
        let few = (all.len() <= FEW).then(|| all.iter().map(|id| [id]).collect::<Vec<_>>());
        let few = few.map(|few| serde_json::to_string(&few)).transpose();
        let few = few.map_err(|_| Error::Internal)?;
        Ok(Self { said: String::new(), total, of, rule, now, few })
    }

    /// Adds it as one more condition on contacts called `p` or companies called `c`, whose first parameter is the
    /// workspace.
    pub fn push(&self, sql: &mut Statement) {
        sql.push(" and ");
        match &self.few {
            Some(few) => {
                sql.push(id_of(self.of));
                sql.push(" in (select cast(value ->> 0 as bigint) from json_each(");
                sql.text(few).push("))");
            }
            None => compile::push(sql, Scope::all(self.of, self.now), &self.rule),
        }
    }
}
