//! When a company stood otherwise: from the last turn to the one before it, along the moments that they name.

use serde_json::Value;

use super::{Company, Health, Turn};
use crate::error::Error;
use crate::id::{CompanyId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;

/// How many turns the profile lists.
const TURNS: usize = 8;

/// What an entry of the log says of a turn.
struct Told {
    at: Time,
    data: Value,
}

impl Told {
    fn read((at, data): (Time, String)) -> Option<Self> {
        Some(Self { at, data: serde_json::from_str(&data).ok()? })
    }

    fn turn(&self, dates: &Dates) -> Option<Turn> {
        let health = Health::from_word(self.data["to"].as_str()?)?;
        Some(Turn { health, at: dates.stamp(self.at), why: self.data["why"].as_str()?.to_owned() })
    }
}

/// When it turned, the newest first, at most 8. Each names the turn before it, so that they are found among whatever its
/// people did; those of versions that did not write it down are looked for among the 2,000 entries before.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(super) async fn turns(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    company: &Company,
) -> Result<Vec<Turn>, Error> {
    let mut told: Vec<Told> = Vec::new();
    let mut next = company.health_at;
    while told.len() < TURNS {
        let found = at(c, workspace, company.id, next).await?;
        let Some(oldest) = found.last() else { break };
        let before = oldest.data["before"].as_i64().map(Time);
        told.extend(found);
        let Some(before) = before.filter(|before| *before < next) else {
            let most = TURNS.saturating_sub(told.len());
            told.extend(earlier(c, workspace, company.id, next, most).await?);
            break;
        };
        next = before;
    }
    told.truncate(TURNS);
    Ok(told.iter().filter_map(|told| told.turn(dates)).collect())
}

/// The turns of a moment, the newest first: somebody may come in the very one in which it was judged.
async fn at(
    c: &mut Conn,
    workspace: WorkspaceId,
    company: CompanyId,
    at: Time,
) -> Result<Vec<Told>, Error> {
    let sql = "select s.occurred_at, a.data from stream s join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
               where s.workspace_id = $1 and s.owner_kind = 'company' and s.owner_id = $2 and s.facet = 'segment' \
               and s.occurred_at = $3 and a.kind = 'company_health_changed' and a.company_id = $2 order by s.seq desc";
    let rows: Vec<(Time, String)> = run!(c, |x| {
        sqlx::query_as::<_, (Time, String)>(sql).bind(workspace).bind(company).bind(at).fetch_all(x)
    })?;
    Ok(rows.into_iter().filter_map(Told::read).collect())
}

/// The turns before a moment.
async fn earlier(
    c: &mut Conn,
    workspace: WorkspaceId,
    company: CompanyId,
    before: Time,
    most: usize,
) -> Result<Vec<Told>, Error> {
    let sql = "select s.occurred_at, a.data from (select workspace_id, seq, occurred_at from stream \
               where workspace_id = $1 and owner_kind = 'company' and owner_id = $2 and facet = 'segment' and occurred_at < $3 \
               order by occurred_at desc, seq desc limit 2000) s \
               join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
               where a.kind = 'company_health_changed' order by s.occurred_at desc, s.seq desc limit $4";
    let rows: Vec<(Time, String)> = run!(c, |x| {
        sqlx::query_as::<_, (Time, String)>(sql)
            .bind(workspace)
            .bind(company)
            .bind(before)
            .bind(most as i64)
            .fetch_all(x)
    })?;
    Ok(rows.into_iter().filter_map(Told::read).collect())
}
