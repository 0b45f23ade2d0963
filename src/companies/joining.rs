//! People who are new and belong to companies from the beginning, many at once.

use std::collections::BTreeMap;

use super::standing::judge;
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{CompanyId, ContactId};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::time::Time;

/// A person who is new and belongs to a company from the beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joining {
    /// Who.
    pub contact: ContactId,
    /// Where.
    pub company: CompanyId,
    /// Since when.
    pub at: Time,
    /// When they were last seen; 0 for never.
    pub last_seen_at: Time,
    /// When they began the sessions since they joined.
    pub sessions: Vec<Time>,
}

/// Puts people who are new, and have no history to bring along, into companies; the caller logs it.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn join_many(w: &mut Write<'_>, joining: &[Joining]) -> Result<(), Error> {
    w.alone().await?;
    let rows: Vec<_> = joining.iter().map(|j| (j.contact, j.company, j.at)).collect();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let sql = "insert into memberships (workspace_id, contact_id, company_id, joined_at) \
               select $1, cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint) from json_each($2)";
    let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(&rows).execute(c))?;
    let mut folds: BTreeMap<CompanyId, (i64, (Time, ContactId))> = BTreeMap::new();
    let mut days: BTreeMap<(CompanyId, i64), i64> = BTreeMap::new();
    for j in joining {
        let fold = folds.entry(j.company).or_insert((0, (Time(0), ContactId(0))));
        *fold = (fold.0 + 1, fold.1.max((j.last_seen_at, j.contact)));
        for began in &j.sessions {
            *days.entry((j.company, began.day())).or_default() += 1;
        }
    }
    let mut sessions: BTreeMap<CompanyId, i64> = BTreeMap::new();
    for ((company, _), n) in &days {
        *sessions.entry(*company).or_default() += n;
    }
    let rows: Vec<_> = folds
        .iter()
        .map(|(id, (n, (last, who)))| (id, n, sessions.get(id).unwrap_or(&0), last, who))
        .collect();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    // Whom it concerns is said twice, because SQLite else reads the rows for every company of the workspace.
    let sql = "with j as materialized (select cast(value ->> 0 as bigint) as id, cast(value ->> 1 as bigint) as people, \
               cast(value ->> 2 as bigint) as sessions, cast(value ->> 3 as bigint) as last, cast(value ->> 4 as bigint) as who \
               from json_each($2)) \
               update companies set user_count = user_count + j.people, session_count = session_count + j.sessions, \
               last_seen_contact_id = case when last_seen_at < j.last then j.who else last_seen_contact_id end, \
               last_seen_at = case when last_seen_at < j.last then j.last else last_seen_at end, updated_at = $3 \
               from j where companies.workspace_id = $1 and companies.id in (select id from j) and companies.id = j.id";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(&rows).bind(w.now).execute(c)
    })?;
    let rows: Vec<_> = days.iter().map(|((company, day), n)| (company, day, n)).collect();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let by_day = "insert into company_days (workspace_id, company_id, day, sessions) \
                  select $1, cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint) \
                  from json_each($2) where true \
                  on conflict (workspace_id, company_id, day) do update set sessions = company_days.sessions + excluded.sessions";
    let _: Changed =
        run!(w.conn, |c| sqlx::query(by_day).bind(w.workspace).bind(&rows).execute(c))?;
    let companies: Vec<_> = folds.into_keys().collect();
    for company in &companies {
        w.changed(Subject::Company, company.0, "c.*");
    }
    judge(w, &companies).await
}
