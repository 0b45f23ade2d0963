//! Who is in which company: joining brings history along, leaving keeps it.

use const_format::formatcp;
use serde_json::json;

use super::counting::{count_sessions, session_days};
use super::standing::{judge, seen};
use super::store::COLUMNS_AS_C;
use super::{Company, find, history};
use crate::attributes::Subject;
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
/// The newest of it is there at once, a long rest follows as a job.
///
/// # Errors
/// [`Error::NotFound`] for the company.
pub async fn join(
    w: &mut Write<'_>,
    contact: ContactId,
    company: CompanyId,
    at: Time,
) -> Result<(), Error> {
    w.alone().await?;
    let company = find(&mut w.conn, w.workspace, company).await?.ok_or(Error::NotFound)?;
    let Stays { ever, now_in, left } = stays(w, contact, company.id).await?;
    if now_in {
        return Ok(());
    }
    // A second stay begins after the first has ended.
    let at = at.max(left);
    let sql = "insert into memberships (workspace_id, contact_id, company_id, joined_at) values ($1, $2, $3, $4) \
               on conflict (workspace_id, contact_id, company_id, joined_at) do update set left_at = 0";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql).bind(w.workspace).bind(contact).bind(company.id).bind(at).execute(c)
    })?;
    let count = "update companies set user_count = user_count + 1, updated_at = $3 where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(count).bind(w.workspace).bind(company.id).bind(w.now).execute(c)
    })?;
    let days = session_days(w, contact, at, Time(0)).await?;
    count_sessions(w, company.id, &days).await?;
    let last = "select last_seen_at from contacts where workspace_id = $1 and id = $2";
    let last: Option<(Time,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (Time,)>(last).bind(w.workspace).bind(contact).fetch_optional(c)
    })?;
    if let Some((last,)) = last.filter(|(at,)| at.0 > 0) {
        seen(w, contact, last).await?;
    }
    history::bring(w, contact, company.id, ever == 0).await?;
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

/// What is known of a person in a company.
struct Stays {
    /// How many stays they had in any company.
    ever: i64,
    now_in: bool,
    /// When they last left this one; the epoch for never.
    left: Time,
}

async fn stays(w: &mut Write<'_>, contact: ContactId, company: CompanyId) -> Result<Stays, Error> {
    let sql = "select count(*), coalesce(sum(case when company_id = $3 and left_at = 0 then 1 else 0 end), 0), \
               coalesce(max(case when company_id = $3 then left_at else 0 end), 0) \
               from memberships where workspace_id = $1 and contact_id = $2";
    let (ever, now_in, left): (i64, i64, Time) = run!(w.conn, |c| {
        sqlx::query_as::<_, (i64, i64, Time)>(sql)
            .bind(w.workspace)
            .bind(contact)
            .bind(company)
            .fetch_one(c)
    })?;
    Ok(Stays { ever, now_in: now_in > 0, left })
}

/// Takes a person out of a company: what happened before stays in its stream, nothing new comes.
///
/// # Errors
/// [`Error::NotFound`] for the company, or when the person is not in it.
pub async fn leave(w: &mut Write<'_>, contact: ContactId, company: CompanyId) -> Result<(), Error> {
    w.alone().await?;
    let company = find(&mut w.conn, w.workspace, company).await?.ok_or(Error::NotFound)?;
    let sql = "update memberships set left_at = case when joined_at > $4 then joined_at else $4 end \
               where workspace_id = $1 and contact_id = $2 and company_id = $3 and left_at = 0 returning left_at";
    let left: Option<(Time,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (Time,)>(sql)
            .bind(w.workspace)
            .bind(contact)
            .bind(company.id)
            .bind(w.now)
            .fetch_optional(c)
    })?;
    let (left,) = left.ok_or(Error::NotFound)?;
    // A session that began in the very moment of leaving, or is known of already though it begins later, is not the company's.
    let mut days = session_days(w, contact, left, Time(0)).await?;
    days.values_mut().for_each(|n| *n = -*n);
    count_sessions(w, company.id, &days).await?;
    let count = "update companies set user_count = user_count - 1, updated_at = $3, \
                 main_contact_id = case when main_contact_id = $4 then 0 else main_contact_id end where workspace_id = $1 and id = $2";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(count).bind(w.workspace).bind(company.id).bind(w.now).bind(contact).execute(c)
    })?;
    look_again(w, &[company.id]).await?;
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

/// Finds out anew who of these companies was seen last and when, and judges them.
pub(crate) async fn look_again(w: &mut Write<'_>, companies: &[CompanyId]) -> Result<(), Error> {
    const NEWEST: &str = "from memberships m join contacts p on p.workspace_id = m.workspace_id and p.id = m.contact_id \
                          where m.workspace_id = $1 and m.company_id = $2 and m.left_at = 0 and p.last_seen_at > 0 \
                          order by p.last_seen_at desc, p.id limit 1";
    let sql = formatcp!(
        "update companies set last_seen_at = coalesce((select p.last_seen_at {NEWEST}), 0), \
         last_seen_contact_id = coalesce((select p.id {NEWEST}), 0) where workspace_id = $1 and id = $2"
    );
    for company in companies {
        let _: Changed =
            run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(company).execute(c))?;
    }
    for company in companies {
        w.changed(Subject::Company, company.0, "c.last_seen_at");
    }
    judge(w, companies).await
}

/// Gives a lead's memberships, past ones too, to the user that it turned out to be, and its sessions' share of the
/// companies' counts away: the caller adds them again as the user's.
pub(crate) async fn hand_over(
    w: &mut Write<'_>,
    lead: ContactId,
    user: ContactId,
) -> Result<(), Error> {
    history::bring_rest(w, lead).await?;
    let all = "select company_id, joined_at, left_at from memberships where workspace_id = $1 and contact_id = $2 \
               order by company_id, joined_at";
    type Row = (CompanyId, Time, Time);
    let rows: Vec<Row> =
        run!(w.conn, |c| sqlx::query_as::<_, Row>(all).bind(w.workspace).bind(lead).fetch_all(c))?;
    for (company, joined, left) in rows {
        let fewer = "update companies set user_count = user_count - case when $4 = 0 then 1 else 0 end, \
                     main_contact_id = case when main_contact_id = $2 then $5 else main_contact_id end, \
                     last_seen_contact_id = case when last_seen_contact_id = $2 then $5 else last_seen_contact_id end \
                     where workspace_id = $1 and id = $3";
        let past = "insert into memberships (workspace_id, contact_id, company_id, joined_at, left_at) \
                    values ($1, $2, $3, $4, $5) on conflict (workspace_id, contact_id, company_id, joined_at) do nothing";
        let gone = "delete from memberships where workspace_id = $1 and contact_id = $2 and company_id = $3 \
                    and joined_at = $4 and left_at = $5";
        w.changed(Subject::Company, company.0, "c.user_count");
        let days = session_days(w, lead, joined, left).await?;
        let taken = days.iter().map(|(day, n)| (*day, -n)).collect();
        count_sessions(w, company, &taken).await?;
        let _: Changed = run!(w.conn, |c| {
            sqlx::query(fewer)
                .bind(w.workspace)
                .bind(lead)
                .bind(company)
                .bind(left)
                .bind(user)
                .execute(c)
        })?;
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
        change(gone, lead).await?;
        if left.0 == 0 {
            join(w, user, company, joined).await?;
        } else if change(past, user).await?.0 > 0 {
            let days = session_days(w, user, joined, left).await?;
            count_sessions(w, company, &days).await?;
        }
    }
    Ok(())
}
