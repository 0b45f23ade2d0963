//! What came of a message day by day, where the workspace is.

use std::collections::HashMap;

use super::deliver::given_up;
use super::store::Row;
use super::{Day, State, Which};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;

/// At least and at most so many days are drawn.
const LEAST: i64 = 7;
const MOST: i64 = 30;
/// Time zones differ by whole quarters of an hour, so that each lies within one day wherever that is.
const QUARTER: i64 = 900_000;

/// The statement that counts, by quarters of an hour, one thing of a message: for whom it holds, and when.
macro_rules! by_quarter {
    ($where:literal, $at:expr) => {
        concat!(
            "select ", $at, " / 900000 as quarter, count(*) as n from deliveries where workspace_id = $1 and message_id = $2 and ",
            $where, " and ", $at, " >= $3 and ", $at, " < $4 group by ", $at, " / 900000"
        )
    };
}

const fn quarters_of(which: Which) -> &'static str {
    match which {
        Which::Seen => by_quarter!("seen_at > 0", "seen_at"),
        Which::Replied => by_quarter!("replied_at > 0", "replied_at"),
        Which::Opened => by_quarter!("opened_at > 0", "opened_at"),
        Which::Clicked => by_quarter!("clicked_at > 0", "clicked_at"),
        Which::Goal => by_quarter!("goal_at > 0", "goal_at"),
        Which::Unsubscribed => by_quarter!("unsubscribed_at > 0", "unsubscribed_at"),
        Which::Unknown => by_quarter!("state = 'unknown'", "sent_at"),
        Which::Failed => by_quarter!("state = 'failed'", given_up!("")),
        // The others are not told by day.
        _ => by_quarter!("state = 'sent'", "sent_at"),
    }
}

/// The last days of a message that was started: those up to today, or once it is over to the last on which anything came of it. Each person is
/// counted on the day of the first time.
pub async fn days(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    row: &Row,
) -> Result<Vec<Day>, Error> {
    if row.state() == State::Draft {
        return Ok(Vec::new());
    }
    let last = match row.state() {
        State::Finished | State::Stopped => last(c, workspace, row).await?.max(row.started_at),
        _ => dates.now(),
    };
    let days = dates.days(row.started_at, last, LEAST, MOST);
    let bounds: Vec<_> = days.iter().filter_map(|(date, _)| dates.day_of(date)).collect();
    let (Some((begin, _)), Some((_, end))) = (bounds.first(), bounds.last()) else {
        return Ok(Vec::new());
    };
    let drawn = Which::by_day(row.channel(), !row.goal.is_empty());
    let told = Which::told_by_day(row.channel());
    let mut counted: HashMap<(Which, String), i64> = HashMap::new();
    for which in drawn.iter().chain(told) {
        let sql = quarters_of(*which);
        let rows: Vec<(i64, i64)> = run!(c, |x| {
            sqlx::query_as::<_, (i64, i64)>(sql)
                .bind(workspace)
                .bind(row.id)
                .bind(begin)
                .bind(end)
                .fetch_all(x)
        })?;
        for (quarter, n) in rows {
            *counted.entry((*which, dates.date(Time(quarter * QUARTER)))).or_default() += n;
        }
    }
    let one = |(date, said): (String, String)| {
        let count = |which: &Which| counted.get(&(*which, date.clone())).copied().unwrap_or(0);
        let of = |all: &[Which]| all.iter().map(count).collect();
        Day { counts: of(drawn), told: of(told), date: date.clone(), said }
    };
    Ok(days.into_iter().map(one).collect())
}

/// When anything came of a message last.
async fn last(c: &mut Conn, workspace: WorkspaceId, row: &Row) -> Result<Time, Error> {
    let sql = concat!(
        "select max(at) from (select coalesce(max(sent_at), 0) as at from deliveries where workspace_id = $1 and message_id = $2 and state = 'sent' \
               union all select coalesce(max(sent_at), 0) from deliveries where workspace_id = $1 and message_id = $2 and state = 'unknown' \
               union all select coalesce(max(",
        given_up!(""),
        "), 0) \
               from deliveries where workspace_id = $1 and message_id = $2 and state = 'failed' \
               union all select coalesce(max(opened_at), 0) from deliveries where workspace_id = $1 and message_id = $2 and opened_at > 0 \
               union all select coalesce(max(clicked_at), 0) from deliveries where workspace_id = $1 and message_id = $2 and clicked_at > 0 \
               union all select coalesce(max(seen_at), 0) from deliveries where workspace_id = $1 and message_id = $2 and seen_at > 0 \
               union all select coalesce(max(unsubscribed_at), 0) from deliveries where workspace_id = $1 and message_id = $2 and unsubscribed_at > 0 \
               union all select coalesce(max(goal_at), 0) from deliveries where workspace_id = $1 and message_id = $2 and goal_at > 0 \
               union all select coalesce(max(replied_at), 0) from deliveries where workspace_id = $1 and message_id = $2 and replied_at > 0) did"
    );
    let (at,): (Time,) = run!(c, |x| {
        sqlx::query_as::<_, (Time,)>(sql).bind(workspace).bind(row.id).fetch_one(x)
    })?;
    Ok(at)
}
