//! `/api/data_attributes`.

use std::sync::Arc;

use axum::extract::Path;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::definitions::{self, Definition, Description, declare, definition, describe};
use super::standard::{OF_COMPANY, OF_CONTACT, Standard};
use super::{DataType, Subject, kept_choices};
use crate::error::Error;
use crate::id::AttributeId;
use crate::rest::{self, Caller, Query, Refused, Sent};
use crate::server::state::AppState;

type Answer = Result<Json<Value>, Refused>;

/// The routes of attributes.
pub fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route("/data_attributes", get(list).post(create))
        .route("/data_attributes/{id}", put(change))
}

fn of_every(standard: &Standard, model: Subject) -> Value {
    // The name of a part of something is its last part.
    let name = standard.name.rsplit('.').next().unwrap_or(standard.name);
    json!({
        "type": "data_attribute",
        "name": name,
        "full_name": standard.name,
        "label": standard.label,
        "data_type": standard.data_type.word(),
        "api_writable": standard.writable,
        "messenger_writable": standard.writable,
        "ui_writable": standard.writable,
        "custom": false,
        "archived": false,
        "model": model.word(),
    })
}

fn own(d: &Definition) -> Value {
    let mut shape = json!({
        "type": "data_attribute",
        "id": d.id,
        "name": d.name,
        "full_name": format!("custom_attributes.{}", d.name),
        "label": if d.label.is_empty() { &d.name } else { &d.label },
        "description": d.description,
        "data_type": d.data_type,
        "api_writable": d.api_writable == 1,
        "messenger_writable": d.messenger_writable == 1,
        "ui_writable": d.ui_writable == 1,
        "custom": true,
        "archived": d.archived_at.0 > 0,
        "created_at": d.created_at.seconds(),
        "updated_at": d.created_at.max(d.archived_at).seconds(),
        "model": d.subject,
    });
    // As Intercom's clients read it: of a list of choices the texts, of others nothing.
    let options = kept_choices(&d.options);
    if !options.is_empty() {
        shape["options"] = options.into();
    }
    shape
}

fn model(word: &str) -> Result<Subject, Error> {
    match word {
        "contact" => Ok(Subject::Contact),
        "company" => Ok(Subject::Company),
        _ => Err(Error::invalid("model", "send contact or company")),
    }
}

async fn list(caller: Caller, query: Query) -> Answer {
    let asked = query.get("model").map(model).transpose()?;
    let archived = query.flag("include_archived")?;
    let mut c = caller.app.db.read().await?;
    let custom = definitions::definitions(&mut c, caller.workspace).await?;
    let mut data = Vec::new();
    for (subject, standard) in
        [(Subject::Contact, OF_CONTACT.as_slice()), (Subject::Company, OF_COMPANY.as_slice())]
    {
        if asked.is_some_and(|a| a != subject) {
            continue;
        }
        data.extend(standard.iter().map(|s| of_every(s, subject)));
        let shown =
            |d: &&Definition| d.subject == subject.word() && (archived || d.archived_at.0 == 0);
        data.extend(custom.iter().filter(shown).map(own));
    }
    Ok(Json(json!({ "type": "list", "data": data })))
}

async fn create(caller: Caller, Sent(sent): Sent) -> Answer {
    let name = rest::text(&sent, "name", 190)?.filter(|n| !n.is_empty());
    let name = name.ok_or_else(|| Error::invalid("name", "name the attribute"))?;
    let subject = model(&rest::text(&sent, "model", 20)?.unwrap_or_default())?;
    let word = rest::text(&sent, "data_type", 20)?.unwrap_or_default();
    let says = description(&sent)?;
    let data_type = match word.as_str() {
        "datetime" => Some(DataType::Date),
        "options" if says.options.as_ref().is_none_or(Vec::is_empty) => {
            return Err(
                Error::invalid("options", "send a list such as [{\"value\": \"Pro\"}]").into()
            );
        }
        "options" => Some(DataType::String),
        other => DataType::from_word(other),
    };
    let data_type = data_type.ok_or_else(|| {
        Error::invalid("data_type", "send string, integer, float, boolean or date")
    })?;
    let mut w = caller.write().await?;
    let id = declare(&mut w, subject, &name, data_type).await?;
    describe(&mut w, id, &says).await?;
    w.commit().await?;
    answer(&caller, id).await
}

async fn change(caller: Caller, Path(id): Path<String>, Sent(sent): Sent) -> Answer {
    let id = AttributeId(rest::decimal_id(&id)?);
    let says = description(&sent)?;
    let mut w = caller.write().await?;
    describe(&mut w, id, &says).await?;
    w.commit().await?;
    answer(&caller, id).await
}

fn description(sent: &Map<String, Value>) -> Result<Description, Error> {
    Ok(Description {
        options: options(sent)?,
        label: rest::text(sent, "label", 190)?,
        description: rest::text(sent, "description", 1_000)?,
        messenger_writable: rest::boolean(sent, "messenger_writable")?,
        archived: rest::boolean(sent, "archived")?,
        ..Description::default()
    })
}

/// A list of `{"value": …}`, or of texts, as some clients send them.
fn options(sent: &Map<String, Value>) -> Result<Option<Vec<String>>, Error> {
    let refused =
        |field: String| Error::invalid(field, "send a list such as [{\"value\": \"Pro\"}]");
    let Some(sent) = sent.get("options").filter(|o| !o.is_null()) else { return Ok(None) };
    let all = sent.as_array().ok_or_else(|| refused("options".into()))?;
    let option = |(n, option): (usize, &Value)| {
        let text = option.as_str().or_else(|| option.get("value")?.as_str());
        text.map(str::to_owned).ok_or_else(|| refused(format!("options[{n}].value")))
    };
    all.iter().enumerate().map(option).collect::<Result<_, _>>().map(Some)
}

async fn answer(caller: &Caller, id: AttributeId) -> Answer {
    let mut c = caller.app.db.read().await?;
    let found = definition(&mut c, caller.workspace, id).await?.ok_or(Error::NotFound)?;
    Ok(Json(own(&found)))
}
