//! A search by the REST API as a rule: Intercom's words and operators become those of segments.

use serde_json::Value;

use super::record::of_public_id;
use crate::error::Error;
use crate::rest::{Condition, Filter, Operator};
use crate::segments::fields::{SEGMENT, Sort, TAG};
use crate::segments::{Fault, FieldTest, Known, Op, Predicate, Rule, resolve_once, sort_once};
use crate::time::Time;

/// Fields that rules call otherwise.
const CALLED: [(&str, &str); 3] =
    [("tag_id", TAG), ("segment_id", SEGMENT), ("last_replied_at", "last_heard_from_at")];

/// The fields that a search asks, as rules call them.
pub fn fields(filter: &Filter) -> Vec<&str> {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().flat_map(fields).collect(),
        Filter::One(asked) => vec![called(&asked.field)],
    }
}

fn called(name: &str) -> &str {
    CALLED.iter().find(|(theirs, _)| *theirs == name).map_or(name, |(_, ours)| ours)
}

/// Looks a search up as a rule.
///
/// # Errors
/// [`Error::Invalid`] names the field that is not there, whose operator does not fit it, or whose value is of another type.
pub fn rule_of(known: &Known, filter: &Filter) -> Result<Rule, Error> {
    let predicate = part(known, filter)?;
    resolve_once(known, &predicate).map_err(|faults| refused(filter, faults.first()))
}

/// A fault at the field that it is of; what is wrong with the whole is wrong with the query.
fn refused(filter: &Filter, fault: Fault) -> Error {
    let mut at = filter;
    for n in &fault.path.0 {
        match at {
            Filter::All(parts) | Filter::Any(parts) if *n < parts.len() => at = &parts[*n],
            _ => break,
        }
    }
    match at {
        Filter::One(condition) => condition.refuse(&fault.message),
        _ => Error::invalid("query", fault.message),
    }
}

fn part(known: &Known, filter: &Filter) -> Result<Predicate, Error> {
    let parts =
        |parts: &[Filter]| parts.iter().map(|f| part(known, f)).collect::<Result<Vec<_>, _>>();
    match filter {
        Filter::All(all) => parts(all).map(Predicate::All),
        Filter::Any(any) => parts(any).map(Predicate::Any),
        Filter::One(asked) => {
            let positive = condition(known, asked)?;
            Ok(if asked.not { Predicate::Not(Box::new(positive)) } else { positive })
        }
    }
}

/// A condition, its `!=`, `NIN` or `!~` left out.
fn condition(known: &Known, asked: &Condition) -> Result<Predicate, Error> {
    let field = called(&asked.field);
    let sort =
        sort_once(known, field).ok_or_else(|| asked.refuse("this cannot be searched for"))?;
    let test = |op: Op, value: Value| {
        Predicate::Field(FieldTest { field: field.to_owned(), op, value, exact_case: false })
    };
    if is_unknown(asked, sort) {
        return Ok(test(Op::IsUnknown, Value::Null));
    }
    let one = |value: &Value| match sort {
        Sort::Text | Sort::Choice => of_text(asked, value).map(|(op, value)| test(op, value)),
        Sort::Number | Sort::Teammate => of_number(asked, value).map(|(op, value)| test(op, value)),
        Sort::Truth => {
            let truth = truth(asked, value)?;
            Ok(test(if truth { Op::IsTrue } else { Op::IsFalse }, Value::Null))
        }
        Sort::Tag | Sort::Segment => of_id(asked, value).map(|value| test(Op::Is, value)),
        Sort::Date => moment(known, asked, value, &test),
    };
    match (&asked.value, asked.operator) {
        (Value::Array(items), Operator::In) => {
            items.iter().map(one).collect::<Result<_, _>>().map(Predicate::Any)
        }
        (value, _) => one(value),
    }
}

/// Nothing known is asked for by null, and of text by an empty one as well.
fn is_unknown(asked: &Condition, sort: Sort) -> bool {
    let empty = sort == Sort::Text && asked.value.as_str() == Some("");
    asked.operator == Operator::Is
        && (asked.value.is_null() && !matches!(sort, Sort::Tag | Sort::Segment) || empty)
}

fn of_text(asked: &Condition, value: &Value) -> Result<(Op, Value), Error> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        _ => return Err(asked.refuse("send text")),
    };
    let op = match asked.operator {
        Operator::Is | Operator::In => Op::Is,
        Operator::Contains => Op::Contains,
        Operator::Starts => Op::StartsWith,
        Operator::Ends => Op::EndsWith,
        _ => return Err(asked.refuse("text is compared with = != IN NIN ~ !~ ^ $")),
    };
    Ok((op, text.into()))
}

fn of_number(asked: &Condition, value: &Value) -> Result<(Op, Value), Error> {
    let op = match asked.operator {
        Operator::Is | Operator::In => Op::Is,
        Operator::Under => Op::Less,
        Operator::Over => Op::Greater,
        Operator::AtMost => Op::AtMost,
        Operator::AtLeast => Op::AtLeast,
        _ => return Err(asked.refuse("a number is compared with = != IN NIN < > <= >=")),
    };
    if asked.field != "id" {
        return Ok((op, value.clone()));
    }
    if op != Op::Is {
        return Err(asked.refuse("use =, !=, IN or NIN"));
    }
    // An id that no person can have is nobody's.
    let number = value.as_str().and_then(|text| of_public_id(text).ok()).map_or(-1, |id| id.0);
    Ok((op, number.into()))
}

fn truth(asked: &Condition, value: &Value) -> Result<bool, Error> {
    if !matches!(asked.operator, Operator::Is | Operator::In) {
        return Err(asked.refuse("use =, !=, IN or NIN"));
    }
    match value {
        Value::Bool(truth) => Ok(*truth),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        _ => Err(asked.refuse("send true or false")),
    }
}

fn of_id(asked: &Condition, value: &Value) -> Result<Value, Error> {
    if !matches!(asked.operator, Operator::Is | Operator::In) {
        return Err(asked.refuse("use =, !=, IN or NIN"));
    }
    let id = value.as_i64().or_else(|| value.as_str().map(|text| text.parse().unwrap_or(-1)));
    id.map(Value::from).ok_or_else(|| asked.refuse("send an id"))
}

/// Moments are compared by days in the workspace's time zone, as Intercom compares them.
fn moment(
    known: &Known,
    asked: &Condition,
    value: &Value,
    test: &impl Fn(Op, Value) -> Predicate,
) -> Result<Predicate, Error> {
    let seconds = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
    let fits = seconds.filter(|s| (0..=253_402_300_799).contains(s));
    let seconds = fits.ok_or_else(|| asked.refuse("send Unix seconds, such as 1772366400"))?;
    let day = Value::from(known.dates.date(Time(seconds * 1000)));
    let one = |op: Op| test(op, day.clone());
    Ok(match asked.operator {
        Operator::Is | Operator::In => one(Op::On),
        Operator::Under => one(Op::Before),
        Operator::Over => one(Op::After),
        Operator::AtMost => Predicate::Any(vec![one(Op::Before), one(Op::On)]),
        Operator::AtLeast => Predicate::Any(vec![one(Op::On), one(Op::After)]),
        _ => return Err(asked.refuse("a time is compared with = != IN NIN < > <= >=")),
    })
}
