//! Segments as pages show them: the list, one with its rule, and what a rule would do before it is saved.

use super::compile::id_of;
use super::fields;
use super::known::{known, known_for};
use super::predicate::Predicate;
use super::query;
use super::resolve::{Known, resolve};
use super::rule::Rule;
use super::sentence::sentence;
use super::shown::{Brief, Choice, Choices, Detail, Example, Preview, Segments};
use super::store::{self, Row};
use crate::attributes::Subject;
use crate::contacts::title_of;
use crate::error::Error;
use crate::id::{ContactId, SegmentId, WorkspaceId};
use crate::run;
use crate::server::db::{Conn, Statement};
use crate::stream;
use crate::time::Time;

/// How many are shown as examples.
const EXAMPLES: i64 = 10;

fn brief(known: &Known, row: Row) -> Option<Brief> {
    let subject = Subject::from_word(&row.subject)?;
    let rule = Predicate::parse(&row.rule)
        .and_then(|predicate| resolve(known, subject, Some(row.id), &predicate));
    Some(Brief {
        id: row.id,
        subject,
        sentence: rule.as_ref().map(|rule| sentence(known, subject, rule)).unwrap_or_default(),
        fault: rule.err().map(|fault| fault.message).unwrap_or_default(),
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
    let (archived, rule) = (row.archived_at.0 > 0, row.rule.clone());
    Ok(brief(&known, row).map(|brief| Detail { seq, brief, archived, rule }))
}

/// What the builder offers.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn choices(c: &mut Conn, workspace: WorkspaceId) -> Result<Choices, Error> {
    let known = known(c, workspace).await?;
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
    Ok(Choices { own, tags, segments, teammates, events })
}

/// What a rule would do; `id` is the segment that it is to be the rule of.
///
/// # Errors
/// [`Error::Internal`] when the database fails. A rule that makes no sense is told in the answer, at its place.
pub async fn preview(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: Subject,
    id: Option<SegmentId>,
    text: &str,
    now: Time,
) -> Result<Preview, Error> {
    let refused = |fault| Ok(Preview { fault: Some(fault), ..Preview::default() });
    let predicate = match Predicate::parse(text) {
        Ok(predicate) => predicate,
        Err(fault) => return refused(fault),
    };
    let known = known_for(c, workspace, &predicate).await?;
    let rule = match resolve(&known, subject, id, &predicate) {
        Ok(rule) => rule,
        Err(fault) => return refused(fault),
    };
    let look = Look { workspace, subject, rule: &rule, now };
    let (count, sample) = (look.count(c, None).await?, look.some(c, None).await?);
    let mut out =
        Preview { sentence: sentence(&known, subject, &rule), count, sample, ..Preview::default() };
    if let Some(id) = id {
        out.enter = look.count(c, Some((id, false))).await?;
        out.entering = look.some(c, Some((id, false))).await?;
        let sql = "select members from segments where workspace_id = $1 and id = $2";
        let row: Option<(i64,)> = run!(c, |x| {
            sqlx::query_as::<_, (i64,)>(sql).bind(workspace).bind(id).fetch_optional(x)
        })?;
        // Those who are in it and stay are those whom the rule finds, without those who come.
        out.leave = (row.map_or(0, |(n,)| n) - (count - out.enter)).max(0);
        if out.leave > 0 {
            out.leaving = look.some(c, Some((id, true))).await?;
        }
    }
    Ok(out)
}

struct Look<'a> {
    workspace: WorkspaceId,
    subject: Subject,
    rule: &'a Rule,
    now: Time,
}

type Named = (i64, Option<String>, Option<String>, Option<String>);

impl Look<'_> {
    /// Whom the rule holds for, of those who are not in a segment; or, with `true`, who is in it and it does not hold for.
    fn whom(&self, sql: &mut Statement, against: Option<(SegmentId, bool)>) {
        let id = id_of(self.subject);
        match against {
            Some((segment, true)) => {
                let rule = Rule::Not(Box::new(self.rule.clone()));
                query::whom(sql, self.workspace, self.subject, &rule, self.now);
                member(sql, id, " in ", segment);
            }
            Some((segment, false)) => {
                query::whom(sql, self.workspace, self.subject, self.rule, self.now);
                member(sql, id, " not in ", segment);
            }
            None => query::whom(sql, self.workspace, self.subject, self.rule, self.now),
        }
    }

    async fn count(&self, c: &mut Conn, against: Option<(SegmentId, bool)>) -> Result<i64, Error> {
        let mut sql = Statement::new("select count(*)");
        self.whom(&mut sql, against);
        let (count,): (i64,) = sql.fetch_one(c).await?;
        Ok(count)
    }

    async fn some(
        &self,
        c: &mut Conn,
        against: Option<(SegmentId, bool)>,
    ) -> Result<Vec<Example>, Error> {
        let columns = match self.subject {
            Subject::Contact => "select p.id, p.name, p.email, p.external_id",
            Subject::Company => "select c.id, c.name, c.company_id, c.website",
        };
        let mut sql = Statement::new(columns);
        self.whom(&mut sql, against);
        sql.push(" order by ").push(id_of(self.subject)).push(" limit ").number(EXAMPLES);
        let rows: Vec<Named> = sql.fetch_all(c).await?;
        let example =
            |(id, a, b, c): Named| Example { id, title: title_of(ContactId(id), [&a, &b, &c]) };
        Ok(rows.into_iter().map(example).collect())
    }
}

fn member(sql: &mut Statement, id: &'static str, word: &'static str, segment: SegmentId) {
    sql.push(" and ").push(id).push(word);
    sql.push(
        "(select s.subject_id from segment_members s where s.workspace_id = $1 and s.segment_id = ",
    );
    sql.number(segment.0).push(")");
}
