//! The values that a person or a company has.

use super::{DataType, Subject, Value, choices};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::run;
use crate::server::db::Conn;

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    label: String,
    data_type: String,
    number: Option<f64>,
    text: String,
    ui_writable: i64,
    options: String,
}

/// The values of a person or a company by name, without archived attributes.
pub async fn values(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: Subject,
    id: i64,
) -> Result<Vec<Value>, Error> {
    let sql = "select a.name, a.label, a.data_type, v.number, v.text, a.ui_writable, a.options from attribute_values v \
               join attributes a on a.workspace_id = v.workspace_id and a.id = v.attribute_id \
               where v.workspace_id = $1 and v.subject = $2 and v.subject_id = $3 and a.archived_at = 0 order by a.name";
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(workspace).bind(subject.word()).bind(id).fetch_all(x)
    })?;
    let value = |r: Row| Value {
        name: r.name,
        label: r.label,
        data_type: DataType::from_word(&r.data_type).unwrap_or(DataType::String),
        number: r.number,
        text: r.text,
        editable: r.ui_writable == 1,
        options: choices::kept(&r.options),
    };
    Ok(rows.into_iter().map(value).collect())
}
