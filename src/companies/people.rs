//! The people of a company, and where they are.

use std::collections::BTreeMap;

use super::message::Reason;
use super::{Dot, Member, Members, Order, Roll};
use crate::attributes::Subject;
use crate::contacts::{self, COLUMNS_AS_P, Contact};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, WorkspaceId};
use crate::run;
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

const fn key(order: Order) -> &'static str {
    match order {
        Order::LastSeen => "p.last_seen_at",
        Order::Name => "p.name_key",
        Order::Sessions => "p.session_count",
    }
}

fn push(s: &mut Statement, workspace: WorkspaceId, company: CompanyId, find: &str) {
    s.push(" from memberships m join contacts p on p.workspace_id = m.workspace_id and p.id = m.contact_id where m.workspace_id = ");
    s.number(workspace.0).push(" and m.company_id = ").number(company.0);
    s.push(" and m.left_at = 0 and p.merged_into = 0");
    let words: Vec<String> = find.split_whitespace().take(WORDS).map(str::to_lowercase).collect();
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
    let mut count = Statement::new("select count(*)");
    push(&mut count, workspace, company, &asked.find);
    let (total,): (i64,) = count.fetch_one(c).await?;
    let mut s = Statement::new("select ");
    s.push(COLUMNS_AS_P);
    push(&mut s, workspace, company, &asked.find);
    s.push(" order by ").push(key(asked.order));
    s.push(if asked.order.descends() == asked.reversed { ", p.id" } else { " desc, p.id desc" });
    s.push(" limit ").number(ROWS).push(" offset ").number(asked.page * ROWS);
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
        left_out: Reason::of(person.blocked_at, person.archived_at),
    };
    let more = (asked.page + 1) * ROWS < total;
    Ok(Members { seq, total, rows: rows.into_iter().map(member).collect(), more })
}

/// Everyone of a company, by number.
pub async fn everyone(
    c: &mut Conn,
    workspace: WorkspaceId,
    company: CompanyId,
    find: &str,
) -> Result<Vec<ContactId>, Error> {
    let mut s = Statement::new("select p.id");
    push(&mut s, workspace, company, find);
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
    let sql = "select p.location, count(*) from (select p.location from memberships m join contacts p \
               on p.workspace_id = m.workspace_id and p.id = m.contact_id where m.workspace_id = $1 and m.company_id = $2 \
               and m.left_at = 0 and p.location is not null order by p.last_seen_at desc, p.id desc limit $3) p group by p.location";
    let rows: Vec<(String, i64)> = run!(c, |x| {
        sqlx::query_as::<_, (String, i64)>(sql)
            .bind(workspace)
            .bind(company)
            .bind(LOOK)
            .fetch_all(x)
    })?;
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
