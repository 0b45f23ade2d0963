//! What a note can be made to lead to, while somebody types the beginning of its name.

use super::Offer;
use super::links::{Links, To};
use crate::companies;
use crate::contacts::{COLUMNS_AS_P, Contact};
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::run;
use crate::server::db::{Conn, Statement};
use crate::time::Time;
use crate::ui::markdown::Linked;

/// How many people, companies and conversations are offered at most.
const PEOPLE: i64 = 3;
const COMPANIES: i64 = 3;
const CONVERSATIONS: usize = 2;
/// How many people are looked at whose words begin as what was typed.
const LOOKED_AT: i64 = 200;

/// What a word finds that a note can lead to: people and companies by the beginning of a word of theirs, their newest
/// conversations, and a conversation by its number. Without a word those that were seen last.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(super) async fn offers(
    c: &mut Conn,
    workspace: WorkspaceId,
    word: &str,
    now: Time,
) -> Result<Vec<Offer>, Error> {
    let word = word.trim().to_lowercase();
    let people = people_of(c, workspace, &word).await?;
    let firms = companies::list::found(c, workspace, &word, now, COMPANIES).await?;
    let mut talks: Vec<i64> = word.parse().into_iter().collect();
    talks.extend(newest_of(c, workspace, &people).await?);
    let named: Vec<To> = people
        .iter()
        .map(|id| To::Person(id.0))
        .chain(firms.iter().map(|firm| To::Company(firm.id.0)))
        .chain(talks.into_iter().map(To::Conversation))
        .collect();
    let mut links = Links::found(c, workspace, named.iter().copied().collect()).await?;
    let offer = |to| {
        let Linked { href, name, about } = links.linked.remove(&to)?;
        Some(Offer { label: name, detail: about.join(", "), address: href })
    };
    Ok(named.into_iter().filter_map(offer).collect())
}

async fn people_of(
    c: &mut Conn,
    workspace: WorkspaceId,
    word: &str,
) -> Result<Vec<ContactId>, Error> {
    let mut s = Statement::new("select ");
    s.push(COLUMNS_AS_P);
    if word.is_empty() {
        s.push(" from contacts p where p.workspace_id = ").number(workspace.0);
    } else {
        s.push(" from (select distinct contact_id from contact_words where workspace_id = ");
        s.number(workspace.0).begins(word).push(" limit ").number(LOOKED_AT);
        s.push(") x cross join contacts p where p.workspace_id = ").number(workspace.0);
        s.push(" and p.id = x.contact_id");
    }
    s.push(" and p.merged_into = 0 and p.archived_at = 0 order by p.last_seen_at desc, p.id desc limit ");
    s.number(PEOPLE);
    let found: Vec<Contact> = s.fetch_all(c).await?;
    Ok(found.into_iter().map(|person| person.id).collect())
}

/// The newest conversations of some people.
async fn newest_of(
    c: &mut Conn,
    workspace: WorkspaceId,
    people: &[ContactId],
) -> Result<Vec<i64>, Error> {
    let ids: Vec<_> = people.iter().map(|id| [id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let sql = "select v.id from json_each($2) j cross join conversations v where v.workspace_id = $1 \
               and v.contact_id = cast(j.value ->> 0 as bigint) order by v.updated_at desc, v.id desc limit 2";
    let rows: Vec<(i64,)> =
        run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(workspace).bind(&ids).fetch_all(x))?;
    Ok(rows.into_iter().map(|(id,)| id).take(CONVERSATIONS).collect())
}
