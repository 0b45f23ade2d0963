//! What conversations can be searched by, as SQL.

use serde_json::Value;

use crate::contacts::of_public_id;
use crate::error::Error;
use crate::rest::{Condition, Operator};
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

/// Adds a condition on `conversations v`, of which the workspace is the first parameter.
///
/// # Errors
/// [`Error::Invalid`] names the field that makes no sense.
pub fn condition(sql: &mut Statement, asked: &Condition) -> Result<(), Error> {
    let tags = Field::Tags;
    let found = match asked.field.as_str() {
        "tag_ids" => Some(&tags),
        name => FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| field),
    };
    let field = found.ok_or_else(|| {
        let names = FIELDS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        asked.refuse(&format!("conversations are searched by {names} and tag_ids"))
    })?;
    sql.push(if asked.not { "not (" } else { "(" });
    match field {
        Field::Id(column) => asked.one_of(sql, column, number)?,
        Field::Contact => asked.one_of(sql, "v.contact_id", person)?,
        Field::Moment(column) => moment(sql, asked, column)?,
        Field::Word(column, words) => word(sql, asked, column, words)?,
        Field::Truth(column) => truth(sql, asked, column)?,
        Field::Tags => {
            sql.push("v.id in (select owner_id from taggings where workspace_id = $1 and owner_kind = 'conversation' and ");
            asked.one_of(sql, "tag_id", number)?;
            sql.push(")");
        }
    }
    sql.push(")");
    Ok(())
}

/// An id as digits or as a number; nobody has any other, and null is nobody's.
fn number(value: &Value) -> Result<i64, Error> {
    Ok(match value {
        Value::Null => 0,
        Value::String(text) => text.trim().parse().unwrap_or(-1),
        value => value.as_i64().unwrap_or(-1),
    })
}

fn person(value: &Value) -> Result<i64, Error> {
    let id = value.as_str().and_then(|text| of_public_id(text).ok());
    Ok(id.map_or(-1, |id| id.0))
}

fn word(
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

fn truth(sql: &mut Statement, asked: &Condition, column: &'static str) -> Result<(), Error> {
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
fn moment(sql: &mut Statement, asked: &Condition, column: &'static str) -> Result<(), Error> {
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
