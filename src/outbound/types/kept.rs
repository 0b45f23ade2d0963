//! The types of a workspace, as they are kept.

use serde_json::json;

use super::{Consent, DESCRIPTION, NAME, Type};
use crate::audit::Action;
use crate::error::Error;
use crate::id::{SubscriptionTypeId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::time::Time;

/// The most types of a workspace that are in use.
const MOST: i64 = 50;

#[derive(sqlx::FromRow)]
struct Row {
    id: SubscriptionTypeId,
    name: String,
    description: String,
    consent: String,
    archived_at: Time,
}

/// All types of a workspace, those in use first, by name.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn all(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Type>, Error> {
    let sql = "select t.id, t.name, t.description, t.consent, t.archived_at from subscription_types t where t.workspace_id = $1 \
               order by case when t.archived_at = 0 then 0 else 1 end, t.name_key, t.id";
    let rows: Vec<Row> = run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).fetch_all(x))?;
    let one = |r: Row| Type {
        id: r.id,
        name: r.name,
        description: r.description,
        consent: Consent::from_word(&r.consent).unwrap_or_default(),
        archived: r.archived_at.0 > 0,
    };
    Ok(rows.into_iter().map(one).collect())
}

/// As [`all`], each with how many said that they want it and how many that they do not: for who looks after the types, as it
/// counts whatever anybody said.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn counted(
    c: &mut Conn,
    workspace: WorkspaceId,
) -> Result<Vec<(Type, (i64, i64))>, Error> {
    let sql = "select type_id, cast(sum(wanted) as bigint), cast(sum(1 - wanted) as bigint) from subscriptions \
               where workspace_id = $1 group by type_id";
    let said: Vec<(SubscriptionTypeId, i64, i64)> = run!(c, |x| {
        sqlx::query_as::<_, (SubscriptionTypeId, i64, i64)>(sql).bind(workspace).fetch_all(x)
    })?;
    let count = |t: Type| {
        let found = said.iter().find(|(id, ..)| *id == t.id);
        let count = found.map_or((0, 0), |(_, yes, no)| (*yes, *no));
        (t, count)
    };
    Ok(all(c, workspace).await?.into_iter().map(count).collect())
}

/// The type that a message is to belong to, which must be in use; 0 is none in particular.
///
/// # Errors
/// [`Error::Invalid`] of `about` where there is none.
pub async fn used(w: &mut Write<'_>, id: SubscriptionTypeId) -> Result<SubscriptionTypeId, Error> {
    if id.0 == 0 {
        return Ok(id);
    }
    let all = all(&mut w.conn, w.workspace).await?;
    let found = all.iter().any(|t| t.id == id && !t.archived);
    found.then_some(id).ok_or_else(|| Error::invalid("about", "choose a type that is in use"))
}

/// Makes a type, or changes one.
///
/// # Errors
/// [`Error::NotFound`] for the type; [`Error::Invalid`] for its name and description.
pub async fn save(
    w: &mut Write<'_>,
    id: Option<SubscriptionTypeId>,
    name: &str,
    description: &str,
    consent: Consent,
) -> Result<SubscriptionTypeId, Error> {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (name, description) = (line(name), line(description));
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "write a name of at most 60 characters"));
    }
    let wrong = |text: &str| text.chars().any(char::is_control);
    if description.chars().count() > DESCRIPTION || wrong(&description) {
        return Err(Error::invalid("description", "write at most 200 characters"));
    }
    let key = name.to_lowercase();
    let types = all(&mut w.conn, w.workspace).await?;
    let taken =
        types.iter().any(|t| !t.archived && Some(t.id) != id && t.name.to_lowercase() == key);
    if taken {
        return Err(Error::invalid("name", "there is a type of this name already"));
    }
    let id = match id {
        Some(id) => types.iter().find(|t| t.id == id).ok_or(Error::NotFound)?.id,
        None if types.iter().filter(|t| !t.archived).count() as i64 >= MOST => {
            return Err(Error::Conflict("There are 50 types. Put some away first".into()));
        }
        None => SubscriptionTypeId(w.app.db.next_id()?),
    };
    let sql = "insert into subscription_types (workspace_id, id, name, name_key, description, consent, created_by, created_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (workspace_id, id) do update set name = excluded.name, \
               name_key = excluded.name_key, description = excluded.description, consent = excluded.consent";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(&name)
            .bind(&key)
            .bind(&description)
            .bind(consent.word())
            .bind(w.actor)
            .bind(w.now)
            .execute(c)
    })?;
    changed(w, Action::SubscriptionTypeChanged, id, &name);
    Ok(id)
}

/// Takes a type out of use, or back into it. What people said of it stays; messages of it go on, and customers do not find it
/// among what they can choose.
///
/// # Errors
/// [`Error::NotFound`] for the type; [`Error::Conflict`] where another has its name by now.
pub async fn archive(
    w: &mut Write<'_>,
    id: SubscriptionTypeId,
    archived: bool,
) -> Result<(), Error> {
    let types = all(&mut w.conn, w.workspace).await?;
    let found = types.iter().find(|t| t.id == id).ok_or(Error::NotFound)?;
    let key = found.name.to_lowercase();
    if !archived && types.iter().any(|t| t.id != id && !t.archived && t.name.to_lowercase() == key)
    {
        return Err(Error::Conflict(
            "Another type has this name by now. Rename that one first".into(),
        ));
    }
    let sql = "update subscription_types set archived_at = $3 where workspace_id = $1 and id = $2";
    let at = if archived { w.now } else { Time(0) };
    let _: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).bind(at).execute(c))?;
    let action =
        if archived { Action::SubscriptionTypeArchived } else { Action::SubscriptionTypeRestored };
    changed(w, action, id, &found.name);
    Ok(())
}

fn changed(w: &mut Write<'_>, action: Action, id: SubscriptionTypeId, name: &str) {
    w.touch(Topic::Workspace);
    w.touch(Topic::Messages);
    w.log(Entry::of_workspace(action, w.now, json!({ "type": id, "name": name })));
}
