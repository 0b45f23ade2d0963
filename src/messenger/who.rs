//! Who is at the other end of a Messenger: decided once a page load, and never in favour of a mere claim.

use super::identity::{Claim, Proved};
use crate::contacts::{self, IdentityKind};
use crate::error::Error;
use crate::id::ContactId;
use crate::run;
use crate::server::db::{Changed, Write};
use crate::server::secret;
use crate::time::Time;

/// What the ids of visitors begin with. They are made here, at random, and nobody else's word for a browser is taken:
/// whoever has one reads what was said under it.
const VISITOR: &str = "rv_";

/// Someone at a Messenger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The person.
    pub contact: ContactId,
    /// Whether they proved it.
    pub verified: bool,
    /// The id of their browser, to be kept by the page.
    pub visitor: String,
}

/// Finds or makes the person.
///
/// - What was proved is believed: the user of the signed id, or of the signed address. What the browser said before as
///   a lead becomes theirs.
/// - An unproved user id is believed as long as nobody ever proved it (and the workspace lets it); the lead is kept apart.
/// - Everyone else is the lead of their browser. A browser's id opens a lead only, so one that was left signed in by a
///   verified person leads to a new lead.
///
/// # Errors
/// [`Error::Forbidden`] for a claim without proof where the workspace asks for one.
pub async fn decide(
    w: &mut Write<'_>,
    claim: &Claim,
    proved: Option<&Proved>,
    require_identity: bool,
    visitor: Option<&str>,
) -> Result<Who, Error> {
    let visitor = visitor.filter(|v| v.starts_with(VISITOR) && v.len() == 46);
    if let Some(proved) = proved {
        let contact = match (&proved.claim.user_id, &proved.claim.email) {
            (Some(id), _) => contacts::find_or_create(w, IdentityKind::ExternalId, id).await?,
            (None, Some(email)) => by_email(w, email).await?,
            (None, None) => return Err(Error::Internal),
        };
        verify(w, contact).await?;
        let visitor = take_along(w, visitor, contact).await?;
        return Ok(Who { contact, verified: true, visitor });
    }
    if require_identity && *claim != Claim::default() {
        let message =
            "This workspace asks for proof of who somebody is: send intercom_user_jwt or user_hash";
        return Err(Error::Forbidden(message.into()));
    }
    if let Some(id) = &claim.user_id {
        let known = contacts::owner_of(w, IdentityKind::ExternalId, id).await?;
        let taken = match known {
            Some(contact) => verified_at(w, contact).await?.0 > 0,
            None => false,
        };
        if !taken {
            let contact = contacts::find_or_create(w, IdentityKind::ExternalId, id).await?;
            let visitor = visitor.map_or_else(|| secret::random(VISITOR), str::to_owned);
            return Ok(Who { contact, verified: false, visitor });
        }
    }
    lead(w, visitor).await
}

async fn lead(w: &mut Write<'_>, visitor: Option<&str>) -> Result<Who, Error> {
    if let Some(visitor) = visitor
        && let Some(contact) = contacts::owner_of(w, IdentityKind::AnonymousId, visitor).await?
    {
        let is_lead = contacts::role_of(w, contact).await?.as_deref() == Some("lead");
        if is_lead && verified_at(w, contact).await?.0 == 0 {
            return Ok(Who { contact, verified: false, visitor: visitor.to_owned() });
        }
    }
    let visitor = match visitor {
        Some(known) if contacts::owner_of(w, IdentityKind::AnonymousId, known).await?.is_none() => {
            known.to_owned()
        }
        _ => secret::random(VISITOR),
    };
    let contact = contacts::find_or_create(w, IdentityKind::AnonymousId, &visitor).await?;
    Ok(Who { contact, verified: false, visitor })
}

/// The user of a proved address. One whom the REST API or a file made under this address alone is meant, if there is
/// just one and nobody else proved to be them; users with an id of their own are never found by an address, which
/// anyone could have given them.
async fn by_email(w: &mut Write<'_>, email: &str) -> Result<ContactId, Error> {
    let key = email.to_lowercase();
    if let Some(known) = contacts::owner_of(w, IdentityKind::VerifiedEmail, &key).await? {
        return Ok(known);
    }
    let sql = "select id, external_id, verified_at from contacts where workspace_id = $1 and email_key = $2 \
               and role = 'user' and merged_into = 0 order by id limit 2";
    type Row = (ContactId, Option<String>, Time);
    let rows: Vec<Row> = run!(w.conn, |c| {
        sqlx::query_as::<_, Row>(sql).bind(w.workspace).bind(&key).fetch_all(c)
    })?;
    match rows.as_slice() {
        [(id, None, Time(0))] => contacts::claim(w, IdentityKind::VerifiedEmail, &key, *id).await,
        _ => contacts::find_or_create(w, IdentityKind::VerifiedEmail, &key).await,
    }
}

/// When somebody first proved to be this person; the epoch for never.
pub async fn verified_at(w: &mut Write<'_>, contact: ContactId) -> Result<Time, Error> {
    let sql = "select verified_at from contacts where workspace_id = $1 and id = $2";
    let (at,): (Time,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (Time,)>(sql).bind(w.workspace).bind(contact).fetch_one(c)
    })?;
    Ok(at)
}

/// From now on only those who prove it are this person: sessions that did not are over.
async fn verify(w: &mut Write<'_>, contact: ContactId) -> Result<(), Error> {
    let sql = "update contacts set verified_at = $3 where workspace_id = $1 and id = $2 and verified_at = 0";
    let first: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(contact).bind(w.now).execute(c)
    })?;
    if first.0 > 0 {
        let end = "delete from messenger_sessions where workspace_id = $1 and contact_id = $2 and verified = 0";
        let _: Changed =
            run!(w.conn, |c| sqlx::query(end).bind(w.workspace).bind(contact).execute(c))?;
    }
    Ok(())
}

/// Lets a verified person have what their browser said as a lead. The browser of somebody else stays theirs.
async fn take_along(
    w: &mut Write<'_>,
    visitor: Option<&str>,
    contact: ContactId,
) -> Result<String, Error> {
    let Some(visitor) = visitor else {
        let visitor = secret::random(VISITOR);
        contacts::claim(w, IdentityKind::AnonymousId, &visitor, contact).await?;
        return Ok(visitor);
    };
    let owner = contacts::claim(w, IdentityKind::AnonymousId, visitor, contact).await?;
    if owner == contact {
        return Ok(visitor.to_owned());
    }
    let is_lead = contacts::role_of(w, owner).await?.as_deref() == Some("lead");
    if is_lead && verified_at(w, owner).await?.0 == 0 {
        contacts::merge(w, owner, contact).await?;
        return Ok(visitor.to_owned());
    }
    let fresh = secret::random(VISITOR);
    contacts::claim(w, IdentityKind::AnonymousId, &fresh, contact).await?;
    Ok(fresh)
}
