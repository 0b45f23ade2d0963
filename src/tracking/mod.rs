//! How a product's data arrives: the calls of the Segment tracking specification
//! (<https://segment.com/docs/connections/spec/>).

mod call;
mod context;
mod fresh;
mod moment;
mod people;
mod queue;
mod read;
mod rest;
mod traits;

pub use call::{Arrival, Body, Call, Person};
pub use context::device;
pub use fresh::accept_new;
use people::People;
pub use queue::Queue;
pub use read::{Read, moment, parse, read};
pub use rest::router;
pub use traits::{Group, Traits, contact_traits, group_traits};

use std::collections::HashSet;

use crate::attributes::Writer;
use crate::companies;
use crate::contacts::{self, IdentityKind, Occurrence, Visit};
use crate::error::Error;
use crate::id::{ContactId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::owner::Owner;
use crate::run;
use crate::server::db::{Changed, Write};
use crate::server::state::AppState;
use crate::tags::{self, Tag};

/// The most calls that one transaction takes.
pub const GROUP: usize = 500;

/// Writes up to [`GROUP`] calls in one transaction and answers, when they are durable, how many were new.
/// A `messageId` seen before, in the group or earlier, changes nothing.
///
/// # Errors
/// [`Error::Invalid`] when a call contradicts what is known, such as a declared type, and [`Error::Internal`]
/// when the database fails; then none of them is written.
pub async fn accept_all(
    app: &AppState,
    workspace: WorkspaceId,
    calls: &[Call],
) -> Result<usize, Error> {
    let Some(received) = calls.iter().map(|c| c.received).max() else { return Ok(0) };
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    w.now = received;
    if !calls.iter().all(Call::only_acts) {
        w.alone().await?;
    }
    let mut fresh = remember(&mut w, calls).await?;
    if fresh.is_empty() && calls.iter().all(|c| c.message_id.is_some()) {
        return Ok(0);
    }
    let mut group = Taken { people: People::known(&mut w, calls).await?, ..Taken::default() };
    let mut new = 0;
    for call in calls {
        if call.message_id.as_ref().is_some_and(|id| !fresh.remove(id)) {
            continue;
        }
        new += 1;
        group.take(&mut w, call).await?;
    }
    contacts::track(&mut w, &group.occurrences).await?;
    contacts::visit(&mut w, &group.visits).await?;
    note_first(&mut w).await?;
    w.commit().await?;
    Ok(new)
}

/// What a group of calls has come to so far.
#[derive(Default)]
struct Taken<'a> {
    people: People<'a>,
    occurrences: Vec<Occurrence<'a>>,
    visits: Vec<Visit>,
}

impl<'a> Taken<'a> {
    async fn take(&mut self, w: &mut Write<'_>, call: &'a Call) -> Result<(), Error> {
        match &call.body {
            Body::Company(group, tags) => return describe(w, group, tags, call).await,
            Body::Person(person) => return self.write_down(w, person, call).await,
            Body::Event { email, role, event, properties } => {
                let contact = contacts::of_address(w, email, role.as_deref()).await?;
                self.occurrences.push(Occurrence { contact, event, at: call.at, properties });
                return Ok(());
            }
            _ => {}
        }
        let contact = self.person(w, call).await?;
        match &call.body {
            Body::Identify { details, companies } => {
                contacts::update(w, Writer::Product, contact, details, "traits", call.at).await?;
                for group in companies {
                    join(w, contact, group, call).await?;
                }
            }
            Body::Track { event, properties } => {
                self.occurrences.push(Occurrence { contact, event, at: call.at, properties });
            }
            Body::Page => {
                let context = call.context.clone();
                self.visits.push(Visit { contact, at: call.at, context });
            }
            Body::Group(group) => join(w, contact, group, call).await?,
            // Taken above.
            Body::Company(..) | Body::Person(_) | Body::Event { .. } => {}
            Body::Alias { previous_id } => {
                let before = self.people.find(IdentityKind::AnonymousId, previous_id);
                match before {
                    Some(before) => self.unite(w, before, contact).await?,
                    None => {
                        let kind = IdentityKind::AnonymousId;
                        let claimed = contacts::claim(w, kind, previous_id, contact).await?;
                        self.people.set(kind, previous_id, claimed);
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes what a file says of a person: one who is known by the id, or the only one with the address, else a new one.
    async fn write_down(
        &mut self,
        w: &mut Write<'_>,
        person: &Person,
        call: &'a Call,
    ) -> Result<(), Error> {
        let role = person.role.as_deref();
        let contact = match (call.user_id.as_deref(), person.details.email.as_deref()) {
            (Some(id), _) => self.people.find_or_create(w, IdentityKind::ExternalId, id).await?,
            (None, Some(email)) => contacts::of_address(w, email, role).await?,
            (None, None) => return Err(Error::invalid("userId", "send a user_id or an email")),
        };
        let (details, at) = (&person.details, call.at);
        contacts::update(w, Writer::Product, contact, details, "traits", at).await?;
        for group in &person.companies {
            join(w, contact, group, call).await?;
        }
        for tag in &person.tags {
            tags::add(w, contact, tag).await?;
        }
        Ok(())
    }

    /// Whom a call is about; a lead that it shows to be a user is merged.
    async fn person(&mut self, w: &mut Write<'_>, call: &'a Call) -> Result<ContactId, Error> {
        let (kind, value) = call.identity()?;
        let contact = self.people.find_or_create(w, kind, value).await?;
        let (IdentityKind::ExternalId, Some(anonymous)) = (kind, call.anonymous_id.as_deref())
        else {
            return Ok(contact);
        };
        match self.people.find(IdentityKind::AnonymousId, anonymous) {
            None => {
                let owner =
                    contacts::claim(w, IdentityKind::AnonymousId, anonymous, contact).await?;
                self.people.set(IdentityKind::AnonymousId, anonymous, owner);
            }
            Some(other) => self.unite(w, other, contact).await?,
        }
        Ok(contact)
    }

    /// Merges a lead into a user. Another user who used the same browser stays who they are.
    async fn unite(
        &mut self,
        w: &mut Write<'_>,
        lead: ContactId,
        user: ContactId,
    ) -> Result<(), Error> {
        if lead == user || contacts::role_of(w, lead).await?.as_deref() != Some("lead") {
            return Ok(());
        }
        contacts::merge(w, lead, user).await?;
        self.people.redirect(lead, user);
        self.occurrences.iter_mut().filter(|o| o.contact == lead).for_each(|o| o.contact = user);
        self.visits.iter_mut().filter(|v| v.contact == lead).for_each(|v| v.contact = user);
        Ok(())
    }
}

/// Takes what a file says of a company.
async fn describe(
    w: &mut Write<'_>,
    group: &Group,
    tags: &[String],
    call: &Call,
) -> Result<(), Error> {
    let company = companies::find_or_create(w, &group.company_id).await?;
    companies::update(w, Writer::Product, company, &group.details, "traits", call.at).await?;
    for name in tags {
        let (id, name) = tags::make(w, name).await?;
        tags::apply(w, Owner::Company(company), &Tag { id, name }).await?;
    }
    Ok(())
}

async fn join(
    w: &mut Write<'_>,
    contact: ContactId,
    group: &Group,
    call: &Call,
) -> Result<(), Error> {
    let company = companies::find_or_create(w, &group.company_id).await?;
    companies::update(w, Writer::Product, company, &group.details, "traits", call.at).await?;
    companies::join(w, contact, company, call.at).await
}

/// Marks the workspace as one that has received data.
pub async fn note_first(w: &mut Write<'_>) -> Result<(), Error> {
    let sql = "update workspaces set first_data_at = $2 where id = $1 and first_data_at = 0";
    let first: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(w.now).execute(c))?;
    if first.0 > 0 {
        w.touch(Topic::Workspace);
    }
    Ok(())
}

/// Remembers the group's message ids; answers those that were not known.
async fn remember(w: &mut Write<'_>, calls: &[Call]) -> Result<HashSet<String>, Error> {
    let mut ids: Vec<_> =
        calls.iter().filter_map(|c| c.message_id.as_deref()).map(|id| [id]).collect();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    // One order in every group, so that two groups wait for each other rather than lock each other out.
    ids.sort_unstable();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let sql = "insert into message_ids (workspace_id, message_id) select $1, value ->> 0 from json_each($2) where true \
               on conflict (workspace_id, message_id) do nothing returning message_id";
    let rows: Vec<(String,)> = run!(w.conn, |c| sqlx::query_as::<_, (String,)>(sql)
        .bind(w.workspace)
        .bind(&ids)
        .fetch_all(c))?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
