//! Finding people by a tree of conditions, and in any order.

use serde_json::Value;

use super::record::{Record, complete};
use super::search_sql::{Attributes, condition};
use super::{COLUMNS_AS_P, Contact};
use crate::attributes::{DataType, Subject};
use crate::error::Error;
use crate::id::{AttributeId, WorkspaceId};
use crate::rest::{Cursor, Filter, Paging};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Conn, Statement};

/// An order of people: what they are sorted by, as a column, a comparison and a way to read a cursor's key.
struct Order {
    /// `newest`, or the field and the direction.
    name: String,
    /// What the rows are sorted by; never null.
    key: &'static str,
    text: bool,
    down: bool,
}

/// What people can be sorted by.
const SORTS: [(&str, &str, bool); 6] = [
    ("created_at", "p.created_at", false),
    ("updated_at", "p.updated_at", false),
    ("last_seen_at", "p.last_seen_at", false),
    ("signed_up_at", "coalesce(p.signed_up_at, 0)", false),
    ("name", "p.name_key", true),
    ("email", "p.email_key", true),
];

impl Order {
    fn read(sort: Option<&Value>) -> Result<Self, Error> {
        let newest = Self { name: "newest".into(), key: "p.id", text: false, down: true };
        let Some(sort) = sort.filter(|s| !s.is_null()) else { return Ok(newest) };
        let field = sort.get("field").and_then(Value::as_str).unwrap_or_default();
        let found = SORTS.iter().find(|(name, ..)| *name == field);
        let (name, key, text) = found.ok_or_else(|| {
            let names = SORTS.map(|(name, ..)| name).join(", ");
            Error::invalid("sort.field", format!("send one of {names}"))
        })?;
        let down = match sort.get("order").and_then(Value::as_str) {
            None | Some("descending" | "desc") => true,
            Some("ascending" | "asc") => false,
            Some(_) => {
                return Err(Error::invalid("sort.order", "send ascending or descending"));
            }
        };
        let name = format!("{name}.{}", if down { "descending" } else { "ascending" });
        Ok(Self { name, key, text: *text, down })
    }

    /// Adds `and (key, id) < (…)`.
    fn begin(&self, sql: &mut Statement, after: &Cursor) -> Result<(), Error> {
        sql.push(" and (").push(self.key).push(", p.id) ");
        sql.push(if self.down { "< (" } else { "> (" });
        let refused = || Error::invalid("starting_after", "send what pages.next said");
        if self.text {
            sql.text(after.key.as_str().ok_or_else(refused)?);
        } else {
            sql.number(after.key.as_i64().ok_or_else(refused)?);
        }
        sql.push(", ").number(after.id).push(")");
        Ok(())
    }

    fn end(&self, sql: &mut Statement, limit: i64) {
        let way = if self.down { " desc" } else { "" };
        sql.push(" order by ").push(self.key).push(way);
        sql.push(", p.id").push(way).push(" limit ").number(limit);
    }

    /// What a row is sorted by, as its cursor keeps it.
    fn key_of(&self, r: &Contact) -> Value {
        let folded = |text: &Option<String>| text.as_deref().unwrap_or_default().to_lowercase();
        match self.key {
            "p.created_at" => r.created_at.0.into(),
            "p.updated_at" => r.updated_at.0.into(),
            "p.last_seen_at" => r.last_seen_at.0.into(),
            "p.name_key" => folded(&r.name).into(),
            "p.email_key" => folded(&r.email).into(),
            "p.id" => r.id.0.into(),
            _ => r.signed_up_at.map_or(0, |t| t.0).into(),
        }
    }
}

/// A page of people who match, the newest first unless a sort says otherwise, as the people, the number of all who
/// match, and the answer's `pages`. Those who were merged into another or put away are left out.
///
/// # Errors
/// [`Error::Invalid`] names the part of the filter, the sort or the cursor that makes no sense.
pub async fn search(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    filter: Option<&Filter>,
    sort: Option<&Value>,
    paging: &Paging,
) -> Result<(Vec<Record>, i64, Value), Error> {
    let order = Order::read(sort)?;
    paging.in_order(&order.name)?;
    let attributes = match filter {
        Some(filter) if asks_attributes(filter) => attributes(c, workspace).await?,
        _ => Attributes::new(),
    };
    let from = |sql: &mut Statement| -> Result<(), Error> {
        // The first parameter, so that conditions may say $1.
        sql.push(" from contacts p where p.workspace_id = ").number(workspace.0);
        sql.push(" and p.merged_into = 0 and p.archived_at = 0");
        let Some(filter) = filter else { return Ok(()) };
        sql.push(" and ");
        tree(sql, dates, &attributes, filter)
    };
    let total = match filter {
        Some(_) => {
            let mut count = Statement::new("select count(*)");
            from(&mut count)?;
            count.fetch_one::<(i64,)>(c).await?.0
        }
        None => all_of(c, workspace).await?,
    };
    let mut page = Statement::new("select ");
    page.push(COLUMNS_AS_P);
    from(&mut page)?;
    if let Some(after) = &paging.after {
        order.begin(&mut page, after)?;
    }
    order.end(&mut page, paging.per_page + 1);
    let mut rows: Vec<Contact> = page.fetch_all(c).await?;
    let more = rows.len() as i64 > paging.per_page;
    rows.truncate(paging.per_page as usize);
    let last = rows.last().filter(|_| more).map(|r| (order.key_of(r), r.id.0));
    let pages = paging.pages(&order.name, total, last);
    Ok((complete(c, workspace, rows).await?, total, pages))
}

/// How many people there are, who are counted as they come and go.
async fn all_of(c: &mut Conn, workspace: WorkspaceId) -> Result<i64, Error> {
    let sql = "select people from workspace_seq where workspace_id = $1";
    let (n,): (i64,) = run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(workspace).fetch_one(x))?;
    Ok(n)
}

fn tree(
    sql: &mut Statement,
    dates: &Dates,
    attributes: &Attributes,
    filter: &Filter,
) -> Result<(), Error> {
    let (parts, word) = match filter {
        Filter::One(one) => return condition(sql, dates, attributes, one),
        Filter::All(parts) => (parts, " and "),
        Filter::Any(parts) => (parts, " or "),
    };
    sql.push("(");
    for (n, part) in parts.iter().enumerate() {
        if n > 0 {
            sql.push(word);
        }
        tree(sql, dates, attributes, part)?;
    }
    sql.push(")");
    Ok(())
}

fn asks_attributes(filter: &Filter) -> bool {
    match filter {
        Filter::One(one) => one.field.starts_with("custom_attributes."),
        Filter::All(parts) | Filter::Any(parts) => parts.iter().any(asks_attributes),
    }
}

async fn attributes(c: &mut Conn, workspace: WorkspaceId) -> Result<Attributes, Error> {
    let sql = "select name, id, data_type from attributes where workspace_id = $1 and subject = $2";
    let rows: Vec<(String, AttributeId, String)> = run!(c, |x| {
        sqlx::query_as::<_, (String, AttributeId, String)>(sql)
            .bind(workspace)
            .bind(Subject::Contact.word())
            .fetch_all(x)
    })?;
    let typed = |(name, id, word): (String, AttributeId, String)| {
        (name, (id, DataType::from_word(&word).unwrap_or(DataType::String)))
    };
    Ok(rows.into_iter().map(typed).collect())
}
