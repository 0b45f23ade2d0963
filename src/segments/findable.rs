//! What a condition can be about, found by what somebody types: facts, the workspace's own data, tags, segments and events.

use super::fields::{SEGMENT, Sort, TAG, standard};
use super::shown::Choices;
use super::tree::Row;
use crate::attributes::Subject;
use crate::id::SegmentId;

/// How many are offered.
const OFFERED: usize = 20;

/// Something that a condition can be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findable {
    /// What people read; no two are the same.
    pub said: String,
    /// The condition that it begins.
    pub row: Row,
}

/// Everything that a rule can ask of people or companies; `id` is the segment whose rule it is, which cannot ask for itself.
pub fn findable(of: Subject, choices: &Choices, id: Option<SegmentId>) -> Vec<Findable> {
    let facts = standard(of).iter().filter(|(key, ..)| !matches!(*key, TAG | SEGMENT));
    let facts = facts.map(|(key, label, sort)| ((*label).to_owned(), "", Row::about(key, *sort)));
    let own = choices.own.iter().filter(|own| own.of == of);
    let own = own.map(|own| (own.label.clone(), " (your data)", Row::about(&own.key, own.sort)));
    let chosen = |field: &str, sort, value: String| Row { value, ..Row::about(field, sort) };
    let tags = choices.tags.iter();
    let tags = tags
        .map(|(tag, name)| (format!("{name} (tag)"), "", chosen(TAG, Sort::Tag, tag.to_string())));
    let segments = choices.segments.iter().filter(|(one, kind, _)| *kind == of && id != Some(*one));
    let segments = segments.map(|(one, _, name)| {
        (format!("{name} (segment)"), "", chosen(SEGMENT, Sort::Segment, one.to_string()))
    });
    let events = choices.events.iter().filter(|_| of == Subject::Contact);
    let events = events.map(|name| {
        (format!("{name} (event)"), "", Row { event: name.clone(), ..Row::of_event() })
    });
    let mut all: Vec<Findable> = Vec::new();
    for (said, apart, row) in facts.chain(own).chain(tags).chain(segments).chain(events) {
        // Of two that are called alike the second says what it is.
        let taken = !apart.is_empty() && all.iter().any(|one| one.said == said);
        let said = if taken { said + apart } else { said };
        all.push(Findable { said, row });
    }
    all
}

/// Those that contain what is typed, in any case; those that begin with it come first.
pub fn matching<'a>(all: &'a [Findable], typed: &str) -> Vec<&'a Findable> {
    let typed = typed.trim().to_lowercase();
    let place = |one: &Findable| one.said.to_lowercase().find(&typed);
    let mut found: Vec<_> = all.iter().filter_map(|one| Some((place(one)? > 0, one))).collect();
    found.sort_by_key(|(within, _)| *within);
    found.into_iter().map(|(_, one)| one).take(OFFERED).collect()
}

/// The one that is meant by what is typed when it is entered: the one of that name, or the first that is offered.
pub fn meant<'a>(all: &'a [Findable], typed: &str) -> Option<&'a Findable> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let same = all.iter().find(|one| one.said.to_lowercase() == typed.to_lowercase());
    same.or_else(|| matching(all, typed).into_iter().next())
}

#[cfg(test)]
mod tests {
    use super::{Findable, findable, matching, meant};
    use crate::attributes::Subject;
    use crate::id::{SegmentId, TagId};
    use crate::segments::fields::Sort;
    use crate::segments::{Choice, Choices};

    fn all(of: Subject) -> Vec<Findable> {
        let own = |of, key: &str, label: &str| Choice {
            of,
            key: format!("custom_attributes.{key}"),
            label: label.into(),
            sort: Sort::Number,
        };
        let choices = Choices {
            own: vec![
                own(Subject::Contact, "seats", "Seats"),
                own(Subject::Contact, "name", "Name"),
                own(Subject::Company, "region", "Sales region"),
            ],
            tags: vec![(TagId(7), "VIP".into())],
            segments: vec![
                (SegmentId(1), Subject::Contact, "Active".into()),
                (SegmentId(2), Subject::Contact, "Large".into()),
                (SegmentId(3), Subject::Company, "Active".into()),
            ],
            teammates: Vec::new(),
            events: vec!["Seat added".into()],
            days: Vec::new(),
        };
        findable(of, &choices, Some(SegmentId(2)))
    }

    #[test]
    fn whatever_a_rule_can_ask_is_found_by_what_is_typed() {
        let people = all(Subject::Contact);
        let said = |typed: &str| -> Vec<String> {
            matching(&people, typed).into_iter().map(|one| one.said.clone()).collect()
        };
        assert_eq!(said("SEA"), ["Seats", "Seat added (event)"]);
        assert_eq!(said("vip"), ["VIP (tag)"]);
        assert_eq!(said("large"), [""; 0], "a segment is not asked for itself");
        assert_eq!(said("last s")[0], "Last seen");
        assert!(said("name").starts_with(&["Name".into(), "Name (your data)".into()]));
        assert_eq!(said("").len(), 20);
        assert_eq!(said("sales"), [""; 0], "what is of companies is asked of companies");
        let row = |typed: &str| meant(&people, typed).map(|one| one.row.clone());
        let seats = row("seats").unwrap();
        assert_eq!((seats.field.as_str(), seats.op.as_str()), ("custom_attributes.seats", "is"));
        let tag = row("vip").unwrap();
        assert_eq!((tag.field.as_str(), tag.value.as_str()), ("tag", "7"));
        let event = row("seat added").unwrap();
        assert_eq!((event.field.as_str(), event.event.as_str()), ("event", "Seat added"));
        assert_eq!(row("name (your").unwrap().field, "custom_attributes.name");
        assert_eq!((row(" "), row("zzz")), (None, None));
        let firms = all(Subject::Company);
        let found = |typed: &str| meant(&firms, typed).map(|one| one.row.field.clone());
        assert_eq!(found("sales").as_deref(), Some("custom_attributes.region"));
        assert_eq!(found("seat added"), None, "companies do nothing themselves");
    }
}
