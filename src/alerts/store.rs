//! How each teammate wants to be told.

use super::{About, Alerts, Quiet};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::server::db::{Changed, Conn, Write};
use crate::workspace;

#[derive(sqlx::FromRow)]
struct Row {
    sound: i64,
    browser: i64,
    about: String,
    quiet: i64,
    quiet_from: i64,
    quiet_to: i64,
    quiet_days: i64,
    time_zone: String,
}

/// How a teammate wants to be told; what everybody begins with where they chose nothing.
pub async fn alerts(
    c: &mut Conn,
    workspace: WorkspaceId,
    teammate: TeammateId,
) -> Result<Alerts, Error> {
    let sql = "select sound, browser, about, quiet, quiet_from, quiet_to, quiet_days, time_zone from notifications \
               where workspace_id = $1 and teammate_id = $2";
    let found: Option<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(workspace).bind(teammate).fetch_optional(x)
    })?;
    Ok(found.map_or_else(Alerts::default, |row| Alerts {
        sound: row.sound == 1,
        browser: row.browser == 1,
        about: About::from_word(&row.about).unwrap_or_default(),
        quiet: Quiet {
            on: row.quiet == 1,
            from: row.quiet_from as u16,
            to: row.quiet_to as u16,
            days: std::array::from_fn(|day| row.quiet_days >> day & 1 == 1),
            time_zone: row.time_zone,
        },
    }))
}

/// Keeps how the actor wants to be told.
///
/// # Errors
/// [`Error::Invalid`] for a time that no day has, for quiet hours without a day, and for a zone that does not exist.
pub async fn save(w: &mut Write<'_>, alerts: &Alerts) -> Result<(), Error> {
    let Quiet { on, from, to, days, time_zone } = &alerts.quiet;
    for (field, minute) in [("from", from), ("to", to)] {
        if *minute >= 24 * 60 {
            return Err(Error::invalid(field, "write a time such as 19:00"));
        }
    }
    if *on && days.iter().all(|day| !day) {
        return Err(Error::invalid("days", "choose the days on which it is quiet"));
    }
    let zone = zone(time_zone)?;
    let bits: i64 = (0..).zip(days).map(|(n, day)| i64::from(*day) << n).sum();
    let sql = "insert into notifications (workspace_id, teammate_id, sound, browser, about, quiet, quiet_from, quiet_to, \
               quiet_days, time_zone, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
               on conflict (workspace_id, teammate_id) do update set sound = excluded.sound, browser = excluded.browser, \
               about = excluded.about, quiet = excluded.quiet, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, \
               quiet_days = excluded.quiet_days, time_zone = excluded.time_zone, updated_at = excluded.updated_at";
    let _: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(w.actor)
            .bind(i64::from(alerts.sound))
            .bind(i64::from(alerts.browser))
            .bind(alerts.about.word())
            .bind(i64::from(*on))
            .bind(i64::from(*from))
            .bind(i64::from(*to))
            .bind(bits)
            .bind(&zone)
            .bind(w.now)
            .execute(c)
    })?;
    w.touch(Topic::Mine(w.actor));
    Ok(())
}

/// The name that a zone is kept by; empty for none.
fn zone(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() {
        return Ok(String::new());
    }
    let wrong = "choose a time zone from the list, such as Europe/Berlin, or leave it empty";
    workspace::zone(name).ok_or_else(|| Error::invalid("time_zone", wrong))
}
