//! What a custom attribute was before, read from the log.

use serde_json::Value;

use super::Past;
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::owner::Owner;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::stream::Kind;
use crate::time::Time;

/// How many changes of data are looked at, the newest first.
const LOOK: i64 = 5_000;
/// How many values are answered.
const MOST: usize = 100;

/// The values that an attribute or a standard field of someone has had, newest first: at most a hundred, among their
/// last 5,000 changes of data.
pub async fn history(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    owner: Owner,
    name: &str,
) -> Result<Vec<Past>, Error> {
    let sql = "select s.occurred_at, a.data, m.name from stream s \
               join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
               left join teammates m on m.workspace_id = a.workspace_id and m.id = a.actor_id \
               where s.workspace_id = $1 and s.owner_kind = $4 and s.owner_id = $2 and s.facet = 'change' \
               and a.kind = $5 order by s.occurred_at desc, s.seq desc limit $3";
    type Row = (Time, String, Option<String>);
    // A company's stream has the changes of its people too: theirs are of another kind.
    let kind = match owner {
        Owner::Contact(_) => Kind::AttributesChanged,
        Owner::Company(_) => Kind::CompanyChanged,
    };
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql)
            .bind(workspace)
            .bind(owner.number())
            .bind(LOOK)
            .bind(owner.kind())
            .bind(kind.word())
            .fetch_all(x)
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
