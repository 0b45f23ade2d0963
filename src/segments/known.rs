//! What a workspace has that rules may name, read at once.

use std::collections::HashMap;

use super::fields::Sort;
use super::predicate::Predicate;
use super::resolve::Known;
use crate::attributes::{DataType, Subject};
use crate::error::Error;
use crate::id::{AttributeId, SegmentId, TagId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;

/// Reads it.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn known(c: &mut Conn, workspace: WorkspaceId) -> Result<Known, Error> {
    let sql = "select subject, name, label, id, data_type from attributes where workspace_id = $1 and archived_at = 0";
    type Attribute = (String, String, String, AttributeId, String);
    let attributes: Vec<Attribute> =
        run!(c, |x| sqlx::query_as::<_, Attribute>(sql).bind(workspace).fetch_all(x))?;
    let attribute = |(subject, name, label, id, word): Attribute| {
        let subject = Subject::from_word(&subject)?;
        let sort = Sort::from(DataType::from_word(&word)?);
        let label = if label.is_empty() { name.clone() } else { label };
        Some(((subject, name), (id, sort, label)))
    };
    let sql = "select id, name from tags where workspace_id = $1";
    let tags: Vec<(TagId, String)> =
        run!(c, |x| sqlx::query_as::<_, (TagId, String)>(sql).bind(workspace).fetch_all(x))?;
    let sql = "select id, subject, name, rule from segments where workspace_id = $1 and archived_at = 0 and message_id = 0";
    type Segment = (SegmentId, String, String, String);
    let segments: Vec<Segment> =
        run!(c, |x| sqlx::query_as::<_, Segment>(sql).bind(workspace).fetch_all(x))?;
    let segment = |(id, subject, name, rule): Segment| {
        Some((id, (Subject::from_word(&subject)?, name, Predicate::parse(&rule).ok()?)))
    };
    let sql = "select id, name from teammates where workspace_id = $1";
    let teammates: Vec<(TeammateId, String)> =
        run!(c, |x| sqlx::query_as::<_, (TeammateId, String)>(sql).bind(workspace).fetch_all(x))?;
    let sql = "select time_zone from workspaces where id = $1";
    let (zone,): (String,) =
        run!(c, |x| sqlx::query_as::<_, (String,)>(sql).bind(workspace).fetch_one(x))?;
    Ok(Known {
        attributes: attributes.into_iter().filter_map(attribute).collect(),
        tags: tags.into_iter().collect(),
        segments: segments.into_iter().filter_map(segment).collect::<HashMap<_, _>>(),
        teammates: teammates.into_iter().collect(),
        // Days are asked of it, never how long ago something was.
        dates: Dates::new(&zone, Time(0)),
    })
}
