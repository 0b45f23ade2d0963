//! What the filters of the list of people offer.

use std::collections::BTreeSet;

use super::{Filter, Options};
use crate::contacts::Place;
use crate::error::Error;
use crate::id::{TagId, WorkspaceId};
use crate::lists;
use crate::run;
use crate::server::db::Conn;
use crate::server::geo;

/// How many names are suggested at once.
const SUGGESTED: i64 = 20;
/// How many people of a country are asked where they are: those seen last.
const LOOK: i64 = 2_000;
/// How many places are suggested.
const PLACES: usize = 300;

/// What the list's filters and columns offer.
pub async fn options(c: &mut Conn, workspace: WorkspaceId) -> Result<Options, Error> {
    let tags = "select id, name from tags where workspace_id = $1 order by name_key limit 500";
    let companies = "select coalesce(name, company_id) from companies where workspace_id = $1 and merged_into = 0 \
                     and archived_at = 0 order by user_count desc, id desc limit 20";
    // One step from country to country along the index, not over everyone.
    let countries = "with recursive found (code) as ( \
                     select min(country_code) from contacts where workspace_id = $1 and country_code <> '' union all \
                     select (select min(country_code) from contacts where workspace_id = $1 and country_code <> '' and country_code > found.code) \
                     from found where found.code is not null) \
                     select code from found where code is not null";
    let tags: Vec<(TagId, String)> =
        run!(c, |x| sqlx::query_as::<_, (TagId, String)>(tags).bind(workspace).fetch_all(x))?;
    let companies: Vec<(String,)> =
        run!(c, |x| sqlx::query_as::<_, (String,)>(companies).bind(workspace).fetch_all(x))?;
    let countries: Vec<(String,)> =
        run!(c, |x| sqlx::query_as::<_, (String,)>(countries).bind(workspace).fetch_all(x))?;
    Ok(Options {
        tags,
        companies: companies.into_iter().map(|(name,)| name).collect(),
        countries: countries
            .into_iter()
            .map(|(code,)| (code.clone(), geo::country(&code)))
            .collect(),
        columns: lists::columns::<Filter>(c, workspace).await?,
    })
}

/// Names of companies that begin so, by name; one without a name is called by the customer's id of it, as everywhere.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn firms(
    c: &mut Conn,
    workspace: WorkspaceId,
    begin: &str,
) -> Result<Vec<String>, Error> {
    let sql = "select title from (select * from (select name as title, name_key as called from companies \
               where workspace_id = $1 and merged_into = 0 and archived_at = 0 and name is not null \
               and name_key >= $2 and name_key < $3 order by name_key, id limit $4) named union all \
               select * from (select company_id as title, company_key as called from companies \
               where workspace_id = $1 and merged_into = 0 and archived_at = 0 and name is null \
               and company_key >= $2 and company_key < $3 order by company_key limit $4) unnamed) o \
               order by called limit $4";
    let begin = begin.trim().to_lowercase();
    let rows: Vec<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql)
            .bind(workspace)
            .bind(&begin)
            .bind(format!("{begin}\u{10ffff}"))
            .bind(SUGGESTED)
            .fetch_all(x)
    })?;
    let mut names: Vec<_> = rows.into_iter().map(|(name,)| name).collect();
    names.dedup();
    Ok(names)
}

/// Cities and regions of a country, by name, where its people who were seen last are.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn places(
    c: &mut Conn,
    workspace: WorkspaceId,
    country: &str,
) -> Result<Vec<String>, Error> {
    let sql = "select distinct p.location from (select location from contacts where workspace_id = $1 \
               and country_code <> '' and country_code = $2 and merged_into = 0 and archived_at = 0 \
               order by last_seen_at desc, id desc limit $3) p where p.location is not null";
    let rows: Vec<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql).bind(workspace).bind(country).bind(LOOK).fetch_all(x)
    })?;
    let place = |(location,): (String,)| serde_json::from_str::<Place>(&location).ok();
    let names = rows.into_iter().filter_map(place).flat_map(|p| [p.city, p.region]).flatten();
    let names: BTreeSet<_> = names.collect();
    Ok(names.into_iter().take(PLACES).collect())
}
