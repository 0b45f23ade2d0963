//! What a webhook is told next: several things that are each about somebody else.

use std::collections::BTreeSet;

use serde_json::Value;

use super::item::{item, ping, whose};
use super::log;
use super::topic::Line;
use super::work::{Hook, LEASE};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, TeammateId};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::server::state::AppState;
use crate::time::Time;

/// How many things one webhook is told at the same time.
const SEVERAL: usize = 4;
/// How many lines of the log are read at a time, which is how far what is told can be ahead of what waits.
const STEP: i64 = 100;

/// What is to be told.
pub(super) struct About {
    pub(super) seq: i64,
    pub(super) topic: &'static str,
    pub(super) contact: ContactId,
    pub(super) at: Time,
    pub(super) item: Value,
    /// How often it was tried before.
    pub(super) before: i64,
    /// When first, if it was.
    first: Time,
    /// Whether a teammate wants it, out of its turn.
    pub(super) asked: bool,
}

impl About {
    /// When it was tried first: now, where it was not.
    pub(super) const fn begun(&self, now: Time) -> Time {
        if self.first.0 > 0 { self.first } else { now }
    }
}

/// What is told at the same time.
pub(super) struct Round {
    pub(super) all: Vec<About>,
    /// What waits for one of these, since it is about the same.
    pub(super) waits: BTreeSet<i64>,
    /// How far the log was looked through.
    pub(super) end: i64,
}

impl Round {
    /// One thing by itself.
    pub(super) fn of(about: About) -> Self {
        Self { all: vec![about], waits: BTreeSet::new(), end: 0 }
    }
}

/// The next thing that a teammate wants sent.
pub(super) async fn wanted(app: &AppState, hook: &Hook) -> Result<Option<About>, Error> {
    loop {
        let mut c = app.db.read().await?;
        let Some(asked) = log::asked(&mut c, hook.workspace_id, hook.id).await? else {
            return Ok(None);
        };
        let (seq, before, first) = (asked.seq, asked.attempts, asked.first_sent_at);
        let about = |topic, contact, at, item| {
            Some(About { seq, topic, contact, at, item, before, first, asked: true })
        };
        if asked.topic == "ping" {
            return Ok(about("ping", ContactId(0), app.clock.now(), ping()));
        }
        if let Some(line) = Line::find(&mut c, hook.workspace_id, seq).await?
            && let Some(topic) = line.topic(&mut c, hook.workspace_id).await?
            && let Some(item) = item(&mut c, hook.workspace_id, &hook.app_id, topic, &line).await?
        {
            return Ok(about(topic, whose(&line, &item), line.occurred_at, item));
        }
        drop(c);
        let mut w = Write::begin(app, hook.workspace_id, TeammateId(0)).await?;
        log::gone(&mut w, hook.id, seq).await?;
        w.commit().await?;
    }
}

/// What the webhook is told next, its place moved past what it is told nothing of. What is about one person or company stays in its
/// order; what is about neither, such as somebody's end, is told alone.
pub(super) async fn next(app: &AppState, hook: &mut Hook) -> Result<Option<Round>, Error> {
    let topics: Vec<String> = serde_json::from_str(&hook.topics).unwrap_or_default();
    let wants = |topic: &str| topics.is_empty() || topics.iter().any(|one| one == topic);
    loop {
        let mut c = app.db.read().await?;
        let lines = Line::after(&mut c, hook.workspace_id, hook.cursor, STEP).await?;
        let Some(end) = lines.last().map(|line| line.seq) else { return Ok(None) };
        let tries = log::tries(&mut c, hook.workspace_id, hook.id, hook.cursor, end).await?;
        let mut round = Round { all: Vec::new(), waits: BTreeSet::new(), end };
        let mut taken = BTreeSet::new();
        for line in lines {
            let tried = tries.get(&line.seq);
            if tried.is_some_and(|tried| tried.settled) {
                continue;
            }
            let subject = (line.contact_id, line.company_id);
            let subject = if subject.0.0 > 0 { (subject.0, CompanyId(0)) } else { subject };
            let alone = subject == (ContactId(0), CompanyId(0));
            if taken.contains(&subject) {
                round.waits.insert(line.seq);
                continue;
            }
            let topic = line.topic(&mut c, hook.workspace_id).await?;
            let Some(topic) = topic.filter(|topic| wants(topic)) else { continue };
            let item = item(&mut c, hook.workspace_id, &hook.app_id, topic, &line).await?;
            let Some(item) = item else { continue };
            if alone && !taken.is_empty() {
                round.end = line.seq - 1;
                break;
            }
            let (seq, contact, at) = (line.seq, whose(&line, &item), line.occurred_at);
            let (before, first) = tried.map_or((0, Time(0)), |tried| (tried.attempts, tried.first));
            round.all.push(About { seq, topic, contact, at, item, before, first, asked: false });
            taken.insert(subject);
            if alone || round.all.len() == SEVERAL {
                round.end = line.seq;
                break;
            }
        }
        if !round.all.is_empty() {
            return Ok(Some(round));
        }
        drop(c);
        let sql = "update webhooks set cursor = $4, lease_until = $5 where workspace_id = $1 and id = $2 and lease_id = $3";
        let mut c = app.db.begin().await?;
        let moved: Changed = run!(c, |x| {
            sqlx::query(sql)
                .bind(hook.workspace_id)
                .bind(hook.id)
                .bind(hook.lease_id)
                .bind(end)
                .bind(app.clock.now().plus(LEASE))
                .execute(x)
        })?;
        c.commit().await?;
        if moved.0 == 0 {
            return Ok(None);
        }
        hook.cursor = end;
    }
}
