//! Finding people by a tree of conditions, and in any order.

use serde_json::Value;

use super::record::{Record, complete};
use super::search_rule::{fields, rule_of};
use super::{COLUMNS_AS_P, Contact, everyone};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::rest::{Filter, Order, Paging, Sort};
use crate::segments::{self, Along, Ruled};
use crate::server::db::{Conn, Statement};
use crate::time::Time;

/// What people can be sorted by.
const SORTS: [Sort; 6] = [
    ("created_at", "p.created_at", false),
    ("updated_at", "p.updated_at", false),
    ("last_seen_at", "p.last_seen_at", false),
    ("signed_up_at", "coalesce(p.signed_up_at, 0)", false),
    ("name", "p.name_key", true),
    ("email", "p.email_key", true),
];

/// What a row is sorted by, as its cursor keeps it.
fn key_of(order: &Order, r: &Contact) -> Value {
    let folded = |text: &Option<String>| text.as_deref().unwrap_or_default().to_lowercase();
    match order.key {
        "p.created_at" => r.created_at.0.into(),
        "p.updated_at" => r.updated_at.0.into(),
        "p.last_seen_at" => r.last_seen_at.0.into(),
        "p.name_key" => folded(&r.name).into(),
        "p.email_key" => folded(&r.email).into(),
        "p.id" => r.id.0.into(),
        _ => r.signed_up_at.map_or(0, |t| t.0).into(),
    }
}

/// A page of people who match, the newest first unless a sort says otherwise, as the people, the number of all who
/// match, and the answer's `pages`. Those who were merged into another or put away are left out. Where more than 10,000
/// match, the number is that of the first page.
///
/// # Errors
/// [`Error::Invalid`] names the part of the filter, the sort or the cursor that makes no sense; [`Error::TooSlow`] where the
/// connection has a limit.
pub async fn search(
    c: &mut Conn,
    now: Time,
    workspace: WorkspaceId,
    filter: Option<&Filter>,
    sort: Option<&Value>,
    paging: &Paging,
) -> Result<(Vec<Record>, i64, Value), Error> {
    let order = match sort.filter(|s| !s.is_null()) {
        None => Order::newest("p.id"),
        sort => Order::read("", &SORTS, "p.id", "", sort)?,
    };
    paging.in_order(&order.name)?;
    let mut page = Statement::new("select ");
    // The workspace is the first parameter, so that conditions may say $1.
    page.push(COLUMNS_AS_P).push(" from contacts p where p.workspace_id = ").number(workspace.0);
    page.push(" and p.merged_into = 0 and p.archived_at = 0");
    let total = match filter {
        Some(filter) => {
            let known = segments::known_once(c, workspace, &fields(filter)).await?;
            let rule = rule_of(&known, filter)?;
            let counted = paging.after.as_ref().and_then(|after| after.total);
            let of = Subject::Contact;
            let ruled = Ruled::again(c, workspace, of, rule, now, counted).await?;
            ruled.push(&mut page, Along::Order);
            ruled.total
        }
        None => everyone(c, workspace).await?,
    };
    if let Some(after) = &paging.after {
        order.begin(&mut page, after)?;
    }
    order.end(&mut page, paging.per_page + 1);
    let mut rows: Vec<Contact> = page.fetch_all(c).await?;
    let more = rows.len() as i64 > paging.per_page;
    rows.truncate(paging.per_page as usize);
    let last = rows.last().filter(|_| more).map(|r| (key_of(&order, r), r.id.0));
    let pages = paging.pages(&order.name, total, last);
    Ok((complete(c, workspace, rows).await?, total, pages))
}
