//! What is known of somebody, as a condition asks for it and people read it.

use super::{Explain, moment};
use crate::attributes::Subject;
use crate::companies::Health;
use crate::id::{TagId, TeammateId};
use crate::segments::facts::{Fact, Facts, Occurred};
use crate::segments::fields::{self, Sort};
use crate::segments::judge::counted;
use crate::segments::rule::{EventAsked, EventLeaf, Leaf, Slot};
use crate::time::Time;

impl Explain<'_> {
    /// What is known of the one thing that a condition asks for.
    pub(super) fn value(&self, leaf: &Leaf, facts: &Facts) -> String {
        let slot = match leaf {
            Leaf::Tag(tag, _) => return has(facts, *tag),
            Leaf::Event(event) => return self.event(event, facts),
            Leaf::Text(slot, _)
            | Leaf::Number(slot, ..)
            | Leaf::Truth(slot, _)
            | Leaf::Moment(slot, _)
            | Leaf::Known(slot, _) => *slot,
        };
        let nothing = if slot == Slot::Standard("owner_id") { "nobody" } else { "unknown" };
        let Some(fact) = facts.values.get(&slot) else { return nothing.into() };
        if slot == Slot::Standard("health") {
            let new = matches!(leaf, Leaf::Text(_, test) if test.value == Health::New.word());
            if let Some(said) = self.healths.said(facts, new, self.dates) {
                return said;
            }
        }
        self.shown(slot, fact)
    }

    /// A value as people read it.
    fn shown(&self, slot: Slot, fact: &Fact) -> String {
        let number = || fact.number.unwrap_or_default();
        match self.sort(slot) {
            Sort::Date if fact.number.is_some() => moment(self.dates, Time(number() as i64)),
            Sort::Truth if number() == 0.0 => "no".into(),
            Sort::Truth => "yes".into(),
            Sort::Teammate => {
                let name = self.rules.known.teammates.get(&TeammateId(number() as i64));
                name.cloned().unwrap_or_else(|| "nobody".into())
            }
            Sort::Choice => {
                let words = match slot {
                    Slot::Standard(name) => fields::options(name),
                    Slot::Attribute(_) => Vec::new(),
                };
                let named = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(&fact.text));
                named.map_or_else(|| fact.text.clone(), |(_, name)| (*name).to_owned())
            }
            _ => fact.text.clone(),
        }
    }

    /// The kind of a value. A field of people and one of companies of one name are of one kind.
    fn sort(&self, slot: Slot) -> Sort {
        match slot {
            Slot::Standard(name) => {
                let of = |subject| fields::find(subject, name);
                let field = of(Subject::Contact).or_else(|| of(Subject::Company));
                field.map_or(Sort::Text, |(_, _, sort)| sort)
            }
            Slot::Attribute(id) => {
                let mut own = self.rules.known.attributes.values();
                own.find(|(other, ..)| *other == id).map_or(Sort::Text, |(_, sort, _)| *sort)
            }
        }
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
                    moment(self.dates, occurred.first),
                    moment(self.dates, occurred.last),
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
            (_, Some(at)) => format!("; the one that counts was {}", moment(self.dates, at)),
            (1, None) => "; one of them counts".into(),
            (several, None) => format!("; {several} of them count"),
        }
    }
}

fn has(facts: &Facts, tag: TagId) -> String {
    if facts.tags.contains(&tag) { "has it".into() } else { "does not have it".into() }
}
