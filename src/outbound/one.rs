//! An e-mail to one person, as a program has a teammate write it: a message of its own, which goes out as any other does. Lists of
//! messages are without it; the person's profile has it.

use super::eligible::{Bars, barred};
use super::store::{Named, Row, write};
use super::{Channel, LONGEST, NAME, SUBJECT, State, When, Whom, Zone, email};
use crate::contacts;
use crate::error::Error;
use crate::id::{ContactId, MessageId, SegmentId, SubscriptionTypeId, TagId};
use crate::live::Topic;
use crate::run;
use crate::segments::Predicate;
use crate::server::db::{Changed, Write};
use crate::server::secret;
use crate::time::Time;

/// An e-mail that a program has somebody write.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// To whom.
    pub to: ContactId,
    /// The subject. It says what it says: no variable is read in it.
    pub subject: &'a str,
    /// The text, in Markdown and without variables too.
    pub body: &'a str,
    /// What makes a second request with it the same as the first, where there is any.
    pub client_id: Option<&'a str>,
}

/// Has the teammate who acts write an e-mail to a person; the same again is the one that there is. Whoever would be left out gets none:
/// that is said at once, and looked at once more in the moment of sending.
///
/// # Errors
/// [`Error::NotFound`] for the person; [`Error::Invalid`] for the subject and for the text; [`Error::Conflict`] where they would be left out,
/// where another one was written under this `client_id`, and where e-mail is not set up.
pub async fn write_to(w: &mut Write<'_>, written: &Written<'_>) -> Result<MessageId, Error> {
    let subject = written.subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let long = subject.chars().count() > SUBJECT || subject.chars().any(char::is_control);
    if subject.is_empty() || long {
        let message = "write a subject of at most 200 characters";
        return Err(Error::invalid("subject", message));
    }
    let body = written.body.replace("\r\n", "\n").trim().to_owned();
    if body.is_empty() || body.contains('\0') {
        return Err(Error::invalid("body", "write the text"));
    }
    if body.chars().count() > LONGEST {
        return Err(Error::invalid("body", "write at most 20,000 characters"));
    }
    let person = contacts::find(&mut w.conn, w.workspace, written.to).await?;
    let to = person.ok_or(Error::NotFound)?.id;
    let id = MessageId(w.app.db.next_id()?);
    if let Some(client_id) = written.client_id {
        let digest = secret::hash(&format!("{to} {} {subject}\n{body}", w.actor));
        if let Some(before) = first(w, id, client_id, &digest).await? {
            return Ok(before);
        }
    }
    if w.app.mail.is_none() {
        return Err(email::not_set_up());
    }
    let row = row(w, id, to, subject, body)?;
    let out = barred(&mut w.conn, w.workspace, Bars::from(&row), &[to]).await?;
    if let Some(why) = out.get(&to) {
        return Err(Error::Conflict(format!("No e-mail goes to this person: {}", why.said())));
    }
    write(w, &row).await?;
    waits(w, id, to).await?;
    Ok(id)
}

/// Keeps the id under which it is written; answers the message that was written under it before.
async fn first(
    w: &mut Write<'_>,
    id: MessageId,
    client_id: &str,
    digest: &str,
) -> Result<Option<MessageId>, Error> {
    // Where what a teammate writes to several people of a company has its own: each is said once, whichever way.
    let keep = "insert into group_messages (workspace_id, id, client_id, digest, company_id, author_id, body, created_at) \
                values ($1, $2, $3, $4, 0, $5, '', $6) on conflict (workspace_id, client_id) do nothing";
    if client_id.contains('\0') {
        return Err(Error::invalid("client_id", "send plain text"));
    }
    let client_id = format!("email-{client_id}");
    let kept: Changed = run!(w.conn, |c| {
        sqlx::query(keep)
            .bind(w.workspace)
            .bind(id)
            .bind(&client_id)
            .bind(digest)
            .bind(w.actor)
            .bind(w.now)
            .execute(c)
    })?;
    if kept.0 > 0 {
        return Ok(None);
    }
    let before = "select id, digest from group_messages where workspace_id = $1 and client_id = $2";
    let (before, said): (MessageId, String) = run!(w.conn, |c| {
        sqlx::query_as::<_, (MessageId, String)>(before)
            .bind(w.workspace)
            .bind(&client_id)
            .fetch_one(c)
    })?;
    if said != digest {
        return Err(Error::Conflict("Another e-mail was written under this client_id".into()));
    }
    Ok(Some(before))
}

fn row(
    w: &Write<'_>,
    id: MessageId,
    to: ContactId,
    subject: String,
    body: String,
) -> Result<Row, Error> {
    Ok(Row {
        id,
        name: subject.chars().take(NAME).collect(),
        state: State::Running.word().into(),
        whom: Whom::One.word().into(),
        rule: Predicate::default().text(),
        people: Named { people: vec![to], company: None }.text()?,
        channel: Channel::Email.word().into(),
        subject,
        body,
        author_id: w.actor,
        segment_id: SegmentId(0),
        opt_in_tag: TagId(0),
        opt_out_tag: TagId(0),
        exit_tag: TagId(0),
        starts_at: Time(0),
        stops_at: Time(0),
        started_at: w.now,
        hours: When::Always.text(),
        zone: Zone::Workspace.word().into(),
        per_company: 0,
        type_id: SubscriptionTypeId(0),
        measured: 1,
        goal: String::new(),
        goal_days: 0,
        event: String::new(),
        every: 0,
        most: 0,
        version: 0,
    })
}

/// It waits for the person, and whoever sends is told.
async fn waits(w: &mut Write<'_>, id: MessageId, to: ContactId) -> Result<(), Error> {
    let sql = "insert into deliveries (workspace_id, message_id, contact_id, state, due_at, matched_at) \
               values ($1, $2, $3, 'waiting', $4, $4)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(id).bind(to).bind(w.now).execute(c)
    })?;
    w.touch(Topic::Contact(to));
    w.wake_outbound();
    Ok(())
}
