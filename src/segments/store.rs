//! Segments in the database: found, made, put away.

use serde_json::json;

use super::predicate::Predicate;
use super::resolve::resolve;
use crate::attributes::Subject;
use crate::audit::Action;
use crate::error::Error;
use crate::id::{MessageId, SegmentId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::time::Time;

/// The longest name, in characters.
const LONGEST: usize = 100;
/// The most segments of a workspace that are not archived.
const MOST: i64 = 1_000;

/// A segment, as the database has it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Row {
    /// Which.
    pub id: SegmentId,
    /// `contact` or `company`.
    pub subject: String,
    /// Its name.
    pub name: String,
    /// The JSON text of its rule.
    pub rule: String,
    /// Empty, or the word of one that is there from the start.
    pub builtin: String,
    /// The digest of the rule by which all its members were found out.
    pub judged: String,
    /// That of the rule by which they are being found out.
    pub filling: String,
    /// The last that was looked at for it.
    pub cursor: i64,
    /// How many it holds for.
    pub members: i64,
    /// How many came since the finding out began.
    pub entered: i64,
    /// How many went since.
    pub left_out: i64,
    /// How many there are to look at for it.
    pub total: i64,
    /// How many of them were.
    pub done: i64,
    /// Why the rule makes no sense, or empty.
    pub fault: String,
    /// When somebody stopped the finding out; the epoch for not.
    pub paused_at: Time,
    /// Who made it; 0 for nobody.
    pub created_by: TeammateId,
    /// When.
    pub created_at: Time,
    /// When its name or rule last changed.
    pub updated_at: Time,
    /// When it was put away; the epoch for not.
    pub archived_at: Time,
    /// The message whose audience it is; 0 for a segment that people see.
    pub message_id: MessageId,
    /// 1 where it is kept too for which company of theirs somebody is in it, 0 where not.
    pub per_company: i64,
    /// Goes up by one when its name or rule changes.
    pub version: i64,
    /// Who changed it last; 0 for nobody.
    pub updated_by: TeammateId,
}

const COLUMNS: &str = "id, subject, name, rule, builtin, judged, filling, cursor, members, entered, left_out, total, done, fault, paused_at, \
                       created_by, created_at, updated_at, archived_at, message_id, per_company, version, updated_by";

/// All that are not archived and that people see, those from the start first, then by name.
pub async fn seen(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Row>, Error> {
    let mut rows = all(c, workspace).await?;
    rows.retain(|row| row.message_id.0 == 0);
    Ok(rows)
}

/// All that are not archived, audiences of messages included, those from the start first, then by name.
pub async fn all(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Row>, Error> {
    let sql = const_format::formatcp!(
        "select {COLUMNS} from segments where workspace_id = $1 and archived_at = 0 \
         order by subject desc, case when builtin = '' then 1 else 0 end, case when builtin = '' then name_key else '' end, id"
    );
    run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).fetch_all(x))
}

/// Those that are archived, by name.
pub async fn archived(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Row>, Error> {
    let sql = const_format::formatcp!(
        "select {COLUMNS} from segments where workspace_id = $1 and archived_at > 0 and message_id = 0 order by name_key, id"
    );
    run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).fetch_all(x))
}

/// One that people see, archived or not.
pub async fn find(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: SegmentId,
) -> Result<Option<Row>, Error> {
    let sql = const_format::formatcp!(
        "select {COLUMNS} from segments where workspace_id = $1 and id = $2 and message_id = 0"
    );
    run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(id).fetch_optional(x))
}

/// The number of the change that rules follow.
pub async fn version(c: &mut Conn, workspace: WorkspaceId) -> Result<i64, Error> {
    let sql = "select segments from workspace_seq where workspace_id = $1";
    let (version,): (i64,) =
        run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(workspace).fetch_one(x))?;
    Ok(version)
}

/// Makes a segment. Who it holds for is found out from then on, in steps.
///
/// # Errors
/// [`Error::Invalid`] for the name and for a rule that makes no sense, at its place; [`Error::Conflict`] for a name that
/// is taken.
pub async fn create(
    w: &mut Write<'_>,
    subject: Subject,
    name: &str,
    predicate: &Predicate,
) -> Result<SegmentId, Error> {
    let name = named(w, subject, name, None).await?;
    checked(w, subject, None, predicate).await?;
    let count = "select count(*) from segments where workspace_id = $1 and archived_at = 0 and message_id = 0";
    let (count,): (i64,) =
        run!(w.conn, |c| { sqlx::query_as::<_, (i64,)>(count).bind(w.workspace).fetch_one(c) })?;
    if count >= MOST {
        return Err(Error::Conflict("There are 1,000 segments. Archive some first".into()));
    }
    let id = insert(w, subject, &name, predicate, "").await?;
    let data = json!({ "segment": id, "name": name, "of": subject.word() });
    w.log(Entry::of_workspace(Action::SegmentMade, w.now, data));
    Ok(id)
}

async fn insert(
    w: &mut Write<'_>,
    subject: Subject,
    name: &str,
    predicate: &Predicate,
    builtin: &str,
) -> Result<SegmentId, Error> {
    let id = SegmentId(w.app.db.next_id()?);
    let sql = "insert into segments (workspace_id, id, subject, name, name_key, rule, builtin, created_by, updated_by, created_at, updated_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $9)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(id)
            .bind(subject.word())
            .bind(name)
            .bind(name.to_lowercase())
            .bind(predicate.text())
            .bind(builtin)
            .bind(w.actor)
            .bind(w.now)
            .execute(c)
    })?;
    w.rules_changed();
    w.touch(Topic::Segments);
    Ok(id)
}

/// Puts a segment away, with everyone's place in it, or takes it back: then it is filled anew.
///
/// # Errors
/// [`Error::NotFound`] for the segment; [`Error::Conflict`] for one that another one's rule names, and when its name is
/// taken by then; [`Error::Forbidden`] for one that is there from the start.
pub async fn archive(w: &mut Write<'_>, id: SegmentId, archive: bool) -> Result<(), Error> {
    // Nobody puts a member in while they are taken out.
    w.judging().await?;
    let row = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    if (row.archived_at.0 > 0) == archive {
        return Ok(());
    }
    if !row.builtin.is_empty() {
        return Err(Error::Forbidden("This segment is there from the start and stays".into()));
    }
    let at = if archive {
        let all = all(&mut w.conn, w.workspace).await?;
        let names = |other: &&Row| other.id != id && asks_for(&other.rule, id);
        if let Some(other) = all.iter().find(names) {
            let message =
                format!("The rule of {} asks for this segment. Change it first", other.name);
            return Err(Error::Conflict(message));
        }
        w.now
    } else {
        let subject = Subject::from_word(&row.subject).ok_or(Error::Internal)?;
        named(w, subject, &row.name, Some(id)).await?;
        Time(0)
    };
    let sql = "update segments set archived_at = $3, judged = '', filling = '', cursor = 0, members = 0, fault = '', paused_at = 0 \
               where workspace_id = $1 and id = $2";
    let _: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).bind(at).execute(c))?;
    for sql in [
        "delete from segment_members where workspace_id = $1 and segment_id = $2",
        "delete from segment_turns where workspace_id = $1 and segment_id = $2",
    ] {
        let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).execute(c))?;
    }
    w.rules_changed();
    w.touch(Topic::Segments);
    let action = if archive { Action::SegmentArchived } else { Action::SegmentUnarchived };
    w.log(Entry::of_workspace(action, w.now, json!({ "segment": id, "name": row.name })));
    Ok(())
}

/// Whether a rule names a segment anywhere.
fn asks_for(rule: &str, id: SegmentId) -> bool {
    fn within(part: &Predicate, id: &str) -> bool {
        match part {
            Predicate::All(parts) | Predicate::Any(parts) => parts.iter().any(|p| within(p, id)),
            Predicate::Not(part) | Predicate::Company(part) => within(part, id),
            Predicate::Field(test) => {
                let value =
                    test.value.as_str().map_or_else(|| test.value.to_string(), str::to_owned);
                test.field == super::fields::SEGMENT && value == id
            }
            Predicate::Event(_) => false,
        }
    }
    Predicate::parse(rule).is_ok_and(|predicate| within(&predicate, &id.to_string()))
}

/// Refuses a rule that makes no sense, at its place.
pub(super) async fn checked(
    w: &mut Write<'_>,
    subject: Subject,
    itself: Option<SegmentId>,
    predicate: &Predicate,
) -> Result<(), Error> {
    let known = super::known::known_for(&mut w.conn, w.workspace, predicate).await?;
    resolve(&known, subject, itself, predicate)?;
    Ok(())
}

/// A name that may be given.
pub(super) async fn named(
    w: &mut Write<'_>,
    subject: Subject,
    name: &str,
    itself: Option<SegmentId>,
) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST || name.contains('\0') {
        return Err(Error::invalid("name", "write a name of at most 100 characters"));
    }
    let sql = "select id from segments where workspace_id = $1 and subject = $2 and name_key = $3 and archived_at = 0 and message_id = 0 and id <> $4";
    let taken: Option<(SegmentId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (SegmentId,)>(sql)
            .bind(w.workspace)
            .bind(subject.word())
            .bind(name.to_lowercase())
            .bind(itself.unwrap_or(SegmentId(0)))
            .fetch_optional(c)
    })?;
    match taken {
        Some(_) => Err(Error::taken("name", format!("There is a segment called {name} already"))),
        None => Ok(name.to_owned()),
    }
}

/// Makes the segments that are there from the start, where they are not.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn make_defaults(w: &mut Write<'_>) -> Result<(), Error> {
    let sql = "select builtin from segments where workspace_id = $1 and builtin <> ''";
    let there: Vec<(String,)> =
        run!(w.conn, |c| sqlx::query_as::<_, (String,)>(sql).bind(w.workspace).fetch_all(c))?;
    for (builtin, subject, name, rule) in super::defaults::defaults() {
        if there.iter().all(|(word,)| *word != builtin) {
            insert(w, subject, name, &rule, &builtin).await?;
        }
    }
    Ok(())
}
