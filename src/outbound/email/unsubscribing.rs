//! Who no longer wants e-mail to many, by the link that each such e-mail has.

use crate::attributes::Writer;
use crate::contacts::{self, Details};
use crate::error::Error;
use crate::id::{ContactId, MessageId, SubscriptionTypeId, WorkspaceId};
use crate::live::Topic;
use crate::messenger::hash_of;
use crate::outbound::store::find;
use crate::outbound::types;
use crate::run;
use crate::server::db::{Changed, Conn, Write};
use crate::server::secret;

/// Under which name the key of a workspace's links is kept.
const KEY: &str = "unsubscribe_key";

/// The key that a workspace's links are signed with, made when it is first asked for.
pub async fn key(w: &mut Write<'_>) -> Result<String, Error> {
    let make = "insert into workspace_settings (workspace_id, name, value) values ($1, $2, $3) on conflict (workspace_id, name) do nothing";
    let new = secret::random("");
    let _: Changed =
        run!(w.conn, |c| { sqlx::query(make).bind(w.workspace).bind(KEY).bind(&new).execute(c) })?;
    kept(&mut w.conn, w.workspace).await?.ok_or(Error::Internal)
}

/// The key that a workspace's links are signed with, where it has any.
pub async fn kept(c: &mut Conn, workspace: WorkspaceId) -> Result<Option<String>, Error> {
    let sql = "select value from workspace_settings where workspace_id = $1 and name = $2";
    let found: Option<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql).bind(workspace).bind(KEY).fetch_optional(x)
    })?;
    Ok(found.map(|(key,)| key))
}

/// The address that unsubscribes a person, by a message of which this is the e-mail.
pub fn address(
    key: &str,
    public_url: &str,
    workspace: WorkspaceId,
    message: MessageId,
    contact: ContactId,
) -> String {
    let about = format!("{workspace}.{message}.{contact}");
    format!("{public_url}/unsubscribe/{about}.{}", &hash_of(key, &about)[..32])
}

/// Whose link it is, and of which e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Of which message; 0 for a test of one.
    pub message: MessageId,
    /// Whose.
    pub contact: ContactId,
    /// What the message is about; 0 for nothing in particular.
    pub about: SubscriptionTypeId,
}

/// What a link is, where it is one of ours.
pub async fn whose(c: &mut Conn, token: &str) -> Result<Option<Link>, Error> {
    let Some((about, sent)) = token.rsplit_once('.') else { return Ok(None) };
    let mut numbers = about.split('.').map(str::parse::<i64>);
    let (Some(Ok(workspace)), Some(Ok(message)), Some(Ok(contact)), None) =
        (numbers.next(), numbers.next(), numbers.next(), numbers.next())
    else {
        return Ok(None);
    };
    let Some(key) = kept(c, WorkspaceId(workspace)).await? else { return Ok(None) };
    // Compared by their hashes, so that the time it takes says nothing.
    let right = secret::hash(&hash_of(&key, about)[..32]) == secret::hash(sent);
    if !right {
        return Ok(None);
    }
    let (workspace, message) = (WorkspaceId(workspace), MessageId(message));
    let row = find(c, workspace, message).await?;
    let about = row.map_or(SubscriptionTypeId(0), |row| row.type_id);
    Ok(Some(Link { workspace, message, contact: ContactId(contact), about }))
}

/// Notes that a person wants no more of what an e-mail of theirs is about.
///
/// # Errors
/// [`Error::NotFound`] for the person and for the type.
pub async fn unsubscribe_from(w: &mut Write<'_>, link: &Link) -> Result<(), Error> {
    types::choose(w, link.contact, link.about, false).await?;
    by(w, link.message, link.contact, true).await
}

/// Notes that a person wants no e-mail to many any more, or wants it again, and by which message they said so.
///
/// # Errors
/// [`Error::NotFound`] for the person.
pub async fn unsubscribe(
    w: &mut Write<'_>,
    message: MessageId,
    contact: ContactId,
    unsubscribed: bool,
) -> Result<(), Error> {
    let person = contacts::find(&mut w.conn, w.workspace, contact).await?.ok_or(Error::NotFound)?;
    // Who wants it again complains no more.
    let complained = (!unsubscribed).then_some(false);
    let details = Details { unsubscribed: Some(unsubscribed), complained, ..Details::default() };
    let now = w.now;
    contacts::update(w, Writer::Messenger, person.id, &details, "unsubscribe", now).await?;
    by(w, message, person.id, unsubscribed).await
}

/// Notes by which message they said so.
async fn by(
    w: &mut Write<'_>,
    message: MessageId,
    contact: ContactId,
    unsubscribed: bool,
) -> Result<(), Error> {
    let contact =
        contacts::found(&mut w.conn, w.workspace, contact).await?.ok_or(Error::NotFound)?;
    let sql = "update deliveries set unsubscribed_at = $4 where workspace_id = $1 and message_id = $2 and contact_id = $3";
    let at = if unsubscribed { w.now.0 } else { 0 };
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(message).bind(contact).bind(at).execute(c)
    })?;
    w.touch(Topic::Messages);
    Ok(())
}
