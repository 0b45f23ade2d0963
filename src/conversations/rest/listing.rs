//! Pages of conversations, all or those that match.

use serde_json::Value;

use super::condition;
use super::shape::{COLUMNS, Row};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::rest::{Cursor, Filter, Paging};
use crate::server::db::{Conn, Statement};

/// A page, with the number of all.
pub struct Found {
    /// The page's conversations.
    pub rows: Vec<Row>,
    /// How many there are in all.
    pub total: i64,
    /// The answer's `pages`.
    pub pages: Value,
}

struct Order {
    name: String,
    key: &'static str,
    down: bool,
}

const SORTS: [(&str, &str); 3] = [
    ("updated_at", "v.updated_at"),
    ("created_at", "v.created_at"),
    ("waiting_since", "v.waiting_since"),
];

impl Order {
    fn read(sort: Option<&Value>) -> Result<Self, Error> {
        let sort = sort.filter(|s| !s.is_null());
        let word = |name: &str| sort.and_then(|s| s.get(name)).and_then(Value::as_str);
        let field = word("field").unwrap_or("updated_at");
        let found = SORTS.iter().find(|(name, _)| *name == field);
        let (name, key) = found.ok_or_else(|| {
            let names = SORTS.map(|(name, _)| name).join(", ");
            Error::invalid("sort.field", format!("send one of {names}"))
        })?;
        let down = match word("order") {
            None | Some("descending" | "desc") => true,
            Some("ascending" | "asc") => false,
            Some(_) => return Err(Error::invalid("sort.order", "send ascending or descending")),
        };
        let way = if down { "descending" } else { "ascending" };
        Ok(Self { name: format!("conversations.{name}.{way}"), key, down })
    }

    fn begin(&self, sql: &mut Statement, after: &Cursor) -> Result<(), Error> {
        let refused = || Error::invalid("starting_after", "send what pages.next said");
        sql.push(" and (").push(self.key).push(", v.id) ");
        sql.push(if self.down { "< (" } else { "> (" });
        sql.number(after.key.as_i64().ok_or_else(refused)?).push(", ").number(after.id).push(")");
        Ok(())
    }

    fn key_of(&self, row: &Row) -> i64 {
        match self.key {
            "v.created_at" => row.created_at.0,
            "v.waiting_since" => row.waiting_since.0,
            _ => row.updated_at.0,
        }
    }
}

/// A page of conversations, the last touched first unless a sort says otherwise.
///
/// # Errors
/// [`Error::Invalid`] names the part of the filter, the sort or the cursor that makes no sense.
pub async fn page(
    c: &mut Conn,
    workspace: WorkspaceId,
    filter: Option<&Filter>,
    sort: Option<&Value>,
    paging: &Paging,
) -> Result<Found, Error> {
    let order = Order::read(sort)?;
    paging.in_order(&order.name)?;
    let from = |sql: &mut Statement| -> Result<(), Error> {
        // The first parameter, so that conditions may say $1.
        sql.push(" from conversations v where v.workspace_id = ").number(workspace.0);
        let Some(filter) = filter else { return Ok(()) };
        sql.push(" and ");
        condition::tree(sql, filter)
    };
    let mut count = Statement::new("select count(*)");
    from(&mut count)?;
    let total = count.fetch_one::<(i64,)>(c).await?.0;
    let mut page = Statement::new("select ");
    page.push(COLUMNS);
    from(&mut page)?;
    if let Some(after) = &paging.after {
        order.begin(&mut page, after)?;
    }
    let way = if order.down { " desc" } else { "" };
    page.push(" order by ").push(order.key).push(way).push(", v.id").push(way);
    page.push(" limit ").number(paging.per_page + 1);
    let mut rows: Vec<Row> = page.fetch_all(c).await?;
    let more = rows.len() as i64 > paging.per_page;
    rows.truncate(paging.per_page as usize);
    let last = rows.last().filter(|_| more).map(|r| (order.key_of(r).into(), r.id.0));
    let pages = paging.pages(&order.name, total, last);
    Ok(Found { rows, total, pages })
}
