//! Judging by what somebody did: how often, when, and with what metadata.

use serde_json::Value;

use super::{Verdict, all_moments, compared, number};
use crate::segments::facts::Occurred;
use crate::segments::predicate::Op;
use crate::segments::rule::{EventAsked, EventLeaf, Member, MemberTest, MomentTest, TextTest};
use crate::time::Time;

/// Before anything that can have happened, and a number that JSON keeps as it is.
pub const EVER: Time = Time(-(1 << 53));

/// The first moment at which an occurrence of an event can still count for a condition, now or later.
pub fn oldest(leaf: &EventLeaf, now: Time) -> Time {
    if leaf.asked == EventAsked::First {
        return EVER;
    }
    let from = leaf.when.iter().map(|test| match *test {
        MomentTest::Newer(back) | MomentTest::Between(_, back) => now.plus(1 - back),
        MomentTest::From(begin) | MomentTest::Within(begin, _) => begin,
        MomentTest::Older(_) | MomentTest::Until(_) => EVER,
    });
    from.max().unwrap_or(EVER)
}

/// Those times of somebody's that count for a condition on an event; of the first or the last one, that one.
pub fn counted(leaf: &EventLeaf, occurred: &Occurred, now: Time) -> Vec<Time> {
    let fits = |data: &Value| leaf.metadata.iter().all(|m| member(m, data));
    let each = occurred.each.iter().filter(|(_, data)| fits(data)).map(|(at, _)| *at);
    match leaf.asked {
        EventAsked::First => each.min().into_iter().collect(),
        EventAsked::Last => each.max().into_iter().collect(),
        EventAsked::Count(..) => {
            each.filter(|at| all_moments(&leaf.when, *at, now).holds).collect()
        }
    }
}

/// Judges by a condition on an event.
pub fn of_event(leaf: &EventLeaf, occurred: Option<&Occurred>, now: Time) -> Verdict {
    let always = |holds| Verdict { holds, until: None };
    let fits = |data: &Value| leaf.metadata.iter().all(|m| member(m, data));
    let each = || {
        let each = occurred.into_iter().flat_map(|o| &o.each);
        each.filter(|(_, data)| fits(data)).map(|(at, _)| *at)
    };
    match leaf.asked {
        EventAsked::Count(least, most) if leaf.when.is_empty() => {
            let count = if leaf.metadata.is_empty() {
                occurred.map_or(0, |o| o.count)
            } else {
                each().count() as i64
            };
            always(count >= least && count <= most)
        }
        EventAsked::Count(least, most) => {
            let (mut count, mut until) = (0, None);
            for at in each() {
                let verdict = all_moments(&leaf.when, at, now);
                count += i64::from(verdict.holds);
                until = [until, verdict.until].into_iter().flatten().min();
            }
            Verdict { holds: count >= least && count <= most, until }
        }
        EventAsked::First | EventAsked::Last => {
            let first = leaf.asked == EventAsked::First;
            let at = match (leaf.metadata.is_empty(), first) {
                (true, true) => occurred.map(|o| o.first),
                (true, false) => occurred.map(|o| o.last),
                (false, true) => each().min(),
                (false, false) => each().max(),
            };
            at.map_or(always(false), |at| all_moments(&leaf.when, at, now))
        }
    }
}

fn member(asked: &Member, data: &Value) -> bool {
    let value = data.get(&asked.key).filter(|v| !v.is_null());
    match &asked.test {
        MemberTest::Known(wanted) => value.is_some() == *wanted,
        MemberTest::Truth(wanted) => value.and_then(Value::as_bool) == Some(*wanted),
        MemberTest::Number(op, wanted) => number(*op, value.and_then(Value::as_f64), *wanted),
        MemberTest::Digits(test, wanted) => {
            let is = |op| number(op, value.and_then(Value::as_f64), *wanted);
            if test.op == Op::IsNot {
                said(test, value) && is(Op::IsNot)
            } else {
                said(test, value) || is(Op::Is)
            }
        }
        MemberTest::Text(test) => said(test, value),
    }
}

fn said(test: &TextTest, value: Option<&Value>) -> bool {
    let text = value.and_then(Value::as_str).filter(|s| !s.is_empty());
    let fold =
        |text: &str| if test.exact_case { text.to_owned() } else { text.to_ascii_lowercase() };
    compared(test.op, text.map(fold).as_deref(), &fold(&test.value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DAY;

    #[test]
    fn what_is_older_than_the_oldest_never_counts() {
        const NOW: Time = Time(1_772_366_400_000);
        let days = |n: i64| NOW.plus(-n * DAY);
        let one = |asked, when: &[MomentTest]| EventLeaf {
            event: "Paid".into(),
            asked,
            when: when.to_vec(),
            metadata: Vec::new(),
        };
        let count = EventAsked::Count(1, i64::MAX);
        for (when, oldest_is) in [
            (vec![MomentTest::Newer(3 * DAY)], days(3).plus(1)),
            (vec![MomentTest::Between(3 * DAY, 4 * DAY)], days(4).plus(1)),
            (vec![MomentTest::Newer(9 * DAY), MomentTest::Newer(3 * DAY)], days(3).plus(1)),
            (vec![MomentTest::Older(2 * DAY), MomentTest::Newer(3 * DAY)], days(3).plus(1)),
            (vec![MomentTest::From(days(5))], days(5)),
            (vec![MomentTest::Within(days(5), days(4)), MomentTest::Until(days(1))], days(5)),
            (vec![MomentTest::Older(DAY)], EVER),
            (vec![], EVER),
        ] {
            let leaf = one(count, &when);
            assert_eq!(oldest(&leaf, NOW), oldest_is, "{when:?}");
            let before = oldest_is.plus(-1);
            for later in [NOW, days(-1), days(-9)] {
                let counts = !when.is_empty() && oldest_is != EVER;
                assert!(!counts || !all_moments(&when, before, later).holds, "{when:?}");
            }
            // The first one may be any.
            assert_eq!(oldest(&one(EventAsked::First, &when), NOW), EVER);
        }
    }
}
