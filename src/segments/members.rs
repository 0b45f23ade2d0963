//! Who is in which segment: found out again for those whom something concerns, and told.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::json;

use super::facts::{Facts, Needs, load};
use super::judge::{Verdict, judge_far, of_leaf};
use super::pairs::Pairs;
use super::rule::Leaf;
use super::watch::Watched;
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, SegmentId};
use crate::outbound::{self, Match};
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// Why somebody is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// These things of theirs changed.
    Change(BTreeSet<String>),
    /// This moment has come.
    Moment(Time),
    /// The rule is new.
    Rule,
}

/// How many came into a segment, and how many went; in one order, so that nobody waits for somebody who waits for them.
pub type Moved = BTreeMap<SegmentId, (i64, i64)>;

/// Judges people, or companies, by these segments and writes who came and who went, with the reason. Nothing is told
/// of a segment whose rule is new. The caller holds the workspace's segments ([`Write::judging`]).
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn look(
    w: &mut Write<'_>,
    subject: Subject,
    whom: &BTreeMap<i64, Cause>,
    segments: &[&Watched],
) -> Result<Moved, Error> {
    let mut moved = Moved::new();
    if whom.is_empty() || segments.is_empty() {
        return Ok(moved);
    }
    // The reason of a moment that has come is looked for just before it, however long ago that is.
    let moments = whom.values().filter_map(|cause| match cause {
        Cause::Moment(due) => Some(due.plus(-1)),
        Cause::Change(_) | Cause::Rule => None,
    });
    let mut needs = Needs::at(moments.fold(w.now, Time::min));
    segments.iter().for_each(|s| s.need(&mut needs));
    let ids: Vec<_> = whom.keys().copied().collect();
    let facts = load(&mut w.conn, w.workspace, subject, &ids, &needs, &w.app.segments.kept).await?;
    let was = Standing::read(w, &ids, segments).await?;
    let mut pairs = Pairs::read(w, &ids, segments).await?;
    let mut change = Change::default();
    let mut matched = Vec::new();
    let nobody = Facts::default();
    for (id, cause) in whom {
        let facts = facts.get(id).unwrap_or(&nobody);
        for segment in segments {
            let pair = (segment.id, *id);
            let inside = was.members.contains(&pair);
            let mut firms = Vec::new();
            let verdict = match &segment.rule {
                Ok(rule) if segment.per_company => {
                    let (verdict, new) = pairs.judge(segment.id, *id, rule, facts, w.now);
                    firms = new;
                    verdict
                }
                Ok(rule) => {
                    let verdict = judge_far(rule, facts, w.now);
                    if verdict.holds && !inside {
                        firms.push(CompanyId(0));
                    }
                    verdict
                }
                Err(_) => {
                    pairs.none(segment.id, *id);
                    Verdict { holds: false, until: None }
                }
            };
            if segment.message.0 > 0 {
                let new = matches!(cause, Cause::Change(_) | Cause::Moment(_));
                let filled = segment.judged == segment.digest;
                let (message, contact) = (segment.message, ContactId(*id));
                let one = |company| Match { message, contact, company, new, filled };
                matched.extend(firms.into_iter().map(one));
            }
            if verdict.holds != inside {
                let count = moved.entry(segment.id).or_default();
                if verdict.holds {
                    count.0 += 1;
                    change.enter.push((segment.id, *id, w.now));
                } else {
                    count.1 += 1;
                    change.leave.push(pair);
                }
                // Who is gone has no stream to tell it in.
                let told = segment.judged == segment.digest && !segment.silent;
                if facts.alive && told && segment.message.0 == 0 {
                    tell(w, subject, *id, segment, facts, cause, verdict.holds);
                }
            }
            if verdict.until != was.turns.get(&pair).copied() {
                match verdict.until {
                    Some(until) => change.turn.push((segment.id, *id, until)),
                    None => change.settle.push(pair),
                }
            }
        }
    }
    change.write(w).await?;
    pairs.write(w).await?;
    outbound::matched(w, &matched).await?;
    for (segment, (entered, left)) in &moved {
        let sql = "update segments set members = members + $3 where workspace_id = $1 and id = $2";
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(sql).bind(w.workspace).bind(segment).bind(entered - left).execute(c)
        })?;
    }
    if !moved.is_empty() {
        w.touch(crate::live::Topic::Segments);
    }
    Ok(moved)
}

fn tell(
    w: &mut Write<'_>,
    subject: Subject,
    id: i64,
    segment: &Watched,
    facts: &Facts,
    cause: &Cause,
    entered: bool,
) {
    let (at, why) = reason(segment, facts, cause, entered, w.now);
    let kind = if entered { Kind::SegmentEntered } else { Kind::SegmentLeft };
    let data = json!({ "name": segment.name, "why": why });
    w.log(match subject {
        Subject::Contact => Entry::of_contact(kind, at, ContactId(id), segment.id.0, data),
        Subject::Company => Entry::of_company(kind, at, CompanyId(id), segment.id.0, data),
    });
}

/// When it happened and which conditions made the difference.
fn reason(
    segment: &Watched,
    facts: &Facts,
    cause: &Cause,
    entered: bool,
    now: Time,
) -> (Time, Vec<String>) {
    let holds = |of: Subject, leaf: &Leaf, at: Time| {
        if of == segment.subject {
            return of_leaf(leaf, facts, at).holds;
        }
        facts.companies.iter().any(|firm| of_leaf(leaf, firm, at).holds)
    };
    let word =
        |said: &str, now: bool| if now { said.to_owned() } else { format!("not any more: {said}") };
    match cause {
        Cause::Rule => (now, Vec::new()),
        Cause::Change(words) => {
            let leaves = segment.concerned(words);
            let said = leaves.iter().map(|(of, leaf, said)| (holds(*of, leaf, now), *said));
            let all: Vec<_> = said.collect();
            // What holds speaks for who comes, and what does not for who goes; of a negation it is the other way round.
            let mut picked: Vec<_> = all.iter().filter(|(holds, _)| *holds == entered).collect();
            if picked.is_empty() {
                picked = all.iter().collect();
            }
            (now, picked.into_iter().map(|(holds, said)| word(said, *holds)).take(5).collect())
        }
        Cause::Moment(due) => {
            let every = BTreeSet::from([super::watch::EVERYTHING.to_owned()]);
            let before = due.plus(-1);
            let leaves = segment.concerned(&every).into_iter();
            let turned =
                leaves.filter(|(of, leaf, _)| holds(*of, leaf, before) != holds(*of, leaf, *due));
            let said = turned.map(|(of, leaf, said)| word(said, holds(of, leaf, *due)));
            (*due, said.take(5).collect())
        }
    }
}

/// Where these subjects stand so far.
struct Standing {
    members: HashSet<(SegmentId, i64)>,
    turns: HashMap<(SegmentId, i64), Time>,
}

impl Standing {
    async fn read(w: &mut Write<'_>, ids: &[i64], segments: &[&Watched]) -> Result<Self, Error> {
        let ids: Vec<_> = ids.iter().map(|id| [id]).collect();
        let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
        let wanted: HashSet<_> = segments.iter().map(|s| s.id).collect();
        let sql = "select m.segment_id, m.subject_id from json_each($2) j cross join segment_members m \
                   where m.workspace_id = $1 and m.subject_id = cast(j.value ->> 0 as bigint)";
        let members: Vec<(SegmentId, i64)> = run!(w.conn, |c| {
            sqlx::query_as::<_, (SegmentId, i64)>(sql).bind(w.workspace).bind(&ids).fetch_all(c)
        })?;
        let sql = "select t.segment_id, t.subject_id, t.due_at from json_each($2) j cross join segment_turns t \
                   where t.workspace_id = $1 and t.subject_id = cast(j.value ->> 0 as bigint)";
        type Turn = (SegmentId, i64, Time);
        let turns: Vec<Turn> = run!(w.conn, |c| {
            sqlx::query_as::<_, Turn>(sql).bind(w.workspace).bind(&ids).fetch_all(c)
        })?;
        Ok(Self {
            members: members.into_iter().filter(|(s, _)| wanted.contains(s)).collect(),
            turns: turns
                .into_iter()
                .filter(|(s, ..)| wanted.contains(s))
                .map(|(s, id, at)| ((s, id), at))
                .collect(),
        })
    }
}

/// What is to be written.
#[derive(Default)]
struct Change {
    enter: Vec<(SegmentId, i64, Time)>,
    leave: Vec<(SegmentId, i64)>,
    turn: Vec<(SegmentId, i64, Time)>,
    settle: Vec<(SegmentId, i64)>,
}

impl Change {
    async fn write(&self, w: &mut Write<'_>) -> Result<(), Error> {
        let enter = "insert into segment_members (workspace_id, segment_id, subject_id, entered_at) \
                     select $1, cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint) from json_each($2) where true \
                     on conflict (workspace_id, segment_id, subject_id) do nothing";
        let leave = "delete from segment_members where workspace_id = $1 and (segment_id, subject_id) in \
                     (select cast(value ->> 0 as bigint), cast(value ->> 1 as bigint) from json_each($2))";
        let turn = "insert into segment_turns (workspace_id, segment_id, subject_id, due_at) \
                    select $1, cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint) from json_each($2) \
                    where true on conflict (workspace_id, subject_id, segment_id) do update set due_at = excluded.due_at";
        let settle = "delete from segment_turns where workspace_id = $1 and (segment_id, subject_id) in \
                      (select cast(value ->> 0 as bigint), cast(value ->> 1 as bigint) from json_each($2))";
        write(w, enter, &self.enter).await?;
        write(w, leave, &self.leave).await?;
        write(w, turn, &self.turn).await?;
        write(w, settle, &self.settle).await
    }
}

async fn write<T: serde::Serialize>(
    w: &mut Write<'_>,
    sql: &'static str,
    rows: &[T],
) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = serde_json::to_string(rows).map_err(|_| Error::Internal)?;
    let _: Changed =
        run!(w.conn, |c| { sqlx::query(sql).bind(w.workspace).bind(&rows).execute(c) })?;
    Ok(())
}
