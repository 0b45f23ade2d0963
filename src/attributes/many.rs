//! The values of many people or companies at once, as the API shows them.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{DataType, Subject};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::run;
use crate::server::db::Conn;

/// The values by subject. `ids` is a JSON list of lists of one number each.
pub async fn values_of_many(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: Subject,
    ids: &str,
) -> Result<HashMap<i64, Map<String, Value>>, Error> {
    // A cross join, because SQLite keeps its order: those who are asked for lead, not a whole index.
    let sql = "select v.subject_id, a.name, a.data_type, v.number, v.text from json_each($3) j cross join attribute_values v \
               join attributes a on a.workspace_id = v.workspace_id and a.id = v.attribute_id \
               where v.workspace_id = $1 and v.subject = $2 and v.subject_id = cast(j.value ->> 0 as bigint) and a.archived_at = 0";
    type Row = (i64, String, String, Option<f64>, String);
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(workspace).bind(subject.word()).bind(ids).fetch_all(x)
    })?;
    let mut found: HashMap<i64, Map<String, Value>> = HashMap::new();
    for (id, name, word, number, text) in rows {
        let data_type = DataType::from_word(&word).unwrap_or(DataType::String);
        found.entry(id).or_default().insert(name, shown(data_type, number, text));
    }
    Ok(found)
}

/// A value of its type; dates are Unix seconds.
fn shown(data_type: DataType, number: Option<f64>, text: String) -> Value {
    match (data_type, number) {
        (DataType::Boolean, Some(n)) => (n != 0.0).into(),
        (DataType::Integer, Some(n)) => (n as i64).into(),
        (DataType::Date, Some(n)) => ((n / 1000.0).floor() as i64).into(),
        (DataType::Float, Some(n)) => n.into(),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{DataType, shown};

    #[test]
    fn values_are_shown_as_what_they_are() {
        let of = |data_type, number| shown(data_type, number, "as sent".into());
        assert_eq!(of(DataType::Integer, Some(12.0)), json!(12));
        assert_eq!(of(DataType::Float, Some(12.5)), json!(12.5));
        assert_eq!(of(DataType::Boolean, Some(1.0)), json!(true));
        assert_eq!(of(DataType::Date, Some(1_772_366_400_500.0)), json!(1_772_366_400));
        assert_eq!(of(DataType::String, Some(12.0)), json!("as sent"));
    }
}
