//! Audiences of messages: rules that are kept like segments and that nobody sees as one.

use std::collections::BTreeSet;

use super::estimate;
use super::explain::{Explain, healths};
use super::facts::{Facts, Needs, load};
use super::judge::judge;
use super::known::known;
use super::predicate::{FieldTest, Op, Predicate};
use super::query;
use super::resolve::resolve;
use super::shown::{Explanation, Reason};
use super::store;
use super::watch::Watched;
use crate::attributes::Subject;
use crate::contacts;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, MessageId, SegmentId, TagId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Changed, Conn, Write};
use crate::server::state::AppState;
use crate::time::Time;

/// How many are taken out of an audience that ends at a time.
const EMPTIED: i64 = 500;

/// The condition that somebody, or a company of theirs, has a tag.
pub fn tagged(tag: TagId) -> Predicate {
    let has = || {
        Predicate::Field(FieldTest {
            field: super::fields::TAG.into(),
            op: Op::Is,
            value: tag.to_string().into(),
            exact_case: false,
        })
    };
    Predicate::Any(vec![has(), Predicate::Company(Box::new(has()))])
}

/// How many people a rule holds for, and whether that is everybody.
///
/// # Errors
/// [`Error::Invalid`] for a rule that makes no sense, at its place.
pub async fn reach(
    c: &mut Conn,
    workspace: WorkspaceId,
    rule: &Predicate,
    now: Time,
) -> Result<(i64, bool), Error> {
    let known = known(c, workspace).await?;
    let rule = resolve(&known, Subject::Contact, None, rule)?;
    let count = query::count(c, workspace, Subject::Contact, &rule, now).await?;
    let all = contacts::everyone(c, workspace).await?;
    Ok((count, count >= all && all > 0))
}

/// How many people a rule holds for where that is everybody, and `None` where somebody is left out. Where there are many a
/// sample mostly tells, so that who writes does not wait for a count.
///
/// # Errors
/// As [`reach`].
pub async fn everybody(
    c: &mut Conn,
    workspace: WorkspaceId,
    rule: &Predicate,
    now: Time,
) -> Result<Option<i64>, Error> {
    let known = known(c, workspace).await?;
    let looked_up = resolve(&known, Subject::Contact, None, rule)?;
    if estimate::leaves_out(c, workspace, Subject::Contact, &looked_up, now).await? {
        return Ok(None);
    }
    let (count, everybody) = reach(c, workspace, rule, now).await?;
    Ok(everybody.then_some(count))
}

/// Begins to keep the audience of a message, by a rule that [`reach`] has found to make sense: everyone is looked at in
/// steps, and from then on who changes. `per_company`: for which company of theirs somebody is in is kept too.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn keep(
    w: &mut Write<'_>,
    message: MessageId,
    name: &str,
    rule: &Predicate,
    per_company: bool,
) -> Result<SegmentId, Error> {
    let id = SegmentId(w.app.db.next_id()?);
    let sql = "insert into segments (workspace_id, id, subject, name, name_key, rule, created_by, created_at, updated_at, message_id, per_company) \
               values ($1, $2, 'contact', $3, '', $4, $5, $6, $6, $7, $8)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(name)
            .bind(rule.text())
            .bind(w.actor)
            .bind(w.now)
            .bind(message)
            .bind(i64::from(per_company))
            .execute(c)
    })?;
    w.rules_changed();
    Ok(id)
}

/// Keeps the audience of a message by another rule, which makes sense: everyone is looked at once more, in steps.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn change(w: &mut Write<'_>, id: SegmentId, rule: &Predicate) -> Result<(), Error> {
    let sql = "update segments set rule = $3, updated_at = $4 where workspace_id = $1 and id = $2";
    let (workspace, now, rule) = (w.workspace, w.now, rule.text());
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(workspace).bind(id).bind(&rule).bind(now).execute(c)
    })?;
    w.rules_changed();
    Ok(())
}

/// Keeps the audience of a message no longer.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn release(w: &mut Write<'_>, id: SegmentId) -> Result<(), Error> {
    // Nobody puts a member in while they are taken out.
    w.judging().await?;
    for sql in [
        "delete from segment_members where workspace_id = $1 and segment_id = $2",
        "delete from audience_companies where workspace_id = $1 and segment_id = $2",
        "delete from segment_turns where workspace_id = $1 and segment_id = $2",
        "delete from segments where workspace_id = $1 and id = $2 and message_id > 0",
    ] {
        let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).execute(c))?;
    }
    w.rules_changed();
    Ok(())
}

/// Takes some out of the audience of a message that ends by itself, so that [`release`] has little left to do at once and others write
/// in between. Answers whether there may be more.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn empty(w: &mut Write<'_>, id: SegmentId) -> Result<bool, Error> {
    w.judging().await?;
    let mut more = false;
    for sql in [
        "delete from segment_members where workspace_id = $1 and segment_id = $2 and subject_id in \
         (select subject_id from segment_members where workspace_id = $1 and segment_id = $2 limit $3)",
        "delete from audience_companies where workspace_id = $1 and segment_id = $2 and (contact_id, company_id) in \
         (select contact_id, company_id from audience_companies where workspace_id = $1 and segment_id = $2 limit $3)",
    ] {
        let gone: Changed =
            run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).bind(EMPTIED).execute(c))?;
        more |= gone.0 as i64 >= EMPTIED;
    }
    Ok(more)
}

/// How a person stands to the audiences of messages, condition by condition.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn standings(
    app: &AppState,
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Vec<(MessageId, Explanation)>, Error> {
    let version = store::version(c, workspace).await?;
    let rules = app.segments.rules(c, workspace, version).await?;
    let audiences: Vec<&Watched> = rules.all.iter().filter(|s| s.message.0 > 0).collect();
    if audiences.is_empty() {
        return Ok(Vec::new());
    }
    let mut needs = Needs::at(dates.now());
    audiences.iter().for_each(|s| s.need(&mut needs));
    let facts =
        load(c, workspace, Subject::Contact, &[contact.0], &needs, &app.segments.kept).await?;
    let facts = facts.get(&contact.0).cloned().unwrap_or_default();
    let sql = "select m.segment_id from segment_members m join segments s on s.workspace_id = m.workspace_id and s.id = m.segment_id \
               where m.workspace_id = $1 and m.subject_id = $2 and s.message_id > 0";
    let inside: Vec<(SegmentId,)> = run!(c, |x| {
        sqlx::query_as::<_, (SegmentId,)>(sql).bind(workspace).bind(contact).fetch_all(x)
    })?;
    let healths = healths(c, workspace, Subject::Contact, contact.0, &facts, &audiences).await?;
    let explain = Explain { rules: &rules, facts: &facts, healths, dates };
    let one = |s: &Watched| (s.message, explain.segment(s, inside.iter().any(|(id,)| *id == s.id)));
    Ok(audiences.into_iter().map(one).collect())
}

/// How a rule stands to a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    /// Whether it holds.
    pub holds: bool,
    /// For which companies of theirs it does, each by itself.
    pub companies: BTreeSet<CompanyId>,
    /// Each part of it, with what is known of them.
    pub reasons: Vec<Reason>,
}

/// How a rule stands to a person now, condition by condition, whether anything keeps for whom it holds or not. One that makes no sense any more
/// holds for nobody, and its only part says why.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn judged(
    app: &AppState,
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    contact: ContactId,
    rule: &Predicate,
) -> Result<Judged, Error> {
    let version = store::version(c, workspace).await?;
    let rules = app.segments.rules(c, workspace, version).await?;
    let watched = Watched::once(resolve(&rules.known, Subject::Contact, None, rule));
    let mut needs = Needs::at(dates.now());
    watched.need(&mut needs);
    let facts =
        load(c, workspace, Subject::Contact, &[contact.0], &needs, &app.segments.kept).await?;
    let facts = facts.get(&contact.0).cloned().unwrap_or_default();
    let healths = healths(c, workspace, Subject::Contact, contact.0, &facts, &[&watched]).await?;
    let holds = |facts: &Facts| {
        watched.rule.as_ref().is_ok_and(|rule| judge(rule, facts, dates.now()).holds)
    };
    let mut out = Judged { holds: holds(&facts), ..Judged::default() };
    for firm in &facts.companies {
        if holds(&Facts { companies: vec![firm.clone()], ..facts.clone() }) {
            out.companies.insert(CompanyId(firm.number));
        }
    }
    let explain = Explain { rules: &rules, facts: &facts, healths, dates };
    out.reasons = explain.segment(&watched, out.holds).reasons;
    Ok(out)
}
