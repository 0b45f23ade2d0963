//! A rule that has been looked up: every name is known, every value has its type, and times are days and moments.

use crate::attributes::Subject;
use crate::id::{AttributeId, SegmentId, TagId};
use crate::time::Time;

use super::predicate::Op;

/// A rule, or a part of one, ready to be judged.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// Every part holds.
    All(Vec<Self>),
    /// At least one part holds.
    Any(Vec<Self>),
    /// The part does not hold.
    Not(Box<Self>),
    /// At least one of the person's companies is such.
    Company(Box<Self>),
    /// Being in a segment, as the rule that it is.
    Segment(SegmentId, Box<Self>),
    /// A single condition, and what it says in English.
    Leaf(Leaf, String),
}

/// A single condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Leaf {
    /// Text compared with text.
    Text(Slot, TextTest),
    /// A number compared with a number.
    Number(Slot, Op, f64),
    /// Yes or no.
    Truth(Slot, bool),
    /// A moment compared.
    Moment(Slot, MomentTest),
    /// Whether anything is known.
    Known(Slot, bool),
    /// Having a tag.
    Tag(TagId, bool),
    /// What the person did.
    Event(EventLeaf),
}

/// Where a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// In a field that everyone has.
    Standard(&'static str),
    /// In an attribute of the workspace's own.
    Attribute(AttributeId),
}

/// Text compared with text.
#[derive(Debug, Clone, PartialEq)]
pub struct TextTest {
    /// How.
    pub op: Op,
    /// With what, as it was written.
    pub value: String,
    /// Whether capital and small letters differ.
    pub exact_case: bool,
}

/// What a moment must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MomentTest {
    /// So many milliseconds back from now, or more.
    Older(i64),
    /// Fewer milliseconds back from now, and not ahead.
    Newer(i64),
    /// The first number of milliseconds back from now or more, the second or fewer.
    Between(i64, i64),
    /// At this moment or later.
    From(Time),
    /// Before this moment.
    Until(Time),
    /// At the first moment or later, and before the second.
    Within(Time, Time),
}

/// What the person did.
#[derive(Debug, Clone, PartialEq)]
pub struct EventLeaf {
    /// The event's name.
    pub event: String,
    /// What is asked.
    pub asked: EventAsked,
    /// What holds for the time.
    pub when: Vec<MomentTest>,
    /// What holds for the metadata of each occurrence.
    pub metadata: Vec<Member>,
}

impl EventLeaf {
    /// Whether how often, the first time and the last time tell the answer, once they are known of those times whose metadata is such.
    pub fn is_folded(&self) -> bool {
        !matches!(self.asked, EventAsked::Count(..)) || self.when.is_empty()
    }
}

/// What is asked of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventAsked {
    /// It occurred so often, at least and at most.
    Count(i64, i64),
    /// The first time.
    First,
    /// The last time.
    Last,
}

/// A member of an event's metadata compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The name.
    pub key: String,
    /// What it must be.
    pub test: MemberTest,
}

/// What a member of metadata must be.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberTest {
    /// Text.
    Text(TextTest),
    /// A number.
    Number(Op, f64),
    /// This number, or the same in digits, as some send it; or neither.
    Digits(TextTest, f64),
    /// Yes or no.
    Truth(bool),
    /// There, or not.
    Known(bool),
}

/// A thing whose change may move someone in or out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Asks {
    /// A field or an attribute of the subject.
    Slot(Subject, Slot),
    /// A tag of the subject.
    Tag(Subject, TagId),
    /// An event.
    Event(String),
    /// Which companies the person is in.
    Companies,
}

impl Leaf {
    /// What it asks for.
    pub fn asks(&self, of: Subject) -> Asks {
        match self {
            Self::Text(slot, _)
            | Self::Number(slot, ..)
            | Self::Truth(slot, _)
            | Self::Moment(slot, _)
            | Self::Known(slot, _) => Asks::Slot(of, *slot),
            Self::Tag(tag, _) => Asks::Tag(of, *tag),
            Self::Event(event) => Asks::Event(event.event.clone()),
        }
    }
}

impl Rule {
    /// Every condition with the kind of thing it is asked of.
    pub fn leaves<'a>(&'a self, of: Subject, out: &mut Vec<(Subject, &'a Leaf, &'a str)>) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|p| p.leaves(of, out)),
            Self::Not(part) | Self::Segment(_, part) => part.leaves(of, out),
            Self::Company(part) => part.leaves(Subject::Company, out),
            Self::Leaf(leaf, said) => out.push((of, leaf, said)),
        }
    }

    /// The same rule where only what people did from a moment on counts. Being in a segment is how they are, whatever they did for
    /// it, and stays as it is.
    pub fn since(&self, at: Time) -> Self {
        let each = |parts: &[Self]| parts.iter().map(|part| part.since(at)).collect();
        match self {
            Self::All(parts) => Self::All(each(parts)),
            Self::Any(parts) => Self::Any(each(parts)),
            Self::Not(part) => Self::Not(Box::new(part.since(at))),
            Self::Leaf(Leaf::Event(event), said) => {
                let mut event = event.clone();
                let ever = event.when.is_empty();
                event.when.push(MomentTest::From(at));
                // Whether there is one at all since then is told by the last one, without a look at each.
                let never = ever && event.asked == EventAsked::Count(0, 0);
                if never || (ever && event.asked == EventAsked::Count(1, i64::MAX)) {
                    event.asked = EventAsked::Last;
                }
                let leaf = Self::Leaf(Leaf::Event(event), said.clone());
                if never { Self::Not(Box::new(leaf)) } else { leaf }
            }
            Self::Company(_) | Self::Segment(..) | Self::Leaf(..) => self.clone(),
        }
    }

    /// Everything whose change may change the answer.
    pub fn asks(&self, of: Subject) -> Vec<Asks> {
        let mut leaves = Vec::new();
        self.leaves(of, &mut leaves);
        let mut asks: Vec<_> = leaves.iter().map(|(of, leaf, _)| leaf.asks(*of)).collect();
        if self.has_company() {
            asks.push(Asks::Companies);
        }
        asks.sort();
        asks.dedup();
        asks
    }

    fn has_company(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::has_company),
            Self::Not(part) | Self::Segment(_, part) => part.has_company(),
            Self::Company(_) => true,
            Self::Leaf(..) => false,
        }
    }
}

impl Asks {
    /// The word under which a change of it is noted.
    pub fn word(&self) -> String {
        let lead = |of: &Subject| if *of == Subject::Contact { "p" } else { "c" };
        match self {
            Self::Slot(of, Slot::Standard(name)) => format!("{}.{name}", lead(of)),
            Self::Slot(of, Slot::Attribute(id)) => format!("{}@{id}", lead(of)),
            Self::Tag(of, tag) => format!("{}#{tag}", lead(of)),
            Self::Event(name) => format!("e:{name}"),
            Self::Companies => "m".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DAY;

    #[test]
    fn whether_there_was_one_since_a_moment_is_told_by_the_last() {
        const SINCE: Time = Time(1_772_366_400_000);
        let one = |asked, when: &[MomentTest]| {
            let (event, when) = ("Paid".to_owned(), when.to_vec());
            let leaf = EventLeaf { event, asked, when, metadata: Vec::new() };
            Rule::Leaf(Leaf::Event(leaf), "Paid".into())
        };
        let some = EventAsked::Count(1, i64::MAX);
        let since = MomentTest::From(SINCE);
        let last = one(EventAsked::Last, &[since]);
        assert_eq!(one(some, &[]).since(SINCE), last);
        let none = one(EventAsked::Count(0, 0), &[]);
        assert_eq!(none.since(SINCE), Rule::Not(Box::new(last)));
        // What is asked of a time or counted is looked at one by one.
        let lately = MomentTest::Newer(DAY);
        assert_eq!(one(some, &[lately]).since(SINCE), one(some, &[lately, since]));
        for asked in [EventAsked::Count(2, i64::MAX), EventAsked::Count(0, 3), EventAsked::First] {
            assert_eq!(one(asked, &[]).since(SINCE), one(asked, &[since]));
        }
        // Being in a segment is how they are.
        let inside = Rule::Segment(SegmentId(7), Box::new(one(some, &[])));
        assert_eq!(inside.since(SINCE), inside);
    }
}
