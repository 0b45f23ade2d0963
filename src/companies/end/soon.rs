//! The seconds before a company ends, in which whoever ends it can take that back.

use super::{Ending, delete, merge, merge::both};
use crate::companies::find;
use crate::error::Error;
use crate::id::{CompanyId, JobId, TeammateId, WorkspaceId};
use crate::jobs::{self, Input};
use crate::live::Topic;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Conn, Write};
use crate::teammates;
use crate::time::Time;

/// How long it can be undone, in milliseconds. Nothing has happened until then, so that nothing that the customer's
/// product sends meanwhile can be lost by an undo.
const GRACE: i64 = 15_000;

/// Lets a company be merged into another, or deleted, once the seconds have passed in which that can be undone. Asked twice,
/// it happens once. Answers the company that stays, where there is one.
///
/// # Errors
/// As [`merge`] and [`delete`]; [`Error::Conflict`] where something else ends it already, where the company that stays is about to
/// end itself, and for a deletion of a company that another is about to be merged into: what is looked at before it is
/// confirmed does not show the other.
pub async fn begin(
    w: &mut Write<'_>,
    company: CompanyId,
    into: Option<CompanyId>,
) -> Result<Option<CompanyId>, Error> {
    w.alone().await?;
    let (company, into) = match into {
        Some(into) => match both(w, company, into).await? {
            Some((goes, stays)) => (goes.id, Some(stays.id)),
            None => return Ok(Some(into)),
        },
        None => (find(&mut w.conn, w.workspace, company).await?.ok_or(Error::NotFound)?.id, None),
    };
    let waiting = waiting(&mut w.conn, w.workspace).await?;
    if let Some(one) = waiting.iter().find(|one| one.company == company) {
        let message = "This company is about to be merged or deleted. Undo that first";
        return if one.into == into { Ok(into) } else { Err(Error::Conflict(message.into())) };
    }
    if into.is_some_and(|into| waiting.iter().any(|one| one.company == into)) {
        let message = "The company that stays is about to be merged or deleted. Undo that first";
        return Err(Error::Conflict(message.into()));
    }
    if into.is_none() && waiting.iter().any(|one| one.into == Some(company)) {
        let message = "Another company is about to be merged into this one. Undo that, or wait for it, and look again";
        return Err(Error::Conflict(message.into()));
    }
    jobs::start_after(w, &Input::EndCompany { company, into }, 1, GRACE).await?;
    w.touch(Topic::Company(company));
    Ok(into)
}

/// Does what was begun.
///
/// # Errors
/// As [`merge`] and [`delete`]; [`Error::Conflict`] where the company went another way meanwhile.
pub(crate) async fn finish(
    w: &mut Write<'_>,
    company: CompanyId,
    into: Option<CompanyId>,
) -> Result<(), Error> {
    w.alone().await?;
    let gone =
        |which: &str| Error::Conflict(format!("The company that {which} is no longer there"));
    let found = find(&mut w.conn, w.workspace, company).await?;
    let found = found.ok_or_else(|| gone("was to go"))?;
    if found.id != company {
        return Err(Error::Conflict("The company was merged into another one meanwhile".into()));
    }
    match into {
        Some(into) => {
            let stays = find(&mut w.conn, w.workspace, into).await?;
            stays.ok_or_else(|| gone("was to stay"))?;
            merge(w, company, into).await.map(|_| ())
        }
        None => delete(w, company).await,
    }
}

/// An end that can still be undone.
struct Waiting {
    /// What to undo.
    job: JobId,
    /// Whose it is.
    by: TeammateId,
    /// When it happens.
    at: Time,
    /// The company that goes.
    company: CompanyId,
    /// The company that stays, where it is merged.
    into: Option<CompanyId>,
}

/// What is about to end companies of a workspace.
async fn waiting(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Waiting>, Error> {
    let sql = "select id, created_by, lease_until, input from jobs where state = 'waiting' and workspace_id = $1 and kind = 'end_company'";
    let rows: Vec<(JobId, TeammateId, Time, String)> = run!(c, |x| {
        sqlx::query_as::<_, (JobId, TeammateId, Time, String)>(sql).bind(workspace).fetch_all(x)
    })?;
    let mut all = Vec::new();
    for (job, by, at, input) in rows {
        let input = serde_json::from_str(&input).map_err(|_| Error::Internal)?;
        if let Input::EndCompany { company, into } = input {
            all.push(Waiting { job, by, at, company, into });
        }
    }
    Ok(all)
}

/// Who is about to end a company, how, and when.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(in crate::companies) async fn ending(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    company: CompanyId,
) -> Result<Option<Ending>, Error> {
    let all = waiting(c, workspace).await?;
    let Some(one) = all.into_iter().find(|one| one.company == company) else { return Ok(None) };
    let into = match one.into {
        Some(into) => find(c, workspace, into).await?.map(|stays| (stays.id, stays.title())),
        None => None,
    };
    let names = teammates::names(c, workspace).await?;
    let name = teammates::name_in(&names, one.by);
    let (at, clock) = (dates.stamp(one.at), dates.clock(one.at));
    Ok(Some(Ending { job: one.job, by: one.by, name, into, at, clock }))
}
