//! The people of a company, and where they are.

use std::collections::BTreeMap;

use super::message::kept_out;
use super::{Dot, Member, Members, Order, Roll};
use crate::attributes::Subject;
use crate::contacts::{self, COLUMNS_AS_P, Contact};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, WorkspaceId};
use crate::server::dates::Dates;
use crate::server::db::{Conn, Statement};
use crate::tags;

/// How many people a page has.
const ROWS: i64 = 50;
/// The most words that a search looks at.
const WORDS: usize = 6;
/// How many dots a map has at most: the largest places.
const DOTS: usize = 200;
/// How many people are looked at for the map: those seen last.
const LOOK: i64 = 20_000;
/// How many of the things known of a place are read, those of most people first; several may be about one dot.
const WORDINGS: i64 = 1_000;

/// What a page is sorted by. No index has these, so that neither engine reads everybody in their order until it has met
/// enough who are in the company: with a million people that takes seconds.
const fn key(order: Order) -> &'static str {
    match order {
        Order::LastSeen => "p.last_seen_at + 0",
        Order::Name => "p.name_key || ''",
        Order::Sessions => "p.session_count + 0",
    }
}

fn push(s: &mut Statement, c: &mut Conn, workspace: WorkspaceId, company: CompanyId, find: &str) {
    let words: Vec<String> = find.split_whitespace().take(WORDS).map(str::to_lowercase).collect();
    // Of a company that has one of twenty people, a join would read all people there are; following a list is a sixth cheaper besides.
    if words.is_empty() && c.gathers() {
        s.push(" from contacts p where p.workspace_id = ").number(workspace.0);
        s.push(" and p.id = any(array(select contact_id from memberships where workspace_id = ");
        s.number(workspace.0).push(" and company_id = ").number(company.0);
        s.push(" and left_at = 0)) and p.merged_into = 0");
        return;
    }
    s.push(" from memberships m join contacts p on p.workspace_id = m.workspace_id and p.id = m.contact_id where m.workspace_id = ");
    s.number(workspace.0).push(" and m.company_id = ").number(company.0);
    s.push(" and m.left_at = 0 and p.merged_into = 0");
    for word in words {
        s.push(" and p.id in (select contact_id from contact_words where workspace_id = ")
            .number(workspace.0);
        s.begins(&word).push(")");
    }
}

/// A page of the people of a company.
///
/// # Errors
/// [`Error::Invalid`] for a page beyond the ten thousandth.
pub async fn members(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    company: CompanyId,
    asked: &Roll,
) -> Result<Members, Error> {
    let seq = crate::stream::last_seq(c, workspace).await?;
    if !(0..10_000).contains(&asked.page) {
        return Err(Error::invalid("page", "follow a link of the list"));
    }
    let total = count(c, workspace, company, &asked.find).await?;
    // The keys alone are sorted, and the rows of the page read after that: those of everybody are wide.
    let descends = asked.order.descends() != asked.reversed;
    let way = if descends { " desc" } else { "" };
    let mut s = Statement::new("select ");
    s.push(COLUMNS_AS_P).push(" from (select p.id, ").push(key(asked.order)).push(" as place");
    push(&mut s, c, workspace, company, &asked.find);
    s.push(" order by place").push(way).push(", p.id").push(way);
    s.push(" limit ").number(ROWS).push(" offset ").number(asked.page * ROWS);
    s.push(") page join contacts p on p.workspace_id = ").number(workspace.0);
    s.push(" and p.id = page.id order by page.place").push(way).push(", page.id").push(way);
    let rows: Vec<Contact> = s.fetch_all(c).await?;
    let ids: Vec<_> = rows.iter().map(|r| [r.id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let mut tags = tags::of_many(c, workspace, Subject::Contact.word(), &ids).await?;
    let member = |person: Contact| Member {
        id: person.id,
        title: person.title(),
        email: person.email.clone().filter(|e| *e != person.title()),
        picture: contacts::picture_of(person.id, person.avatar.as_deref()),
        seen: Some(person.last_seen_at).filter(|t| t.0 > 0).map(|t| dates.stamp(t)),
        sessions: person.session_count,
        place: person.place().map(|p| p.words()).unwrap_or_default(),
        tags: tags
            .remove(&person.id.0)
            .map(|tags| tags.into_iter().map(|(_, name)| name).collect())
            .unwrap_or_default(),
        left_out: kept_out(person.blocked_at, person.archived_at),
    };
    let more = (asked.page + 1) * ROWS < total;
    Ok(Members { seq, total, rows: rows.into_iter().map(member).collect(), more })
}

/// How many there are: as it is kept, where nothing is looked for, since counting takes as long as sorting.
async fn count(
    c: &mut Conn,
    workspace: WorkspaceId,
    company: CompanyId,
    find: &str,
) -> Result<i64, Error> {
    let s = if find.trim().is_empty() {
        let mut kept = Statement::new("select user_count from companies where workspace_id = ");
        kept.number(workspace.0).push(" and id = ").number(company.0);
        kept
    } else {
        let mut found = Statement::new("select count(*)");
        push(&mut found, c, workspace, company, find);
        found
    };
    let total: Vec<(i64,)> = s.fetch_all(c).await?;
    Ok(total.first().map_or(0, |(n,)| *n))
}

/// Everyone of a company, by number.
pub async fn everyone(
    c: &mut Conn,
    workspace: WorkspaceId,
    company: CompanyId,
    find: &str,
) -> Result<Vec<ContactId>, Error> {
    let mut s = Statement::new("select p.id");
    push(&mut s, c, workspace, company, find);
    s.push(" order by p.id");
    let rows: Vec<(ContactId,)> = s.fetch_all(c).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A dot a place where people of a company were last seen, the largest first; of the 20,000 seen last.
pub async fn dots(
    c: &mut Conn,
    workspace: WorkspaceId,
    company: CompanyId,
) -> Result<Vec<Dot>, Error> {
    let everybody = count(c, workspace, company, "").await? <= LOOK;
    let mut s = Statement::new("select location, count(*) from (select p.location");
    push(&mut s, c, workspace, company, "");
    s.push(" and p.location is not null");
    if !everybody {
        s.push(" order by p.last_seen_at + 0 desc, p.id desc limit ").number(LOOK);
    }
    s.push(") p group by location order by 2 desc, 1 limit ").number(WORDINGS);
    let rows: Vec<(String, i64)> = s.fetch_all(c).await?;
    let mut by_place: BTreeMap<(String, i64, i64), i64> = BTreeMap::new();
    for (location, people) in rows {
        let Ok(place) = serde_json::from_str::<contacts::Place>(&location) else { continue };
        let Some((east, north)) = place.longitude.zip(place.latitude) else { continue };
        // A tenth of a degree is less than a dot.
        let point = ((east * 10.0).round() as i64, (north * 10.0).round() as i64);
        *by_place.entry((place.words(), point.0, point.1)).or_default() += people;
    }
    let mut dots: Vec<_> = by_place
        .into_iter()
        .map(|((words, east, north), people)| Dot {
            words,
            point: (east as f64 / 10.0, north as f64 / 10.0),
            people,
        })
        .collect();
    dots.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.words.cmp(&b.words)));
    dots.truncate(DOTS);
    Ok(dots)
}
