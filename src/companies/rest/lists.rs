//! Lists of companies by the REST API, and of their people.

use axum::Json;
use axum::extract::Path;
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::super::listing::{Kept, Place, complete, listing, scroll};
use super::super::{find, find_by_company_id, of_contact};
use super::{Answer, id_of, shape};
use crate::attributes::Subject;
use crate::contacts::{self, of_public_id};
use crate::error::Error;
use crate::id::{SegmentId, TagId};
use crate::rest::{self, Caller, Paging, Query};
use crate::segments;
use crate::server::db::Conn;
use crate::tags;

/// Rows of a page of companies when nothing is said, the most, and those of a scroll.
const USUAL: i64 = 15;
const MOST: i64 = 150;
const SCROLL: i64 = 100;
/// The last row that pages reach: a scroll reaches all.
const LAST: i64 = 10_000;

/// One by `company_id` or `name`, or a page of all, or of those with a tag or in a segment.
pub async fn found(caller: Caller, query: Query, headers: HeaderMap) -> Answer {
    let mut c = caller.app.db.read().await?;
    if let Some(company_id) = query.get("company_id") {
        let company = find_by_company_id(&mut c, caller.workspace, company_id).await?;
        let company = company.ok_or_else(|| Error::missing("company_id"))?;
        return shape(&caller, &mut c, Some(company)).await;
    }
    if let Some(name) = query.get("name") {
        let first = Place { skip: 0, limit: 1, upwards: false };
        let kept = Kept { name: Some(name), ..Kept::default() };
        let (rows, _) = listing(&mut c, caller.workspace, kept, first).await?;
        let found = rows.first().ok_or_else(|| Error::missing("name"))?;
        return Ok(Json(found.to_json(&caller.app_id)));
    }
    drop(c);
    page(&caller, "/api/companies", &query, &headers).await
}

/// `POST /api/companies/list`: a page of all.
pub async fn list(caller: Caller, query: Query, headers: HeaderMap) -> Answer {
    page(&caller, "/api/companies/list", &query, &headers).await
}

/// The tag and the segment that a list is asked for.
async fn kept(caller: &Caller, c: &mut Conn, query: &Query) -> Result<Kept<'static>, Error> {
    let number = |field: &str| {
        let id = query.get(field).map(rest::decimal_id).transpose();
        id.map_err(|e| e.named_by(field))
    };
    let tag = number("tag_id")?.map(TagId);
    let segment = number("segment_id")?.map(SegmentId);
    if let Some(id) = tag {
        let found = tags::find(c, caller.workspace, id).await?;
        found.ok_or_else(|| Error::missing("tag_id"))?;
    }
    if let Some(id) = segment {
        let found = segments::find(c, caller.workspace, id).await?;
        let found = found.ok_or_else(|| Error::missing("segment_id"))?;
        if found.subject != Subject::Company.word() {
            return Err(Error::invalid("segment_id", "this is a segment of people"));
        }
    }
    Ok(Kept { tag, segment, name: None })
}

/// The address of the page after this one, as Intercom has it for pages by number.
fn next_page(
    caller: &Caller,
    headers: &HeaderMap,
    path: &str,
    query: &Query,
    at: (i64, i64),
) -> Value {
    let (number, limit) = at;
    let mut address = url::form_urlencoded::Serializer::new(String::new());
    for name in ["order", "tag_id", "segment_id"] {
        if let Some(value) = query.get(name) {
            address.append_pair(name, value);
        }
    }
    address.append_pair("per_page", &limit.to_string());
    address.append_pair("page", &(number + 1).to_string());
    format!("{}{path}?{}", caller.base(headers), address.finish()).into()
}

async fn page(caller: &Caller, path: &str, query: &Query, headers: &HeaderMap) -> Answer {
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
    let place = Place { skip, limit, upwards };
    let mut c = caller.app.db.read().await?;
    let kept = kept(caller, &mut c, query).await?;
    let (rows, total) = listing(&mut c, caller.workspace, kept, place).await?;
    let more = skip + limit < total.min(LAST);
    let next = more.then(|| next_page(caller, headers, path, query, (number, limit)));
    let data = rows.iter().map(|r| r.to_json(&caller.app_id)).collect();
    let pages = json!({
        "type": "pages",
        "page": number,
        "per_page": limit,
        "total_pages": (total + limit - 1) / limit,
        "next": next,
    });
    Ok(Json(rest::list(data, total, pages)))
}

/// All companies, a hundred at a time: the parameter of one answer asks for the next, until there is none.
pub async fn scrolled(caller: Caller, query: Query) -> Answer {
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

/// A page of the people who are in it.
pub async fn people(caller: Caller, Path(company): Path<String>, query: Query) -> Answer {
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

/// A page of the companies that a person is in. An empty page says that there are no more.
pub async fn of_person(
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Answer {
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
    let more = number.saturating_mul(limit) < total;
    let path = format!("/api/contacts/{id}/companies");
    let next = more.then(|| next_page(&caller, &headers, &path, &query, (number, limit)));
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
            "next": next,
        },
    })))
}
