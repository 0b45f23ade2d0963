//! Which people a filter means, as conditions of a statement.

use roaring::RoaringTreemap;

use super::{Filter, MOST};
use crate::attributes::Subject;
use crate::contacts::everyone;
use crate::error::Error;
use crate::id::{CompanyId, SegmentId, TagId, WorkspaceId};
use crate::segments::{self, Along, Ruled};
use crate::server::db::{Conn, Statement};
use crate::time::Time;

/// The most words that a search looks at.
const WORDS: usize = 6;

/// People who have one thing that a filter asks for, as numbers that an index holds.
enum Set {
    Word(String),
    Tag(TagId),
    Company(CompanyId),
    Firm(String),
    Segment(SegmentId),
}

impl Set {
    fn all(filter: &Filter) -> Vec<Self> {
        let words = filter.find.split_whitespace().take(WORDS).map(str::to_lowercase);
        let tag = filter.tag.map(Self::Tag);
        let company = filter.company.map(Self::Company);
        let firm = Some(filter.firm.to_lowercase()).filter(|name| !name.is_empty());
        let firm = firm.map(Self::Firm);
        let segment = filter.segment.map(Self::Segment);
        words.map(Self::Word).chain(tag).chain(company).chain(firm).chain(segment).collect()
    }

    /// Adds the query of the numbers. A person may be in it twice: two words can begin alike, and two companies.
    fn push(&self, s: &mut Statement, workspace: WorkspaceId) {
        match self {
            Self::Word(word) => {
                s.push("select contact_id from contact_words where workspace_id = ");
                s.number(workspace.0).begins(word);
            }
            Self::Tag(tag) => {
                s.push("select owner_id from taggings where owner_kind = 'contact' and workspace_id = ");
                s.number(workspace.0).push(" and tag_id = ").number(tag.0);
            }
            Self::Company(company) => {
                s.push("select contact_id from memberships where left_at = 0 and workspace_id = ");
                s.number(workspace.0).push(" and company_id = ").number(company.0);
            }
            Self::Firm(name) => {
                // A cross join, because SQLite keeps its order: the companies of the name lead.
                s.push("select m.contact_id from (");
                push_called(s, workspace, name, CALLED[0]);
                s.push(" union all ");
                push_called(s, workspace, name, CALLED[1]);
                s.push(") o cross join memberships m where m.workspace_id = ").number(workspace.0);
                s.push(" and m.company_id = o.id and m.left_at = 0");
            }
            Self::Segment(segment) => {
                s.push("select subject_id from segment_members where workspace_id = ");
                s.number(workspace.0).push(" and segment_id = ").number(segment.0);
            }
        }
    }
}

/// What a company is called by, folded, with a condition on a company `o`: its name, or the customer's id of it where it
/// has none. An index holds either.
const CALLED: [(&str, &str); 2] =
    [("o.name_key", "o.name is not null"), ("o.company_key", "o.name is null")];

/// Adds the query of the companies that are called so; of those that begin so where none is.
fn push_called(
    s: &mut Statement,
    workspace: WorkspaceId,
    name: &str,
    called: (&'static str, &'static str),
) {
    let (key, condition) = called;
    s.push("select o.id from companies o where o.workspace_id = ").number(workspace.0);
    s.push(" and o.merged_into = 0 and ").push(condition).push(" and ").push(key).push(" >= ");
    s.text(name.to_owned()).push(" and ").push(key).push(" < ").text(format!("{name}\u{10ffff}"));
    s.push(" and (").push(key).push(" = ").text(name.to_owned()).push(" or not (");
    for (n, (key, condition)) in CALLED.into_iter().enumerate() {
        s.push(if n > 0 { " or exists (" } else { "exists (" });
        s.push("select 1 from companies o where o.workspace_id = ").number(workspace.0);
        s.push(" and o.merged_into = 0 and ").push(condition).push(" and ").push(key).push(" = ");
        s.text(name.to_owned()).push(")");
    }
    s.push("))");
}

/// Where a statement begins to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// With those who have what is asked: right where they are few.
    Asked,
    /// Along the order of the list, until a page is full: right where they are many.
    Order,
}

/// Adds the conditions of a filter on contacts called `p`.
pub(super) fn push(
    s: &mut Statement,
    workspace: WorkspaceId,
    filter: &Filter,
    ruled: Option<&Ruled>,
    way: Way,
) {
    s.push("p.workspace_id = ").number(workspace.0).push(" and p.merged_into = 0");
    s.push(if filter.archived { " and p.archived_at > 0" } else { " and p.archived_at = 0" });
    push_sets(s, workspace, filter, way);
    if let Some(ruled) = ruled {
        ruled.push(s, if way == Way::Order { Along::Order } else { Along::Asked });
    }
    if let Some((first, others)) = filter.only.split_first() {
        s.push(" and p.id in (").number(first.0);
        for other in others {
            s.push(", ").number(other.0);
        }
        s.push(")");
    }
    if !filter.country.is_empty() {
        // Said twice for the index, which holds known countries only.
        s.push(" and p.country_code <> '' and p.country_code = ").text(filter.country.clone());
        if !filter.place.is_empty() {
            push_place(s, workspace, &filter.place);
        }
    }
}

/// Adds that the city or the region begins so, read from the indexes of both.
fn push_place(s: &mut Statement, workspace: WorkspaceId, place: &str) {
    // As it is written and in small letters: of what is kept, only A to Z are.
    let mut keys = vec![place.to_ascii_lowercase(), place.to_lowercase()];
    keys.dedup();
    s.push(" and p.id in (");
    for (n, key) in keys.into_iter().enumerate() {
        s.push(if n > 0 { " union all " } else { "" });
        let end = format!("{key}\u{10ffff}");
        s.push("select x.id from contacts x where x.workspace_id = ").number(workspace.0);
        s.push(" and x.city_key <> '' and x.city_key >= ").text(key.clone());
        s.push(" and x.city_key < ").text(end.clone());
        s.push(" union all select x.id from contacts x where x.workspace_id = ")
            .number(workspace.0);
        s.push(" and x.region_key <> '' and x.region_key >= ").text(key);
        s.push(" and x.region_key < ").text(end);
    }
    s.push(")");
}

fn push_sets(s: &mut Statement, workspace: WorkspaceId, filter: &Filter, way: Way) {
    for set in Set::all(filter) {
        // A sum is no column, so that no index of it is a choice.
        s.push(if way == Way::Asked { " and p.id in (" } else { " and p.id + 0 in (" });
        set.push(s, workspace);
        s.push(")");
    }
}

/// How many people a filter means. Where indexes of what is asked can tell, no row of a person is read but those of the archive.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(super) async fn total(
    c: &mut Conn,
    workspace: WorkspaceId,
    filter: &Filter,
    ruled: Option<&Ruled>,
) -> Result<i64, Error> {
    if *filter == Filter::default() {
        return everyone(c, workspace).await;
    }
    if let Some(ruled) = ruled
        && *filter == (Filter { rule: filter.rule.clone(), ..Filter::default() })
    {
        return Ok(ruled.total);
    }
    let counted = !filter.archived
        && filter.rule.is_empty()
        && filter.country.is_empty()
        && filter.only.is_empty();
    let [first, rest @ ..] = &Set::all(filter)[..] else {
        return plain_total(c, workspace, filter, ruled).await;
    };
    if !counted {
        return plain_total(c, workspace, filter, ruled).await;
    }
    let mut s = Statement::new("select (select count(*) from (");
    if rest.is_empty() {
        s.push("select distinct * from (");
        first.push(&mut s, workspace);
        s.push(") one");
    } else {
        first.push(&mut s, workspace);
    }
    for set in rest {
        s.push(" intersect ");
        set.push(&mut s, workspace);
    }
    s.push(") found) - (select count(*) from contacts p where p.workspace_id = ");
    s.number(workspace.0).push(" and p.archived_at > 0");
    push_sets(&mut s, workspace, filter, Way::Order);
    s.push(")");
    let (total,): (i64,) = s.fetch_one(c).await?;
    Ok(total)
}

async fn plain_total(
    c: &mut Conn,
    workspace: WorkspaceId,
    filter: &Filter,
    ruled: Option<&Ruled>,
) -> Result<i64, Error> {
    let mut s = Statement::new("select count(*) from contacts p where ");
    push(&mut s, workspace, filter, ruled, Way::Asked);
    let (total,): (i64,) = s.fetch_one(c).await?;
    Ok(total)
}

/// The way that reads fewer rows to a page of `rows`, where `total` people are meant: all of those, or, in the order of
/// the list, as many as hold a page if they are spread evenly.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(super) async fn way(
    c: &mut Conn,
    workspace: WorkspaceId,
    total: i64,
    rows: i64,
) -> Result<Way, Error> {
    // Fewer than these are read in no time either way.
    if total < 1_000 {
        return Ok(Way::Asked);
    }
    let along = everyone(c, workspace).await?.saturating_mul(rows) / total;
    Ok(if along < total { Way::Order } else { Way::Asked })
}

/// Everyone whom a filter means, by number.
///
/// # Errors
/// [`Error::Invalid`] beyond two million, and for a rule that makes no sense.
pub async fn ids(
    c: &mut Conn,
    workspace: WorkspaceId,
    filter: &Filter,
    now: Time,
) -> Result<RoaringTreemap, Error> {
    let ruled = segments::holding(c, workspace, Subject::Contact, &filter.rule, now).await?;
    let mut s = Statement::new("with found (id) as (select p.id from contacts p where ");
    push(&mut s, workspace, filter, None, Way::Asked);
    s.push(")");
    let mut found: RoaringTreemap = s.numbers(c).await?.into_iter().collect();
    if let Some(ruled) = ruled {
        found &= ruled;
    }
    if found.len() > MOST {
        return Err(Error::invalid("people", "narrow it to at most two million people"));
    }
    Ok(found)
}
