//! Whom a draft would go to now, and whom it would not and why: looked at before anything goes out.

use std::collections::BTreeMap;

use super::eligible::{Bars, barred};
use super::store::find;
use super::{CHOSEN, Channel, Recipients, Whom};
use crate::attributes::Subject;
use crate::companies;
use crate::contacts::title_of;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, MessageId, WorkspaceId};
use crate::people;
use crate::run;
use crate::segments::{self, Predicate};
use crate::server::db::Conn;
use crate::time::Time;

/// How many are shown by name.
const NAMED: usize = 20;

/// The longest address that is made: proxies take 8 KB.
const ADDRESS: usize = 6_000;

/// The address of the list of those for whom a rule holds; empty where it would be too long.
pub(super) fn list_of(rule: &Predicate) -> String {
    let filter = people::Filter { rule: rule.text(), ..people::Filter::default() };
    let address = people::Asked { filter, ..people::Asked::default() }.address();
    if address.len() > ADDRESS { String::new() } else { address }
}

/// Whom the draft `id` is for as it is saved; or those who are named, by another way and for a company where these are said. Of a rule that holds
/// for many the first are looked at.
///
/// # Errors
/// [`Error::NotFound`] for the message; [`Error::Invalid`] for a rule that makes no sense; [`Error::TooSlow`] where the connection has a limit.
pub async fn recipients(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: Option<MessageId>,
    (channel, company): (Option<Channel>, Option<CompanyId>),
    people: &str,
    now: Time,
) -> Result<Recipients, Error> {
    let message = match id {
        Some(id) => Some(find(c, workspace, id).await?.ok_or(Error::NotFound)?),
        None => None,
    };
    let bars = message.as_ref().map_or(Bars::of(Channel::Chat), Bars::from);
    let bars = Bars {
        channel: channel.unwrap_or(bars.channel),
        company: companies::standing_for(c, workspace, company.unwrap_or(bars.company)).await?,
        ..bars
    };
    let named = people.split(',').filter_map(|id| id.trim().parse().ok()).map(ContactId);
    let mut people: Vec<ContactId> = match message {
        Some(message) if people.is_empty() && message.whom() == Whom::Chosen => message.chosen(),
        Some(message) if people.is_empty() => {
            let known = segments::known(c, workspace).await?;
            let rule = message.effective()?;
            let rule = segments::resolve(&known, Subject::Contact, None, &rule)?;
            let all = segments::all(c, workspace, Subject::Contact, &rule, now).await?;
            all.into_iter().map(ContactId).collect()
        }
        _ => named.collect(),
    };
    let total = people.len() as i64;
    people.truncate(CHOSEN);
    let out = barred(c, workspace, bars, &people).await?;
    let mut reasons: BTreeMap<&str, i64> = BTreeMap::new();
    for why in out.values() {
        *reasons.entry(why.said()).or_default() += 1;
    }
    let mut reasons: Vec<_> = reasons.into_iter().map(|(why, n)| (why.to_owned(), n)).collect();
    reasons.sort_by_key(|(_, n)| -n);
    let (gone, gets): (Vec<_>, Vec<_>) =
        people.iter().copied().partition(|id| out.contains_key(id));
    let left = gone.len() as i64;
    let gone = titles(c, workspace, &gone).await?;
    let why = |id: &ContactId| out.get(id).map_or("", |why| why.said()).to_owned();
    Ok(Recipients {
        total,
        named: titles(c, workspace, &gets).await?,
        looked_at: people.len() as i64,
        left,
        reasons,
        out: gone.into_iter().map(|(id, title)| (id, title, why(&id))).collect(),
    })
}

/// The first of these people by name.
async fn titles(
    c: &mut Conn,
    workspace: WorkspaceId,
    ids: &[ContactId],
) -> Result<Vec<(ContactId, String)>, Error> {
    let ids: Vec<_> = ids.iter().take(NAMED).map(|id| [id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let sql = "select p.id, p.name, p.email, p.external_id from json_each($2) j cross join contacts p \
               where p.workspace_id = $1 and p.id = cast(j.value ->> 0 as bigint) order by p.id";
    type Row = (ContactId, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(&ids).fetch_all(x))?;
    Ok(rows.into_iter().map(|(id, a, b, c)| (id, title_of(id, [&a, &b, &c]))).collect())
}
