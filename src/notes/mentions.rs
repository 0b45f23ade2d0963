//! Naming teammates in notes: `@Ada Lovelace`. Who was named stays found under the name that was written, is told once
//! for each time that they are named, and has it in a list until they have looked.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::Owner;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, NoteId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::stream::Kind;
use crate::teammates;
use crate::time::Time;
use crate::ui::markdown;

/// Within which time a name that went and came back was moved, or undone: 10 minutes, in milliseconds.
const MOVED: i64 = 10 * 60 * 1000;
/// How long somebody has to look until they are told by mail: 10 minutes, in milliseconds.
pub const MAIL_AFTER: i64 = 10 * 60 * 1000;

/// What is known of somebody who was named in a note.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Row {
    /// Who.
    pub teammate_id: TeammateId,
    /// The name that was written.
    pub name: String,
    times: i64,
    lost: i64,
    lost_at: Time,
}

/// Remembers who is named in a note's text, and tells who is named more often than before. `writers` are those who wrote
/// since the text before, who last did first; who named somebody is taken to be the first of them who is somebody else.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(super) async fn remember(
    w: &mut Write<'_>,
    note: NoteId,
    body: &str,
    writers: &[TeammateId],
) -> Result<(), Error> {
    let rows = rows(&mut w.conn, w.workspace, note).await?;
    if rows.is_empty() && !body.contains('@') {
        return Ok(());
    }
    let team = teammates::names(&mut w.conn, w.workspace).await?;
    let now = counted(body, &team, &rows);
    let everybody: BTreeSet<_> =
        now.keys().copied().chain(rows.iter().map(|r| r.teammate_id)).collect();
    for teammate in everybody {
        let row = rows.iter().find(|r| r.teammate_id == teammate);
        let before = row.map_or(0, |r| r.times);
        let gone = row.filter(|r| w.now.0 - r.lost_at.0 < MOVED).map_or(0, |r| r.lost);
        let (name, times) = now.get(&teammate).map_or(("", 0), |(name, times)| (*name, *times));
        if times == before {
            continue;
        }
        if times < before {
            fewer(w, (note, teammate), times, gone + before - times).await?;
            continue;
        }
        let by = writers.iter().copied().find(|by| *by != teammate);
        // Who names oneself knows it.
        let told = times - before > gone && by.is_some();
        let more = More { name, times, lost: (gone + before - times).max(0), told };
        more.write(w, (note, teammate), by.unwrap_or(teammate)).await?;
    }
    Ok(())
}

async fn fewer(
    w: &mut Write<'_>,
    (note, teammate): (NoteId, TeammateId),
    times: i64,
    lost: i64,
) -> Result<(), Error> {
    let sql = "update note_mentions set times = $4, lost = $6, lost_at = $5, mail_at = case when $4 = 0 then 0 else mail_at end \
               where workspace_id = $1 and note_id = $2 and teammate_id = $3";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(note)
            .bind(teammate)
            .bind(times)
            .bind(w.now)
            .bind(lost)
            .execute(c)
    })?;
    w.touch(Topic::Mine(teammate));
    Ok(())
}

/// How somebody is named more often than before.
struct More<'a> {
    name: &'a str,
    times: i64,
    /// How many of those that went may still come back.
    lost: i64,
    told: bool,
}

impl More<'_> {
    async fn write(
        self,
        w: &mut Write<'_>,
        (note, teammate): (NoteId, TeammateId),
        by: TeammateId,
    ) -> Result<(), Error> {
        let sql = "insert into note_mentions (workspace_id, note_id, teammate_id, name, by_id, times, created_at, seen_at, mail_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, case when $8 = 1 then 0 else $7 end, case when $8 = 1 then $9 else 0 end) \
                   on conflict (workspace_id, note_id, teammate_id) do update set times = excluded.times, lost = $10, \
                   by_id = case when $8 = 1 then excluded.by_id else note_mentions.by_id end, \
                   created_at = case when $8 = 1 then excluded.created_at else note_mentions.created_at end, \
                   seen_at = case when $8 = 1 then 0 else note_mentions.seen_at end, \
                   mail_at = case when $8 = 1 then excluded.mail_at else note_mentions.mail_at end";
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(sql)
                .bind(w.workspace)
                .bind(note)
                .bind(teammate)
                .bind(self.name)
                .bind(by)
                .bind(self.times)
                .bind(w.now)
                .bind(i64::from(self.told))
                .bind(w.now.plus(MAIL_AFTER))
                .bind(self.lost)
                .execute(c)
        })?;
        w.touch(Topic::Mine(teammate));
        if self.told {
            // It is nobody's history: the note's own lines are.
            let data = json!({ "to": teammate });
            let entry = Entry::of_contact(Kind::NoteMentioned, w.now, ContactId(0), note.0, data);
            w.log_by(by, entry);
        }
        Ok(())
    }
}

/// How often a text names whom, with the name that it uses. A name that was written for somebody before is theirs still;
/// two of one name are both meant.
fn counted<'a>(
    body: &'a str,
    team: &[(TeammateId, String)],
    rows: &[Row],
) -> BTreeMap<TeammateId, (&'a str, i64)> {
    let known = rows.iter().map(|r| r.name.as_str());
    let names: Vec<_> = team.iter().map(|(_, name)| name.as_str()).chain(known).collect();
    let mut found: BTreeMap<TeammateId, (&str, i64)> = BTreeMap::new();
    for at in markdown::names_in(body, &names) {
        let name = &body[at.start + 1..at.end];
        let before = rows.iter().filter(|r| r.name == name).map(|r| r.teammate_id);
        let mut meant: BTreeSet<_> = before.collect();
        let here = |id: &TeammateId| team.iter().any(|(known, _)| known == id);
        meant.retain(here);
        if meant.is_empty() {
            meant.extend(team.iter().filter(|(_, known)| known == name).map(|(id, _)| *id));
        }
        for id in meant {
            found.entry(id).or_insert((name, 0)).1 += 1;
        }
    }
    found
}

/// What is known of everybody who was named in a note.
pub(super) async fn rows(
    c: &mut Conn,
    workspace: WorkspaceId,
    note: NoteId,
) -> Result<Vec<Row>, Error> {
    let sql = "select teammate_id, name, times, lost, lost_at from note_mentions where workspace_id = $1 and note_id = $2";
    run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(note).fetch_all(x))
}

/// What somebody is told who is named in a note: by whom, where that is known, and about whom it is.
pub(crate) fn told(by: Option<&str>, owner: Owner, title: String) -> String {
    let about = about(owner, title);
    match by {
        Some(by) => format!("{by} named you in a note about {about}"),
        None => format!("You are named in a note about {about}"),
    }
}

/// What the owner of a note is called.
pub(super) fn about(owner: Owner, title: String) -> String {
    match owner {
        _ if !title.is_empty() => title,
        Owner::Contact(id) => format!("Visitor {id}"),
        Owner::Company(CompanyId(id)) => format!("Company {id}"),
    }
}

/// The acting teammate has looked at the notes of someone: who was named in them knows it.
///
/// # Errors
/// [`Error::NotFound`] for the owner.
pub async fn seen(w: &mut Write<'_>, owner: Owner) -> Result<(), Error> {
    let owner = super::existing(&mut w.conn, w.workspace, owner).await?;
    let sql = "update note_mentions set seen_at = $4, mail_at = 0 where workspace_id = $1 and teammate_id = $5 and seen_at = 0 \
               and note_id in (select id from notes where workspace_id = $1 and owner_kind = $2 and owner_id = $3)";
    let changed: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(owner.kind())
            .bind(owner.number())
            .bind(w.now)
            .bind(w.actor)
            .execute(c)
    })?;
    if changed.0 > 0 {
        w.touch(Topic::Mine(w.actor));
    }
    Ok(())
}

/// Forgets who was named in notes of an owner that are gone for good.
pub(super) const GONE: &str = "delete from note_mentions where workspace_id = $1 and note_id in (select id from notes where workspace_id = $1 \
     and owner_kind = $2 and owner_id = $3 and deleted_at > 0 and deleted_at <= $4)";

#[cfg(test)]
mod tests {
    use super::{Row, counted};
    use crate::id::TeammateId;
    use crate::time::Time;

    #[test]
    fn a_name_that_was_written_stays_theirs() {
        let team = [(1, "Ada Lovelace"), (2, "Grace"), (3, "Ada Byron"), (4, "Grace")]
            .map(|(id, name)| (TeammateId(id), name.to_owned()));
        let row = |id: i64, name: &str| Row {
            teammate_id: TeammateId(id),
            name: name.into(),
            times: 1,
            lost: 0,
            lost_at: Time(0),
        };
        let times = |body: &str, rows: &[Row]| -> Vec<(i64, i64)> {
            counted(body, &team, rows).into_iter().map(|(id, (_, n))| (id.0, n)).collect()
        };
        assert_eq!(times("@Ada Lovelace and @Ada Lovelace, x@Grace", &[]), [(1, 2)]);
        assert_eq!(times("@Grace", &[]), [(2, 1), (4, 1)], "two of one name are both meant");
        // Ada Lovelace was called Ada Byron when she was named here.
        let before = [row(1, "Ada Byron")];
        assert_eq!(times("@Ada Byron, @Ada Lovelace", &before), [(1, 2)]);
        assert_eq!(times("@Ada Byron", &[]), [(3, 1)]);
        // Who is gone is not named any more.
        assert_eq!(times("@Old Name", &[row(9, "Old Name")]), []);
    }
}
