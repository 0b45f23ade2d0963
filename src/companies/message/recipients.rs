//! Who of a company is meant, and what the variables are for each.

use std::collections::{BTreeSet, HashSet};

use super::{Choice, Recipient, Recipients, Way, kept_out};
use crate::companies::{Company, everyone};
use crate::contacts::{is_email, title_of};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, WorkspaceId};
use crate::outbound::Reason;
use crate::replies::Values;
use crate::run;
use crate::server::db::Conn;
use crate::stream;
use crate::teammates::Viewer;
use crate::time::Time;

/// How many are named.
const SHOWN: usize = 3;
/// How many of those who are left out are named.
const LISTED: usize = 20;

/// Someone who is meant, themselves or whom they were merged into.
#[derive(sqlx::FromRow)]
pub(super) struct Person {
    pub id: ContactId,
    name: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
    blocked_at: Time,
    archived_at: Time,
    unsubscribed: i64,
    complained_at: Time,
    bounced_at: Time,
}

impl Person {
    fn title(&self) -> String {
        title_of(self.id, [&self.name, &self.email, &self.external_id])
    }

    /// Why they are left out, if they are.
    pub fn reason(&self) -> Option<Reason> {
        kept_out(self.blocked_at, self.archived_at)
    }

    /// Why mail does not get to them, if it does not: the reasons of outbound.
    fn no_mail(&self) -> Option<Reason> {
        let address = self.email.as_deref().map(str::trim).unwrap_or_default();
        let why = [
            (self.unsubscribed == 1, Reason::Unsubscribed),
            (self.complained_at.0 > 0, Reason::Complained),
            (!is_email(address), Reason::NoAddress),
            (self.bounced_at.0 > 0, Reason::Bounced),
        ];
        let why = why.into_iter().find(|(holds, _)| *holds).map(|(_, why)| why);
        self.reason().or(why)
    }

    /// What the variables are for them.
    pub fn values(&self, company: Option<String>, my_name: &str) -> Values {
        let (name, email) = (self.name.clone(), self.email.clone());
        Values { name, email, company, my_name: my_name.to_owned() }
    }
}

/// The people of these numbers, each once; who was deleted meanwhile is not among them.
pub(super) async fn people(
    c: &mut Conn,
    workspace: WorkspaceId,
    ids: &[ContactId],
) -> Result<Vec<Person>, Error> {
    let ids: Vec<_> = ids.iter().map(|id| [id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let sql = "select p.id, p.name, p.email, p.external_id, p.blocked_at, p.archived_at, p.unsubscribed, p.complained_at, p.bounced_at from json_each($2) j cross join contacts o \
               join contacts p on p.workspace_id = o.workspace_id and p.id = case when o.merged_into > 0 then o.merged_into else o.id end \
               where o.workspace_id = $1 and o.id = cast(j.value ->> 0 as bigint) order by p.id";
    let mut rows: Vec<Person> =
        run!(c, |x| { sqlx::query_as::<_, Person>(sql).bind(workspace).bind(&ids).fetch_all(x) })?;
    rows.dedup_by_key(|person| person.id);
    Ok(rows)
}

/// The numbers of those who are meant and in the company, in their order.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn chosen(
    c: &mut Conn,
    workspace: WorkspaceId,
    company: CompanyId,
    choice: &Choice,
) -> Result<Vec<ContactId>, Error> {
    if choice.all {
        return everyone(c, workspace, company, &choice.find).await;
    }
    let asked: BTreeSet<_> = choice.ids().into_iter().collect();
    let list: Vec<_> = asked.iter().map(|id| [id]).collect();
    let list = serde_json::to_string(&list).map_err(|_| Error::Internal)?;
    let sql = "select m.contact_id from json_each($3) j cross join memberships m where m.workspace_id = $1 \
               and m.contact_id = cast(j.value ->> 0 as bigint) and m.company_id = $2 and m.left_at = 0";
    let inside: Vec<(ContactId,)> = run!(c, |x| {
        sqlx::query_as::<_, (ContactId,)>(sql)
            .bind(workspace)
            .bind(company)
            .bind(&list)
            .fetch_all(x)
    })?;
    let inside: HashSet<_> = inside.into_iter().map(|(id,)| id).collect();
    Ok(asked.into_iter().filter(|id| inside.contains(id)).collect())
}

/// Who will get a message, and who is left out and why.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn recipients(
    c: &mut Conn,
    workspace: WorkspaceId,
    company: &Company,
    choice: &Choice,
    way: Way,
) -> Result<Recipients, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let ids = chosen(c, workspace, company.id, choice).await?;
    let all = people(c, workspace, &ids).await?;
    let mut names = Vec::new();
    let mut left_out = Vec::new();
    let mut named = Vec::new();
    let (mut total, mut left_out_total) = (0, 0);
    for person in all {
        let reason = match way {
            Way::Chat | Way::Post => person.reason(),
            Way::Email => person.no_mail(),
        };
        match reason {
            None => {
                total += 1;
                if way != Way::Chat && named.len() <= super::NAMED {
                    named.push(person.id);
                }
                if names.len() < SHOWN {
                    names.push(person.title());
                }
            }
            Some(reason) => {
                left_out_total += 1;
                if left_out.len() < LISTED {
                    left_out.push((person.id, person.title(), reason));
                }
            }
        }
    }
    let everybody = total + left_out_total == company.user_count && total > 0;
    let company = company.title();
    let ids = named;
    Ok(Recipients { seq, company, total, names, everybody, left_out, left_out_total, way, ids })
}

/// One of those who will get a message: the first where the place is beyond the last.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn recipient(
    c: &mut Conn,
    viewer: &Viewer,
    company: &Company,
    choice: &Choice,
    at: i64,
) -> Result<Option<Recipient>, Error> {
    let ids = chosen(c, viewer.workspace, company.id, choice).await?;
    let mut all = people(c, viewer.workspace, &ids).await?;
    all.retain(|person| person.reason().is_none());
    let total = all.len() as i64;
    let at = if (0..total).contains(&at) { at } else { 0 };
    Ok(all.into_iter().nth(at as usize).map(|person| Recipient {
        id: person.id,
        title: person.title(),
        at,
        total,
        values: person.values(company.name.clone(), &viewer.name),
    }))
}
