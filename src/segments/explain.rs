//! Why somebody is in a segment, or is not: each condition, what is known of them, and when time alone changes it.

use std::collections::HashSet;

use super::facts::{Facts, Needs, Occurred, load};
use super::judge::{counted, judge_far, of_leaf};
use super::rule::{EventAsked, EventLeaf, Leaf, Rule, Slot};
use super::shown::{Explanation, Reason, Standing};
use super::store;
use super::watch::{Rules, Watched};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{SegmentId, TagId, WorkspaceId};
use crate::owner::Owner;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::server::state::AppState;
use crate::server::whose::whose;
use crate::teammates::Viewer;
use crate::time::Time;

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
    let sql = "select segment_id from segment_members where workspace_id = $1 and subject_id = $2";
    let inside: Vec<(SegmentId,)> = run!(c, |x| {
        sqlx::query_as::<_, (SegmentId,)>(sql).bind(workspace).bind(id).fetch_all(x)
    })?;
    let inside: HashSet<_> = inside.into_iter().map(|(id,)| id).collect();
    let mine = rules.all.iter().filter(|s| s.subject == subject && s.message.0 == 0);
    let mut all: Vec<_> = mine.map(|s| standing(s, inside.contains(&s.id))).collect();
    all.sort_by_key(|s| !s.inside);
    Ok(all)
}

/// The same of whom a page or a question is about.
///
/// # Errors
/// [`Error::NotFound`] for whom it is asked.
pub async fn all_standings(
    app: &AppState,
    viewer: &Viewer,
    owner: Owner,
) -> Result<Vec<Standing>, Error> {
    let mut c = app.db.read().await?;
    let owner = whose(&mut c, viewer, owner).await?;
    let subject = Subject::from_word(owner.kind()).ok_or(Error::NotFound)?;
    standings(app, &mut c, viewer.workspace, subject, owner.number()).await
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
    let found =
        rules.all.iter().find(|s| s.id == segment && s.subject == subject && s.message.0 == 0);
    let Some(segment) = found else { return Ok(None) };
    let mut needs = Needs::at(dates.now());
    segment.need(&mut needs);
    let facts = load(c, workspace, subject, &[id], &needs, &app.segments.kept).await?;
    let facts = facts.get(&id).cloned().unwrap_or_default();
    let sql = "select count(*) from segment_members where workspace_id = $1 and subject_id = $2 and segment_id = $3";
    let (inside,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(sql).bind(workspace).bind(id).bind(segment.id).fetch_one(x)
    })?;
    let explain = Explain { rules: &rules, facts: &facts, dates };
    Ok(Some(explain.segment(segment, inside > 0)))
}

fn standing(segment: &Watched, inside: bool) -> Standing {
    Standing { id: segment.id, name: segment.name.clone(), inside }
}

/// What a rule is explained with.
pub(super) struct Explain<'a> {
    pub rules: &'a Rules,
    pub facts: &'a Facts,
    pub dates: &'a Dates,
}

impl Explain<'_> {
    pub fn segment(&self, segment: &Watched, inside: bool) -> Explanation {
        let mut out = Explanation {
            standing: standing(segment, inside),
            reasons: Vec::new(),
            until: String::new(),
        };
        match &segment.rule {
            Err(faults) => {
                let said = format!("The rule makes no sense any more: {}", faults.first().message);
                let (value, holds) = (String::new(), false);
                out.reasons.push(Reason { depth: 0, said, value, holds });
            }
            Ok(rule) => {
                self.part(rule, self.facts, 0, &mut out.reasons);
                if let Some(until) = judge_far(rule, self.facts, self.dates.now()).until {
                    out.until = self.dates.short(until);
                }
            }
        }
        out
    }

    fn part(&self, rule: &Rule, facts: &Facts, depth: usize, out: &mut Vec<Reason>) {
        let holds = super::judge::part(rule, facts, self.dates.now()).holds;
        let group = |said: String| Reason { depth, said, value: String::new(), holds };
        match rule {
            Rule::All(parts) | Rule::Any(parts) => {
                // One alone needs no heading, and neither does the top of the usual rule.
                let all = matches!(rule, Rule::All(_));
                let headed = parts.len() != 1 && !(all && depth == 0);
                if headed {
                    out.push(group(if all { "All of these" } else { "Any of these" }.into()));
                }
                let depth = depth + usize::from(headed);
                parts.iter().for_each(|part| self.part(part, facts, depth, out));
            }
            Rule::Not(part) => {
                out.push(group("None of these".into()));
                self.part(part, facts, depth + 1, out);
            }
            Rule::Segment(id, part) => {
                let name = self.rules.known.segments.get(id).map_or("", |(_, name, _)| name);
                out.push(group(format!("In the segment {name}")));
                self.part(part, facts, depth + 1, out);
            }
            Rule::Company(part) => {
                out.push(group("A company of theirs has".into()));
                for firm in &facts.companies {
                    self.part(part, firm, depth + 1, out);
                }
            }
            Rule::Leaf(leaf, said) => {
                let holds = of_leaf(leaf, facts, self.dates.now()).holds;
                let value = self.value(leaf, facts);
                out.push(Reason { depth, said: said.clone(), value, holds });
            }
        }
    }

    /// What is known of the one thing that a condition asks for.
    fn value(&self, leaf: &Leaf, facts: &Facts) -> String {
        let known = |slot: &Slot| facts.values.get(slot);
        let unknown = || "unknown".to_owned();
        match leaf {
            Leaf::Text(slot, _) => known(slot).map_or_else(unknown, |f| f.text.clone()),
            Leaf::Number(Slot::Standard("owner_id"), ..) => {
                let id = known(&Slot::Standard("owner_id")).and_then(|f| f.number);
                let id = id.map(|n| crate::id::TeammateId(n as i64));
                let name = id.and_then(|id| self.rules.known.teammates.get(&id).cloned());
                name.unwrap_or_else(|| "nobody".into())
            }
            Leaf::Number(slot, ..) => known(slot).map_or_else(unknown, |f| f.text.clone()),
            Leaf::Truth(slot, _) => known(slot)
                .and_then(|f| f.number)
                .map_or_else(unknown, |n| if n == 0.0 { "no".into() } else { "yes".into() }),
            Leaf::Moment(slot, _) => {
                let at = known(slot).and_then(|f| f.number).map(|n| Time(n as i64));
                at.map_or_else(unknown, |at| self.moment(at))
            }
            Leaf::Known(slot, _) => match known(slot) {
                Some(fact) => fact.text.clone(),
                None => unknown(),
            },
            Leaf::Tag(tag, _) => has(facts, *tag),
            Leaf::Event(event) => self.event(event, facts),
        }
    }

    fn moment(&self, at: Time) -> String {
        let stamp = self.dates.stamp(at);
        format!("{} ({})", stamp.ago, stamp.exact)
    }

    fn event(&self, event: &EventLeaf, facts: &Facts) -> String {
        match facts.events.get(&event.event) {
            None => "never".into(),
            Some(occurred) => {
                let times = if occurred.count == 1 {
                    "once".into()
                } else {
                    format!("{} times", occurred.count)
                };
                format!(
                    "{times}, first {}, last {}{}",
                    self.moment(occurred.first),
                    self.moment(occurred.last),
                    self.counted(event, occurred)
                )
            }
        }
    }

    /// Which of somebody's times count, where not all of them do.
    fn counted(&self, event: &EventLeaf, occurred: &Occurred) -> String {
        let counts = matches!(event.asked, EventAsked::Count(..));
        let whenever = !counts || event.when.is_empty();
        if event.metadata.is_empty() && whenever {
            return String::new();
        }
        match counted(event, occurred, self.dates.now()) {
            (0, _) => "; none of them counts".into(),
            (_, Some(at)) => format!("; the one that counts was {}", self.moment(at)),
            (1, None) => "; one of them counts".into(),
            (several, None) => format!("; {several} of them count"),
        }
    }
}

fn has(facts: &Facts, tag: TagId) -> String {
    if facts.tags.contains(&tag) { "has it".into() } else { "does not have it".into() }
}
