//! What a workspace has that rules may name.

use std::collections::HashMap;

use super::fields::{CUSTOM, SEGMENT, Sort, TAG};
use super::predicate::Predicate;
use super::resolve::Known;
use crate::attributes::{DataType, Subject};
use crate::error::Error;
use crate::id::{AttributeId, SegmentId, TagId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;

/// What is to be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Wanted {
    attributes: bool,
    tags: bool,
    segments: bool,
    teammates: bool,
}

impl Wanted {
    const EVERYTHING: Self = Self { attributes: true, tags: true, segments: true, teammates: true };

    /// Adds what a rule names.
    fn add(&mut self, predicate: &Predicate) {
        match predicate {
            Predicate::All(parts) | Predicate::Any(parts) => parts.iter().for_each(|p| self.add(p)),
            Predicate::Not(part) | Predicate::Company(part) => self.add(part),
            Predicate::Event(_) => {}
            Predicate::Field(test) => self.add_field(&test.field),
        }
    }

    fn add_field(&mut self, field: &str) {
        match field {
            TAG => self.tags = true,
            // Its rule may name anything.
            SEGMENT => *self = Self::EVERYTHING,
            "owner_id" => self.teammates = true,
            field => self.attributes |= field.starts_with(CUSTOM),
        }
    }
}

/// Everything that there is.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn known(c: &mut Conn, workspace: WorkspaceId) -> Result<Known, Error> {
    read(c, workspace, Wanted::EVERYTHING).await
}

/// What a single rule needs to be looked up.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn known_for(
    c: &mut Conn,
    workspace: WorkspaceId,
    predicate: &Predicate,
) -> Result<Known, Error> {
    let mut wanted = Wanted::default();
    wanted.add(predicate);
    read(c, workspace, wanted).await
}

/// What a rule needs to be looked up that is asked once, by the fields that it asks.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn known_once(
    c: &mut Conn,
    workspace: WorkspaceId,
    fields: &[&str],
) -> Result<Known, Error> {
    let mut wanted = Wanted::default();
    // Tags and teammates need not be there.
    let named = fields.iter().filter(|field| !matches!(**field, TAG | "owner_id"));
    named.for_each(|field| wanted.add_field(field));
    read(c, workspace, wanted).await
}

async fn read(c: &mut Conn, workspace: WorkspaceId, wanted: Wanted) -> Result<Known, Error> {
    let sql = "select time_zone from workspaces where id = $1";
    let (zone,): (String,) =
        run!(c, |x| sqlx::query_as::<_, (String,)>(sql).bind(workspace).fetch_one(x))?;
    let mut known = Known {
        attributes: HashMap::new(),
        tags: HashMap::new(),
        segments: HashMap::new(),
        teammates: HashMap::new(),
        // Days are asked of it, never how long ago something was.
        dates: Dates::new(&zone, Time(0)),
    };
    if wanted.attributes {
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
        known.attributes = attributes.into_iter().filter_map(attribute).collect();
    }
    if wanted.tags {
        let sql = "select id, name from tags where workspace_id = $1";
        let tags: Vec<(TagId, String)> =
            run!(c, |x| sqlx::query_as::<_, (TagId, String)>(sql).bind(workspace).fetch_all(x))?;
        known.tags = tags.into_iter().collect();
    }
    if wanted.segments {
        let sql = "select id, subject, name, rule from segments where workspace_id = $1 and archived_at = 0 and message_id = 0";
        type Segment = (SegmentId, String, String, String);
        let segments: Vec<Segment> =
            run!(c, |x| sqlx::query_as::<_, Segment>(sql).bind(workspace).fetch_all(x))?;
        let segment = |(id, subject, name, rule): Segment| {
            Some((id, (Subject::from_word(&subject)?, name, Predicate::parse(&rule).ok()?)))
        };
        known.segments = segments.into_iter().filter_map(segment).collect();
    }
    if wanted.teammates {
        let sql = "select id, name from teammates where workspace_id = $1";
        type Teammate = (TeammateId, String);
        let teammates: Vec<Teammate> =
            run!(c, |x| sqlx::query_as::<_, Teammate>(sql).bind(workspace).fetch_all(x))?;
        known.teammates = teammates.into_iter().collect();
    }
    Ok(known)
}
