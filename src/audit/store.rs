//! Reading the workspace's own entries of the activity log.

use serde_json::Value;

use super::{Action, Asked, Line, Page};
use crate::error::Error;
use crate::id::{TeammateId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::stream::last_seq;
use crate::time::Time;

/// How many lines a page has.
const MOST: i64 = 50;

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    occurred_at: Time,
    actor: Option<String>,
    data: String,
}

/// A part of the log, newest first.
pub async fn page(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    asked: Asked,
) -> Result<Page, Error> {
    // Quotes inside values are escaped in JSON, so the pattern fits the action and nothing else.
    let pattern = asked.action.map_or("%".into(), |a| format!("%\"action\":\"{}\"%", a.word()));
    let sql = "select a.seq, a.occurred_at, t.name as actor, a.data from activity a \
               left join teammates t on t.workspace_id = a.workspace_id and t.id = a.actor_id \
               where a.workspace_id = $1 and a.kind = 'setting' and a.contact_id = 0 and a.company_id = 0 \
               and a.seq < $2 and ($3 is null or a.actor_id = $3) and a.data like $4 order by a.seq desc limit $5";
    let seq = last_seq(c, workspace).await?;
    let mut rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql)
            .bind(workspace)
            .bind(asked.before.unwrap_or(i64::MAX))
            .bind(asked.who.actor())
            .bind(&pattern)
            .bind(MOST + 1)
            .fetch_all(x)
    })?;
    let more = rows.len() as i64 > MOST;
    rows.truncate(MOST as usize);
    let all = "select id, name from teammates where workspace_id = $1 order by name, id";
    let teammates: Vec<(TeammateId, String)> = run!(c, |x| {
        sqlx::query_as::<_, (TeammateId, String)>(all).bind(workspace).fetch_all(x)
    })?;
    Ok(Page {
        seq,
        older: rows.last().map(|r| r.seq).filter(|_| more),
        lines: rows.into_iter().map(|row| line(row, dates, &teammates)).collect(),
        teammates,
    })
}

/// What the pages call what the data has a word of its own for.
fn called(word: &str) -> &str {
    match word {
        "write_key" => "write key",
        "api_token" => "API token",
        other => other,
    }
}

fn line(row: Row, dates: &Dates, teammates: &[(TeammateId, String)]) -> Line {
    let data: Value = serde_json::from_str(&row.data).unwrap_or_default();
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let action = Action::from_word(text("action"));
    let parts = ["attribute", "subject", "name", "email", "role", "kind", "hint", "time_zone"];
    // Whose role it was, for instance; whoever changed their own is named already.
    let about = data.get("teammate").and_then(Value::as_i64).filter(|_| text("name").is_empty());
    let whose = about.and_then(|id| teammates.iter().find(|(teammate, _)| teammate.0 == id));
    let whose =
        whose.map(|(_, name)| name.as_str()).filter(|name| row.actor.as_deref() != Some(*name));
    let parts = parts.map(text).map(called).into_iter().filter(|t| !t.is_empty());
    let detail = whose.into_iter().chain(parts);
    Line {
        seq: row.seq,
        actor: row.actor,
        title: action.map_or_else(|| text("action").replace('_', " "), |a| a.title().to_owned()),
        detail: detail.collect::<Vec<_>>().join(", "),
        at: dates.stamp(row.occurred_at),
    }
}
