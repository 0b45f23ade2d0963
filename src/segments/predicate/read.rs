//! Reading the JSON form of a rule, and telling what makes no sense at its place.

use serde_json::{Map, Value};

use super::{
    DEEPEST, DateTest, EventOp, EventTest, FieldTest, LONGEST, MOST, MOST_GROUPS, Op, Predicate,
};
use crate::segments::fault::{Fault, Faults, Path};

/// The members of a condition on a field.
const OF_FIELD: &[&str] = &["field", "op", "value", "exact_case"];
/// Those of a condition on an event.
const OF_EVENT: &[&str] = &["event", "op", "count", "when", "metadata"];
/// Those of a time.
const OF_DATE: &[&str] = &["op", "value"];
/// How much of an unknown name is said again.
const SAID: usize = 50;

/// What a rule may have yet.
pub(super) struct Left {
    conditions: usize,
    groups: usize,
}

impl Default for Left {
    fn default() -> Self {
        Self { conditions: MOST, groups: MOST_GROUPS }
    }
}

/// Reads a part.
pub(super) fn read(
    value: &Value,
    path: &Path,
    depth: usize,
    left: &mut Left,
) -> Result<Predicate, Faults> {
    let Some(object) = value.as_object() else {
        return Err(path.fault("a condition or a group belongs here").into());
    };
    if depth > DEEPEST {
        return Err(path.fault("groups stand at most 20 deep in each other").into());
    }
    let one = |key: &str, left: &mut Left| {
        let part = object.get(key).unwrap_or(&Value::Null);
        read(part, &path.child(0), depth + 1, left).map(Box::new)
    };
    let many = |key: &str, left: &mut Left| {
        let parts = object.get(key).and_then(Value::as_array);
        let parts =
            parts.ok_or_else(|| path.fault("a group is a list of conditions").inside(key))?;
        let part = |(n, part)| read(part, &path.child(n), depth + 1, left);
        Faults::of_each(parts.iter().enumerate(), part)
    };
    for group in ["all", "any", "not", "company"] {
        if object.contains_key(group) {
            only(object, &[group], path)?;
            let groups = left.groups.checked_sub(1);
            let full = || Faults::last(vec![path.fault("a rule has at most 400 groups")]);
            left.groups = groups.ok_or_else(full)?;
        }
    }
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
    take(left, 1, path)?;
    if object.contains_key("event") {
        return read_event(object, path, left).map(Predicate::Event);
    }
    Ok(read_field(value, path).map(Predicate::Field)?)
}

fn take(left: &mut Left, conditions: usize, path: &Path) -> Result<(), Faults> {
    let rest = left.conditions.checked_sub(conditions);
    let full = || Faults::last(vec![path.fault("a rule has at most 500 conditions")]);
    left.conditions = rest.ok_or_else(full)?;
    Ok(())
}

/// Nothing else than this: what is misspelt would otherwise be left out, and the rule would hold for more people.
fn only(object: &Map<String, Value>, known: &[&str], path: &Path) -> Result<(), Fault> {
    let other = object.keys().find(|key| !known.contains(&key.as_str()));
    other.map_or(Ok(()), |key| {
        let said: String = key.chars().take(SAID).collect();
        let message = format!("there is no {said} here: it takes {}", known.join(", "));
        Err(path.fault(message).named(key))
    })
}

fn text_of(object: &Map<String, Value>, key: &str, path: &Path) -> Result<String, Fault> {
    let text = object.get(key).and_then(Value::as_str);
    let text = text.ok_or_else(|| path.fault(format!("{key} is missing")).inside(key))?;
    if text.chars().count() > LONGEST {
        return Err(path.fault("text has at most 1,000 characters").inside(key));
    }
    Ok(text.to_owned())
}

fn op_of(object: &Map<String, Value>, path: &Path) -> Result<Op, Fault> {
    let word = text_of(object, "op", path)?;
    let none = || path.fault(format!("there is no operator {word}")).inside("op");
    Op::from_word(&word).ok_or_else(none)
}

fn value_of(object: &Map<String, Value>, path: &Path) -> Result<Value, Fault> {
    match object.get("value") {
        None => Ok(Value::Null),
        Some(Value::String(s)) if s.chars().count() > LONGEST => {
            Err(path.fault("text has at most 1,000 characters").inside("value"))
        }
        Some(value @ (Value::String(_) | Value::Number(_) | Value::Null)) => Ok(value.clone()),
        Some(_) => Err(path.fault("a value is text or a number").inside("value")),
    }
}

fn read_field(value: &Value, path: &Path) -> Result<FieldTest, Fault> {
    let Some(object) = value.as_object() else {
        return Err(path.fault("a condition belongs here"));
    };
    only(object, OF_FIELD, path)?;
    let exact_case = match object.get("exact_case") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(exact)) => *exact,
        Some(_) => return Err(path.fault("exact_case is true or false").inside("exact_case")),
    };
    Ok(FieldTest {
        field: text_of(object, "field", path)?,
        op: op_of(object, path)?,
        value: value_of(object, path)?,
        exact_case,
    })
}

fn read_event(
    object: &Map<String, Value>,
    path: &Path,
    left: &mut Left,
) -> Result<EventTest, Faults> {
    only(object, OF_EVENT, path)?;
    let word = text_of(object, "op", path)?;
    let none = || path.fault(format!("there is no operator {word} for events")).inside("op");
    let op = EventOp::from_word(&word).ok_or_else(none)?;
    let list = |key: &str| match object.get(key) {
        None | Some(Value::Null) => Ok([].as_slice()),
        Some(Value::Array(all)) => Ok(all.as_slice()),
        Some(_) => Err(path.fault(format!("{key} is a list")).inside(key)),
    };
    let (when, metadata) = (list("when")?, list("metadata")?);
    take(left, when.len() + metadata.len(), path)?;
    Ok(EventTest {
        event: text_of(object, "event", path)?,
        op,
        count: if op.counts() { count_of(object, path)? } else { 0 },
        when: each(when, "when", |one| read_date(one, path))?,
        metadata: each(metadata, "metadata", |one| read_field(one, path))?,
    })
}

/// Each of a list of this name; what is wrong is wrong of that one.
fn each<T>(
    all: &[Value],
    name: &str,
    read: impl Fn(&Value) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let one = |(n, value)| read(value).map_err(|fault| fault.inside(n).inside(name));
    all.iter().enumerate().map(one).collect()
}

fn read_date(value: &Value, path: &Path) -> Result<DateTest, Fault> {
    let none = || path.fault("a time is an operator and a value");
    let object = value.as_object().ok_or_else(none)?;
    only(object, OF_DATE, path)?;
    Ok(DateTest { op: op_of(object, path)?, value: value_of(object, path)? })
}

/// How often, as a number or in digits. Left out it would be none, for which "at least" holds of everybody.
fn count_of(object: &Map<String, Value>, path: &Path) -> Result<i64, Fault> {
    let sent = object.get("count");
    let count = sent.and_then(|sent| sent.as_i64().or_else(|| sent.as_str()?.trim().parse().ok()));
    count.ok_or_else(|| path.fault("say how often, as a whole number").inside("count"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_of_a_part_is_told_by_its_member() {
        let meant = |rule: &Value| {
            let rule = json!({"version": 1, "rule": rule});
            let fault = Predicate::read(&rule).unwrap_err().first();
            (fault.member.way.join("."), fault.member.name)
        };
        let with = |key: &str, one: Value| json!({"event": "x", "op": "occurred", key: [one]});
        for (rule, way, name) in [
            (json!({"all": 3}), "all", false),
            (json!({"field": "x", "op": "like"}), "op", false),
            (json!({"field": 3, "op": "is"}), "field", false),
            (json!({"field": "x", "op": "is", "value": [1]}), "value", false),
            (json!({"field": "x", "op": "is", "exactcase": true}), "exactcase", true),
            (json!({"all": [], "field": "x"}), "field", true),
            (json!({"event": "x", "op": "at_least", "count": 1.5}), "count", false),
            (json!({"event": "x", "op": "occurred", "when": 3}), "when", false),
            (with("when", json!({"op": "like"})), "when.0.op", false),
            (with("metadata", json!({"field": "y", "op": "is", "to": 2})), "metadata.0.to", true),
            (with("metadata", json!(3)), "metadata.0", false),
            (json!(3), "", false),
        ] {
            assert_eq!(meant(&rule), (way.into(), name), "{rule}");
        }
    }
}
