//! Looking a rule up: names become numbers, values get their types, days become moments, and each condition its words.

mod event;

use std::collections::HashMap;

use jiff::civil::Date;
use serde_json::Value;

use super::fault::{Fault, Faults, Path};
use super::fields::{self, CUSTOM, SEGMENT, Sort};
use super::predicate::{FieldTest, MOST, MOST_GROUPS, Op, Predicate, shown};
use super::rule::{Leaf, MomentTest, Rule, Slot, TextTest};
use super::sentence;
use crate::attributes::Subject;
use crate::id::{AttributeId, SegmentId, TagId, TeammateId};
use crate::server::dates::Dates;
use crate::time::DAY;

/// The most days back that a rule may ask for: a hundred years.
const MOST_DAYS: i64 = 36_525;
/// How deep segments stand in each other: what looks a rule up goes down all of it.
const DEEPEST: usize = 10;
/// How deep groups and segments stand in each other, all told: whatever goes down a rule has a stack that ends.
const DEEPEST_PARTS: usize = 40;

/// What a workspace has that rules may name.
#[derive(Clone)]
pub struct Known {
    /// Attributes that are not archived, with their kind and what people read.
    pub attributes: HashMap<(Subject, String), (AttributeId, Sort, String)>,
    /// Tags by number.
    pub tags: HashMap<TagId, String>,
    /// Segments by number, archived ones left out.
    pub segments: HashMap<SegmentId, (Subject, String, Predicate)>,
    /// The team by number.
    pub teammates: HashMap<TeammateId, String>,
    /// The workspace's days.
    pub dates: Dates,
}

/// Looks up a whole rule; `itself` is the segment that it is of, which it may not name.
///
/// # Errors
/// Each part that makes no sense: an unknown field, a value of another type, a tag, segment or
/// attribute that is gone, segments that go round in a circle or stand more than 10 deep in each other, parts that stand
/// more than 40 deep, and more than 500 conditions or 400 groups with theirs.
pub fn resolve(
    known: &Known,
    subject: Subject,
    itself: Option<SegmentId>,
    predicate: &Predicate,
) -> Result<Rule, Faults> {
    let inside: Vec<_> = itself.into_iter().collect();
    let deepest = inside.len() + DEEPEST;
    let mut way = Way { inside, deepest, ..Way::new(known, false) };
    way.part(subject, predicate, &Path::default())
}

/// Looks up a rule that is asked of people once and not kept. Its values need not be there: a tag or a teammate that is gone
/// is nobody's, and a word is compared as text is.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_once(known: &Known, predicate: &Predicate) -> Result<Rule, Faults> {
    let mut way = Way::new(known, true);
    way.part(Subject::Contact, predicate, &Path::default())
}

/// The kind of a field of people in such a rule; `None` where there is none.
pub fn sort_once(known: &Known, field: &str) -> Option<Sort> {
    let way = Way::new(known, true);
    way.slot(Subject::Contact, field, &Path::default()).ok().map(|(_, _, sort)| sort)
}

struct Way<'a> {
    known: &'a Known,
    /// The segments that the part is in.
    inside: Vec<SegmentId>,
    /// How many those may be.
    deepest: usize,
    left: usize,
    groups: usize,
    /// How many groups and segments the part is in.
    depth: usize,
    /// Whether the rule is not kept.
    once: bool,
}

impl<'a> Way<'a> {
    const fn new(known: &'a Known, once: bool) -> Self {
        let (left, groups) = (MOST, MOST_GROUPS);
        Self { known, inside: Vec::new(), deepest: DEEPEST, left, groups, depth: 0, once }
    }
}

impl Way<'_> {
    fn part(&mut self, of: Subject, part: &Predicate, path: &Path) -> Result<Rule, Faults> {
        if self.depth >= DEEPEST_PARTS {
            let message = "groups and segments stand at most 40 deep in each other";
            return Err(path.fault(message).into());
        }
        if !matches!(part, Predicate::Field(_) | Predicate::Event(_)) {
            let message =
                "a rule has at most 400 groups, those of the segments that it names included";
            let full = || Faults::last(vec![path.fault(message)]);
            self.groups = self.groups.checked_sub(1).ok_or_else(full)?;
        }
        self.depth += 1;
        let found = self.part_of(of, part, path);
        self.depth -= 1;
        found
    }

    fn part_of(&mut self, of: Subject, part: &Predicate, path: &Path) -> Result<Rule, Faults> {
        let mut many = |parts: &[Predicate]| {
            let one = |(n, p)| self.part(of, p, &path.child(n));
            Faults::of_each(parts.iter().enumerate(), one)
        };
        match part {
            Predicate::All(parts) => many(parts).map(Rule::All),
            Predicate::Any(parts) => many(parts).map(Rule::Any),
            Predicate::Not(part) => Ok(Rule::Not(Box::new(self.part(of, part, &path.child(0))?))),
            Predicate::Company(_) if of == Subject::Company => {
                let message = "a company is in no company: ask for its own fields";
                Err(path.fault(message).named("company").into())
            }
            Predicate::Company(part) => {
                Ok(Rule::Company(Box::new(self.part(Subject::Company, part, &path.child(0))?)))
            }
            Predicate::Event(_) if of == Subject::Company => {
                let message = "events are what people do: ask for them in a segment of people";
                Err(path.fault(message).named("event").into())
            }
            Predicate::Event(test) => {
                self.count(path)?;
                let leaf = Leaf::Event(self.event(test, path)?);
                Ok(Rule::Leaf(leaf, sentence::of_event(test)))
            }
            Predicate::Field(test) if test.field == SEGMENT => self.segment(of, test, path),
            Predicate::Field(test) => {
                self.count(path)?;
                Ok(self.field(of, test, path)?)
            }
        }
    }

    fn count(&mut self, path: &Path) -> Result<(), Faults> {
        let message =
            "a rule has at most 500 conditions, those of the segments that it names included";
        let full = || Faults::last(vec![path.fault(message)]);
        self.left = self.left.checked_sub(1).ok_or_else(full)?;
        Ok(())
    }

    fn segment(&mut self, of: Subject, test: &FieldTest, path: &Path) -> Result<Rule, Faults> {
        let id = SegmentId(number(&test.value).unwrap_or(-1));
        let found = self.known.segments.get(&id).filter(|(kind, ..)| *kind == of);
        let wrong = |message: &str| path.fault(message).inside("value");
        let (_, _, predicate) =
            found.ok_or_else(|| wrong("this segment is not there any more: choose another"))?;
        if self.inside.contains(&id) {
            return Err(wrong("this segment asks for itself, here or by way of others").into());
        }
        if self.inside.len() >= self.deepest {
            return Err(wrong("segments stand at most 10 deep in each other").into());
        }
        self.count(path)?;
        self.inside.push(id);
        // What is wrong within is wrong here, for who looks at this rule.
        let inner = self.part(of, predicate, path).map_err(|faults| faults.within(path));
        self.inside.pop();
        let rule = Rule::Segment(id, Box::new(inner?));
        match test.op {
            Op::Is => Ok(rule),
            Op::IsNot => Ok(Rule::Not(Box::new(rule))),
            _ => Err(path.fault(Sort::Segment.expected()).inside("op").into()),
        }
    }

    fn field(&self, of: Subject, test: &FieldTest, path: &Path) -> Result<Rule, Fault> {
        let (slot, label, sort) = self.slot(of, &test.field, path)?;
        if !sort.ops().contains(&test.op) {
            return Err(path.fault(sort.expected()).inside("op"));
        }
        let wrong = |message: &str| path.fault(message).inside("value");
        let leaf = match (sort, test.op) {
            (_, Op::IsUnknown) => Leaf::Known(slot, false),
            (_, Op::HasAnyValue) => Leaf::Known(slot, true),
            (Sort::Text, _) => Leaf::Text(slot, text(test, path)?),
            (Sort::Choice, _) => {
                let test = text(test, path)?;
                let known = fields::options(name_of(slot));
                let known = known.iter().find(|(word, _)| word.eq_ignore_ascii_case(&test.value));
                let (word, _) = known.ok_or_else(|| wrong("choose one of the words"))?;
                Leaf::Text(slot, TextTest { value: (*word).into(), exact_case: false, ..test })
            }
            (Sort::Number, op) => Leaf::Number(slot, op, float(&test.value, path)?),
            (Sort::Truth, op) => Leaf::Truth(slot, op == Op::IsTrue),
            (Sort::Date, _) => Leaf::Moment(slot, self.moment(test.op, &test.value, path)?),
            (Sort::Tag, op) => {
                let tag = TagId(number(&test.value).unwrap_or(-1));
                if !self.once && !self.known.tags.contains_key(&tag) {
                    return Err(wrong("this tag is not there any more: choose another"));
                }
                Leaf::Tag(tag, op == Op::Is)
            }
            (Sort::Teammate, op) => {
                let id = number(&test.value).map(TeammateId);
                let id = id.filter(|id| self.known.teammates.contains_key(id));
                let id = id.ok_or_else(|| wrong("choose a teammate"))?;
                Leaf::Number(slot, op, id.0 as f64)
            }
            // Handled before.
            (Sort::Segment, _) => return Err(wrong(Sort::Segment.expected())),
        };
        Ok(Rule::Leaf(leaf, sentence::of_field(self.known, &label, sort, test)))
    }

    fn slot(&self, of: Subject, name: &str, path: &Path) -> Result<(Slot, String, Sort), Fault> {
        let none = |message: String| path.fault(message).inside("field");
        if let Some(custom) = name.strip_prefix(CUSTOM) {
            let found = self.known.attributes.get(&(of, custom.to_owned()));
            let (id, sort, label) =
                found.ok_or_else(|| none(format!("there is no attribute {custom} any more")))?;
            return Ok((Slot::Attribute(*id), label.clone(), *sort));
        }
        let found = match fields::find(of, name) {
            None if self.once => fields::OF_CONTACT_ONCE.into_iter().find(|(key, ..)| *key == name),
            found => found,
        };
        let (key, label, sort) = found.ok_or_else(|| none(format!("there is no field {name}")))?;
        let sort = match sort {
            Sort::Choice if self.once => Sort::Text,
            Sort::Teammate if self.once => Sort::Number,
            sort => sort,
        };
        Ok((Slot::Standard(key), label.to_owned(), sort))
    }

    fn moment(&self, op: Op, value: &Value, path: &Path) -> Result<MomentTest, Fault> {
        let wrong = |message: &str| path.fault(message).inside("value");
        let days = || {
            let days = number(value).filter(|n| (0..=MOST_DAYS).contains(n));
            days.ok_or_else(|| wrong("give a whole number of days, from 0 to 36525"))
        };
        let day = || {
            let date: Option<Date> = value.as_str().and_then(|s| s.trim().parse().ok());
            let bounds = date.and_then(|date| self.known.dates.bounds(date));
            bounds.ok_or_else(|| wrong("give a day, such as 2026-03-01"))
        };
        Ok(match op {
            Op::MoreThanDaysAgo => MomentTest::Older(days()? * DAY),
            Op::LessThanDaysAgo => MomentTest::Newer(days()? * DAY),
            Op::ExactlyDaysAgo => {
                let n = days()?;
                MomentTest::Between(n * DAY, (n + 1) * DAY)
            }
            Op::After => MomentTest::From(day()?.1),
            Op::On => {
                let (begin, end) = day()?;
                MomentTest::Within(begin, end)
            }
            Op::Before => MomentTest::Until(day()?.0),
            _ => return Err(path.fault(Sort::Date.expected()).inside("op")),
        })
    }
}

fn text(test: &FieldTest, path: &Path) -> Result<TextTest, Fault> {
    let value = shown(&test.value);
    if value.is_empty() {
        return Err(path.fault("write a text").inside("value"));
    }
    if value.contains('\0') {
        return Err(path.fault("the text has a character that cannot be").inside("value"));
    }
    Ok(TextTest { op: test.op, value, exact_case: test.exact_case })
}

const fn name_of(slot: Slot) -> &'static str {
    match slot {
        Slot::Standard(name) => name,
        Slot::Attribute(_) => "",
    }
}

/// A whole number, or one in digits.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn float(value: &Value, path: &Path) -> Result<f64, Fault> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    let none = || path.fault("write a number").inside("value");
    number.filter(|n: &f64| n.is_finite()).ok_or_else(none)
}
