//! What a merge or a deletion will do, before it does.

use super::moving::entries;
use super::{Brief, COUNTED, Difference, Merging};
use crate::attributes::{self, Subject};
use crate::companies::profile::began;
use crate::companies::{Company, amount, find, list};
use crate::error::Error;
use crate::id::{CompanyId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::teammates;

/// How many companies a search answers.
const FOUND: i64 = 10;

/// Companies whose name, id or website begin with these words, but for this one; with nothing to look for, those seen last.
///
/// # Errors
/// [`Error::NotFound`] for this one.
pub async fn others(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    but: CompanyId,
    words: &str,
) -> Result<Vec<(CompanyId, String, String, i64)>, Error> {
    let but = find(c, workspace, but).await?.ok_or(Error::NotFound)?.id;
    let found = list::found(c, workspace, words, dates.now(), FOUND + 1).await?;
    let row = |one: Company| (one.id, one.title(), one.company_id, one.user_count);
    Ok(found.into_iter().filter(|one| one.id != but).map(row).take(FOUND as usize).collect())
}

async fn brief(c: &mut Conn, workspace: WorkspaceId, company: &Company) -> Result<Brief, Error> {
    let tags = "select t.name from taggings g join tags t on t.workspace_id = g.workspace_id and t.id = g.tag_id \
                where g.workspace_id = $1 and g.owner_kind = 'company' and g.owner_id = $2 order by t.name_key";
    let tags: Vec<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(tags).bind(workspace).bind(company.id).fetch_all(x)
    })?;
    let counts = "select (select count(*) from notes where workspace_id = $1 and owner_kind = 'company' and owner_id = $2 and deleted_at = 0), \
                  (select count(*) from attribute_values where workspace_id = $1 and subject = 'company' and subject_id = $2), \
                  (select count(*) from companies where workspace_id = $1 and merged_into > 0 and merged_into = $2)";
    let (notes, data, merged): (i64, i64, i64) = run!(c, |x| {
        sqlx::query_as::<_, (i64, i64, i64)>(counts).bind(workspace).bind(company.id).fetch_one(x)
    })?;
    Ok(Brief {
        id: company.id,
        title: company.title(),
        company_id: company.company_id.clone(),
        people: company.user_count,
        notes,
        tags: tags.into_iter().map(|(name,)| name).collect(),
        data,
        entries: entries(c, workspace, company.id, COUNTED).await?,
        merged,
    })
}

/// What a deletion will take away.
///
/// # Errors
/// [`Error::NotFound`] for the company.
pub async fn what_delete_does(
    c: &mut Conn,
    workspace: WorkspaceId,
    company: CompanyId,
) -> Result<Brief, Error> {
    let company = find(c, workspace, company).await?.ok_or(Error::NotFound)?;
    brief(c, workspace, &company).await
}

/// What a merge will do.
///
/// # Errors
/// [`Error::NotFound`] for either; [`Error::Invalid`] where they are one company.
pub async fn what_merge_does(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    from: CompanyId,
    into: CompanyId,
) -> Result<Merging, Error> {
    let from = find(c, workspace, from).await?.ok_or(Error::NotFound)?;
    let into = find(c, workspace, into).await?.ok_or(Error::NotFound)?;
    if from.id == into.id {
        return Err(Error::invalid("into", "choose another company than this one"));
    }
    let both = "select count(*) from memberships a join memberships b on b.workspace_id = a.workspace_id and b.contact_id = a.contact_id \
                and b.company_id = $3 and b.left_at = 0 where a.workspace_id = $1 and a.company_id = $2 and a.left_at = 0";
    let (both,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(both).bind(workspace).bind(from.id).bind(into.id).fetch_one(x)
    })?;
    Ok(Merging {
        both,
        differences: differences(c, dates, workspace, &from, &into).await?,
        from: brief(c, workspace, &from).await?,
        into: brief(c, workspace, &into).await?,
    })
}

async fn differences(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    from: &Company,
    into: &Company,
) -> Result<Vec<Difference>, Error> {
    let owners = teammates::names(c, workspace).await?;
    let ids = serde_json::to_string(&[[from.id], [into.id]]).map_err(|_| Error::Internal)?;
    let currencies = attributes::currencies(c, workspace, Subject::Company, &ids).await?;
    let facts = |one: &Company| {
        let day = |at| dates.day(at);
        let currency = currencies.get(&(one.id.0, "currency".to_owned()));
        let currency = currency.map(|(code, _)| code.as_str());
        [
            ("Name", one.name.clone()),
            ("Plan", one.plan.clone()),
            ("Spends a month", one.monthly_spend.map(|n| amount(n, currency))),
            ("Size", one.size.map(|n| n.to_string())),
            ("Website", one.website.clone()),
            ("Industry", one.industry.clone()),
            ("Customer since", began(one).map(day)),
            ("Owner", teammates::name_in(&owners, one.owner_id)),
        ]
    };
    let mut all = Vec::new();
    for ((name, goes), (_, stays)) in facts(from).into_iter().zip(facts(into)) {
        if let Some(goes) = goes.filter(|goes| Some(goes) != stays.as_ref()) {
            // The earlier date wins, whosever it is.
            let earlier =
                name == "Customer since" && from.remote_created_at < into.remote_created_at;
            let stays = stays.filter(|_| !earlier);
            all.push(Difference { name: name.into(), stays, goes });
        }
    }
    let known = attributes::values(c, workspace, Subject::Company, into.id.0).await?;
    for value in attributes::values(c, workspace, Subject::Company, from.id.0).await? {
        let stays = known.iter().find(|k| k.name == value.name).map(|k| k.text.clone());
        if stays.as_ref() != Some(&value.text) {
            let name = if value.label.is_empty() { value.name } else { value.label };
            all.push(Difference { name, stays, goes: value.text });
        }
    }
    Ok(all)
}
