//! Starting, pausing, going on and stopping.

use serde_json::json;

use super::deliver::NEVER;
use super::store::{Row, find, write};
use super::{Channel, State, Whom};
use crate::audit::Action;
use crate::error::Error;
use crate::id::{MessageId, SegmentId};
use crate::live::Topic;
use crate::run;
use crate::segments::audience;
use crate::server::db::{Changed, Entry, Write};
use crate::time::Time;

/// Starts a draft. One whose rule holds for everybody asks for their number, as `confirm`.
///
/// # Errors
/// [`Error::NotFound`] for the message; [`Error::Conflict`] for one that is no draft; [`Error::Invalid`] where the
/// number is missing or another, for a beginning or an end that is past, and for a rule that makes no sense by now.
pub async fn start(w: &mut Write<'_>, id: MessageId, confirm: &str) -> Result<(), Error> {
    let row = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    if row.state() != State::Draft {
        return Err(Error::Conflict("This message was started already".into()));
    }
    if row.stops_at.0 > 0 && row.stops_at <= w.now {
        return Err(Error::invalid("stops", "the end is in the past: change it first"));
    }
    if row.channel() == Channel::Email && w.app.mail.is_none() {
        let message =
            "E-mail is not set up: start the server with RAPPORT_SMTP_URL and RAPPORT_MAIL_FROM";
        return Err(Error::Conflict(message.into()));
    }
    let mut segment = SegmentId(0);
    if row.whom() == Whom::Chosen {
        choose(w, &row).await?;
    } else {
        let rule = row.effective()?;
        let (count, everybody) = audience::reach(&mut w.conn, w.workspace, &rule, w.now).await?;
        let typed: String = confirm.chars().filter(char::is_ascii_digit).collect();
        if everybody && typed != count.to_string() {
            let message = format!(
                "the rule holds for everybody: type their number, {count}, if that is what you want"
            );
            return Err(Error::invalid("confirm", message));
        }
        segment = audience::keep(w, row.id, &row.name, &rule, row.per_company()).await?;
    }
    let started = Row { segment_id: segment, started_at: w.now, ..row };
    set(w, started, State::Running, Action::MessageStarted).await?;
    w.wake_outbound();
    Ok(())
}

/// Writes down that a message waits for each of the people named.
async fn choose(w: &mut Write<'_>, row: &Row) -> Result<(), Error> {
    let people: Vec<_> = row.chosen().into_iter().map(|id| [id]).collect();
    let people = serde_json::to_string(&people).map_err(|_| Error::Internal)?;
    // Who was merged into another since is that one now.
    let once = "insert into deliveries (workspace_id, message_id, contact_id, state, due_at, matched_at) \
               select distinct p.workspace_id, cast($2 as bigint), case when p.merged_into > 0 then p.merged_into else p.id end, \
               'waiting', cast($3 as bigint), cast($4 as bigint) from json_each($5) j cross join contacts p \
               where p.workspace_id = $1 and p.id = cast(j.value ->> 0 as bigint) \
               on conflict (workspace_id, message_id, step, contact_id, company_id, run) do nothing";
    let each = "insert into deliveries (workspace_id, message_id, contact_id, company_id, state, due_at, matched_at) \
               select distinct p.workspace_id, cast($2 as bigint), m.contact_id, m.company_id, \
               'waiting', cast($3 as bigint), cast($4 as bigint) from json_each($5) j cross join contacts p \
               join memberships m on m.workspace_id = p.workspace_id and m.left_at = 0 \
               and m.contact_id = case when p.merged_into > 0 then p.merged_into else p.id end \
               where p.workspace_id = $1 and p.id = cast(j.value ->> 0 as bigint) \
               on conflict (workspace_id, message_id, step, contact_id, company_id, run) do nothing";
    let sql = if row.per_company() { each } else { once };
    let due = if row.starts_at.0 > 0 { row.starts_at } else { w.now };
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(row.id)
            .bind(due)
            .bind(w.now)
            .bind(&people)
            .execute(c)
    })?;
    Ok(())
}

/// Stops sending for a while: who comes to match meanwhile gets it when it goes on, if they still match then.
///
/// # Errors
/// [`Error::NotFound`] for the message; [`Error::Conflict`] for one that does not run.
pub async fn pause(w: &mut Write<'_>, id: MessageId) -> Result<(), Error> {
    let row = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    match row.state() {
        State::Running => set(w, row, State::Paused, Action::MessagePaused).await,
        State::Paused => Ok(()),
        _ => Err(Error::Conflict("This message does not run".into())),
    }
}

/// Goes on.
///
/// # Errors
/// [`Error::NotFound`] for the message; [`Error::Conflict`] for one that is not paused.
pub async fn resume(w: &mut Write<'_>, id: MessageId) -> Result<(), Error> {
    let row = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    match row.state() {
        State::Paused => {
            set(w, row, State::Running, Action::MessageResumed).await?;
            w.wake_outbound();
            Ok(())
        }
        State::Running => Ok(()),
        _ => Err(Error::Conflict("This message is not paused".into())),
    }
}

/// Ends a message: nobody gets it any more, and what was sent stays.
///
/// # Errors
/// [`Error::NotFound`] for the message; [`Error::Conflict`] for a draft.
pub async fn stop(w: &mut Write<'_>, id: MessageId) -> Result<(), Error> {
    // Held before the row is read, as those who judge hold it before they write to its deliveries.
    w.judging().await?;
    let row = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    match row.state() {
        State::Draft => return Err(Error::Conflict("This message was not started".into())),
        State::Stopped => return Ok(()),
        State::Running | State::Paused => {}
    }
    if row.segment_id.0 > 0 {
        audience::release(w, row.segment_id).await?;
    }
    set(w, Row { segment_id: SegmentId(0), ..row }, State::Stopped, Action::MessageStopped).await
}

async fn set(w: &mut Write<'_>, row: Row, state: State, action: Action) -> Result<(), Error> {
    let row = Row { state: state.word().into(), ..row };
    write(w, &row).await?;
    w.touch(Topic::Messages);
    w.log(Entry::of_workspace(action, w.now, json!({ "message": row.id, "name": row.name })));
    Ok(())
}

/// From when on a delivery is due to somebody who matches now: what waits in the Messenger for who comes to match is
/// decided when they are there.
pub(super) fn due(row: &Row, now: Time) -> Time {
    let arrives = row.whom().follows() && row.channel() == Channel::Chat;
    if arrives { NEVER } else { row.starts_at.max(now) }
}
