//! What conversations can be searched by, as SQL.

use serde_json::Value;

use crate::contacts::of_public_id;
use crate::error::Error;
use crate::rest::{Condition, Filter, Operator};
use crate::server::db::Statement;

/// How a field is kept.
enum Field {
    /// Numbers of rows.
    Id(&'static str),
    /// A number of a row, sent as a contact's public id.
    Contact,
    /// Milliseconds, sent as seconds; 0 is never.
    Moment(&'static str),
    /// One of some words.
    Word(&'static str, &'static [&'static str]),
    /// True or false.
    Truth(&'static str),
    /// The numbers of its tags.
    Tags,
}

const FIELDS: [(&str, Field); 12] = [
    ("id", Field::Id("v.id")),
    ("created_at", Field::Moment("v.created_at")),
    ("updated_at", Field::Moment("v.updated_at")),
    ("waiting_since", Field::Moment("v.waiting_since")),
    ("snoozed_until", Field::Moment("v.snoozed_until")),
    ("contact_ids", Field::Contact),
    ("source.author.id", Field::Contact),
    ("admin_assignee_id", Field::Id("v.assignee_id")),
    ("team_assignee_id", Field::Id("v.team_id")),
    ("state", Field::Word("v.state", &["open", "snoozed", "closed"])),
    ("priority", Field::Truth("(case when v.priority = 1 then 1 else 0 end)")),
    ("open", Field::Truth("(case when v.state = 'closed' then 0 else 1 end)")),
];

/// Adds a tree of conditions on `conversations v`, of which the workspace is the first parameter.
///
/// # Errors
/// [`Error::Invalid`] names the field that makes no sense.
pub fn tree(sql: &mut Statement, filter: &Filter) -> Result<(), Error> {
    let (parts, word) = match filter {
        Filter::One(one) => return condition(sql, one),
        Filter::All(parts) => (parts, " and "),
        Filter::Any(parts) => (parts, " or "),
    };
    sql.push("(");
    for (n, part) in parts.iter().enumerate() {
        if n > 0 {
            sql.push(word);
        }
        tree(sql, part)?;
    }
    sql.push(")");
    Ok(())
}

fn condition(sql: &mut Statement, asked: &Condition) -> Result<(), Error> {
    let tags = Field::Tags;
    let found = match asked.field.as_str() {
        "tag_ids" => Some(&tags),
        name => FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| field),
    };
    let field = found.ok_or_else(|| {
        let names = FIELDS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        refuse(asked, &format!("conversations are searched by {names} and tag_ids"))
    })?;
    sql.push(if asked.not { "not (" } else { "(" });
    match field {
        Field::Id(column) => one_of(sql, asked, column, number)?,
        Field::Contact => one_of(sql, asked, "v.contact_id", person)?,
        Field::Moment(column) => moment(sql, asked, column)?,
        Field::Word(column, words) => word(sql, asked, column, words)?,
        Field::Truth(column) => truth(sql, asked, column)?,
        Field::Tags => {
            sql.push("v.id in (select owner_id from taggings where workspace_id = $1 and owner_kind = 'conversation' and ");
            one_of(sql, asked, "tag_id", number)?;
            sql.push(")");
        }
    }
    sql.push(")");
    Ok(())
}

fn refuse(asked: &Condition, message: &str) -> Error {
    Error::invalid(&asked.field, message)
}

fn values(asked: &Condition) -> &[Value] {
    match &asked.value {
        Value::Array(items) => items,
        value => std::slice::from_ref(value),
    }
}

/// An id as digits or as a number; nobody has any other, and null is nobody's.
fn number(value: &Value) -> i64 {
    match value {
        Value::Null => 0,
        Value::String(text) => text.trim().parse().unwrap_or(-1),
        value => value.as_i64().unwrap_or(-1),
    }
}

fn person(value: &Value) -> i64 {
    let id = value.as_str().and_then(|text| of_public_id(text).ok());
    id.map_or(-1, |id| id.0)
}

fn one_of(
    sql: &mut Statement,
    asked: &Condition,
    column: &'static str,
    read: fn(&Value) -> i64,
) -> Result<(), Error> {
    if !matches!(asked.operator, Operator::Is | Operator::In) {
        return Err(refuse(asked, "use =, !=, IN or NIN"));
    }
    let ids: Vec<_> = values(asked).iter().map(|value| [read(value)]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    sql.push(column).push(" in (select cast(value ->> 0 as bigint) from json_each(");
    sql.text(ids).push("))");
    Ok(())
}

fn word(
    sql: &mut Statement,
    asked: &Condition,
    column: &'static str,
    words: &[&str],
) -> Result<(), Error> {
    if !matches!(asked.operator, Operator::Is | Operator::In) {
        return Err(refuse(asked, "use =, !=, IN or NIN"));
    }
    for (n, value) in values(asked).iter().enumerate() {
        let known = value.as_str().filter(|text| words.contains(text));
        let known = known.ok_or_else(|| refuse(asked, &format!("send {}", words.join(", "))))?;
        sql.push(if n > 0 { " or " } else { "" }).push(column).push(" = ").text(known);
    }
    Ok(())
}

fn truth(sql: &mut Statement, asked: &Condition, column: &'static str) -> Result<(), Error> {
    // `priority` is a word in answers, so it is one in questions too.
    let yes = match (&asked.value, asked.operator) {
        (Value::Bool(yes), Operator::Is) => *yes,
        (Value::String(text), Operator::Is) => match text.as_str() {
            "true" | "priority" => true,
            "false" | "not_priority" => false,
            _ => return Err(refuse(asked, "send true or false")),
        },
        _ => return Err(refuse(asked, "use = or != with true or false")),
    };
    sql.push(column).push(" = ").number(i64::from(yes));
    Ok(())
}

/// Moments are compared by the second.
fn moment(sql: &mut Statement, asked: &Condition, column: &'static str) -> Result<(), Error> {
    if asked.value.is_null() {
        sql.push(column).push(" = 0");
        return Ok(());
    }
    sql.push(column).push(" > 0 and (");
    for (n, value) in values(asked).iter().enumerate() {
        let seconds = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        let seconds = seconds.filter(|s| (0..=253_402_300_799).contains(s));
        let seconds =
            seconds.ok_or_else(|| refuse(asked, "send Unix seconds, such as 1772366400"))?;
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
            _ => return Err(refuse(asked, "a time is compared with = != IN NIN < > <= >=")),
        };
    }
    sql.push(")");
    Ok(())
}
