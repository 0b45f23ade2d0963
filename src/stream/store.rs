//! Reading streams by their two orders: time for people, number for catching up.

use std::collections::BTreeSet;

use serde_json::Value;

use super::names::Names;
use super::rows::{self, Part, Row};
use super::wording::{days, line};
use super::{Facet, Kind, Line, Page, Place};
use crate::companies;
use crate::conversations;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, ConversationId, NoteId, WorkspaceId};
use crate::live::Topic;
use crate::notes::{self, Shown};
use crate::owner::Owner;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Conn, topics_of};
use crate::server::state::AppState;

/// What part of a stream is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whose stream.
    pub owner: Owner,
    /// One type, or everything.
    pub facet: Option<Facet>,
    /// Occurrences of one event name only, by its id.
    pub event: Option<i64>,
    /// In a company's stream: what this person did and had done.
    pub person: Option<ContactId>,
    /// Where in it.
    pub place: Place,
    /// How many at most, 1 to 500.
    pub limit: i64,
}

/// A part of a stream, newest first.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that is not one, [`Error::NotFound`] for an entry that is not in this stream.
pub async fn page(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    asked: &Asked,
) -> Result<Page, Error> {
    let Part { rows, newer, older } = rows::read(c, workspace, asked).await?;
    let parts: Vec<_> = rows.iter().filter_map(part).collect();
    let texts = conversations::texts(c, workspace, &parts).await?;
    let about_note =
        |row: &&Row| Kind::from_word(&row.kind).is_some_and(|kind| kind.facet() == Facet::Note);
    let ids: Vec<_> = rows.iter().filter(about_note).map(|row| row.ref_id).collect();
    let notes = notes::shown(c, workspace, &ids, dates.now()).await?;
    let names = Names::read(c, workspace, asked.owner, &rows).await?;
    let lines = rows.into_iter().filter_map(|row| {
        let text = part(&row).and_then(|(_, part)| texts.get(&part).cloned());
        let about = row.ref_id;
        let mut line = line(row, dates, asked.owner, &names)?;
        line.html = text.unwrap_or_default();
        match notes.get(&about) {
            // Once is enough: where it was written.
            Some(Shown::Text(html)) if line.kind == Kind::NoteAdded => line.html.clone_from(html),
            Some(Shown::Deleted) if line.kind == Kind::NoteDeleted => {
                line.deleted = Some(NoteId(about));
            }
            _ => {}
        }
        Some(line)
    });
    let at = match asked.place {
        Place::At(seq) => Some(seq),
        _ => None,
    };
    Ok(Page { days: days(lines, dates), at, newer, older })
}

/// How many of the things that happened to a conversation are shown: the newest.
const HAPPENED: i64 = 300;

/// What happened to a conversation besides what was said, the oldest first.
pub async fn of_conversation(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    conversation: ConversationId,
) -> Result<Vec<Line>, Error> {
    // Whose it is stands above: no entry says it again.
    let whose = Owner::Contact(ContactId(0));
    let sql = "select s.seq, s.occurred_at, a.kind, a.ref_id, m.name as actor, cast(null as text) as event, a.data, \
               a.contact_id as person, cast(null as text) as name, cast(null as text) as email, cast(null as text) as external_id \
               from stream s join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
               left join teammates m on m.workspace_id = a.workspace_id and m.id = a.actor_id \
               where s.workspace_id = $1 and s.owner_kind = 'conversation' and s.owner_id = $2 \
               and a.kind not in ('message_sent', 'message_received', 'conversation_noted', 'conversation_note_edited', \
               'conversation_note_deleted', 'conversation_note_restored') order by s.occurred_at desc, s.seq desc limit $3";
    let mut rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(workspace).bind(conversation).bind(HAPPENED).fetch_all(x)
    })?;
    rows.reverse();
    let none = Names::default();
    Ok(rows.into_iter().filter_map(|row| line(row, dates, whose, &none)).collect())
}

/// The part of a conversation that an entry is about.
fn part(row: &Row) -> Option<(i64, i64)> {
    let kind = Kind::from_word(&row.kind)?;
    // Once is enough: where it was said.
    let said = matches!(kind, Kind::MessageSent | Kind::MessageReceived | Kind::ConversationNoted);
    let data: Value = serde_json::from_str(&row.data).ok().filter(|_| said)?;
    Some((row.ref_id, data["part"].as_i64()?))
}

/// The number of the newest entry of a workspace.
pub async fn last_seq(c: &mut Conn, workspace: WorkspaceId) -> Result<i64, Error> {
    let sql = "select n from workspace_seq where workspace_id = $1";
    let found: Option<(i64,)> =
        run!(c, |x| sqlx::query_as::<_, (i64,)>(sql).bind(workspace).fetch_optional(x))?;
    Ok(found.map_or(0, |(n,)| n))
}

/// The newest number after `since` that touches a topic, or `since` when nothing did.
/// More than 500 entries behind it does not look: the newest number answers, as if all were touched.
pub async fn changed_since(
    app: &AppState,
    workspace: WorkspaceId,
    topic: Topic,
    since: i64,
) -> Result<i64, Error> {
    let sql = "select seq, kind, contact_id, company_id, ref_id from activity \
               where workspace_id = $1 and seq > $2 order by seq limit 501";
    type Row = (i64, String, ContactId, CompanyId, i64);
    let mut c = app.db.read().await?;
    let rows: Vec<Row> =
        run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(since).fetch_all(x))?;
    if rows.len() > 500 {
        return last_seq(&mut c, workspace).await;
    }
    let touches = |kind: &str, contact, company, ref_id| {
        Kind::from_word(kind).is_some_and(|kind| {
            topics_of(kind, contact, company, ref_id).any(|touched| touched == topic)
        })
    };
    // A company's page shows what its people did as well.
    let mut inside = BTreeSet::new();
    if let Topic::Company(id) = topic {
        let people = rows.iter().map(|(_, _, contact, ..)| *contact).collect();
        let around = companies::around(&mut c, workspace, &people).await?;
        inside.extend(around.into_iter().filter(|(_, of)| *of == id).map(|(person, _)| person));
    }
    let touching = rows.into_iter().filter(|(_, kind, contact, company, ref_id)| {
        inside.contains(contact) || touches(kind, *contact, *company, *ref_id)
    });
    Ok(touching.map(|(seq, ..)| seq).max().unwrap_or(since))
}
