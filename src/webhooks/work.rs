//! Telling webhooks what the log says, until the process stops. Each has its place in the log, and is told several things at a
//! time. What is told moves the place on in one commit with the note that it was told, and what is noted beyond the place is not told
//! again, so that a process that dies repeats at most what it had just sent.

use std::sync::Weak;
use std::time::{Duration, Instant};

use futures::StreamExt as _;

use super::item::{Notification, id_of};
use super::log::{self, Try};
use super::pace::stand;
use super::round::{About, Round, next, wanted};
use crate::error::Error;
use crate::id::{TeammateId, WebhookId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::server::looks::Looks;
use crate::server::state::AppState;
use crate::time::Time;

/// How often to look for what was written, also by other processes.
const LOOK: Duration = Duration::from_secs(1);
/// After how many looks what is old is forgotten: each ten minutes.
const TIDY: u64 = 600;
/// How many webhooks are told at the same time, and how many one look takes.
const AT_ONCE: usize = 8;
const TAKEN: i64 = 200;
/// How long one webhook is told before the others have their turn.
const TURN: Duration = Duration::from_secs(5);
/// How long a process has a webhook for itself after each round, in milliseconds: three times as long as one takes.
pub(super) const LEASE: i64 = 30_000;

/// A webhook that has something to be told.
#[derive(sqlx::FromRow)]
pub(super) struct Hook {
    pub(super) workspace_id: WorkspaceId,
    pub(super) id: WebhookId,
    url: String,
    pub(super) topics: String,
    secret: String,
    pub(super) cursor: i64,
    pub(super) due_at: Time,
    pub(super) failing_since: Time,
    pub(super) lease_id: i64,
    pub(super) app_id: String,
}

/// Tells webhooks until the process stops.
pub async fn watch(app: Weak<AppState>) {
    let mut looks = Looks::every(LOOK, app);
    for look in 0_u64.. {
        let Some(app) = looks.next().await else { return };
        if look.is_multiple_of(TIDY)
            && let Err(error) = log::tidy(&app).await
        {
            tracing::error!(%error, "forgetting what webhooks were told");
        }
        if let Err(error) = run_due(&app).await {
            tracing::error!(%error, "webhooks");
        }
    }
}

/// Tells every webhook what is due, to its end.
///
/// # Errors
/// [`Error::Internal`] when the database fails; the next look goes on.
pub async fn run_due(app: &AppState) -> Result<(), Error> {
    loop {
        let due = due(app).await?;
        let told = futures::stream::iter(due).map(async |hook| match tell(app, hook).await {
            Ok(told) => told,
            Err(error) => {
                // Its lease ends by itself.
                tracing::error!(%error, "telling a webhook");
                false
            }
        });
        let told: Vec<bool> = told.buffer_unordered(AT_ONCE).collect().await;
        if !told.contains(&true) || *app.stopping.borrow() {
            return Ok(());
        }
    }
}

async fn due(app: &AppState) -> Result<Vec<Hook>, Error> {
    let sql = "select h.workspace_id, h.id, h.url, h.topics, h.secret, h.cursor, h.due_at, h.failing_since, h.lease_id, w.app_id \
               from webhooks h join workspaces w on w.id = h.workspace_id join workspace_seq s on s.workspace_id = h.workspace_id \
               where h.deleted_at = 0 and h.paused_at = 0 and h.lease_until <= $1 and ((h.due_at <= $1 and h.cursor < s.n) \
               or exists (select 1 from webhook_deliveries d where d.workspace_id = h.workspace_id and d.webhook_id = h.id \
               and d.state = 'asked')) order by h.due_at, h.id limit $2";
    let now = app.clock.now();
    let mut c = app.db.read().await?;
    run!(c, |x| sqlx::query_as::<_, Hook>(sql).bind(now).bind(TAKEN).fetch_all(x))
}

/// Tells one webhook for a while; false where there is nothing to tell, or another process does.
async fn tell(app: &AppState, mut hook: Hook) -> Result<bool, Error> {
    if !claim(app, &mut hook).await? {
        return Ok(false);
    }
    let began = Instant::now();
    let goes_on = || began.elapsed() < TURN && !*app.stopping.borrow();
    let (mut mine, mut told, place) = (true, false, hook.cursor);
    while mine && goes_on() {
        let Some(about) = wanted(app, &hook).await? else { break };
        mine = attempt(app, &mut hook, Round::of(about)).await?;
        told = true;
    }
    while mine && goes_on() && hook.due_at <= app.clock.now() {
        let Some(round) = next(app, &mut hook).await? else { break };
        mine = attempt(app, &mut hook, round).await?;
        told = true;
    }
    let sql =
        "update webhooks set lease_until = 0 where workspace_id = $1 and id = $2 and lease_id = $3";
    let mut c = app.db.begin().await?;
    let _: Changed = run!(c, |x| {
        sqlx::query(sql).bind(hook.workspace_id).bind(hook.id).bind(hook.lease_id).execute(x)
    })?;
    c.commit().await?;
    Ok(told || hook.cursor > place)
}

/// Takes a webhook for this process; false when another has it, had it since it was looked at, or it was changed.
async fn claim(app: &AppState, hook: &mut Hook) -> Result<bool, Error> {
    let sql = "update webhooks set lease_id = $4, lease_until = $5 where workspace_id = $1 and id = $2 and lease_id = $3 \
               and lease_until <= $6 and paused_at = 0 and deleted_at = 0 and cursor = $7";
    let mut c = app.db.begin().await?;
    let (lease, now) = (app.db.next_id()?, app.clock.now());
    let done: Changed = run!(c, |x| {
        sqlx::query(sql)
            .bind(hook.workspace_id)
            .bind(hook.id)
            .bind(hook.lease_id)
            .bind(lease)
            .bind(now.plus(LEASE))
            .bind(now)
            .bind(hook.cursor)
            .execute(x)
    })?;
    c.commit().await?;
    hook.lease_id = lease;
    Ok(done.0 == 1)
}

/// Tells a round, all of it at the same time, and keeps in one commit what came of each; false where the webhook is to rest, or is
/// another's.
async fn attempt(app: &AppState, hook: &mut Hook, mut round: Round) -> Result<bool, Error> {
    let now = app.clock.now();
    let mut calls = Vec::new();
    for about in &round.all {
        let notification = Notification {
            app_id: &hook.app_id,
            id: id_of(hook.id, about.seq),
            topic: about.topic,
            at: about.at,
            attempts: about.before + 1,
            first: about.begun(now),
        };
        let body = notification.body(&about.item);
        calls.push(app.webhooks.send(&hook.url, &hook.secret, body, now));
    }
    let answers = futures::future::try_join_all(calls).await?;
    let mut w = Write::begin(app, hook.workspace_id, TeammateId(0)).await?;
    let (states, paused) = stand(hook, &mut round, &answers, now, w.now);
    let sql = "update webhooks set cursor = $4, due_at = $5, failing_since = $6, lease_until = $7, paused_why = $8, \
               paused_at = case when $8 = '' then paused_at else $9 end where workspace_id = $1 and id = $2 and lease_id = $3";
    let kept_at = w.now;
    let mine: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(hook.workspace_id)
            .bind(hook.id)
            .bind(hook.lease_id)
            .bind(hook.cursor)
            .bind(hook.due_at)
            .bind(hook.failing_since)
            .bind(kept_at.plus(LEASE))
            .bind(paused)
            .bind(kept_at)
            .execute(c)
    })?;
    if mine.0 == 0 {
        return Ok(false);
    }
    for ((about, answer), state) in round.all.iter().zip(&answers).zip(&states) {
        let About { seq, topic, contact, .. } = *about;
        let (state, attempts, first) = (*state, about.before + 1, about.begun(now));
        let tried = Try { seq, topic, contact, state, attempts, first, answer };
        log::keep(&mut w, hook.id, &tried).await?;
    }
    w.commit().await?;
    Ok(round.all.iter().zip(&states).all(|(about, state)| about.asked || *state == "sent"))
}
