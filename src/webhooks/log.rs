//! What webhooks were told last. What was said is not kept.

use std::collections::BTreeMap;

use super::Delivery;
use super::send::Answer;
use crate::error::Error;
use crate::id::{ContactId, WebhookId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Changed, Conn, Write};
use crate::server::state::AppState;
use crate::time::{DAY, Time};

/// How many are shown of each webhook.
const SHOWN: i64 = 30;
/// How long what was told is kept, and the most of it that is kept of a webhook.
const KEPT: i64 = 30 * DAY;
const MOST: i64 = 1_000;

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    topic: String,
    state: String,
    attempts: i64,
    sent_at: Time,
    took: i64,
    status: i64,
    answer: String,
}

/// What a webhook was told last, the newest first; what is still to be sent leads.
pub async fn last(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    webhook: WebhookId,
) -> Result<Vec<Delivery>, Error> {
    let sql = "select seq, topic, state, attempts, sent_at, took, status, answer from webhook_deliveries \
               where workspace_id = $1 and webhook_id = $2 order by case when state = 'asked' then 0 else 1 end, \
               sent_at desc, seq desc limit $3";
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(workspace).bind(webhook).bind(SHOWN).fetch_all(x)
    })?;
    let shown = |row: Row| Delivery {
        seq: row.seq,
        topic: row.topic,
        state: row.state,
        attempts: row.attempts,
        sent: (row.sent_at.0 > 0).then(|| dates.stamp(row.sent_at)),
        took: row.took,
        status: row.status,
        answer: row.answer,
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// One that a teammate wants sent.
#[derive(sqlx::FromRow)]
pub struct Wanted {
    /// Its number in the log; below 0 for a test.
    pub seq: i64,
    /// What it is about.
    pub topic: String,
    /// How often it was tried before.
    pub attempts: i64,
    /// When first, if it was.
    pub first_sent_at: Time,
}

/// The first that a teammate wants sent.
pub async fn asked(
    c: &mut Conn,
    workspace: WorkspaceId,
    webhook: WebhookId,
) -> Result<Option<Wanted>, Error> {
    let sql = "select seq, topic, attempts, first_sent_at from webhook_deliveries where workspace_id = $1 and webhook_id = $2 \
               and state = 'asked' order by seq limit 1";
    run!(c, |x| {
        sqlx::query_as::<_, Wanted>(sql).bind(workspace).bind(webhook).fetch_optional(x)
    })
}

/// What was tried before.
pub struct Tried {
    /// Whether it is over: only what waits is tried again by itself.
    pub settled: bool,
    /// How often.
    pub attempts: i64,
    /// When first.
    pub first: Time,
}

/// What was tried of a piece of the log, by its number: after the one, up to the other.
pub async fn tries(
    c: &mut Conn,
    workspace: WorkspaceId,
    webhook: WebhookId,
    after: i64,
    to: i64,
) -> Result<BTreeMap<i64, Tried>, Error> {
    let sql = "select seq, state, attempts, first_sent_at from webhook_deliveries where workspace_id = $1 and webhook_id = $2 \
               and seq > $3 and seq <= $4";
    type Row = (i64, String, i64, Time);
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql)
            .bind(workspace)
            .bind(webhook)
            .bind(after)
            .bind(to)
            .fetch_all(x)
    })?;
    let tried = |(seq, state, attempts, first): Row| {
        (seq, Tried { settled: state != "waiting", attempts, first })
    };
    Ok(rows.into_iter().map(tried).collect())
}

/// One try of something.
pub struct Try<'a> {
    /// Its number in the log.
    pub seq: i64,
    /// What it is about.
    pub topic: &'a str,
    /// Whom it is about, or 0.
    pub contact: ContactId,
    /// Where it stands now.
    pub state: &'static str,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// When it was tried first.
    pub first: Time,
    /// What came of it.
    pub answer: &'a Answer,
}

/// Keeps a try. Of somebody who was deleted while it was under way nothing is kept that the receiver may have repeated.
pub async fn keep(w: &mut Write<'_>, webhook: WebhookId, tried: &Try<'_>) -> Result<(), Error> {
    let sql = "insert into webhook_deliveries (workspace_id, webhook_id, seq, topic, contact_id, state, attempts, first_sent_at, \
               sent_at, took, status, answer) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, case when $5 = 0 \
               or exists (select 1 from contacts where workspace_id = $1 and id = $5) then $12 else '' end) \
               on conflict (workspace_id, webhook_id, seq) do update set topic = excluded.topic, contact_id = excluded.contact_id, \
               state = excluded.state, attempts = excluded.attempts, first_sent_at = excluded.first_sent_at, \
               sent_at = excluded.sent_at, took = excluded.took, status = excluded.status, answer = excluded.answer";
    let Try { seq, topic, contact, state, attempts, first, answer } = tried;
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(webhook)
            .bind(*seq)
            .bind(*topic)
            .bind(*contact)
            .bind(*state)
            .bind(*attempts)
            .bind(*first)
            .bind(w.now)
            .bind(answer.took)
            .bind(i64::from(answer.status))
            .bind(&answer.text)
            .execute(c)
    })?;
    w.touch(Topic::Webhooks);
    Ok(())
}

/// Notes that something is not there any more that was to be sent again.
pub async fn gone(w: &mut Write<'_>, webhook: WebhookId, seq: i64) -> Result<(), Error> {
    let sql = "update webhook_deliveries set state = 'failed', status = 0, \
               answer = 'What it was about is not there any more.' where workspace_id = $1 and webhook_id = $2 and seq = $3";
    let _: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(webhook).bind(seq).execute(c))?;
    w.touch(Topic::Webhooks);
    Ok(())
}

/// Sends something again that was sent, or given up.
///
/// # Errors
/// [`Error::NotFound`] for what is not in the log of that webhook; [`Error::Conflict`] for one that is paused.
pub async fn again(w: &mut Write<'_>, webhook: WebhookId, seq: i64) -> Result<(), Error> {
    let sql = "select d.topic from webhook_deliveries d join webhooks h on h.workspace_id = d.workspace_id and h.id = d.webhook_id \
               where d.workspace_id = $1 and d.webhook_id = $2 and d.seq = $3 and h.deleted_at = 0";
    let found: Option<(String,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (String,)>(sql)
            .bind(w.workspace)
            .bind(webhook)
            .bind(seq)
            .fetch_optional(c)
    })?;
    let (topic,) = found.ok_or(Error::NotFound)?;
    ask_for(w, webhook, seq, &topic).await
}

/// Has something sent as soon as somebody looks.
pub async fn ask_for(
    w: &mut Write<'_>,
    webhook: WebhookId,
    seq: i64,
    topic: &str,
) -> Result<(), Error> {
    let sql = "select paused_at from webhooks where workspace_id = $1 and id = $2";
    let (paused,): (Time,) = run!(w.conn, |c| {
        sqlx::query_as::<_, (Time,)>(sql).bind(w.workspace).bind(webhook).fetch_one(c)
    })?;
    if paused.0 > 0 {
        return Err(Error::Conflict("This webhook is paused: go on with it first".into()));
    }
    // What waits for its next try anyway is tried by itself, in its order.
    let sql = "insert into webhook_deliveries (workspace_id, webhook_id, seq, topic, state) values ($1, $2, $3, $4, 'asked') \
               on conflict (workspace_id, webhook_id, seq) do update set state = 'asked' where webhook_deliveries.state <> 'waiting'";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(webhook).bind(seq).bind(topic).execute(c)
    })?;
    let now = "update webhooks set due_at = 0 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(now).bind(w.workspace).bind(webhook).execute(c))?;
    w.touch(Topic::Webhooks);
    Ok(())
}

/// Gives up what waited for its next try and was passed over since: it was left out, or its topic is not told any more.
pub async fn give_up(
    c: &mut Conn,
    workspace: WorkspaceId,
    webhook: WebhookId,
) -> Result<(), Error> {
    let sql = "update webhook_deliveries set state = 'failed' where workspace_id = $1 and webhook_id = $2 and state = 'waiting' \
               and seq <= (select h.cursor from webhooks h where h.workspace_id = $1 and h.id = $2)";
    let _: Changed = run!(c, |x| sqlx::query(sql).bind(workspace).bind(webhook).execute(x))?;
    Ok(())
}

/// Forgets what webhooks were told long ago, and those that were deleted a day ago.
///
/// # Errors
/// [`Error::Internal`] when the database fails; what is left is forgotten the next time.
pub async fn tidy(app: &AppState) -> Result<(), Error> {
    let now = app.clock.now();
    let all = "select workspace_id, id, deleted_at, cursor from webhooks";
    type Row = (WorkspaceId, WebhookId, Time, i64);
    let rows: Vec<Row> = {
        let mut c = app.db.read().await?;
        run!(c, |x| sqlx::query_as::<_, Row>(all).fetch_all(x))?
    };
    // What is beyond the webhook's place says what is not told again.
    let old = "delete from webhook_deliveries where workspace_id = $1 and webhook_id = $2 and state in ('sent', 'failed') and seq <= $5 and (sent_at < $3 \
               or sent_at < (select min(n.sent_at) from (select sent_at from webhook_deliveries where workspace_id = $1 and webhook_id = $2 \
               order by sent_at desc limit $4) n))";
    for (workspace, id, deleted, place) in rows {
        let over = deleted.0 > 0 && deleted < now.plus(-DAY);
        let (before, most) = if over { (Time(i64::MAX), 0) } else { (now.plus(-KEPT), MOST) };
        let mut c = app.db.begin().await?;
        give_up(&mut c, workspace, id).await?;
        let _: Changed = run!(c, |x| {
            sqlx::query(old).bind(workspace).bind(id).bind(before).bind(most).bind(place).execute(x)
        })?;
        if over {
            for sql in [
                "delete from webhook_deliveries where workspace_id = $1 and webhook_id = $2",
                "delete from webhooks where workspace_id = $1 and id = $2",
            ] {
                let _: Changed = run!(c, |x| sqlx::query(sql).bind(workspace).bind(id).execute(x))?;
            }
        }
        c.commit().await?;
    }
    Ok(())
}
