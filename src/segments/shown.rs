//! Segments as pages show them.

use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::fields::Sort;
use crate::attributes::Subject;
use crate::id::{SegmentId, TagId, TeammateId};
use crate::time::Stamp;

/// A segment in few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// Which.
    pub id: SegmentId,
    /// People or companies.
    pub subject: Subject,
    /// Its name.
    pub name: String,
    /// What its rule says; empty where it makes no sense.
    pub sentence: String,
    /// How many it holds for.
    pub members: i64,
    /// Whether it is there from the start.
    pub builtin: bool,
    /// While it is being filled: how many were looked at, of how many.
    pub filling: Option<(i64, i64)>,
    /// Whether somebody stopped that.
    pub paused: bool,
    /// Why its rule makes no sense any more, or empty.
    pub fault: String,
}

/// A workspace's segments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segments {
    /// The number up to which this is true.
    pub seq: i64,
    /// Those that are kept.
    pub all: Vec<Brief>,
    /// Those that were put away.
    pub archived: Vec<Brief>,
}

/// One segment with its rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The number up to which this is true.
    pub seq: i64,
    /// The segment.
    pub brief: Brief,
    /// Whether it was put away.
    pub archived: bool,
    /// The JSON text of its rule.
    pub rule: String,
    /// Goes up by one when its name or rule changes.
    pub version: i64,
    /// Who changed it last; empty for nobody of the team.
    pub changed_by: String,
}

/// A field that a rule may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Of people or of companies.
    pub of: Subject,
    /// Its name in rules.
    pub key: String,
    /// What people read.
    pub label: String,
    /// The kind of its values.
    pub sort: Sort,
}

/// What the builder offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The workspace's own attributes.
    pub own: Vec<Choice>,
    /// Tags by name.
    pub tags: Vec<(TagId, String)>,
    /// Segments by name.
    pub segments: Vec<(SegmentId, Subject, String)>,
    /// The team.
    pub teammates: Vec<(TeammateId, String)>,
    /// Names of events, 1,000 at most.
    pub events: Vec<String>,
    /// Days that are often meant, such as `2026-03-01`, and what people call them today.
    pub days: Vec<(String, String)>,
}

/// Someone whom a rule holds for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The number.
    pub id: i64,
    /// The name.
    pub title: String,
}

/// About how many a rule holds for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// What it says.
    pub sentence: String,
    /// How many, without digits that mean nothing.
    pub count: i64,
    /// How far off that may be, up or down, in 95 of 100 cases.
    pub error: i64,
}

/// What a rule would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The number that the question had.
    pub at: u32,
    /// What it says.
    pub sentence: String,
    /// Where it makes no sense, in order.
    pub faults: Vec<Fault>,
    /// How many it holds for.
    pub count: i64,
    /// Some of them.
    pub sample: Vec<Example>,
    /// How many come that are not in it now.
    pub enter: i64,
    /// Some of them.
    pub entering: Vec<Example>,
    /// How many go.
    pub leave: i64,
    /// Some of them.
    pub leaving: Vec<Example>,
}

/// One condition of a rule and how someone stands to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// How deep it stands in groups.
    pub depth: usize,
    /// What it says.
    pub said: String,
    /// What is known of the person; empty for a group.
    pub value: String,
    /// Whether it holds.
    pub holds: bool,
}

/// How someone stands to a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The segment.
    pub id: SegmentId,
    /// Its name.
    pub name: String,
    /// Whether they are in it.
    pub inside: bool,
}

/// The segments that somebody is in, of all there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InAndOut {
    /// Those.
    pub inside: Vec<Standing>,
    /// How many others there are.
    pub others: usize,
}

/// Why somebody is in a segment, or is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// How they stand to it.
    pub standing: Standing,
    /// Each part of its rule.
    pub reasons: Vec<Reason>,
    /// Whether the rule says otherwise than where they are, since they were not looked at yet for it.
    pub pending: bool,
    /// When time alone changes what the rule says of them; `None` for never.
    pub until: Option<Stamp>,
}
