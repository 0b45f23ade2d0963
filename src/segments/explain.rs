//! Why somebody is in a segment, or is not: each condition, what is known of them, and when time alone changes it.

use std::collections::HashMap;

use super::facts::{Facts, Needs, load};
use super::judge::{judge_far, of_leaf};
use super::rule::{EventLeaf, Leaf, Rule, Slot};
use super::shown::{Reason, Standing};
use super::store;
use super::watch::{Rules, Watched};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{TagId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::server::state::AppState;
use crate::time::Time;

/// How a person or a company stands to each of the workspace's segments, those that they are in first.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn standings(
    app: &AppState,
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    subject: Subject,
    id: i64,
) -> Result<Vec<Standing>, Error> {
    let version = store::version(c, workspace).await?;
    let rules = app.segments.rules(c, workspace, version).await?;
    let segments: Vec<&Watched> =
        rules.all.iter().filter(|s| s.subject == subject && s.message.0 == 0).collect();
    let mut needs = Needs::default();
    segments.iter().for_each(|s| s.need(&mut needs));
    let facts = load(c, workspace, subject, &[id], &needs).await?;
    let facts = facts.get(&id).cloned().unwrap_or_default();
    let sql = "select segment_id, entered_at from segment_members where workspace_id = $1 and subject_id = $2";
    let inside: Vec<(i64, Time)> = run!(c, |x| {
        sqlx::query_as::<_, (i64, Time)>(sql).bind(workspace).bind(id).fetch_all(x)
    })?;
    let inside: HashMap<_, _> = inside.into_iter().collect();
    let explain = Explain { rules: &rules, facts: &facts, dates };
    let mut all: Vec<_> =
        segments.into_iter().map(|s| explain.segment(s, inside.contains_key(&s.id.0))).collect();
    all.sort_by_key(|s| !s.inside);
    Ok(all)
}

/// What a rule is explained with.
pub(super) struct Explain<'a> {
    pub rules: &'a Rules,
    pub facts: &'a Facts,
    pub dates: &'a Dates,
}

impl Explain<'_> {
    pub fn segment(&self, segment: &Watched, inside: bool) -> Standing {
        let mut standing = Standing {
            id: segment.id,
            name: segment.name.clone(),
            inside,
            reasons: Vec::new(),
            until: String::new(),
        };
        match &segment.rule {
            Err(fault) => {
                let said = format!("The rule makes no sense any more: {}", fault.message);
                standing.reasons.push(Reason {
                    depth: 0,
                    said,
                    value: String::new(),
                    holds: false,
                });
            }
            Ok(rule) => {
                self.part(rule, self.facts, 0, &mut standing.reasons);
                if let Some(until) = judge_far(rule, self.facts, self.dates.now()).until {
                    standing.until = self.dates.short(until);
                }
            }
        }
        standing
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
                    "{times}, first {}, last {}",
                    self.moment(occurred.first),
                    self.moment(occurred.last)
                )
            }
        }
    }
}

fn has(facts: &Facts, tag: TagId) -> String {
    if facts.tags.contains(&tag) { "has it".into() } else { "does not have it".into() }
}
