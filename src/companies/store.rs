//! Finding, making and changing companies.

use const_format::formatcp;
use serde_json::{Map, Value, json};

use super::standing::judge;
use super::{Company, words};
use crate::attributes::{self, Changes, Subject, Writer};
use crate::error::Error;
use crate::id::{CompanyId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// The columns of [`Company`], of a table called `c`.
pub(crate) const COLUMNS_AS_C: &str = "c.id, c.company_id, c.name, c.plan, c.monthly_spend, c.size, c.website, c.industry, c.owner_id, \
     c.remote_created_at, c.created_at, c.updated_at, c.last_seen_at, c.session_count, c.user_count, \
     c.health, c.health_at, c.last_seen_contact_id, c.main_contact_id, c.archived_at";

/// A company of this workspace; an id that was merged into another answers with the survivor.
pub async fn find(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: CompanyId,
) -> Result<Option<Company>, Error> {
    let sql = formatcp!(
        "select {COLUMNS_AS_C} from companies o join companies c on c.workspace_id = o.workspace_id \
         and c.id = case when o.merged_into > 0 then o.merged_into else o.id end \
         where o.workspace_id = $1 and o.id = $2"
    );
    run!(c, |x| sqlx::query_as::<_, Company>(sql).bind(workspace).bind(id).fetch_optional(x))
}

/// The company that a number means by now: itself, or the one that it was merged into. 0 is none, and stays so.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn standing_for(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: CompanyId,
) -> Result<CompanyId, Error> {
    if id.0 == 0 {
        return Ok(id);
    }
    Ok(find(c, workspace, id).await?.map_or(id, |company| company.id))
}

/// The company that the customer calls this, in any case.
pub async fn find_by_company_id(
    c: &mut Conn,
    workspace: WorkspaceId,
    company_id: &str,
) -> Result<Option<Company>, Error> {
    let sql = formatcp!(
        "select {COLUMNS_AS_C} from companies o join companies c on c.workspace_id = o.workspace_id \
         and c.id = case when o.merged_into > 0 then o.merged_into else o.id end \
         where o.workspace_id = $1 and o.company_key = $2"
    );
    run!(c, |x| {
        sqlx::query_as::<_, Company>(sql)
            .bind(workspace)
            .bind(company_id.to_lowercase())
            .fetch_optional(x)
    })
}

/// The company that the customer calls this, made when there is none. The first spelling is kept.
pub async fn find_or_create(w: &mut Write<'_>, company_id: &str) -> Result<CompanyId, Error> {
    // Nobody merges or deletes it before it is used.
    w.alone().await?;
    if let Some(found) = find_by_company_id(&mut w.conn, w.workspace, company_id).await? {
        return Ok(found.id);
    }
    let sql = "insert into companies (workspace_id, id, company_id, company_key, created_at, updated_at) \
               values ($1, $2, $3, $4, $5, $5) on conflict (workspace_id, company_key) do nothing";
    let id = CompanyId(w.app.db.next_id()?);
    let made: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(company_id)
            .bind(company_id.to_lowercase())
            .bind(w.now)
            .execute(c)
    })?;
    if made.0 == 0 {
        // Another sender was first.
        let found = find_by_company_id(&mut w.conn, w.workspace, company_id).await?;
        return found.map(|c| c.id).ok_or(Error::Internal);
    }
    w.count_companies(1);
    judge(w, &[id]).await?;
    w.log(Entry::of_company(Kind::CompanyCreated, w.now, id, 0, json!({})));
    Ok(id)
}

/// What to set of a company. `None` leaves a field as it is; empty text takes it away.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Details {
    /// The name.
    pub name: Option<String>,
    /// The plan.
    pub plan: Option<String>,
    /// What it spends a month; may be negative, for refunds.
    pub monthly_spend: Option<f64>,
    /// How many people work there, 0 or more.
    pub size: Option<i64>,
    /// The website.
    pub website: Option<String>,
    /// The industry.
    pub industry: Option<String>,
    /// When it became a customer.
    pub remote_created_at: Option<Time>,
    /// The teammate who looks after it; 0 for nobody.
    pub owner: Option<TeammateId>,
    /// Numbers and times that are not known any more.
    pub gone: Vec<Gone>,
    /// Custom attributes; null takes one away.
    pub custom: Map<String, Value>,
}

/// A number or a time of a company that can be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// What it spends a month.
    MonthlySpend,
    /// How many people work there.
    Size,
    /// When it became a customer.
    RemoteCreatedAt,
}

/// Sets details of a company and logs what changed; nothing is written where nothing changes.
/// `field` leads the names of custom attributes in refusals.
///
/// # Errors
/// [`Error::NotFound`] for the company; [`Error::Invalid`] as [`attributes::set`] and for text over 1,000 characters.
pub async fn update(
    w: &mut Write<'_>,
    writer: Writer,
    id: CompanyId,
    details: &Details,
    field: &str,
    at: Time,
) -> Result<(), Error> {
    if *details == Details::default() {
        return Ok(());
    }
    let now = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let id = now.id;
    let mut changes = standard(details, &now)?;
    if !changes.set.is_empty() {
        write(w, id, details).await?;
        if ["name", "website"].iter().any(|name| changes.set.contains_key(*name)) {
            words::rewrite(w, id).await?;
        }
        if changes.set.contains_key("remote_created_at") {
            judge(w, &[id]).await?;
        }
    }
    let custom = attributes::set(w, writer, Subject::Company, id.0, field, &details.custom).await?;
    if changes.set.is_empty() && !custom.set.is_empty() {
        // What has new data was changed, though nothing else of it was.
        write(w, id, &Details::default()).await?;
    }
    changes.set.extend(custom.set);
    changes.from.extend(custom.from);
    if !changes.set.is_empty() {
        let data = json!({ "set": changes.set, "from": changes.from });
        w.log(Entry::of_company(Kind::CompanyChanged, at, id, 0, data));
    }
    Ok(())
}

/// A moment as the log has it.
fn day(at: Time) -> Value {
    Value::from(jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_string())
}

fn standard(details: &Details, now: &Company) -> Result<Changes, Error> {
    let mut changes = Changes::default();
    let mut note = |name: &str, set: Option<Value>, was: Option<Value>| {
        let Some(set) = set else { return };
        let empty = set.as_str() == Some("");
        let set = if empty { Value::Null } else { set };
        if set == was.clone().unwrap_or_default() {
            return;
        }
        changes.set.insert(name.into(), set);
        if let Some(was) = was {
            changes.from.insert(name.into(), was);
        }
    };
    let texts = [
        ("name", &details.name, &now.name),
        ("plan", &details.plan, &now.plan),
        ("website", &details.website, &now.website),
        ("industry", &details.industry, &now.industry),
    ];
    for (name, set, was) in texts {
        if set.as_ref().is_some_and(|t| t.chars().count() > 1_000) {
            return Err(Error::invalid(name, "send at most 1,000 characters"));
        }
        note(name, set.clone().map(Value::from), was.clone().map(Value::from));
    }
    note(
        "monthly_spend",
        details.monthly_spend.map(Value::from),
        now.monthly_spend.map(Value::from),
    );
    note("size", details.size.map(Value::from), now.size.map(Value::from));
    note("remote_created_at", details.remote_created_at.map(day), now.remote_created_at.map(day));
    let gone = [
        (Gone::MonthlySpend, "monthly_spend", now.monthly_spend.map(Value::from)),
        (Gone::Size, "size", now.size.map(Value::from)),
        (Gone::RemoteCreatedAt, "remote_created_at", now.remote_created_at.map(day)),
    ];
    for (field, name, was) in gone {
        if details.gone.contains(&field) {
            note(name, Some(Value::Null), was);
        }
    }
    note("owner", details.owner.map(|o| o.0.into()), Some(now.owner_id.0.into()));
    Ok(changes)
}

async fn write(w: &mut Write<'_>, id: CompanyId, details: &Details) -> Result<(), Error> {
    let sql = "update companies set name = nullif(coalesce($3, name), ''), name_key = coalesce($4, name_key), \
               plan = nullif(coalesce($5, plan), ''), \
               monthly_spend = case when cast($13 as bigint) = 1 then null else coalesce($6, monthly_spend) end, \
               size = case when cast($14 as bigint) = 1 then null else coalesce($7, size) end, \
               website = nullif(coalesce($8, website), ''), industry = nullif(coalesce($9, industry), ''), \
               remote_created_at = case when cast($15 as bigint) = 1 then null else coalesce($10, remote_created_at) end, owner_id = coalesce($11, owner_id), updated_at = $12 \
               where workspace_id = $1 and id = $2";
    let gone = |field: Gone| i64::from(details.gone.contains(&field));
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(&details.name)
            .bind(details.name.as_ref().map(|n| n.to_lowercase()))
            .bind(&details.plan)
            .bind(details.monthly_spend)
            .bind(details.size)
            .bind(&details.website)
            .bind(&details.industry)
            .bind(details.remote_created_at)
            .bind(details.owner)
            .bind(w.now)
            .bind(gone(Gone::MonthlySpend))
            .bind(gone(Gone::Size))
            .bind(gone(Gone::RemoteCreatedAt))
            .execute(c)
    })?;
    Ok(())
}
