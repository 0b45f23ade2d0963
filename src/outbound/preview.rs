//! What one person reads of a message, on the page and as a test to whoever writes it.

use std::sync::Arc;

use super::content::{check, render, review};
use super::email::test_letter;
use super::store::find;
use super::{Channel, Filled, Previewed, email, files, values};
use crate::attributes::Subject;
use crate::companies::{self, Company};
use crate::contacts::{self, Contact};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, MessageId, TeammateId, WorkspaceId};
use crate::segments::{self, Predicate, audience};
use crate::server::dates::Dates;
use crate::server::db::{Conn, Write};
use crate::server::mail::Handed;
use crate::server::state::AppState;
use crate::teammates::Viewer;
use crate::time::Time;
use crate::ui::markdown;

/// How many of those whom a rule holds for are shown one after the other.
const SHOWN: usize = 20;

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
    /// The company whose data its variables have; 0 for none in particular.
    pub company: CompanyId,
    /// Whether it goes out once for each company for which the rule holds.
    pub each: bool,
    /// The message that it is of, in whose author's name it goes out and whose files come with a test; `None` for one that is not saved.
    pub message: Option<MessageId>,
}

/// A text filled in.
struct Read {
    person: Option<Contact>,
    of: Option<(i64, i64)>,
    company: String,
    subject: String,
    body: String,
}

/// A text as one person reads it: whoever an e-mail address or a user id means, or else one of the people chosen, or of the first of
/// those whom it would be for. A text that is wrong is told in the answer, at its place.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn preview(
    app: &AppState,
    c: &mut Conn,
    viewer: &Viewer,
    text: &Text<'_>,
    now: Time,
) -> Result<Previewed, Error> {
    match read(app, c, viewer, text, now).await? {
        Ok(read) => Ok(Previewed {
            subject: read.subject,
            person: read.person.map(|p| (p.id, p.title())),
            of: read.of,
            company: read.company,
            html: markdown::render(&read.body),
            fault: String::new(),
            findings: review(text.channel, text.subject, text.body),
        }),
        Err(fault) => Ok(Previewed {
            person: None,
            of: None,
            company: String::new(),
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
    let mailer = app.mail.as_ref().ok_or_else(email::not_set_up)?;
    let mut c = app.db.read().await?;
    let read = read(app, &mut c, viewer, text, app.clock.now()).await??;
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
    app: &AppState,
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
        "" => {
            let named = text.people.split(',').filter_map(|id| id.trim().parse().ok());
            let mut all: Vec<ContactId> = named.collect();
            if all.is_empty() {
                all = first(c, workspace, text.rule, now).await?;
            }
            match at(&all, text.at) {
                Some((id, of)) => (Some(id), Some(of)),
                None => (None, None),
            }
        }
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
    let mut company = String::new();
    let filled = match &person {
        Some(person) => {
            let found = about(app, c, viewer, text, person.id, now).await?;
            company = found.as_ref().map_or_else(String::new, Company::title);
            let pair = (person.id, found.map_or(CompanyId(0), |found| found.id));
            let my_name = in_name_of(c, viewer, text.message).await?;
            values::fill(c, workspace, &known, &[pair], &my_name).await?.remove(&pair)
        }
        None => None,
    };
    let filled = filled.unwrap_or_else(|| Filled(known.nothing()));
    let subject =
        if by_mail { render(text.subject, &filled).unwrap_or_default() } else { String::new() };
    let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(match render(text.body, &filled) {
        Ok(body) => Ok(Read { person, of, company, subject, body }),
        Err(fault) => Err(Error::invalid("body", fault)),
    })
}

/// In whose name a message goes out: its author's, or that of who writes a new one.
async fn in_name_of(
    c: &mut Conn,
    viewer: &Viewer,
    message: Option<MessageId>,
) -> Result<String, Error> {
    let row = match message {
        Some(id) => find(c, viewer.workspace, id).await?,
        None => None,
    };
    match row {
        Some(row) => values::my_name(c, viewer.workspace, row.author_id).await,
        None => Ok(viewer.name.clone()),
    }
}

/// The company whose data a text has for somebody, as it has when it is sent: the one that it is about, or the first of theirs for which the rule
/// holds. Nothing where it has that of the one that they have been in for longest.
async fn about(
    app: &AppState,
    c: &mut Conn,
    viewer: &Viewer,
    text: &Text<'_>,
    person: ContactId,
    now: Time,
) -> Result<Option<Company>, Error> {
    let workspace = viewer.workspace;
    let company = match (text.company, text.each && text.people.is_empty()) {
        (CompanyId(0), false) => return Ok(None),
        (CompanyId(0), true) => {
            let Ok(rule) = Predicate::parse(text.rule) else { return Ok(None) };
            // What has nothing to do with companies holds for each of them.
            let some = Predicate::Company(Box::new(Predicate::All(Vec::new())));
            let rule = Predicate::All(vec![rule, some]);
            let dates = Dates::new(&viewer.time_zone, now);
            let judged = audience::judged(app, c, &dates, workspace, person, &rule).await?;
            judged.companies.first().copied()
        }
        (company, _) => Some(company),
    };
    match company {
        Some(company) => companies::find(c, workspace, company).await,
        None => Ok(None),
    }
}

/// One of these people, and which of how many.
fn at(all: &[ContactId], at: i64) -> Option<(ContactId, (i64, i64))> {
    let total = all.len() as i64;
    let at = if (0..total).contains(&at) { at } else { 0 };
    all.get(at as usize).map(|id| (*id, (at, total)))
}

/// The first of those whom a rule holds for.
async fn first(
    c: &mut Conn,
    workspace: WorkspaceId,
    rule: &str,
    now: Time,
) -> Result<Vec<ContactId>, Error> {
    let known = segments::known(c, workspace).await?;
    let rule = Predicate::parse(rule)
        .and_then(|predicate| segments::resolve(&known, Subject::Contact, None, &predicate));
    let Ok(rule) = rule else { return Ok(Vec::new()) };
    let first = segments::first(c, workspace, Subject::Contact, &rule, now, SHOWN).await?;
    Ok(first.into_iter().map(ContactId).collect())
}
