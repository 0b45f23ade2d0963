//! Lists of companies for the API, in pages by number and as one long scroll.

use std::collections::HashMap;

use const_format::formatcp;
use serde_json::{Map, Value, json};

use super::Company;
use super::store::COLUMNS_AS_C;
use crate::attributes::{self, Subject};
use crate::error::Error;
use crate::id::{CompanyId, SegmentId, TagId, WorkspaceId};
use crate::run;
use crate::server::db::{Conn, Statement};
use crate::tags;
use crate::time::Time;

/// A company with what stands in other tables.
#[derive(Debug, Clone)]
pub struct Found {
    /// The company.
    pub company: Company,
    /// Custom attributes, each of its type; dates are Unix seconds.
    pub custom: Map<String, Value>,
    /// Its tags by name.
    pub tags: Vec<(TagId, String)>,
    /// The segments that it is in, by name.
    pub segments: Vec<In>,
}

/// A segment that a company is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct In {
    /// Which.
    pub id: SegmentId,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Time,
    /// When its name or rule last changed.
    pub updated_at: Time,
}

/// Which companies a list keeps: those of which all this holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kept<'a> {
    /// They have this tag.
    pub tag: Option<TagId>,
    /// They are in this segment.
    pub segment: Option<SegmentId>,
    /// They have this name, in any case.
    pub name: Option<&'a str>,
}

/// A place in a list: so many rows from its beginning, and how many are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Rows before it.
    pub skip: i64,
    /// Rows at most.
    pub limit: i64,
    /// The longest not seen first, rather than the last seen.
    pub upwards: bool,
}

/// A page of the companies, by when they were last seen, and how many there are.
pub async fn listing(
    c: &mut Conn,
    workspace: WorkspaceId,
    kept: Kept<'_>,
    place: Place,
) -> Result<(Vec<Found>, i64), Error> {
    let from = |sql: &mut Statement| {
        sql.push(" from companies c where c.workspace_id = ").number(workspace.0);
        sql.push(" and c.merged_into = 0 and c.archived_at = 0");
        if let Some(tag) = kept.tag {
            sql.push(
                " and c.id in (select owner_id from taggings where workspace_id = $1 \
                 and owner_kind = 'company' and tag_id = ",
            );
            sql.number(tag.0).push(")");
        }
        if let Some(segment) = kept.segment {
            sql.push(
                " and c.id in (select subject_id from segment_members where workspace_id = $1 and segment_id = ",
            );
            sql.number(segment.0).push(")");
        }
        if let Some(name) = kept.name {
            sql.push(" and c.name_key = ").text(name.to_lowercase());
        }
    };
    let mut count = Statement::new("select count(*)");
    from(&mut count);
    let (total,): (i64,) = count.fetch_one(c).await?;
    let mut page = Statement::new("select ");
    page.push(COLUMNS_AS_C);
    from(&mut page);
    page.push(if place.upwards {
        " order by c.last_seen_at, c.id limit "
    } else {
        " order by c.last_seen_at desc, c.id desc limit "
    });
    page.number(place.limit).push(" offset ").number(place.skip);
    let rows: Vec<Company> = page.fetch_all(c).await?;
    Ok((complete(c, workspace, rows).await?, total))
}

/// The companies after a number, in the order of their numbers.
pub async fn scroll(
    c: &mut Conn,
    workspace: WorkspaceId,
    after: i64,
    limit: i64,
) -> Result<Vec<Found>, Error> {
    let sql = formatcp!(
        "select {COLUMNS_AS_C} from companies c where c.workspace_id = $1 and c.id > $2 \
         and c.merged_into = 0 and c.archived_at = 0 order by c.id limit $3"
    );
    let rows: Vec<Company> = run!(c, |x| {
        sqlx::query_as::<_, Company>(sql).bind(workspace).bind(after).bind(limit).fetch_all(x)
    })?;
    complete(c, workspace, rows).await
}

/// Adds what stands in other tables.
pub(super) async fn complete(
    c: &mut Conn,
    workspace: WorkspaceId,
    all: Vec<Company>,
) -> Result<Vec<Found>, Error> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = all.iter().map(|c| [c.id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let mut custom = attributes::values_of_many(c, workspace, Subject::Company, &ids).await?;
    let mut tags = tags::of_many(c, workspace, Subject::Company.word(), &ids).await?;
    let mut segments: HashMap<CompanyId, Vec<In>> = HashMap::new();
    for (company, segment) in inside(c, workspace, &ids).await? {
        segments.entry(company).or_default().push(segment);
    }
    let whole = |company: Company| Found {
        custom: custom.remove(&company.id.0).unwrap_or_default(),
        tags: tags.remove(&company.id.0).unwrap_or_default(),
        segments: segments.remove(&company.id).unwrap_or_default(),
        company,
    };
    Ok(all.into_iter().map(whole).collect())
}

/// The segments that companies are in; `ids` is the JSON text of a list of lists of one number.
async fn inside(
    c: &mut Conn,
    workspace: WorkspaceId,
    ids: &str,
) -> Result<Vec<(CompanyId, In)>, Error> {
    let sql = "select m.subject_id, s.id, s.name, s.created_at, s.updated_at from json_each($2) j \
               cross join segment_members m join segments s on s.workspace_id = m.workspace_id and s.id = m.segment_id \
               where m.workspace_id = $1 and m.subject_id = cast(j.value ->> 0 as bigint) \
               and s.subject = 'company' and s.archived_at = 0 and s.message_id = 0 order by s.name_key";
    type Row = (CompanyId, SegmentId, String, Time, Time);
    let rows: Vec<Row> =
        run!(c, |x| { sqlx::query_as::<_, Row>(sql).bind(workspace).bind(ids).fetch_all(x) })?;
    let one = |(company, id, name, created_at, updated_at)| {
        (company, In { id, name, created_at, updated_at })
    };
    Ok(rows.into_iter().map(one).collect())
}

impl Found {
    /// The company in the shape of Intercom's `company`.
    pub fn to_json(&self, app_id: &str) -> Value {
        let c = &self.company;
        let seconds = |at: Option<Time>| at.filter(|t| t.0 > 0).map(|t| t.seconds());
        // A plan has no number here: its name is its id.
        let plan = c
            .plan
            .as_ref()
            .map_or_else(|| json!({}), |name| json!({ "type": "plan", "id": name, "name": name }));
        let tag = |(id, name): &(TagId, String)| json!({ "type": "tag", "id": id.to_string(), "name": name });
        let tags: Vec<_> = self.tags.iter().map(tag).collect();
        let segment = |s: &In| {
            json!({
                "type": "segment",
                "id": s.id.to_string(),
                "name": s.name,
                "created_at": s.created_at.seconds(),
                "updated_at": s.updated_at.seconds(),
                "person_type": "company",
            })
        };
        let segments: Vec<_> = self.segments.iter().map(segment).collect();
        json!({
            "type": "company",
            "id": c.id.to_string(),
            "company_id": c.company_id,
            "app_id": app_id,
            "name": c.name,
            "plan": plan,
            "monthly_spend": c.monthly_spend,
            "size": c.size,
            "website": c.website,
            "industry": c.industry,
            "remote_created_at": seconds(c.remote_created_at),
            "created_at": seconds(Some(c.created_at)),
            "updated_at": seconds(Some(c.updated_at)),
            "last_request_at": seconds(Some(c.last_seen_at)),
            "session_count": c.session_count,
            "user_count": c.user_count,
            "custom_attributes": self.custom,
            "tags": { "type": "tag.list", "tags": tags },
            "segments": { "type": "segment.list", "segments": segments },
        })
    }
}
