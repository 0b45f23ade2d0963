//! What a teammate types, as the value that an attribute holds.

use serde_json::Value as Json;

use super::{DataType, Subject, choices, read};
use crate::error::Error;
use crate::run;
use crate::server::db::Write;

/// Text that a person typed, as the value that an attribute of this name wants; empty is null. Under a new name
/// it is a number or a truth where it is written as one.
///
/// # Errors
/// [`Error::Invalid`] when it does not fit the attribute's type, or is none of what there is to choose from.
pub async fn typed(
    w: &mut Write<'_>,
    subject: Subject,
    id: i64,
    name: &str,
    text: &str,
) -> Result<Json, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Json::Null);
    }
    if text.contains('\0') {
        return Err(Error::invalid("value", "write plain text"));
    }
    let sql = "select a.data_type, a.options, coalesce(v.text, '') from attributes a left join attribute_values v \
        on v.workspace_id = a.workspace_id and v.subject = a.subject and v.subject_id = $4 and v.attribute_id = a.id \
        where a.workspace_id = $1 and a.subject = $2 and a.name = $3";
    let found: Option<(String, String, String)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String, String, String)>(sql)
            .bind(w.workspace)
            .bind(subject.word())
            .bind(name)
            .bind(id)
            .fetch_optional(c)
    })?;
    let (word, options, was) = found.unwrap_or_default();
    let data_type = DataType::from_word(&word);
    let whole = || text.parse::<i64>().ok().map(Json::from);
    let number = || text.parse::<f64>().ok().filter(|f| f.is_finite()).map(Json::from);
    let truth = || match text {
        "true" | "yes" => Some(Json::from(true)),
        "false" | "no" => Some(Json::from(false)),
        _ => None,
    };
    let refuse = |message: &str| Error::invalid("value", message);
    match data_type {
        // What is there already may stay.
        Some(DataType::String) if text == was => Ok(text.into()),
        Some(DataType::String) => {
            choices::choose(&choices::kept(&options), "value", text).map(Json::from)
        }
        Some(DataType::Integer) => whole().ok_or_else(|| refuse("write a whole number")),
        Some(DataType::Float) => number().ok_or_else(|| refuse("write a number")),
        Some(DataType::Boolean) => truth().ok_or_else(|| refuse("write true or false")),
        Some(DataType::Date) => {
            let reading = read("value", name, &Json::from(text))?;
            let is_date = reading.data_type == DataType::Date;
            is_date.then(|| text.into()).ok_or_else(|| refuse("write a date such as 2026-03-01"))
        }
        None => Ok(whole().or_else(number).or_else(truth).unwrap_or_else(|| text.into())),
    }
}
