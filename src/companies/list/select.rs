//! Which companies a filter means, as conditions of a statement.

use roaring::RoaringTreemap;

use super::Filter;
use crate::attributes::Subject;
use crate::companies::Company;
use crate::companies::store::COLUMNS_AS_C;
use crate::error::Error;
use crate::id::{CompanyId, WorkspaceId};
use crate::segments::{self, Along, Ruled};
use crate::server::db::{Conn, Statement};
use crate::time::{DAY, Time};

/// The most words that a search looks at.
const WORDS: usize = 6;
/// A limit on what one job takes.
const MOST: u64 = 500_000;

/// Adds the conditions of a filter on companies called `c`.
pub(super) fn push(
    s: &mut Statement,
    workspace: WorkspaceId,
    filter: &Filter,
    ruled: Option<(&Ruled, Along)>,
    now: Time,
) {
    s.push("c.workspace_id = ").number(workspace.0);
    s.push(" and c.merged_into = 0 and c.archived_at = 0");
    let words: Vec<String> =
        filter.find.split_whitespace().take(WORDS).map(str::to_lowercase).collect();
    for word in words {
        s.push(" and c.id in (select company_id from company_words where workspace_id = ")
            .number(workspace.0);
        s.begins(&word).push(")");
    }
    if let Some(health) = filter.health {
        s.push(" and c.health = ").text(health.word());
    }
    if !filter.plan.is_empty() {
        // Said twice for the index, which holds known plans only.
        s.push(" and c.plan is not null and c.plan = ").text(filter.plan.clone());
    }
    if let Some(tag) = filter.tag {
        s.push(" and c.id in (select owner_id from taggings where owner_kind = 'company' and workspace_id = ");
        s.number(workspace.0).push(" and tag_id = ").number(tag.0).push(")");
    }
    if let Some(segment) = filter.segment {
        s.push(" and c.id in (select subject_id from segment_members where workspace_id = ");
        s.number(workspace.0).push(" and segment_id = ").number(segment.0).push(")");
    }
    if let Some((ruled, along)) = ruled {
        ruled.push(s, along);
    }
    if let Some(spend) = filter.spend {
        s.push(" and coalesce(c.monthly_spend, -1e18) >= ").float(spend);
    }
    if let Some(spend) = filter.spend_most {
        // Of whom it is unknown may spend anything.
        s.push(" and c.monthly_spend is not null and coalesce(c.monthly_spend, -1e18) <= ")
            .float(spend);
    }
    if let Some(size) = filter.size {
        s.push(" and c.size >= ").number(size);
    }
    if let Some(size) = filter.size_most {
        s.push(" and c.size <= ").number(size);
    }
    if let Some((first, others)) = filter.only.split_first() {
        s.push(" and c.id in (").number(first.0);
        for other in others {
            s.push(", ").number(other.0);
        }
        s.push(")");
    }
    if let Some(days) = filter.seen {
        s.push(" and c.last_seen_at > 0 and c.last_seen_at >= ").number(now.0 - days * DAY);
    }
}

/// Every company that a filter means, by number.
///
/// # Errors
/// [`Error::Invalid`] beyond half a million, and for a rule that makes no sense.
pub async fn ids(
    c: &mut Conn,
    workspace: WorkspaceId,
    filter: &Filter,
    now: Time,
) -> Result<RoaringTreemap, Error> {
    let ruled = segments::holding(c, workspace, Subject::Company, &filter.rule, now).await?;
    let mut s = Statement::new("with found (id) as (select c.id from companies c where ");
    push(&mut s, workspace, filter, None, now);
    s.push(")");
    let mut found: RoaringTreemap = s.numbers(c).await?.into_iter().collect();
    if let Some(ruled) = ruled {
        found &= ruled;
    }
    if found.len() > MOST {
        return Err(Error::invalid("companies", "narrow it to at most half a million companies"));
    }
    Ok(found)
}

/// The first of the companies that these words find, last seen first.
pub async fn found(
    c: &mut Conn,
    workspace: WorkspaceId,
    words: &str,
    now: Time,
    limit: i64,
) -> Result<Vec<Company>, Error> {
    let filter = Filter { find: words.to_owned(), ..Filter::default() };
    let mut s = Statement::new("select ");
    s.push(COLUMNS_AS_C).push(" from companies c where ");
    push(&mut s, workspace, &filter, None, now);
    s.push(" order by c.last_seen_at desc, c.id desc limit ").number(limit);
    s.fetch_all(c).await
}

/// The companies of a filter after a number, in the order of their numbers; `ruled` is its rule, looked up.
///
/// # Errors
/// [`Error::TooSlow`] where the connection has a limit.
pub async fn following(
    c: &mut Conn,
    workspace: WorkspaceId,
    filter: &Filter,
    ruled: Option<&Ruled>,
    now: Time,
    (after, limit): (CompanyId, i64),
) -> Result<Vec<Company>, Error> {
    let mut s = Statement::new("select ");
    s.push(COLUMNS_AS_C).push(" from companies c where ");
    push(&mut s, workspace, filter, ruled.map(|ruled| (ruled, Along::Order)), now);
    s.push(" and c.id > ").number(after.0).push(" order by c.id limit ").number(limit);
    s.fetch_all(c).await
}
