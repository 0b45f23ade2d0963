//! All attributes with how many have a value: what the settings show.

use super::{Attribute, Attributes, COUNTED, DataType, Definition, Subject, choices, definitions};
use crate::error::Error;
use crate::id::{AttributeId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::stream;

/// A workspace's own attributes, archived ones too.
pub async fn overview(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
) -> Result<Attributes, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    // Counted to a bound along an index, so that the page opens at once whatever the number of people.
    let sql = "select a.id, (select count(*) from (select 1 as one from attribute_values v \
               where v.workspace_id = a.workspace_id and v.attribute_id = a.id limit $2) counted) \
               from attributes a where a.workspace_id = $1";
    let counts: Vec<(AttributeId, i64)> = run!(c, |x| {
        sqlx::query_as::<_, (AttributeId, i64)>(sql)
            .bind(workspace)
            .bind(i64::from(COUNTED))
            .fetch_all(x)
    })?;
    let count = |id| counts.iter().find(|(known, _)| *known == id).map_or(0, |(_, n)| *n as u32);
    let all = definitions(c, workspace).await?;
    let attribute = |d: Definition| Attribute {
        id: d.id,
        subject: if d.subject == "company" { Subject::Company } else { Subject::Contact },
        name: d.name,
        label: d.label,
        description: d.description,
        data_type: DataType::from_word(&d.data_type).unwrap_or(DataType::String),
        options: choices::kept(&d.options),
        api_writable: d.api_writable == 1,
        messenger_writable: d.messenger_writable == 1,
        ui_writable: d.ui_writable == 1,
        archived: (d.archived_at.0 > 0).then(|| dates.stamp(d.archived_at)),
        since: dates.stamp(d.created_at),
        count: count(d.id),
    };
    Ok(Attributes { seq, all: all.into_iter().map(attribute).collect() })
}
