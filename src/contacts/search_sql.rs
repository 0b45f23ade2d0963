//! One condition of a search as SQL: constant pieces, and parameters for whatever a caller sent.

use std::collections::HashMap;

use serde_json::Value;

use super::record::of_public_id;
use crate::attributes::DataType;
use crate::error::Error;
use crate::id::AttributeId;
use crate::rest::{Condition, Operator};
use crate::server::dates::Dates;
use crate::server::db::{Statement, escaped};
use crate::time::Time;

/// The workspace's attributes of people, by name.
pub type Attributes = HashMap<String, (AttributeId, DataType)>;

/// What a field is, with the column that holds it. No column is null where something is known, and those
/// that may be null are asked for it first: each condition is true or false, so that its opposite is too.
#[derive(Debug, Clone, Copy)]
enum Field {
    /// The number of the person.
    Id,
    /// Text, folded; empty for unknown.
    Text(&'static str),
    /// The part of the e-mail address after the @.
    Domain,
    /// A whole number; 0 for unknown.
    Number(&'static str),
    /// 0 or 1.
    Truth(&'static str),
    /// Milliseconds; null or 0 for unknown.
    Moment(&'static str),
    /// A tag that the person has.
    Tag,
}

const FIELDS: [(&str, Field); 23] = [
    ("id", Field::Id),
    ("role", Field::Text("p.role")),
    ("name", Field::Text("p.name_key")),
    ("email", Field::Text("p.email_key")),
    ("email_domain", Field::Domain),
    ("external_id", Field::Text("p.external_key")),
    ("phone", Field::Text("lower(coalesce(p.phone, ''))")),
    ("avatar", Field::Text("lower(coalesce(p.avatar, ''))")),
    ("browser", Field::Text("lower(coalesce(p.browser, ''))")),
    ("browser_version", Field::Text("lower(coalesce(p.browser_version, ''))")),
    ("browser_language", Field::Text("lower(coalesce(p.browser_language, ''))")),
    ("language_override", Field::Text("lower(coalesce(p.language_override, ''))")),
    ("os", Field::Text("lower(coalesce(p.os, ''))")),
    ("owner_id", Field::Number("p.owner_id")),
    ("unsubscribed_from_emails", Field::Truth("p.unsubscribed")),
    ("created_at", Field::Moment("p.created_at")),
    ("updated_at", Field::Moment("p.updated_at")),
    ("signed_up_at", Field::Moment("p.signed_up_at")),
    ("last_seen_at", Field::Moment("p.last_seen_at")),
    ("last_contacted_at", Field::Moment("p.last_contacted_at")),
    ("last_replied_at", Field::Moment("p.last_heard_from_at")),
    ("first_seen_at", Field::Moment("p.first_seen_at")),
    ("tag_id", Field::Tag),
];

/// Columns with an index, as the beginning of a list of people: asked for by themselves, SQLite reads everyone
/// in the order of the answer, a thousand times slower.
const INDEXED: [(&str, &str); 3] = [
    ("p.name_key", "p.id in (select k.id from contacts k where k.workspace_id = $1 and k.name_key"),
    (
        "p.email_key",
        "p.id in (select k.id from contacts k where k.workspace_id = $1 and k.email_key",
    ),
    (
        "p.external_key",
        "p.id in (select k.id from contacts k where k.workspace_id = $1 and k.external_key",
    ),
];

/// Adds a condition in brackets.
///
/// # Errors
/// [`Error::Invalid`] for a field that is not there, an operator that does not fit it, or a value of another type.
pub fn condition(
    sql: &mut Statement,
    dates: &Dates,
    attributes: &Attributes,
    asked: &Condition,
) -> Result<(), Error> {
    sql.push(if asked.not { "not (" } else { "(" });
    if let Some(name) = asked.field.strip_prefix("custom_attributes.") {
        custom(sql, dates, attributes, name, asked)?;
    } else {
        let found = FIELDS.iter().find(|(name, _)| *name == asked.field);
        let (_, field) = found.ok_or_else(|| asked.refuse("this cannot be searched for"))?;
        of_field(sql, dates, *field, asked)?;
    }
    sql.push(")");
    Ok(())
}

fn of_field(
    sql: &mut Statement,
    dates: &Dates,
    field: Field,
    asked: &Condition,
) -> Result<(), Error> {
    match field {
        Field::Text(column) => text(sql, column, asked),
        Field::Domain => domain(sql, asked),
        Field::Number(column) if asked.value.is_null() => {
            sql.push(column).push(" = 0");
            Ok(())
        }
        Field::Number(column) => number(sql, column, asked),
        Field::Truth(column) => truth(sql, column, asked),
        Field::Moment(column) if asked.value.is_null() => {
            sql.push("coalesce(").push(column).push(", 0) = 0");
            Ok(())
        }
        Field::Moment(column) => {
            sql.push("coalesce(").push(column).push(", 0) > 0 and ");
            moment(sql, dates, column, asked)
        }
        Field::Id => {
            // An id that no person can have is nobody's.
            let number = |text: String| of_public_id(&text).map_or(-1, |id| id.0);
            asked.one_of(sql, "p.id", |value| folded(asked, value).map(number))
        }
        Field::Tag => {
            let number = |text: String| text.parse().unwrap_or(-1);
            sql.push("p.id in (select owner_id from taggings where workspace_id = $1 and owner_kind = 'contact' and ");
            asked.one_of(sql, "tag_id", |value| folded(asked, value).map(number))?;
            sql.push(")");
            Ok(())
        }
    }
}

fn custom(
    sql: &mut Statement,
    dates: &Dates,
    attributes: &Attributes,
    name: &str,
    asked: &Condition,
) -> Result<(), Error> {
    let found = attributes.get(name);
    let (id, data_type) = found.ok_or_else(|| asked.refuse("there is no such attribute"))?;
    const VALUES: &str = "(select v.subject_id from attribute_values v where v.workspace_id = $1 and v.attribute_id = ";
    if asked.value.is_null() {
        sql.push("p.id not in ").push(VALUES).number(id.0).push(")");
        return Ok(());
    }
    sql.push("p.id in ").push(VALUES).number(id.0).push(" and (");
    match data_type {
        DataType::String => text(sql, "v.text_key", asked),
        DataType::Integer | DataType::Float => number(sql, "v.number", asked),
        DataType::Boolean => truth(sql, "v.number", asked),
        DataType::Date => moment(sql, dates, "v.number", asked),
    }?;
    sql.push("))");
    Ok(())
}

/// A value of a condition as text, folded as columns are, of which the first 200 characters count.
fn folded(asked: &Condition, value: &Value) -> Result<String, Error> {
    match value {
        Value::String(s) => Ok(s.to_lowercase().chars().take(200).collect()),
        Value::Number(n) => Ok(n.to_string()),
        Value::Bool(b) => Ok(b.to_string()),
        Value::Null => Ok(String::new()),
        _ => Err(asked.refuse("send text")),
    }
}

fn texts(asked: &Condition) -> Result<Vec<String>, Error> {
    asked.values().iter().map(|value| folded(asked, value)).collect()
}

fn text(sql: &mut Statement, column: &'static str, asked: &Condition) -> Result<(), Error> {
    let values = texts(asked)?;
    let first = values.first().cloned().unwrap_or_default();
    if first.is_empty() && !matches!(asked.operator, Operator::Is | Operator::In) {
        return Err(asked.refuse("send text"));
    }
    match asked.operator {
        Operator::Is => sql.push(column).push(" = ").text(first),
        Operator::In => {
            let rows: Vec<_> = values.into_iter().map(|v| [v]).collect();
            let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
            let indexed = INDEXED.iter().find(|(name, _)| *name == column);
            sql.push(indexed.map_or(column, |(_, piece)| piece));
            sql.push(" in (select value ->> 0 from json_each(").text(rows).push("))");
            if indexed.is_some() { sql.push(")") } else { sql }
        }
        Operator::Contains => like(sql, column, format!("%{}%", escaped(&first))),
        Operator::Ends => like(sql, column, format!("%{}", escaped(&first))),
        // A range, so that an index of the column serves.
        Operator::Starts => {
            sql.push(column).push(" >= ").text(first.clone());
            sql.push(" and ").push(column).push(" < ").text(format!("{first}\u{10ffff}"))
        }
        _ => return Err(asked.refuse("text is compared with = != IN NIN ~ !~ ^ $")),
    };
    Ok(())
}

fn like<'a>(sql: &'a mut Statement, column: &'static str, pattern: String) -> &'a mut Statement {
    sql.push(column).push(" like ").text(pattern).push(" escape '\\'")
}

fn domain(sql: &mut Statement, asked: &Condition) -> Result<(), Error> {
    let values = texts(asked)?;
    if values.iter().any(String::is_empty) {
        if !matches!(asked.operator, Operator::Is) {
            return Err(asked.refuse("send text"));
        }
        like(sql, "p.email_key not", "%@%".into());
        return Ok(());
    }
    for (n, value) in values.iter().map(|v| escaped(v)).enumerate() {
        let pattern = match asked.operator {
            Operator::Is | Operator::In => format!("%@{value}"),
            Operator::Contains => format!("%@%{value}%"),
            Operator::Starts => format!("%@{value}%"),
            Operator::Ends => format!("%@%{value}"),
            _ => return Err(asked.refuse("text is compared with = != IN NIN ~ !~ ^ $")),
        };
        if n > 0 {
            sql.push(" or ");
        }
        like(sql, "p.email_key", pattern);
    }
    Ok(())
}

/// The values of a condition as numbers; digits in text are numbers too, as Intercom's clients send them.
fn numbers(asked: &Condition) -> Result<Vec<f64>, Error> {
    let one = |value: &Value| {
        let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        number.filter(|n: &f64| n.is_finite()).ok_or_else(|| asked.refuse("send a number"))
    };
    asked.values().iter().map(one).collect()
}

fn number(sql: &mut Statement, column: &'static str, asked: &Condition) -> Result<(), Error> {
    let values = numbers(asked)?;
    let first = values.first().copied().unwrap_or_default();
    let sign = match asked.operator {
        Operator::Is => " = ",
        Operator::Under => " < ",
        Operator::Over => " > ",
        Operator::AtMost => " <= ",
        Operator::AtLeast => " >= ",
        Operator::In => return any_number(sql, column, &values),
        _ => return Err(asked.refuse("a number is compared with = != IN NIN < > <= >=")),
    };
    sql.push(column).push(sign).float(first);
    Ok(())
}

fn any_number(sql: &mut Statement, column: &'static str, values: &[f64]) -> Result<(), Error> {
    let rows: Vec<_> = values.iter().map(|v| [v]).collect();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    sql.push(column).push(" in (select cast(value ->> 0 as double precision) from json_each(");
    sql.text(rows).push("))");
    Ok(())
}

fn truth(sql: &mut Statement, column: &'static str, asked: &Condition) -> Result<(), Error> {
    let one = |value: &Value| match value {
        Value::Bool(b) => Ok(f64::from(u8::from(*b))),
        Value::String(s) if s == "true" => Ok(1.0),
        Value::String(s) if s == "false" => Ok(0.0),
        _ => Err(asked.refuse("send true or false")),
    };
    let values: Vec<f64> = match (&asked.value, asked.operator) {
        (Value::Array(items), Operator::In) => items.iter().map(one).collect::<Result<_, _>>()?,
        (value, Operator::Is) => vec![one(value)?],
        _ => return Err(asked.refuse("use =, !=, IN or NIN")),
    };
    any_number(sql, column, &values)
}

/// Moments are compared by days in the workspace's time zone, as Intercom compares them.
fn moment(
    sql: &mut Statement,
    dates: &Dates,
    column: &'static str,
    asked: &Condition,
) -> Result<(), Error> {
    let seconds = |value: &Value| {
        let seconds = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        let fits = seconds.filter(|s| (0..=253_402_300_799).contains(s));
        fits.ok_or_else(|| asked.refuse("send Unix seconds, such as 1772366400"))
    };
    let values = asked.values().iter().map(seconds).collect::<Result<Vec<_>, _>>()?;
    sql.push("(");
    for (n, seconds) in values.into_iter().enumerate() {
        let (begin, end) = dates.day_of(Time(seconds * 1000));
        if n > 0 {
            sql.push(" or ");
        }
        match asked.operator {
            Operator::Is | Operator::In => {
                sql.push("(").push(column).push(" >= ").number(begin.0);
                sql.push(" and ").push(column).push(" < ").number(end.0).push(")")
            }
            Operator::Under => sql.push(column).push(" < ").number(begin.0),
            Operator::AtLeast => sql.push(column).push(" >= ").number(begin.0),
            Operator::Over => sql.push(column).push(" >= ").number(end.0),
            Operator::AtMost => sql.push(column).push(" < ").number(end.0),
            _ => return Err(asked.refuse("a time is compared with = != IN NIN < > <= >=")),
        };
    }
    sql.push(")");
    Ok(())
}
