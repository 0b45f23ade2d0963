//! Sessions: stretches of use, computed from the set of visits whatever their order of arrival.

use std::collections::BTreeMap;

use serde_json::json;

use crate::companies;
use crate::error::Error;
use crate::id::{CompanyId, ContactId};
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// Silence over this many milliseconds ends a session: 30 minutes.
pub const GAP: i64 = 30 * 60 * 1000;

/// A session as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Session {
    pub started_at: Time,
    pub ended_at: Time,
}

/// Adds visits to a person's sessions; answers by how much their number changed.
pub(super) async fn add_times(
    w: &mut Write<'_>,
    contact: ContactId,
    times: &[Time],
) -> Result<i64, Error> {
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return Ok(0) };
    let near = "select started_at, ended_at from sessions where workspace_id = $1 and contact_id = $2 \
                and started_at <= $3 and ended_at >= $4 order by started_at";
    let old: Vec<Session> = run!(w.conn, |c| {
        sqlx::query_as::<_, Session>(near)
            .bind(w.workspace)
            .bind(contact)
            .bind(last.plus(GAP))
            .bind(first.plus(-GAP))
            .fetch_all(c)
    })?;
    let points = times.iter().map(|t| Session { started_at: *t, ended_at: *t });
    let new = merged(old.iter().copied().chain(points));
    if new == old {
        return Ok(0);
    }
    replace(w, contact, &old, &new).await?;
    for session in &new {
        let known =
            |o: &Session| o.started_at >= session.started_at && o.ended_at <= session.ended_at;
        if !old.iter().any(known) {
            let entry =
                Entry::of_contact(Kind::SessionStarted, session.started_at, contact, 0, json!({}));
            w.log(entry);
        }
    }
    Ok(new.len() as i64 - old.len() as i64)
}

/// Joins what lies at most [`GAP`] apart.
pub(super) fn merged(all: impl Iterator<Item = Session>) -> Vec<Session> {
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|s| (s.started_at, s.ended_at));
    let mut out: Vec<Session> = Vec::new();
    for session in all {
        match out.last_mut() {
            Some(last) if session.started_at <= last.ended_at.plus(GAP) => {
                last.ended_at = last.ended_at.max(session.ended_at);
            }
            _ => out.push(session),
        }
    }
    out
}

/// Puts `new` in the place of `old`, both in order of time, and keeps what each session and the one
/// after them say of the visit before; counts them for the companies that the person was in then.
async fn replace(
    w: &mut Write<'_>,
    contact: ContactId,
    old: &[Session],
    new: &[Session],
) -> Result<(), Error> {
    let Some(first) = new.first() else { return Ok(()) };
    let before = "select ended_at from sessions where workspace_id = $1 and contact_id = $2 and started_at < $3 \
                  order by started_at desc limit 1";
    let start = old.first().map_or(first.started_at, |o| o.started_at.min(first.started_at));
    let found: Option<(Time,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (Time,)>(before)
            .bind(w.workspace)
            .bind(contact)
            .bind(start)
            .fetch_optional(c)
    })?;
    let mut previous = found.map_or(Time(0), |(at,)| at);
    let delete =
        "delete from sessions where workspace_id = $1 and contact_id = $2 and started_at = $3";
    for session in old {
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(delete).bind(w.workspace).bind(contact).bind(session.started_at).execute(c)
        })?;
    }
    let insert = "insert into sessions (workspace_id, contact_id, started_at, ended_at, previous_last_seen_at) \
                  values ($1, $2, $3, $4, $5)";
    for session in new {
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(insert)
                .bind(w.workspace)
                .bind(contact)
                .bind(session.started_at)
                .bind(session.ended_at)
                .bind(previous)
                .execute(c)
        })?;
        previous = session.ended_at;
    }
    let after = "update sessions set previous_last_seen_at = $4 where workspace_id = $1 and contact_id = $2 \
                 and started_at = (select min(started_at) from sessions where workspace_id = $1 and contact_id = $2 and started_at > $3)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(after)
            .bind(w.workspace)
            .bind(contact)
            .bind(new.last().map_or(previous, |s| s.started_at))
            .bind(previous)
            .execute(c)
    })?;
    count_for_companies(w, contact, old, new).await
}

async fn count_for_companies(
    w: &mut Write<'_>,
    contact: ContactId,
    old: &[Session],
    new: &[Session],
) -> Result<(), Error> {
    let sql = "select company_id, joined_at, left_at from memberships where workspace_id = $1 and contact_id = $2 \
               order by company_id, joined_at";
    type Row = (CompanyId, Time, Time);
    let rows: Vec<Row> = run!(w.conn, |c| {
        sqlx::query_as::<_, Row>(sql).bind(w.workspace).bind(contact).fetch_all(c)
    })?;
    for (company, joined, left) in rows {
        let inside = |s: &&Session| s.started_at >= joined && (left.0 == 0 || s.started_at < left);
        let mut days: BTreeMap<i64, i64> = BTreeMap::new();
        for (sessions, sign) in [(new, 1), (old, -1)] {
            for session in sessions.iter().filter(inside) {
                *days.entry(session.started_at.day()).or_default() += sign;
            }
        }
        companies::count_sessions(w, company, &days).await?;
    }
    Ok(())
}

/// Moves the sessions of one person to another and joins those that now touch.
/// Answers the other's new number of sessions.
pub(super) async fn take_over(
    w: &mut Write<'_>,
    from: ContactId,
    to: ContactId,
) -> Result<i64, Error> {
    let all = "select started_at, ended_at from sessions where workspace_id = $1 and contact_id = $2 order by started_at";
    let mut of = async |id: ContactId| -> Result<Vec<Session>, Error> {
        run!(w.conn, |c| {
            sqlx::query_as::<_, Session>(all).bind(w.workspace).bind(id).fetch_all(c)
        })
    };
    let (theirs, ours) = (of(from).await?, of(to).await?);
    let new = merged(theirs.iter().chain(&ours).copied());
    let gone = "delete from sessions where workspace_id = $1 and contact_id = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(gone).bind(w.workspace).bind(from).execute(c))?;
    if new != ours {
        replace(w, to, &ours, &new).await?;
    }
    Ok(new.len() as i64)
}

#[cfg(test)]
mod tests {
    use super::{GAP, Session, Time, merged};

    #[test]
    fn half_an_hour_of_silence_is_the_same_session_and_more_is_another() {
        let point = |t: i64| Session { started_at: Time(t), ended_at: Time(t) };
        assert_eq!(merged([point(GAP), point(0)].into_iter()).len(), 1);
        assert_eq!(merged([point(GAP + 1), point(0)].into_iter()).len(), 2);
        assert_eq!(merged([point(0), point(2 * GAP), point(GAP)].into_iter()).len(), 1);
    }
}
