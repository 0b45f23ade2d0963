//! What a person has said that they want, and what follows where they have not.

use std::collections::HashMap;

use serde_json::json;

use super::{Choice, Choices, Consent, Type, all};
use crate::contacts;
use crate::error::Error;
use crate::id::{ContactId, SubscriptionTypeId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// What somebody said of a type.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Said {
    /// Of which.
    pub type_id: SubscriptionTypeId,
    /// 1 for yes, 0 for no.
    pub wanted: i64,
    /// When.
    pub changed_at: Time,
    /// Which teammate said it for them; 0 for they themselves.
    pub changed_by: TeammateId,
    /// That teammate's name.
    pub by: Option<String>,
}

/// What a person has said of each type, in no order.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(super) async fn said(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Vec<Said>, Error> {
    let sql = "select s.type_id, s.wanted, s.changed_at, s.changed_by, t.name as by from subscriptions s \
               left join teammates t on t.workspace_id = s.workspace_id and t.id = s.changed_by \
               where s.workspace_id = $1 and s.contact_id = $2";
    run!(c, |x| sqlx::query_as::<_, Said>(sql).bind(workspace).bind(contact).fetch_all(x))
}

/// What a person wants to hear of.
///
/// # Errors
/// [`Error::NotFound`] for the person.
pub async fn of_person(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Choices, Error> {
    let person = contacts::find(c, workspace, contact).await?.ok_or(Error::NotFound)?;
    let said = said(c, workspace, person.id).await?;
    let types = all(c, workspace).await?;
    let one = |t: Type| {
        let chosen = said.iter().find(|s| s.type_id == t.id);
        Choice {
            id: t.id,
            name: t.name,
            description: t.description,
            wanted: chosen.map_or(t.consent == Consent::OptOut, |s| s.wanted == 1),
            said: chosen.map(|s| (s.by.clone(), dates.stamp(s.changed_at))),
        }
    };
    Ok(Choices {
        unsubscribed: person.unsubscribed == 1,
        complained: person.complained_at.0 > 0,
        has_email: person.email.as_deref().is_some_and(|email| !email.trim().is_empty()),
        types: types.into_iter().filter(|t| !t.archived).map(one).collect(),
    })
}

/// Which types a person wants e-mail of, those out of use too.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn wanted(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<HashMap<SubscriptionTypeId, bool>, Error> {
    let said: HashMap<_, _> = said(c, workspace, contact)
        .await?
        .into_iter()
        .map(|s| (s.type_id, s.wanted == 1))
        .collect();
    let types = all(c, workspace).await?;
    let one = |t: Type| (t.id, said.get(&t.id).copied().unwrap_or(t.consent == Consent::OptOut));
    Ok(types.into_iter().map(one).collect())
}

/// The person and the type that are meant, and what the one has said of the other.
async fn standing(
    w: &mut Write<'_>,
    contact: ContactId,
    id: SubscriptionTypeId,
) -> Result<(ContactId, Type, Option<Said>), Error> {
    let contact =
        contacts::found(&mut w.conn, w.workspace, contact).await?.ok_or(Error::NotFound)?;
    let types = all(&mut w.conn, w.workspace).await?;
    let about = types.into_iter().find(|t| t.id == id).ok_or(Error::NotFound)?;
    let said = said(&mut w.conn, w.workspace, contact).await?;
    Ok((contact, about, said.into_iter().find(|s| s.type_id == id)))
}

/// Notes that a person wants e-mail of a type, or does not; whoever acts said so, nobody is the person. It is in the stream.
/// Answers the type.
///
/// # Errors
/// [`Error::NotFound`] for the person and for the type.
pub async fn choose(
    w: &mut Write<'_>,
    contact: ContactId,
    id: SubscriptionTypeId,
    wanted: bool,
) -> Result<Type, Error> {
    let (contact, about, before) = standing(w, contact, id).await?;
    if before.is_some_and(|s| (s.wanted == 1) == wanted) {
        return Ok(about);
    }
    let sql = "insert into subscriptions (workspace_id, contact_id, type_id, wanted, changed_at, changed_by) values ($1, $2, $3, $4, $5, $6) \
               on conflict (workspace_id, contact_id, type_id) do update set wanted = excluded.wanted, changed_at = excluded.changed_at, \
               changed_by = excluded.changed_by";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(contact)
            .bind(id)
            .bind(i64::from(wanted))
            .bind(w.now)
            .bind(w.actor)
            .execute(c)
    })?;
    tell(w, contact, &about, wanted);
    Ok(about)
}

/// Takes back what was said of a type, as if it had never been: what follows without a word holds again. Where that is
/// otherwise, it is in the stream. Answers the type.
///
/// # Errors
/// [`Error::NotFound`] for the person and for the type.
pub async fn unsay(
    w: &mut Write<'_>,
    contact: ContactId,
    id: SubscriptionTypeId,
) -> Result<Type, Error> {
    let (contact, about, before) = standing(w, contact, id).await?;
    let Some(before) = before else { return Ok(about) };
    let sql =
        "delete from subscriptions where workspace_id = $1 and contact_id = $2 and type_id = $3";
    let _: Changed =
        run!(w.conn, |c| { sqlx::query(sql).bind(w.workspace).bind(contact).bind(id).execute(c) })?;
    let wanted = about.consent == Consent::OptOut;
    if (before.wanted == 1) != wanted {
        tell(w, contact, &about, wanted);
    }
    Ok(about)
}

fn tell(w: &mut Write<'_>, contact: ContactId, about: &Type, wanted: bool) {
    let kind = if wanted { Kind::Subscribed } else { Kind::Unsubscribed };
    let data = json!({ "name": about.name });
    w.log(Entry::of_contact(kind, w.now, contact, about.id.0, data));
    w.touch(Topic::Contact(contact));
}
