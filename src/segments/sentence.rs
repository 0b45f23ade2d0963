//! What a rule says in English.

use super::fields::{self, Sort};
use super::predicate::{DateTest, EventTest, FieldTest, Op, shown};
use super::resolve::Known;
use super::rule::Rule;
use crate::attributes::Subject;
use crate::id::{SegmentId, TagId, TeammateId};

/// The sentence of one condition, without a full stop: `Last seen is less than 30 days ago`.
pub(super) fn of_field(known: &Known, label: &str, sort: Sort, test: &FieldTest) -> String {
    match (fields::clauses(&test.field), test.op) {
        (Some([yes, _]), Op::IsTrue) => return yes.into(),
        (Some([_, no]), Op::IsFalse) => return no.into(),
        _ => {}
    }
    let number = || shown(&test.value).parse::<i64>().unwrap_or_default();
    let value = match sort {
        Sort::Tag => known.tags.get(&TagId(number())).cloned().unwrap_or_default(),
        Sort::Teammate => known.teammates.get(&TeammateId(number())).cloned().unwrap_or_default(),
        Sort::Choice => {
            let word = shown(&test.value);
            let known = fields::options(&test.field)
                .into_iter()
                .find(|(w, _)| w.eq_ignore_ascii_case(&word));
            known.map_or(word, |(_, name)| name.to_owned())
        }
        _ => shown(&test.value),
    };
    let exact = if test.exact_case { ", in capitals and small letters as written" } else { "" };
    format!("{label} {}{exact}", compared(test.op, &value))
}

/// The sentence of a condition on an event.
pub(super) fn of_event(test: &EventTest) -> String {
    let mut out = format!("{} {}", test.event, test.op.said());
    if test.op.counts() {
        out.push_str(&match test.count {
            1 => " once".to_owned(),
            2 => " twice".to_owned(),
            n => format!(" {n} times"),
        });
    }
    let when: Vec<_> = test.when.iter().map(dated).collect();
    if !when.is_empty() {
        out.push(' ');
        out.push_str(&when.join(" and "));
    }
    let metadata = test.metadata.iter();
    let metadata: Vec<_> =
        metadata.map(|m| format!("{} {}", m.field, compared(m.op, &shown(&m.value)))).collect();
    if !metadata.is_empty() {
        out.push_str(" where ");
        out.push_str(&metadata.join(" and "));
    }
    out
}

fn compared(op: Op, value: &str) -> String {
    match op {
        _ if op.is_bare() => op.said().to_owned(),
        _ if op.is_relative() => format!("{} {} ago", op.said(), days(value)),
        _ => format!("{} {value}", op.said()),
    }
}

/// A time as the end of a sentence: `less than 30 days ago`, `after 2026-03-01`.
fn dated(test: &DateTest) -> String {
    let words = compared(test.op, &shown(&test.value));
    words.strip_prefix("is ").map_or(words.clone(), str::to_owned)
}

fn days(value: &str) -> String {
    if value == "1" { "1 day".into() } else { format!("{value} days") }
}

/// What a whole rule says, with a full stop: `People where Last seen is less than 30 days ago and Tag is VIP.`
pub fn sentence(known: &Known, subject: Subject, rule: &Rule) -> String {
    let who = if subject == Subject::Contact { "People" } else { "Companies" };
    match rule {
        Rule::All(parts) if parts.is_empty() => format!("All {}.", who.to_lowercase()),
        Rule::Any(parts) if parts.is_empty() => "Nobody.".into(),
        rule => format!("{who} where {}.", part(known, rule, false, "they are")),
    }
}

/// `are` is what is said of whom it is asked.
fn part(known: &Known, rule: &Rule, inner: bool, are: &'static str) -> String {
    match rule {
        Rule::All(parts) => group(known, parts, [" and ", "always"], inner, are),
        Rule::Any(parts) => group(known, parts, [" or ", "never"], inner, are),
        Rule::Not(part_) => match &**part_ {
            Rule::Segment(id, _) => format!("{are} not in the segment {}", named(known, *id)),
            other => format!("it is not so that {}", part(known, other, true, are)),
        },
        Rule::Segment(id, _) => format!("{are} in the segment {}", named(known, *id)),
        Rule::Company(of) => {
            let theirs = "there is a company of theirs";
            if matches!(&**of, Rule::All(parts) if parts.is_empty()) {
                return theirs.into();
            }
            format!("{theirs} where {}", part(known, of, true, "it is"))
        }
        Rule::Leaf(_, said) => said.clone(),
    }
}

fn named(known: &Known, id: SegmentId) -> String {
    known.segments.get(&id).map(|(_, name, _)| name.clone()).unwrap_or_default()
}

fn group(
    known: &Known,
    parts: &[Rule],
    [word, empty]: [&str; 2],
    inner: bool,
    are: &'static str,
) -> String {
    match parts {
        [] => empty.to_owned(),
        [one] => part(known, one, inner, are),
        many => {
            let said: Vec<_> = many.iter().map(|p| part(known, p, true, are)).collect();
            let said = said.join(word);
            if inner { format!("({said})") } else { said }
        }
    }
}
