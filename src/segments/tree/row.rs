//! A condition as it is typed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::fields::Sort;
use super::super::predicate::{DateTest, EventOp, EventTest, FieldTest, Op, Predicate, shown};

/// The word of a row that asks for an event, in the place of a field's name.
pub const EVENT: &str = "event";

/// A condition as it is typed: everything is text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    /// Its place.
    pub path: String,
    /// The field's name, or [`EVENT`].
    pub field: String,
    /// The operator's word.
    pub op: String,
    /// What is compared with.
    pub value: String,
    /// `1` where capital and small letters differ.
    pub exact: String,
    /// The event's name.
    pub event: String,
    /// How often.
    pub count: String,
    /// When: an operator and a value; an empty operator is any time.
    pub when_op: String,
    /// The value.
    pub when: String,
    /// Another condition on the time.
    pub and_op: String,
    /// Its value.
    pub and: String,
    /// A member of the metadata; empty for none.
    pub key: String,
    /// How it is compared.
    pub key_op: String,
    /// With what.
    pub key_value: String,
    /// Another member, of the same occurrence; empty for none.
    pub key2: String,
    /// How it is compared.
    pub key2_op: String,
    /// With what.
    pub key2_value: String,
    /// One more.
    pub key3: String,
    /// How it is compared.
    pub key3_op: String,
    /// With what.
    pub key3_value: String,
}

impl Row {
    /// A row about a field, with the first operator that fits.
    pub fn about(field: &str, sort: Sort) -> Self {
        let op = sort.ops().first().map_or("is", |op| op.word());
        Self { field: field.into(), op: op.into(), ..Self::default() }
    }

    /// A row about an event.
    pub fn of_event() -> Self {
        let op = EventOp::Occurred.word().into();
        Self { field: EVENT.into(), op, count: "1".into(), ..Self::default() }
    }

    /// Whether something that it asks is still to be written, so that it is unfinished rather than wrong.
    pub fn is_begun(&self) -> bool {
        let open = |op: &str, value: &str| {
            let op = Op::from_word(op);
            op.is_some_and(|op| !op.is_bare()) && value.trim().is_empty()
        };
        if self.field != EVENT {
            return open(&self.op, &self.value);
        }
        // Of one that nobody has chosen yet, the first is meant.
        let key = self.members().any(|(_, op, value)| {
            open(if op.is_empty() { Op::Is.word() } else { op.as_str() }, value)
        });
        let when = open(&self.when_op, &self.when) || open(&self.and_op, &self.and);
        self.event.is_empty() || self.count.trim().is_empty() || when || key
    }

    /// The members of metadata that it asks for: each with how it is compared, and with what.
    fn members(&self) -> impl Iterator<Item = (&String, &String, &String)> {
        let all = [
            (&self.key, &self.key_op, &self.key_value),
            (&self.key2, &self.key2_op, &self.key2_value),
            (&self.key3, &self.key3_op, &self.key3_value),
        ];
        all.into_iter().filter(|(key, ..)| !key.is_empty())
    }

    pub(super) fn predicate(&self) -> Predicate {
        if self.field != EVENT {
            return Predicate::Field(FieldTest {
                field: self.field.clone(),
                op: Op::from_word(&self.op).unwrap_or(Op::Is),
                value: typed(&self.op, &self.value),
                exact_case: self.exact == "1",
            });
        }
        let date = |(op, value): (&String, &String)| {
            Op::from_word(op).map(|op| DateTest { op, value: typed(op.word(), value) })
        };
        let when = [(&self.when_op, &self.when), (&self.and_op, &self.and)];
        let metadata = self.members().map(|(key, op, value)| {
            let op = Op::from_word(op).unwrap_or(Op::Is);
            let value = typed_member(op, value);
            FieldTest { field: key.clone(), op, value, exact_case: false }
        });
        Predicate::Event(EventTest {
            event: self.event.trim().to_owned(),
            op: EventOp::from_word(&self.op).unwrap_or(EventOp::Occurred),
            count: self.count.trim().parse().unwrap_or(-1),
            when: when.into_iter().filter_map(date).collect(),
            metadata: metadata.collect(),
        })
    }
}

/// What is typed, as the JSON form has it.
pub(super) fn typed(op: &str, value: &str) -> Value {
    match Op::from_word(op) {
        Some(op) if op.is_bare() => Value::Null,
        _ => value.trim().into(),
    }
}

/// What a member of metadata is compared with: a number where numbers are, and what is typed elsewhere, digits included.
pub(super) fn typed_member(op: Op, value: &str) -> Value {
    let measures = matches!(op, Op::Greater | Op::Less | Op::AtLeast | Op::AtMost);
    let number = value.trim().parse::<f64>().ok().filter(|n| measures && n.is_finite());
    number.map_or_else(|| typed(op.word(), value), Value::from)
}

/// A row whose operator fits its field.
pub fn fitted(mut row: Row, sort: impl Fn(&str) -> Option<Sort>) -> Row {
    if row.field == EVENT {
        if EventOp::from_word(&row.op).is_none() {
            row.op = EventOp::Occurred.word().into();
        }
        if row.count.is_empty() {
            row.count = "1".into();
        }
        return row;
    }
    if let Some(sort) = sort(&row.field) {
        let fits = Op::from_word(&row.op).is_some_and(|op| sort.ops().contains(&op));
        if !fits {
            row.op = sort.ops().first().map_or("is", |op| op.word()).into();
            row.value = String::new();
        }
    }
    row
}

/// The row of a condition on an event.
pub(super) fn of_event(test: &EventTest) -> Row {
    let date = |n: usize| {
        test.when
            .get(n)
            .map_or_else(Default::default, |d| (d.op.word().to_owned(), shown(&d.value)))
    };
    let ((when_op, when), (and_op, and)) = (date(0), date(1));
    let member = |n: usize| {
        test.metadata.get(n).map_or_else(Default::default, |m| {
            (m.field.clone(), m.op.word().to_owned(), shown(&m.value))
        })
    };
    let (key, key_op, key_value) = member(0);
    let (key2, key2_op, key2_value) = member(1);
    let (key3, key3_op, key3_value) = member(2);
    Row {
        field: EVENT.into(),
        op: test.op.word().into(),
        event: test.event.clone(),
        count: test.count.to_string(),
        when_op,
        when,
        and_op,
        and,
        key,
        key_op,
        key_value,
        key2,
        key2_op,
        key2_value,
        key3,
        key3_op,
        key3_value,
        ..Row::default()
    }
}
