//! What one person reads of a message, on the page and as a test to whoever writes it.

use std::sync::Arc;

use super::content::{check, render, review};
use super::email::test_letter;
use super::{Channel, Filled, Previewed, files, values};
use crate::attributes::Subject;
use crate::companies;
use crate::contacts::{self, Contact};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, MessageId, TeammateId, WorkspaceId};
use crate::segments::{self, Predicate};
use crate::server::db::{Conn, Write};
use crate::server::mail::Handed;
use crate::server::state::AppState;
use crate::teammates::Viewer;
use crate::time::Time;
use crate::ui::markdown;

/// A text as it stands in the form, and for whom it is.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// How it gets there.
    pub channel: Channel,
    /// The subject of an e-mail.
    pub subject: &'a str,
    /// Markdown with Liquid in it.
    pub body: &'a str,
    /// An e-mail address or a user id; empty for the first of those whom it would be for.
    pub who: &'a str,
    /// The JSON text of the rule.
    pub rule: &'a str,
    /// Numbers of the people named, with commas.
    pub people: &'a str,
    /// Which of these it is for where `who` is empty, from 0 on; the first where there are not so many.
    pub at: i64,
    /// The message that it is of, whose files come with a test; `None` for one that is not saved.
    pub message: Option<MessageId>,
}

/// A text filled in.
struct Read {
    person: Option<Contact>,
    of: Option<(i64, i64)>,
    subject: String,
    body: String,
}

/// A text as one person reads it: whoever an e-mail address or a user id means, or else one of the people chosen, or the first of
/// those whom it would be for. A text that is wrong is told in the answer, at its place.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn preview(
    c: &mut Conn,
    viewer: &Viewer,
    text: &Text<'_>,
    now: Time,
) -> Result<Previewed, Error> {
    match read(c, viewer, text, now).await? {
        Ok(read) => Ok(Previewed {
            subject: read.subject,
            person: read.person.map(|p| (p.id, p.title())),
            of: read.of,
            html: markdown::render(&read.body),
            fault: String::new(),
            findings: review(text.channel, text.subject, text.body),
        }),
        Err(fault) => Ok(Previewed {
            person: None,
            of: None,
            subject: String::new(),
            html: String::new(),
            fault: fault.sentence(),
            findings: Vec::new(),
        }),
    }
}

/// Sends an e-mail as one person would read it to whoever writes it. Its link unsubscribes nobody. Answers the address.
///
/// # Errors
/// [`Error::Invalid`] for a text that is wrong, at its place, and where nothing is left of it; [`Error::Conflict`] for a
/// message that is no e-mail, and where e-mail is not set up; [`Error::Unreachable`] when the mail server does not take it.
pub async fn test(app: &AppState, viewer: &Viewer, text: &Text<'_>) -> Result<String, Error> {
    if text.channel != Channel::Email {
        return Err(Error::Conflict(
            "Only e-mails are tried out. The preview shows the rest".into(),
        ));
    }
    let mailer = app.mail.as_ref().ok_or_else(|| {
        Error::Conflict(
            "E-mail is not set up: start the server with RAPPORT_SMTP_URL and RAPPORT_MAIL_FROM"
                .into(),
        )
    })?;
    let mut c = app.db.read().await?;
    let read = read(&mut c, viewer, text, app.clock.now()).await??;
    drop(c);
    if read.subject.is_empty() {
        return Err(Error::invalid("subject", "write a subject"));
    }
    if read.body.trim().is_empty() {
        return Err(Error::invalid("body", "nothing is left of the text for this person"));
    }
    let files = match text.message {
        Some(message) => files::to_mail(app, viewer.workspace, message).await?,
        None => Arc::from([]),
    };
    let mut w = Write::begin(app, viewer.workspace, TeammateId(0)).await?;
    let letter = test_letter(&mut w, viewer, &read.subject, &read.body, files).await?;
    w.commit().await?;
    match mailer.hand_over(letter).await {
        Handed::Taken => Ok(viewer.email.clone()),
        Handed::Later | Handed::Refused | Handed::Bounced | Handed::Unknown => {
            Err(Error::Unreachable)
        }
    }
}

async fn read(
    c: &mut Conn,
    viewer: &Viewer,
    text: &Text<'_>,
    now: Time,
) -> Result<Result<Read, Error>, Error> {
    let workspace = viewer.workspace;
    let known = values::known(c, workspace).await?;
    if let Err(error) = check(text.body, &known) {
        return Ok(Err(error));
    }
    let by_mail = text.channel == Channel::Email;
    if by_mail
        && !text.subject.trim().is_empty()
        && let Err(Error::Invalid { message, .. }) = check(text.subject, &known)
    {
        return Ok(Err(Error::invalid("subject", format!("in the subject: {message}"))));
    }
    let (whom, of) = match text.who.trim() {
        "" => match chosen(text) {
            Some((id, of)) => (Some(id), Some(of)),
            None => (first(c, workspace, text.rule, now).await?, None),
        },
        who => match companies::known_as(c, workspace, who).await {
            Ok(id) => (Some(id), None),
            Err(Error::Invalid { .. }) => {
                let message = "nobody has this e-mail address or user id";
                return Ok(Err(Error::invalid("who", message)));
            }
            Err(other) => return Err(other),
        },
    };
    let person = match whom {
        Some(id) => contacts::find(c, workspace, id).await?,
        None => None,
    };
    let filled = match &person {
        Some(person) => {
            let pair = (person.id, CompanyId(0));
            values::fill(c, workspace, &known, &[pair], &viewer.name).await?.remove(&pair)
        }
        None => None,
    };
    let filled = filled.unwrap_or_else(|| Filled(known.nothing()));
    let subject =
        if by_mail { render(text.subject, &filled).unwrap_or_default() } else { String::new() };
    let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(match render(text.body, &filled) {
        Ok(body) => Ok(Read { person, of, subject, body }),
        Err(fault) => Err(Error::invalid("body", fault)),
    })
}

/// One of the people chosen, and which of how many.
fn chosen(text: &Text<'_>) -> Option<(ContactId, (i64, i64))> {
    let named = text.people.split(',').filter_map(|id| id.trim().parse().ok());
    let named: Vec<ContactId> = named.collect();
    let total = named.len() as i64;
    let at = if (0..total).contains(&text.at) { text.at } else { 0 };
    named.get(at as usize).map(|id| (*id, (at, total)))
}

/// The first of those whom a rule holds for.
async fn first(
    c: &mut Conn,
    workspace: WorkspaceId,
    rule: &str,
    now: Time,
) -> Result<Option<ContactId>, Error> {
    let known = segments::known(c, workspace).await?;
    let rule = Predicate::parse(rule)
        .and_then(|predicate| segments::resolve(&known, Subject::Contact, None, &predicate));
    let Ok(rule) = rule else { return Ok(None) };
    let first = segments::first(c, workspace, Subject::Contact, &rule, now).await?;
    Ok(first.map(ContactId))
}
