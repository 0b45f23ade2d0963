//! Values of attributes, and attributes that are made or widened as values arrive.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::{DataType, Reading, Subject, choices, read};
use crate::error::Error;
use crate::id::AttributeId;
use crate::run;
use crate::server::db::{Changed, Write};
use crate::time::Time;

/// The most values that one call sets.
const MOST: usize = 200;

/// Who wants to change a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// The customer's product, by an API or a file.
    Product,
    /// The Messenger, in a visitor's browser.
    Messenger,
    /// A teammate.
    Teammate,
}

/// Values that changed: what they are now and what they were; null for none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// What they are now.
    pub set: Map<String, Json>,
    /// What they were, where they were something.
    pub from: Map<String, Json>,
}

#[derive(sqlx::FromRow)]
struct Known {
    id: AttributeId,
    name: String,
    data_type: String,
    declared: i64,
    api_writable: i64,
    messenger_writable: i64,
    ui_writable: i64,
    archived_at: Time,
    options: String,
    text: Option<String>,
}

/// Sets custom attributes of a person or a company; null takes one away. A name that is not known yet becomes
/// an attribute of the type that its value has; a learned type widens, a declared one refuses what does not fit.
/// What a product says is kept whatever choices an attribute offers; a teammate keeps to them. Answers what changed. `field` leads the names in refusals: `traits`, `custom_attributes`.
///
/// # Errors
/// [`Error::Invalid`] names the value that is refused; nothing is written then.
pub async fn set(
    w: &mut Write<'_>,
    writer: Writer,
    subject: Subject,
    id: i64,
    field: &str,
    values: &Map<String, Json>,
) -> Result<Changes, Error> {
    let mut changes = Changes::default();
    if values.is_empty() {
        return Ok(changes);
    }
    if values.len() > MOST {
        return Err(Error::invalid(field, "send at most 200 attributes at once"));
    }
    let known = known(w, subject, id, values).await?;
    let (mut rows, mut gone) = (Vec::new(), Vec::new());
    for (name, value) in values {
        let path = format!("{field}.{name}");
        let found = known.get(name.as_str());
        if let Some(attribute) = found {
            may_write(attribute, writer, &path)?;
        }
        let was = found.and_then(|k| k.text.as_ref());
        if value.is_null() {
            if let (Some(attribute), Some(_)) = (found, was) {
                gone.push([attribute.id]);
                note(&mut changes, name, Json::Null, was);
            }
            continue;
        }
        let reading = read(&path, name, value)?;
        let same_type = found.is_some_and(|k| fits(k, &reading));
        if same_type && was == Some(&reading.text) {
            continue;
        }
        if let Some(known) = found.filter(|_| writer == Writer::Teammate) {
            choices::choose(&choices::kept(&known.options), &path, &reading.text)?;
        }
        let attribute = match found {
            Some(k) if same_type => k.id,
            Some(k) if k.declared == 1 => {
                return Err(Error::invalid(path, format!("this attribute is {}", expected(k))));
            }
            _ => define(w, subject, name, reading.data_type).await?,
        };
        note(&mut changes, name, value.clone(), was);
        let key: String = reading.text.to_lowercase().chars().take(200).collect();
        rows.push((attribute, reading.number, reading.text, key));
    }
    write(w, subject, id, &rows, &gone).await?;
    Ok(changes)
}

/// Sets custom attributes of people or companies who have none yet, as their product says; attributes are made and
/// widened as in [`set`].
///
/// # Errors
/// As [`set`].
pub async fn set_new(
    w: &mut Write<'_>,
    subject: Subject,
    field: &str,
    subjects: &[(i64, &Map<String, Json>)],
) -> Result<(), Error> {
    let mut names = Map::new();
    for (_, values) in subjects {
        names.extend(values.keys().map(|name| (name.clone(), Json::Null)));
    }
    // Number 0 is nobody's, so no value comes along.
    let mut all = known(w, subject, 0, &names).await?;
    let mut rows = Vec::new();
    for (id, values) in subjects {
        for (name, value) in values.iter().filter(|(_, v)| !v.is_null()) {
            let path = format!("{field}.{name}");
            let found = all.get(name.as_str());
            if let Some(attribute) = found {
                may_write(attribute, Writer::Product, &path)?;
            }
            let reading = read(&path, name, value)?;
            let attribute = match found {
                Some(k) if fits(k, &reading) => k.id,
                Some(k) if k.declared == 1 => {
                    return Err(Error::invalid(path, format!("this attribute is {}", expected(k))));
                }
                _ => {
                    let made = define(w, subject, name, reading.data_type).await?;
                    all = known(w, subject, 0, &names).await?;
                    made
                }
            };
            let key: String = reading.text.to_lowercase().chars().take(200).collect();
            rows.push((*id, attribute, reading.number, reading.text, key));
        }
    }
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let sql = "insert into attribute_values (workspace_id, subject, subject_id, attribute_id, number, text, text_key, updated_at) \
               select $1, $2, cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as double precision), \
               value ->> 3, value ->> 4, $3 from json_each($4)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(subject.word()).bind(w.now).bind(&rows).execute(c)
    })?;
    Ok(())
}

fn fits(known: &Known, reading: &Reading) -> bool {
    DataType::from_word(&known.data_type).is_some_and(|t| t.holds(reading.data_type))
}

fn expected(known: &Known) -> &'static str {
    match DataType::from_word(&known.data_type) {
        Some(DataType::Integer) => "a whole number",
        Some(DataType::Float) => "a number",
        Some(DataType::Boolean) => "true or false",
        Some(DataType::Date) => "a date such as 2026-03-01T12:00:00Z",
        Some(DataType::String) | None => "text",
    }
}

fn may_write(known: &Known, writer: Writer, path: &str) -> Result<(), Error> {
    if writer == Writer::Teammate && known.archived_at.0 > 0 {
        let message = "this attribute is archived: bring it back in the settings first";
        return Err(Error::invalid(path, message));
    }
    let may = match writer {
        Writer::Product => known.api_writable,
        Writer::Messenger => known.messenger_writable,
        Writer::Teammate => known.ui_writable,
    };
    if may == 1 {
        return Ok(());
    }
    Err(Error::invalid(path, "the workspace's settings do not let this be changed from here"))
}

fn note(changes: &mut Changes, name: &str, now: Json, was: Option<&String>) {
    changes.set.insert(name.to_owned(), now);
    if let Some(was) = was {
        changes.from.insert(name.to_owned(), was.clone().into());
    }
}

async fn known(
    w: &mut Write<'_>,
    subject: Subject,
    id: i64,
    values: &Map<String, Json>,
) -> Result<HashMap<String, Known>, Error> {
    let names: Vec<_> = values.keys().map(|name| [name]).collect();
    let names = serde_json::to_string(&names).map_err(|_| Error::Internal)?;
    let sql = "select a.id, a.name, a.data_type, a.declared, a.api_writable, a.messenger_writable, a.ui_writable, a.archived_at, \
               a.options, v.text \
               from json_each($3) j cross join attributes a left join attribute_values v \
               on v.workspace_id = a.workspace_id and v.subject = a.subject and v.subject_id = $4 and v.attribute_id = a.id \
               where a.workspace_id = $1 and a.subject = $2 and a.name = j.value ->> 0";
    let rows: Vec<Known> = run!(w.conn, |c| {
        sqlx::query_as::<_, Known>(sql)
            .bind(w.workspace)
            .bind(subject.word())
            .bind(&names)
            .bind(id)
            .fetch_all(c)
    })?;
    Ok(rows.into_iter().map(|k| (k.name.clone(), k)).collect())
}

async fn write(
    w: &mut Write<'_>,
    subject: Subject,
    id: i64,
    rows: &[(AttributeId, Option<f64>, String, String)],
    gone: &[[AttributeId; 1]],
) -> Result<(), Error> {
    let set = "insert into attribute_values (workspace_id, subject, subject_id, attribute_id, number, text, text_key, updated_at) \
               select $1, $2, $3, cast(value ->> 0 as bigint), cast(value ->> 1 as double precision), value ->> 2, value ->> 3, $4 \
               from json_each($5) where true \
               on conflict (workspace_id, subject, subject_id, attribute_id) do update set \
               number = excluded.number, text = excluded.text, text_key = excluded.text_key, updated_at = excluded.updated_at";
    if !rows.is_empty() {
        let rows = serde_json::to_string(rows).map_err(|_| Error::Internal)?;
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(set)
                .bind(w.workspace)
                .bind(subject.word())
                .bind(id)
                .bind(w.now)
                .bind(&rows)
                .execute(c)
        })?;
    }
    let clear = "delete from attribute_values where workspace_id = $1 and subject = $2 and subject_id = $3 \
                 and attribute_id in (select cast(value ->> 0 as bigint) from json_each($4))";
    if !gone.is_empty() {
        let gone = serde_json::to_string(gone).map_err(|_| Error::Internal)?;
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(clear)
                .bind(w.workspace)
                .bind(subject.word())
                .bind(id)
                .bind(&gone)
                .execute(c)
        })?;
    }
    Ok(())
}

/// Makes an attribute, or widens its type so that it holds one more. Values need no rewriting: each keeps
/// its number and its text.
async fn define(
    w: &mut Write<'_>,
    subject: Subject,
    name: &str,
    data_type: DataType,
) -> Result<AttributeId, Error> {
    let sql = "insert into attributes (workspace_id, id, subject, name, data_type, created_at) \
               values ($1, $2, $3, $4, $5, $6) \
               on conflict (workspace_id, subject, name) do update set data_type = case \
               when attributes.data_type = excluded.data_type then attributes.data_type \
               when attributes.data_type = 'integer' and excluded.data_type = 'float' then 'float' \
               when attributes.data_type = 'float' and excluded.data_type = 'integer' then 'float' \
               else 'string' end returning id";
    let id = w.app.db.next_id()?;
    let (attribute,): (AttributeId,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (AttributeId,)>(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(subject.word())
            .bind(name)
            .bind(data_type.word())
            .bind(w.now)
            .fetch_one(c)
    })?;
    w.rules_changed();
    Ok(attribute)
}
