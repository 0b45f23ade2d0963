//! The sessions of companies: those that people began while they were in them, by day.

use std::collections::BTreeMap;

use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{CompanyId, ContactId};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::time::Time;

/// The sessions that a person began from one moment on and before another (the epoch for no end), by day.
pub(super) async fn session_days(
    w: &mut Write<'_>,
    contact: ContactId,
    from: Time,
    until: Time,
) -> Result<BTreeMap<i64, i64>, Error> {
    let sql = "select started_at from sessions where workspace_id = $1 and contact_id = $2 and started_at >= $3 \
               and ($4 = 0 or started_at < $4)";
    let rows: Vec<(Time,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (Time,)>(sql)
            .bind(w.workspace)
            .bind(contact)
            .bind(from)
            .bind(until)
            .fetch_all(c)
    })?;
    let mut days = BTreeMap::new();
    for (at,) in rows {
        *days.entry(at.day()).or_default() += 1;
    }
    Ok(days)
}

/// Adds to the sessions of a company, or takes away from them, day by day.
pub(crate) async fn count_sessions(
    w: &mut Write<'_>,
    company: CompanyId,
    days: &BTreeMap<i64, i64>,
) -> Result<(), Error> {
    let rows: Vec<_> = days.iter().filter(|(_, n)| **n != 0).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let total: i64 = rows.iter().map(|(_, n)| **n).sum();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let add = "update companies set session_count = session_count + $3 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(add).bind(w.workspace).bind(company).bind(total).execute(c)
    })?;
    w.changed(Subject::Company, company.0, "c.session_count");
    let by_day = "insert into company_days (workspace_id, company_id, day, sessions) \
                  select $1, $2, cast(value ->> 0 as bigint), cast(value ->> 1 as bigint) from json_each($3) where true \
                  on conflict (workspace_id, company_id, day) do update set sessions = company_days.sessions + excluded.sessions";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(by_day).bind(w.workspace).bind(company).bind(&rows).execute(c)
    })?;
    Ok(())
}
