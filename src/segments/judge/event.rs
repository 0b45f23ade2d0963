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

/// How many times of somebody's count for a condition on an event; of the first or the last one, whether there is one and when.
pub fn counted(leaf: &EventLeaf, occurred: &Occurred, now: Time) -> (i64, Option<Time>) {
    let fold = || occurred.fold(&leaf.metadata);
    match leaf.asked {
        EventAsked::Count(..) if leaf.when.is_empty() => (fold().map_or(0, |f| f.count), None),
        EventAsked::Count(..) => (within(leaf, occurred, now).0, None),
        EventAsked::First => fold().map_or((0, None), |f| (1, Some(f.first))),
        EventAsked::Last => fold().map_or((0, None), |f| (1, Some(f.last))),
    }
}

/// How many of somebody's times lie within the time that is asked, and until when that is sure.
fn within(leaf: &EventLeaf, occurred: &Occurred, now: Time) -> (i64, Option<Time>) {
    let (mut count, mut until) = (0, None);
    for (at, _) in occurred.each.iter().filter(|(_, data)| fits(&leaf.metadata, data)) {
        let verdict = all_moments(&leaf.when, *at, now);
        count += i64::from(verdict.holds);
        until = [until, verdict.until].into_iter().flatten().min();
    }
    (count, until)
}

/// Judges by a condition on an event.
pub fn of_event(leaf: &EventLeaf, occurred: Option<&Occurred>, now: Time) -> Verdict {
    let fold = || occurred.and_then(|o| o.fold(&leaf.metadata));
    let at = |at: Option<Time>| {
        let never = Verdict { holds: false, until: None };
        at.map_or(never, |at| all_moments(&leaf.when, at, now))
    };
    match leaf.asked {
        EventAsked::Count(least, most) => {
            let (count, until) = if leaf.when.is_empty() {
                (fold().map_or(0, |f| f.count), None)
            } else {
                occurred.map_or((0, None), |o| within(leaf, o, now))
            };
            Verdict { holds: count >= least && count <= most, until }
        }
        EventAsked::First => at(fold().map(|f| f.first)),
        EventAsked::Last => at(fold().map(|f| f.last)),
    }
}

/// Whether an occurrence's metadata is such.
pub fn fits(asked: &[Member], data: &Value) -> bool {
    asked.iter().all(|m| member(m, data))
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
