//! Reading streams by their two orders: time for people, number for catching up.

use serde_json::Value;

use super::changes::{Names, changes};
use super::{Day, Facet, Fold, Kind, Line, Page};
use crate::companies::Health;
use crate::contacts::title_of;
use crate::conversations;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, ConversationId, NoteId, WorkspaceId};
use crate::live::Topic;
use crate::notes::{self, Shown};
use crate::owner::Owner;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::{Conn, Statement, topics_of};
use crate::server::state::AppState;
use crate::time::Time;

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
    /// Entries after this cursor in reading order, as [`Page::older`] gave it.
    pub before: Option<String>,
    /// How many at most, 1 to 500.
    pub limit: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    occurred_at: Time,
    kind: String,
    ref_id: i64,
    actor: Option<String>,
    event: Option<String>,
    data: String,
    person: ContactId,
    name: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
}

/// A part of a stream, newest first.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that is not one.
pub async fn page(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    asked: &Asked,
) -> Result<Page, Error> {
    let (at, seq) = cursor(asked.before.as_deref())?;
    let limit = asked.limit.clamp(1, 500);
    // One person's entries in a company's stream are read from the person's own, so that somebody who did little is
    // found at once among the many.
    let (owner, within) = match (asked.owner, asked.person) {
        (Owner::Company(company), Some(person)) => (Owner::Contact(person), company),
        (owner, _) => (owner, CompanyId(0)),
    };
    let mut s = Statement::new(
        "select s.seq, s.occurred_at, a.kind, a.ref_id, m.name as actor, e.name as event, a.data, \
         a.contact_id as person, p.name, p.email, p.external_id from stream s \
         join activity a on a.workspace_id = s.workspace_id and a.seq = s.seq \
         left join teammates m on m.workspace_id = a.workspace_id and m.id = a.actor_id \
         left join event_names e on e.workspace_id = a.workspace_id and e.id = a.ref_id \
         left join contacts p on p.workspace_id = a.workspace_id and p.id = a.contact_id where s.workspace_id = ",
    );
    s.number(workspace.0).push(" and s.owner_kind = ").text(owner.kind());
    s.push(" and s.owner_id = ").number(owner.number());
    s.push(" and (s.occurred_at, s.seq) < (").number(at).push(", ").number(seq).push(")");
    // Said only where it is asked, so that one type is read along its own index: a type of which a company has nothing
    // is otherwise looked for in the whole of its stream.
    if let Some(facet) = asked.facet {
        s.push(" and s.facet = ").text(facet.word());
    }
    if let Some(event) = asked.event {
        s.push(" and s.facet = 'event' and a.ref_id = ").number(event);
    }
    if within.0 > 0 {
        s.push(" and exists (select 1 from stream k where k.workspace_id = s.workspace_id and k.owner_kind = 'company' and k.owner_id = ");
        s.number(within.0).push(" and k.occurred_at = s.occurred_at and k.seq = s.seq)");
    }
    s.push(" order by s.occurred_at desc, s.seq desc limit ").number(limit + 1);
    let mut rows: Vec<Row> = s.fetch_all(c).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let older = rows.last().filter(|_| more).map(|r| format!("{}.{}", r.occurred_at.0, r.seq));
    let parts: Vec<_> = rows.iter().filter_map(part).collect();
    let texts = conversations::texts(c, workspace, &parts).await?;
    let about_note =
        |row: &&Row| Kind::from_word(&row.kind).is_some_and(|kind| kind.facet() == Facet::Note);
    let ids: Vec<_> = rows.iter().filter(about_note).map(|row| row.ref_id).collect();
    let notes = notes::shown(c, workspace, &ids, dates.now()).await?;
    let entries = rows.iter().map(|row| (row.kind.as_str(), row.data.as_str()));
    let names = Names::read(c, workspace, entries).await?;
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
    Ok(Page { days: days(lines, dates), older })
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

fn cursor(text: Option<&str>) -> Result<(i64, i64), Error> {
    let Some(text) = text else { return Ok((i64::MAX, i64::MAX)) };
    let parts =
        text.split_once('.').and_then(|(at, seq)| Some((at.parse().ok()?, seq.parse().ok()?)));
    parts.ok_or_else(|| Error::invalid("before", "follow a link of the stream"))
}

/// The part of a conversation that an entry is about.
fn part(row: &Row) -> Option<(i64, i64)> {
    let kind = Kind::from_word(&row.kind)?;
    // Once is enough: where it was said.
    let said = matches!(kind, Kind::MessageSent | Kind::MessageReceived | Kind::ConversationNoted);
    let data: Value = serde_json::from_str(&row.data).ok().filter(|_| said)?;
    Some((row.ref_id, data["part"].as_i64()?))
}

fn line(row: Row, dates: &Dates, owner: Owner, names: &Names) -> Option<Line> {
    let kind = Kind::from_word(&row.kind)?;
    let person = (matches!(owner, Owner::Company(_)) && row.person.0 > 0)
        .then(|| (row.person, title_of(row.person, [&row.name, &row.email, &row.external_id])));
    let data: Value = serde_json::from_str(&row.data).unwrap_or_default();
    let pairs = |value: &Value| -> Vec<(String, String)> {
        let object = value.as_object().into_iter().flatten();
        object
            .map(|(k, v)| (k.clone(), v.as_str().map_or_else(|| v.to_string(), str::to_owned)))
            .collect()
    };
    let (name, detail) = match kind {
        Kind::Event => (row.event.unwrap_or_default(), pairs(&data)),
        Kind::TagAdded | Kind::TagRemoved => {
            (data["name"].as_str().unwrap_or_default().to_owned(), Vec::new())
        }
        Kind::CompanyHealthChanged => {
            let word = data["to"].as_str().and_then(Health::from_word);
            let why = data["why"].as_str().unwrap_or_default().to_owned();
            (word.map(|h| h.name().to_lowercase()).unwrap_or_default(), vec![("why".into(), why)])
        }
        Kind::SegmentEntered | Kind::SegmentLeft => {
            let why = data["why"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let why = why.map(|why| ("why".to_owned(), why.to_owned())).collect();
            (data["name"].as_str().unwrap_or_default().to_owned(), why)
        }
        Kind::AttributesChanged | Kind::CompanyChanged => {
            (String::new(), changes(kind, &data, names, dates))
        }
        Kind::ConversationSnoozed => {
            let until = data["until"].as_i64().unwrap_or(0);
            let until = if until == 0 { "they write".into() } else { dates.short(Time(until)) };
            (until, Vec::new())
        }
        _ => (data["name"].as_str().unwrap_or_default().to_owned(), Vec::new()),
    };
    Some(Line {
        seq: row.seq,
        kind,
        actor: row.actor,
        person,
        name,
        html: String::new(),
        deleted: None,
        href: match kind.facet() {
            Facet::Conversation => Some(format!("/inbox/{}", row.ref_id)),
            Facet::Outbound => Some(format!("/outbound/{}", row.ref_id)),
            _ => None,
        },
        at: dates.stamp(row.occurred_at),
        detail,
    })
}

fn days(lines: impl Iterator<Item = Line>, dates: &Dates) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for line in lines {
        let title = dates.day(line.at.at);
        if days.last().is_none_or(|d| d.title != title) {
            days.push(Day { title, folds: Vec::new() });
        }
        let Some(day) = days.last_mut() else { continue };
        match day.folds.last_mut() {
            Some(fold)
                if line.kind == Kind::Event
                    && fold.newest.kind == Kind::Event
                    && fold.newest.name == line.name
                    && fold.newest.person == line.person =>
            {
                fold.rest.push(line);
            }
            _ => day.folds.push(Fold { newest: line, rest: Vec::new() }),
        }
    }
    days
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
    let touching = rows
        .into_iter()
        .filter(|(_, kind, contact, company, ref_id)| touches(kind, *contact, *company, *ref_id));
    Ok(touching.map(|(seq, ..)| seq).max().unwrap_or(since))
}
