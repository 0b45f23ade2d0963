//! Telling browsers of what is new for their teammates: once, whichever process does it, and again where it failed.

use std::sync::Weak;
use std::time::Duration;

use futures::StreamExt as _;

use super::message::written;
use super::send::{Outcome, To, send};
use crate::alerts::{News, news};
use crate::error::Error;
use crate::id::{DeviceId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::Changed;
use crate::server::looks::Looks;
use crate::server::state::AppState;
use crate::teammates::{Role, Viewer};
use crate::time::Time;

/// How often to look.
const LOOK: Duration = Duration::from_secs(1);
/// After how many looks browsers of sessions that are over are forgotten: each ten minutes.
const TIDY: u64 = 600;
/// How long a browser is remembered whose session is over, in milliseconds: 90 days.
const ENDED: i64 = 90 * 24 * 60 * 60 * 1000;
/// How many browsers one look takes, and how many are told at a time.
const STEP: i64 = 200;
const AT_ONCE: usize = 8;
/// How long a process has a browser for itself, in milliseconds. Five messages of ten seconds each fit.
const CLAIM: i64 = 90_000;
/// The wait after the first failure, which doubles, and the longest, in milliseconds.
const FIRST: i64 = 30_000;
const LONGEST: i64 = 2 * 60 * 60 * 1000;
/// How many failures in a row end it: about a day of trying.
const FAILURES: i64 = 18;

#[derive(sqlx::FromRow)]
struct Row {
    workspace_id: WorkspaceId,
    id: DeviceId,
    teammate_id: TeammateId,
    name: String,
    role: String,
    time_zone: String,
    endpoint: String,
    p256dh: String,
    auth: String,
    told_seq: i64,
    told_at: Time,
    claimed_until: Time,
    failures: i64,
}

/// Tells browsers until the process stops.
pub async fn watch(app: Weak<AppState>) {
    let mut looks = Looks::every(LOOK, app);
    for look in 0_u64.. {
        let Some(app) = looks.next().await else { return };
        if look.is_multiple_of(TIDY)
            && let Err(error) = forget_ended(&app).await
        {
            tracing::error!(%error, "forgetting browsers");
        }
        if let Err(error) = tell_due(&app).await {
            tracing::error!(%error, "telling browsers");
        }
    }
}

/// Tells every browser whose teammate has news; answers how many were told of something.
///
/// # Errors
/// [`Error::Internal`] when the database fails; the next look goes on.
pub async fn tell_due(app: &AppState) -> Result<usize, Error> {
    let due = due(app).await?;
    let told = futures::stream::iter(due).map(async |row| match tell(app, row).await {
        Ok(told) => usize::from(told),
        Err(error) => {
            tracing::error!(%error, "telling a browser");
            0
        }
    });
    let told: Vec<usize> = told.buffer_unordered(AT_ONCE).collect().await;
    Ok(told.into_iter().sum())
}

/// The browsers of sessions that last, for whom something was written since they were told.
async fn due(app: &AppState) -> Result<Vec<Row>, Error> {
    let sql = "select d.workspace_id, d.id, d.teammate_id, t.name, t.role, w.time_zone, d.endpoint, d.p256dh, d.auth, d.told_seq, \
               d.told_at, d.claimed_until, d.failures from push_devices d \
               join teammate_sessions s on s.token_hash = d.session_hash and s.expires_at > $1 \
               join teammates t on t.workspace_id = d.workspace_id and t.id = d.teammate_id and t.removed_at = 0 \
               join workspaces w on w.id = d.workspace_id \
               where d.claimed_until <= $1 and (exists (select 1 from activity a where a.workspace_id = d.workspace_id \
               and a.seq > d.told_seq and a.kind in ('message_received', 'conversation_noted')) \
               or exists (select 1 from activity a where a.workspace_id = d.workspace_id and a.seq > d.told_seq \
               and a.kind = 'conversation_assigned') or exists (select 1 from activity a where a.workspace_id = d.workspace_id \
               and a.seq > d.told_seq and a.kind = 'note_mentioned')) order by d.claimed_until limit $2";
    let mut c = app.db.read().await?;
    run!(c, |x| { sqlx::query_as::<_, Row>(sql).bind(app.clock.now()).bind(STEP).fetch_all(x) })
}

async fn tell(app: &AppState, row: Row) -> Result<bool, Error> {
    let now = app.clock.now();
    if !claim(app, &row, now).await? {
        return Ok(false);
    }
    let viewer = Viewer {
        workspace: row.workspace_id,
        workspace_name: String::new(),
        time_zone: row.time_zone.clone(),
        id: row.teammate_id,
        name: row.name.clone(),
        email: String::new(),
        role: Role::from_word(&row.role),
    };
    let mut c = app.db.read().await?;
    let News { seq, sound, browser, items, .. } =
        news(&mut c, &viewer, Some(row.told_seq), now).await?;
    drop(c);
    let to = To { endpoint: &row.endpoint, p256dh: &row.p256dh, auth: &row.auth };
    let (mut told_seq, mut told) = (row.told_seq, false);
    for item in items.iter().filter(|_| browser) {
        match send(app, &to, item.place, written(item, sound)).await? {
            Outcome::Taken => (told_seq, told) = (item.seq, true),
            Outcome::Gone => return forget(app, &row).await.map(|()| told),
            Outcome::Failed(after) => {
                failed(app, &row, told_seq, told.then_some(now), after).await?;
                return Ok(told);
            }
        }
    }
    let told_at = if told { now } else { row.told_at };
    keep(app, &row, seq, told_at, Time(0), 0).await?;
    Ok(told)
}

/// Takes a browser for this process; false when another has it, or had it since it was looked at.
async fn claim(app: &AppState, row: &Row, now: Time) -> Result<bool, Error> {
    let sql = "update push_devices set claimed_until = $1 where workspace_id = $2 and id = $3 and claimed_until = $4 and told_seq = $5";
    let mut c = app.db.begin().await?;
    let done: Changed = run!(c, |x| {
        sqlx::query(sql)
            .bind(now.plus(CLAIM))
            .bind(row.workspace_id)
            .bind(row.id)
            .bind(row.claimed_until)
            .bind(row.told_seq)
            .execute(x)
    })?;
    c.commit().await?;
    Ok(done == Changed(1))
}

async fn failed(
    app: &AppState,
    row: &Row,
    told_seq: i64,
    told_at: Option<Time>,
    after: Option<i64>,
) -> Result<(), Error> {
    let failures = if told_at.is_some() { 1 } else { row.failures + 1 };
    if failures >= FAILURES {
        return forget(app, row).await;
    }
    let wait = FIRST.saturating_mul(1 << (failures - 1).clamp(0, 20)).min(LONGEST);
    let until = app.clock.now().plus(wait.max(after.unwrap_or(0)));
    keep(app, row, told_seq, told_at.unwrap_or(row.told_at), until, failures).await
}

async fn keep(
    app: &AppState,
    row: &Row,
    told_seq: i64,
    told_at: Time,
    until: Time,
    failures: i64,
) -> Result<(), Error> {
    let sql = "update push_devices set told_seq = $1, told_at = $2, claimed_until = $3, failures = $4 \
               where workspace_id = $5 and id = $6";
    let mut c = app.db.begin().await?;
    let _: Changed = run!(c, |x| {
        sqlx::query(sql)
            .bind(told_seq)
            .bind(told_at)
            .bind(until)
            .bind(failures)
            .bind(row.workspace_id)
            .bind(row.id)
            .execute(x)
    })?;
    c.commit().await
}

/// Forgets the browsers of sessions that are over, which are told of nothing any more, when nobody signed in there again
/// for long.
async fn forget_ended(app: &AppState) -> Result<(), Error> {
    let sql = "delete from push_devices where created_at < $2 and told_at < $2 and not exists (select 1 from teammate_sessions s \
               where s.token_hash = push_devices.session_hash and s.expires_at > $1)";
    let now = app.clock.now();
    let mut c = app.db.begin().await?;
    let _: Changed = run!(c, |x| sqlx::query(sql).bind(now).bind(now.plus(-ENDED)).execute(x))?;
    c.commit().await
}

async fn forget(app: &AppState, row: &Row) -> Result<(), Error> {
    let sql = "delete from push_devices where workspace_id = $1 and id = $2";
    let mut c = app.db.begin().await?;
    let _: Changed = run!(c, |x| sqlx::query(sql).bind(row.workspace_id).bind(row.id).execute(x))?;
    c.commit().await
}
