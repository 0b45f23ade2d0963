//! What people did with what was sent to them.

use super::Key;
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{ContactId, ConversationId, MessageId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Write};

/// Notes that a person had what was sent to them on their screen.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn seen(
    w: &mut Write<'_>,
    contact: ContactId,
    conversation: ConversationId,
) -> Result<(), Error> {
    let sql = "update deliveries set seen_at = $3 where workspace_id = $1 and conversation_id = $2 and conversation_id > 0 and seen_at = 0";
    let seen: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(conversation).bind(w.now).execute(c)
    })?;
    if seen.0 > 0 {
        w.touch(Topic::Messages);
        w.touch(Topic::Contact(contact));
    }
    Ok(())
}

/// Notes that a person answered what was sent to them, which they have seen then.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn replied(w: &mut Write<'_>, conversation: ConversationId) -> Result<(), Error> {
    let sql = "update deliveries set replied_at = $3, seen_at = case when seen_at = 0 then $3 else seen_at end \
               where workspace_id = $1 and conversation_id = $2 and conversation_id > 0 and replied_at = 0";
    let replied: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(conversation).bind(w.now).execute(c)
    })?;
    if replied.0 > 0 {
        w.touch(Topic::Messages);
    }
    Ok(())
}

/// The beginning of a statement by which what was done with a delivery `l` that goes is done with the one that stays.
pub const DID_BOTH: &str = "update deliveries set \
     opened_at = case when deliveries.opened_at = 0 or (l.opened_at > 0 and l.opened_at < deliveries.opened_at) \
     then l.opened_at else deliveries.opened_at end, opens = deliveries.opens + l.opens, \
     machine_opened_at = case when deliveries.machine_opened_at = 0 or (l.machine_opened_at > 0 and l.machine_opened_at < deliveries.machine_opened_at) \
     then l.machine_opened_at else deliveries.machine_opened_at end, machine_opens = deliveries.machine_opens + l.machine_opens, \
     clicked_at = case when deliveries.clicked_at = 0 or (l.clicked_at > 0 and l.clicked_at < deliveries.clicked_at) \
     then l.clicked_at else deliveries.clicked_at end, clicks = deliveries.clicks + l.clicks, \
     goal_at = case when deliveries.goal_at = 0 or (l.goal_at > 0 and l.goal_at < deliveries.goal_at) \
     then l.goal_at else deliveries.goal_at end, \
     goal_until = case when deliveries.goal_at > 0 or l.goal_at > 0 then 0 when l.goal_until > deliveries.goal_until \
     then l.goal_until else deliveries.goal_until end, \
     unsubscribed_at = case when deliveries.unsubscribed_at = 0 then l.unsubscribed_at else deliveries.unsubscribed_at end";

/// What was done with an e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    /// A person had it on their screen.
    Opened,
    /// A program loaded its pictures without anybody looking.
    Machine,
    /// A person followed one of its links, which they had on their screen then.
    Clicked,
}

/// Notes what was done with an e-mail. The first time of each is kept, however many say so at once.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn did(w: &mut Write<'_>, message: MessageId, of: Key, what: Did) -> Result<(), Error> {
    let sql = match what {
        Did::Opened => {
            "update deliveries set opens = opens + 1, opened_at = case when opened_at = 0 then $6 else opened_at end \
             where workspace_id = $1 and message_id = $2 and step = 0 and contact_id = $3 and company_id = $4 and run = $5 returning opens"
        }
        Did::Machine => {
            "update deliveries set machine_opens = machine_opens + 1, \
             machine_opened_at = case when machine_opened_at = 0 then $6 else machine_opened_at end \
             where workspace_id = $1 and message_id = $2 and step = 0 and contact_id = $3 and company_id = $4 and run = $5 returning machine_opens"
        }
        Did::Clicked => {
            "update deliveries set clicks = clicks + 1, clicked_at = case when clicked_at = 0 then $6 else clicked_at end, \
             opened_at = case when opened_at = 0 then $6 else opened_at end \
             where workspace_id = $1 and message_id = $2 and step = 0 and contact_id = $3 and company_id = $4 and run = $5 returning clicks"
        }
    };
    let times: Option<(i64,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64,)>(sql)
            .bind(w.workspace)
            .bind(message)
            .bind(of.contact)
            .bind(of.company)
            .bind(of.run)
            .bind(w.now)
            .fetch_optional(c)
    })?;
    if times == Some((1,)) {
        w.touch(Topic::Messages);
        w.touch(Topic::Contact(of.contact));
    }
    if times.is_some() && what != Did::Machine {
        last(w, of.contact, what).await?;
    }
    Ok(())
}

/// Notes when a person last had an e-mail on their screen, and when they last followed a link in one.
async fn last(w: &mut Write<'_>, contact: ContactId, what: Did) -> Result<(), Error> {
    let sql = if what == Did::Clicked {
        "update contacts set last_email_opened_at = $3, last_email_clicked_at = $3 where workspace_id = $1 and id = $2"
    } else {
        "update contacts set last_email_opened_at = $3 where workspace_id = $1 and id = $2"
    };
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(contact).bind(w.now).execute(c)
    })?;
    w.changed(Subject::Contact, contact.0, "p.last_email_opened_at");
    if what == Did::Clicked {
        w.changed(Subject::Contact, contact.0, "p.last_email_clicked_at");
    }
    w.touch(Topic::Contact(contact));
    Ok(())
}
