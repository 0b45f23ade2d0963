//! Calls about people whom nobody knows yet, many at once: the same outcome as one after the other, in a few statements.

use std::collections::HashMap;

use super::{Body, Call, GROUP, People, accept_all, remember};
use crate::attributes::Writer;
use crate::companies::{self, Company, Joining};
use crate::contacts::{self, Fresh, Occurrence, Visit};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::server::db::{Entry, Write};
use crate::server::state::AppState;
use crate::stream::Kind;

/// The most calls that are written this way.
const MOST: usize = 30_000;

/// Writes the calls of up to 1,000 people, each person's in a list of their own, and answers how many were new. Where
/// somebody is known already, or calls are very many or do more than describe, join, visit and act, it is [`accept_all`] that takes them.
/// It is for data that somebody makes or moves, so it does not count as the first that the product has sent, and who is new
/// was first heard of when they first did something.
///
/// # Errors
/// As [`accept_all`].
pub async fn accept_new(
    app: &AppState,
    workspace: WorkspaceId,
    people: &[Vec<Call>],
) -> Result<usize, Error> {
    let all = people.concat();
    if all.len() <= MOST && people.iter().all(|calls| plain(calls)) {
        let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
        w.alone().await?;
        w.now = all.iter().map(|c| c.received).max().unwrap_or(w.now);
        if unknown(&mut w, &all).await? {
            write(&mut w, people).await?;
            w.commit().await?;
            return Ok(all.len());
        }
    }
    let mut new = 0;
    for group in all.chunks(GROUP) {
        new += accept_all(app, workspace, group).await?;
    }
    Ok(new)
}

/// Whether the calls of one person are of the kinds that need no look at what is there, all under one name; about somebody
/// of whom there is nothing to say, there is nothing to look at either.
fn plain(calls: &[Call]) -> bool {
    let Some(first) = calls.first() else { return true };
    let (mut described, mut joined) = (0, 0);
    calls.iter().all(|call| {
        let one = call.user_id == first.user_id
            && call.anonymous_id == first.anonymous_id
            && (call.user_id.is_none() || call.anonymous_id.is_none());
        let kind = match &call.body {
            Body::Track { .. } | Body::Page => true,
            Body::Identify { details, companies } => {
                described += 1;
                let gone = details.custom.values().any(serde_json::Value::is_null);
                let texts = [&details.name, &details.email, &details.phone, &details.avatar];
                let empty = texts.into_iter().flatten().any(String::is_empty);
                described == 1 && companies.is_empty() && !gone && !empty
            }
            Body::Group(_) => {
                joined += 1;
                joined == 1
            }
            Body::Company(..) | Body::Person(_) | Body::Event { .. } | Body::Alias { .. } => false,
        };
        one && kind && call.message_id.is_some()
    })
}

/// Whether none of the calls was taken before, and nobody they are about is known.
async fn unknown(w: &mut Write<'_>, calls: &[Call]) -> Result<bool, Error> {
    if remember(w, calls).await?.len() < calls.len() {
        return Ok(false);
    }
    let known = People::known(w, calls).await?;
    for call in calls {
        let (kind, value) = call.identity()?;
        if known.find(kind, value).is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn write(w: &mut Write<'_>, people: &[Vec<Call>]) -> Result<(), Error> {
    let (mut fresh, mut joined, mut occurrences) = (Vec::new(), Vec::new(), Vec::new());
    let mut known: HashMap<String, (companies::Details, Company)> = HashMap::new();
    for calls in people {
        let Some(first) = calls.first() else { continue };
        let (kind, value) = first.identity()?;
        let since = calls.iter().map(|c| c.at).min().unwrap_or(w.now).min(w.now);
        let mut person = Fresh::new(w, kind, value, since)?;
        for call in calls {
            match &call.body {
                Body::Identify { details, .. } => {
                    person.describe(w, (**details).clone(), call.at)?;
                }
                Body::Group(group) => {
                    let key = group.company_id.to_lowercase();
                    if known.get(&key).is_none_or(|(details, _)| *details != group.details) {
                        let id = companies::find_or_create(w, &group.company_id).await?;
                        let writer = Writer::Product;
                        companies::update(w, writer, id, &group.details, "traits", call.at).await?;
                        let company = companies::find(&mut w.conn, w.workspace, id).await?;
                        let company = company.ok_or(Error::Internal)?;
                        known.insert(key.clone(), (group.details.clone(), company));
                    }
                    let (_, company) = known.get(&key).ok_or(Error::Internal)?;
                    joined.push((fresh.len(), company.id, call.at));
                    w.log(Entry {
                        kind: Kind::CompanyJoined,
                        occurred_at: call.at,
                        contact: person.id,
                        company: company.id,
                        ref_id: company.id.0,
                        data: serde_json::json!({ "name": company.title() }),
                    });
                }
                Body::Track { event, properties } => {
                    let contact = person.id;
                    occurrences.push(Occurrence { contact, event, at: call.at, properties });
                }
                Body::Page => {
                    let context = call.context.clone();
                    person.visits.push(Visit { contact: person.id, at: call.at, context });
                }
                Body::Company(..) | Body::Person(_) | Body::Event { .. } | Body::Alias { .. } => {
                    return Err(Error::Internal);
                }
            }
        }
        person.visits.sort_by_key(|v| v.at);
        fresh.push(person);
    }
    contacts::track(w, &occurrences).await?;
    contacts::make_many(w, &fresh).await?;
    let joining = joined.into_iter().map(|(n, company, at): (usize, _, _)| Joining {
        contact: fresh[n].id,
        company,
        at,
        last_seen_at: fresh[n].last_seen_at(),
        sessions: fresh[n].sessions_since(at),
    });
    companies::join_many(w, &joining.collect::<Vec<_>>()).await
}
