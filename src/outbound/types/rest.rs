//! `/api/subscription_types` and what people have said of them.

use std::sync::Arc;

use axum::extract::Path;
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Consent, Type, all, choose, chosen, unsay};
use crate::contacts::{self, of_public_id};
use crate::error::Error;
use crate::id::{ContactId, SubscriptionTypeId, WorkspaceId};
use crate::rest::{self, Caller, Refused, Sent};
use crate::server::db::Conn;
use crate::server::state::AppState;

type Answer = Result<Json<Value>, Refused>;

/// The routes of types of subscription.
pub fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route("/subscription_types", get(list))
        .route("/contacts/{id}/subscriptions", get(of_contact).post(say))
        .route("/contacts/{id}/subscriptions/{type}", delete(remove))
}

/// As Intercom answers one. The words are kept in one language, whose name nobody has said: it is called English.
fn shape(one: &Type) -> Value {
    let words = json!({ "name": one.name, "description": one.description, "locale": "en" });
    json!({
        "type": "subscription",
        "id": one.id.to_string(),
        "state": if one.archived { "archived" } else { "live" },
        "consent_type": one.consent.word(),
        "default_translation": words,
        "translations": [words],
        "content_types": ["email"],
    })
}

fn id_of(text: &str) -> Result<SubscriptionTypeId, Error> {
    rest::decimal_id(text).map(SubscriptionTypeId)
}

async fn person(c: &mut Conn, workspace: WorkspaceId, id: &str) -> Result<ContactId, Error> {
    let found = contacts::find(c, workspace, of_public_id(id)?).await?;
    Ok(found.ok_or(Error::NotFound)?.id)
}

async fn list(caller: Caller) -> Answer {
    let mut c = caller.app.db.read().await?;
    let types: Vec<_> = all(&mut c, caller.workspace).await?.iter().map(shape).collect();
    Ok(Json(json!({ "type": "list", "data": types })))
}

/// Those of which the person said otherwise than what follows without a word: no to one that everyone gets, yes to one
/// that only who asks for it gets. That is what Intercom calls attached.
async fn of_contact(caller: Caller, Path(id): Path<String>) -> Answer {
    let mut c = caller.app.db.read().await?;
    let contact = person(&mut c, caller.workspace, &id).await?;
    let said = chosen::said(&mut c, caller.workspace, contact).await?;
    let otherwise = |t: &Type| {
        let wanted = said.iter().find(|s| s.type_id == t.id).map(|s| s.wanted == 1);
        wanted.is_some_and(|wanted| wanted == (t.consent == Consent::OptIn))
    };
    let types = all(&mut c, caller.workspace).await?;
    let types: Vec<_> = types.iter().filter(|t| otherwise(t)).map(shape).collect();
    Ok(Json(json!({ "type": "list", "data": types })))
}

async fn say(caller: Caller, Path(id): Path<String>, Sent(sent): Sent) -> Answer {
    let kind = rest::text(&sent, "id", 100)?;
    let kind = id_of(&kind.ok_or_else(|| Error::invalid("id", "send the id of a type"))?);
    let kind = kind.map_err(|e| e.named_by("id"))?;
    let word = rest::text(&sent, "consent_type", 100)?.unwrap_or_default();
    let consent = Consent::from_word(&word)
        .ok_or_else(|| Error::invalid("consent_type", "send opt_in or opt_out"))?;
    let mut w = caller.write().await?;
    let contact = person(&mut w.conn, caller.workspace, &id).await;
    let contact = contact.map_err(|e| e.named_by("contact"))?;
    let found = choose(&mut w, contact, kind, consent == Consent::OptIn).await;
    let found = found.map_err(|e| e.named_by("id"))?;
    w.commit().await?;
    Ok(Json(shape(&found)))
}

/// Takes back what was said, so that again what follows without a word holds.
async fn remove(caller: Caller, Path((id, kind)): Path<(String, String)>) -> Answer {
    let kind = id_of(&kind).map_err(|e| e.named_by("type"))?;
    let mut w = caller.write().await?;
    let contact = person(&mut w.conn, caller.workspace, &id).await;
    let contact = contact.map_err(|e| e.named_by("contact"))?;
    let found = unsay(&mut w, contact, kind).await.map_err(|e| e.named_by("type"))?;
    w.commit().await?;
    Ok(Json(shape(&found)))
}
