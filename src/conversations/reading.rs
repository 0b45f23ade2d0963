//! Reading conversations: a person's, one whole, and what the stream shows of parts.

use std::collections::HashMap;

use const_format::formatcp;

use super::{Line, PartKind, State};
use crate::contacts::{picture_of, title_of};
use crate::error::Error;
use crate::id::{ContactId, ConversationId, TeamId, TeammateId, WorkspaceId};
use crate::notes::Links;
use crate::run;
use crate::server::dates::Dates;
use crate::server::db::Conn;
use crate::time::Time;
use crate::ui::markdown;

/// How many conversations of a person are shown.
const ROWS: i64 = 50;
/// How much of the newest part a list shows, in characters.
const BEGINNING: usize = 140;

/// A conversation as the database has it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Record {
    /// Which.
    pub id: ConversationId,
    /// With whom.
    pub contact: ContactId,
    /// The newest part, 0 for none.
    pub last_part_id: i64,
    state: String,
    waiting: i64,
    /// Who looks after it, 0 for nobody.
    pub assignee_id: TeammateId,
    assignee: Option<String>,
    team_id: TeamId,
    team: Option<String>,
    priority: i64,
    snoozed_until: Time,
    waiting_since: Time,
    updated_at: Time,
    name: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
    avatar: Option<String>,
    company: Option<String>,
    last: Option<String>,
    last_file: Option<String>,
    last_kind: Option<String>,
    last_author_kind: Option<String>,
    last_author_id: Option<TeammateId>,
    #[sqlx(default)]
    read_part_id: Option<i64>,
}

pub(super) const FIELDS: &str = "v.id, v.contact_id as contact, v.last_part_id, v.state, v.waiting, v.assignee_id, m.name as assignee, \
     v.team_id, q.name as team, v.priority, v.snoozed_until, v.waiting_since, v.updated_at, p.name, p.email, p.external_id, p.avatar, \
     (select o.name from memberships b join companies o on o.workspace_id = b.workspace_id and o.id = b.company_id \
     where b.workspace_id = v.workspace_id and b.contact_id = v.contact_id and b.left_at = 0 order by b.joined_at limit 1) as company, \
     l.body as last, case when l.body = '' and l.deleted_at = 0 then (select a.name from attachments a \
     where a.workspace_id = l.workspace_id and a.part_id = l.id order by a.created_at, a.id limit 1) end as last_file, l.kind as last_kind, l.author_kind as last_author_kind, l.author_id as last_author_id";
pub(super) const JOINS: &str = "join contacts p on p.workspace_id = v.workspace_id and p.id = v.contact_id \
     left join teammates m on m.workspace_id = v.workspace_id and m.id = v.assignee_id \
     left join teams q on q.workspace_id = v.workspace_id and q.id = v.team_id \
     left join parts l on l.workspace_id = v.workspace_id and l.conversation_id = v.id and l.id = v.last_part_id";
const COLUMNS: &str = formatcp!("{FIELDS} from conversations v {JOINS}");

/// A conversation of this workspace.
pub async fn find(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: ConversationId,
) -> Result<Option<Record>, Error> {
    let sql = formatcp!("select {COLUMNS} where v.workspace_id = $1 and v.id = $2");
    run!(c, |x| sqlx::query_as::<_, Record>(sql).bind(workspace).bind(id).fetch_optional(x))
}

/// What a list says of a conversation, without its tags. `viewer` is whose reading it tells; 0 for nobody's.
pub(super) fn line(r: Record, dates: &Dates, viewer: TeammateId) -> Line {
    let mine =
        r.last_author_kind.as_deref() == Some("teammate") && r.last_author_id == Some(viewer);
    let read = r.read_part_id.unwrap_or(0);
    // Less than 0 says that the viewer wants to read it again.
    let unread = viewer.0 > 0 && (read < 0 || (r.last_part_id > read && !mine));
    let state = State::from_word(&r.state).unwrap_or_default();
    let body = r.last.unwrap_or_default();
    let words = Some(markdown::words(&body)).filter(|words| !words.is_empty());
    // Where nothing was written, the name of what was sent says what it is.
    let last = r.last_file.or(words).unwrap_or(body);
    let is_note = r.last_kind.as_deref() == Some("note");
    // A note without words is one that was deleted.
    let last = if is_note && last.is_empty() { "deleted".into() } else { last };
    let snoozed = (state == State::Snoozed).then(|| match r.snoozed_until.0 {
        0 => "Until they write".to_owned(),
        _ => format!("Until {}", dates.short(r.snoozed_until)),
    });
    Line {
        id: r.id,
        contact: r.contact,
        title: title_of(r.contact, [&r.name, &r.email, &r.external_id]),
        picture: picture_of(r.contact, r.avatar.as_deref()),
        company: r.company,
        last: beginning(&last),
        last_is_note: is_note,
        last_part: r.last_part_id,
        at: dates.stamp(r.updated_at),
        waits: (r.waiting_since.0 > 0).then(|| dates.stamp(r.waiting_since)),
        state,
        snoozed,
        waiting: r.waiting == 1,
        assignee: r.assignee,
        assignee_id: r.assignee_id,
        team: r.team,
        team_id: r.team_id,
        priority: r.priority == 1,
        unread,
        tags: Vec::new(),
    }
}

/// The first words of a text, on one line.
pub fn beginning(text: &str) -> String {
    let mut words = String::new();
    for word in text.split_whitespace() {
        if words.len() > BEGINNING * 4 {
            break;
        }
        words.push_str(if words.is_empty() { "" } else { " " });
        words.push_str(word);
    }
    words.chars().take(BEGINNING).collect()
}

/// A person's conversations, the last touched first, at most 50.
pub async fn of_contact(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Vec<Line>, Error> {
    let sql = formatcp!(
        "select {COLUMNS} where v.workspace_id = $1 and v.contact_id = $2 order by v.updated_at desc, v.id desc limit $3"
    );
    let rows: Vec<Record> = run!(c, |x| {
        sqlx::query_as::<_, Record>(sql).bind(workspace).bind(contact).bind(ROWS).fetch_all(x)
    })?;
    Ok(rows.into_iter().map(|r| line(r, dates, TeammateId(0))).collect())
}

/// The texts of parts by number, as HTML that is safe to show; deleted ones have none.
pub async fn texts(
    c: &mut Conn,
    workspace: WorkspaceId,
    parts: &[(i64, i64)],
) -> Result<HashMap<i64, String>, Error> {
    if parts.is_empty() {
        return Ok(HashMap::new());
    }
    let pairs = serde_json::to_string(parts).map_err(|_| Error::Internal)?;
    let sql = "select p.id, p.kind, p.body from json_each($2) j cross join parts p where p.workspace_id = $1 and p.deleted_at = 0 \
               and p.conversation_id = cast(j.value ->> 0 as bigint) and p.id = cast(j.value ->> 1 as bigint)";
    type Row = (i64, String, String);
    let rows: Vec<Row> =
        run!(c, |x| { sqlx::query_as::<_, Row>(sql).bind(workspace).bind(&pairs).fetch_all(x) })?;
    let is_note = |kind: &str| kind == PartKind::Note.word();
    let notes = rows.iter().filter(|(_, kind, _)| is_note(kind)).map(|(_, _, body)| body.as_str());
    let links = Links::of(c, workspace, notes.clone()).await?;
    let team = match notes.clone().any(|body| body.contains('@')) {
        true => crate::teammates::names(c, workspace).await?,
        false => Vec::new(),
    };
    let names: Vec<_> = team.iter().map(|(_, name)| (name.as_str(), name.as_str())).collect();
    let shown = |(id, kind, body): Row| {
        let html = match is_note(&kind) {
            true => markdown::render_note(&body, &names, |to| links.ours(to)),
            false => markdown::render_shown(&body),
        };
        (id, html)
    };
    Ok(rows.into_iter().map(shown).collect())
}
