//! One person's data as JSON, for the person who asks what is kept of them.

use serde_json::{Map, Value, json};

use super::find;
use crate::attributes::{self, Subject};
use crate::companies;
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::run;
use crate::server::db::Conn;
use crate::time::Time;

/// Everything that is kept of a person: the record, attributes, identities, tags, companies, notes,
/// conversations, sessions, and every entry of the stream. Times are RFC 3339 in UTC.
///
/// # Errors
/// [`Error::NotFound`] for the person.
pub async fn export(
    c: &mut Conn,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Value, Error> {
    let person = find(c, workspace, contact).await?.ok_or(Error::NotFound)?;
    let id = person.id;
    let values = attributes::values(c, workspace, Subject::Contact, id.0).await?;
    let custom: Map<String, Value> =
        values.into_iter().map(|v| (v.name, Value::String(v.text))).collect();
    let companies = companies::of_contact(c, workspace, id).await?;
    let company = |m: companies::Membership| json!({ "company_id": m.company.company_id, "name": m.company.name, "joined_at": iso(m.joined_at) });
    let companies: Vec<_> = companies.into_iter().map(company).collect();
    let mut record = serde_json::to_value(&person).map_err(|_| Error::Internal)?;
    readable(&mut record);
    Ok(json!({
        "person": record,
        "custom_attributes": custom,
        "companies": companies,
        "identities": rows(c, workspace, id, ["kind", "value"], ["", ""], "select kind, value, cast(0 as bigint), cast(0 as bigint) from contact_identities \
            where workspace_id = $1 and contact_id = $2 order by kind, value").await?,
        "tags": rows(c, workspace, id, ["name", ""], ["at", ""], "select t.name, '', g.tagged_at, cast(0 as bigint) from taggings g \
            join tags t on t.workspace_id = g.workspace_id and t.id = g.tag_id \
            where g.workspace_id = $1 and g.owner_kind = 'contact' and g.owner_id = $2 order by t.name_key").await?,
        "notes": rows(c, workspace, id, ["text", ""], ["at", ""], "select body, '', created_at, cast(0 as bigint) from notes \
            where workspace_id = $1 and owner_kind = 'contact' and owner_id = $2 and deleted_at = 0 order by created_at").await?,
        "messages": rows(c, workspace, id, ["from", "text"], ["at", ""], "select p.author_kind, p.body, p.created_at, cast(0 as bigint) from conversations v \
            join parts p on p.workspace_id = v.workspace_id and p.conversation_id = v.id \
            where v.workspace_id = $1 and v.contact_id = $2 and p.kind = 'message' order by p.id").await?,
        "emails": rows(c, workspace, id, ["subject", "text"], ["at", ""], "select m.subject, m.body, d.sent_at, cast(0 as bigint) from deliveries d \
            join messages m on m.workspace_id = d.workspace_id and m.id = d.message_id \
            where d.workspace_id = $1 and d.contact_id = $2 and d.state = 'sent' and m.whom = 'one' order by d.sent_at").await?,
        "sessions": rows(c, workspace, id, ["", ""], ["from", "until"], "select '', '', started_at, ended_at from sessions \
            where workspace_id = $1 and contact_id = $2 order by started_at").await?,
        "history": history(c, workspace, id).await?,
    }))
}

fn iso(at: Time) -> Value {
    jiff::Timestamp::from_millisecond(at.0).map_or(Value::Null, |t| t.to_string().into())
}

/// Milliseconds under names in `_at` become times; zero, for never, becomes null.
fn readable(record: &mut Value) {
    for (name, value) in record.as_object_mut().into_iter().flatten() {
        if name.ends_with("_at") {
            *value = value.as_i64().filter(|n| *n > 0).map_or(Value::Null, |n| iso(Time(n)));
        }
    }
}

/// Rows of two texts and two moments, each under its name; without one a text or a moment is left out.
async fn rows(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: ContactId,
    texts: [&str; 2],
    moments: [&str; 2],
    sql: &'static str,
) -> Result<Vec<Value>, Error> {
    type Row = (String, String, Time, Time);
    let rows: Vec<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(id).fetch_all(x))?;
    let named = |(one, two, first, second): Row| {
        let texts = texts.into_iter().zip([one.into(), two.into()]);
        let moments = moments.into_iter().zip([iso(first), iso(second)]);
        let all = texts.chain(moments).filter(|(name, _): &(&str, Value)| !name.is_empty());
        Value::Object(all.map(|(name, value)| (name.to_owned(), value)).collect())
    };
    Ok(rows.into_iter().map(named).collect())
}

async fn history(c: &mut Conn, workspace: WorkspaceId, id: ContactId) -> Result<Vec<Value>, Error> {
    let sql = "select s.occurred_at, a.kind, e.name, a.data from stream s \
               join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
               left join event_names e on e.workspace_id = a.workspace_id and e.id = a.ref_id and a.kind = 'event' \
               where s.workspace_id = $1 and s.owner_kind = 'contact' and s.owner_id = $2 \
               order by s.occurred_at, s.seq";
    type Row = (Time, String, Option<String>, String);
    let rows: Vec<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(id).fetch_all(x))?;
    let entry = |(at, kind, event, data): Row| {
        let data: Value = serde_json::from_str(&data).unwrap_or_default();
        json!({ "at": iso(at), "kind": kind, "event": event, "data": data })
    };
    Ok(rows.into_iter().map(entry).collect())
}
