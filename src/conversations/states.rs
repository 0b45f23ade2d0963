//! Moving conversations along: who looks after them, and where they are on their way.

use super::shift::{Moved, name_of_team, name_of_teammate, shift};
use super::{Standing, State, reading};
use crate::error::Error;
use crate::id::{ConversationId, TeamId, TeammateId};
use crate::server::db::Write;
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
