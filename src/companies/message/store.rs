//! Sending a message to many: written down once, then carried out in steps.

use super::recipients::people;
use super::{GROUP, LONGEST, chosen};
use crate::companies::{Choice, find};
use crate::conversations::{self, Begin, Opening};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, GroupMessageId};
use crate::jobs::{self, Ids, Input};
use crate::live::Topic;
use crate::people::nobody;
use crate::replies;
use crate::run;
use crate::server::db::{Changed, Write};
use crate::server::secret;

/// The longest id that a page may give a message.
const CLIENT_ID: usize = 80;

/// Begins to say something to people of a company: a job makes one conversation with each, which waits until something
/// carries it. The same `client_id` again changes nothing, also while the job is at work and after it.
///
/// # Errors
/// [`Error::NotFound`] for the company; [`Error::Invalid`] for nobody, for the text and for what is no id;
/// [`Error::Conflict`] for another message under the same id.
pub async fn send(
    w: &mut Write<'_>,
    company: CompanyId,
    choice: &Choice,
    body: &str,
    client_id: &str,
) -> Result<(), Error> {
    let company = find(&mut w.conn, w.workspace, company).await?.ok_or(Error::NotFound)?.id;
    let body = conversations::clean(body)?;
    if body.chars().count() > LONGEST {
        return Err(Error::invalid("body", "write at most 20,000 characters"));
    }
    replies::check(&body)?;
    if client_id.is_empty() || client_id.len() > CLIENT_ID || client_id.contains('\0') {
        return Err(Error::invalid("client_id", "send an id of 1 to 80 characters"));
    }
    // Whom it was for is compared as it was said: who is found by it may change between two presses.
    let words = format!("{company} {} {} {}\n{body}", choice.people, choice.all, choice.find);
    let digest = secret::hash(&words);
    let before =
        "select digest, author_id from group_messages where workspace_id = $1 and client_id = $2";
    let known: Option<(String, i64)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String, i64)>(before)
            .bind(w.workspace)
            .bind(client_id)
            .fetch_optional(c)
    })?;
    if let Some(known) = known {
        return same(&known, &digest, w.actor.0);
    }
    let ids = chosen(&mut w.conn, w.workspace, company, choice).await?;
    let all = people(&mut w.conn, w.workspace, &ids).await?;
    if all.iter().all(|person| person.reason().is_some()) {
        return Err(if all.is_empty() {
            nobody()
        } else {
            Error::invalid("people", "all who are selected are blocked or archived")
        });
    }
    let id = GroupMessageId(w.app.db.next_id()?);
    let keep = "insert into group_messages (workspace_id, id, client_id, digest, company_id, author_id, body, created_at) \
                values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (workspace_id, client_id) do nothing";
    let kept: Changed = run!(w.conn, |c| {
        sqlx::query(keep)
            .bind(w.workspace)
            .bind(id)
            .bind(client_id)
            .bind(&digest)
            .bind(company)
            .bind(w.actor)
            .bind(&body)
            .bind(w.now)
            .execute(c)
    })?;
    if kept.0 == 0 {
        // Pressed twice at once: the other one was quicker.
        let known: (String, i64) = run!(w.conn, |c| {
            sqlx::query_as::<_, (String, i64)>(before)
                .bind(w.workspace)
                .bind(client_id)
                .fetch_one(c)
        })?;
        return same(&known, &digest, w.actor.0);
    }
    let people = Ids::of(ids.into_iter().map(|id| id.0))?;
    let total = people.count()?;
    jobs::start(w, &Input::Message { message: id, company, people }, total).await?;
    Ok(())
}

fn same(known: &(String, i64), digest: &str, actor: i64) -> Result<(), Error> {
    if known.0 == digest && known.1 == actor {
        return Ok(());
    }
    let message = "This page has sent its message already. Open it again to write another one";
    Err(Error::Conflict(message.into()))
}

/// Says a message to some of those it is for; answers how many conversations were begun, and how many of the people
/// were left out: blocked, archived or deleted by now, or with nothing to read once the variables have their values.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn step(
    w: &mut Write<'_>,
    message: GroupMessageId,
    ids: &[ContactId],
) -> Result<(usize, usize), Error> {
    let sql = "select g.body, t.name, c.name, c.id from group_messages g \
               join teammates t on t.workspace_id = g.workspace_id and t.id = g.author_id \
               left join companies o on o.workspace_id = g.workspace_id and o.id = g.company_id \
               left join companies c on c.workspace_id = o.workspace_id \
               and c.id = case when o.merged_into > 0 then o.merged_into else o.id end \
               where g.workspace_id = $1 and g.id = $2";
    type Row = (String, String, Option<String>, Option<CompanyId>);
    let (body, my_name, company, page): Row = run!(w.conn, |c| {
        sqlx::query_as::<_, Row>(sql).bind(w.workspace).bind(message).fetch_one(c)
    })?;
    let all = people(&mut w.conn, w.workspace, ids).await?;
    let willing = all.iter().filter(|person| person.reason().is_none());
    let openings: Vec<_> = willing
        .filter_map(|person| {
            let text = person.values(company.clone(), &my_name).fill(&body);
            let body = conversations::clean(&text).ok()?;
            let client_id = format!("{GROUP}{message}-{}", person.id);
            Some(Opening { contact: person.id, body, client_id })
        })
        .collect();
    let made = conversations::start_many(w, &openings, Begin::Open, None).await?.len();
    if let Some(page) = page {
        w.touch(Topic::Company(page));
    }
    Ok((made, ids.len() - openings.len()))
}

/// Forgets the text of a message that everybody has.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn forget(w: &mut Write<'_>, message: GroupMessageId) -> Result<(), Error> {
    let sql = "update group_messages set body = '' where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(message).execute(c))?;
    Ok(())
}
