//! How a company stood in the past, worked out of when its people came: for what is made up, which nobody watched.

use serde_json::json;

use super::standing::thresholds;
use super::{Health, Thresholds, find};
use crate::error::Error;
use crate::id::CompanyId;
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// A moment from which on it stood otherwise.
struct Turned {
    at: Time,
    from: Health,
    to: Health,
    why: String,
}

/// Every turn from the first day until now; `seen` are the moments at which somebody came, the earliest first.
fn turns(since: Time, seen: &[Time], days: &Thresholds, now: Time) -> Vec<Turned> {
    let mut turns = Vec::new();
    let mut coming = seen.iter().copied().filter(|at| *at > since).peekable();
    let (mut at, mut last) = (since, Time(0));
    let mut stands = Health::of(since, last, days, at);
    loop {
        let next = [coming.peek().copied(), stands.until].into_iter().flatten().min();
        let Some(next) = next.filter(|next| *next > at && *next <= now) else { return turns };
        while let Some(came) = coming.next_if(|came| *came <= next) {
            last = came;
        }
        at = next;
        let verdict = Health::of(since, last, days, at);
        if verdict.health != stands.health {
            let why = verdict.health.why(last, days, at);
            turns.push(Turned { at, from: stands.health, to: verdict.health, why });
        }
        stands = verdict;
    }
}

/// That a company was first heard of, with where it stands in its own stream.
const HEARD_OF: [&str; 3] = [
    "update activity set occurred_at = $3 where workspace_id = $1 and company_id = $2 and kind = 'company_created' and seq in \
     (select seq from stream where workspace_id = $1 and owner_kind = 'company' and owner_id = $2 and facet = 'change' and occurred_at > $3)",
    "update stream set occurred_at = $3 where workspace_id = $1 and owner_kind = 'company' and owner_id = $2 and facet = 'change' \
     and occurred_at > $3 and seq in (select s.seq from stream s join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
     where s.workspace_id = $1 and s.owner_kind = 'company' and s.owner_id = $2 and s.facet = 'change' and a.kind = 'company_created')",
    "update companies set created_at = $3 where workspace_id = $1 and id = $2 and created_at > $3",
];

/// Tells the past of a company of which nothing was told so far; it was first heard of when it began.
///
/// # Errors
/// [`Error::NotFound`] for the company.
pub(crate) async fn tell_past(w: &mut Write<'_>, company: CompanyId) -> Result<(), Error> {
    let company = find(&mut w.conn, w.workspace, company).await?.ok_or(Error::NotFound)?;
    let told = "select count(*) from stream s join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
                where s.workspace_id = $1 and s.owner_kind = 'company' and s.owner_id = $2 and s.facet = 'segment' \
                and a.kind = 'company_health_changed'";
    let (told,): (i64,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(told).bind(w.workspace).bind(company.id).fetch_one(c)
    })?;
    if told > 0 {
        return Ok(());
    }
    let seen = "select s.started_at from memberships m join sessions s on s.workspace_id = m.workspace_id \
                and s.contact_id = m.contact_id and s.started_at >= m.joined_at \
                where m.workspace_id = $1 and m.company_id = $2 and m.left_at = 0 order by s.started_at";
    let seen: Vec<(Time,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (Time,)>(seen).bind(w.workspace).bind(company.id).fetch_all(c)
    })?;
    let seen: Vec<_> = seen.into_iter().map(|(at,)| at).collect();
    let since = company.remote_created_at.unwrap_or(company.created_at);
    let days = thresholds(&mut w.conn, w.workspace).await?;
    let turns = turns(since, &seen, &days, w.now);
    let at = turns.last().map_or(since, |turn| turn.at);
    let set = "update companies set health_at = $3 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(set).bind(w.workspace).bind(company.id).bind(at).execute(c)
    })?;
    for sql in HEARD_OF {
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(sql).bind(w.workspace).bind(company.id).bind(since).execute(c)
        })?;
    }
    let mut before = since;
    for Turned { at, from, to, why } in turns {
        let data = json!({ "from": from.word(), "to": to.word(), "why": why, "before": before });
        before = at;
        w.log(Entry::of_company(Kind::CompanyHealthChanged, at, company.id, 0, data));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DAY;

    #[test]
    fn the_past_is_what_a_watcher_would_have_seen() {
        let day = |n: i64| Time(1_700_000_000_000 + n * DAY);
        let seen = [day(0).plus(1), day(10), day(80), day(95)];
        let told: Vec<_> = turns(day(0), &seen, &Thresholds::default(), day(200))
            .into_iter()
            .map(|turn| (turn.to, (turn.at.0 - day(0).0) / DAY))
            .collect();
        let expected = [
            (Health::Active, 1),
            (Health::SlippingAway, 40),
            (Health::Inactive, 70),
            (Health::Active, 80),
            (Health::SlippingAway, 125),
            (Health::Inactive, 155),
        ];
        assert_eq!(told, expected);
        assert!(turns(day(0), &[], &Thresholds::default(), day(0)).is_empty());
    }
}
