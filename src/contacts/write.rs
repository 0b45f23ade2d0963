//! What only the API does to people: making them by what is known of them, and naming them anew.

use serde_json::{Value, json};

use super::record::public_id;
use super::store::insert;
use super::{Details, IdentityKind, find, update, words};
use crate::attributes::Writer;
use crate::error::Error;
use crate::id::{ContactId, TeammateId};
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// How far ahead of our clock a sender's time may be; later ones become now plus this.
const AHEAD: i64 = 5 * 60 * 1000;

/// What the API says of a person. `None` leaves what is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Person {
    /// `user` or `lead`.
    pub role: Option<String>,
    /// The customer's own id; empty takes it away.
    pub external_id: Option<String>,
    /// When they were last seen.
    pub last_seen_at: Option<Time>,
    /// The rest.
    pub details: Details,
}

/// Makes a person. Without a role they are a user, as Intercom has it.
///
/// # Errors
/// [`Error::Taken`] where the external id is somebody's; and, for a user without one, where the e-mail address is
/// another user's. [`Error::Invalid`] names what is refused; nothing is written then.
pub async fn create(w: &mut Write<'_>, person: &Person) -> Result<ContactId, Error> {
    let role = person.role.as_deref().unwrap_or("user");
    let external_id = person.external_id.as_deref().filter(|id| !id.is_empty());
    let email = person.details.email.as_deref().filter(|e| !e.is_empty());
    if external_id.is_none() && email.is_none() && person.role.is_none() {
        return Err(Error::invalid("email", "send an email, an external_id or a role"));
    }
    if role == "lead" && external_id.is_some() {
        return Err(Error::invalid("external_id", "a lead has none: leave it out, or make a user"));
    }
    if let (None, "user", Some(email)) = (external_id, role, email) {
        free_email(w, email).await?;
    }
    if person.last_seen_at.is_some() {
        w.alone().await?;
    }
    let id = ContactId(w.app.db.next_id()?);
    if let Some(value) = external_id {
        take(w, value, id).await?;
    }
    insert(w, id, role, external_id).await?;
    finish(w, id, person).await?;
    Ok(id)
}

/// The person whom a file means by an e-mail address alone, made when there is none: a user, as in [`create`], unless
/// they are to be a lead. Where the role is said, only who has it is meant; else a user comes before a lead.
///
/// # Errors
/// [`Error::Conflict`] where several have the address: it alone never says which of them is meant.
pub async fn of_address(
    w: &mut Write<'_>,
    email: &str,
    role: Option<&str>,
) -> Result<ContactId, Error> {
    let sql = "select id, role from contacts where workspace_id = $1 and email_key = $2 and merged_into = 0 \
               order by case when role = 'user' then 0 else 1 end, id";
    let all: Vec<(ContactId, String)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (ContactId, String)>(sql)
            .bind(w.workspace)
            .bind(email.to_lowercase())
            .fetch_all(c)
    })?;
    let role = role.or_else(|| all.first().map(|(_, role)| role.as_str()));
    let mut meant = all.iter().filter(|(_, is)| Some(is.as_str()) == role).map(|(id, _)| *id);
    match (meant.next(), meant.next()) {
        (Some(_), Some(_)) => Err(Error::Conflict(format!(
            "email: several people have the address {email}; give a user_id"
        ))),
        (Some(id), None) => Ok(id),
        (None, _) => {
            let details = Details { email: Some(email.into()), ..Details::default() };
            let role = role.map(str::to_owned);
            create(w, &Person { role, details, ..Person::default() }).await
        }
    }
}

/// Changes a person and logs what changed. A number that was merged changes the survivor, whose number is answered.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Taken`] where the external id is somebody else's; [`Error::Invalid`] names what
/// is refused: a user does not become a lead again.
pub async fn change(
    w: &mut Write<'_>,
    contact: ContactId,
    person: &Person,
) -> Result<ContactId, Error> {
    if person.last_seen_at.is_some() {
        w.alone().await?;
    }
    let now = find(&mut w.conn, w.workspace, contact).await?.ok_or(Error::NotFound)?;
    let id = now.id;
    let was = now.external_id.as_deref().unwrap_or_default();
    let external_id = person.external_id.as_deref().filter(|new| *new != was);
    let named = external_id.unwrap_or(was);
    let role = person.role.as_deref().unwrap_or(if named.is_empty() { &now.role } else { "user" });
    if role == "lead" && now.role == "user" {
        return Err(Error::invalid("role", "a user does not become a lead again"));
    }
    if role == "lead" && !named.is_empty() {
        return Err(Error::invalid("external_id", "a lead has none: make them a user with it"));
    }
    if external_id.is_some() || role != now.role {
        rename(w, id, role, external_id).await?;
        let (mut set, mut from) = (json!({}), json!({}));
        if let Some(new) = external_id {
            set["external_id"] = if new.is_empty() { Value::Null } else { new.into() };
            if !was.is_empty() {
                from["external_id"] = was.into();
            }
        }
        if role != now.role {
            (set["role"], from["role"]) = (role.into(), now.role.clone().into());
        }
        let data = json!({ "set": set, "from": from });
        w.log(Entry::of_contact(Kind::AttributesChanged, w.now, id, 0, data));
    }
    finish(w, id, person).await?;
    Ok(id)
}

async fn rename(
    w: &mut Write<'_>,
    id: ContactId,
    role: &str,
    external_id: Option<&str>,
) -> Result<(), Error> {
    if let Some(new) = external_id {
        let free = "delete from contact_identities where workspace_id = $1 and kind = 'external_id' and contact_id = $2";
        let _: Changed = run!(w.conn, |c| sqlx::query(free).bind(w.workspace).bind(id).execute(c))?;
        if !new.is_empty() {
            take(w, new, id).await?;
        }
    }
    let sql = "update contacts set role = $3, external_id = nullif(coalesce($4, external_id), ''), \
               external_key = coalesce($5, external_key), updated_at = $6 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(role)
            .bind(external_id)
            .bind(external_id.map(str::to_lowercase))
            .bind(w.now)
            .execute(c)
    })?;
    words::rewrite(w, id).await
}

/// What making and changing have in common.
async fn finish(w: &mut Write<'_>, id: ContactId, person: &Person) -> Result<(), Error> {
    if let Some(owner) = person.details.owner.filter(|o| o.0 != 0) {
        works_here(w, owner).await?;
    }
    let now = w.now;
    update(w, Writer::Product, id, &person.details, "custom_attributes", now).await?;
    let Some(at) = person.last_seen_at else { return Ok(()) };
    let at = at.min(w.now.plus(AHEAD));
    let sql = "update contacts set last_seen_at = $3, first_seen_at = coalesce(first_seen_at, $3), updated_at = $4 \
               where workspace_id = $1 and id = $2 and last_seen_at <> $3";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(at).bind(w.now).execute(c)
    })?;
    crate::companies::seen(w, id, at).await?;
    w.changed(crate::attributes::Subject::Contact, id.0, "p.*");
    w.touch(crate::live::Topic::Contact(id));
    w.touch(crate::live::Topic::People);
    Ok(())
}

async fn works_here(w: &mut Write<'_>, owner: TeammateId) -> Result<(), Error> {
    let sql = "select id from teammates where workspace_id = $1 and id = $2 and removed_at = 0";
    let found: Option<(TeammateId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (TeammateId,)>(sql).bind(w.workspace).bind(owner).fetch_optional(c)
    })?;
    found.map(|_| ()).ok_or_else(|| Error::invalid("owner_id", "no teammate has this id"))
}

/// Gives an external id to a person, unless it is somebody else's.
async fn take(w: &mut Write<'_>, value: &str, id: ContactId) -> Result<(), Error> {
    let holder = super::claim(w, IdentityKind::ExternalId, value, id).await?;
    if holder == id { Ok(()) } else { Err(taken(w, "external_id", holder).await) }
}

async fn free_email(w: &mut Write<'_>, email: &str) -> Result<(), Error> {
    let sql = "select id from contacts where workspace_id = $1 and email_key = $2 and role = 'user' and merged_into = 0 \
               order by id limit 1";
    let found: Option<(ContactId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (ContactId,)>(sql)
            .bind(w.workspace)
            .bind(email.to_lowercase())
            .fetch_optional(c)
    })?;
    match found {
        Some((id,)) => Err(taken(w, "email", id).await),
        None => Ok(()),
    }
}

/// Says who has it, in Intercom's words, which programs read the id from.
async fn taken(w: &mut Write<'_>, field: &str, holder: ContactId) -> Error {
    let sql = "select archived_at from contacts where workspace_id = $1 and id = $2";
    let archived: Result<Option<(Time,)>, Error> = run!(w.conn, |c| {
        sqlx::query_as::<_, (Time,)>(sql).bind(w.workspace).bind(holder).fetch_optional(c)
    });
    let a = match archived {
        Ok(Some((at,))) if at.0 > 0 => "An archived contact",
        _ => "A contact",
    };
    let id = public_id(holder);
    Error::taken(field, format!("{a} matching those details already exists with id={id}"))
}
