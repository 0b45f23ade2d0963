//! What people and companies have in a field, and events in their metadata, to be offered while a condition is typed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::compile::{id_of, number_of, text_of};
use super::fields::{CUSTOM, Sort, find};
use super::query::whom;
use crate::attributes::{Subject, kept_choices};
use crate::error::Error;
use crate::id::{AttributeId, WorkspaceId};
use crate::run;
use crate::server::db::{Conn, Statement, escaped};

/// How many of the newest are looked at: enough to know what is usual, however many there are.
const LOOKED_AT: i64 = 2_000;
/// How many values are offered.
const OFFERED: i64 = 20;

/// Values that contain what is typed, the most frequent among the newest people or companies first; none for a field
/// that is not there, and for one whose values are chosen.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn values(
    c: &mut Conn,
    workspace: WorkspaceId,
    of: Subject,
    field: &str,
    typed: &str,
) -> Result<Vec<String>, Error> {
    let mut sql = Statement::new("select min(x.value) from (select ");
    let mut choices = Vec::new();
    match field.strip_prefix(CUSTOM) {
        Some(name) => {
            let Some((attribute, options)) = attribute(c, workspace, of, name).await? else {
                return Ok(Vec::new());
            };
            choices = kept_choices(&options);
            sql.push("v.text as value, v.text_key as key from (select ").push(id_of(of));
            sql.push(" as id");
            newest(&mut sql, workspace, of);
            sql.push(") n join attribute_values v on v.workspace_id = $1 and v.subject = ");
            sql.text(of.word()).push(" and v.subject_id = n.id and v.attribute_id = ");
            sql.number(attribute.0);
        }
        None => {
            match (text_of(of, field), find(of, field)) {
                (Some(text), _) => {
                    sql.push(text.raw).push(" as value, ").push(text.key).push(" as key");
                }
                (None, Some((_, _, Sort::Number))) => {
                    let column = number_of(of, field);
                    sql.push("cast(").push(column).push(" as text) as value, cast(");
                    sql.push(column).push(" as text) as key");
                }
                _ => return Ok(Vec::new()),
            }
            newest(&mut sql, workspace, of);
        }
    }
    let folded = typed.trim().to_lowercase();
    let pattern = format!("%{}%", escaped(&folded));
    sql.push(") x where x.key <> '' and x.key like ").text(pattern).push(" escape '\\'");
    sql.push(" group by x.key order by count(*) desc, x.key limit ").number(OFFERED);
    let rows: Vec<(String,)> = sql.fetch_all(c).await?;
    // SQLite writes a whole number of a column with fractions as 5.0.
    let plain = |value: String| value.strip_suffix(".0").map(str::to_owned).unwrap_or(value);
    let mut values: Vec<_> = rows.into_iter().map(|(value,)| plain(value)).collect();
    // What may be chosen may be asked for before anybody has it.
    choices.retain(|c| c.to_lowercase().contains(&folded) && !values.contains(c));
    values.extend(choices);
    values.truncate(OFFERED as usize);
    Ok(values)
}

/// Names of members of an event's metadata, or with a `key` that member's values, that contain what is typed, the most
/// frequent among some of the event's occurrences first.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn metadata(
    c: &mut Conn,
    workspace: WorkspaceId,
    event: &str,
    key: &str,
    typed: &str,
) -> Result<Vec<String>, Error> {
    let sql = "select a.data from activity a where a.workspace_id = $1 and a.kind = 'event' and a.ref_id = \
               (select n.id from event_names n where n.workspace_id = $1 and n.name = $2) limit $3";
    let rows: Vec<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql).bind(workspace).bind(event).bind(LOOKED_AT).fetch_all(x)
    })?;
    let typed = typed.trim().to_lowercase();
    let mut found: BTreeMap<String, i64> = BTreeMap::new();
    for (data,) in rows {
        let data: Map<String, Value> = serde_json::from_str(&data).unwrap_or_default();
        let said = data.into_iter().filter_map(|(name, value)| match value {
            // What has parts of its own cannot be compared.
            Value::Null | Value::Array(_) | Value::Object(_) => None,
            _ if key.is_empty() => Some(name),
            _ if name != key => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        });
        for text in said.filter(|text| text.to_lowercase().contains(&typed)) {
            *found.entry(text).or_default() += 1;
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(_, times)| -times);
    Ok(found.into_iter().map(|(text, _)| text).take(OFFERED as usize).collect())
}

fn newest(sql: &mut Statement, workspace: WorkspaceId, of: Subject) {
    whom(sql, workspace, of);
    sql.push(" order by ").push(id_of(of)).push(" desc limit ").number(LOOKED_AT);
}

async fn attribute(
    c: &mut Conn,
    workspace: WorkspaceId,
    of: Subject,
    name: &str,
) -> Result<Option<(AttributeId, String)>, Error> {
    let sql = "select id, options from attributes where workspace_id = $1 and subject = $2 and name = $3 and data_type in ('string', 'integer', 'float')";
    run!(c, |x| {
        sqlx::query_as::<_, (AttributeId, String)>(sql)
            .bind(workspace)
            .bind(of.word())
            .bind(name)
            .fetch_optional(x)
    })
}
