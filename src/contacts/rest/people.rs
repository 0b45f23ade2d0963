//! `/api/contacts`.

use axum::Json;
use axum::extract::Path;
use serde_json::{Map, Value, json};

use crate::contacts::{
    self, Contact, Details, Person, Record, Standing, is_email, of_public_id, public_id,
};
use crate::error::Error;
use crate::id::{ContactId, TeammateId};
use crate::rest::{self, Caller, Condition, Filter, Operator, Paging, Query, Refused, Sent};
use crate::segments;

type Answer = Result<Json<Value>, Refused>;

/// `GET /api/contacts`: the newest first, of all or of those in a segment.
pub async fn list_all(caller: Caller, query: Query) -> Answer {
    let one = |id: &str| {
        let (field, operator, value) = ("segment_id".to_owned(), Operator::Is, id.into());
        Filter::One(Condition { field, operator, not: false, value })
    };
    let filter = query.get("segment_id").map(one);
    found(&caller, filter.as_ref(), None, &Paging::of_query(&query)?).await
}

/// `POST /api/contacts/search`: whom a tree of conditions means, sorted and in pages by cursor; one that takes longer than
/// [`segments::LONGEST`] is cut short.
pub async fn search(caller: Caller, Sent(sent): Sent) -> Answer {
    let filter = Filter::read(sent.get("query"))?;
    found(&caller, Some(&filter), sent.get("sort"), &Paging::of_search(&sent)?).await
}

async fn found(
    caller: &Caller,
    filter: Option<&Filter>,
    sort: Option<&Value>,
    paging: &Paging,
) -> Answer {
    let mut c = match filter {
        Some(_) => caller.app.db.read_within(segments::LONGEST).await?,
        None => caller.app.db.read().await?,
    };
    let now = caller.app.clock.now();
    let (rows, total, pages) =
        contacts::search(&mut c, now, caller.workspace, filter, sort, paging).await?;
    let rows = rows.iter().map(|r| r.to_json(&caller.app_id)).collect();
    Ok(Json(rest::list(rows, total, pages)))
}

/// `POST /api/contacts`: makes a user or a lead. Whose `external_id` is taken, or of a user without one the e-mail address, is refused with the
/// id of who has it.
pub async fn create(caller: Caller, Sent(sent): Sent) -> Answer {
    let person = person(&sent)?;
    let mut w = caller.write().await?;
    let id = contacts::create(&mut w, &person).await?;
    w.commit().await?;
    answer(&caller, id).await
}

/// `PUT /api/contacts/{id}`: changes what is sent, and leaves the rest; null takes away.
pub async fn change(caller: Caller, Path(id): Path<String>, Sent(sent): Sent) -> Answer {
    let (id, person) = (of_public_id(&id)?, person(&sent)?);
    let mut w = caller.write().await?;
    let id = contacts::change(&mut w, id, &person).await?;
    w.commit().await?;
    answer(&caller, id).await
}

/// `GET /api/contacts/{id}`.
pub async fn show(caller: Caller, Path(id): Path<String>) -> Answer {
    answer(&caller, of_public_id(&id)?).await
}

/// `GET /api/contacts/find_by_external_id/{id}`.
pub async fn by_external_id(caller: Caller, Path(id): Path<String>) -> Answer {
    let mut c = caller.app.db.read().await?;
    let found = contacts::find_by_external_id(&mut c, caller.workspace, &id).await?;
    drop(c);
    answer(&caller, found.ok_or(Error::NotFound)?.id).await
}

/// `POST /api/contacts/merge`: a lead becomes part of a user.
pub async fn merge(caller: Caller, Sent(sent): Sent) -> Answer {
    let id = |field: &str| -> Result<ContactId, Error> {
        let text = rest::text(&sent, field, 100)?.unwrap_or_default();
        of_public_id(&text).map_err(|_| Error::invalid(field, "send a contact's id"))
    };
    let (lead, user) = (id("from")?, id("into")?);
    let mut w = caller.write().await?;
    let into = contacts::find(&mut w.conn, w.workspace, user).await?;
    let into = into.ok_or_else(|| Error::missing("into"))?;
    if into.role != "user" {
        return Err(Error::invalid("into", "a lead is merged into a user").into());
    }
    contacts::merge(&mut w, lead, into.id).await.map_err(|error| match error {
        Error::Conflict(message) => Error::taken("from", message),
        other => other.named_by("from"),
    })?;
    w.commit().await?;
    answer(&caller, into.id).await
}

/// `POST /api/contacts/{id}/archive`.
pub async fn archive(caller: Caller, Path(id): Path<String>) -> Answer {
    stand(&caller, &id, Standing::Archived, "archived", true).await
}

/// `POST /api/contacts/{id}/unarchive`.
pub async fn unarchive(caller: Caller, Path(id): Path<String>) -> Answer {
    stand(&caller, &id, Standing::Unarchived, "archived", false).await
}

/// `POST /api/contacts/{id}/block`.
pub async fn block(caller: Caller, Path(id): Path<String>) -> Answer {
    stand(&caller, &id, Standing::Blocked, "blocked", true).await
}

async fn stand(caller: &Caller, id: &str, standing: Standing, word: &str, yes: bool) -> Answer {
    let id = of_public_id(id)?;
    let mut w = caller.write().await?;
    contacts::stand(&mut w, id, standing).await?;
    w.commit().await?;
    let contact = read(caller, id).await?.contact;
    let mut answer = reference(&contact);
    answer[word] = yes.into();
    Ok(Json(answer))
}

/// `DELETE /api/contacts/{id}`: for good.
pub async fn delete(caller: Caller, Path(id): Path<String>) -> Answer {
    let id = of_public_id(&id)?;
    let mut w = caller.write().await?;
    let contact = contacts::find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    contacts::erase(&mut w, contact.id).await?;
    w.commit().await?;
    caller.app.db.forget().await?;
    let mut answer = reference(&contact);
    answer["deleted"] = true.into();
    Ok(Json(answer))
}

fn reference(contact: &Contact) -> Value {
    json!({
        "type": "contact",
        "id": public_id(contact.id),
        "external_id": contact.external_id,
    })
}

async fn read(caller: &Caller, id: ContactId) -> Result<Record, Error> {
    let mut c = caller.app.db.read().await?;
    contacts::record(&mut c, caller.workspace, id).await?.ok_or(Error::NotFound)
}

async fn answer(caller: &Caller, id: ContactId) -> Answer {
    Ok(Json(read(caller, id).await?.to_json(&caller.app_id)))
}

/// Reads what was sent of a person.
fn person(sent: &Map<String, Value>) -> Result<Person, Error> {
    let role = rest::text(sent, "role", 20)?.filter(|r| !r.is_empty());
    if role.as_ref().is_some_and(|r| !matches!(r.as_str(), "user" | "lead")) {
        return Err(Error::invalid("role", "send user or lead"));
    }
    let email = rest::text(sent, "email", 320)?;
    if email.as_ref().is_some_and(|e| !e.is_empty() && !is_email(e)) {
        return Err(Error::invalid("email", "send an address such as ada@example.com"));
    }
    let avatar = picture(sent)?;
    if avatar.as_ref().is_some_and(|a| !a.is_empty() && !is_web(a)) {
        return Err(Error::invalid("avatar", "send an http or https address"));
    }
    let owner = match sent.get("owner_id") {
        None => None,
        Some(Value::Null) => Some(TeammateId(0)),
        Some(Value::Number(n)) => n.as_i64().map(TeammateId),
        Some(Value::String(s)) => s.parse().ok(),
        Some(_) => Some(TeammateId(-1)),
    };
    let owned = sent.contains_key("owner_id");
    if owned && owner.is_none_or(|o| o.0 < 0) {
        return Err(Error::invalid("owner_id", "send a teammate's id"));
    }
    let custom = rest::object(sent, "custom_attributes")?;
    rest::names(&custom)?;
    Ok(Person {
        role,
        external_id: rest::text(sent, "external_id", 255)?,
        last_seen_at: rest::seconds(sent, "last_seen_at")?,
        details: Details {
            name: rest::text(sent, "name", 1_000)?,
            email,
            phone: rest::text(sent, "phone", 1_000)?,
            avatar,
            signed_up_at: rest::seconds(sent, "signed_up_at")?,
            unsubscribed: rest::boolean(sent, "unsubscribed_from_emails")?,
            complained: rest::boolean(sent, "marked_email_as_spam")?,
            language_override: rest::text(sent, "language_override", 100)?,
            owner,
            custom,
        },
    })
}

/// The address of a picture, alone or as a contact shows it.
fn picture(sent: &Map<String, Value>) -> Result<Option<String>, Error> {
    match sent.get("avatar").and_then(Value::as_object) {
        Some(avatar) => rest::text(avatar, "image_url", 1_000),
        None => rest::text(sent, "avatar", 1_000),
    }
}

fn is_web(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|u| matches!(u.scheme(), "http" | "https"))
}
