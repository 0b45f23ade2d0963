//! Segments as pages show them: the list, one with its rule, and what a rule would do before it is saved.

use roaring::RoaringTreemap;

use super::compile::Scope;
use super::fault::Faults;
use super::fields;
use super::known::{known, known_for};
use super::predicate::Predicate;
use super::resolve::{Known, resolve};
use super::sentence::sentence;
use super::sets;
use super::shown::{Brief, Choice, Choices, Detail, Example, Preview, Segments};
use super::store::{self, Row};
use crate::attributes::Subject;
use crate::contacts::title_of;
use crate::error::Error;
use crate::id::{ContactId, SegmentId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;
use crate::stream;
use crate::time::Time;

/// How many are shown as examples.
const EXAMPLES: usize = 10;

fn brief(known: &Known, row: Row) -> Option<Brief> {
    let subject = Subject::from_word(&row.subject)?;
    let rule = Predicate::parse(&row.rule)
        .and_then(|predicate| resolve(known, subject, Some(row.id), &predicate));
    Some(Brief {
        id: row.id,
        subject,
        sentence: rule.as_ref().map(|rule| sentence(known, subject, rule)).unwrap_or_default(),
        fault: rule.err().map(|faults| faults.first().message).unwrap_or_default(),
        name: row.name,
        members: row.members,
        builtin: !row.builtin.is_empty(),
        filling: (row.judged.is_empty() || !row.filling.is_empty())
            .then_some((row.done, row.total)),
        paused: row.paused_at.0 > 0,
    })
}

/// All segments of a workspace.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn segments(c: &mut Conn, workspace: WorkspaceId) -> Result<Segments, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let known = known(c, workspace).await?;
    let all = store::seen(c, workspace).await?;
    let archived = store::archived(c, workspace).await?;
    let of = |rows: Vec<Row>| rows.into_iter().filter_map(|row| brief(&known, row)).collect();
    Ok(Segments { seq, all: of(all), archived: of(archived) })
}

/// One segment; `None` where there is none.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn detail(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: SegmentId,
) -> Result<Option<Detail>, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let Some(row) = store::find(c, workspace, id).await? else { return Ok(None) };
    let known = known(c, workspace).await?;
    let (archived, rule, version) = (row.archived_at.0 > 0, row.rule.clone(), row.version);
    let changed_by = known.teammates.get(&row.updated_by).cloned().unwrap_or_default();
    let detail = |brief| Detail { seq, brief, archived, rule, version, changed_by };
    Ok(brief(&known, row).map(detail))
}

/// What the builder offers.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn choices(c: &mut Conn, workspace: WorkspaceId, now: Time) -> Result<Choices, Error> {
    let known = known(c, workspace).await?;
    let days = known.dates.days_before(now);
    let own = known.attributes.into_iter().map(|((of, name), (_, sort, label))| Choice {
        of,
        key: format!("{}{name}", fields::CUSTOM),
        label,
        sort,
    });
    let mut own: Vec<_> = own.collect();
    own.sort_by_key(|c| c.label.to_lowercase());
    let mut tags: Vec<_> = known.tags.into_iter().collect();
    tags.sort_by_key(|(_, name)| name.to_lowercase());
    let segments = known.segments.into_iter().map(|(id, (of, name, _))| (id, of, name));
    let mut segments: Vec<_> = segments.collect();
    segments.sort_by_key(|(.., name)| name.to_lowercase());
    let mut teammates: Vec<_> = known.teammates.into_iter().collect();
    teammates.sort_by_key(|(_, name)| name.to_lowercase());
    let sql = "select name from event_names where workspace_id = $1 order by name limit 1000";
    let events: Vec<(String,)> =
        run!(c, |x| sqlx::query_as::<_, (String,)>(sql).bind(workspace).fetch_all(x))?;
    let events = events.into_iter().map(|(name,)| name).collect();
    Ok(Choices { own, tags, segments, teammates, events, days })
}

/// What a rule would do; `id` is the segment that it is to be the rule of.
///
/// # Errors
/// [`Error::Internal`] when the database fails. A rule that makes no sense is told in the answer, at each of its places.
pub async fn preview(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: Subject,
    id: Option<SegmentId>,
    text: &str,
    now: Time,
) -> Result<Preview, Error> {
    let refused = |faults: Faults| Ok(Preview { faults: faults.all(), ..Preview::default() });
    let predicate = match Predicate::parse(text) {
        Ok(predicate) => predicate,
        Err(faults) => return refused(faults),
    };
    let known = known_for(c, workspace, &predicate).await?;
    let rule = match resolve(&known, subject, id, &predicate) {
        Ok(rule) => rule,
        Err(faults) => return refused(faults),
    };
    let found = sets::find(c, workspace, Scope::all(subject, now), &rule).await?;
    let mut out = Preview {
        sentence: sentence(&known, subject, &rule),
        count: found.len() as i64,
        sample: some(c, workspace, subject, &found).await?,
        ..Preview::default()
    };
    if let Some(id) = id {
        let members = sets::members(c, workspace, id).await?;
        let (enter, leave) = (&found - &members, &members - &found);
        (out.enter, out.leave) = (enter.len() as i64, leave.len() as i64);
        out.entering = some(c, workspace, subject, &enter).await?;
        out.leaving = some(c, workspace, subject, &leave).await?;
    }
    Ok(out)
}

type Named = (i64, Option<String>, Option<String>, Option<String>);

/// The first of these, as examples.
async fn some(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: Subject,
    of: &RoaringTreemap,
) -> Result<Vec<Example>, Error> {
    let first: Vec<[u64; 1]> = of.iter().take(EXAMPLES).map(|id| [id]).collect();
    if first.is_empty() {
        return Ok(Vec::new());
    }
    let first = serde_json::to_string(&first).map_err(|_| Error::Internal)?;
    let sql = match subject {
        Subject::Contact => {
            "select id, name, email, external_id from contacts where workspace_id = $1 \
             and id in (select cast(value ->> 0 as bigint) from json_each($2)) order by id"
        }
        Subject::Company => {
            "select id, name, company_id, website from companies where workspace_id = $1 \
             and id in (select cast(value ->> 0 as bigint) from json_each($2)) order by id"
        }
    };
    let rows: Vec<Named> = run!(c, |x| {
        sqlx::query_as::<_, Named>(sql).bind(workspace).bind(first.as_str()).fetch_all(x)
    })?;
    let example =
        |(id, a, b, c): Named| Example { id, title: title_of(ContactId(id), [&a, &b, &c]) };
    Ok(rows.into_iter().map(example).collect())
}
