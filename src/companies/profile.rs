//! Reading the whole profile of one company.

use super::end::ending;
use super::health::Health;
use super::history::arriving;
use super::standing::thresholds;
use super::store::find;
use super::turns::turns;
use super::{Company, Profile, Seen};
use crate::attributes::{self, Subject};
use crate::contacts;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, WorkspaceId};
use crate::owner::Owner;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::stream;
use crate::time::Time;
use crate::ui::facts::{copied, linked, moment, text};
use crate::ui::money::{money, money_alone};
use crate::ui::spark::{DAYS, spark};
use crate::ui::{Fact, thousands};
use crate::{tags, teammates};

/// Open conversations are counted up to here.
const MANY: i64 = 1_000;

/// Everything about a company but its people, its map and the stream.
pub async fn profile(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    id: CompanyId,
) -> Result<Option<Profile>, Error> {
    // The number is read first: what commits meanwhile is asked for again, never missed.
    let seq = stream::last_seq(c, workspace).await?;
    let Some(company) = find(c, workspace, id).await? else { return Ok(None) };
    let id = company.id;
    let owners = teammates::names(c, workspace).await?;
    let owner = teammates::name_in(&owners, company.owner_id);
    let days = thresholds(c, workspace).await?;
    let health = Health::from_word(&company.health);
    let since = began(&company);
    let data = attributes::data(c, dates, workspace, Subject::Company, id.0).await?;
    let currency = data.iter().find(|d| d.value.name == "currency").map(|d| d.value.text.as_str());
    let spends = company.monthly_spend.map(|s| spend(s, currency));
    Ok(Some(Profile {
        seq,
        health,
        why: health.map(|h| h.why(company.last_seen_at, &days, dates.now())).unwrap_or_default(),
        health_since: Some(company.health_at).filter(|t| t.0 > 0).map(|t| dates.stamp(t)),
        turns: turns(c, dates, workspace, &company).await?,
        customer: since.map(|at| customer(at, dates)),
        customer_day: since.map(|at| dates.date(at)),
        seen: seen(c, dates, workspace, &company).await?,
        spark: sessions(c, dates, workspace, id).await?,
        open: open(c, workspace, id).await?,
        arriving: arriving(c, workspace, id).await?,
        ending: ending(c, dates, workspace, id).await?,
        main_contact: name_of(c, workspace, company.main_contact_id).await?,
        about: about(&company, spends.clone(), owner, dates),
        spends,
        data,
        owners,
        tags: tags::of_owner(c, dates, workspace, Owner::Company(id)).await?,
        known_tags: tags::names(c, workspace).await?,
        company,
    }))
}

/// Since when it is a customer. The epoch says that somebody did not know.
pub(super) fn began(company: &Company) -> Option<Time> {
    company.remote_created_at.filter(|at| at.0 != 0)
}

/// Since when it is a customer, as a sentence.
fn customer(at: Time, dates: &Dates) -> String {
    let day = day(at, dates);
    if dates.date(at) == dates.date(dates.now()) {
        return "Customer since today".into();
    }
    match dates.length(at) {
        Some(length) => format!("Customer for {length}, since {day}"),
        None => format!("Customer from {day} on"),
    }
}

/// A day in words: `1 January 2024`.
fn day(at: Time, dates: &Dates) -> String {
    let exact = dates.stamp(at).exact;
    exact.split_once(',').map_or(exact.clone(), |(day, _)| day.to_owned())
}

fn about(
    company: &Company,
    spend: Option<String>,
    owner: Option<String>,
    dates: &Dates,
) -> Vec<Fact> {
    let size = company.size.map(thousands);
    let since = began(company).map(|at| match dates.length(at) {
        Some(length) => format!("{} ({length})", day(at, dates)),
        None => day(at, dates),
    });
    let all = [
        linked("Website", company.website.as_ref()),
        text("Industry", company.industry.as_ref()),
        text("Size", size.as_ref()),
        text("Plan", company.plan.as_ref()),
        text("Spends", spend.as_ref()),
        text("Customer since", since.as_ref()),
        text("Owner", owner.as_ref()),
        copied("Company id", Some(&company.company_id)),
        moment("First heard of", Some(company.created_at), dates),
    ];
    all.into_iter().flatten().collect()
}

/// What a company spends, in the currency that an attribute of it says.
pub fn spend(monthly: f64, currency: Option<&str>) -> String {
    format!("{} a month", amount(monthly, currency))
}

/// The amount alone.
pub(crate) fn amount(monthly: f64, currency: Option<&str>) -> String {
    let amount = currency.and_then(|currency| money(monthly, currency));
    amount.unwrap_or_else(|| money_alone(monthly))
}

async fn name_of(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Option<(ContactId, String)>, Error> {
    if contact.0 == 0 {
        return Ok(None);
    }
    let found = contacts::find(c, workspace, contact).await?;
    Ok(found.map(|person| (person.id, person.title())))
}

async fn seen(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    company: &Company,
) -> Result<Option<Seen>, Error> {
    if company.last_seen_at.0 == 0 {
        return Ok(None);
    }
    let who = name_of(c, workspace, company.last_seen_contact_id).await?;
    Ok(Some(Seen { at: dates.stamp(company.last_seen_at), who }))
}

async fn sessions(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    company: CompanyId,
) -> Result<String, Error> {
    let today = dates.now().day();
    let sql = "select day, sessions from company_days where workspace_id = $1 and company_id = $2 and day > $3 \
               and sessions > 0 order by day";
    let days: Vec<(i64, i64)> = run!(c, |x| {
        sqlx::query_as::<_, (i64, i64)>(sql)
            .bind(workspace)
            .bind(company)
            .bind(today - DAYS)
            .fetch_all(x)
    })?;
    let days: Vec<_> = days.into_iter().map(|(day, n)| (DAYS - 1 - (today - day), n)).collect();
    Ok(spark(&days))
}

async fn open(c: &mut Conn, workspace: WorkspaceId, company: CompanyId) -> Result<i64, Error> {
    let sql = "select count(*) from (select 1 from memberships m join conversations v \
               on v.workspace_id = m.workspace_id and v.contact_id = m.contact_id and v.state = 'open' \
               where m.workspace_id = $1 and m.company_id = $2 and m.left_at = 0 limit $3) counted";
    let (count,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(sql).bind(workspace).bind(company).bind(MANY).fetch_one(x)
    })?;
    Ok(count)
}
