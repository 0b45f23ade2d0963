//! Reading the whole profile of one person.

use super::store::find;
use super::{Contact, EventCount, Fact, Profile};
use crate::error::Error;
use crate::id::{ContactId, EventNameId, WorkspaceId};
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;
use crate::{stream, tags};

/// Everything about a person but the stream.
pub async fn profile(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    id: ContactId,
) -> Result<Option<Profile>, Error> {
    // The number is read first: what commits meanwhile is asked for again, never missed.
    let seq = stream::last_seq(c, workspace).await?;
    let Some(contact) = find(c, workspace, id).await? else { return Ok(None) };
    Ok(Some(Profile {
        about: about(&contact, dates),
        data: data(c, workspace, id).await?,
        events: events(c, dates, workspace, id).await?,
        tags: tags::of_contact(c, dates, workspace, id).await?,
        known_tags: tags::names(c, workspace).await?,
        contact,
        seq,
    }))
}

fn about(contact: &Contact, dates: &Dates) -> Vec<Fact> {
    let text = |label: &str, value: &Option<String>| {
        value.as_ref().map(|v| Fact { label: label.into(), value: v.clone(), at: None })
    };
    let moment = |label: &str, at: Time| {
        let at = dates.stamp(at);
        Some(Fact { label: label.into(), value: at.exact.clone(), at: Some(at) })
    };
    let role = if contact.role == "user" { "User" } else { "Lead" };
    let seen = contact.last_seen_at;
    let all = [
        text("E-mail", &contact.email),
        text("Phone", &contact.phone),
        text("User id", &contact.external_id),
        Some(Fact { label: "Kind".into(), value: role.into(), at: None }),
        if seen.0 > 0 { moment("Last seen", seen) } else { None },
        moment("First heard of", contact.created_at),
    ];
    all.into_iter().flatten().collect()
}

async fn data(c: &mut Conn, workspace: WorkspaceId, id: ContactId) -> Result<Vec<Fact>, Error> {
    let sql = "select a.name, v.text from attribute_values v \
               join attributes a on a.workspace_id = v.workspace_id and a.id = v.attribute_id \
               where v.workspace_id = $1 and v.subject = 'contact' and v.subject_id = $2 order by a.name";
    let rows: Vec<(String, String)> = run!(c, |x| sqlx::query_as::<_, (String, String)>(sql)
        .bind(workspace)
        .bind(id)
        .fetch_all(x))?;
    Ok(rows.into_iter().map(|(label, value)| Fact { label, value, at: None }).collect())
}

async fn events(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    id: ContactId,
) -> Result<Vec<EventCount>, Error> {
    let sql = "select n.id, n.name, e.count, e.first_at, e.last_at from event_counts e \
               join event_names n on n.workspace_id = e.workspace_id and n.id = e.event_name_id \
               where e.workspace_id = $1 and e.contact_id = $2 order by e.last_at desc, n.name limit 100";
    type Row = (EventNameId, String, i64, Time, Time);
    let rows: Vec<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(id).fetch_all(x))?;
    let count = |(id, name, count, first, last)| EventCount {
        id,
        name,
        count,
        first: dates.stamp(first),
        last: dates.stamp(last),
    };
    Ok(rows.into_iter().map(count).collect())
}
