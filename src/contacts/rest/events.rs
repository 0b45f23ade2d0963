//! `/api/events`.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::whom::Whom;
use crate::contacts::summaries::{self, did, is_new, summaries as summaries_of};
use crate::contacts::{self, Occurrence, Summary, public_id};
use crate::error::Error;
use crate::rest::{self, Caller, Query, Refused, Sent};
use crate::time::Time;

/// How far ahead of our clock a sender's time may be; later ones become now plus this.
const AHEAD: i64 = 5 * 60 * 1000;
/// The most keys of an event's metadata, as Intercom has it, and its most bytes.
const KEYS: usize = 10;
const LARGEST: usize = 32 * 1024;
/// The most summaries of one request.
const MOST: usize = 100;

/// `POST /api/events`: a person's event of one name in one second is one event, however often it is sent. `created_at` is Unix
/// seconds, at most five minutes ahead; later ones become that.
///
/// # Errors
/// A refusal that names `event_name`, `created_at` or `metadata`, and 404 where nobody is meant.
pub async fn create(caller: Caller, Sent(sent): Sent) -> Result<StatusCode, Refused> {
    let event = name(&sent)?;
    let missing = || Error::invalid("created_at", "say when it happened, in Unix seconds");
    let sent_at = rest::seconds(&sent, "created_at")?.ok_or_else(missing)?;
    let properties = metadata(&sent)?;
    let texts = ["id", "user_id", "email"].map(|field| rest::text(&sent, field, 320));
    let [id, external_id, email] = texts;
    let (id, external_id, email) = (id?, external_id?, email?);
    let mut w = caller.write().await?;
    let contact = Whom::new(id.as_deref(), external_id.as_deref(), email.as_deref())
        .find(&mut w.conn, w.workspace)
        .await?;
    let second = sent_at.seconds().to_string();
    if is_new(&mut w, &["event", &contact.id.to_string(), &event, &second]).await? {
        let at = sent_at.min(w.now.plus(AHEAD));
        let one = Occurrence { contact: contact.id, event: &event, at, properties: &properties };
        contacts::track(&mut w, &[one]).await?;
        w.commit().await?;
    }
    Ok(StatusCode::ACCEPTED)
}

/// What goes with an event: as many values as Intercom keeps of one, and as many bytes as a tracking call has.
fn metadata(sent: &Map<String, Value>) -> Result<Value, Error> {
    let metadata = rest::object(sent, "metadata")?;
    if metadata.len() > KEYS {
        return Err(Error::invalid("metadata", "send at most 10 keys"));
    }
    let metadata = Value::Object(metadata);
    if metadata.to_string().len() > LARGEST {
        return Err(Error::invalid("metadata", "send at most 32 KB"));
    }
    Ok(metadata)
}

fn name(sent: &Map<String, Value>) -> Result<String, Error> {
    let event = rest::text(sent, "event_name", 255)?.filter(|e| !e.is_empty());
    event.ok_or_else(|| Error::invalid("event_name", "name the event"))
}

/// `GET /api/events?type=user`: what someone did, the newest first, or with `summary=true` how often. Pages have 1 to 150, 50 unless
/// asked, and `pages.next` is the whole address of the next.
///
/// # Errors
/// A refusal that names `type`, `per_page` or `before`, and 404 where nobody is meant.
pub async fn list(
    caller: Caller,
    query: Query,
    headers: HeaderMap,
) -> Result<Json<Value>, Refused> {
    if query.get("type") != Some("user") {
        return Err(Error::invalid("type", "send type=user").into());
    }
    let whom = Whom::new(query.get("intercom_user_id"), query.get("user_id"), query.get("email"))
        .called("intercom_user_id");
    let summary = query.flag("summary")?;
    let per_page = query.number("per_page")?.unwrap_or(50);
    if !(1..=150).contains(&per_page) {
        return Err(Error::invalid("per_page", "send 1 to 150").into());
    }
    let place = |text: &str| {
        let (at, seq) = text.split_once('.')?;
        Some((at.parse().ok()?, seq.parse().ok()?))
    };
    let refused = || Error::invalid("before", "follow pages.next");
    let before = query.get("before").map(|text| place(text).ok_or_else(refused)).transpose()?;
    let mut c = caller.app.db.read().await?;
    let contact = whom.find(&mut c, caller.workspace).await?;
    let mut answer = json!({
        "email": contact.email,
        "user_id": contact.external_id,
        "intercom_user_id": public_id(contact.id),
    });
    if summary {
        let rows = summaries_of(&mut c, caller.workspace, contact.id).await?;
        answer["type"] = "event.summary".into();
        answer["events"] = rows.into_iter().map(counted).collect();
        return Ok(Json(answer));
    }
    let before = before.unwrap_or((i64::MAX, i64::MAX));
    let mut rows = did(&mut c, caller.workspace, contact.id, before, per_page + 1).await?;
    let more = rows.len() as i64 > per_page;
    rows.truncate(per_page as usize);
    let next = rows.last().filter(|_| more).map(|last| {
        let place = format!("{}.{}", last.occurred_at.0, last.seq);
        let id = public_id(contact.id);
        format!(
            "{}/api/events?type=user&intercom_user_id={id}&per_page={per_page}&before={place}",
            caller.base(&headers)
        )
    });
    let event = |row: summaries::Did| {
        json!({
            "type": "event",
            "id": row.seq.to_string(),
            "event_name": row.name,
            "created_at": row.occurred_at.seconds(),
            "email": contact.email,
            "user_id": contact.external_id,
            "intercom_user_id": public_id(contact.id),
            "metadata": serde_json::from_str::<Value>(&row.data).unwrap_or_default(),
        })
    };
    answer["type"] = "event.list".into();
    answer["events"] = rows.into_iter().map(event).collect();
    answer["pages"] = json!({ "type": "pages", "per_page": per_page, "next": next });
    Ok(Json(answer))
}

fn counted(s: Summary) -> Value {
    let iso = |at: Time| Timestamp::from_millisecond(at.0).unwrap_or_default().to_string();
    json!({ "name": s.name, "count": s.count, "first": iso(s.first_at), "last": iso(s.last_at) })
}

/// `POST /api/events/summaries`: adds counts from before, of 1 to 100 events. The same summary sent again changes nothing.
///
/// # Errors
/// A refusal that names the field within its summary, such as `event_summaries[3].count`; then none is added.
pub async fn summarize(caller: Caller, Sent(sent): Sent) -> Result<StatusCode, Refused> {
    let external_id = rest::text(&sent, "user_id", 255)?.filter(|id| !id.is_empty());
    let items = match sent.get("event_summaries") {
        Some(Value::Array(items)) if (1..=MOST).contains(&items.len()) => items.clone(),
        Some(Value::Object(one)) => vec![Value::Object(one.clone())],
        _ => {
            return Err(Error::invalid("event_summaries", "send 1 to 100 summaries").into());
        }
    };
    let now = caller.app.clock.now().plus(AHEAD);
    let read = |(n, item): (usize, &Value)| summary(item, now).map_err(|e| within(e, n));
    let all: Vec<_> = items.iter().enumerate().map(read).collect::<Result<_, Error>>()?;
    let mut w = caller.write().await?;
    let whom = Whom::new(None, external_id.as_deref(), None);
    let contact = whom.find(&mut w.conn, w.workspace).await?;
    for summary in &all {
        contacts::summarize(&mut w, contact.id, summary).await?;
    }
    w.commit().await?;
    Ok(StatusCode::OK)
}

fn within(error: Error, n: usize) -> Error {
    match error {
        Error::Invalid { field, message } => {
            Error::invalid(format!("event_summaries[{n}].{field}"), message)
        }
        other => other,
    }
}

fn summary(item: &Value, latest: Time) -> Result<Summary, Error> {
    let none = Map::new();
    let item = item.as_object().unwrap_or(&none);
    let name = name(item)?;
    let count =
        item.get("count").and_then(Value::as_i64).filter(|n| (1..=1_000_000_000).contains(n));
    let count = count.ok_or_else(|| Error::invalid("count", "send a whole number, 1 or more"))?;
    let moment = |field: &str| {
        let at = rest::seconds(item, field)?;
        at.ok_or_else(|| Error::invalid(field, "send Unix seconds")).map(|at| at.min(latest))
    };
    let (first_at, last_at) = (moment("first")?, moment("last")?);
    if first_at > last_at {
        return Err(Error::invalid("first", "the first time is not after the last"));
    }
    Ok(Summary { name, count, first_at, last_at })
}
