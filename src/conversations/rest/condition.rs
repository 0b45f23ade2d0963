//! What conversations can be searched by, as SQL.

use super::compare::{moment, number, person, text, truth, whole, word};
use super::first::{self, First};
use super::statistics::{self, STATISTICS};
use crate::error::Error;
use crate::rest::Condition;
use crate::server::db::Statement;

/// How a field is kept.
#[derive(Debug, Clone, Copy)]
enum Field {
    /// Numbers of rows.
    Id(&'static str),
    /// A number of a row, sent as a contact's public id.
    Contact,
    /// Milliseconds, sent as seconds; 0 is never.
    Moment(&'static str),
    /// A whole number; -1 is none.
    Whole(&'static str),
    /// One of some words.
    Word(&'static str, &'static [&'static str]),
    /// Text that is never null.
    Text(&'static str),
    /// True or false.
    Truth(&'static str),
    /// The numbers of its tags.
    Tags,
    /// The numbers of the teammates who wrote in it.
    Teammates,
    /// Something of the part that it began with.
    First(First),
}

const FIELDS: [(&str, Field); 16] = [
    ("id", Field::Id("v.id")),
    ("created_at", Field::Moment("v.created_at")),
    ("updated_at", Field::Moment("v.updated_at")),
    ("waiting_since", Field::Moment("v.waiting_since")),
    ("snoozed_until", Field::Moment("v.snoozed_until")),
    ("contact_ids", Field::Contact),
    ("teammate_ids", Field::Teammates),
    ("tag_ids", Field::Tags),
    ("admin_assignee_id", Field::Id("v.assignee_id")),
    ("team_assignee_id", Field::Id("v.team_id")),
    ("state", Field::Word("v.state", &["open", "snoozed", "closed"])),
    ("priority", Field::Truth("(case when v.priority = 1 then 1 else 0 end)")),
    ("open", Field::Truth("(case when v.state = 'closed' then 0 else 1 end)")),
    ("read", Field::Truth("(case when v.waiting_since = 0 then 1 else 0 end)")),
    (
        "source.type",
        Field::Word("(case when v.channel = 'email' then 'email' else 'conversation' end)", &TYPES),
    ),
    ("source.subject", Field::Text("v.subject")),
];

/// What a source may be at Intercom. All but the first two find nothing here.
const TYPES: [&str; 10] = [
    "conversation",
    "email",
    "facebook",
    "instagram",
    "phone_call",
    "phone_switch",
    "push",
    "sms",
    "twitter",
    "whatsapp",
];

/// What Intercom searches by and nothing here keeps, or groups of it.
const NOT_KEPT: [&str; 9] = [
    "source.url",
    "title",
    "channel_initiated",
    "conversation_rating",
    "custom_attribute",
    "custom_attributes",
    "ai_agent",
    "ai_agent_participated",
    "statistics",
];

fn field(name: &str) -> Option<Field> {
    if let Some(name) = name.strip_prefix("statistics.") {
        let found = STATISTICS.iter().find(|(known, ..)| *known == name);
        return found.map(|(_, kind, expression)| match kind {
            statistics::Kind::Whole => Field::Whole(expression),
            statistics::Kind::Teammate => Field::Id(expression),
        });
    }
    let own = FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| *field);
    own.or_else(|| first::field(name).map(Field::First))
}

/// Why a name is none of the fields.
fn unknown(asked: &Condition) -> Error {
    let own = FIELDS.iter().map(|(name, _)| (*name).to_owned());
    let first = first::FIELDS.iter().map(|(name, _)| (*name).to_owned());
    let numbers = STATISTICS.iter().map(|(name, ..)| format!("statistics.{name}"));
    let names = own.chain(first).chain(numbers).collect::<Vec<_>>().join(", ");
    let group = asked.field.split_once('.').map_or(asked.field.as_str(), |(group, _)| group);
    let is_not_kept = NOT_KEPT.iter().any(|known| *known == asked.field || *known == group);
    let why = if is_not_kept { "this is not kept here. Conversations" } else { "conversations" };
    asked.refuse(&format!("{why} are searched by {names}"))
}

/// Adds a condition on `conversations v`, of which the workspace is the first parameter.
///
/// # Errors
/// [`Error::Invalid`] names the field that makes no sense.
pub fn condition(sql: &mut Statement, asked: &Condition) -> Result<(), Error> {
    let field = field(&asked.field).ok_or_else(|| unknown(asked))?;
    sql.push(if asked.not { "not (" } else { "(" });
    match field {
        Field::Id(column) => asked.one_of(sql, column, number)?,
        Field::Contact => asked.one_of(sql, "v.contact_id", person)?,
        Field::Moment(column) => moment(sql, asked, column)?,
        Field::Whole(expression) => whole(sql, asked, expression)?,
        Field::Word(column, words) => word(sql, asked, column, words)?,
        Field::Text(column) => text(sql, asked, column)?,
        Field::Truth(column) => truth(sql, asked, column)?,
        Field::Tags => {
            sql.push("v.id in (select owner_id from taggings where workspace_id = $1 and owner_kind = 'conversation' and ");
            asked.one_of(sql, "tag_id", number)?;
            sql.push(")");
        }
        Field::Teammates => {
            // Nobody wrote where no teammate did.
            sql.push(if asked.value.is_null() { "not " } else { "" });
            sql.push("exists (select 1 from parts p where p.workspace_id = v.workspace_id and p.conversation_id = v.id ");
            sql.push("and p.author_kind = 'teammate' and p.author_id > 0");
            if !asked.value.is_null() {
                sql.push(" and ");
                asked.one_of(sql, "p.author_id", number)?;
            }
            sql.push(")");
        }
        Field::First(field) => first::condition(sql, asked, field)?,
    }
    sql.push(")");
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{NOT_KEPT, field, unknown};
    use crate::rest::{Condition, Operator};

    fn asked(field: &str) -> Condition {
        let value = json!("x");
        Condition { field: field.to_owned(), operator: Operator::Is, not: false, value }
    }

    #[test]
    fn every_name_that_a_refusal_gives_is_a_field_and_what_is_not_kept_is_said_to_be() {
        let said = unknown(&asked("mood")).to_string();
        let names = said.split_once(" are searched by ").unwrap().1;
        assert_eq!(names.split(", ").filter(|name| field(name).is_none()).count(), 0, "{names}");
        assert_eq!(names.split(", ").count(), 40);
        assert!(!said.contains("not kept"));
        for name in
            NOT_KEPT.into_iter().chain(["custom_attributes.plan", "statistics.handling_time"])
        {
            assert!(field(name).is_none(), "{name}");
            let said = unknown(&asked(name)).to_string();
            assert!(said.contains(name) && said.contains("this is not kept here"), "{said}");
        }
    }
}
