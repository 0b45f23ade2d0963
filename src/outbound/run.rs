//! Starting, pausing, going on and stopping.

use serde_json::json;

use super::deliver::NEVER;
use super::store::{Row, find, write};
use super::{Channel, State, Whom, content, email, values};
use crate::attributes::Subject;
use crate::audit::Action;
use crate::companies;
use crate::error::Error;
use crate::id::{CompanyId, MessageId, SegmentId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::segments::{self, Predicate, audience};
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::time::Time;
use crate::ui::thousands;

/// Starts a draft. One whose rule holds for everybody asks for their number, as `confirm`.
///
/// # Errors
/// [`Error::NotFound`] for the message; [`Error::Conflict`] for one that is no draft; [`Error::Invalid`] where the
/// number is missing or another, for a beginning or an end that is past, and for a rule or a text that makes no sense by now.
pub async fn start(w: &mut Write<'_>, id: MessageId, confirm: &str) -> Result<(), Error> {
    let row = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    if row.state() != State::Draft {
        return Err(Error::Conflict("This message was started already".into()));
    }
    if row.starts_at.0 > 0 && row.starts_at <= w.now {
        let message = "the beginning is in the past by now: choose a later one, or leave it empty for at once";
        return Err(Error::invalid("starts", message));
    }
    if row.stops_at.0 > 0 && row.stops_at <= w.now {
        return Err(Error::invalid("stops", "the end is in the past by now: choose a later one"));
    }
    if row.channel() == Channel::Email && w.app.mail.is_none() {
        return Err(email::not_set_up());
    }
    // It could be sent when it was saved: what its variables ask for may be gone since.
    let known = values::known(&mut w.conn, w.workspace).await?;
    content::check(&row.body, &known)?;
    if row.channel() == Channel::Email {
        content::check(&row.subject, &known).map_err(|error| error.of_field("subject"))?;
    }
    let mut segment = SegmentId(0);
    if row.whom() == Whom::Chosen {
        choose(w, &row).await?;
    } else {
        let rule = row.effective()?;
        // Of one that an event sets off too: nobody gets it now, and everybody may from now on.
        let everybody = audience::everybody(&mut w.conn, w.workspace, &rule, w.now).await?;
        let typed: String = confirm.chars().filter(char::is_ascii_digit).collect();
        if let Some(count) = everybody.filter(|count| typed != count.to_string()) {
            let message = format!(
                "the rule holds for everybody: type their number, {}, if that is what you want",
                thousands(count)
            );
            return Err(Error::invalid("confirm", message));
        }
        segment = audience::keep(w, row.id, &row.name, &rule, row.per_company()).await?;
    }
    let started = Row { segment_id: segment, started_at: w.now, ..row };
    if !started.goal.is_empty() {
        let known = segments::known(&mut w.conn, w.workspace).await?;
        let rule = Predicate::parse(&started.goal)
            .and_then(|rule| segments::resolve(&known, Subject::Contact, None, &rule));
        rule.map_err(|faults| Error::from(faults).of_field("goal"))?;
        w.rules_changed();
    }
    set(w, started, State::Running, Action::MessageStarted).await?;
    w.wake_outbound();
    Ok(())
}

/// Writes down that a message waits for each of the people named: for the company on whose page it was begun, or where it goes out once for
/// each for every one of theirs. Who is in none is told to have none when it is sent.
async fn choose(w: &mut Write<'_>, row: &Row) -> Result<(), Error> {
    let company = match row.company() {
        None => CompanyId(0),
        Some(id) => {
            let found = companies::find(&mut w.conn, w.workspace, id).await?;
            let message =
                "the company of these people is not there any more: begin the message anew";
            found.ok_or_else(|| Error::invalid("people", message))?.id
        }
    };
    let people: Vec<_> = row.chosen().into_iter().map(|id| [id]).collect();
    let people = serde_json::to_string(&people).map_err(|_| Error::Internal)?;
    // Who was merged into another since is that one now.
    let once = "insert into deliveries (workspace_id, message_id, contact_id, company_id, state, due_at, matched_at) \
               select distinct p.workspace_id, cast($2 as bigint), case when p.merged_into > 0 then p.merged_into else p.id end, \
               cast($6 as bigint), 'waiting', cast($3 as bigint), cast($4 as bigint) from json_each($5) j cross join contacts p \
               where p.workspace_id = $1 and p.id = cast(j.value ->> 0 as bigint) \
               on conflict (workspace_id, message_id, step, contact_id, company_id, run) do nothing";
    let each = "insert into deliveries (workspace_id, message_id, contact_id, company_id, state, due_at, matched_at) \
               select distinct p.workspace_id, cast($2 as bigint), case when p.merged_into > 0 then p.merged_into else p.id end, \
               coalesce(m.company_id, cast($6 as bigint)), 'waiting', cast($3 as bigint), cast($4 as bigint) from json_each($5) j cross join contacts p \
               left join memberships m on m.workspace_id = p.workspace_id and m.left_at = 0 \
               and m.contact_id = case when p.merged_into > 0 then p.merged_into else p.id end \
               where p.workspace_id = $1 and p.id = cast(j.value ->> 0 as bigint) \
               on conflict (workspace_id, message_id, step, contact_id, company_id, run) do nothing";
    let sql = if row.per_company() && company.0 == 0 { each } else { once };
    let due = if row.starts_at.0 > 0 { row.starts_at } else { w.now };
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(row.id)
            .bind(due)
            .bind(w.now)
            .bind(&people)
            .bind(company)
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
        State::Finished | State::Stopped => return Ok(()),
        State::Running | State::Paused => {}
    }
    if let Some(audience) = kept(w, id).await? {
        audience::release(w, audience).await?;
    }
    set(w, Row { segment_id: SegmentId(0), ..row }, State::Stopped, Action::MessageStopped).await
}

/// What keeps the audience of a message, also where the message goes by it no longer.
async fn kept(w: &mut Write<'_>, id: MessageId) -> Result<Option<SegmentId>, Error> {
    let sql = "select id from segments where workspace_id = $1 and message_id = $2";
    let found: Option<(SegmentId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (SegmentId,)>(sql).bind(w.workspace).bind(id).fetch_optional(c)
    })?;
    Ok(found.map(|(id,)| id))
}

/// What holds for a message `m` under way that is for certain people, has all of them, and has no delivery left that could go out. The first
/// of those is asked for in the order of their index: PostgreSQL goes through all of a table for any.
macro_rules! spent {
    ($which:literal) => {
        concat!(
            "select m.workspace_id, m.id from messages m where m.state in ('running', 'paused') and m.whom in ('chosen', 'now', 'one') and ", $which,
            " and m.starts_at <= $1 and (select d.contact_id from deliveries d where d.workspace_id = m.workspace_id \
             and d.message_id = m.id and d.state = 'waiting' order by d.contact_id limit 1) is null \
             and (select d.contact_id from deliveries d where d.workspace_id = m.workspace_id \
             and d.message_id = m.id and d.state = 'sending' order by d.contact_id limit 1) is null \
             and (m.segment_id = 0 or exists (select 1 from segments s where s.workspace_id = m.workspace_id \
             and s.id = m.segment_id and s.judged <> '' and s.filling = ''))"
        )
    };
}

/// Messages for certain people that have nobody left whom they could reach: of all, or whether this one.
pub(super) async fn spent(
    c: &mut Conn,
    now: Time,
    only: Option<(WorkspaceId, MessageId)>,
) -> Result<Vec<(WorkspaceId, MessageId)>, Error> {
    let sql = match only {
        None => spent!("$2 = 0 and $3 = 0"),
        Some(_) => spent!("m.workspace_id = $2 and m.id = $3"),
    };
    let (workspace, id) = only.unwrap_or((WorkspaceId(0), MessageId(0)));
    run!(c, |x| {
        sqlx::query_as::<_, (WorkspaceId, MessageId)>(sql)
            .bind(now)
            .bind(workspace)
            .bind(id)
            .fetch_all(x)
    })
}

/// Ends a message that has nobody left whom it could reach; whom its audience keeps is let go a few at a time, so that it takes several
/// calls where these are many. Looked at once more while nobody else finds out who is meant or has an e-mail sent again: one that has
/// somebody by then goes on.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(super) async fn finish(w: &mut Write<'_>, id: MessageId) -> Result<(), Error> {
    w.judging().await?;
    if spent(&mut w.conn, w.now, Some((w.workspace, id))).await?.is_empty() {
        return Ok(());
    }
    let Some(row) = find(&mut w.conn, w.workspace, id).await? else { return Ok(()) };
    if let Some(audience) = kept(w, id).await? {
        if audience::empty(w, audience).await? {
            return Ok(());
        }
        audience::release(w, audience).await?;
    }
    let row = Row { segment_id: SegmentId(0), ..row };
    // Nobody did that, so that the log of what people change does not have it.
    turn(w, row, State::Finished).await
}

/// Has a message that is finished go on, for somebody to whom it is to be sent again. `spent`: whether it had nobody left, so that its
/// audience is being let go, a few at a time: who of it is gone already is no less meant than who is there still.
///
/// # Errors
/// [`Error::Conflict`] for one that is over for good, or paused.
pub(super) async fn reopen(w: &mut Write<'_>, row: Row, spent: bool) -> Result<(), Error> {
    let ended = row.stops_at.0 > 0 && row.stops_at <= w.now;
    match row.state() {
        State::Running if spent && row.segment_id.0 > 0 => {
            write(w, &Row { segment_id: SegmentId(0), ..row }).await
        }
        State::Running => Ok(()),
        State::Finished if !ended => set(w, row, State::Running, Action::MessageResumed).await,
        _ => Err(Error::Conflict("This message does not run".into())),
    }
}

async fn set(w: &mut Write<'_>, row: Row, state: State, action: Action) -> Result<(), Error> {
    let data = json!({ "message": row.id, "name": row.name });
    turn(w, row, state).await?;
    w.log(Entry::of_workspace(action, w.now, data));
    Ok(())
}

async fn turn(w: &mut Write<'_>, row: Row, state: State) -> Result<(), Error> {
    write(w, &Row { state: state.word().into(), ..row }).await?;
    w.touch(Topic::Messages);
    Ok(())
}

/// From when on a delivery is due to somebody who matches now: what waits in the Messenger for who comes to match is
/// decided when they are there.
pub(super) fn due(row: &Row, now: Time) -> Time {
    let arrives = row.whom().follows() && row.channel().in_app();
    if arrives { NEVER } else { row.starts_at.max(now) }
}
