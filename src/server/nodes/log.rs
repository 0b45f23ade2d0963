//! The lines of the log that other processes wrote.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::companies;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Conn, topics_of};
use crate::server::state::AppState;
use crate::stream::Kind;

/// How many lines of others are read one by one; of more, every topic counts as changed.
const LINES: i64 = 500;

/// How far the tabs of this process know the log of each workspace.
#[derive(Default)]
pub(super) struct Log {
    watched: AtomicBool,
    seen: Mutex<HashMap<WorkspaceId, Seen>>,
}

#[derive(Default)]
struct Seen {
    /// Everything up to this number is known.
    upto: i64,
    /// What this process wrote beyond: first and last numbers, apart from each other.
    own: BTreeMap<i64, i64>,
}

impl Seen {
    /// Adds lines that this process wrote.
    fn wrote(&mut self, mut first: i64, mut last: i64) {
        if let Some((&before, &end)) = self.own.range(..=first).next_back()
            && end >= first - 1
        {
            (first, last) = (before, end.max(last));
        }
        while let Some((&next, &end)) = self.own.range(first + 1..=last + 1).next() {
            self.own.remove(&next);
            last = last.max(end);
        }
        if last > self.upto {
            self.own.insert(first, last);
        }
    }

    /// The lines up to a number that others wrote and nobody here was told of. From then on they are known.
    fn advance(&mut self, to: i64) -> Vec<(i64, i64)> {
        let mut gaps = Vec::new();
        let mut known = self.upto;
        for (&first, &last) in self.own.range(..=to) {
            if first > known + 1 {
                gaps.push((known + 1, first - 1));
            }
            known = known.max(last);
        }
        if known < to {
            gaps.push((known + 1, to));
        }
        self.upto = known.max(to).max(self.upto);
        self.own.retain(|_, last| *last > self.upto);
        gaps
    }
}

impl Log {
    /// From now on somebody looks at it. Before, nothing is kept.
    pub fn begin(&self) {
        self.watched.store(true, Ordering::Release);
    }

    /// This process wrote these lines and tells its tabs of them.
    pub fn wrote(&self, workspace: WorkspaceId, first: i64, last: i64) {
        if self.watched.load(Ordering::Acquire) {
            self.lock().entry(workspace).or_default().wrote(first, last);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<WorkspaceId, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the tabs of this process what others wrote, in one workspace or in all.
///
/// # Errors
/// [`Error::Internal`] when the database fails; the next look finds the same.
pub(super) async fn look(app: &AppState, only: Option<WorkspaceId>) -> Result<(), Error> {
    let mut c = app.db.read().await?;
    for (workspace, to) in ends(&mut c, only).await? {
        let gaps = {
            let mut seen = app.hub.nodes.log.lock();
            match seen.get_mut(&workspace) {
                Some(seen) => seen.advance(to),
                // Who follows something here has come after this number, or asks from an earlier one.
                None => {
                    let known = Seen { upto: to, own: BTreeMap::new() };
                    seen.insert(workspace, known);
                    continue;
                }
            }
        };
        if !gaps.is_empty() {
            tell(app, &mut c, workspace, &gaps, to).await;
        }
    }
    Ok(())
}

async fn ends(c: &mut Conn, only: Option<WorkspaceId>) -> Result<Vec<(WorkspaceId, i64)>, Error> {
    let sql = "select workspace_id, n from workspace_seq where workspace_id = $1 or $1 = 0";
    let only = only.unwrap_or(WorkspaceId(0));
    run!(c, |x| sqlx::query_as::<_, (WorkspaceId, i64)>(sql).bind(only).fetch_all(x))
}

async fn tell(app: &AppState, c: &mut Conn, workspace: WorkspaceId, gaps: &[(i64, i64)], to: i64) {
    let followed = app.hub.followed(workspace);
    if followed.is_empty() {
        return;
    }
    let lines: i64 = gaps.iter().map(|(first, last)| last - first + 1).sum();
    let looked_at = followed.iter().any(|topic| matches!(topic, Topic::Company(_)));
    let read = if lines > LINES { None } else { topics(c, workspace, gaps, looked_at).await.ok() };
    // Lines that cannot be read now may be about anything.
    app.hub.publish(workspace, read.unwrap_or(followed), to);
}

/// What these lines touch; the companies of their people too, where any company is `looked_at`.
async fn topics(
    c: &mut Conn,
    workspace: WorkspaceId,
    gaps: &[(i64, i64)],
    looked_at: bool,
) -> Result<BTreeSet<Topic>, Error> {
    let sql = "select kind, contact_id, company_id, ref_id from activity \
               where workspace_id = $1 and seq >= $2 and seq <= $3";
    type Row = (String, ContactId, CompanyId, i64);
    let mut changed = BTreeSet::new();
    let mut people = BTreeSet::new();
    for (first, last) in gaps {
        let rows: Vec<Row> = run!(c, |x| {
            sqlx::query_as::<_, Row>(sql).bind(workspace).bind(first).bind(last).fetch_all(x)
        })?;
        for (kind, contact, company, ref_id) in rows {
            people.insert(contact);
            let kind = Kind::from_word(&kind);
            changed.extend(
                kind.into_iter().flat_map(|kind| topics_of(kind, contact, company, ref_id)),
            );
        }
    }
    if looked_at {
        let around = companies::around(c, workspace, &people).await?;
        changed.extend(around.into_iter().map(|(_, company)| Topic::Company(company)));
    }
    Ok(changed)
}

/// Has every tab of this process ask anew: something may have been missed that has no line in the log.
pub(super) fn everything(app: &AppState) {
    let ends: Vec<_> =
        app.hub.nodes.log.lock().iter().map(|(workspace, seen)| (*workspace, seen.upto)).collect();
    for (workspace, to) in ends {
        app.hub.publish(workspace, app.hub.followed(workspace), to);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Seen;

    #[test]
    fn what_others_wrote_is_what_lies_between() {
        let mut seen = Seen { upto: 10, own: BTreeMap::new() };
        seen.wrote(11, 12);
        seen.wrote(13, 13);
        seen.wrote(20, 22);
        seen.wrote(16, 16);
        assert_eq!(seen.own, BTreeMap::from([(11, 13), (16, 16), (20, 22)]));
        assert_eq!(seen.advance(18), [(14, 15), (17, 18)]);
        assert_eq!(seen.advance(18), []);
        assert_eq!(seen.advance(21), [(19, 19)], "half of a range of one's own");
        assert_eq!((seen.upto, seen.own.len()), (22, 0));
        assert_eq!(seen.advance(22), []);
        seen.wrote(5, 7);
        assert!(seen.own.is_empty(), "that was known already");
        assert_eq!(seen.advance(25), [(23, 25)]);
    }

    #[test]
    fn every_line_is_told_once_whoever_wrote_it_and_whenever_one_looks() {
        // A walk through all ways in which three writers can take turns, by a simple generator of numbers.
        let mut state = 12_345_u64;
        let mut random = move |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..200 {
            let mut seen = Seen::default();
            let (mut end, mut late) = (0_i64, Vec::new());
            let mut told = BTreeMap::new();
            for _ in 0..60 {
                let lines = random(4) as i64 + 1;
                let range = (end + 1, end + lines);
                end += lines;
                if random(2) == 0 {
                    (range.0..=range.1).for_each(|n| *told.entry(n).or_insert(0) += 1);
                    late.push(range);
                }
                // What this process wrote is noted in any order.
                while !late.is_empty() && random(3) > 0 {
                    let (first, last) = late.swap_remove(random(late.len() as u64) as usize);
                    seen.wrote(first, last);
                }
                if random(3) == 0 && late.is_empty() {
                    for (first, last) in seen.advance(end) {
                        (first..=last).for_each(|n| *told.entry(n).or_insert(0) += 1);
                    }
                }
            }
            late.into_iter().for_each(|(first, last)| seen.wrote(first, last));
            for (first, last) in seen.advance(end) {
                (first..=last).for_each(|n| *told.entry(n).or_insert(0) += 1);
            }
            assert_eq!(told.len() as i64, end);
            assert!(told.values().all(|times| *times == 1), "{told:?}");
        }
    }
}
