//! A rule as the builder shows it: groups of rows, each part found by its place.

mod moving;
mod row;
mod whole;

use serde::{Deserialize, Serialize};

use super::fault::Path;
use super::fields::{self, CUSTOM, Sort};
use super::predicate::{Predicate, shown};
use crate::attributes::Subject;
use row::of_event;
pub use row::{EVENT, Row, fitted};
pub use whole::is_shown_whole;

/// How the parts of a group belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Every part holds.
    All,
    /// At least one does.
    Any,
    /// None does.
    None,
    /// All hold for one company of the person.
    CompanyAll,
    /// At least one holds for a company of the person.
    CompanyAny,
}

impl Kind {
    /// Every kind with its word and what people read.
    pub const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::All, "all", "All of these"),
        (Self::Any, "any", "Any of these"),
        (Self::None, "none", "None of these"),
        (Self::CompanyAll, "company_all", "A company of theirs has all"),
        (Self::CompanyAny, "company_any", "A company of theirs has any"),
    ];

    /// The word in forms.
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(k, ..)| *k == self).map_or("all", |(_, word, _)| word)
    }

    /// The one that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, w, _)| *w == word).map(|(k, ..)| k)
    }

    /// Whether its parts are asked of companies.
    pub const fn of_company(self) -> bool {
        matches!(self, Self::CompanyAll | Self::CompanyAny)
    }
}

/// A part of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    /// Parts together.
    Group(Kind, Vec<Self>),
    /// A condition.
    Row(Box<Row>),
}

impl Tree {
    /// The tree of a rule; the top is always a group.
    pub fn of(predicate: &Predicate) -> Self {
        match Self::part(predicate) {
            group @ Self::Group(..) => group,
            row => Self::Group(Kind::All, vec![row]),
        }
    }

    fn part(predicate: &Predicate) -> Self {
        let parts = |parts: &[Predicate]| parts.iter().map(Self::part).collect();
        match predicate {
            Predicate::All(all) => Self::Group(Kind::All, parts(all)),
            Predicate::Any(any) => Self::Group(Kind::Any, parts(any)),
            Predicate::Not(inner) => match &**inner {
                Predicate::Any(any) => Self::Group(Kind::None, parts(any)),
                other => Self::Group(Kind::None, vec![Self::part(other)]),
            },
            Predicate::Company(inner) => match &**inner {
                Predicate::All(all) => Self::Group(Kind::CompanyAll, parts(all)),
                Predicate::Any(any) => Self::Group(Kind::CompanyAny, parts(any)),
                other => Self::Group(Kind::CompanyAll, vec![Self::part(other)]),
            },
            Predicate::Field(test) => Self::Row(Box::new(Row {
                field: test.field.clone(),
                op: test.op.word().into(),
                value: shown(&test.value),
                exact: if test.exact_case { "1".into() } else { String::new() },
                ..Row::default()
            })),
            Predicate::Event(test) => Self::Row(Box::new(of_event(test))),
        }
    }

    /// The rule of a tree.
    pub fn predicate(&self) -> Predicate {
        match self {
            Self::Row(row) => row.predicate(),
            Self::Group(kind, parts) => {
                let parts = parts.iter().map(Self::predicate).collect();
                match kind {
                    Kind::All => Predicate::All(parts),
                    Kind::Any => Predicate::Any(parts),
                    Kind::None => Predicate::Not(Box::new(Predicate::Any(parts))),
                    Kind::CompanyAll => Predicate::Company(Box::new(Predicate::All(parts))),
                    Kind::CompanyAny => Predicate::Company(Box::new(Predicate::Any(parts))),
                }
            }
        }
    }

    /// The part at a place.
    pub fn at(&mut self, path: &[usize]) -> Option<&mut Self> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        match self {
            Self::Group(_, parts) => parts.get_mut(*first)?.at(rest),
            Self::Row(_) => None,
        }
    }

    /// Adds a row to the group at a place, and answers which of its parts it is; nothing where there is no such group.
    pub fn add(&mut self, path: &[usize], row: Row) -> Option<usize> {
        let Self::Group(_, parts) = self.at(path)? else { return None };
        parts.push(Self::Row(Box::new(row)));
        Some(parts.len() - 1)
    }

    /// Every condition with its place, as a form sends them.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        self.gather(&Path::default(), &mut rows);
        rows
    }

    fn gather(&self, path: &Path, rows: &mut Vec<Row>) {
        match self {
            Self::Row(row) => rows.push(Row { path: path.to_string(), ..(**row).clone() }),
            Self::Group(_, parts) => {
                parts.iter().enumerate().for_each(|(n, part)| part.gather(&path.child(n), rows));
            }
        }
    }

    /// Puts what was typed in rows into the tree. A field of another kind than before begins with what fits it.
    pub fn fill(&mut self, rows: &[Row], sort: impl Fn(&str) -> Option<Sort>) {
        for row in rows {
            let Ok(path) = row.path.parse::<Path>() else { continue };
            if let Some(Self::Row(old)) = self.at(&path.0) {
                **old = fitted(row.clone(), &sort);
            }
        }
    }

    /// The place in the tree of a place in its rule, in which some groups stand in one more.
    pub fn place(&self, path: &Path) -> Path {
        let (mut here, mut out, mut rest) = (self, Vec::new(), path.0.iter().copied());
        while let Self::Group(kind, parts) = here {
            if !matches!(kind, Kind::All | Kind::Any) && rest.next().is_none() {
                break;
            }
            let Some(n) = rest.next() else { break };
            let Some(part) = parts.get(n) else { break };
            out.push(n);
            here = part;
        }
        Path(out)
    }
}

/// The kind of a field by its name: standard, or one of the workspace's own.
pub fn sort_of(subject: Subject, own: &[super::Choice], field: &str) -> Option<Sort> {
    if field.starts_with(CUSTOM) {
        return own.iter().find(|c| c.of == subject && c.key == field).map(|c| c.sort);
    }
    fields::find(subject, field).map(|(_, _, sort)| sort)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(rule: Value) -> Predicate {
        Predicate::read(&json!({"version": 1, "rule": rule})).unwrap()
    }

    #[test]
    fn a_rule_comes_back_from_the_builder_as_it_was() {
        for rule in [
            json!({"all": [{"field": "tag", "op": "is", "value": "3"}, {"not": {"any": [{"field": "email", "op": "is_unknown"}]}}]}),
            json!({"company": {"all": [{"field": "plan", "op": "is", "value": "pro", "exact_case": true}]}}),
            json!({"any": [{"event": "Paid", "op": "at_least", "count": 2, "when": [{"op": "after", "value": "2026-01-01"}],
                "metadata": [{"field": "total", "op": "greater", "value": 3.0}]}]}),
        ] {
            let rule = read(rule);
            assert_eq!(Tree::of(&rule).predicate().json(), rule.json());
            assert!(is_shown_whole(&rule));
        }
        // What the API sends as a number is shown, and is typed, without a fraction that nobody wrote.
        for (op, value, typed) in [
            ("is", json!(42), json!("42")),
            ("contains", json!(100.0), json!("100")),
            ("starts_with", json!("007"), json!("007")),
            ("at_most", json!(20), json!(20.0)),
        ] {
            let metadata = json!([{"field": "sku", "op": op, "value": value}]);
            let rule = read(json!({"event": "Paid", "op": "occurred", "metadata": metadata}));
            let back = Tree::of(&rule).predicate().json();
            assert_eq!(back["rule"]["all"][0]["metadata"][0]["value"], typed, "{op}");
            assert!(is_shown_whole(&rule), "{op}");
        }
        for members in 0..6 {
            let member =
                |n| json!({"field": format!("m{n}"), "op": "is", "value": format!("{n}x")});
            let metadata: Vec<_> = (0..members).map(member).collect();
            let many = read(json!({"event": "Paid", "op": "occurred", "metadata": metadata}));
            assert_eq!(is_shown_whole(&many), members <= 3, "{members}");
        }
        assert!(is_shown_whole(&read(
            json!({"field": "session_count", "op": "greater", "value": 3})
        )));
    }

    #[test]
    fn parts_are_found_changed_moved_and_taken_away() {
        let mut tree = Tree::of(&read(
            json!({"all": [{"field": "name", "op": "is", "value": "a"}, {"any": []}]}),
        ));
        let row = Row {
            path: "0".into(),
            field: "session_count".into(),
            op: "is".into(),
            value: "x".into(),
            ..Row::default()
        };
        tree.fill(&[row], |field| sort_of(Subject::Contact, &[], field));
        assert_eq!(
            tree.predicate(),
            read(
                json!({"all": [{"field": "session_count", "op": "is", "value": "x"}, {"any": []}]})
            )
        );
        let row = Row {
            path: "0".into(),
            field: "last_seen_at".into(),
            op: "is".into(),
            value: "x".into(),
            ..Row::default()
        };
        tree.fill(&[row], |field| sort_of(Subject::Contact, &[], field));
        tree.remove(&[1]);
        tree.remove(&[]);
        assert_eq!(
            tree.predicate(),
            read(
                json!({"all": [{"field": "last_seen_at", "op": "more_than_days_ago", "value": ""}]})
            )
        );
        let tree = Tree::of(&read(
            json!({"all": [{"not": {"any": [{"field": "name", "op": "is", "value": "a"}]}}]}),
        ));
        assert_eq!(tree.place(&"0.0.0".parse().unwrap()).to_string(), "0.0");
    }
}
