//! A rule as it is written, kept and sent: a tree of conditions with a JSON form of its own.

mod read;
mod words;

use serde_json::{Map, Value, json};

use super::fault::{Fault, Faults, Path};
use read::{Left, read};
pub use words::{EventOp, Op};

/// The version of the JSON form. One that this program does not know is refused.
pub const VERSION: i64 = 1;
/// The most groups that may stand in each other.
pub const DEEPEST: usize = 20;
/// The most conditions of a rule, those of the segments that it names included.
pub const MOST: usize = 500;
/// The most groups of a rule, those that ask nothing included. Together with [`MOST`] conditions they stay within the thousand
/// that SQLite joins by `and` or `or` (<https://sqlite.org/limits.html#max_expr_depth>).
pub const MOST_GROUPS: usize = 400;
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

impl Default for Predicate {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Predicate {
    /// Reads the JSON text of a whole rule: `{"version":1,"rule":{…}}`.
    ///
    /// # Errors
    /// Each part that makes no sense.
    pub fn parse(text: &str) -> Result<Self, Faults> {
        let value: Value = serde_json::from_str(text).map_err(|error| not_json(&error))?;
        Self::read(&value)
    }

    /// Reads a whole rule.
    ///
    /// # Errors
    /// Each part that makes no sense.
    pub fn read(value: &Value) -> Result<Self, Faults> {
        let version = value.get("version").and_then(Value::as_i64);
        if version != Some(VERSION) {
            return Err(Fault::at_top("send {\"version\": 1, \"rule\": …}").into());
        }
        let rule = value.get("rule").ok_or_else(|| Fault::at_top("the rule is missing"))?;
        read(rule, &Path::default(), 0, &mut Left::default())
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

/// Where a text stops being JSON, and why.
fn not_json(error: &serde_json::Error) -> Fault {
    let said = error.to_string();
    // The place is told in other words.
    let why = said.rsplit_once(" at line ").map_or(said.as_str(), |(why, _)| why);
    let why = match why {
        why if why.starts_with("EOF") => "it ends before it is whole",
        "recursion limit exceeded" => "groups stand at most 20 deep in each other",
        why => why,
    };
    let (line, column) = (error.line(), error.column());
    Fault::at_top(format!(
        "this is not a rule: its JSON goes wrong at line {line}, column {column} ({why})"
    ))
}

/// A value as people read and type it: a whole number has no fraction.
pub fn shown(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Null => String::new(),
        other => {
            let said = other.to_string();
            said.strip_suffix(".0").map(str::to_owned).unwrap_or(said)
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
            let fault = Predicate::read(&json!({"version": 1, "rule": rule})).unwrap_err().first();
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
        assert_eq!(
            at(json!({"event": "x", "op": "at_least"})).1,
            "say how often, as a whole number"
        );
        let paid = |count: Value| json!({"event": "x", "op": "at_least", "count": count});
        assert_eq!(at(json!({"all": [paid(json!(1.5))]})).0, "0");
        let three = json!({"version": 1, "rule": paid(json!("3"))});
        assert_eq!(Predicate::read(&three).unwrap().json()["rule"]["count"], 3);
        // What nobody knows is not left out in silence.
        for (odd, word) in [
            (json!({"event": "x", "op": "occurred", "metdata": []}), "metdata"),
            (
                json!({"event": "x", "op": "occurred", "when": [{"op": "on", "value": 1, "to": 2}]}),
                "to",
            ),
            (json!({"field": "x", "op": "is", "value": 1, "exactcase": true}), "exactcase"),
            (json!({"all": [], "field": "x"}), "field"),
            (json!({"all": [], "any": []}), "any"),
        ] {
            assert!(at(odd.clone()).1.starts_with(&format!("there is no {word} here")), "{odd}");
        }
        assert!(at(json!({"field": "x", "op": "is", "exact_case": 1})).1.contains("true or false"));
        let mut deep = json!({"all": []});
        for _ in 0..50 {
            deep = json!({"not": deep});
        }
        assert!(at(deep).1.contains("20 deep"));
        let one = json!({"field": "x", "op": "is", "value": 1});
        assert!(at(json!({"any": vec![one.clone(); 10_000]})).1.contains("500 conditions"));
        // Each of several, wherever it stands.
        let several =
            json!({"all": [{"field": "x"}, one, {"any": [3, one, {"event": "x", "op": "is"}]}]});
        let several = Predicate::read(&json!({"version": 1, "rule": several})).unwrap_err();
        let places: Vec<_> = several.all().iter().map(|f| f.path.to_string()).collect();
        assert_eq!(places, ["0", "2.0", "2.2"]);
        let torn = |text: &str| Predicate::parse(text).unwrap_err().first().message;
        assert_eq!(
            torn("{\"version\": 1,\n \"rule\": {\"all\": [],}}"),
            "this is not a rule: its JSON goes wrong at line 2, column 21 (trailing comma)"
        );
        assert!(torn("{").ends_with("at line 1, column 1 (it ends before it is whole)"));
        assert!(torn(&"[".repeat(999)).ends_with("(groups stand at most 20 deep in each other)"));
        assert!(Predicate::parse("{\"version\":2,\"rule\":{\"all\":[]}}").is_err());
    }
}
