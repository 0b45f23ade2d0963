//! What a custom attribute was before, read from the log.

use serde_json::Value;

use super::Past;
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;

/// How many changes of data are looked at, the newest first.
const LOOK: i64 = 5_000;
/// How many values are answered.
const MOST: usize = 100;

/// The values that an attribute or a standard field of a person has had, newest first: at most a hundred, among the
/// person's last 5,000 changes of data.
pub async fn history(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    contact: ContactId,
    name: &str,
) -> Result<Vec<Past>, Error> {
    let sql = "select s.occurred_at, a.data, m.name from stream s \
               join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
               left join teammates m on m.workspace_id = a.workspace_id and m.id = a.actor_id \
               where s.workspace_id = $1 and s.owner_kind = 'contact' and s.owner_id = $2 and s.facet = 'change' \
               and a.kind = 'attributes_changed' order by s.occurred_at desc, s.seq desc limit $3";
    type Row = (Time, String, Option<String>);
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(workspace).bind(contact).bind(LOOK).fetch_all(x)
    })?;
    let past = |(at, data, by): Row| {
        let data: Value = serde_json::from_str(&data).ok()?;
        let value = data["set"].get(name)?;
        let value = match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        Some(Past { at: dates.stamp(at), value, by })
    };
    Ok(rows.into_iter().filter_map(past).take(MOST).collect())
}
