//! How a conversation stands: held while it changes, and each thing that became different in the log.

use serde_json::json;

use super::store::log;
use super::{Standing, State};
use crate::error::Error;
use crate::id::{ContactId, ConversationId, TeamId, TeammateId};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::stream::Kind;
use crate::time::Time;

/// How a conversation stood before a change and stands after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Before.
    pub was: Standing,
    /// After.
    pub now: Standing,
}

#[derive(sqlx::FromRow)]
struct Row {
    contact_id: ContactId,
    state: String,
    snoozed_until: Time,
    assignee_id: TeammateId,
    team_id: TeamId,
    priority: i64,
    waiting_since: Time,
    updated_at: Time,
}

/// Changes how a conversation stands, and logs each thing that became different.
pub(super) async fn shift(
    w: &mut Write<'_>,
    id: ConversationId,
    change: impl FnOnce(&mut Standing),
) -> Result<Moved, Error> {
    // An update that changes nothing holds the row, so that two who change it at once do so one after the other.
    let hold = "update conversations set priority = priority where workspace_id = $1 and id = $2 \
                returning contact_id, state, snoozed_until, assignee_id, team_id, priority, waiting_since, updated_at";
    let row: Option<Row> = run!(w.conn, |c| {
        sqlx::query_as::<_, Row>(hold).bind(w.workspace).bind(id).fetch_optional(c)
    })?;
    let row = row.ok_or(Error::NotFound)?;
    let was = Standing {
        state: State::from_word(&row.state).unwrap_or_default(),
        snoozed_until: row.snoozed_until,
        assignee: row.assignee_id,
        team: row.team_id,
        priority: row.priority == 1,
        waiting_since: row.waiting_since,
        updated_at: row.updated_at,
    };
    let mut now = was.clone();
    change(&mut now);
    if now == was {
        return Ok(Moved { was, now });
    }
    let sql = "update conversations set state = $3, snoozed_until = $4, assignee_id = $5, team_id = $6, priority = $7, \
               waiting_since = $8, updated_at = $9 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(now.state.word())
            .bind(now.snoozed_until)
            .bind(now.assignee)
            .bind(now.team)
            .bind(i64::from(now.priority))
            .bind(now.waiting_since)
            .bind(now.updated_at)
            .execute(c)
    })?;
    let moved = Moved { was, now };
    tell(w, row.contact_id, id, &moved).await?;
    Ok(moved)
}

async fn tell(
    w: &mut Write<'_>,
    contact: ContactId,
    id: ConversationId,
    moved: &Moved,
) -> Result<(), Error> {
    let Moved { was, now } = moved;
    match (was.state, now.state) {
        (_, State::Snoozed)
            if was.state != State::Snoozed || was.snoozed_until != now.snoozed_until =>
        {
            let data = json!({ "until": now.snoozed_until });
            log(w, Kind::ConversationSnoozed, contact, id, data);
        }
        (State::Snoozed, State::Open) => log(w, Kind::ConversationWoken, contact, id, json!({})),
        (State::Closed, State::Open) => log(w, Kind::ConversationReopened, contact, id, json!({})),
        (was, State::Closed) if was != State::Closed => {
            log(w, Kind::ConversationClosed, contact, id, json!({}));
        }
        _ => {}
    }
    if was.assignee != now.assignee {
        let name = name_of_teammate(w, now.assignee).await?.unwrap_or_else(|| "nobody".into());
        let data = json!({ "name": name, "to": now.assignee });
        log(w, Kind::ConversationAssigned, contact, id, data);
    }
    if was.team != now.team {
        let name = name_of_team(w, now.team).await?.unwrap_or_else(|| "no team".into());
        let data = json!({ "name": name, "to": now.team });
        log(w, Kind::ConversationTeamAssigned, contact, id, data);
    }
    match (was.priority, now.priority) {
        (false, true) => log(w, Kind::ConversationPrioritized, contact, id, json!({})),
        (true, false) => log(w, Kind::ConversationUnprioritized, contact, id, json!({})),
        _ => {}
    }
    Ok(())
}

pub(super) async fn name_of_teammate(
    w: &mut Write<'_>,
    id: TeammateId,
) -> Result<Option<String>, Error> {
    let sql = "select name from teammates where workspace_id = $1 and id = $2 and removed_at = 0";
    let found: Option<(String,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String,)>(sql).bind(w.workspace).bind(id).fetch_optional(c)
    })?;
    Ok(found.map(|(name,)| name))
}

pub(super) async fn name_of_team(w: &mut Write<'_>, id: TeamId) -> Result<Option<String>, Error> {
    let sql = "select name from teams where workspace_id = $1 and id = $2 and archived_at = 0";
    let found: Option<(String,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String,)>(sql).bind(w.workspace).bind(id).fetch_optional(c)
    })?;
    Ok(found.map(|(name,)| name))
}
