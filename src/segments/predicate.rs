//! A rule as it is written, kept and sent: a tree of conditions with a JSON form of its own.

use serde_json::{Map, Value, json};

use super::fault::{Fault, Path};

/// The version of the JSON form. One that this program does not know is refused.
pub const VERSION: i64 = 1;
/// The most groups that may stand in each other.
pub const DEEPEST: usize = 20;
/// The most conditions of a rule, those of the segments that it names included.
pub const MOST: usize = 500;
/// The longest text of a value, in characters.
const LONGEST: usize = 1_000;

/// A rule, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// Every part holds; of no parts, always.
    All(Vec<Self>),
    /// At least one part holds; of no parts, never.
    Any(Vec<Self>),
    /// The part does not hold.
    Not(Box<Self>),
    /// At least one company that the person is in is such.
    Company(Box<Self>),
    /// A field of the person, or of the company.
    Field(FieldTest),
    /// What the person did.
    Event(EventTest),
}

/// One field compared with a value.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldTest {
    /// The field's name, such as `last_seen_at` or `custom_attributes.plan`; `tag` and `segment` are fields too.
    pub field: String,
    /// How it is compared.
    pub op: Op,
    /// With what; null where the operator needs nothing.
    pub value: Value,
    /// Whether capital and small letters differ.
    pub exact_case: bool,
}

/// How often, or when, somebody did something.
#[derive(Debug, Clone, PartialEq)]
pub struct EventTest {
    /// The event's name.
    pub event: String,
    /// What is asked of it.
    pub op: EventOp,
    /// How often, for the operators that count.
    pub count: i64,
    /// What holds for the time: of each occurrence that counts, or of the first or last one.
    pub when: Vec<DateTest>,
    /// What holds for the metadata of each occurrence that counts.
    pub metadata: Vec<FieldTest>,
}

/// A moment compared with a number of days or a day.
#[derive(Debug, Clone, PartialEq)]
pub struct DateTest {
    /// How.
    pub op: Op,
    /// Days, or a day such as `2026-03-01`.
    pub value: Value,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal, $said:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word in the JSON form.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What people read.
            pub const fn said(self) -> &'static str {
                match self { $(Self::$variant => $said,)* }
            }

            /// The one that a word names.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

words! {
    /// How a field is compared.
    Op {
        /// The same.
        Is = "is", "is";
        /// Anything else, nothing included.
        IsNot = "is_not", "is not";
        /// Text begins so.
        StartsWith = "starts_with", "starts with";
        /// Text ends so.
        EndsWith = "ends_with", "ends with";
        /// Text has this in it.
        Contains = "contains", "contains";
        /// Text does not, or there is none.
        DoesNotContain = "does_not_contain", "does not contain";
        /// A larger number.
        Greater = "greater", "is greater than";
        /// A smaller number.
        Less = "less", "is less than";
        /// This number or a larger one.
        AtLeast = "at_least", "is at least";
        /// This number or a smaller one.
        AtMost = "at_most", "is at most";
        /// Yes.
        IsTrue = "is_true", "is true";
        /// No.
        IsFalse = "is_false", "is false";
        /// At least N times 24 hours back.
        MoreThanDaysAgo = "more_than_days_ago", "is more than";
        /// In the last N times 24 hours.
        LessThanDaysAgo = "less_than_days_ago", "is less than";
        /// Between N and N + 1 times 24 hours back.
        ExactlyDaysAgo = "exactly_days_ago", "is exactly";
        /// After a day in the workspace's time zone has ended.
        After = "after", "is after";
        /// On a day in the workspace's time zone.
        On = "on", "is on";
        /// Before a day in the workspace's time zone begins.
        Before = "before", "is before";
        /// Nothing is known.
        IsUnknown = "is_unknown", "is unknown";
        /// Something is known.
        HasAnyValue = "has_any_value", "has any value";
    }
}

words! {
    /// What is asked of an event.
    EventOp {
        /// It occurred.
        Occurred = "occurred", "has occurred";
        /// It did not.
        NotOccurred = "not_occurred", "has not occurred";
        /// So often or more.
        AtLeast = "at_least", "has occurred at least";
        /// So often or less, never included.
        AtMost = "at_most", "has occurred at most";
        /// Just so often.
        Exactly = "exactly", "has occurred exactly";
        /// The first time was then.
        First = "first", "first occurred";
        /// The last time was then.
        Last = "last", "last occurred";
    }
}

impl Op {
    /// Whether it compares with nothing.
    pub const fn is_bare(self) -> bool {
        matches!(self, Self::IsTrue | Self::IsFalse | Self::IsUnknown | Self::HasAnyValue)
    }

    /// Whether it counts days back from now.
    pub const fn is_relative(self) -> bool {
        matches!(self, Self::MoreThanDaysAgo | Self::LessThanDaysAgo | Self::ExactlyDaysAgo)
    }
}

impl EventOp {
    /// Whether it needs a number.
    pub const fn counts(self) -> bool {
        matches!(self, Self::AtLeast | Self::AtMost | Self::Exactly)
    }
}

impl Default for Predicate {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Predicate {
    /// Reads the JSON text of a whole rule: `{"version":1,"rule":{…}}`.
    ///
    /// # Errors
    /// A [`Fault`] at the part that makes no sense.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let value: Value = serde_json::from_str(text).map_err(|_| {
            Fault::at_top("this is not a rule: send JSON, with groups at most 20 deep")
        })?;
        Self::read(&value)
    }

    /// Reads a whole rule.
    ///
    /// # Errors
    /// A [`Fault`] at the part that makes no sense.
    pub fn read(value: &Value) -> Result<Self, Fault> {
        let version = value.get("version").and_then(Value::as_i64);
        if version != Some(VERSION) {
            return Err(Fault::at_top("send {\"version\": 1, \"rule\": …}"));
        }
        let rule = value.get("rule").ok_or_else(|| Fault::at_top("the rule is missing"))?;
        let mut left = MOST;
        read(rule, &Path::default(), 0, &mut left)
    }

    /// The JSON of the whole rule.
    pub fn json(&self) -> Value {
        json!({ "version": VERSION, "rule": self.part() })
    }

    /// The JSON text of the whole rule.
    pub fn text(&self) -> String {
        self.json().to_string()
    }

    fn part(&self) -> Value {
        let list = |parts: &[Self]| parts.iter().map(Self::part).collect::<Vec<_>>();
        match self {
            Self::All(parts) => json!({ "all": list(parts) }),
            Self::Any(parts) => json!({ "any": list(parts) }),
            Self::Not(part) => json!({ "not": part.part() }),
            Self::Company(part) => json!({ "company": part.part() }),
            Self::Field(test) => field_json(test),
            Self::Event(test) => event_json(test),
        }
    }
}

fn field_json(test: &FieldTest) -> Value {
    let mut out = compared(test.op, &test.value);
    out.insert("field".into(), test.field.clone().into());
    if test.exact_case {
        out.insert("exact_case".into(), true.into());
    }
    out.into()
}

fn compared(op: Op, value: &Value) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("op".into(), op.word().into());
    if !value.is_null() {
        out.insert("value".into(), value.clone());
    }
    out
}

fn event_json(test: &EventTest) -> Value {
    let mut out = Map::new();
    out.insert("event".into(), test.event.clone().into());
    out.insert("op".into(), test.op.word().into());
    if test.op.counts() {
        out.insert("count".into(), test.count.into());
    }
    if !test.when.is_empty() {
        let when = test.when.iter().map(|d| compared(d.op, &d.value).into());
        out.insert("when".into(), Value::Array(when.collect()));
    }
    if !test.metadata.is_empty() {
        let metadata = test.metadata.iter().map(field_json);
        out.insert("metadata".into(), Value::Array(metadata.collect()));
    }
    out.into()
}

fn read(value: &Value, path: &Path, depth: usize, left: &mut usize) -> Result<Predicate, Fault> {
    let Some(object) = value.as_object() else {
        return Err(path.fault("a condition or a group belongs here"));
    };
    if depth > DEEPEST {
        return Err(path.fault("groups stand at most 20 deep in each other"));
    }
    let one = |key: &str, left: &mut usize| {
        let part = object.get(key).unwrap_or(&Value::Null);
        read(part, &path.child(0), depth + 1, left).map(Box::new)
    };
    let many = |key: &str, left: &mut usize| {
        let parts = object.get(key).and_then(Value::as_array);
        let parts = parts.ok_or_else(|| path.fault("a group is a list of conditions"))?;
        let part = |(n, part)| read(part, &path.child(n), depth + 1, left);
        parts.iter().enumerate().map(part).collect::<Result<Vec<_>, _>>()
    };
    if object.contains_key("all") {
        return many("all", left).map(Predicate::All);
    }
    if object.contains_key("any") {
        return many("any", left).map(Predicate::Any);
    }
    if object.contains_key("not") {
        return one("not", left).map(Predicate::Not);
    }
    if object.contains_key("company") {
        return one("company", left).map(Predicate::Company);
    }
    *left = left.checked_sub(1).ok_or_else(|| path.fault("a rule has at most 500 conditions"))?;
    if object.contains_key("event") {
        return read_event(object, path, left).map(Predicate::Event);
    }
    read_field(value, path).map(Predicate::Field)
}

fn text_of(object: &Map<String, Value>, key: &str, path: &Path) -> Result<String, Fault> {
    let text = object.get(key).and_then(Value::as_str);
    let text = text.ok_or_else(|| path.fault(format!("{key} is missing")))?;
    if text.chars().count() > LONGEST {
        return Err(path.fault("text has at most 1,000 characters"));
    }
    Ok(text.to_owned())
}

fn op_of(object: &Map<String, Value>, path: &Path) -> Result<Op, Fault> {
    let word = text_of(object, "op", path)?;
    Op::from_word(&word).ok_or_else(|| path.fault(format!("there is no operator {word}")))
}

fn value_of(object: &Map<String, Value>, path: &Path) -> Result<Value, Fault> {
    match object.get("value") {
        None => Ok(Value::Null),
        Some(Value::String(s)) if s.chars().count() > LONGEST => {
            Err(path.fault("text has at most 1,000 characters"))
        }
        Some(value @ (Value::String(_) | Value::Number(_) | Value::Null)) => Ok(value.clone()),
        Some(_) => Err(path.fault("a value is text or a number")),
    }
}

fn read_field(value: &Value, path: &Path) -> Result<FieldTest, Fault> {
    let Some(object) = value.as_object() else {
        return Err(path.fault("a condition belongs here"));
    };
    Ok(FieldTest {
        field: text_of(object, "field", path)?,
        op: op_of(object, path)?,
        value: value_of(object, path)?,
        exact_case: object.get("exact_case").and_then(Value::as_bool).unwrap_or_default(),
    })
}

fn read_event(
    object: &Map<String, Value>,
    path: &Path,
    left: &mut usize,
) -> Result<EventTest, Fault> {
    let word = text_of(object, "op", path)?;
    let op = EventOp::from_word(&word)
        .ok_or_else(|| path.fault(format!("there is no operator {word} for events")))?;
    let list = |key: &str| match object.get(key) {
        None | Some(Value::Null) => Ok([].as_slice()),
        Some(Value::Array(all)) => Ok(all.as_slice()),
        Some(_) => Err(path.fault(format!("{key} is a list"))),
    };
    let (when, metadata) = (list("when")?, list("metadata")?);
    *left = left
        .checked_sub(when.len() + metadata.len())
        .ok_or_else(|| path.fault("a rule has at most 500 conditions"))?;
    let date = |value: &Value| {
        let object =
            value.as_object().ok_or_else(|| path.fault("a time is an operator and a value"))?;
        Ok(DateTest { op: op_of(object, path)?, value: value_of(object, path)? })
    };
    Ok(EventTest {
        event: text_of(object, "event", path)?,
        op,
        count: object.get("count").and_then(Value::as_i64).unwrap_or_default(),
        when: when.iter().map(date).collect::<Result<_, _>>()?,
        metadata: metadata.iter().map(|m| read_field(m, path)).collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_is_the_same_after_a_round_trip() {
        let rule = json!({"version": 1, "rule": {"all": [
            {"field": "last_seen_at", "op": "more_than_days_ago", "value": 30},
            {"any": [{"field": "tag", "op": "is", "value": "12"}, {"not": {"field": "email", "op": "ends_with", "value": "@A.b", "exact_case": true}}]},
            {"company": {"field": "plan", "op": "is", "value": "pro"}},
            {"event": "Ordered", "op": "at_least", "count": 3, "when": [{"op": "after", "value": "2026-01-01"}],
             "metadata": [{"field": "total", "op": "greater", "value": 10}]},
        ]}});
        let read = Predicate::read(&rule).unwrap();
        assert_eq!(read.json(), rule);
        assert_eq!(Predicate::parse(&read.text()).unwrap(), read);
    }

    #[test]
    fn what_makes_no_sense_is_told_at_its_place() {
        let at = |rule: Value| {
            let fault = Predicate::read(&json!({"version": 1, "rule": rule})).unwrap_err();
            (fault.path.to_string(), fault.message)
        };
        assert_eq!(at(json!({"all": [{"any": []}, {"field": "x"}]})).0, "1");
        assert_eq!(
            at(json!({"all": [{"any": [3]}]})),
            ("0.0".into(), "a condition or a group belongs here".into())
        );
        assert_eq!(at(json!({"all": 3})).1, "a group is a list of conditions");
        assert_eq!(
            at(json!({"field": "x", "op": "like", "value": 1})).1,
            "there is no operator like"
        );
        assert_eq!(
            at(json!({"field": "x", "op": "is", "value": [1]})).1,
            "a value is text or a number"
        );
        assert_eq!(at(json!({"event": "x", "op": "is"})).1, "there is no operator is for events");
        let mut deep = json!({"all": []});
        for _ in 0..50 {
            deep = json!({"not": deep});
        }
        assert!(at(deep).1.contains("20 deep"));
        let one = json!({"field": "x", "op": "is", "value": 1});
        assert!(at(json!({"any": vec![one; 10_000]})).1.contains("500 conditions"));
        assert!(Predicate::parse("{").is_err());
        assert!(Predicate::parse("{\"version\":2,\"rule\":{\"all\":[]}}").is_err());
    }
}
