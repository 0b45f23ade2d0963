//! Attributes themselves: what there is, what type it has, and who may change it.

use serde_json::json;

use super::{DataType, Subject};
use crate::error::Error;
use crate::id::{AttributeId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::time::Time;

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Definition {
    /// Its number.
    pub id: AttributeId,
    /// `contact` or `company`.
    pub subject: String,
    /// Its name, as it is sent.
    pub name: String,
    /// What people read instead, or empty.
    pub label: String,
    /// What it means, or empty.
    pub description: String,
    /// The type's word.
    pub data_type: String,
    /// Whether the customer's product may write it, 0 or 1.
    pub api_writable: i64,
    /// Whether the Messenger may, 0 or 1.
    pub messenger_writable: i64,
    /// Whether teammates may, 0 or 1.
    pub ui_writable: i64,
    /// When it was put away; the epoch for not.
    pub archived_at: Time,
    /// When it was first heard of.
    pub created_at: Time,
}

/// What to say of an attribute. `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// What people read instead of the name.
    pub label: Option<String>,
    /// What it means.
    pub description: Option<String>,
    /// Whether the Messenger may write it.
    pub messenger_writable: Option<bool>,
    /// Whether it is put away.
    pub archived: Option<bool>,
}

const COLUMNS: &str = "id, subject, name, label, description, data_type, api_writable, messenger_writable, \
                       ui_writable, archived_at, created_at";

/// All of a workspace's own attributes, by subject and name.
pub async fn definitions(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Definition>, Error> {
    let sql = const_format::formatcp!(
        "select {COLUMNS} from attributes where workspace_id = $1 order by subject desc, name"
    );
    run!(c, |x| sqlx::query_as::<_, Definition>(sql).bind(workspace).fetch_all(x))
}

/// An attribute by number.
pub async fn definition(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: AttributeId,
) -> Result<Option<Definition>, Error> {
    let sql = const_format::formatcp!(
        "select {COLUMNS} from attributes where workspace_id = $1 and id = $2"
    );
    run!(c, |x| sqlx::query_as::<_, Definition>(sql).bind(workspace).bind(id).fetch_optional(x))
}

/// Makes an attribute of a fixed type: a value that does not fit is refused from then on.
///
/// # Errors
/// [`Error::Invalid`] where the subject has one of this name.
pub async fn declare(
    w: &mut Write<'_>,
    subject: Subject,
    name: &str,
    data_type: DataType,
) -> Result<AttributeId, Error> {
    let sql = "insert into attributes (workspace_id, id, subject, name, data_type, created_at, declared) \
               values ($1, $2, $3, $4, $5, $6, 1) on conflict (workspace_id, subject, name) do nothing";
    let id = AttributeId(w.app.db.next_id()?);
    let made: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(subject.word())
            .bind(name)
            .bind(data_type.word())
            .bind(w.now)
            .execute(c)
    })?;
    if made.0 == 0 {
        let data = subject.word();
        let message = format!("You already have '{name}' in your {data} data: use another name");
        return Err(Error::invalid("name", message));
    }
    let data = json!({ "attribute": name, "subject": subject.word(), "type": data_type.word() });
    w.log(Entry::of_workspace("attribute_made", w.now, data));
    Ok(id)
}

/// Describes an attribute, puts it away or brings it back.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn describe(w: &mut Write<'_>, id: AttributeId, says: &Description) -> Result<(), Error> {
    let was = definition(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let archived_at = match says.archived {
        Some(true) if was.archived_at.0 == 0 => Some(w.now),
        Some(false) => Some(Time(0)),
        _ => None,
    };
    let sql = "update attributes set label = coalesce($3, label), description = coalesce($4, description), \
               messenger_writable = coalesce($5, messenger_writable), archived_at = coalesce($6, archived_at) \
               where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(&says.label)
            .bind(&says.description)
            .bind(says.messenger_writable.map(i64::from))
            .bind(archived_at)
            .execute(c)
    })?;
    let now = definition(&mut w.conn, w.workspace, id).await?.ok_or(Error::Internal)?;
    if now != was {
        let data = json!({ "attribute": was.name, "subject": was.subject });
        w.log(Entry::of_workspace("attribute_described", w.now, data));
    }
    Ok(())
}
