//! Keeping segments: changes are looked at as they come, moments when they are due, new rules in steps.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Weak;
use std::time::{Duration, Instant};

use super::members::{Cause, look};
use super::store;
use super::watch::{Rules, Watched};
use super::{aims, fill};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{ContactId, SegmentId, TeammateId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Write};
use crate::server::looks::Looks;
use crate::server::state::AppState;
use crate::time::Time;

/// How often to look for moments that have come, and for changes that another process wrote.
const LOOK: Duration = Duration::from_secs(1);

/// Keeps every workspace's segments until the process stops.
pub async fn watch(app: Weak<AppState>) {
    let mut looks = Looks::rung(|app| app.segments.wake.clone(), LOOK, app);
    let mut settled = HashMap::new();
    while let Some(app) = looks.next().await {
        if let Err(error) = run(&app, &mut settled).await {
            tracing::error!(%error, "segments");
            looks.soon(LOOK);
        }
    }
}

/// Does everything that is due now, to its end.
///
/// # Errors
/// [`Error::Internal`] when the database fails; what is left is done the next time.
pub async fn run_due(app: &AppState) -> Result<(), Error> {
    run(app, &mut HashMap::new()).await
}

/// `settled` remembers as of which version a workspace's segments are filled.
async fn run(app: &AppState, settled: &mut HashMap<WorkspaceId, i64>) -> Result<(), Error> {
    let mut newest = false;
    loop {
        let mut more = false;
        for workspace in changed(app).await? {
            more |= check(app, workspace, newest).await?;
        }
        newest = !newest;
        for (workspace, due) in turning(app).await? {
            turn(app, workspace, due).await?;
            more = true;
        }
        for (workspace, version) in versions(app).await? {
            if settled.get(&workspace) != Some(&version) {
                if defaults(app, workspace).await? || fill::step(app, workspace).await? {
                    more = true;
                } else {
                    settled.insert(workspace, version);
                }
            }
        }
        if !more || *app.stopping.borrow() {
            return Ok(());
        }
    }
}

async fn versions(app: &AppState) -> Result<Vec<(WorkspaceId, i64)>, Error> {
    let sql = "select workspace_id, segments from workspace_seq order by workspace_id";
    let mut c = app.db.read().await?;
    run!(c, |x| sqlx::query_as::<_, (WorkspaceId, i64)>(sql).fetch_all(x))
}

/// Makes the segments of the start in a workspace that never had any. Others may be there, or things that rules name:
/// an import comes before the first look.
async fn defaults(app: &AppState, workspace: WorkspaceId) -> Result<bool, Error> {
    let sql = "select count(*) from segments where workspace_id = $1 and builtin <> ''";
    let (there,): (i64,) = {
        let mut c = app.db.read().await?;
        run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(workspace).fetch_one(x))?
    };
    if there > 0 {
        return Ok(false);
    }
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    store::make_defaults(&mut w).await?;
    w.commit().await?;
    Ok(true)
}

async fn changed(app: &AppState) -> Result<Vec<WorkspaceId>, Error> {
    // Not through all that waits, which may be as many as there are people.
    let sql = "select s.workspace_id from workspace_seq s where exists \
               (select 1 from segment_checks c where c.workspace_id = s.workspace_id) order by s.workspace_id";
    let mut c = app.db.read().await?;
    let rows: Vec<(WorkspaceId,)> =
        run!(c, |x| sqlx::query_as::<_, (WorkspaceId,)>(sql).fetch_all(x))?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

type Due = Vec<(SegmentId, i64, Time)>;

async fn turning(app: &AppState) -> Result<BTreeMap<WorkspaceId, Due>, Error> {
    let sql = "select workspace_id, segment_id, subject_id, due_at from segment_turns where due_at <= $1 \
               order by due_at, workspace_id, segment_id, subject_id limit $2";
    type Row = (WorkspaceId, SegmentId, i64, Time);
    let (now, size) = (app.clock.now(), app.segments.turning.size() as i64);
    let mut c = app.db.read().await?;
    let rows: Vec<Row> =
        run!(c, |x| { sqlx::query_as::<_, Row>(sql).bind(now).bind(size).fetch_all(x) })?;
    let mut due: BTreeMap<WorkspaceId, Due> = BTreeMap::new();
    for (workspace, segment, subject, at) in rows {
        due.entry(workspace).or_default().push((segment, subject, at));
    }
    Ok(due)
}

/// Looks at those whose moment has come.
async fn turn(app: &AppState, workspace: WorkspaceId, due: Due) -> Result<(), Error> {
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    let began = Instant::now();
    w.judging().await?;
    let version = store::version(&mut w.conn, workspace).await?;
    let rules = app.segments.rules(&mut w.conn, workspace, version).await?;
    // Each moment by itself, because the reason names it; those of one rule and moment go together.
    for subject in [Subject::Contact, Subject::Company] {
        let segments: Vec<_> = rules.all.iter().filter(|s| s.subject == subject).collect();
        for segment in segments {
            let mine = due.iter().filter(|(id, ..)| *id == segment.id);
            let whom: BTreeMap<_, _> =
                mine.map(|(_, subject, at)| (*subject, Cause::Moment(*at))).collect();
            look(&mut w, subject, &whom, &[segment]).await?;
        }
    }
    // Of a segment that is gone nothing turns any more.
    let gone: Vec<_> =
        due.iter().filter(|(id, ..)| rules.all.iter().all(|s| s.id != *id)).collect();
    if !gone.is_empty() {
        let gone = serde_json::to_string(&gone).map_err(|_| Error::Internal)?;
        let sql = "delete from segment_turns where workspace_id = $1 and (segment_id, subject_id) in \
                   (select cast(value ->> 0 as bigint), cast(value ->> 1 as bigint) from json_each($2))";
        let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(workspace).bind(&gone).execute(c))?;
    }
    app.segments.turning.commit(w, due.len(), began).await
}

#[derive(sqlx::FromRow)]
struct Check {
    id: i64,
    subject: String,
    subject_id: i64,
    words: String,
    after: i64,
}

/// What one step looks at.
#[derive(Default)]
struct Part {
    room: usize,
    people: BTreeMap<i64, BTreeSet<String>>,
    companies: BTreeMap<i64, BTreeSet<String>>,
    done: Vec<[i64; 1]>,
}

/// Looks at the oldest changes of a workspace, or at the newest: in turn, so that who was just tagged is not behind all the people of a
/// company that was. What somebody is judged by is how they are now, whatever comes first. Answers whether there may be more.
async fn check(app: &AppState, workspace: WorkspaceId, newest: bool) -> Result<bool, Error> {
    let mut w = Write::begin(app, workspace, TeammateId(0)).await?;
    let (began, size) = (Instant::now(), app.segments.checking.size());
    w.judging().await?;
    let version = store::version(&mut w.conn, workspace).await?;
    let rules = app.segments.rules(&mut w.conn, workspace, version).await?;
    let sql = if newest {
        "select id, subject, subject_id, words, after from segment_checks where workspace_id = $1 order by id desc limit $2"
    } else {
        "select id, subject, subject_id, words, after from segment_checks where workspace_id = $1 order by id limit $2"
    };
    let rows: Vec<Check> = run!(w.conn, |c| {
        sqlx::query_as::<_, Check>(sql).bind(workspace).bind(size as i64).fetch_all(c)
    })?;
    if rows.is_empty() {
        return Ok(false);
    }
    let mut part = Part { room: size, ..Part::default() };
    for row in rows {
        if part.people.len() >= size {
            break;
        }
        let words: BTreeSet<String> = serde_json::from_str(&row.words).unwrap_or_default();
        if row.subject == Subject::Contact.word() {
            part.people.entry(row.subject_id).or_default().extend(words);
            part.done.push([row.id]);
            continue;
        }
        if row.after < 0 {
            part.companies.entry(row.subject_id).or_default().extend(words.iter().cloned());
        }
        if rules.through_company(&words).next().is_none() {
            part.done.push([row.id]);
        } else {
            members(&mut w, &row, &words, &mut part).await?;
        }
    }
    judge(&mut w, &rules, Subject::Company, &part.companies).await?;
    judge(&mut w, &rules, Subject::Contact, &part.people).await?;
    aims::hear(&mut w, &rules, &part.people).await?;
    let done = serde_json::to_string(&part.done).map_err(|_| Error::Internal)?;
    let sql = "delete from segment_checks where workspace_id = $1 and id in (select cast(value ->> 0 as bigint) from json_each($2))";
    let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(workspace).bind(&done).execute(c))?;
    app.segments.checking.commit(w, part.people.len() + part.companies.len(), began).await?;
    Ok(true)
}

/// The next people of a company that changed.
async fn members(
    w: &mut Write<'_>,
    row: &Check,
    words: &BTreeSet<String>,
    part: &mut Part,
) -> Result<(), Error> {
    let room = (part.room - part.people.len()) as i64;
    let sql = "select distinct contact_id from memberships where workspace_id = $1 and company_id = $2 and left_at = 0 and contact_id > $3 \
               order by contact_id limit $4";
    let found: Vec<(ContactId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (ContactId,)>(sql)
            .bind(w.workspace)
            .bind(row.subject_id)
            .bind(row.after.max(0))
            .bind(room)
            .fetch_all(c)
    })?;
    for (contact,) in &found {
        part.people.entry(contact.0).or_default().extend(words.iter().cloned());
    }
    match found.last() {
        Some((last,)) if found.len() as i64 == room => {
            let sql = "update segment_checks set after = $3 where workspace_id = $1 and id = $2";
            let _: Changed = run!(w.conn, |c| {
                sqlx::query(sql).bind(w.workspace).bind(row.id).bind(last).execute(c)
            })?;
        }
        _ => part.done.push([row.id]),
    }
    Ok(())
}

async fn judge(
    w: &mut Write<'_>,
    rules: &Rules,
    subject: Subject,
    changed: &BTreeMap<i64, BTreeSet<String>>,
) -> Result<(), Error> {
    let all: BTreeSet<String> = changed.values().flatten().cloned().collect();
    let segments: Vec<_> = match subject {
        Subject::Contact => {
            let direct = rules.concerned(subject, &all);
            let through: BTreeSet<_> = rules.through_company(&all).map(|s| s.id).collect();
            let direct: BTreeSet<_> = direct.map(|s| s.id).collect();
            let asked = |s: &&Watched| direct.contains(&s.id) || through.contains(&s.id);
            rules.all.iter().filter(asked).collect()
        }
        Subject::Company => rules.concerned(subject, &all).collect(),
    };
    let whom = changed.iter().map(|(id, words)| (*id, Cause::Change(words.clone()))).collect();
    look(w, subject, &whom, &segments).await?;
    Ok(())
}
