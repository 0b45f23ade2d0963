//! How each teammate arranges the sections.

use super::Arrangement;
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Conn, Write};

/// A teammate's arrangement; the usual one where they chose none.
pub async fn arrangement(
    c: &mut Conn,
    workspace: WorkspaceId,
    teammate: TeammateId,
) -> Result<Arrangement, Error> {
    let sql = "select sections from arrangements where workspace_id = $1 and teammate_id = $2";
    let found: Option<(String,)> = run!(c, |x| {
        sqlx::query_as::<_, (String,)>(sql).bind(workspace).bind(teammate).fetch_optional(x)
    })?;
    // A section that an earlier version had is none now: better the usual order than no profile.
    Ok(found.and_then(|(sections,)| Arrangement::read(&sections)).unwrap_or_default())
}

/// Keeps the actor's arrangement.
pub async fn arrange(w: &mut Write<'_>, arrangement: &Arrangement) -> Result<(), Error> {
    let sql = "insert into arrangements (workspace_id, teammate_id, sections, updated_at) values ($1, $2, $3, $4) \
               on conflict (workspace_id, teammate_id) do update set sections = excluded.sections, updated_at = excluded.updated_at";
    let sections = arrangement.written();
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(w.actor).bind(&sections).bind(w.now).execute(c)
    })?;
    w.touch(Topic::Mine(w.actor));
    Ok(())
}
