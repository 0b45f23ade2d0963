//! What came of a message day by day, where the workspace is.

use std::collections::HashMap;

use const_format::concatcp;

use super::store::Row;
use super::{Channel, Day, State, Which};
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

/// The statement that counts, by quarters of an hour, three things of a message: for each what it is, for whom it holds, and when.
macro_rules! by_quarter {
    (one $word:literal, $where:literal, $at:literal) => {
        concat!(
            "select '", $word, "' as what, ", $at, " / 900000 as quarter, count(*) as n from deliveries where workspace_id = $1 and message_id = $2 and ",
            $where, " and ", $at, " >= $3 and ", $at, " < $4 group by ", $at, " / 900000"
        )
    };
    ($a:literal, $aw:literal, $aa:literal; $b:literal, $bw:literal, $ba:literal; $c:literal, $cw:literal, $ca:literal) => {
        concatcp!(
            by_quarter!(one $a, $aw, $aa), " union all ", by_quarter!(one $b, $bw, $ba), " union all ", by_quarter!(one $c, $cw, $ca)
        )
    };
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
        State::Stopped => last(c, workspace, row).await?.max(row.started_at),
        _ => dates.now(),
    };
    let days = dates.days(row.started_at, last, LEAST, MOST);
    let bounds: Vec<_> = days.iter().filter_map(|(date, _)| dates.day_of(date)).collect();
    let (Some((begin, _)), Some((_, end))) = (bounds.first(), bounds.last()) else {
        return Ok(Vec::new());
    };
    let sql = match row.channel() {
        Channel::Chat => by_quarter!(
            "sent", "state = 'sent'", "sent_at";
            "seen", "seen_at > 0", "seen_at";
            "replied", "replied_at > 0", "replied_at"
        ),
        Channel::Email => by_quarter!(
            "sent", "state = 'sent'", "sent_at";
            "opened", "opened_at > 0", "opened_at";
            "clicked", "clicked_at > 0", "clicked_at"
        ),
    };
    let rows: Vec<(String, i64, i64)> = run!(c, |x| {
        sqlx::query_as::<_, (String, i64, i64)>(sql)
            .bind(workspace)
            .bind(row.id)
            .bind(begin)
            .bind(end)
            .fetch_all(x)
    })?;
    let mut counted: HashMap<(Option<Which>, String), i64> = HashMap::new();
    for (what, quarter, n) in rows {
        let date = dates.date(Time(quarter * QUARTER));
        *counted.entry((Which::from_word(&what), date)).or_default() += n;
    }
    let one = |(date, said): (String, String)| {
        let count = |which| counted.get(&(Some(which), date.clone())).copied().unwrap_or(0);
        let counts = Which::by_day(row.channel()).map(count);
        Day { date, said, counts }
    };
    Ok(days.into_iter().map(one).collect())
}

/// When anything came of a message last.
async fn last(c: &mut Conn, workspace: WorkspaceId, row: &Row) -> Result<Time, Error> {
    let sql = "select max(at) from (select coalesce(max(sent_at), 0) as at from deliveries where workspace_id = $1 and message_id = $2 and state = 'sent' \
               union all select coalesce(max(opened_at), 0) from deliveries where workspace_id = $1 and message_id = $2 and opened_at > 0 \
               union all select coalesce(max(clicked_at), 0) from deliveries where workspace_id = $1 and message_id = $2 and clicked_at > 0 \
               union all select coalesce(max(seen_at), 0) from deliveries where workspace_id = $1 and message_id = $2 and seen_at > 0 \
               union all select coalesce(max(replied_at), 0) from deliveries where workspace_id = $1 and message_id = $2 and replied_at > 0) did";
    let (at,): (Time,) = run!(c, |x| {
        sqlx::query_as::<_, (Time,)>(sql).bind(workspace).bind(row.id).fetch_one(x)
    })?;
    Ok(at)
}
