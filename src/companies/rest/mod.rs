//! `/api/companies` and the companies of people.

mod lists;

use std::sync::Arc;

use axum::extract::Path;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::listing::complete;
use super::{
    Company, Details, Gone, MOST, end, find, find_by_company_id, find_or_create, join, leave,
    update,
};
use crate::attributes::Writer;
use crate::contacts::{self, of_public_id};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, WorkspaceId};
use crate::rest::{self, Caller, Refused, Sent};
use crate::server::db::{Conn, Write};
use crate::server::state::AppState;

type Answer = Result<Json<Value>, Refused>;

/// The routes of companies.
pub fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route("/companies", get(lists::found).post(save))
        .route("/companies/list", post(lists::list))
        .route("/companies/scroll", get(lists::scrolled))
        .route("/companies/{company}", get(show).put(change).delete(remove))
        .route("/companies/{company}/contacts", get(lists::people))
        .route("/contacts/{id}/companies", get(lists::of_person).post(attach))
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

/// A company in the shape of the API; nothing where it is not there.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn to_json(
    c: &mut Conn,
    workspace: WorkspaceId,
    app_id: &str,
    id: CompanyId,
) -> Result<Option<Value>, Error> {
    let Some(company) = find(c, workspace, id).await? else { return Ok(None) };
    let found = complete(c, workspace, vec![company]).await?;
    Ok(found.first().map(|found| found.to_json(app_id)))
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
    let called = rest::text(&sent, "company_id", 255)?;
    let mut w = caller.write().await?;
    // Asked for first: without details nothing would look for it.
    let found = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    if let Some(called) = called {
        // Each of those that were merged into it is a name of it.
        let meant = find_by_company_id(&mut w.conn, w.workspace, &called).await?;
        if meant.is_none_or(|meant| meant.id != found.id) {
            let message = "your id of a company does not change: leave it out, or merge the two";
            return Err(Error::invalid("company_id", message).into());
        }
    }
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
        return Err(Error::taken("company", message).into());
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
            let number = number.filter(|n: &f64| n.abs() <= MOST as f64);
            number.map(Some).ok_or_else(|| Error::invalid(field, "send a number within 2^53"))
        }
    };
    let size = number("size")?;
    if size.is_some_and(|n| n < 0.0 || n.fract() != 0.0) {
        return Err(Error::invalid("size", "send a whole number from 0 to 2^53"));
    }
    let custom = rest::object(sent, "custom_attributes")?;
    rest::names(&custom)?;
    let numbers = [
        ("monthly_spend", Gone::MonthlySpend),
        ("size", Gone::Size),
        ("remote_created_at", Gone::RemoteCreatedAt),
    ];
    let null = |field: &str| sent.get(field).is_some_and(Value::is_null);
    Ok(Details {
        name: rest::text(sent, "name", 1_000)?,
        plan: rest::text(sent, "plan", 1_000)?,
        monthly_spend: number("monthly_spend")?,
        size: size.map(|n| n as i64),
        website: rest::text(sent, "website", 1_000)?,
        industry: rest::text(sent, "industry", 1_000)?,
        remote_created_at: rest::seconds(sent, "remote_created_at")?,
        owner: None,
        gone: numbers.into_iter().filter(|(field, _)| null(field)).map(|(_, g)| g).collect(),
        custom,
    })
}

async fn show(caller: Caller, Path(company): Path<String>) -> Answer {
    answer(&caller, id_of(&company)?).await
}

async fn person(w: &mut Write<'_>, id: &str) -> Result<ContactId, Error> {
    let contact = contacts::find(&mut w.conn, w.workspace, of_public_id(id)?).await?;
    Ok(contact.ok_or(Error::NotFound)?.id)
}

async fn attach(caller: Caller, Path(id): Path<String>, Sent(sent): Sent) -> Answer {
    let company = rest::text(&sent, "id", 100)?;
    let company = company.ok_or_else(|| Error::invalid("id", "send the company's id"))?;
    let mut w = caller.write().await?;
    let contact = person(&mut w, &id).await.map_err(|e| e.named_by("contact"))?;
    let (company, now) = (id_of(&company).map_err(|e| e.named_by("id"))?, w.now);
    join(&mut w, contact, company, now).await.map_err(|e| e.named_by("id"))?;
    w.commit().await?;
    answer(&caller, company).await
}

async fn detach(caller: Caller, Path((id, company)): Path<(String, String)>) -> Answer {
    let company = id_of(&company).map_err(|e| e.named_by("company"))?;
    let mut w = caller.write().await?;
    let contact = person(&mut w, &id).await.map_err(|e| e.named_by("contact"))?;
    leave(&mut w, contact, company).await.map_err(|e| e.named_by("company"))?;
    w.commit().await?;
    answer(&caller, company).await
}
