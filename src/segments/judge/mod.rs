//! Judging one person or company by a rule, and when time alone may change the answer.

mod event;

use super::facts::{Fact, Facts};
use super::predicate::Op;
use super::rule::{Leaf, MomentTest, Rule, Slot, TextTest};
use crate::time::Time;
use event::of_event;
pub use event::{EVER, counted, fits, oldest};

/// An answer, and the first moment at which time alone may make it another; `None` for never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the rule holds.
    pub holds: bool,
    /// Until when that is sure, if nothing else happens.
    pub until: Option<Time>,
}

/// How many moments are looked at to find the one that changes the answer.
const STEPS: usize = 64;

/// Judges by a whole rule. Who is archived or was merged is in no segment.
pub fn judge(rule: &Rule, facts: &Facts, now: Time) -> Verdict {
    if !facts.alive {
        return Verdict { holds: false, until: None };
    }
    part(rule, facts, now)
}

/// Judges by a whole rule, and tells the moment at which time alone changes the answer, not merely a part of it.
pub fn judge_far(rule: &Rule, facts: &Facts, now: Time) -> Verdict {
    let first = judge(rule, facts, now);
    let mut next = first;
    for _ in 0..STEPS {
        let Some(until) = next.until else { return Verdict { until: None, ..first } };
        next = judge(rule, facts, until);
        if next.holds != first.holds {
            return Verdict { until: Some(until), ..first };
        }
    }
    // Not found yet: it is looked at again then.
    Verdict { until: next.until, ..first }
}

/// Judges by a part of a rule.
pub(super) fn part(rule: &Rule, facts: &Facts, now: Time) -> Verdict {
    match rule {
        Rule::All(parts) => several(parts, facts, now, true),
        Rule::Any(parts) => several(parts, facts, now, false),
        Rule::Not(inner) => {
            let verdict = part(inner, facts, now);
            Verdict { holds: !verdict.holds, ..verdict }
        }
        Rule::Segment(_, inner) => part(inner, facts, now),
        Rule::Company(inner) => {
            let verdicts = facts.companies.iter().map(|firm| part(inner, firm, now));
            joined(verdicts, false)
        }
        Rule::Leaf(leaf, _) => of_leaf(leaf, facts, now),
    }
}

fn several(parts: &[Rule], facts: &Facts, now: Time, all: bool) -> Verdict {
    joined(parts.iter().map(|p| part(p, facts, now)), all)
}

/// Of answers that must all be yes, or of which one must be.
fn joined(verdicts: impl Iterator<Item = Verdict>, all: bool) -> Verdict {
    let mut out = Verdict { holds: all, until: None };
    for verdict in verdicts {
        if verdict.holds != all {
            out.holds = !all;
        }
        out.until = [out.until, verdict.until].into_iter().flatten().min();
    }
    out
}

/// Judges by a single condition.
pub fn of_leaf(leaf: &Leaf, facts: &Facts, now: Time) -> Verdict {
    let always = |holds| Verdict { holds, until: None };
    let value = |slot: &Slot| facts.values.get(slot);
    match leaf {
        Leaf::Text(slot, test) => always(text(test, *slot, value(slot))),
        Leaf::Number(slot, op, wanted) => {
            always(number(*op, value(slot).and_then(|f| f.number), *wanted))
        }
        Leaf::Truth(slot, wanted) => {
            let truth = value(slot).and_then(|f| f.number).map(|n| n != 0.0);
            always(truth == Some(*wanted))
        }
        Leaf::Known(slot, wanted) => always(value(slot).is_some() == *wanted),
        Leaf::Tag(tag, wanted) => always(facts.tags.contains(tag) == *wanted),
        Leaf::Moment(slot, test) => match value(slot).and_then(|f| f.number) {
            Some(at) => moment(test, Time(at as i64), now),
            None => always(false),
        },
        Leaf::Event(event) => of_event(event, facts.events.get(&event.event), now),
    }
}

/// Text as it is found by: the database keeps it folded, or folds A to Z.
pub(super) fn folded(slot: Slot, text: &str) -> String {
    match slot {
        Slot::Standard("name" | "email" | "email_domain" | "external_id" | "company_id") => {
            text.to_lowercase()
        }
        Slot::Standard(_) => text.to_ascii_lowercase(),
        Slot::Attribute(_) => text.to_lowercase().chars().take(200).collect(),
    }
}

fn text(test: &TextTest, slot: Slot, fact: Option<&Fact>) -> bool {
    let known = fact.map(|f| if test.exact_case { &f.text } else { &f.key });
    let wanted = if test.exact_case { test.value.clone() } else { folded(slot, &test.value) };
    compared(test.op, known.map(String::as_str), &wanted)
}

/// What is not known is neither this nor that, and so it is not this, and does not contain it.
fn compared(op: Op, known: Option<&str>, wanted: &str) -> bool {
    let is = |test: fn(&str, &str) -> bool| known.is_some_and(|known| test(known, wanted));
    match op {
        Op::Is => is(|a, b| a == b),
        Op::IsNot => !is(|a, b| a == b),
        Op::StartsWith => is(|a, b| a.starts_with(b)),
        Op::EndsWith => is(|a, b| a.ends_with(b)),
        Op::Contains => is(|a, b| a.contains(b)),
        Op::DoesNotContain => !is(|a, b| a.contains(b)),
        _ => false,
    }
}

fn number(op: Op, known: Option<f64>, wanted: f64) -> bool {
    let is = |test: fn(f64, f64) -> bool| known.is_some_and(|known| test(known, wanted));
    match op {
        Op::Is => is(|a, b| a == b),
        Op::IsNot => !is(|a, b| a == b),
        Op::Greater => is(|a, b| a > b),
        Op::Less => is(|a, b| a < b),
        Op::AtLeast => is(|a, b| a >= b),
        Op::AtMost => is(|a, b| a <= b),
        _ => false,
    }
}

fn moment(test: &MomentTest, at: Time, now: Time) -> Verdict {
    let always = |holds| Verdict { holds, until: None };
    // Between two moments, counted from the one that is known.
    let while_in = |from: Time, until: Option<Time>| {
        if now < from {
            return Verdict { holds: false, until: Some(from) };
        }
        match until {
            Some(until) if now >= until => always(false),
            until => Verdict { holds: true, until },
        }
    };
    match *test {
        MomentTest::Older(back) => while_in(at.plus(back), None),
        MomentTest::Newer(back) => while_in(at, Some(at.plus(back))),
        MomentTest::Between(from, until) => while_in(at.plus(from), Some(at.plus(until))),
        MomentTest::From(begin) => always(at >= begin),
        MomentTest::Until(end) => always(at < end),
        MomentTest::Within(begin, end) => always(at >= begin && at < end),
    }
}

fn all_moments(tests: &[MomentTest], at: Time, now: Time) -> Verdict {
    joined(tests.iter().map(|test| moment(test, at, now)), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_772_366_400_000);
    use crate::time::DAY;

    #[test]
    fn days_ago_are_times_24_hours_and_part_what_was_from_what_was_not() {
        let at = |days: i64, more: i64| NOW.plus(-days * DAY + more);
        let holds = |test: MomentTest, at: Time| moment(&test, at, NOW).holds;
        for (offset, older, between, newer) in [
            (1, false, false, true),
            (0, true, true, false),
            (-DAY + 1, true, true, false),
            (-DAY, true, false, false),
        ] {
            let at = at(30, offset);
            assert_eq!(holds(MomentTest::Older(30 * DAY), at), older, "{offset}");
            assert_eq!(holds(MomentTest::Between(30 * DAY, 31 * DAY), at), between, "{offset}");
            assert_eq!(holds(MomentTest::Newer(30 * DAY), at), newer, "{offset}");
        }
        assert!(!holds(MomentTest::Newer(30 * DAY), NOW.plus(1)), "what is ahead was not yet");
    }

    #[test]
    fn an_answer_stays_until_the_moment_that_is_told() {
        for test in [
            MomentTest::Older(3 * DAY),
            MomentTest::Newer(3 * DAY),
            MomentTest::Between(3 * DAY, 4 * DAY),
        ] {
            for days in [-2, 0, 1, 3, 4, 9] {
                let at = NOW.plus(-days * DAY);
                let mut now = NOW;
                for _ in 0..4 {
                    let verdict = moment(&test, at, now);
                    let Some(until) = verdict.until else {
                        assert_eq!(moment(&test, at, now.plus(999 * DAY)).holds, verdict.holds);
                        break;
                    };
                    assert!(until > now);
                    assert_eq!(moment(&test, at, until.plus(-1)).holds, verdict.holds);
                    assert_ne!(moment(&test, at, until).holds, verdict.holds);
                    now = until;
                }
            }
        }
    }
}
