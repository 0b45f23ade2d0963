//! What the columns of an exported file hold: attributes, tags, times and numbers as text.

use std::collections::HashMap;

use super::row::ATTRIBUTE;
use super::{Kind, list};
use crate::error::Error;
use crate::id::{TagId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;

/// Attributes of a subject, in the order of their columns.
pub(super) type Attributes = Vec<(i64, String)>;

/// RFC 3339; empty for never.
pub(super) fn iso(millis: Option<i64>) -> String {
    let at = millis.and_then(|m| jiff::Timestamp::from_millisecond(m).ok());
    at.map(|t| t.to_string()).unwrap_or_default()
}

/// A number as text; empty for none.
pub(super) fn number<T: ToString>(value: Option<T>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

/// An error as a sentence.
pub(super) fn word(error: Error) -> String {
    error.to_string()
}

/// A workspace's attributes of people or of companies, by name.
pub(super) async fn attributes(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: &str,
) -> Result<Attributes, String> {
    let sql =
        "select id, name from attributes where workspace_id = $1 and subject = $2 order by name";
    let rows: Result<Attributes, Error> = run!(c, |x| {
        sqlx::query_as::<_, (i64, String)>(sql).bind(workspace).bind(subject).fetch_all(x)
    });
    rows.map_err(word)
}

/// The attributes' values of the subjects with these numbers.
pub(super) async fn values(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: &str,
    ids: Vec<i64>,
) -> Result<HashMap<(i64, i64), String>, String> {
    let ids: Vec<_> = ids.into_iter().map(|id| [id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|e| e.to_string())?;
    let sql = "select v.subject_id, v.attribute_id, v.text from json_each($3) j cross join attribute_values v \
               where v.workspace_id = $1 and v.subject = $2 and v.subject_id = cast(j.value ->> 0 as bigint)";
    let rows: Result<Vec<(i64, i64, String)>, Error> = run!(c, |x| {
        sqlx::query_as::<_, (i64, i64, String)>(sql)
            .bind(workspace)
            .bind(subject)
            .bind(&ids)
            .fetch_all(x)
    });
    Ok(rows.map_err(word)?.into_iter().map(|(s, a, text)| ((s, a), text)).collect())
}

/// The names of attributes' columns: their own, unless an import would take that for something else, or for nothing.
pub(super) fn names(custom: &Attributes, standard: &[&str], kind: Kind) -> Vec<String> {
    let meant = |name: &str| kind.meanings().iter().any(|(word, _)| *word == name);
    let name = |(_, name): &(i64, String)| {
        let taken = standard.contains(&name.as_str()) || meant(name) || name == "-";
        if taken || name.starts_with(ATTRIBUTE) {
            format!("{ATTRIBUTE}{name}")
        } else {
            name.clone()
        }
    };
    custom.iter().map(name).collect()
}

/// The tags of the subjects with these numbers, as an import reads them.
pub(super) async fn tags(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: &str,
    ids: &[i64],
) -> Result<HashMap<i64, String>, String> {
    let ids: Vec<_> = ids.iter().map(|id| [id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|e| e.to_string())?;
    let all = crate::tags::of_many(c, workspace, subject, &ids).await.map_err(word)?;
    let joined =
        |tags: Vec<(TagId, String)>| list::join(tags.iter().map(|(_, name)| name.as_str()));
    Ok(all.into_iter().map(|(owner, tags)| (owner, joined(tags))).collect())
}
