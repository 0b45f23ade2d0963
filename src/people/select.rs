//! Which people a filter means, as conditions of a statement.

use super::{Asked, Filter, MOST};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::segments::Ruled;
use crate::server::db::{Conn, Statement};
use crate::time::Time;

/// The most words that a search looks at.
const WORDS: usize = 6;

/// Adds the conditions of a filter on contacts called `p`; the workspace is the first parameter.
pub(super) fn push(
    s: &mut Statement,
    workspace: WorkspaceId,
    filter: &Filter,
    ruled: Option<&Ruled>,
) {
    s.push("p.workspace_id = ").number(workspace.0).push(" and p.merged_into = 0");
    s.push(if filter.archived { " and p.archived_at > 0" } else { " and p.archived_at = 0" });
    let words: Vec<String> =
        filter.find.split_whitespace().take(WORDS).map(str::to_lowercase).collect();
    for word in words {
        // The end of the range of texts that begin with the word.
        let end = format!("{word}\u{10ffff}");
        s.push(" and p.id in (select contact_id from contact_words where workspace_id = ")
            .number(workspace.0);
        s.push(" and word >= ").text(word).push(" and word < ").text(end).push(")");
    }
    if let Some(tag) = filter.tag {
        s.push(" and p.id in (select owner_id from taggings where owner_kind = 'contact' and workspace_id = ");
        s.number(workspace.0).push(" and tag_id = ").number(tag.0).push(")");
    }
    if let Some(company) = filter.company {
        s.push(" and p.id in (select contact_id from memberships where left_at = 0 and workspace_id = ");
        s.number(workspace.0).push(" and company_id = ").number(company.0).push(")");
    }
    if let Some(segment) = filter.segment {
        s.push(" and p.id in (select subject_id from segment_members where workspace_id = ");
        s.number(workspace.0).push(" and segment_id = ").number(segment.0).push(")");
    }
    if let Some(ruled) = ruled {
        ruled.push(s);
    }
    if !filter.country.is_empty() {
        // Said twice for the index, which holds known countries only.
        s.push(" and p.country_code <> '' and p.country_code = ").text(filter.country.clone());
    }
}

/// Whether a filter lets everyone in the list through, so that the kept count is the total.
pub(super) fn is_everyone(filter: &Filter) -> bool {
    *filter == Filter::default()
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
) -> Result<Vec<ContactId>, Error> {
    let ruled = Ruled::find(c, workspace, Subject::Contact, &filter.rule, now).await?;
    let mut s = Statement::new("select p.id from contacts p where ");
    push(&mut s, workspace, filter, ruled.as_ref());
    s.push(" order by p.id limit ").number(MOST as i64 + 1);
    let rows: Vec<(ContactId,)> = s.fetch_all(c).await?;
    if rows.len() > MOST {
        return Err(Error::invalid("people", "narrow it to at most two million people"));
    }
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What the address of a list asks for.
pub fn asked_of(address: &str) -> Asked {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    Asked::from_query(|name| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()))
}
