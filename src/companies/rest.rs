//! `/api/companies` and the companies of people.

use std::sync::Arc;

use axum::extract::Path;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::listing::{Place, complete, listing, scroll};
use super::{
    Company, Details, end, find, find_by_company_id, find_or_create, join, leave, of_contact,
    update,
};
use crate::attributes::Writer;
use crate::contacts::{self, of_public_id};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, TagId};
use crate::rest::{self, Caller, Paging, Query, Refused, Sent};
use crate::server::db::{Conn, Write};
use crate::server::state::AppState;

type Answer = Result<Json<Value>, Refused>;

/// Rows of a page of companies when nothing is said, the most, and those of a scroll.
const USUAL: i64 = 15;
const MOST: i64 = 150;
const SCROLL: i64 = 100;
/// The last row that pages reach: a scroll reaches all.
const LAST: i64 = 10_000;

/// The routes of companies.
pub fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route("/companies", get(found).post(save))
        .route("/companies/list", post(list))
        .route("/companies/scroll", get(scrolled))
        .route("/companies/{company}", get(show).put(change).delete(remove))
        .route("/companies/{company}/contacts", get(people))
        .route("/contacts/{id}/companies", get(of_person).post(attach))
        .route("/contacts/{id}/companies/{company}", delete(detach))
}

fn id_of(text: &str) -> Result<CompanyId, Error> {
    rest::decimal_id(text).map(CompanyId)
}

async fn shape(caller: &Caller, c: &mut Conn, company: Option<Company>) -> Answer {
    let company = company.ok_or(Error::NotFound)?;
    let found = complete(c, caller.workspace, vec![company]).await?;
    Ok(Json(found.first().ok_or(Error::Internal)?.to_json(&caller.app_id)))
}

async fn answer(caller: &Caller, id: CompanyId) -> Answer {
    let mut c = caller.app.db.read().await?;
    let company = find(&mut c, caller.workspace, id).await?;
    shape(caller, &mut c, company).await
}

/// Made or changed, by the customer's own id.
async fn save(caller: Caller, Sent(sent): Sent) -> Answer {
    let company_id = rest::text(&sent, "company_id", 255)?.filter(|id| !id.is_empty());
    let company_id =
        company_id.ok_or_else(|| Error::invalid("company_id", "send your id of the company"))?;
    let details = details(&sent)?;
    let mut w = caller.write().await?;
    let id = find_or_create(&mut w, &company_id).await?;
    let now = w.now;
    update(&mut w, Writer::Product, id, &details, "custom_attributes", now).await?;
    w.commit().await?;
    answer(&caller, id).await
}

async fn change(caller: Caller, Path(company): Path<String>, Sent(sent): Sent) -> Answer {
    let (id, details) = (id_of(&company)?, details(&sent)?);
    let mut w = caller.write().await?;
    // Asked for first: without details nothing would look for it.
    find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let now = w.now;
    update(&mut w, Writer::Product, id, &details, "custom_attributes", now).await?;
    w.commit().await?;
    answer(&caller, id).await
}

/// Deletes it; its people stay. Of one that was merged the one that answers for it is meant, and is not deleted.
async fn remove(caller: Caller, Path(company): Path<String>) -> Answer {
    let id = id_of(&company)?;
    let mut w = caller.write().await?;
    let found = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    if found.id != id {
        let message = format!("This company was merged into {}: delete that one", found.id);
        return Err(Error::Conflict(message).into());
    }
    end::delete(&mut w, id).await?;
    w.commit().await?;
    Ok(Json(json!({ "id": id.to_string(), "object": "company", "deleted": true })))
}

fn details(sent: &Map<String, Value>) -> Result<Details, Error> {
    let number = |field: &str| match sent.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
            let number = number.filter(|n: &f64| n.is_finite());
            number.map(Some).ok_or_else(|| Error::invalid(field, "send a number"))
        }
    };
    let size = number("size")?;
    if size.is_some_and(|n| n < 0.0 || n.fract() != 0.0 || n > 9_007_199_254_740_992.0) {
        return Err(Error::invalid("size", "send a whole number, 0 or more"));
    }
    let custom = rest::object(sent, "custom_attributes")?;
    rest::names(&custom)?;
    Ok(Details {
        name: rest::text(sent, "name", 1_000)?,
        plan: rest::text(sent, "plan", 1_000)?,
        monthly_spend: number("monthly_spend")?,
        size: size.map(|n| n as i64),
        website: rest::text(sent, "website", 1_000)?,
        industry: rest::text(sent, "industry", 1_000)?,
        remote_created_at: rest::seconds(sent, "remote_created_at")?,
        owner: None,
        custom,
    })
}

async fn show(caller: Caller, Path(company): Path<String>) -> Answer {
    answer(&caller, id_of(&company)?).await
}

/// One by `company_id` or `name`, or a page of all, or of those with a tag.
async fn found(caller: Caller, query: Query) -> Answer {
    let mut c = caller.app.db.read().await?;
    if let Some(company_id) = query.get("company_id") {
        let company = find_by_company_id(&mut c, caller.workspace, company_id).await?;
        return shape(&caller, &mut c, company).await;
    }
    if let Some(name) = query.get("name") {
        let first = Place { skip: 0, limit: 1, upwards: false };
        let (rows, _) = listing(&mut c, caller.workspace, None, Some(name), first).await?;
        return Ok(Json(rows.first().ok_or(Error::NotFound)?.to_json(&caller.app_id)));
    }
    if query.get("segment_id").is_some() {
        return Err(Error::invalid("segment_id", "companies are not kept by segment").into());
    }
    drop(c);
    page(&caller, &query).await
}

async fn list(caller: Caller, query: Query) -> Answer {
    page(&caller, &query).await
}

async fn page(caller: &Caller, query: &Query) -> Answer {
    let number = query.number("page")?.unwrap_or(1);
    let limit = query.number("per_page")?.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(Error::invalid("per_page", "send 1 to 150").into());
    }
    let skip = number.saturating_sub(1).saturating_mul(limit);
    if number < 1 || skip >= LAST {
        let message = "send 1 or more, up to the 10,000th company: a scroll reaches all";
        return Err(Error::invalid("page", message).into());
    }
    let upwards = match query.get("order") {
        None | Some("desc") => false,
        Some("asc") => true,
        Some(_) => return Err(Error::invalid("order", "send asc or desc").into()),
    };
    let tag = query.get("tag_id").map(rest::decimal_id).transpose()?.map(TagId);
    let place = Place { skip, limit, upwards };
    let mut c = caller.app.db.read().await?;
    let (rows, total) = listing(&mut c, caller.workspace, tag, None, place).await?;
    let data = rows.iter().map(|r| r.to_json(&caller.app_id)).collect();
    let pages = json!({
        "type": "pages",
        "page": number,
        "per_page": limit,
        "total_pages": (total + limit - 1) / limit,
        "next": null,
    });
    Ok(Json(rest::list(data, total, pages)))
}

/// All companies, a hundred at a time: the parameter of one answer asks for the next, until there is none.
async fn scrolled(caller: Caller, query: Query) -> Answer {
    let after = match query.get("scroll_param") {
        None => 0,
        Some(text) => rest::decimal_id(text)
            .map_err(|_| Error::invalid("scroll_param", "send what the last answer said"))?,
    };
    let mut c = caller.app.db.read().await?;
    let rows = scroll(&mut c, caller.workspace, after, SCROLL).await?;
    let next = rows.last().map(|r| r.company.id.to_string());
    let data: Vec<_> = rows.iter().map(|r| r.to_json(&caller.app_id)).collect();
    Ok(Json(json!({
        "type": "list", "data": data, "pages": null, "total_count": null, "scroll_param": next,
    })))
}

async fn people(caller: Caller, Path(company): Path<String>, query: Query) -> Answer {
    const ORDER: &str = "company";
    let paging = Paging::of_query(&query)?;
    paging.in_order(ORDER)?;
    let mut c = caller.app.db.read().await?;
    let company = find(&mut c, caller.workspace, id_of(&company)?).await?.ok_or(Error::NotFound)?;
    let after = paging.after.as_ref().map_or(i64::MAX, |a| a.id);
    let limit = paging.per_page;
    let (mut rows, total) =
        contacts::records_of_company(&mut c, caller.workspace, company.id, after, limit + 1)
            .await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().filter(|_| more).map(|r| (Value::Null, r.contact.id.0));
    let pages = paging.pages(ORDER, total, last);
    let data = rows.iter().map(|r| r.to_json(&caller.app_id)).collect();
    Ok(Json(rest::list(data, total, pages)))
}

async fn person(w: &mut Write<'_>, id: &str) -> Result<ContactId, Error> {
    let contact = contacts::find(&mut w.conn, w.workspace, of_public_id(id)?).await?;
    Ok(contact.ok_or(Error::NotFound)?.id)
}

/// A page of the companies that a person is in. An empty page says that there are no more.
async fn of_person(caller: Caller, Path(id): Path<String>, query: Query) -> Answer {
    let number = query.number("page")?.unwrap_or(1);
    let limit = query.number("per_page")?.unwrap_or(50);
    if number < 1 {
        return Err(Error::invalid("page", "send 1 or more").into());
    }
    if !(1..=MOST).contains(&limit) {
        return Err(Error::invalid("per_page", "send 1 to 150").into());
    }
    let mut c = caller.app.db.read().await?;
    let contact = contacts::find(&mut c, caller.workspace, of_public_id(&id)?).await?;
    let contact = contact.ok_or(Error::NotFound)?.id;
    let all = of_contact(&mut c, caller.workspace, contact).await?;
    let total = all.len() as i64;
    let skip = (number - 1).saturating_mul(limit).min(total) as usize;
    let page = all.into_iter().map(|m| m.company).skip(skip).take(limit as usize).collect();
    let rows = complete(&mut c, caller.workspace, page).await?;
    let data: Vec<_> = rows.iter().map(|r| r.to_json(&caller.app_id)).collect();
    // The schema calls the list `companies` and Intercom's answers call it `data`: clients read either.
    Ok(Json(json!({
        "type": "list",
        "companies": data.clone(),
        "data": data,
        "total_count": total,
        "pages": {
            "type": "pages",
            "page": number,
            "per_page": limit,
            "total_pages": (total + limit - 1) / limit,
            "next": null,
        },
    })))
}

async fn attach(caller: Caller, Path(id): Path<String>, Sent(sent): Sent) -> Answer {
    let company = rest::text(&sent, "id", 100)?;
    let company = company.ok_or_else(|| Error::invalid("id", "send the company's id"))?;
    let mut w = caller.write().await?;
    let contact = person(&mut w, &id).await?;
    let (company, now) = (id_of(&company)?, w.now);
    join(&mut w, contact, company, now).await?;
    w.commit().await?;
    answer(&caller, company).await
}

async fn detach(caller: Caller, Path((id, company)): Path<(String, String)>) -> Answer {
    let company = id_of(&company)?;
    let mut w = caller.write().await?;
    let contact = person(&mut w, &id).await?;
    leave(&mut w, contact, company).await?;
    w.commit().await?;
    answer(&caller, company).await
}
