//! Why somebody is in a segment, or is not: each condition, what is known of them, and when time alone changes it.

mod health;
mod value;

use std::collections::HashSet;

use super::facts::{Facts, Needs, load};
use super::judge::{self, judge, judge_far, of_leaf};
use super::rule::{Leaf, Rule, Slot};
use super::shown::{Explanation, Reason, Standing};
use super::store;
use super::watch::{Rules, Watched};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{SegmentId, WorkspaceId};
use crate::owner::Owner;
use crate::run;
use crate::segments::InAndOut;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::server::state::AppState;
use crate::server::whose::whose;
use crate::teammates::Viewer;
use crate::time::Time;
use crate::words;
use health::Healths;

/// How many moments are looked at to find the one at which the answer is another.
const STEPS: usize = 1_000;
/// What is written down of a company whose health changes.
const HEALTH: &str = "c.health";

/// How a person or a company stands to each of the workspace's segments, those that they are in first: what is kept of
/// them, without a look at the rules.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn standings(
    app: &AppState,
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: Subject,
    id: i64,
) -> Result<Vec<Standing>, Error> {
    let version = store::version(c, workspace).await?;
    let rules = app.segments.rules(c, workspace, version).await?;
    let inside = segments_of(c, workspace, id).await?;
    let mut all: Vec<_> =
        asked_of(&rules, subject).map(|s| standing(s, inside.contains(&s.id))).collect();
    all.sort_by_key(|s| !s.inside);
    Ok(all)
}

/// The segments that somebody is in, and how many others there are, whose names are left where they are.
///
/// # Errors
/// [`Error::NotFound`] for whom it is asked.
pub async fn in_and_out(app: &AppState, viewer: &Viewer, owner: Owner) -> Result<InAndOut, Error> {
    let mut c = app.db.read().await?;
    let (subject, id) = asked_about(&mut c, viewer, owner).await?;
    let version = store::version(&mut c, viewer.workspace).await?;
    let rules = app.segments.rules(&mut c, viewer.workspace, version).await?;
    let held = segments_of(&mut c, viewer.workspace, id).await?;
    let (inside, others): (Vec<_>, Vec<_>) =
        asked_of(&rules, subject).partition(|s| held.contains(&s.id));
    let inside = inside.into_iter().map(|s| standing(s, true)).collect();
    Ok(InAndOut { inside, others: others.len() })
}

/// The segments that somebody is not in.
///
/// # Errors
/// [`Error::NotFound`] for whom it is asked.
pub async fn outside(
    app: &AppState,
    viewer: &Viewer,
    owner: Owner,
) -> Result<Vec<Standing>, Error> {
    let mut c = app.db.read().await?;
    let (subject, id) = asked_about(&mut c, viewer, owner).await?;
    let all = standings(app, &mut c, viewer.workspace, subject, id).await?;
    Ok(all.into_iter().filter(|s| !s.inside).collect())
}

/// Whom a page or a question is about, as segments know them.
async fn asked_about(c: &mut Conn, viewer: &Viewer, owner: Owner) -> Result<(Subject, i64), Error> {
    let owner = whose(c, viewer, owner).await?;
    let subject = Subject::from_word(owner.kind()).ok_or(Error::NotFound)?;
    Ok((subject, owner.number()))
}

/// The segments of people or of companies, without the audiences of messages.
fn asked_of(rules: &Rules, subject: Subject) -> impl Iterator<Item = &Watched> {
    rules.all.iter().filter(move |s| s.subject == subject && s.message.0 == 0)
}

/// The segments that somebody is in, as they are kept.
async fn segments_of(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: i64,
) -> Result<HashSet<SegmentId>, Error> {
    let sql = "select segment_id from segment_members where workspace_id = $1 and subject_id = $2";
    let inside: Vec<(SegmentId,)> = run!(c, |x| {
        sqlx::query_as::<_, (SegmentId,)>(sql).bind(workspace).bind(id).fetch_all(x)
    })?;
    Ok(inside.into_iter().map(|(id,)| id).collect())
}

/// Why a person or a company is in one segment, or is not; `None` where there is no such segment of theirs.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn explain(
    app: &AppState,
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    subject: Subject,
    id: i64,
    segment: SegmentId,
) -> Result<Option<Explanation>, Error> {
    let version = store::version(c, workspace).await?;
    let rules = app.segments.rules(c, workspace, version).await?;
    let found = asked_of(&rules, subject).find(|s| s.id == segment);
    let Some(segment) = found else { return Ok(None) };
    let mut needs = Needs::at(dates.now());
    segment.need(&mut needs);
    let facts = load(c, workspace, subject, &[id], &needs, &app.segments.kept).await?;
    let facts = facts.get(&id).cloned().unwrap_or_default();
    let sql = "select count(*) from segment_members where workspace_id = $1 and subject_id = $2 and segment_id = $3";
    let (inside,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(sql).bind(workspace).bind(id).bind(segment.id).fetch_one(x)
    })?;
    let healths = healths(c, workspace, subject, id, &facts, &[segment]).await?;
    let explain = Explain { rules: &rules, facts: &facts, healths, dates };
    Ok(Some(explain.segment(segment, inside > 0)))
}

/// What the health of companies follows from, where one of these asks for it.
pub(super) async fn healths(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: Subject,
    id: i64,
    facts: &Facts,
    segments: &[&Watched],
) -> Result<Healths, Error> {
    if segments.iter().all(|s| !s.asks_for(HEALTH)) {
        return Ok(Healths::default());
    }
    Healths::read(c, workspace, subject, id, facts).await
}

/// A moment as a value.
fn moment(dates: &Dates, at: Time) -> String {
    dates.stamp(at).whole()
}

/// What a condition says, where nothing stands before it: a clause of ours begins with a capital letter, a name of theirs as it
/// is.
fn begun(leaf: &Leaf, said: &str) -> String {
    match leaf {
        Leaf::Truth(Slot::Standard(_), _) => words::begun(said),
        _ => said.to_owned(),
    }
}

fn standing(segment: &Watched, inside: bool) -> Standing {
    Standing { id: segment.id, name: segment.name.clone(), inside }
}

/// What a rule is explained with.
pub(super) struct Explain<'a> {
    pub rules: &'a Rules,
    pub facts: &'a Facts,
    pub healths: Healths,
    pub dates: &'a Dates,
}

impl Explain<'_> {
    pub fn segment(&self, segment: &Watched, inside: bool) -> Explanation {
        let mut out = Explanation {
            standing: standing(segment, inside),
            reasons: Vec::new(),
            pending: false,
            until: None,
        };
        match &segment.rule {
            Err(faults) => {
                let said = format!("The rule makes no sense any more: {}", faults.first().message);
                let (value, holds) = (String::new(), false);
                out.reasons.push(Reason { depth: 0, said, value, holds });
            }
            Ok(rule) => {
                self.part(rule, self.facts, 0, &mut out.reasons);
                let holds = judge(rule, self.facts, self.dates.now()).holds;
                out.pending = holds != inside && segment.judged != segment.digest;
                out.until = self.turn(rule).map(|at| self.dates.stamp(at));
            }
        }
        out
    }

    /// When time alone makes the answer another. The health of a company, which is told of like any other change, turns by
    /// time too.
    fn turn(&self, rule: &Rule) -> Option<Time> {
        let mut at = self.dates.now();
        if self.healths.is_empty() {
            return judge_far(rule, self.facts, at).until;
        }
        let mut facts = self.facts.clone();
        let holds = judge(rule, &facts, at).holds;
        for _ in 0..STEPS {
            let next = [judge(rule, &facts, at).until, self.healths.next(at)];
            at = next.into_iter().flatten().min()?;
            self.healths.pass(&mut facts, at);
            if judge(rule, &facts, at).holds != holds {
                return Some(at);
            }
        }
        None
    }

    fn part(&self, rule: &Rule, facts: &Facts, depth: usize, out: &mut Vec<Reason>) {
        let holds = judge::part(rule, facts, self.dates.now()).holds;
        let group = |said: String| Reason { depth, said, value: String::new(), holds };
        let each = |parts: &[Rule], depth, out: &mut Vec<Reason>| {
            parts.iter().for_each(|part| self.part(part, facts, depth, out));
        };
        match rule {
            Rule::All(parts) if parts.is_empty() => out.push(group("Everybody".into())),
            Rule::Any(parts) if parts.is_empty() => out.push(group("Nobody".into())),
            Rule::All(parts) | Rule::Any(parts) => {
                // One alone needs no heading, and neither does the top of the usual rule.
                let all = matches!(rule, Rule::All(_));
                let headed = parts.len() != 1 && !(all && depth == 0);
                if headed {
                    out.push(group(if all { "All of these" } else { "Any of these" }.into()));
                }
                each(parts, depth + usize::from(headed), out);
            }
            Rule::Not(inner) => {
                out.push(group("None of these".into()));
                match &**inner {
                    Rule::Any(parts) => each(parts, depth + 1, out),
                    other => self.part(other, facts, depth + 1, out),
                }
            }
            Rule::Segment(id, part) => {
                let name = self.rules.known.segments.get(id).map_or("", |(_, name, _)| name);
                out.push(group(format!("In the segment {name}")));
                self.part(part, facts, depth + 1, out);
            }
            Rule::Company(part) => self.companies(part, holds, facts, depth, out),
            Rule::Leaf(leaf, said) => {
                let holds = of_leaf(leaf, facts, self.dates.now()).holds;
                let value = self.value(leaf, facts);
                out.push(Reason { depth, said: begun(leaf, said), value, holds });
            }
        }
    }

    /// What is asked of companies, of each that the person is in.
    fn companies(
        &self,
        part: &Rule,
        holds: bool,
        facts: &Facts,
        depth: usize,
        out: &mut Vec<Reason>,
    ) {
        let none = if facts.companies.is_empty() { "in no company" } else { "" };
        let (said, value) = ("A company of theirs has".to_owned(), none.to_owned());
        out.push(Reason { depth, said, value, holds });
        for firm in &facts.companies {
            let known = |name| firm.values.get(&Slot::Standard(name));
            let title = known("name").or_else(|| known("company_id"));
            let said = title.map_or_else(String::new, |fact| fact.text.clone());
            let holds = judge::part(part, firm, self.dates.now()).holds;
            out.push(Reason { depth: depth + 1, said, value: String::new(), holds });
            self.part(part, firm, depth + 2, out);
        }
    }
}
