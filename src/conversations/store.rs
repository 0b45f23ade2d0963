//! Saying things: a message to someone, a note for the team, and what a person writes.

use serde_json::json;

use super::adding::{contacted, insert, known, make, same, touch};
use super::{PartKind, clean, clean_with_files, drafts, mentions, reading};
use crate::attachments::{self, Uploader};
use crate::error::Error;
use crate::id::{AttachmentId, ContactId, ConversationId, NoteId, TeammateId};
use crate::run;
use crate::server::db::{Changed, Entry, Write};
use crate::stream::Kind;
use crate::{contacts, notes, outbound};

/// What is said: the text, the id that the sender's page gave it, and files that wait to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// The text, in Markdown; it may be empty where there are files.
    pub body: &'a str,
    /// 1 to 100 characters; the same id again is the same part.
    pub client_id: &'a str,
    /// At most ten.
    pub files: &'a [AttachmentId],
}

impl<'a> Words<'a> {
    /// Words without files.
    pub const fn new(body: &'a str, client_id: &'a str) -> Self {
        Self { body, client_id, files: &[] }
    }

    fn clean(&self) -> Result<String, Error> {
        if self.files.is_empty() { clean(self.body) } else { clean_with_files(self.body) }
    }
}

/// Begins a conversation with a person. It waits: nothing carries it yet. The same `client_id` again answers the same
/// conversation and changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for the person; [`Error::Conflict`] for one who is blocked; [`Error::Invalid`] for the text and for
/// a file that is not there.
pub async fn start(
    w: &mut Write<'_>,
    contact: ContactId,
    words: Words<'_>,
) -> Result<ConversationId, Error> {
    let body = words.clean()?;
    let author = Uploader::Teammate(w.actor);
    let client_id = words.client_id;
    if let Some(known) = known(w, author, client_id).await? {
        return Ok(known);
    }
    let person = contacts::find(&mut w.conn, w.workspace, contact).await?.ok_or(Error::NotFound)?;
    if person.blocked_at.0 > 0 {
        return Err(blocked());
    }
    let id = make(w, person.id, w.actor, 1).await?;
    let Some(part) = insert(w, id, PartKind::Message, author, &body, client_id).await? else {
        return same(w, Some(id), author, client_id).await;
    };
    attachments::attach(w, author, id, part, words.files).await?;
    contacted(w, person.id).await?;
    log(w, Kind::MessageSent, person.id, id, json!({ "part": part }));
    Ok(id)
}

fn blocked() -> Error {
    Error::Conflict("This person is blocked. Unblock them to write to them".into())
}

/// Says something without files, as [`say_words`] does.
///
/// # Errors
/// As [`say_words`].
pub async fn say(
    w: &mut Write<'_>,
    id: ConversationId,
    kind: PartKind,
    body: &str,
    client_id: &str,
) -> Result<(), Error> {
    say_words(w, id, kind, Words::new(body, client_id)).await
}

/// Says something to the person of a conversation, which opens it again, or to the team alone, as a teammate, whose
/// draft of it is emptied. The same `client_id` again changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for the conversation; [`Error::Conflict`] for a message to someone who is blocked;
/// [`Error::Invalid`] for the text and for a file that is not there.
pub async fn say_words(
    w: &mut Write<'_>,
    id: ConversationId,
    kind: PartKind,
    words: Words<'_>,
) -> Result<(), Error> {
    let body = words.clean()?;
    let found = reading::find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let author = Uploader::Teammate(w.actor);
    if known(w, author, words.client_id).await?.is_some() {
        return Ok(());
    }
    if kind == PartKind::Message {
        let person = contacts::find(&mut w.conn, w.workspace, found.contact).await?;
        if person.ok_or(Error::NotFound)?.blocked_at.0 > 0 {
            return Err(blocked());
        }
    }
    touch(w, id, i64::from(kind == PartKind::Message)).await?;
    let Some(part) = insert(w, id, kind, author, &body, words.client_id).await? else {
        return same(w, None, author, words.client_id).await.map(|_| ());
    };
    attachments::attach(w, author, id, part, words.files).await?;
    drafts::said(w, id, kind, &body).await?;
    let data = json!({ "part": part });
    match kind {
        PartKind::Message => {
            contacted(w, found.contact).await?;
            log(w, Kind::MessageSent, found.contact, id, data);
        }
        PartKind::Note => {
            mentions::remember(w, id, part, &body, &[w.actor]).await?;
            notes::keep_words(w, NoteId(part.0), &body).await?;
            log(w, Kind::ConversationNoted, found.contact, id, data);
        }
    }
    Ok(())
}

/// Takes in what a person wrote without files, as [`receive_words`] does.
///
/// # Errors
/// As [`receive_words`].
pub async fn receive(
    w: &mut Write<'_>,
    contact: ContactId,
    conversation: Option<ConversationId>,
    body: &str,
    client_id: &str,
) -> Result<ConversationId, Error> {
    receive_words(w, contact, conversation, Words::new(body, client_id)).await
}

/// Takes in what a person wrote: into a conversation of theirs, which opens it again, or a new one.
/// The same `client_id` again answers the same conversation and changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for the person, and for a conversation that is not theirs; [`Error::Conflict`] for one who is
/// blocked; [`Error::Invalid`] for the text and for a file that is not there.
pub async fn receive_words(
    w: &mut Write<'_>,
    contact: ContactId,
    conversation: Option<ConversationId>,
    words: Words<'_>,
) -> Result<ConversationId, Error> {
    let body = words.clean()?;
    let person = contacts::find(&mut w.conn, w.workspace, contact).await?.ok_or(Error::NotFound)?;
    if person.blocked_at.0 > 0 {
        return Err(Error::Conflict("Messages from this person are not let in".into()));
    }
    let author = Uploader::Contact(person.id);
    if let Some(known) = known(w, author, words.client_id).await? {
        return Ok(known);
    }
    let id = match conversation {
        Some(id) => {
            let found = reading::find(&mut w.conn, w.workspace, id).await?;
            found.filter(|f| f.contact == person.id).ok_or(Error::NotFound)?;
            id
        }
        None => make(w, person.id, TeammateId(0), 0).await?,
    };
    let open = "update conversations set state = 'open', updated_at = $3, waiting = 0, snoozed_until = 0, \
                waiting_since = case when waiting_since = 0 then $3 else waiting_since end where workspace_id = $1 and id = $2";
    let _: Changed =
        run!(w.conn, |c| { sqlx::query(open).bind(w.workspace).bind(id).bind(w.now).execute(c) })?;
    let part = insert(w, id, PartKind::Message, author, &body, words.client_id).await?;
    let Some(part) = part else {
        let made = conversation.is_none().then_some(id);
        return same(w, made, author, words.client_id).await;
    };
    attachments::attach(w, author, id, part, words.files).await?;
    let heard = "update contacts set last_heard_from_at = $3 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(heard).bind(w.workspace).bind(person.id).bind(w.now).execute(c)
    })?;
    outbound::replied(w, id).await?;
    log(w, Kind::MessageReceived, person.id, id, json!({ "part": part }));
    Ok(id)
}

pub(super) fn log(
    w: &mut Write<'_>,
    kind: Kind,
    contact: ContactId,
    id: ConversationId,
    data: serde_json::Value,
) {
    let at = w.now;
    w.log(Entry::of_contact(kind, at, contact, id.0, data));
}
