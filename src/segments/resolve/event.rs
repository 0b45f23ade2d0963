//! Looking up a condition on an event.

use super::{Way, float, text};
use crate::segments::fault::{Fault, Faults, Path};
use crate::segments::fields::Sort;
use crate::segments::predicate::{DateTest, EventOp, EventTest, FieldTest, Op};
use crate::segments::rule::{EventAsked, EventLeaf, Member, MemberTest};

/// The most members of metadata that an event may be asked for: as many as it can have.
const MOST_MEMBERS: usize = 10;

impl Way<'_> {
    pub(super) fn event(&mut self, test: &EventTest, path: &Path) -> Result<EventLeaf, Faults> {
        if test.event.trim().is_empty() {
            return Err(path.fault("write the name of an event").inside("event").into());
        }
        if test.metadata.len() > MOST_MEMBERS {
            let message = "ask for at most 10 members of its metadata";
            return Err(path.fault(message).inside("metadata").into());
        }
        let counted = || {
            let count = Some(test.count).filter(|n| (0..=1_000_000_000).contains(n));
            count.ok_or_else(|| path.fault("say how often, as a whole number").inside("count"))
        };
        let asked = match test.op {
            EventOp::Occurred => EventAsked::Count(1, i64::MAX),
            EventOp::NotOccurred => EventAsked::Count(0, 0),
            EventOp::AtLeast => EventAsked::Count(counted()?, i64::MAX),
            EventOp::AtMost => EventAsked::Count(0, counted()?),
            EventOp::Exactly => EventAsked::Count(counted()?, counted()?),
            EventOp::First | EventOp::Last if test.when.is_empty() => {
                let message = "say when it occurred first or last";
                return Err(path.fault(message).inside("op").into());
            }
            EventOp::First => EventAsked::First,
            EventOp::Last => EventAsked::Last,
        };
        let date = |DateTest { op, value }: &DateTest| self.moment(*op, value, path);
        let when = each(&test.when, "when", date)?;
        let metadata = each(&test.metadata, "metadata", |m| member(m, path))?;
        for _ in 0..test.when.len() + test.metadata.len() {
            self.count(path)?;
        }
        Ok(EventLeaf { event: test.event.clone(), asked, when, metadata })
    }
}

/// Each of a list of this name; what is wrong is wrong of that one.
fn each<T, R>(
    all: &[T],
    name: &str,
    one: impl Fn(&T) -> Result<R, Fault>,
) -> Result<Vec<R>, Fault> {
    let one = |(n, part)| one(part).map_err(|fault| fault.inside(n).inside(name));
    all.iter().enumerate().map(one).collect()
}

fn member(test: &FieldTest, path: &Path) -> Result<Member, Fault> {
    let key = test.field.clone();
    // Both engines find a member by a path in which these would mean something.
    if key.is_empty() || key.contains(['"', '\\', '\0']) {
        return Err(path.fault("write the name of a member of the metadata").inside("field"));
    }
    let test = match test.op {
        Op::IsUnknown => MemberTest::Known(false),
        Op::HasAnyValue => MemberTest::Known(true),
        Op::IsTrue => MemberTest::Truth(true),
        Op::IsFalse => MemberTest::Truth(false),
        Op::Greater | Op::Less | Op::AtLeast | Op::AtMost => {
            MemberTest::Number(test.op, float(&test.value, path)?)
        }
        Op::Is | Op::IsNot if test.value.is_number() => {
            MemberTest::Number(test.op, float(&test.value, path)?)
        }
        Op::Is | Op::IsNot if float(&test.value, path).is_ok() => {
            MemberTest::Digits(text(test, path)?, float(&test.value, path)?)
        }
        op if Sort::Text.ops().contains(&op) => MemberTest::Text(text(test, path)?),
        _ => {
            let message = "metadata is compared as text, as a number, or as yes or no";
            return Err(path.fault(message).inside("op"));
        }
    };
    Ok(Member { key, test })
}
