//! Changing what is known of a person, whoever asks: the tracking API, REST, a file or a teammate.

use serde_json::{Map, Value, json};

use super::words;
use crate::attributes::{self, Changes, Subject, Writer};
use crate::error::Error;
use crate::id::{ContactId, TeammateId};
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// What to set of a person. `None` leaves a field as it is; empty text takes it away.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Details {
    /// The full name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The address of a picture.
    pub avatar: Option<String>,
    /// When they signed up with the customer.
    pub signed_up_at: Option<Time>,
    /// Whether they want no bulk e-mail.
    pub unsubscribed: Option<bool>,
    /// Whether they marked an e-mail as spam.
    pub complained: Option<bool>,
    /// The language to write to them in, as a BCP 47 tag.
    pub language_override: Option<String>,
    /// The teammate who looks after them; 0 for nobody.
    pub owner: Option<TeammateId>,
    /// Custom attributes; null takes one away.
    pub custom: Map<String, Value>,
}

impl Details {
    /// Whether there is nothing to set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(sqlx::FromRow)]
struct Now {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    avatar: Option<String>,
    signed_up_at: Option<Time>,
    unsubscribed: i64,
    complained_at: Time,
    language_override: Option<String>,
    owner_id: TeammateId,
}

/// Sets details of a person and logs what changed, with what it was; nothing is written where nothing changes.
/// `field` leads the names of custom attributes in refusals.
///
/// # Errors
/// [`Error::NotFound`] for the person; [`Error::Invalid`] as [`attributes::set`] and for text over 1,000 characters.
pub async fn update(
    w: &mut Write<'_>,
    writer: Writer,
    contact: ContactId,
    details: &Details,
    field: &str,
    at: Time,
) -> Result<(), Error> {
    if details.is_empty() {
        return Ok(());
    }
    let sql = "select name, email, phone, avatar, signed_up_at, unsubscribed, complained_at, language_override, owner_id \
               from contacts where workspace_id = $1 and id = $2";
    let found: Option<Now> = run!(w.conn, |c| {
        sqlx::query_as::<_, Now>(sql).bind(w.workspace).bind(contact).fetch_optional(c)
    })?;
    let now = found.ok_or(Error::NotFound)?;
    let mut changes = standard(details, &now)?;
    if !changes.set.is_empty() {
        write(w, contact, details).await?;
        if ["name", "email", "phone"].iter().any(|name| changes.set.contains_key(*name)) {
            words::rewrite(w, contact).await?;
        }
    }
    let custom =
        attributes::set(w, writer, Subject::Contact, contact.0, field, &details.custom).await?;
    if changes.set.is_empty() && !custom.set.is_empty() {
        // Who has new data was changed, though nothing else of theirs was.
        write(w, contact, &Details::default()).await?;
    }
    changes.set.extend(custom.set);
    changes.from.extend(custom.from);
    if !changes.set.is_empty() {
        let data = json!({ "set": changes.set, "from": changes.from });
        w.log(Entry::of_contact(Kind::AttributesChanged, at, contact, 0, data));
    }
    Ok(())
}

/// What the log says of these details where nothing was known before, custom attributes included.
///
/// # Errors
/// [`Error::Invalid`] for text over 1,000 characters.
pub(super) fn of_new(details: &Details) -> Result<Value, Error> {
    let nothing = Now {
        name: None,
        email: None,
        phone: None,
        avatar: None,
        signed_up_at: None,
        unsubscribed: 0,
        complained_at: Time(0),
        language_override: None,
        owner_id: TeammateId(0),
    };
    let mut changes = standard(details, &nothing)?;
    changes.set.extend(details.custom.clone());
    Ok(json!({ "set": changes.set, "from": changes.from }))
}

fn standard(details: &Details, now: &Now) -> Result<Changes, Error> {
    let mut changes = Changes::default();
    let texts = [
        ("name", &details.name, &now.name),
        ("email", &details.email, &now.email),
        ("phone", &details.phone, &now.phone),
        ("avatar", &details.avatar, &now.avatar),
        ("language_override", &details.language_override, &now.language_override),
    ];
    for (name, set, was) in texts {
        let Some(text) = set else { continue };
        if text.chars().count() > 1_000 {
            return Err(Error::invalid(name, "send at most 1,000 characters"));
        }
        if text.as_str() == was.as_deref().unwrap_or_default() {
            continue;
        }
        let value = if text.is_empty() { Value::Null } else { text.clone().into() };
        changes.set.insert(name.into(), value);
        if let Some(was) = was {
            changes.from.insert(name.into(), was.clone().into());
        }
    }
    let day = |at: Time| {
        Value::from(jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_string())
    };
    if let Some(at) = details.signed_up_at.filter(|at| Some(*at) != now.signed_up_at) {
        changes.set.insert("signed_up_at".into(), day(at));
        if let Some(was) = now.signed_up_at {
            changes.from.insert("signed_up_at".into(), day(was));
        }
    }
    if let Some(unsubscribed) = details.unsubscribed.filter(|u| i64::from(*u) != now.unsubscribed) {
        changes.set.insert("unsubscribed".into(), unsubscribed.into());
    }
    if let Some(complained) = details.complained.filter(|c| *c != (now.complained_at.0 > 0)) {
        changes.set.insert("marked_email_as_spam".into(), complained.into());
    }
    if let Some(owner) = details.owner.filter(|o| *o != now.owner_id) {
        changes.set.insert("owner".into(), owner.0.into());
        changes.from.insert("owner".into(), now.owner_id.0.into());
    }
    Ok(changes)
}

async fn write(w: &mut Write<'_>, contact: ContactId, details: &Details) -> Result<(), Error> {
    let sql = "update contacts set \
               name = nullif(coalesce($3, name), ''), name_key = coalesce($4, name_key), \
               email = nullif(coalesce($5, email), ''), email_key = coalesce($6, email_key), \
               bounced_at = case when $6 is null or $6 = email_key then bounced_at else 0 end, \
               phone = nullif(coalesce($7, phone), ''), avatar = nullif(coalesce($8, avatar), ''), \
               signed_up_at = coalesce($9, signed_up_at), unsubscribed = coalesce($10, unsubscribed), \
               language_override = nullif(coalesce($11, language_override), ''), \
               owner_id = coalesce($12, owner_id), updated_at = $13, \
               complained_at = case when $14 is null or ($14 = 1 and complained_at > 0) then complained_at else $13 * $14 end where workspace_id = $1 and id = $2";
    let key = |text: &Option<String>| text.as_ref().map(|t| t.to_lowercase());
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(contact)
            .bind(&details.name)
            .bind(key(&details.name))
            .bind(&details.email)
            .bind(key(&details.email))
            .bind(&details.phone)
            .bind(&details.avatar)
            .bind(details.signed_up_at)
            .bind(details.unsubscribed.map(i64::from))
            .bind(&details.language_override)
            .bind(details.owner)
            .bind(w.now)
            .bind(details.complained.map(i64::from))
            .execute(c)
    })?;
    Ok(())
}
