//! A place for each e-mail in a minute that has room for it, in all and for its domain, so that no e-mail is put off twice.

use std::collections::BTreeMap;

use super::Limits;
use crate::error::Error;
use crate::id::MessageId;
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

/// Of so many places in a minute to come one is left free by messages to many, for what only a few get: an e-mail to who was just tagged
/// is not behind hours of a message that began before.
const SPARE: i64 = 10;

/// Gives each of these domains' e-mails of one message a place, in their order: the first minute, this one or a later one, in which
/// there is room. The caller holds the workspace's sending ([`Write::sending`]).
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn places(
    w: &mut Write<'_>,
    limits: &Limits,
    message: MessageId,
    domains: &[String],
) -> Result<Vec<i64>, Error> {
    let now = minute_of(w.now);
    let old = "delete from mail_minutes where workspace_id = $1 and minute < $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(old).bind(w.workspace).bind(now).execute(c))?;
    let asking = domains.len() as i64;
    let whole = (limits.minute, ahead(w, message, limits.minute, asking).await?);
    let each = (limits.domain, ahead(w, message, limits.domain, asking).await?);
    let mut starts: BTreeMap<String, i64> = BTreeMap::new();
    let mut out = Vec::with_capacity(domains.len());
    for domain in domains {
        let bounds = [("", whole), (domain.as_str(), each)];
        let bounds = bounds.into_iter().filter(|(_, (most, _))| *most > 0);
        let bounds = bounds.map(|(of, (most, ahead))| Bound { of, most, ahead, now });
        let bounds: Vec<_> = bounds.collect();
        let mut minute = now;
        for bound in &bounds {
            let start = match starts.get(bound.of) {
                Some(start) => *start,
                None if count(w, bound.of, now).await? < bound.most => now,
                None => full_until(w, bound).await?,
            };
            starts.insert(bound.of.to_owned(), start);
            minute = minute.max(start);
        }
        // Minutes up to there are full, or as good as; from there on it is mostly the first.
        while !room(w, &bounds, minute).await? {
            minute += 1;
        }
        // The whole is counted also where only domains are bound, so that there is one shape.
        for of in ["", domain.as_str()] {
            let n = take(w, of, minute).await?;
            let bound = bounds.iter().find(|bound| bound.of == of);
            if let Some(bound) = bound.filter(|bound| n >= bound.room(minute)) {
                let next = if minute == now { full_until(w, bound).await? } else { minute + 1 };
                // One that went later for another reason says nothing of the minutes before.
                let start = starts.entry(of.to_owned()).or_insert(minute);
                if *start == minute {
                    *start = next;
                }
            }
        }
        out.push(minute);
    }
    Ok(out)
}

/// How many e-mails a minute may have, in all or to a domain.
struct Bound<'a> {
    /// The domain; empty for all.
    of: &'a str,
    /// Of the minute that it is now.
    most: i64,
    /// Of those to come.
    ahead: i64,
    now: i64,
}

impl Bound<'_> {
    const fn room(&self, minute: i64) -> i64 {
        if minute == self.now { self.most } else { self.ahead }
    }
}

/// How many places of a minute to come a message may take of so many: all, unless as many of its own as are to be left to others ask now, or
/// wait for the next minutes already.
async fn ahead(
    w: &mut Write<'_>,
    message: MessageId,
    most: i64,
    asking: i64,
) -> Result<i64, Error> {
    let spare = most / SPARE;
    if spare == 0 {
        return Ok(most);
    }
    let sql = "select count(*) from (select 1 from deliveries where workspace_id = $1 and message_id = $2 and state = 'waiting' \
               and due_at > $3 and due_at <= $4 and paced_at > 0 limit $5) d";
    let (waiting,): (i64,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(sql)
            .bind(w.workspace)
            .bind(message)
            .bind(w.now)
            .bind(begins(minute_of(w.now) + 2))
            .bind(spare)
            .fetch_one(c)
    })?;
    Ok(if asking.max(waiting) < spare { most } else { most - spare })
}

/// The minute after the last full one of those to come.
async fn full_until(w: &mut Write<'_>, bound: &Bound<'_>) -> Result<i64, Error> {
    let sql = "select coalesce(max(minute), $3) + 1 from mail_minutes where workspace_id = $1 and domain = $2 and minute > $3 and n >= $4";
    let (minute,): (i64,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(sql)
            .bind(w.workspace)
            .bind(bound.of)
            .bind(bound.now)
            .bind(bound.ahead)
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

async fn room(w: &mut Write<'_>, bounds: &[Bound<'_>], minute: i64) -> Result<bool, Error> {
    for bound in bounds {
        if count(w, bound.of, minute).await? >= bound.room(minute) {
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
