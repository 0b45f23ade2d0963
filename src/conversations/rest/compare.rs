//! How the kinds of fields of conversations are compared, as SQL. Each refuses what makes no sense with [`Error::Invalid`], which names
//! the field.

use serde_json::Value;

use crate::contacts::of_public_id;
use crate::error::Error;
use crate::rest::{Condition, Operator};
use crate::server::db::{Statement, escaped};

/// An id as digits or as a number; nobody has any other, and null is nobody's.
pub fn number(value: &Value) -> Result<i64, Error> {
    Ok(match value {
        Value::Null => 0,
        Value::String(text) => text.trim().parse().unwrap_or(-1),
        value => value.as_i64().unwrap_or(-1),
    })
}

/// A contact by the public id; nobody has any other.
pub fn person(value: &Value) -> Result<i64, Error> {
    let id = value.as_str().and_then(|text| of_public_id(text).ok());
    Ok(id.map_or(-1, |id| id.0))
}

/// One of some words.
pub fn word(
    sql: &mut Statement,
    asked: &Condition,
    column: &'static str,
    words: &[&str],
) -> Result<(), Error> {
    if !matches!(asked.operator, Operator::Is | Operator::In) {
        return Err(asked.refuse("use =, !=, IN or NIN"));
    }
    for (n, value) in asked.values().iter().enumerate() {
        let known = value.as_str().filter(|text| words.contains(text));
        let known = known.ok_or_else(|| asked.refuse(&format!("send {}", words.join(", "))))?;
        sql.push(if n > 0 { " or " } else { "" }).push(column).push(" = ").text(known);
    }
    Ok(())
}

/// Text in which the case of the letters A to Z does not count, on either engine alike.
pub fn text(sql: &mut Statement, asked: &Condition, column: &'static str) -> Result<(), Error> {
    if asked.value.is_null() {
        sql.push(column).push(" = ''");
        return Ok(());
    }
    let values = asked.values().iter().map(|value| value.as_str().map(str::to_ascii_lowercase));
    let values: Option<Vec<_>> = values.collect();
    let values = values.ok_or_else(|| asked.refuse("send text"))?;
    sql.push("lower(").push(column).push(")");
    let one = || escaped(values.first().map_or("", String::as_str));
    let pattern = match asked.operator {
        Operator::Is | Operator::In => {
            let list: Vec<_> = values.iter().map(|value| [value]).collect();
            let list = serde_json::to_string(&list).map_err(|_| Error::Internal)?;
            sql.push(" in (select value ->> 0 from json_each(").text(list).push("))");
            return Ok(());
        }
        Operator::Contains => format!("%{}%", one()),
        Operator::Starts => format!("{}%", one()),
        Operator::Ends => format!("%{}", one()),
        _ => return Err(asked.refuse("text is compared with = != IN NIN ~ !~ ^ $")),
    };
    sql.push(" like ").text(pattern).push(" escape '\\'");
    Ok(())
}

/// Whole numbers, of which the expression is worked out once, however many are named.
pub fn whole(
    sql: &mut Statement,
    asked: &Condition,
    expression: &'static str,
) -> Result<(), Error> {
    const LARGEST: i64 = 253_402_300_799;
    if asked.value.is_null() {
        sql.push(expression).push(" < 0");
        return Ok(());
    }
    let read = |value: &Value| {
        let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        let number = number.filter(|n| (0..=LARGEST).contains(n));
        number.ok_or_else(|| asked.refuse("send a whole number, such as 1772366400"))
    };
    if matches!(asked.operator, Operator::Is | Operator::In) {
        return asked.one_of(sql, expression, read);
    }
    let number = read(&asked.value)?;
    let (from, to) = match asked.operator {
        Operator::Under => (0, number - 1),
        Operator::AtMost => (0, number),
        Operator::Over => (number + 1, i64::MAX),
        Operator::AtLeast => (number, i64::MAX),
        _ => return Err(asked.refuse("a number is compared with = != IN NIN < > <= >=")),
    };
    sql.push(expression).push(" between ").number(from).push(" and ").number(to);
    Ok(())
}

/// True or false, as 1 and 0.
pub fn truth(sql: &mut Statement, asked: &Condition, column: &'static str) -> Result<(), Error> {
    // `priority` is a word in answers, so it is one in questions too.
    let yes = match (&asked.value, asked.operator) {
        (Value::Bool(yes), Operator::Is) => *yes,
        (Value::String(text), Operator::Is) => match text.as_str() {
            "true" | "priority" => true,
            "false" | "not_priority" => false,
            _ => return Err(asked.refuse("send true or false")),
        },
        _ => return Err(asked.refuse("use = or != with true or false")),
    };
    sql.push(column).push(" = ").number(i64::from(yes));
    Ok(())
}

/// Moments are compared by the second.
pub fn moment(sql: &mut Statement, asked: &Condition, column: &'static str) -> Result<(), Error> {
    if asked.value.is_null() {
        sql.push(column).push(" = 0");
        return Ok(());
    }
    sql.push(column).push(" > 0 and (");
    for (n, value) in asked.values().iter().enumerate() {
        let seconds = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        let seconds = seconds.filter(|s| (0..=253_402_300_799).contains(s));
        let seconds =
            seconds.ok_or_else(|| asked.refuse("send Unix seconds, such as 1772366400"))?;
        let (begin, end) = (seconds * 1000, (seconds + 1) * 1000);
        if n > 0 {
            sql.push(" or ");
        }
        match asked.operator {
            Operator::Is | Operator::In => {
                sql.push("(").push(column).push(" >= ").number(begin);
                sql.push(" and ").push(column).push(" < ").number(end).push(")")
            }
            Operator::Under => sql.push(column).push(" < ").number(begin),
            Operator::AtLeast => sql.push(column).push(" >= ").number(begin),
            Operator::Over => sql.push(column).push(" >= ").number(end),
            Operator::AtMost => sql.push(column).push(" < ").number(end),
            _ => return Err(asked.refuse("a time is compared with = != IN NIN < > <= >=")),
        };
    }
    sql.push(")");
    Ok(())
}
