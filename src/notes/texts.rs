//! Texts that several write in at once, wherever they stand: notes about people and companies, and notes of conversations.

use const_format::formatcp;
use serde_json::json;

use super::writers::Writers;
use super::{Owner, Record, address, reading, words};
use crate::conversations;
use crate::error::Error;
use crate::id::{ConversationId, NoteId, PartId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// Where such a text stands. Both have numbers of one row of numbers, so that no number is one of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// A note about someone.
    Owner(Owner),
    /// A note of a conversation, which is one of its parts.
    Conversation(ConversationId),
}

/// The word of a conversation in [`Record::owner_kind`].
const CONVERSATION: &str = "conversation";

impl Home {
    /// The place of this word and number.
    ///
    /// # Errors
    /// [`Error::Internal`] for a word that the database should not have.
    pub(super) fn new(kind: &str, number: i64) -> Result<Self, Error> {
        if kind == CONVERSATION {
            return Ok(Self::Conversation(ConversationId(number)));
        }
        Owner::new(kind, number).map(Self::Owner).ok_or(Error::Internal)
    }

    /// Where a text of this place is read.
    pub(super) fn address(self, text: NoteId) -> String {
        match self {
            Self::Owner(owner) => address(owner, text),
            Self::Conversation(id) => format!("/inbox/{id}?part={text}#part-{text}"),
        }
    }

    /// What a page follows that says who has seen the texts of this place.
    pub(super) const fn looks(self) -> Topic {
        match self {
            Self::Owner(owner) => Topic::Looks(owner),
            Self::Conversation(id) => Topic::LooksIn(id),
        }
    }
}

const PART: &str = formatcp!(
    "select p.id, '{CONVERSATION}' as owner_kind, p.conversation_id as owner_id, p.body, p.version, p.author_id, a.name as author, \
     a.email as author_email, p.created_at, p.edited_by, e.name as editor, p.together, case when p.edited_at > 0 then p.edited_at else p.created_at end as updated_at, \
     cast(0 as bigint) as pinned_at, p.deleted_at from parts p \
     left join teammates a on a.workspace_id = p.workspace_id and a.id = p.author_id \
     left join teammates e on e.workspace_id = p.workspace_id and e.id = p.edited_by \
     where p.workspace_id = $1 and p.id = $2 and p.kind = 'note'"
);

/// A text of this workspace that is not deleted.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn find(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: NoteId,
) -> Result<Option<Record>, Error> {
    Ok(with_deleted(c, workspace, id).await?.filter(|text| text.deleted_at.0 == 0))
}

async fn with_deleted(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: NoteId,
) -> Result<Option<Record>, Error> {
    if let Some(note) = reading::with_deleted(c, workspace, id).await? {
        return Ok(Some(note));
    }
    run!(c, |x| sqlx::query_as::<_, Record>(PART).bind(workspace).bind(id).fetch_optional(x))
}

/// A text that is there, deleted or not, held to the end of the transaction.
///
/// # Errors
/// [`Error::NotFound`] where the workspace has none of this number.
pub(crate) async fn held(w: &mut Write<'_>, id: NoteId) -> Result<Record, Error> {
    for sql in [
        "update notes set version = version where workspace_id = $1 and id = $2",
        "update parts set version = version where workspace_id = $1 and id = $2 and kind = 'note'",
    ] {
        let found: Changed =
            run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).execute(c))?;
        if found.0 > 0 {
            break;
        }
    }
    with_deleted(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)
}

/// Puts a text in the place of another, as a new version that these wrote. The caller holds it.
pub(super) async fn put(
    w: &mut Write<'_>,
    text: &Record,
    body: &str,
    by: &Writers,
    at: Time,
) -> Result<(), Error> {
    let sql = match text.home()? {
        Home::Owner(_) => {
            "update notes set body = $3, version = version + 1, updated_at = $4, edited_by = $5, together = $6 \
             where workspace_id = $1 and id = $2"
        }
        Home::Conversation(_) => {
            "update parts set body = $3, version = version + 1, edited_at = $4, edited_by = $5, together = $6 \
             where workspace_id = $1 and id = $2 and kind = 'note'"
        }
    };
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(text.id)
            .bind(body)
            .bind(at)
            .bind(by.last())
            .bind(by.together())
            .execute(c)
    })?;
    if text.deleted_at.0 > 0 {
        return Ok(());
    }
    words::keep(w, text.id, body).await
}

/// Remembers who is named in what a text has become.
pub(super) async fn remember(
    w: &mut Write<'_>,
    text: &Record,
    body: &str,
    writers: &[TeammateId],
) -> Result<(), Error> {
    match text.home()? {
        Home::Owner(_) => super::mentions::remember(w, text.id, body, writers).await,
        Home::Conversation(id) => {
            conversations::name(w, id, PartId(text.id.0), body, writers).await
        }
    }
}

/// Says that a text was changed: with a line in the log for each of these and, where lines of a short while ago stand for all
/// who wrote, to open pages alone.
pub(super) async fn announce(
    w: &mut Write<'_>,
    text: &Record,
    by: &[TeammateId],
) -> Result<(), Error> {
    let at = w.now;
    let entry = match text.home()? {
        Home::Owner(owner) if by.is_empty() => {
            w.touch(owner.topic());
            return Ok(());
        }
        Home::Conversation(id) if by.is_empty() => {
            w.touch(Topic::Conversation(id));
            w.touch(Topic::Inbox);
            return Ok(());
        }
        Home::Owner(owner) => line(Kind::NoteEdited, at, owner, text.id),
        Home::Conversation(id) => {
            let found = conversations::find(&mut w.conn, w.workspace, id).await?;
            let contact = found.ok_or(Error::NotFound)?.contact;
            let data = json!({ "part": text.id });
            Entry::of_contact(Kind::ConversationNoteEdited, at, contact, id.0, data)
        }
    };
    for by in by {
        w.log_by(*by, entry.clone());
    }
    Ok(())
}

/// A line of the log about a note about someone.
pub(super) fn line(kind: Kind, at: Time, owner: Owner, id: NoteId) -> Entry {
    match owner {
        Owner::Contact(contact) => Entry::of_contact(kind, at, contact, id.0, json!({})),
        Owner::Company(company) => Entry::of_company(kind, at, company, id.0, json!({})),
    }
}

impl Record {
    /// Where it stands.
    ///
    /// # Errors
    /// [`Error::Internal`] for a word that the database should not have.
    pub(crate) fn home(&self) -> Result<Home, Error> {
        Home::new(&self.owner_kind, self.owner_id)
    }
}
