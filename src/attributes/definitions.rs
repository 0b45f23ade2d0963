//! Attributes themselves: what there is, what type it has, and who may change it.

use serde_json::json;

use super::standard::{OF_COMPANY, OF_CONTACT};
use super::{DataType, Subject, choices};
use crate::audit::Action;
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
    /// What teammates choose from, as a JSON list of texts; `[]` where they write what they like.
    pub options: String,
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
    /// What teammates choose from; none takes the choice away.
    pub options: Option<Vec<String>>,
    /// Whether the customer's product may write it.
    pub api_writable: Option<bool>,
    /// Whether the Messenger may write it.
    pub messenger_writable: Option<bool>,
    /// Whether teammates may.
    pub ui_writable: Option<bool>,
    /// Whether it is put away.
    pub archived: Option<bool>,
}

const COLUMNS: &str = "id, subject, name, label, description, data_type, options, api_writable, messenger_writable, \
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
/// [`Error::Invalid`] for a name that is none, that every subject has, or that the subject has an attribute of.
pub async fn declare(
    w: &mut Write<'_>,
    subject: Subject,
    name: &str,
    data_type: DataType,
) -> Result<AttributeId, Error> {
    check_name(subject, name)?;
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
    w.rules_changed();
    w.log(Entry::of_workspace(Action::AttributeMade, w.now, data));
    Ok(id)
}

fn check_name(subject: Subject, name: &str) -> Result<(), Error> {
    if name.is_empty() || name.chars().count() > 190 {
        return Err(Error::invalid("name", "write between 1 and 190 characters"));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "a name is plain text"));
    }
    let standard = match subject {
        Subject::Contact => OF_CONTACT.as_slice(),
        Subject::Company => OF_COMPANY.as_slice(),
    };
    if standard.iter().any(|s| s.name == name) {
        let message = format!("every {} has this already: use another name", subject.word());
        return Err(Error::invalid("name", message));
    }
    Ok(())
}

/// Describes an attribute, puts it away or brings it back. Values that are none of new choices stay.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for choices that are none, and for those of anything but text.
pub async fn describe(w: &mut Write<'_>, id: AttributeId, says: &Description) -> Result<(), Error> {
    let was = definition(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let archived_at = match says.archived {
        Some(true) if was.archived_at.0 == 0 => Some(w.now),
        Some(false) => Some(Time(0)),
        _ => None,
    };
    let options = says.options.clone().map(choices::clean).transpose()?;
    let text = was.data_type == DataType::String.word();
    if !text && options.as_ref().is_some_and(|options| !options.is_empty()) {
        return Err(Error::invalid("options", "only an attribute of text has choices"));
    }
    let options = options.map(|options| choices::text(&options)).transpose()?;
    let sql = "update attributes set label = coalesce($3, label), description = coalesce($4, description), \
               messenger_writable = coalesce($5, messenger_writable), archived_at = coalesce($6, archived_at), \
               api_writable = coalesce($7, api_writable), ui_writable = coalesce($8, ui_writable), \
               options = coalesce($9, options) \
               where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(&says.label)
            .bind(&says.description)
            .bind(says.messenger_writable.map(i64::from))
            .bind(archived_at)
            .bind(says.api_writable.map(i64::from))
            .bind(says.ui_writable.map(i64::from))
            .bind(&options)
            .execute(c)
    })?;
    let now = definition(&mut w.conn, w.workspace, id).await?.ok_or(Error::Internal)?;
    if now != was {
        w.rules_changed();
        let action = match (was.archived_at.0 > 0, now.archived_at.0 > 0) {
            (false, true) => Action::AttributeArchived,
            (true, false) => Action::AttributeBroughtBack,
            _ => Action::AttributeDescribed,
        };
        let data = json!({ "attribute": was.name, "subject": was.subject });
        w.log(Entry::of_workspace(action, w.now, data));
    }
    Ok(())
}
