//! Moving conversations along: who looks after them, and where they are on their way.

use serde_json::json;

use super::{Standing, State, reading};
use crate::error::Error;
use crate::id::{ContactId, ConversationId, TeamId, TeammateId};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::stream::Kind;
use crate::time::Time;

/// Closes a conversation; a closed one stays as it is. Nobody waits in it any more.
///
/// # Errors
/// [`Error::NotFound`] for the conversation.
pub async fn close(w: &mut Write<'_>, id: ConversationId) -> Result<Moved, Error> {
    let now = w.now;
    shift(w, id, |s| {
        if s.state != State::Closed {
            *s = Standing {
                state: State::Closed,
                snoozed_until: Time(0),
                waiting_since: Time(0),
                updated_at: now,
                ..s.clone()
            };
        }
    })
    .await
}

/// Opens a conversation that is closed or put off; an open one stays as it is.
///
/// # Errors
/// [`Error::NotFound`] for the conversation.
pub async fn reopen(w: &mut Write<'_>, id: ConversationId) -> Result<Moved, Error> {
    let now = w.now;
    shift(w, id, |s| {
        if s.state != State::Open {
            s.state = State::Open;
            s.snoozed_until = Time(0);
            s.updated_at = now;
        }
    })
    .await
}

/// Puts a conversation off until a moment, or with `None` until the person writes.
///
/// # Errors
/// [`Error::NotFound`] for the conversation; [`Error::Invalid`] for a moment that is past.
pub async fn snooze(
    w: &mut Write<'_>,
    id: ConversationId,
    until: Option<Time>,
) -> Result<Moved, Error> {
    if until.is_some_and(|until| until <= w.now) {
        return Err(Error::invalid("value", "choose a time that is yet to come"));
    }
    let now = w.now;
    shift(w, id, |s| {
        let until = until.unwrap_or(Time(0));
        if s.state != State::Snoozed || s.snoozed_until != until {
            s.state = State::Snoozed;
            s.snoozed_until = until;
            s.updated_at = now;
        }
    })
    .await
}

/// Opens a conversation that is put off before its time; any other stays as it is.
///
/// # Errors
/// [`Error::NotFound`] for the conversation.
pub async fn unsnooze(w: &mut Write<'_>, id: ConversationId) -> Result<Moved, Error> {
    let now = w.now;
    shift(w, id, |s| {
        if s.state == State::Snoozed {
            s.state = State::Open;
            s.snoozed_until = Time(0);
            s.updated_at = now;
        }
    })
    .await
}

/// Opens a conversation that is put off until a moment that has come; answers whether it was.
///
/// # Errors
/// [`Error::NotFound`] for the conversation.
pub(super) async fn wake(w: &mut Write<'_>, id: ConversationId) -> Result<bool, Error> {
    let now = w.now;
    let moved = shift(w, id, |s| {
        let until = s.snoozed_until;
        if s.state == State::Snoozed && until.0 > 0 && until <= now {
            s.state = State::Open;
            s.snoozed_until = Time(0);
            s.updated_at = now;
        }
    });
    let moved = moved.await?;
    Ok(moved.was != moved.now)
}

/// Has a conversation answered first, or in its turn.
///
/// # Errors
/// [`Error::NotFound`] for the conversation.
pub async fn set_priority(
    w: &mut Write<'_>,
    id: ConversationId,
    priority: bool,
) -> Result<Moved, Error> {
    shift(w, id, |s| s.priority = priority).await
}

/// Gives a conversation to a teammate, or to nobody (0).
///
/// # Errors
/// [`Error::NotFound`] for the conversation; [`Error::Invalid`] for one who does not work here.
pub async fn assign(
    w: &mut Write<'_>,
    id: ConversationId,
    teammate: TeammateId,
) -> Result<Moved, Error> {
    if teammate.0 != 0 && name_of_teammate(w, teammate).await?.is_none() {
        reading::find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
        return Err(Error::invalid("teammate", "choose someone who works here"));
    }
    shift(w, id, |s| s.assignee = teammate).await
}

/// Gives a conversation to a team, or to none (0).
///
/// # Errors
/// [`Error::NotFound`] for the conversation; [`Error::Invalid`] for a team that is not there any more.
pub async fn assign_team(
    w: &mut Write<'_>,
    id: ConversationId,
    team: TeamId,
) -> Result<Moved, Error> {
    if team.0 != 0 && name_of_team(w, team).await?.is_none() {
        reading::find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
        return Err(Error::invalid("team", "choose a team that is not archived"));
    }
    shift(w, id, |s| s.team = team).await
}

/// How a conversation stood before a change and stands after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Before.
    pub was: Standing,
    /// After.
    pub now: Standing,
}

/// Puts back what a change put, where nobody has changed it since.
///
/// # Errors
/// [`Error::NotFound`] for the conversation.
pub async fn put_back(w: &mut Write<'_>, id: ConversationId, moved: &Moved) -> Result<(), Error> {
    let Moved { was, now } = moved.clone();
    let today = w.now;
    // Teammates leave and teams are archived; nothing is given to them any more.
    let assignee = was.assignee.0 == 0 || name_of_teammate(w, was.assignee).await?.is_some();
    let team = was.team.0 == 0 || name_of_team(w, was.team).await?.is_some();
    shift(w, id, |s| {
        if was.state != now.state || was.snoozed_until != now.snoozed_until {
            let untouched = s.state == now.state && s.snoozed_until == now.snoozed_until;
            if untouched {
                s.state = was.state;
                s.snoozed_until = was.snoozed_until;
                // What a browser sends back is no reason to stand above everything for ever.
                s.waiting_since = was.waiting_since.min(today);
                s.updated_at = was.updated_at.min(today);
            }
        }
        if assignee && s.assignee == now.assignee {
            s.assignee = was.assignee;
        }
        if team && s.team == now.team {
            s.team = was.team;
        }
        if s.priority == now.priority {
            s.priority = was.priority;
        }
    })
    .await?;
    Ok(())
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
async fn shift(
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
    use super::store::log;
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

async fn name_of_teammate(w: &mut Write<'_>, id: TeammateId) -> Result<Option<String>, Error> {
    let sql = "select name from teammates where workspace_id = $1 and id = $2 and removed_at = 0";
    let found: Option<(String,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String,)>(sql).bind(w.workspace).bind(id).fetch_optional(c)
    })?;
    Ok(found.map(|(name,)| name))
}

async fn name_of_team(w: &mut Write<'_>, id: TeamId) -> Result<Option<String>, Error> {
    let sql = "select name from teams where workspace_id = $1 and id = $2 and archived_at = 0";
    let found: Option<(String,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String,)>(sql).bind(w.workspace).bind(id).fetch_optional(c)
    })?;
    Ok(found.map(|(name,)| name))
}
