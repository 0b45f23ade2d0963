//! What the variables of a text are for each of its readers, read for many at once.

use std::collections::{BTreeSet, HashMap};

use liquid::model::{Object, Value};

use super::content::{Filled, Known, value};
use crate::attributes::{DataType, Subject};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;

/// The names that a text may ask for.
pub async fn known(c: &mut Conn, workspace: WorkspaceId) -> Result<Known, Error> {
    let sql = "select subject, name from attributes where workspace_id = $1 and archived_at = 0 order by name";
    let rows: Vec<(String, String)> =
        run!(c, |x| sqlx::query_as::<_, (String, String)>(sql).bind(workspace).fetch_all(x))?;
    let mut known = Known::default();
    for (subject, name) in rows {
        match Subject::from_word(&subject) {
            Some(Subject::Contact) => known.contact.push(name),
            Some(Subject::Company) => known.company.push(name),
            None => {}
        }
    }
    Ok(known)
}

/// What `my_name` is of what a teammate writes.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn my_name(
    c: &mut Conn,
    workspace: WorkspaceId,
    author: TeammateId,
) -> Result<String, Error> {
    let sql = "select name from teammates where workspace_id = $1 and id = $2";
    let found: Option<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql).bind(workspace).bind(author).fetch_optional(x)
    })?;
    Ok(found.map_or_else(String::new, |(name,)| name))
}

#[derive(sqlx::FromRow)]
struct Row {
    id: ContactId,
    asked: CompanyId,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    company_id: Option<CompanyId>,
}

/// What the variables are for each of these people, for a company of theirs; where none is named (0), it is the one that they
/// have been in for longest.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn fill(
    c: &mut Conn,
    workspace: WorkspaceId,
    known: &Known,
    pairs: &[(ContactId, CompanyId)],
    my_name: &str,
) -> Result<HashMap<(ContactId, CompanyId), Filled>, Error> {
    let list = serde_json::to_string(pairs).map_err(|_| Error::Internal)?;
    let sql = "select p.id, j.asked, p.name, p.email, p.phone, case when j.asked > 0 then j.asked else (select m.company_id from memberships m \
               where m.workspace_id = p.workspace_id and m.contact_id = p.id and m.left_at = 0 \
               order by m.joined_at, m.company_id limit 1) end as company_id \
               from (select cast(value ->> 0 as bigint) as id, cast(value ->> 1 as bigint) as asked from json_each($2)) j \
               cross join contacts p where p.workspace_id = $1 and p.id = j.id";
    let rows: Vec<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(&list).fetch_all(x))?;
    let firms = once(rows.iter().filter_map(|r| r.company_id).map(|id| id.0))?;
    let names = "select id, name from companies where workspace_id = $1 and id in (select cast(value ->> 0 as bigint) from json_each($2))";
    let names: Vec<(CompanyId, Option<String>)> = run!(c, |x| {
        sqlx::query_as::<_, (CompanyId, Option<String>)>(names)
            .bind(workspace)
            .bind(&firms)
            .fetch_all(x)
    })?;
    let names: HashMap<_, _> = names.into_iter().collect();
    let of_people =
        data(c, workspace, Subject::Contact, &once(rows.iter().map(|r| r.id.0))?).await?;
    let of_firms = data(c, workspace, Subject::Company, &firms).await?;
    let one = |row: Row| {
        let mut out = known.nothing();
        let first = row.name.as_deref().and_then(|n| n.split_whitespace().next());
        let company = row.company_id.and_then(|id| names.get(&id).cloned().flatten());
        for (key, text) in [
            ("first_name", first),
            ("name", row.name.as_deref()),
            ("email", row.email.as_deref()),
            ("phone", row.phone.as_deref()),
            ("company", company.as_deref()),
            ("my_name", Some(my_name)),
        ] {
            out.insert(key.into(), value(text));
        }
        merge(&mut out, "custom_attributes", of_people.get(&row.id.0));
        let firm = row.company_id.and_then(|id| of_firms.get(&id.0));
        merge(&mut out, "company_attributes", firm);
        ((row.id, row.asked), Filled(out))
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Numbers as statements take them, each once.
fn once(ids: impl Iterator<Item = i64>) -> Result<String, Error> {
    let ids: BTreeSet<_> = ids.map(|id| [id]).collect();
    serde_json::to_string(&ids).map_err(|_| Error::Internal)
}

/// Puts values in the place of the nothing that stands under a variable.
fn merge(out: &mut Object, key: &'static str, values: Option<&Vec<(String, Value)>>) {
    if let Some(Value::Object(inner)) = out.get_mut(key) {
        for (name, value) in values.into_iter().flatten() {
            if inner.contains_key(name.as_str()) {
                inner.insert(name.clone().into(), value.clone());
            }
        }
    }
}

type Data = HashMap<i64, Vec<(String, Value)>>;

async fn data(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: Subject,
    ids: &str,
) -> Result<Data, Error> {
    let sql = "select v.subject_id, a.name, a.data_type, v.number, v.text from json_each($3) j cross join attribute_values v \
               join attributes a on a.workspace_id = v.workspace_id and a.id = v.attribute_id and a.archived_at = 0 \
               where v.workspace_id = $1 and v.subject = $2 and v.subject_id = cast(j.value ->> 0 as bigint)";
    type Row = (i64, String, String, Option<f64>, String);
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(workspace).bind(subject.word()).bind(ids).fetch_all(x)
    })?;
    let mut out = Data::new();
    for (id, name, word, number, text) in rows {
        let value = match (DataType::from_word(&word), number) {
            (Some(DataType::Integer), Some(n)) => Value::scalar(n as i64),
            (Some(DataType::Float), Some(n)) => Value::scalar(n),
            (Some(DataType::Boolean), Some(n)) => Value::scalar(n != 0.0),
            _ => value(Some(&text)),
        };
        out.entry(id).or_default().push((name, value));
    }
    Ok(out)
}
