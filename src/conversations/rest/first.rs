//! Searching by the part that a conversation began with, which answers call its `source`.

use const_format::formatcp;
use serde_json::Value;

use super::compare::{number, person, text, word};
use super::said::AUTHORS;
use super::statistics::AUTOMATED;
use crate::error::Error;
use crate::rest::Condition;
use crate::server::db::Statement;

/// What is asked of it.
#[derive(Debug, Clone, Copy)]
pub enum First {
    /// Its number.
    Id,
    /// Who wrote it: a contact's public id, or a teammate's number.
    Author,
    /// One of some words.
    Word(&'static str, &'static [&'static str]),
    /// Text that is never null.
    Text(&'static str),
}

/// Every field, over `parts p` with its authors.
pub const FIELDS: [(&str, First); 7] = [
    ("source.id", First::Id),
    (
        "source.delivered_as",
        First::Word(
            formatcp!(
                "(case when p.author_kind = 'contact' then 'customer_initiated' when {AUTOMATED} then 'automated' \
                 else 'admin_initiated' end)"
            ),
            &[
                "customer_initiated",
                "campaigns_initiated",
                "operator_initiated",
                "automated",
                "admin_initiated",
            ],
        ),
    ),
    ("source.body", First::Text("p.body")),
    ("source.author.id", First::Author),
    (
        "source.author.type",
        First::Word(
            "(case when p.author_kind = 'contact' then coalesce(x.role, 'user') when p.author_id = 0 then 'bot' else 'admin' end)",
            &["user", "lead", "admin", "bot"],
        ),
    ),
    ("source.author.name", First::Text("coalesce(t.name, x.name, '')")),
    ("source.author.email", First::Text("coalesce(t.email, x.email, '')")),
];

/// What a name asks.
pub fn field(name: &str) -> Option<First> {
    FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| *field)
}

/// Adds a condition on the first part of `conversations v`.
///
/// # Errors
/// [`Error::Invalid`] names the field that makes no sense.
pub fn condition(sql: &mut Statement, asked: &Condition, field: First) -> Result<(), Error> {
    sql.push(formatcp!(
        "exists (select 1 from parts p {AUTHORS} where p.workspace_id = v.workspace_id and p.conversation_id = v.id \
         and p.id = (select min(f.id) from parts f where f.workspace_id = v.workspace_id and f.conversation_id = v.id) and ("
    ));
    match field {
        First::Id => asked.one_of(sql, "p.id", number)?,
        First::Author => author(sql, asked)?,
        First::Word(expression, words) => word(sql, asked, expression, words)?,
        First::Text(expression) => text(sql, asked, expression)?,
    }
    sql.push("))");
    Ok(())
}

fn author(sql: &mut Statement, asked: &Condition) -> Result<(), Error> {
    // Digits alone are a teammate's, 24 hexadecimal ones a contact's.
    let digits = |value: &Value| match value {
        Value::String(text) if text.trim().len() >= 20 => Ok(-1),
        value => number(value),
    };
    sql.push("(p.author_kind = 'contact' and ");
    asked.one_of(sql, "p.author_id", person)?;
    sql.push(") or (p.author_kind = 'teammate' and ");
    asked.one_of(sql, "p.author_id", digits)?;
    sql.push(")");
    Ok(())
}
