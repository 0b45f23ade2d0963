//! Naming teammates in notes: `@Ada Lovelace`.

use crate::error::Error;
use crate::id::{ConversationId, PartId, TeammateId};
use crate::notes::mentions::MAIL_AFTER;
use crate::run;
use crate::server::db::{Changed, Write};
use crate::time::Time;
use crate::ui::markdown;

/// Remembers who is named in a note; those who were named before are not told again by an edit of the same part, and
/// those whom an edit names no more are forgotten. `writers` are those who wrote it, who last did first; who named somebody is
/// taken to be the first of them who is somebody else. Answers who is named now and was not, each with who named them.
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
    let rows: Vec<_> = named.iter().map(|id| [id]).collect();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let over = "delete from mentions where workspace_id = $1 and conversation_id = $2 and part_id = $3 and teammate_id not in \
                (select cast(value ->> 0 as bigint) from json_each($4))";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(over).bind(w.workspace).bind(conversation).bind(part).bind(&rows).execute(c)
    })?;
    let sql = "insert into mentions (workspace_id, teammate_id, conversation_id, part_id, created_at, by_id, mail_at) \
               values ($1, $2, $3, $4, $5, $6, $7) on conflict (workspace_id, teammate_id, conversation_id) do update \
               set part_id = excluded.part_id, created_at = excluded.created_at, seen_at = 0, by_id = excluded.by_id, \
               mail_at = excluded.mail_at where mentions.part_id < excluded.part_id";
    let mut new = Vec::new();
    for teammate in named {
        // Who names oneself knows it.
        let by = writers.iter().copied().find(|by| *by != teammate);
        let mail_at = by.map_or(Time(0), |_| w.now.plus(MAIL_AFTER));
        let done: Changed = run!(w.conn, |c| {
            sqlx::query(sql)
                .bind(w.workspace)
                .bind(teammate)
                .bind(conversation)
                .bind(part)
                .bind(w.now)
                .bind(by.unwrap_or(TeammateId(0)))
                .bind(mail_at)
                .execute(c)
        })?;
        new.extend(by.filter(|_| done.0 > 0).map(|by| (teammate, by)));
    }
    Ok(new)
}

/// Forgets who was named in a note that is gone.
pub(super) async fn forget(
    w: &mut Write<'_>,
    conversation: ConversationId,
    part: PartId,
) -> Result<(), Error> {
    let sql =
        "delete from mentions where workspace_id = $1 and conversation_id = $2 and part_id = $3";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(conversation).bind(part).execute(c)
    })?;
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
