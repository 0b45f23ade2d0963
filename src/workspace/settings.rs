//! The workspace's name and time zone.

use serde_json::json;

use super::General;
use crate::audit::Action;
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::run;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::stream;

/// What the workspace is called and where its days begin, with every zone to choose from.
pub async fn general(c: &mut Conn, workspace: WorkspaceId) -> Result<General, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let (name, time_zone) = kept(c, workspace).await?;
    Ok(General { seq, name, time_zone, zones: zones() })
}

/// Every time zone to choose from, by name.
pub fn zones() -> Vec<String> {
    let zones = jiff::tz::db().available().map(|zone| zone.as_str().to_owned()).filter(named);
    let mut zones: Vec<String> = zones.collect();
    zones.sort();
    zones
}

/// The name that a time zone is kept by, however it is written; nothing where there is no such zone.
pub fn zone(name: &str) -> Option<String> {
    jiff::tz::TimeZone::get(name).ok()?.iana_name().map(str::to_owned)
}

/// The zones that people know: a continent and a place, and UTC. The rest are older names of these.
fn named(zone: &String) -> bool {
    let begins = |part: &str| zone.starts_with(part);
    zone == "UTC"
        || (zone.contains('/') && !begins("Etc/") && !begins("posix/") && !begins("right/"))
}

/// Changes name and time zone.
///
/// # Errors
/// [`Error::Invalid`] for a name that is empty or over 200 characters, or a zone that does not exist.
pub async fn change(w: &mut Write<'_>, name: &str, time_zone: &str) -> Result<(), Error> {
    let (name, time_zone) = (name.trim(), time_zone.trim());
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "write a name of 1 to 200 characters"));
    }
    let zone = zone(time_zone).ok_or_else(|| {
        Error::invalid("time_zone", "choose a time zone from the list, such as Europe/Berlin")
    })?;
    let was = kept(&mut w.conn, w.workspace).await?;
    if was == (name.to_owned(), zone.clone()) {
        return Ok(());
    }
    let sql = "update workspaces set name = $2, time_zone = $3 where id = $1";
    // Days begin at other moments then.
    w.rules_changed();
    let _: Changed =
        run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(name).bind(&zone).execute(c))?;
    w.log(Entry::of_workspace(
        Action::WorkspaceChanged,
        w.now,
        json!({ "name": name, "time_zone": zone }),
    ));
    Ok(())
}

async fn kept(c: &mut Conn, workspace: WorkspaceId) -> Result<(String, String), Error> {
    let sql = "select name, time_zone from workspaces where id = $1";
    run!(c, |x| sqlx::query_as::<_, (String, String)>(sql).bind(workspace).fetch_one(x))
}
