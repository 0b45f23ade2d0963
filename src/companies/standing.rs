//! Health in the database: judged when something changes, and when time alone changes it.

use std::collections::HashMap;

use serde_json::json;

use super::health::{Health, Thresholds};
use super::words;
use crate::attributes::Subject;
use crate::audit::Action;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::server::state::AppState;
use crate::stream::Kind;
use crate::time::Time;
use crate::workspace;

/// The setting of the workspace that holds the thresholds.
const SETTING: &str = "health";
/// How many companies one transaction judges.
const STEP: i64 = 500;

/// The workspace's thresholds, or those of the start.
pub async fn thresholds(c: &mut Conn, workspace: WorkspaceId) -> Result<Thresholds, Error> {
    Ok(workspace::setting(c, workspace, SETTING).await?.unwrap_or_default())
}

/// Sets the workspace's thresholds; every company is judged again, soon and in steps.
///
/// # Errors
/// As [`Thresholds::checked`].
pub async fn set_thresholds(w: &mut Write<'_>, days: Thresholds) -> Result<(), Error> {
    let days = days.checked()?;
    let was = thresholds(&mut w.conn, w.workspace).await?;
    if was == days {
        return Ok(());
    }
    workspace::set_setting(w, SETTING, &days).await?;
    let again =
        "update companies set health_due_at = 1 where workspace_id = $1 and merged_into = 0";
    let _: Changed = run!(w.conn, |c| sqlx::query(again).bind(w.workspace).execute(c))?;
    w.log(Entry::of_workspace(Action::HealthChanged, w.now, json!({ "from": was, "to": days })));
    w.wake_jobs();
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: CompanyId,
    health: String,
    health_at: Time,
    created_at: Time,
    since: Time,
    last_seen_at: Time,
    health_due_at: Time,
}

/// Judges these companies again and logs those that stand otherwise than before.
pub(crate) async fn judge(w: &mut Write<'_>, companies: &[CompanyId]) -> Result<(), Error> {
    if companies.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = companies.iter().map(|id| [id]).collect();
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let sql = "select c.id, c.health, c.health_at, c.created_at, coalesce(c.remote_created_at, c.created_at) as since, c.last_seen_at, c.health_due_at \
               from json_each($2) j cross join companies c where c.workspace_id = $1 and c.id = cast(j.value ->> 0 as bigint) \
               and c.merged_into = 0 order by c.id";
    let rows: Vec<Row> = run!(w.conn, |c| {
        sqlx::query_as::<_, Row>(sql).bind(w.workspace).bind(&ids).fetch_all(c)
    })?;
    let days = thresholds(&mut w.conn, w.workspace).await?;
    for row in rows {
        let verdict = Health::of(row.since, row.last_seen_at, &days, w.now);
        let was = Health::from_word(&row.health);
        let due = verdict.until.unwrap_or(Time(0));
        if was == Some(verdict.health) && row.health_due_at == due {
            continue;
        }
        let turned = was != Some(verdict.health);
        let set = "update companies set health = $3, health_due_at = $4, health_at = case when $5 = 1 then $6 else health_at end \
                   where workspace_id = $1 and id = $2 and health = $7 and last_seen_at = $8";
        let set: Changed = run!(w.conn, |c| {
            sqlx::query(set)
                .bind(w.workspace)
                .bind(row.id)
                .bind(verdict.health.word())
                .bind(due)
                .bind(i64::from(turned))
                .bind(w.now)
                .bind(&row.health)
                .bind(row.last_seen_at)
                .execute(c)
        })?;
        // Another process judged it meanwhile, or someone came: its due moment has it looked at again.
        if set.0 == 0 || !turned {
            continue;
        }
        // The first look at a company says nothing new of it.
        w.changed(Subject::Company, row.id.0, "c.health");
        let Some(was) = was else {
            words::rewrite(w, row.id).await?;
            w.touch(Topic::Company(row.id));
            w.touch(Topic::Companies);
            continue;
        };
        // Of a company that is being made the last word counts: its date follows right after its id.
        if row.created_at == w.now {
            continue;
        }
        let why = verdict.health.why(row.last_seen_at, &days, w.now);
        // When it turned before leads to the entry of that turn, however much its people did since.
        let before = row.health_at;
        let data = json!({ "from": was.word(), "to": verdict.health.word(), "why": why, "before": before });
        w.log(Entry::of_company(Kind::CompanyHealthChanged, w.now, row.id, 0, data));
    }
    Ok(())
}

/// Tells the companies that a person is in that they were seen; those that were not active are judged again.
pub(crate) async fn seen(w: &mut Write<'_>, contact: ContactId, at: Time) -> Result<(), Error> {
    let sql = "update companies set last_seen_at = $3, last_seen_contact_id = $2 where workspace_id = $1 and last_seen_at < $3 and id in \
               (select company_id from memberships where workspace_id = $1 and contact_id = $2 and left_at = 0) \
               returning id, health";
    let rows: Vec<(CompanyId, String)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (CompanyId, String)>(sql)
            .bind(w.workspace)
            .bind(contact)
            .bind(at)
            .fetch_all(c)
    })?;
    // An active one stays so: its due moment looks at when it was seen.
    let lively = |word: &str| matches!(Health::from_word(word), Some(Health::New | Health::Active));
    let asleep: Vec<_> = rows.iter().filter(|(_, h)| !lively(h)).map(|(id, _)| *id).collect();
    for (id, _) in &rows {
        w.changed(Subject::Company, id.0, "c.last_seen_at");
        w.touch(Topic::Company(*id));
    }
    if !rows.is_empty() {
        w.touch(Topic::Companies);
    }
    judge(w, &asleep).await
}

/// Judges every company whose moment has come; answers how many there were.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn sweep(app: &AppState) -> Result<u64, Error> {
    let sql = "select workspace_id, id from companies where health_due_at > 0 and health_due_at <= $1 and merged_into = 0 \
               order by health_due_at, workspace_id, id limit $2";
    let mut judged = 0;
    loop {
        let now = app.clock.now();
        let due: Vec<(WorkspaceId, CompanyId)> = {
            let mut c = app.db.read().await?;
            run!(c, |x| {
                sqlx::query_as::<_, (WorkspaceId, CompanyId)>(sql).bind(now).bind(STEP).fetch_all(x)
            })?
        };
        let mut by_workspace: HashMap<WorkspaceId, Vec<CompanyId>> = HashMap::new();
        for (workspace, company) in &due {
            by_workspace.entry(*workspace).or_default().push(*company);
        }
        for (workspace, companies) in by_workspace {
            let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
            w.alone().await?;
            judge(&mut w, &companies).await?;
            w.commit().await?;
        }
        judged += due.len() as u64;
        if (due.len() as i64) < STEP || *app.stopping.borrow() {
            return Ok(judged);
        }
    }
}
