//! `/api/segments`, the segments of people and companies, and our own: rules made, looked at and explained.

use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::fault::Faults;
use super::predicate::Predicate;
use super::store::{self, Row};
use super::{Example, Explanation};
use crate::attributes::Subject;
use crate::companies;
use crate::contacts::{self, of_public_id, public_id};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, SegmentId};
use crate::rest::{self, Caller, Refused, Sent};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::server::state::AppState;
use crate::time::Stamp;

type Answer = Result<Json<Value>, Refused>;

/// The routes of segments.
pub fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route("/segments", get(list).post(create))
        .route("/segments/preview", post(preview))
        .route("/segments/{segment}", get(show).put(update).delete(remove))
        .route("/segments/{segment}/explain", get(explain))
        .route("/contacts/{id}/segments", get(of_contact))
        .route("/companies/{id}/segments", get(of_company))
}

fn id_of(text: &str) -> Result<SegmentId, Error> {
    rest::decimal_id(text).map(SegmentId)
}

/// Intercom's shape; `count` only where it is asked for, as there.
fn shape(row: &Row, counted: bool) -> Value {
    let kind = if row.subject == Subject::Contact.word() { "user" } else { "company" };
    let mut out = json!({
        "type": "segment",
        "id": row.id.to_string(),
        "name": row.name,
        "created_at": row.created_at.seconds(),
        "updated_at": row.updated_at.seconds(),
        "person_type": kind,
        "filled": row.filling.is_empty() && !row.judged.is_empty(),
    });
    if counted {
        out["count"] = row.members.into();
    }
    out
}

/// The same with what is ours: the rule, and how far it is filled.
fn whole(row: &Row) -> Value {
    let mut out = shape(row, true);
    out["rule"] = serde_json::from_str(&row.rule).unwrap_or_default();
    out["fault"] = Some(&row.fault).filter(|f| !f.is_empty()).map(|f| f.as_str()).into();
    out["archived"] = (row.archived_at.0 > 0).into();
    out["paused"] = (row.paused_at.0 > 0).into();
    out["version"] = row.version.into();
    out
}

#[derive(Deserialize)]
struct Asked {
    include_count: Option<String>,
}

async fn list(caller: Caller, Query(asked): Query<Asked>) -> Answer {
    let mut c = caller.app.db.read().await?;
    let counted = asked.include_count.as_deref() == Some("true");
    let rows = store::seen(&mut c, caller.workspace).await?;
    let segments: Vec<_> = rows.iter().map(|row| shape(row, counted)).collect();
    Ok(Json(json!({ "type": "segment.list", "segments": segments })))
}

async fn show(caller: Caller, Path(segment): Path<String>) -> Answer {
    let mut c = caller.app.db.read().await?;
    let row = store::find(&mut c, caller.workspace, id_of(&segment)?).await?;
    Ok(Json(whole(&row.ok_or(Error::NotFound)?)))
}

/// `person_type` is `user` for people and `company` for companies.
fn subject_of(sent: &Map<String, Value>) -> Result<Subject, Error> {
    match rest::text(sent, "person_type", 20)?.as_deref() {
        None | Some("user" | "contact") => Ok(Subject::Contact),
        Some("company") => Ok(Subject::Company),
        Some(_) => Err(Error::invalid("person_type", "send user or company")),
    }
}

fn rule_of(sent: &Map<String, Value>) -> Result<Option<Predicate>, Error> {
    sent.get("rule").map(Predicate::read).transpose().map_err(Error::from)
}

async fn create(caller: Caller, Sent(sent): Sent) -> Answer {
    let name = rest::text(&sent, "name", 1_000)?.unwrap_or_default();
    let rule = rule_of(&sent)?.ok_or_else(|| Error::invalid("rule", "send a rule"))?;
    let mut w = caller.write().await?;
    let id = store::create(&mut w, subject_of(&sent)?, &name, &rule).await?;
    let row = store::find(&mut w.conn, w.workspace, id).await?.ok_or(Error::Internal)?;
    w.commit().await?;
    Ok(Json(whole(&row)))
}

/// The version that a change began with, where the caller says it.
fn version_of(sent: &Map<String, Value>) -> Result<Option<i64>, Error> {
    let number = |value: &Value| {
        let wrong = || Error::invalid("version", "send the number that was answered");
        value.as_i64().ok_or_else(wrong)
    };
    sent.get("version").filter(|value| !value.is_null()).map(number).transpose()
}

/// Changes what is sent and leaves the rest. With a `version`, only if nobody else changed it meanwhile.
async fn update(caller: Caller, Path(segment): Path<String>, Sent(sent): Sent) -> Answer {
    let id = id_of(&segment)?;
    let began = version_of(&sent)?;
    let name = rest::text(&sent, "name", 1_000)?;
    let mut w = caller.write().await?;
    super::update(&mut w, id, began, name.as_deref(), rule_of(&sent)?.as_ref()).await?;
    if let Some(archived) = rest::boolean(&sent, "archived")? {
        store::archive(&mut w, id, archived).await?;
    }
    if let Some(paused) = rest::boolean(&sent, "paused")? {
        super::pause(&mut w, id, paused).await?;
    }
    let row = store::find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    w.commit().await?;
    Ok(Json(whole(&row)))
}

/// Puts it away; it can be taken back.
async fn remove(caller: Caller, Path(segment): Path<String>) -> Result<StatusCode, Refused> {
    let mut w = caller.write().await?;
    store::archive(&mut w, id_of(&segment)?, true).await?;
    w.commit().await?;
    Ok(StatusCode::OK)
}

async fn preview(caller: Caller, Sent(sent): Sent) -> Answer {
    let subject = subject_of(&sent)?;
    let rule = rule_of(&sent)?.ok_or_else(|| Error::invalid("rule", "send a rule"))?;
    let id = rest::text(&sent, "id", 20)?.map(|id| id_of(&id)).transpose();
    let id = id.map_err(|e| e.named_by("id"))?;
    let mut c = caller.app.db.read_within(super::LONGEST).await?;
    let now = caller.app.clock.now();
    let seen = super::preview(&mut c, caller.workspace, subject, id, &rule.text(), now).await?;
    if !seen.faults.is_empty() {
        return Err(Error::from(Faults::last(seen.faults)).into());
    }
    let some = |examples: Vec<Example>| -> Vec<Value> {
        let id = |id: i64| match subject {
            Subject::Contact => public_id(ContactId(id)),
            Subject::Company => id.to_string(),
        };
        examples.into_iter().map(|e| json!({ "id": id(e.id), "name": e.title })).collect()
    };
    Ok(Json(json!({
        "type": "segment.preview",
        "sentence": seen.sentence,
        "count": seen.count,
        "sample": some(seen.sample),
        "enter": { "count": seen.enter, "sample": some(seen.entering) },
        "leave": { "count": seen.leave, "sample": some(seen.leaving) },
    })))
}

#[derive(Deserialize)]
struct Whom {
    contact_id: Option<String>,
    company_id: Option<String>,
}

/// Why somebody is in it, or is not: `?contact_id=` or `?company_id=`.
async fn explain(caller: Caller, Path(segment): Path<String>, Query(whom): Query<Whom>) -> Answer {
    let id = id_of(&segment)?;
    let mut c = caller.app.db.read().await?;
    let (subject, number) = match (whom.contact_id, whom.company_id) {
        (Some(contact), _) => (Subject::Contact, {
            let found = contact_of(&caller, &mut c, &contact).await;
            found.map_err(|e| e.named_by("contact_id"))?.0
        }),
        (None, Some(company)) => (Subject::Company, {
            let found = company_of(&caller, &mut c, &company).await;
            found.map_err(|e| e.named_by("company_id"))?.0
        }),
        (None, None) => {
            return Err(Error::invalid("contact_id", "send contact_id or company_id").into());
        }
    };
    let dates = Dates::new(&caller.time_zone, caller.app.clock.now());
    let (app, workspace) = (&caller.app, caller.workspace);
    let found = super::explain(app, &mut c, &dates, workspace, subject, number, id).await?;
    Ok(Json(explained(found.ok_or(Error::NotFound)?)))
}

fn explained(found: Explanation) -> Value {
    let reason = |r: super::Reason| {
        let value = Some(r.value).filter(|v| !v.is_empty());
        json!({ "depth": r.depth, "condition": r.said, "value": value, "holds": r.holds })
    };
    let until = found.until;
    let said = until.as_ref().map(Stamp::whole);
    json!({
        "type": "segment.explanation",
        "id": found.standing.id.to_string(),
        "name": found.standing.name,
        "member": found.standing.inside,
        "conditions": found.reasons.into_iter().map(reason).collect::<Vec<_>>(),
        "pending": found.pending,
        "changes_at": until.map(|until| until.at.seconds()),
        "changes_by_time": said,
    })
}

async fn contact_of(caller: &Caller, c: &mut Conn, id: &str) -> Result<ContactId, Error> {
    let found = contacts::find(c, caller.workspace, of_public_id(id)?).await?;
    found.map(|p| p.id).ok_or(Error::NotFound)
}

async fn company_of(caller: &Caller, c: &mut Conn, id: &str) -> Result<CompanyId, Error> {
    let found = companies::find(c, caller.workspace, CompanyId(rest::decimal_id(id)?)).await?;
    found.map(|c| c.id).ok_or(Error::NotFound)
}

async fn of_contact(caller: Caller, Path(id): Path<String>) -> Answer {
    let mut c = caller.app.db.read().await?;
    let id = contact_of(&caller, &mut c, &id).await?;
    Ok(Json(json!({ "type": "list", "data": inside(&caller, &mut c, id.0).await? })))
}

async fn of_company(caller: Caller, Path(id): Path<String>) -> Answer {
    let mut c = caller.app.db.read().await?;
    let id = company_of(&caller, &mut c, &id).await?;
    Ok(Json(json!({ "type": "list", "data": inside(&caller, &mut c, id.0).await? })))
}

/// The segments that somebody is in.
async fn inside(caller: &Caller, c: &mut Conn, id: i64) -> Result<Vec<Value>, Error> {
    let sql = "select segment_id from segment_members where workspace_id = $1 and subject_id = $2";
    let ids: Vec<(SegmentId,)> = run!(c, |x| {
        sqlx::query_as::<_, (SegmentId,)>(sql).bind(caller.workspace).bind(id).fetch_all(x)
    })?;
    let rows = store::seen(c, caller.workspace).await?;
    let held = |row: &&Row| ids.iter().any(|(id,)| *id == row.id);
    Ok(rows.iter().filter(held).map(|row| shape(row, false)).collect())
}
