//! `/api/webhooks`, ours: what the page of webhooks does, by program.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::{LONGEST, Webhook};
use crate::error::Error;
use crate::id::WebhookId;
use crate::rest::{self, Caller, Refused, Sent};
use crate::server::dates::Dates;
use crate::server::state::AppState;

type Answer = Result<Json<Value>, Refused>;

/// The routes of webhooks.
pub fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route("/webhooks", get(list).post(create))
        .route("/webhooks/{webhook}", get(show).put(update).delete(remove))
}

fn shape(hook: &Webhook) -> Value {
    let paused = hook.paused.as_ref();
    json!({
        "type": "webhook",
        "id": hook.id.to_string(),
        "url": hook.url,
        "topics": hook.topics,
        "created_at": hook.made.at.seconds(),
        "paused": paused.is_some(),
        "paused_reason": paused.map(|(_, why)| why.as_str()).filter(|why| !why.is_empty()),
        "failing_since": hook.failing.as_ref().map(|stamp| stamp.at.seconds()),
        "behind": hook.behind,
    })
}

async fn known(caller: &Caller) -> Result<Vec<Webhook>, Error> {
    let dates = Dates::new("UTC", caller.app.clock.now());
    let mut c = caller.app.db.read().await?;
    Ok(super::all(&mut c, &dates, caller.workspace).await?.all)
}

async fn list(caller: Caller) -> Answer {
    let data: Vec<_> = known(&caller).await?.iter().map(shape).collect();
    Ok(Json(json!({ "type": "list", "total_count": data.len(), "data": data })))
}

async fn found(caller: &Caller, id: WebhookId) -> Result<Value, Error> {
    let all = known(caller).await?;
    all.iter().find(|hook| hook.id == id).map(shape).ok_or(Error::NotFound)
}

async fn show(caller: Caller, Path(webhook): Path<String>) -> Answer {
    Ok(Json(found(&caller, WebhookId(rest::decimal_id(&webhook)?)).await?))
}

/// The topics, where they are named: a list of texts.
fn topics(sent: &Map<String, Value>) -> Result<Option<Vec<String>>, Error> {
    let refused = || Error::invalid("topics", "send a list of topics, or none for everything");
    match sent.get("topics") {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(Vec::new())),
        Some(Value::Array(all)) => {
            let texts = all.iter().map(|one| one.as_str().map(str::to_owned).ok_or_else(refused));
            texts.collect::<Result<_, _>>().map(Some)
        }
        Some(_) => Err(refused()),
    }
}

/// Made, with its secret, which is answered this once.
async fn create(caller: Caller, Sent(sent): Sent) -> Answer {
    let url = rest::text(&sent, "url", LONGEST)?.unwrap_or_default();
    let topics = topics(&sent)?.unwrap_or_default();
    let mut w = caller.write().await?;
    let (id, secret) = super::add(&mut w, &url, &topics).await?;
    w.commit().await?;
    let mut made = found(&caller, id).await?;
    made["secret"] = secret.into();
    Ok(Json(made))
}

async fn update(caller: Caller, Path(webhook): Path<String>, Sent(sent): Sent) -> Answer {
    let id = WebhookId(rest::decimal_id(&webhook)?);
    let all = known(&caller).await?;
    let before = all.iter().find(|hook| hook.id == id).ok_or(Error::NotFound)?;
    let (url, topics) = (rest::text(&sent, "url", LONGEST)?, topics(&sent)?);
    let mut w = caller.write().await?;
    if url.is_some() || topics.is_some() {
        let url = url.as_deref().unwrap_or(&before.url);
        super::change(&mut w, id, url, topics.as_ref().unwrap_or(&before.topics)).await?;
    }
    match rest::boolean(&sent, "paused")? {
        Some(true) => super::pause(&mut w, id).await?,
        Some(false) => super::resume(&mut w, id, false).await?,
        None => {}
    }
    w.commit().await?;
    Ok(Json(found(&caller, id).await?))
}

/// Deletes it.
async fn remove(caller: Caller, Path(webhook): Path<String>) -> Result<StatusCode, Refused> {
    let mut w = caller.write().await?;
    super::delete(&mut w, WebhookId(rest::decimal_id(&webhook)?)).await?;
    w.commit().await?;
    Ok(StatusCode::OK)
}
