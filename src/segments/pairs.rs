//! For which company of theirs somebody is in the audience of a message that goes out once for each.

use std::collections::{BTreeSet, HashMap};

use super::facts::Facts;
use super::judge::{Verdict, judge_far};
use super::rule::Rule;
use super::watch::Watched;
use crate::error::Error;
use crate::id::{CompanyId, SegmentId};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::time::Time;

/// The pairs that are kept, and what is to be written of them.
#[derive(Default)]
pub struct Pairs {
    kept: HashMap<(SegmentId, i64), BTreeSet<i64>>,
    enter: Vec<(SegmentId, i64, i64)>,
    leave: Vec<(SegmentId, i64, i64)>,
}

impl Pairs {
    /// Those of these people, where one of the segments keeps any.
    pub async fn read(
        w: &mut Write<'_>,
        ids: &[i64],
        segments: &[&Watched],
    ) -> Result<Self, Error> {
        let mut pairs = Self::default();
        if !segments.iter().any(|segment| segment.per_company) {
            return Ok(pairs);
        }
        let ids: Vec<_> = ids.iter().map(|id| [id]).collect();
        let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
        for segment in segments.iter().filter(|segment| segment.per_company) {
            let sql = "select a.contact_id, a.company_id from json_each($3) j cross join audience_companies a \
                       where a.workspace_id = $1 and a.segment_id = $2 and a.contact_id = cast(j.value ->> 0 as bigint)";
            let rows: Vec<(i64, i64)> = run!(w.conn, |c| {
                sqlx::query_as::<_, (i64, i64)>(sql)
                    .bind(w.workspace)
                    .bind(segment.id)
                    .bind(&ids)
                    .fetch_all(c)
            })?;
            for (contact, company) in rows {
                pairs.kept.entry((segment.id, contact)).or_default().insert(company);
            }
        }
        Ok(pairs)
    }

    /// Judges a person for each company of theirs by itself: the answer for any of them, until when none of the answers
    /// changes, and the companies for which it holds from now on.
    pub fn judge(
        &mut self,
        segment: SegmentId,
        id: i64,
        rule: &Rule,
        facts: &Facts,
        now: Time,
    ) -> (Verdict, Vec<CompanyId>) {
        let mut verdict = Verdict { holds: false, until: None };
        let mut holding = BTreeSet::new();
        for firm in &facts.companies {
            let alone = Facts { companies: vec![firm.clone()], ..facts.clone() };
            let one = judge_far(rule, &alone, now);
            verdict.until = [verdict.until, one.until].into_iter().flatten().min();
            if one.holds {
                verdict.holds = true;
                holding.insert(firm.number);
            }
        }
        let kept = self.kept.remove(&(segment, id)).unwrap_or_default();
        self.leave.extend(kept.difference(&holding).map(|company| (segment, id, *company)));
        let new: Vec<_> = holding.difference(&kept).copied().collect();
        self.enter.extend(new.iter().map(|company| (segment, id, *company)));
        (verdict, new.into_iter().map(CompanyId).collect())
    }

    /// Takes out whoever is in no such audience any more, whatever their companies are.
    pub fn none(&mut self, segment: SegmentId, id: i64) {
        let kept = self.kept.remove(&(segment, id)).unwrap_or_default();
        self.leave.extend(kept.into_iter().map(|company| (segment, id, company)));
    }

    /// Writes what changed.
    pub async fn write(&self, w: &mut Write<'_>) -> Result<(), Error> {
        let enter = "insert into audience_companies (workspace_id, segment_id, contact_id, company_id) \
                     select $1, cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint) from json_each($2) \
                     where true on conflict (workspace_id, segment_id, contact_id, company_id) do nothing";
        let leave = "delete from audience_companies where workspace_id = $1 and (segment_id, contact_id, company_id) in \
                     (select cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint) from json_each($2))";
        for (sql, rows) in [(enter, &self.enter), (leave, &self.leave)] {
            if rows.is_empty() {
                continue;
            }
            let rows = serde_json::to_string(rows).map_err(|_| Error::Internal)?;
            let _: Changed =
                run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(&rows).execute(c))?;
        }
        Ok(())
    }
}
