//! What people and companies have in a field of text, to be offered while a condition is typed.

use super::compile::{id_of, text_of};
use super::fields::CUSTOM;
use super::query::whom;
use super::rule::Rule;
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{AttributeId, WorkspaceId};
use crate::run;
use crate::server::db::{Conn, Statement, escaped};
use crate::time::Time;

/// How many of the newest are looked at: enough to know what is usual, however many there are.
const LOOKED_AT: i64 = 2_000;
/// How many values are offered.
const OFFERED: i64 = 20;

/// Values that contain what is typed, the most frequent among the newest people or companies first; none for a field
/// that is not there or is not text.
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
    match field.strip_prefix(CUSTOM) {
        Some(name) => {
            let Some(attribute) = attribute(c, workspace, of, name).await? else {
                return Ok(Vec::new());
            };
            sql.push("v.text as value, v.text_key as key from (select ").push(id_of(of));
            sql.push(" as id");
            newest(&mut sql, workspace, of);
            sql.push(") n join attribute_values v on v.workspace_id = $1 and v.subject = ");
            sql.text(of.word()).push(" and v.subject_id = n.id and v.attribute_id = ");
            sql.number(attribute.0);
        }
        None => {
            let Some(text) = text_of(of, field) else { return Ok(Vec::new()) };
            sql.push(text.raw).push(" as value, ").push(text.key).push(" as key");
            newest(&mut sql, workspace, of);
        }
    }
    let pattern = format!("%{}%", escaped(&typed.trim().to_lowercase()));
    sql.push(") x where x.key <> '' and x.key like ").text(pattern).push(" escape '\\'");
    sql.push(" group by x.key order by count(*) desc, x.key limit ").number(OFFERED);
    let rows: Vec<(String,)> = sql.fetch_all(c).await?;
    Ok(rows.into_iter().map(|(value,)| value).collect())
}

fn newest(sql: &mut Statement, workspace: WorkspaceId, of: Subject) {
    whom(sql, workspace, of, &Rule::All(Vec::new()), Time(0));
    sql.push(" order by ").push(id_of(of)).push(" desc limit ").number(LOOKED_AT);
}

async fn attribute(
    c: &mut Conn,
    workspace: WorkspaceId,
    of: Subject,
    name: &str,
) -> Result<Option<AttributeId>, Error> {
    let sql = "select id from attributes where workspace_id = $1 and subject = $2 and name = $3 and data_type = 'string'";
    let found: Option<(AttributeId,)> = run!(c, |x| {
        sqlx::query_as::<_, (AttributeId,)>(sql)
            .bind(workspace)
            .bind(of.word())
            .bind(name)
            .fetch_optional(x)
    })?;
    Ok(found.map(|(id,)| id))
}
