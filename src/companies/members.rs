//! Who is in which company: joining brings history along, leaving keeps it.

use std::collections::BTreeMap;

use const_format::formatcp;
use serde_json::json;

use super::store::COLUMNS_AS_C;
use super::{Company, find};
use crate::error::Error;
use crate::id::{CompanyId, ContactId, WorkspaceId};
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::stream::Kind;
use crate::time::Time;

/// A company that a person is in, and since when.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Membership {
    /// The company.
    #[sqlx(flatten)]
    pub company: Company,
    /// Since when.
    pub joined_at: Time,
}

/// The companies that a person is in now, the longest first.
pub async fn of_contact(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Vec<Membership>, Error> {
    let sql = formatcp!(
        "select {COLUMNS_AS_C}, m.joined_at from memberships m \
         join companies c on c.workspace_id = m.workspace_id and c.id = m.company_id \
         where m.workspace_id = $1 and m.contact_id = $2 and m.left_at = 0 order by m.joined_at, c.id"
    );
    run!(c, |x| sqlx::query_as::<_, Membership>(sql).bind(workspace).bind(contact).fetch_all(x))
}

/// Puts a person into a company; being in it already changes nothing. The person's history comes along
/// when it is their first company, since events often arrive before companies do; otherwise their conversations do.
///
/// # Errors
/// [`Error::NotFound`] for the company.
pub async fn join(
    w: &mut Write<'_>,
    contact: ContactId,
    company: CompanyId,
    at: Time,
) -> Result<(), Error> {
    let company = find(&mut w.conn, w.workspace, company).await?.ok_or(Error::NotFound)?;
    let held = "select count(*), coalesce(sum(case when company_id = $3 and left_at = 0 then 1 else 0 end), 0), \
                coalesce(max(case when company_id = $3 then left_at else 0 end), 0) \
                from memberships where workspace_id = $1 and contact_id = $2";
    let (ever, now_in, left): (i64, i64, i64) = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64, i64, i64)>(held)
            .bind(w.workspace)
            .bind(contact)
            .bind(company.id)
            .fetch_one(c)
    })?;
    if now_in > 0 {
        return Ok(());
    }
    // A second stay begins after the first has ended.
    let at = at.max(Time(left));
    let sql = "insert into memberships (workspace_id, contact_id, company_id, joined_at) values ($1, $2, $3, $4) \
               on conflict (workspace_id, contact_id, company_id, joined_at) do update set left_at = 0";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(contact).bind(company.id).bind(at).execute(c)
    })?;
    let count = "update companies set user_count = user_count + 1, updated_at = $4, \
                 last_seen_at = case when last_seen_at < (select last_seen_at from contacts where workspace_id = $1 and id = $3) \
                 then (select last_seen_at from contacts where workspace_id = $1 and id = $3) else last_seen_at end, \
                 session_count = session_count + (select count(*) from sessions where workspace_id = $1 and contact_id = $3 and started_at >= $5) \
                 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(count)
            .bind(w.workspace)
            .bind(company.id)
            .bind(contact)
            .bind(w.now)
            .bind(at)
            .execute(c)
    })?;
    let bring = "insert into stream (workspace_id, owner_kind, owner_id, occurred_at, seq, facet) \
                 select workspace_id, 'company', $3, occurred_at, seq, facet from stream \
                 where workspace_id = $1 and owner_kind = 'contact' and owner_id = $2 and ($4 = 0 or facet = 'conversation') \
                 on conflict (workspace_id, owner_kind, owner_id, occurred_at, seq) do nothing";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(bring).bind(w.workspace).bind(contact).bind(company.id).bind(ever).execute(c)
    })?;
    let data = json!({ "name": company.title() });
    w.log(Entry {
        kind: Kind::CompanyJoined,
        occurred_at: at,
        contact,
        company: company.id,
        ref_id: company.id.0,
        data,
    });
    Ok(())
}

/// A person who is new and belongs to a company from the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joining {
    /// Who.
    pub contact: ContactId,
    /// Where.
    pub company: CompanyId,
    /// Since when.
    pub at: Time,
    /// When they were last seen; 0 for never.
    pub last_seen_at: Time,
    /// How many sessions they have begun since they joined.
    pub sessions: i64,
}

/// Puts people who are new, and have no history to bring along, into companies; the caller logs it.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn join_many(w: &mut Write<'_>, joining: &[Joining]) -> Result<(), Error> {
    let rows: Vec<_> = joining.iter().map(|j| (j.contact, j.company, j.at)).collect();
    let rows = serde_json::to_string(&rows).map_err(|_| Error::Internal)?;
    let sql = "insert into memberships (workspace_id, contact_id, company_id, joined_at) \
               select $1, cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), cast(value ->> 2 as bigint) from json_each($2)";
    let _: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(&rows).execute(c))?;
    let mut folds: BTreeMap<CompanyId, (i64, i64, Time)> = BTreeMap::new();
    for j in joining {
        let fold = folds.entry(j.company).or_insert((0, 0, Time(0)));
        *fold = (fold.0 + 1, fold.1 + j.sessions, fold.2.max(j.last_seen_at));
    }
    let folds: Vec<_> = folds.into_iter().map(|(id, (n, s, last))| (id, n, s, last)).collect();
    let folds = serde_json::to_string(&folds).map_err(|_| Error::Internal)?;
    // Whom it concerns is said twice, because SQLite else reads the rows for every company of the workspace.
    let sql = "with j as materialized (select cast(value ->> 0 as bigint) as id, cast(value ->> 1 as bigint) as people, \
               cast(value ->> 2 as bigint) as sessions, cast(value ->> 3 as bigint) as last from json_each($2)) \
               update companies set user_count = user_count + j.people, session_count = session_count + j.sessions, \
               last_seen_at = case when last_seen_at < j.last then j.last else last_seen_at end, updated_at = $3 \
               from j where companies.workspace_id = $1 and companies.id in (select id from j) and companies.id = j.id";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(&folds).bind(w.now).execute(c)
    })?;
    Ok(())
}

/// Takes a person out of a company: what happened before stays in its stream, nothing new comes.
///
/// # Errors
/// [`Error::NotFound`] for the company, or when the person is not in it.
pub async fn leave(w: &mut Write<'_>, contact: ContactId, company: CompanyId) -> Result<(), Error> {
    let company = find(&mut w.conn, w.workspace, company).await?.ok_or(Error::NotFound)?;
    let sql = "update memberships set left_at = case when joined_at > $4 then joined_at else $4 end \
               where workspace_id = $1 and contact_id = $2 and company_id = $3 and left_at = 0";
    let left: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(contact).bind(company.id).bind(w.now).execute(c)
    })?;
    if left.0 == 0 {
        return Err(Error::NotFound);
    }
    let count = "update companies set user_count = user_count - 1, updated_at = $3, \
                 last_seen_at = coalesce((select max(p.last_seen_at) from memberships m join contacts p \
                 on p.workspace_id = m.workspace_id and p.id = m.contact_id \
                 where m.workspace_id = $1 and m.company_id = $2 and m.left_at = 0), 0) \
                 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(count).bind(w.workspace).bind(company.id).bind(w.now).execute(c)
    })?;
    let data = json!({ "name": company.title() });
    w.log(Entry {
        kind: Kind::CompanyLeft,
        occurred_at: w.now,
        contact,
        company: company.id,
        ref_id: company.id.0,
        data,
    });
    Ok(())
}

/// Gives a lead's memberships, past ones too, to the user that it turned out to be, and its sessions' share of the
/// companies' counts away: the caller adds them again as the user's.
pub(crate) async fn hand_over(
    w: &mut Write<'_>,
    lead: ContactId,
    user: ContactId,
) -> Result<(), Error> {
    const WITHIN: &str = "(select count(*) from sessions s where s.workspace_id = $1 and s.contact_id = $2 \
                          and s.started_at >= $4 and ($5 = 0 or s.started_at < $5))";
    let all = "select company_id, joined_at, left_at from memberships where workspace_id = $1 and contact_id = $2 \
               order by company_id, joined_at";
    type Row = (CompanyId, Time, Time);
    let rows: Vec<Row> =
        run!(w.conn, |c| sqlx::query_as::<_, Row>(all).bind(w.workspace).bind(lead).fetch_all(c))?;
    for (company, joined, left) in rows {
        let fewer = formatcp!(
            "update companies set session_count = session_count - {WITHIN}, \
             user_count = user_count - case when $5 = 0 then 1 else 0 end where workspace_id = $1 and id = $3"
        );
        let more = formatcp!(
            "update companies set session_count = session_count + {WITHIN} where workspace_id = $1 and id = $3"
        );
        let past = "insert into memberships (workspace_id, contact_id, company_id, joined_at, left_at) \
                    values ($1, $2, $3, $4, $5) on conflict (workspace_id, contact_id, company_id, joined_at) do nothing";
        let gone = "delete from memberships where workspace_id = $1 and contact_id = $2 and company_id = $3 \
                    and joined_at = $4 and left_at = $5";
        let mut change = async |sql: &'static str, contact: ContactId| -> Result<Changed, Error> {
            run!(w.conn, |c| {
                sqlx::query(sql)
                    .bind(w.workspace)
                    .bind(contact)
                    .bind(company)
                    .bind(joined)
                    .bind(left)
                    .execute(c)
            })
        };
        change(fewer, lead).await?;
        change(gone, lead).await?;
        if left.0 > 0 {
            if change(past, user).await?.0 > 0 {
                change(more, user).await?;
            }
        } else {
            join(w, user, company, joined).await?;
        }
    }
    Ok(())
}
