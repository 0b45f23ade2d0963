//! The segments that every workspace has from the start, with Intercom's definitions.

use serde_json::json;

use super::predicate::{FieldTest, Op, Predicate};
use crate::attributes::Subject;
use crate::companies::Health;

/// The word, the kind, the name and the rule of each. Those of companies are their health, which knows its thresholds.
pub(super) fn defaults() -> Vec<(String, Subject, &'static str, Predicate)> {
    let ago = |field: &str, op, days: i64| {
        let (field, value) = (field.to_owned(), json!(days));
        Predicate::Field(FieldTest { field, op, value, exact_case: false })
    };
    let new = ago("signed_up_at", Op::LessThanDaysAgo, 1);
    let active = ago("last_seen_at", Op::LessThanDaysAgo, 30);
    let slipping = Predicate::All(vec![
        ago("last_seen_at", Op::MoreThanDaysAgo, 30),
        ago("last_seen_at", Op::LessThanDaysAgo, 60),
    ]);
    let people = [
        ("new", "New", new),
        ("active", "Active", active),
        ("slipping_away", "Slipping away", slipping),
    ];
    let people = people.map(|(word, name, rule)| {
        (format!("contact.{word}"), Subject::Contact, name, Predicate::All(vec![rule]))
    });
    let companies = Health::ALL.map(|(_, word, name, _)| {
        let (field, value) = ("health".to_owned(), json!(word));
        let rule = Predicate::Field(FieldTest { field, op: Op::Is, value, exact_case: false });
        (format!("company.{word}"), Subject::Company, name, Predicate::All(vec![rule]))
    });
    people.into_iter().chain(companies).collect()
}
