//! Pages of the list of companies, with their cells, and what filters offer.

use super::{Asked, Companies, Filter, Options, Row, Sort, select};
use crate::attributes::Subject;
use crate::companies::profile::began;
use crate::companies::store::COLUMNS_AS_C;
use crate::companies::{Company, Health, amount};
use crate::error::Error;
use crate::id::{TagId, TeammateId, WorkspaceId};
use crate::lists::{self, Column, Cursor, Extras, Key};
use crate::run;
use crate::segments::{Along, Ruled};
use crate::server::dates::Dates;
use crate::server::db::{Conn, Statement};
use crate::stream;
use crate::time::Time;
use crate::ui::Cell;

const fn key(sort: Sort) -> Key {
    match sort {
        Sort::LastSeen => Key::Number("c.last_seen_at"),
        Sort::Name => Key::Text("c.name_key"),
        Sort::Spend => Key::Float("coalesce(c.monthly_spend, -1e18)"),
        Sort::People => Key::Number("c.user_count"),
        Sort::Sessions => Key::Number("c.session_count"),
        Sort::Since => Key::Number("coalesce(c.remote_created_at, 0)"),
    }
}

fn end_of(last: &Company, sort: Sort) -> Cursor {
    match sort {
        Sort::LastSeen => Cursor::Number(last.last_seen_at.0, last.id.0),
        Sort::Name => {
            let name = last.name.as_ref().map(|n| n.to_lowercase());
            Cursor::Text(name.unwrap_or_default(), last.id.0)
        }
        Sort::Spend => Cursor::Float(last.monthly_spend.unwrap_or(-1e18), last.id.0),
        Sort::People => Cursor::Number(last.user_count, last.id.0),
        Sort::Sessions => Cursor::Number(last.session_count, last.id.0),
        Sort::Since => Cursor::Number(last.remote_created_at.map_or(0, |t| t.0), last.id.0),
    }
}

/// A page of the workspace's companies with a teammate's columns.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that is not one of this order, and for a rule that makes no sense.
pub async fn list(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    teammate: TeammateId,
    asked: &Asked,
) -> Result<Companies, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let columns = lists::chosen_columns::<Filter>(c, workspace, teammate).await?;
    let rule = &asked.filter.rule;
    let ruled = Ruled::find(c, workspace, Subject::Company, rule, dates.now()).await?;
    let total = total(c, workspace, asked, ruled.as_ref(), dates.now()).await?;
    let mut rows = page(c, workspace, asked, ruled.as_ref(), dates.now()).await?;
    let next = Cursor::cut(&mut rows, |last| end_of(last, asked.sort));
    let ids: Vec<_> = rows.iter().map(|r| [r.id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let extras = Extras::read::<Filter>(c, workspace, &columns, &ids).await?;
    let row = |company: Company| Row {
        id: company.id,
        title: company.title(),
        health: Health::from_word(&company.health),
        last_seen: Some(company.last_seen_at).filter(|t| t.0 > 0).map(|t| dates.stamp(t)),
        cells: columns.iter().map(|column| cell(&extras, column, &company, dates)).collect(),
    };
    let rows = rows.into_iter().map(row).collect();
    let said = ruled.map(|ruled| ruled.said).unwrap_or_default();
    Ok(Companies { seq, said, total, rows, columns, next })
}

async fn total(
    c: &mut Conn,
    workspace: WorkspaceId,
    asked: &Asked,
    ruled: Option<&Ruled>,
    now: Time,
) -> Result<i64, Error> {
    if let Some(ruled) = ruled
        && asked.filter == (Filter { rule: asked.filter.rule.clone(), ..Filter::default() })
    {
        return Ok(ruled.total);
    }
    if asked.filter == Filter::default() {
        let sql = "select companies from workspace_seq where workspace_id = $1";
        let (total,): (i64,) =
            run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(workspace).fetch_one(x))?;
        return Ok(total);
    }
    let mut s = Statement::new("select count(*) from companies c where ");
    select::push(&mut s, workspace, &asked.filter, ruled.map(|r| (r, Along::Asked)), now);
    let (total,): (i64,) = s.fetch_one(c).await?;
    Ok(total)
}

async fn page(
    c: &mut Conn,
    workspace: WorkspaceId,
    asked: &Asked,
    ruled: Option<&Ruled>,
    now: Time,
) -> Result<Vec<Company>, Error> {
    let mut s = Statement::new("select ");
    s.push(COLUMNS_AS_C).push(" from companies c where ");
    select::push(&mut s, workspace, &asked.filter, ruled.map(|r| (r, Along::Order)), now);
    key(asked.sort).push(&mut s, asked, "c.id")?;
    s.fetch_all(c).await
}

fn cell(extras: &Extras, column: &Column, company: &Company, dates: &Dates) -> Cell {
    let text = |value: &Option<String>| Cell::Text(value.clone().unwrap_or_default());
    let time = |at: Option<Time>| Cell::Time(at.filter(|t| t.0 > 0).map(|t| dates.stamp(t)));
    if let Some(cell) = extras.cell(column, company.id.0, company.owner_id, dates) {
        return cell;
    }
    match column.key.as_str() {
        "last_seen" => time(Some(company.last_seen_at)),
        "people" => Cell::Text(company.user_count.to_string()),
        "sessions" => Cell::Text(company.session_count.to_string()),
        "plan" => text(&company.plan),
        "spend" => {
            let currency = extras.text(company.id.0, "currency");
            Cell::Text(company.monthly_spend.map_or(String::new(), |n| amount(n, currency)))
        }
        "since" => match began(company) {
            Some(at) => Cell::Time(Some(dates.stamp(at))),
            None => Cell::Text(String::new()),
        },
        "size" => Cell::Text(company.size.map_or(String::new(), |n| n.to_string())),
        "industry" => text(&company.industry),
        "website" => text(&company.website),
        "company_id" => Cell::Text(company.company_id.clone()),
        "created" => time(Some(company.created_at)),
        _ => Cell::Text(String::new()),
    }
}

/// How many of the companies that a filter means stand how, however it asks them to stand; in the order of
/// [`Health::ALL`].
///
/// # Errors
/// [`Error::Invalid`] for a rule that makes no sense.
pub async fn standings(
    c: &mut Conn,
    workspace: WorkspaceId,
    filter: &Filter,
    now: Time,
) -> Result<Vec<(Health, i64)>, Error> {
    let any = Filter { health: None, ..filter.clone() };
    let ruled = Ruled::find(c, workspace, Subject::Company, &any.rule, now).await?;
    let mut s = Statement::new("select c.health, count(*) from companies c where ");
    let ruled = ruled.as_ref().map(|r| (r, Along::Asked));
    select::push(&mut s, workspace, &any, ruled, now);
    s.push(" group by c.health");
    let counts: Vec<(String, i64)> = s.fetch_all(c).await?;
    let count = |word: &str| counts.iter().find(|(w, _)| w == word).map_or(0, |(_, n)| *n);
    Ok(Health::ALL.iter().map(|(health, word, ..)| (*health, count(word))).collect())
}

/// What the list's filters and columns offer.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn options(c: &mut Conn, workspace: WorkspaceId) -> Result<Options, Error> {
    let tags = "select id, name from tags where workspace_id = $1 order by name_key limit 500";
    // One step from plan to plan along the index, not over every company.
    let plans = "with recursive found (plan) as ( \
                 select min(plan) from companies where workspace_id = $1 and plan is not null union all \
                 select (select min(plan) from companies where workspace_id = $1 and plan is not null and plan > found.plan) \
                 from found where found.plan is not null) \
                 select plan from found where plan is not null limit 200";
    let tags: Vec<(TagId, String)> =
        run!(c, |x| sqlx::query_as::<_, (TagId, String)>(tags).bind(workspace).fetch_all(x))?;
    let plans: Vec<(String,)> =
        run!(c, |x| sqlx::query_as::<_, (String,)>(plans).bind(workspace).fetch_all(x))?;
    Ok(Options {
        tags,
        plans: plans.into_iter().map(|(plan,)| plan).collect(),
        columns: lists::columns::<Filter>(c, workspace).await?,
    })
}
