//! The streams of companies that end, in steps: moved to the company that stays, or dropped.

use crate::companies::find;
use crate::error::Error;
use crate::id::{CompanyId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn, Write};

/// How many entries one step takes; a stream that is no longer goes at once.
pub(super) const SMALL: i64 = 500;

/// How many entries a company's stream has, counted up to `most`.
pub(super) async fn entries(
    c: &mut Conn,
    workspace: WorkspaceId,
    company: CompanyId,
    most: i64,
) -> Result<i64, Error> {
    let sql = "select count(*) from (select 1 from stream where workspace_id = $1 and owner_kind = 'company' and owner_id = $2 limit $3) counted";
    let (count,): (i64,) = run!(c, |x| {
        sqlx::query_as::<_, (i64,)>(sql).bind(workspace).bind(company).bind(most).fetch_one(x)
    })?;
    Ok(count)
}

/// The last of the entries that the next step takes, and how many they are; the oldest go first.
async fn part(w: &mut Write<'_>, company: CompanyId) -> Result<Option<(i64, i64, i64)>, Error> {
    let sql = "select occurred_at, seq from stream where workspace_id = $1 and owner_kind = 'company' and owner_id = $2 \
               order by occurred_at, seq limit $3";
    let rows: Vec<(i64, i64)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64, i64)>(sql)
            .bind(w.workspace)
            .bind(company)
            .bind(SMALL)
            .fetch_all(c)
    })?;
    let count = rows.len() as i64;
    Ok(rows.last().map(|(at, seq)| (*at, *seq, count)))
}

async fn change(
    w: &mut Write<'_>,
    sql: &'static str,
    company: CompanyId,
    last: (i64, i64),
) -> Result<(), Error> {
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(company).bind(last.0).bind(last.1).execute(c)
    })?;
    Ok(())
}

const GONE: &str = "delete from stream where workspace_id = $1 and owner_kind = 'company' and owner_id = $2 \
                    and (occurred_at, seq) <= ($3, $4)";

/// Moves up to 500 entries of a company that was merged into the stream of the one that answers for it, where an
/// entry that stands there already stays once. Answers how many; 0 when none is left.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn move_stream(w: &mut Write<'_>, from: CompanyId) -> Result<i64, Error> {
    // Whoever answers by now: it may have been merged further, or deleted.
    let Some(into) = find(&mut w.conn, w.workspace, from).await? else {
        return drop_stream(w, from).await;
    };
    // After the last step too: its page says no longer that more is to come.
    w.touch(crate::live::Topic::Company(into.id));
    let Some((at, seq, count)) = part(w, from).await?.filter(|_| into.id != from) else {
        return Ok(0);
    };
    let bring = "insert into stream (workspace_id, owner_kind, owner_id, occurred_at, seq, facet) \
                 select workspace_id, owner_kind, $5, occurred_at, seq, facet from stream \
                 where workspace_id = $1 and owner_kind = 'company' and owner_id = $2 and (occurred_at, seq) <= ($3, $4) \
                 on conflict (workspace_id, owner_kind, owner_id, occurred_at, seq) do nothing";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(bring).bind(w.workspace).bind(from).bind(at).bind(seq).bind(into.id).execute(c)
    })?;
    change(w, GONE, from, (at, seq)).await?;
    Ok(count)
}

/// Drops up to 500 entries from the stream of a company that was deleted; of those that are about nobody but the
/// company what they said is emptied too. What people did stays in their own streams. Answers how many; 0 when none is left.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(crate) async fn drop_stream(w: &mut Write<'_>, company: CompanyId) -> Result<i64, Error> {
    let Some((at, seq, count)) = part(w, company).await? else { return Ok(0) };
    let blank = "update activity set kind = 'erased', ref_id = 0, data = '{}' where workspace_id = $1 and contact_id = 0 and seq in \
                 (select seq from stream where workspace_id = $1 and owner_kind = 'company' and owner_id = $2 \
                 and (occurred_at, seq) <= ($3, $4))";
    for sql in [blank, GONE] {
        change(w, sql, company, (at, seq)).await?;
    }
    Ok(count)
}
