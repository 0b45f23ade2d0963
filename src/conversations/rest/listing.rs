//! Pages of conversations, all or those that match.

use serde_json::Value;

use super::condition::condition;
use super::shape::{COLUMNS, Row};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::rest::{Filter, Order, Paging, Sort};
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

const SORTS: [Sort; 3] = [
    ("updated_at", "v.updated_at", false),
    ("created_at", "v.created_at", false),
    ("waiting_since", "v.waiting_since", false),
];

/// What a row is sorted by, as its cursor keeps it.
fn key_of(order: &Order, row: &Row) -> i64 {
    match order.key {
        "v.created_at" => row.created_at.0,
        "v.waiting_since" => row.waiting_since.0,
        _ => row.updated_at.0,
    }
}

/// A page of conversations, the last touched first unless a sort says otherwise. The matches are counted for the first page alone.
///
/// # Errors
/// [`Error::Invalid`] names the part of the filter, the sort or the cursor that makes no sense; [`Error::TooSlow`] where the
/// connection has a limit.
pub async fn page(
    c: &mut Conn,
    workspace: WorkspaceId,
    filter: Option<&Filter>,
    sort: Option<&Value>,
    paging: &Paging,
) -> Result<Found, Error> {
    let order = Order::read("conversations.", &SORTS, "v.id", "updated_at", sort)?;
    paging.in_order(&order.name)?;
    let from = |sql: &mut Statement| -> Result<(), Error> {
        // The first parameter, so that conditions may say $1.
        sql.push(" from conversations v where v.workspace_id = ").number(workspace.0);
        let Some(filter) = filter else { return Ok(()) };
        sql.push(" and ");
        filter.write(sql, &condition)
    };
    let counted = paging.after.as_ref().filter(|_| filter.is_some()).and_then(|after| after.total);
    let total = match counted {
        Some(total) => total,
        None => {
            let mut count = Statement::new("select count(*)");
            from(&mut count)?;
            count.fetch_one::<(i64,)>(c).await?.0
        }
    };
    let mut page = Statement::new("select ");
    page.push(COLUMNS);
    from(&mut page)?;
    if let Some(after) = &paging.after {
        order.begin(&mut page, after)?;
    }
    order.end(&mut page, paging.per_page + 1);
    let mut rows: Vec<Row> = page.fetch_all(c).await?;
    let more = rows.len() as i64 > paging.per_page;
    rows.truncate(paging.per_page as usize);
    let last = rows.last().filter(|_| more).map(|r| (key_of(&order, r).into(), r.id.0));
    let pages = paging.pages(&order.name, total, last);
    Ok(Found { rows, total, pages })
}
