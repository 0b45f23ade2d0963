//! Pages of the list of companies, with their cells, and what filters offer.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Asked, Column, Companies, Filter, Options, Row, Sort, select};
use crate::attributes::Subject;
use crate::companies::store::COLUMNS_AS_C;
use crate::companies::{Company, Health};
use crate::error::Error;
use crate::id::{CompanyId, TagId, TeammateId, WorkspaceId};
use crate::run;
use crate::segments::Ruled;
use crate::server::dates::Dates;
use crate::server::db::{Conn, Statement, Write};
use crate::stream;
use crate::time::Time;
use crate::ui::Cell;

/// How many companies a page has.
const ROWS: i64 = 50;
/// The setting that holds a teammate's columns.
const SETTING: &str = "company_columns";
/// The most columns of a list.
const COLUMNS: usize = 20;

/// Where a page ends: the sort's value and the number of its last row.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Cursor {
    Number(i64, i64),
    Float(f64, i64),
    Text(String, i64),
}

fn cursor(text: &str, sort: Sort) -> Result<Cursor, Error> {
    let refused = || Error::invalid("after", "follow a link of the list");
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
    let cursor: Cursor = serde_json::from_slice(&bytes).map_err(|_| refused())?;
    match (sort, cursor) {
        (Sort::Name, c @ Cursor::Text(..)) => Ok(c),
        (Sort::Spend, Cursor::Number(value, id)) => Ok(Cursor::Float(value as f64, id)),
        (Sort::Spend, c @ Cursor::Float(..)) => Ok(c),
        (Sort::Name | Sort::Spend, _) => Err(refused()),
        (_, c @ Cursor::Number(..)) => Ok(c),
        _ => Err(refused()),
    }
}

const fn key(sort: Sort) -> &'static str {
    match sort {
        Sort::LastSeen => "c.last_seen_at",
        Sort::Name => "c.name_key",
        Sort::Spend => "coalesce(c.monthly_spend, -1e18)",
        Sort::People => "c.user_count",
        Sort::Sessions => "c.session_count",
        Sort::Since => "coalesce(c.remote_created_at, 0)",
    }
}

fn end_of(last: &Company, sort: Sort) -> String {
    let end = match sort {
        Sort::LastSeen => Cursor::Number(last.last_seen_at.0, last.id.0),
        Sort::Name => {
            let name = last.name.as_ref().map(|n| n.to_lowercase());
            Cursor::Text(name.unwrap_or_default(), last.id.0)
        }
        Sort::Spend => Cursor::Float(last.monthly_spend.unwrap_or(-1e18), last.id.0),
        Sort::People => Cursor::Number(last.user_count, last.id.0),
        Sort::Sessions => Cursor::Number(last.session_count, last.id.0),
        Sort::Since => Cursor::Number(last.remote_created_at.map_or(0, |t| t.0), last.id.0),
    };
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&end).unwrap_or_default())
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
    let columns = chosen_columns(c, workspace, teammate).await?;
    let rule = &asked.filter.rule;
    let ruled = Ruled::find(c, workspace, Subject::Company, rule, dates.now()).await?;
    let total = total(c, workspace, asked, ruled.as_ref(), dates.now()).await?;
    let mut rows = page(c, workspace, asked, ruled.as_ref(), dates.now()).await?;
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let next = rows.last().filter(|_| more).map(|last| end_of(last, asked.sort));
    let extras = Extras::read(c, workspace, &columns, &rows).await?;
    let row = |company: Company| Row {
        id: company.id,
        title: company.title(),
        health: Health::from_word(&company.health),
        last_seen: Some(company.last_seen_at).filter(|t| t.0 > 0).map(|t| dates.stamp(t)),
        cells: columns.iter().map(|column| extras.cell(column, &company, dates)).collect(),
    };
    let rows = rows.iter().cloned().map(row).collect();
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
    if asked.filter == Filter::default() {
        let sql = "select companies from workspace_seq where workspace_id = $1";
        let (total,): (i64,) =
            run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(workspace).fetch_one(x))?;
        return Ok(total);
    }
    let mut s = Statement::new("select count(*) from companies c where ");
    select::push(&mut s, workspace, &asked.filter, ruled, now);
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
    let descending = asked.sort.descends() != asked.reversed;
    let mut s = Statement::new("select ");
    s.push(COLUMNS_AS_C).push(" from companies c where ");
    select::push(&mut s, workspace, &asked.filter, ruled, now);
    if let Some(after) = &asked.after {
        s.push(" and (").push(key(asked.sort)).push(", c.id) ");
        s.push(if descending { "< (" } else { "> (" });
        match cursor(after, asked.sort)? {
            Cursor::Number(value, id) => s.number(value).push(", ").number(id),
            Cursor::Float(value, id) => s.float(value).push(", ").number(id),
            Cursor::Text(value, id) => s.text(value).push(", ").number(id),
        };
        s.push(")");
    }
    s.push(" order by ").push(key(asked.sort));
    s.push(if descending { " desc, c.id desc limit " } else { ", c.id limit " }).number(ROWS + 1);
    s.fetch_all(c).await
}

/// What cells need beyond the companies' own rows, for one page.
#[derive(Default)]
struct Extras {
    attributes: HashMap<(CompanyId, String), String>,
    tags: HashMap<CompanyId, Vec<(String, String)>>,
    owners: HashMap<TeammateId, String>,
}

impl Extras {
    async fn read(
        c: &mut Conn,
        workspace: WorkspaceId,
        columns: &[Column],
        rows: &[Company],
    ) -> Result<Self, Error> {
        let mut extras = Self::default();
        let ids: Vec<_> = rows.iter().map(|r| [r.id]).collect();
        let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
        let has = |key: &str| columns.iter().any(|column| column.key == key);
        if has("tags") {
            let sql = "select g.owner_id, t.id, t.name from json_each($2) j cross join taggings g cross join tags t \
                       where g.workspace_id = $1 and g.owner_kind = 'company' and g.owner_id = cast(j.value ->> 0 as bigint) \
                       and t.workspace_id = g.workspace_id and t.id = g.tag_id order by t.name_key";
            type Named = (CompanyId, TagId, String);
            let found: Vec<Named> = run!(c, |x| {
                sqlx::query_as::<_, Named>(sql).bind(workspace).bind(&ids).fetch_all(x)
            })?;
            for (company, id, name) in found {
                extras
                    .tags
                    .entry(company)
                    .or_default()
                    .push((name, format!("/companies?tag={id}")));
            }
        }
        if columns.iter().any(|column| column.attribute().is_some()) {
            let sql = "select v.subject_id, a.name, v.text from json_each($2) j cross join attribute_values v cross join attributes a \
                       where v.workspace_id = $1 and v.subject = 'company' and v.subject_id = cast(j.value ->> 0 as bigint) \
                       and a.workspace_id = v.workspace_id and a.id = v.attribute_id";
            type Valued = (CompanyId, String, String);
            let found: Vec<Valued> = run!(c, |x| {
                sqlx::query_as::<_, Valued>(sql).bind(workspace).bind(&ids).fetch_all(x)
            })?;
            extras.attributes =
                found.into_iter().map(|(company, name, text)| ((company, name), text)).collect();
        }
        if has("owner") {
            extras.owners = crate::teammates::names(c, workspace).await?.into_iter().collect();
        }
        Ok(extras)
    }

    fn cell(&self, column: &Column, company: &Company, dates: &Dates) -> Cell {
        let text = |value: &Option<String>| Cell::Text(value.clone().unwrap_or_default());
        let time = |at: Option<Time>| Cell::Time(at.filter(|t| t.0 > 0).map(|t| dates.stamp(t)));
        if let Some(name) = column.attribute() {
            let key = (company.id, name.to_owned());
            return Cell::Text(self.attributes.get(&key).cloned().unwrap_or_default());
        }
        match column.key.as_str() {
            "last_seen" => time(Some(company.last_seen_at)),
            "people" => Cell::Text(company.user_count.to_string()),
            "sessions" => Cell::Text(company.session_count.to_string()),
            "plan" => text(&company.plan),
            "spend" => {
                Cell::Text(company.monthly_spend.map_or(String::new(), |n| format!("{n:.2}")))
            }
            "since" => match company.remote_created_at {
                Some(at) => time(Some(at)),
                None => Cell::Text(String::new()),
            },
            "tags" => Cell::Links(self.tags.get(&company.id).cloned().unwrap_or_default()),
            "size" => Cell::Text(company.size.map_or(String::new(), |n| n.to_string())),
            "industry" => text(&company.industry),
            "website" => text(&company.website),
            "company_id" => Cell::Text(company.company_id.clone()),
            "owner" => Cell::Text(self.owners.get(&company.owner_id).cloned().unwrap_or_default()),
            "created" => time(Some(company.created_at)),
            _ => Cell::Text(String::new()),
        }
    }
}

/// The columns that a teammate chose, or those of the start.
async fn chosen_columns(
    c: &mut Conn,
    workspace: WorkspaceId,
    teammate: TeammateId,
) -> Result<Vec<Column>, Error> {
    let keys: Option<Vec<String>> =
        crate::teammates::setting(c, workspace, teammate, SETTING).await?;
    let Some(keys) = keys else { return Ok(Column::at_first()) };
    let known = columns(c, workspace).await?;
    let chosen = keys.iter().filter_map(|key| known.iter().find(|column| column.key == *key));
    Ok(chosen.cloned().collect())
}

/// Keeps a teammate's choice of columns, in the order given; unknown ones are left out. An empty choice is that of the start.
pub async fn choose_columns(w: &mut Write<'_>, keys: &[String]) -> Result<(), Error> {
    let known = columns(&mut w.conn, w.workspace).await?;
    let chosen: Vec<_> =
        keys.iter().filter(|key| known.iter().any(|c| c.key == **key)).take(COLUMNS).collect();
    crate::teammates::set_setting(w, SETTING, Some(&chosen).filter(|all| !all.is_empty())).await
}

async fn columns(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Column>, Error> {
    let sql = "select name, label from attributes where workspace_id = $1 and subject = 'company' and archived_at = 0 \
               order by name limit 200";
    let found: Vec<(String, String)> =
        run!(c, |x| sqlx::query_as::<_, (String, String)>(sql).bind(workspace).fetch_all(x))?;
    let custom = found.iter().map(|(name, label)| Column::of_attribute(name, label));
    Ok(Column::standard().into_iter().chain(custom).collect())
}

/// What the list's filters and columns offer.
pub async fn options(c: &mut Conn, workspace: WorkspaceId) -> Result<Options, Error> {
    let tags = "select id, name from tags where workspace_id = $1 order by name_key limit 500";
    // One step from plan to plan along the index, not over every company.
    let plans = "with recursive found (plan) as ( \
                 select min(plan) from companies where workspace_id = $1 and plan is not null union all \
                 select (select min(plan) from companies where workspace_id = $1 and plan is not null and plan > found.plan) \
                 from found where found.plan is not null) \
                 select plan from found where plan is not null limit 200";
    let health = "select health, count(*) from companies where workspace_id = $1 and merged_into = 0 and archived_at = 0 \
                  group by health";
    let tags: Vec<(TagId, String)> =
        run!(c, |x| sqlx::query_as::<_, (TagId, String)>(tags).bind(workspace).fetch_all(x))?;
    let plans: Vec<(String,)> =
        run!(c, |x| sqlx::query_as::<_, (String,)>(plans).bind(workspace).fetch_all(x))?;
    let counts: Vec<(String, i64)> =
        run!(c, |x| sqlx::query_as::<_, (String, i64)>(health).bind(workspace).fetch_all(x))?;
    let count = |word: &str| counts.iter().find(|(w, _)| w == word).map_or(0, |(_, n)| *n);
    Ok(Options {
        tags,
        plans: plans.into_iter().map(|(plan,)| plan).collect(),
        health: Health::ALL.iter().map(|(health, word, ..)| (*health, count(word))).collect(),
        columns: columns(c, workspace).await?,
    })
}
