//! What is known of people and companies, as far as rules ask for it.

mod events;
mod folds;
mod kept;
mod load;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value};

use super::judge::oldest;
use super::rule::{Asks, EventLeaf, Member, Slot};
use crate::attributes::Subject;
use crate::id::TagId;
use crate::time::Time;

pub use kept::Kept;
pub use load::load;

/// What is known of one person or company.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// The company's number, where this is one that a person is in; else 0.
    pub number: i64,
    /// Whether they can be in a segment: neither archived nor merged into another.
    pub alive: bool,
    /// What is known; nothing is said of what is not.
    pub values: HashMap<Slot, Fact>,
    /// Tags.
    pub tags: HashSet<TagId>,
    /// What the person did, by the event's name.
    pub events: HashMap<String, Occurred>,
    /// The companies that the person is in.
    pub companies: Vec<Facts>,
}

/// A value that is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fact {
    /// As text.
    pub text: String,
    /// The text folded, as it is found by.
    pub key: String,
    /// As a number: numbers, truths (0 or 1), and moments (milliseconds UTC).
    pub number: Option<f64>,
}

/// How often and when somebody did something.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurred {
    /// How often.
    pub count: i64,
    /// The first time.
    pub first: Time,
    /// The last time.
    pub last: Time,
    /// The same three of those times alone whose metadata is such, where a rule asks for them.
    pub folds: Vec<(Vec<Member>, Fold)>,
    /// Each time that can still count with the members of its metadata that are asked for, where a rule asks how many lie within
    /// a time.
    pub each: Vec<(Time, Value)>,
}

/// How often and when somebody did something, in three numbers that each more time adds to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    /// How often.
    pub count: i64,
    /// The first time.
    pub first: Time,
    /// The last time.
    pub last: Time,
}

impl Occurred {
    /// What is known of the times whose metadata is such; `None` where there are none.
    pub fn fold(&self, metadata: &[Member]) -> Option<Fold> {
        if metadata.is_empty() {
            return Some(Fold { count: self.count, first: self.first, last: self.last });
        }
        let found = self.folds.iter().find(|(asked, _)| asked == metadata);
        found.map(|(_, fold)| *fold).filter(|fold| fold.count > 0)
    }
}

/// What rules ask for, all in all.
#[derive(Debug, Clone)]
pub struct Needs {
    /// The first moment at which anybody is judged.
    now: Time,
    attributes: HashSet<Subject>,
    tags: HashSet<Subject>,
    events: BTreeSet<String>,
    folds: BTreeMap<String, Vec<Vec<Member>>>,
    each: BTreeMap<String, Each>,
    companies: bool,
}

/// What is needed of the occurrences of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Each {
    /// From when on: those before cannot count any more.
    from: Time,
    /// The members of their metadata.
    keys: BTreeSet<String>,
}

impl Needs {
    /// Nothing so far, to judge at this moment and later.
    pub fn at(now: Time) -> Self {
        Self {
            now,
            attributes: HashSet::new(),
            tags: HashSet::new(),
            events: BTreeSet::new(),
            folds: BTreeMap::new(),
            each: BTreeMap::new(),
            companies: false,
        }
    }

    /// Adds what a rule asks for; `each` has the conditions that ask for every occurrence of an event.
    pub fn add<'a>(
        &mut self,
        asks: impl IntoIterator<Item = &'a Asks>,
        each: impl IntoIterator<Item = &'a EventLeaf>,
    ) {
        for one in asks {
            match one {
                Asks::Slot(of, Slot::Attribute(_)) => _ = self.attributes.insert(*of),
                Asks::Slot(..) => {}
                Asks::Tag(of, _) => _ = self.tags.insert(*of),
                Asks::Event(name) => _ = self.events.insert(name.clone()),
                Asks::Companies => self.companies = true,
            }
        }
        for leaf in each {
            if leaf.is_folded() {
                let folds = self.folds.entry(leaf.event.clone()).or_default();
                if !folds.contains(&leaf.metadata) {
                    folds.push(leaf.metadata.clone());
                }
                continue;
            }
            let from = oldest(leaf, self.now);
            let none = || Each { from, keys: BTreeSet::new() };
            let needed = self.each.entry(leaf.event.clone()).or_insert_with(none);
            needed.from = needed.from.min(from);
            needed.keys.extend(leaf.metadata.iter().map(|m| m.key.clone()));
        }
    }
}

impl Each {
    /// What is needed of an occurrence's metadata, which is a text of JSON.
    fn kept(&self, data: &str) -> Value {
        if self.keys.is_empty() {
            return Value::Null;
        }
        let mut data: Map<String, Value> = serde_json::from_str(data).unwrap_or_default();
        data.retain(|key, _| self.keys.contains(key));
        data.into()
    }
}

impl Facts {
    /// `key` is the text folded, where the database keeps it; elsewhere only A to Z have small letters.
    fn text(&mut self, name: &'static str, text: Option<&String>, key: Option<&String>) {
        let Some(text) = text.filter(|t| !t.is_empty()) else { return };
        let key = key.cloned().unwrap_or_else(|| text.to_ascii_lowercase());
        let fact = Fact { text: text.clone(), key, number: None };
        self.values.insert(Slot::Standard(name), fact);
    }

    fn number(&mut self, name: &'static str, number: Option<f64>) {
        let Some(number) = number else { return };
        let fact = Fact { text: number.to_string(), key: String::new(), number: Some(number) };
        self.values.insert(Slot::Standard(name), fact);
    }

    fn moment(&mut self, name: &'static str, at: Option<Time>) {
        self.number(name, at.filter(|at| at.0 > 0).map(|at| at.0 as f64));
    }
}
