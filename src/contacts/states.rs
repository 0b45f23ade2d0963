//! Putting people away, keeping them out, and back.

use serde_json::json;

use super::find;
use crate::error::Error;
use crate::id::ContactId;
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;

/// What a teammate may do with a person as a whole; each can be undone by its opposite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Out of the lists, kept with all history.
    Archived,
    /// In the lists again.
    Unarchived,
    /// Nothing they write is let in, and nobody writes to them.
    Blocked,
    /// As before.
    Unblocked,
}

/// Changes a person's standing; what is so already stays and is not logged.
///
/// # Errors
/// [`Error::NotFound`] for the person.
pub async fn stand(w: &mut Write<'_>, contact: ContactId, standing: Standing) -> Result<(), Error> {
    let contact = find(&mut w.conn, w.workspace, contact).await?.ok_or(Error::NotFound)?.id;
    let (sql, kind) = match standing {
        Standing::Archived => (
            "update contacts set archived_at = $3, updated_at = $3 where workspace_id = $1 and id = $2 and archived_at = 0",
            Kind::ContactArchived,
        ),
        Standing::Unarchived => (
            "update contacts set archived_at = 0, updated_at = $3 where workspace_id = $1 and id = $2 and archived_at > 0",
            Kind::ContactUnarchived,
        ),
        Standing::Blocked => (
            "update contacts set blocked_at = $3, updated_at = $3 where workspace_id = $1 and id = $2 and blocked_at = 0",
            Kind::ContactBlocked,
        ),
        Standing::Unblocked => (
            "update contacts set blocked_at = 0, updated_at = $3 where workspace_id = $1 and id = $2 and blocked_at > 0",
            Kind::ContactUnblocked,
        ),
    };
    let changed: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(contact).bind(w.now).execute(c)
    })?;
    if changed.0 > 0 {
        w.count_people(match standing {
            Standing::Archived => -1,
            Standing::Unarchived => 1,
            Standing::Blocked | Standing::Unblocked => 0,
        });
        w.log(Entry::of_contact(kind, w.now, contact, 0, json!({})));
    }
    Ok(())
}
