//! A place for each e-mail in a minute that has room for it, in all and for its domain, so that no e-mail is put off twice.

use std::collections::BTreeMap;

use super::Limits;
use crate::error::Error;
use crate::run;
use crate::server::db::{Changed, Write};
use crate::time::{MINUTE, Time};

/// The minute of a moment, counted from 1970.
pub const fn minute_of(at: Time) -> i64 {
    at.0.div_euclid(MINUTE)
}

/// When a minute begins.
pub const fn begins(minute: i64) -> Time {
    Time(minute * MINUTE)
}

/// Gives each of these domains' e-mails a place, in their order: the first minute, this one or a later one, in which there is room. The
/// caller holds the workspace's sending ([`Write::sending`]).
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn places(
    w: &mut Write<'_>,
    limits: &Limits,
    domains: &[String],
) -> Result<Vec<i64>, Error> {
    let now = minute_of(w.now);
    let old = "delete from mail_minutes where workspace_id = $1 and minute < $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(old).bind(w.workspace).bind(now).execute(c))?;
    let mut starts: BTreeMap<String, i64> = BTreeMap::new();
    let mut out = Vec::with_capacity(domains.len());
    for domain in domains {
        let bounds = [("", limits.minute), (domain.as_str(), limits.domain)];
        let bounds = bounds.into_iter().filter(|(_, most)| *most > 0);
        let bounds: Vec<_> = bounds.collect();
        let mut minute = now;
        for (of, most) in &bounds {
            let start = match starts.get(*of) {
                Some(start) => *start,
                None => full_until(w, of, *most, now).await?,
            };
            starts.insert((*of).to_owned(), start);
            minute = minute.max(start);
        }
        // Minutes up to there are full, or as good as; from there on it is mostly the first.
        while !room(w, &bounds, minute).await? {
            minute += 1;
        }
        // The whole is counted also where only domains are bound, so that there is one shape.
        for of in ["", domain.as_str()] {
            let n = take(w, of, minute).await?;
            if bounds.iter().any(|(bound, most)| *bound == of && n >= *most) {
                starts.insert(of.to_owned(), minute + 1);
            }
        }
        out.push(minute);
    }
    Ok(out)
}

/// The minute after the last full one.
async fn full_until(w: &mut Write<'_>, domain: &str, most: i64, now: i64) -> Result<i64, Error> {
    let sql = "select coalesce(max(minute) + 1, $3) from mail_minutes where workspace_id = $1 and domain = $2 and minute >= $3 and n >= $4";
    let (minute,): (i64,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(sql)
            .bind(w.workspace)
            .bind(domain)
            .bind(now)
            .bind(most)
            .fetch_one(c)
    })?;
    Ok(minute)
}

/// Takes a place in a minute; answers how many are taken with it.
async fn take(w: &mut Write<'_>, domain: &str, minute: i64) -> Result<i64, Error> {
    let sql = "insert into mail_minutes (workspace_id, domain, minute, n) values ($1, $2, $3, 1) \
               on conflict (workspace_id, domain, minute) do update set n = mail_minutes.n + 1 returning n";
    let (n,): (i64,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(sql).bind(w.workspace).bind(domain).bind(minute).fetch_one(c)
    })?;
    Ok(n)
}

async fn room(w: &mut Write<'_>, bounds: &[(&str, i64)], minute: i64) -> Result<bool, Error> {
    for (domain, most) in bounds {
        if count(w, domain, minute).await? >= *most {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn count(w: &mut Write<'_>, domain: &str, minute: i64) -> Result<i64, Error> {
    let sql = "select n from mail_minutes where workspace_id = $1 and domain = $2 and minute = $3";
    let found: Option<(i64,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(sql)
            .bind(w.workspace)
            .bind(domain)
            .bind(minute)
            .fetch_optional(c)
    })?;
    Ok(found.map_or(0, |(n,)| n))
}
