//! Naming teammates in notes: `@Ada Lovelace`.

use crate::error::Error;
use crate::id::{ConversationId, PartId, TeammateId};
use crate::notes::mentions::MAIL_AFTER;
use crate::run;
use crate::server::db::{Changed, Write};
use crate::time::Time;
use crate::ui::markdown;

/// What somebody was told of a note that names them.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
struct Told {
    teammate_id: TeammateId,
    by_id: TeammateId,
    created_at: Time,
    seen_at: Time,
    mail_at: Time,
}

/// Remembers who is named in a note; those who were told of it before are not told again, whatever became of their name
/// meanwhile, and those whom an edit names no more do not find it any more. `writers` are those who wrote it, who last did
/// first; who named somebody is taken to be the first of them who is somebody else. Answers who is to be told now, each with
/// who named them.
pub(super) async fn remember(
    w: &mut Write<'_>,
    conversation: ConversationId,
    part: PartId,
    body: &str,
    writers: &[TeammateId],
) -> Result<Vec<(TeammateId, TeammateId)>, Error> {
    let named = if body.contains('@') {
        named(body, &crate::teammates::names(&mut w.conn, w.workspace).await?)
    } else {
        Vec::new()
    };
    leave(w, conversation, part, &named).await?;
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let before = told(w, part).await?;
    let mut new = Vec::new();
    for teammate_id in named {
        let known = before.iter().find(|told| told.teammate_id == teammate_id);
        // Who names oneself knows it.
        let by = writers.iter().copied().find(|by| *by != teammate_id);
        let told = known.copied().unwrap_or(Told {
            teammate_id,
            by_id: by.unwrap_or(TeammateId(0)),
            created_at: w.now,
            seen_at: Time(0),
            mail_at: by.map_or(Time(0), |_| w.now.plus(MAIL_AFTER)),
        });
        if !put(w, conversation, part, told).await? || known.is_some() {
            continue;
        }
        if let Some(by) = by {
            tell(w, part, told).await?;
            new.push((teammate_id, by));
        }
    }
    Ok(new)
}

/// Lets somebody find the conversation by a note that names them; false where they do already, by this note or a newer one.
async fn put(
    w: &mut Write<'_>,
    conversation: ConversationId,
    part: PartId,
    told: Told,
) -> Result<bool, Error> {
    let sql = "insert into mentions (workspace_id, teammate_id, conversation_id, part_id, created_at, by_id, mail_at, seen_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (workspace_id, teammate_id, conversation_id) do update \
               set part_id = excluded.part_id, created_at = excluded.created_at, seen_at = excluded.seen_at, by_id = excluded.by_id, \
               mail_at = excluded.mail_at where mentions.part_id < excluded.part_id";
    let done: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(told.teammate_id)
            .bind(conversation)
            .bind(part)
            .bind(told.created_at)
            .bind(told.by_id)
            .bind(told.mail_at)
            .bind(told.seen_at)
            .execute(c)
    })?;
    Ok(done.0 > 0)
}

/// Who was told of a note.
async fn told(w: &mut Write<'_>, part: PartId) -> Result<Vec<Told>, Error> {
    let sql = "select teammate_id, by_id, created_at, seen_at, mail_at from mentions_told where workspace_id = $1 and part_id = $2";
    run!(w.conn, |c| sqlx::query_as::<_, Told>(sql).bind(w.workspace).bind(part).fetch_all(c))
}

/// Remembers that somebody is told of a note. No mail is due by this: it is by what they find the note by, while they do.
async fn tell(w: &mut Write<'_>, part: PartId, told: Told) -> Result<(), Error> {
    let sql = "insert into mentions_told (workspace_id, part_id, teammate_id, by_id, created_at) values ($1, $2, $3, $4, $5)";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(part)
            .bind(told.teammate_id)
            .bind(told.by_id)
            .bind(told.created_at)
            .execute(c)
    })?;
    Ok(())
}

/// Those whom a note does not name do not find the conversation by it any more; who was told of it, and whether they looked,
/// stays known.
async fn leave(
    w: &mut Write<'_>,
    conversation: ConversationId,
    part: PartId,
    named: &[TeammateId],
) -> Result<(), Error> {
    let rows: Vec<_> = named.iter().map(|id| [id]).collect();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let over = "delete from mentions where workspace_id = $1 and conversation_id = $2 and part_id = $3 and teammate_id not in \
                (select cast(value ->> 0 as bigint) from json_each($4)) returning teammate_id, by_id, created_at, seen_at, mail_at";
    let gone: Vec<Told> = run!(w.conn, |c| {
        sqlx::query_as::<_, Told>(over)
            .bind(w.workspace)
            .bind(conversation)
            .bind(part)
            .bind(&rows)
            .fetch_all(c)
    })?;
    let sql = "update mentions_told set seen_at = $4, mail_at = $5 where workspace_id = $1 and part_id = $2 and teammate_id = $3";
    for told in gone {
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(sql)
                .bind(w.workspace)
                .bind(part)
                .bind(told.teammate_id)
                .bind(told.seen_at)
                .bind(told.mail_at)
                .execute(c)
        })?;
    }
    Ok(())
}

/// Whoever was named in a note that is deleted does not find the conversation by it any more.
pub(super) async fn forget(
    w: &mut Write<'_>,
    conversation: ConversationId,
    part: PartId,
) -> Result<(), Error> {
    leave(w, conversation, part, &[]).await
}

/// Forgets who was told of a note that nothing brings back any more.
pub(super) async fn forget_told(w: &mut Write<'_>, part: PartId) -> Result<(), Error> {
    let sql = "delete from mentions_told where workspace_id = $1 and part_id = $2";
    let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(part).execute(c))?;
    Ok(())
}

/// The teammates that a text names; two of one name are both meant.
fn named(body: &str, teammates: &[(TeammateId, String)]) -> Vec<TeammateId> {
    let names: Vec<_> = teammates.iter().map(|(_, name)| name.as_str()).collect();
    let found: Vec<_> = markdown::names_in(body, &names)
        .into_iter()
        .map(|at| &body[at.start + 1..at.end])
        .collect();
    let meant = |(id, name): &(TeammateId, String)| found.contains(&name.as_str()).then_some(*id);
    teammates.iter().filter_map(meant).collect()
}

#[cfg(test)]
mod tests {
    use super::named;
    use crate::id::TeammateId;

    #[test]
    fn names_are_found_whole_and_the_longest_first() {
        let team = [(1, "Ada"), (2, "Ada Lovelace"), (3, "Łukasz 🙂"), (4, "Ada")]
            .map(|(id, name)| (TeammateId(id), name.to_owned()));
        let ids = |text: &str| named(text, &team).into_iter().map(|id| id.0).collect::<Vec<_>>();
        assert_eq!(ids("@Ada Lovelace, look"), [2]);
        assert_eq!(ids("(@Ada) and @Łukasz 🙂."), [1, 3, 4]);
        assert_eq!(ids("ada@Ada.example and @Adam and @"), [0; 0]);
    }
}
