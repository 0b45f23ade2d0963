//! Messages in the database: found, saved, doubled, deleted.

use serde_json::json;

use super::content;
use super::values;
use super::{CHOSEN, Channel, NAME, SUBJECT, State, Switches, Whom};
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{ContactId, MessageId, SegmentId, TagId, TeammateId, WorkspaceId};
use crate::live::Topic;
use crate::run;
use crate::segments::{self, Predicate, audience};
use crate::server::dates::Dates;
use crate::server::db::{Changed, Conn, Entry, Write};
use crate::tags;
use crate::time::Time;

/// The most messages of a workspace.
const MOST: i64 = 1_000;

/// A message, as the database has it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Row {
    /// Which.
    pub id: MessageId,
    /// Its name.
    pub name: String,
    /// The word of its state.
    pub state: String,
    /// The word of whom it is for.
    pub whom: String,
    /// The JSON text of its rule.
    pub rule: String,
    /// The numbers of the people named, as JSON.
    pub people: String,
    /// The word of how it gets there.
    pub channel: String,
    /// The subject of an e-mail, with Liquid in it.
    pub subject: String,
    /// Markdown with Liquid in it.
    pub body: String,
    /// In whose name it goes out.
    pub author_id: TeammateId,
    /// What keeps its audience; 0 for nothing.
    pub segment_id: SegmentId,
    /// Who has it gets the message whatever the rule says; 0 for none.
    pub opt_in_tag: TagId,
    /// Who has it does not get the message; 0 for none.
    pub opt_out_tag: TagId,
    /// Who has it does not need the message any more; 0 for none.
    pub exit_tag: TagId,
    /// Sent from then on; the epoch for at once.
    pub starts_at: Time,
    /// Stopped by itself then; the epoch for never.
    pub stops_at: Time,
    /// When it was started; the epoch for not yet.
    pub started_at: Time,
    /// Goes up with every change.
    pub version: i64,
}

const COLUMNS: &str = "id, name, state, channel, whom, rule, people, subject, body, author_id, segment_id, opt_in_tag, opt_out_tag, exit_tag, \
                       starts_at, stops_at, started_at, version";

impl Row {
    /// Where it stands.
    pub fn state(&self) -> State {
        State::from_word(&self.state).unwrap_or(State::Stopped)
    }

    /// How it gets there.
    pub fn channel(&self) -> Channel {
        Channel::from_word(&self.channel).unwrap_or(Channel::Chat)
    }

    /// Whom it is for.
    pub fn whom(&self) -> Whom {
        Whom::from_word(&self.whom).unwrap_or(Whom::Later)
    }

    /// The people named.
    pub fn chosen(&self) -> Vec<ContactId> {
        serde_json::from_str(&self.people).unwrap_or_default()
    }

    /// The rule as its author wrote it.
    pub fn predicate(&self) -> Result<Predicate, Error> {
        Ok(Predicate::parse(&self.rule)?)
    }

    /// The rule with what its tags do.
    pub fn effective(&self) -> Result<Predicate, Error> {
        let rule = self.predicate()?;
        let out: Vec<_> = [self.opt_out_tag, self.exit_tag]
            .into_iter()
            .filter(|tag| tag.0 > 0)
            .map(audience::tagged)
            .collect();
        let wanted = match self.opt_in_tag {
            TagId(0) => rule,
            tag => Predicate::Any(vec![rule, audience::tagged(tag)]),
        };
        if out.is_empty() {
            return Ok(wanted);
        }
        Ok(Predicate::All(vec![wanted, Predicate::Not(Box::new(Predicate::Any(out)))]))
    }
}

/// All of a workspace, those under way first, then drafts, then those that are over; the newest of each first.
pub async fn all(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Row>, Error> {
    let sql = const_format::formatcp!(
        "select {COLUMNS} from messages where workspace_id = $1 \
         order by case state when 'running' then 0 when 'paused' then 0 when 'draft' then 1 else 2 end, id desc"
    );
    run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).fetch_all(x))
}

/// Those that run or are paused, the newest first.
pub async fn under_way(c: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Row>, Error> {
    let sql = const_format::formatcp!(
        "select {COLUMNS} from messages where workspace_id = $1 and state in ('running', 'paused') order by id desc"
    );
    run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).fetch_all(x))
}

/// One of them.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn find(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: MessageId,
) -> Result<Option<Row>, Error> {
    let sql = const_format::formatcp!(
        "select {COLUMNS} from messages where workspace_id = $1 and id = $2"
    );
    run!(c, |x| sqlx::query_as::<_, Row>(sql).bind(workspace).bind(id).fetch_optional(x))
}

/// What a form says of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its name; without one, the beginning of the text.
    pub name: String,
    /// How it gets there.
    pub channel: Channel,
    /// The subject of an e-mail, with Liquid in it.
    pub subject: String,
    /// Markdown with Liquid in it.
    pub body: String,
    /// Whom it is for.
    pub whom: Whom,
    /// The rule.
    pub rule: Predicate,
    /// Numbers of the people named, with commas.
    pub people: String,
    /// The tags, made when there is none of the name.
    pub switches: Switches,
    /// When it begins, as a form has it, in the workspace's time zone; empty for at once.
    pub starts: String,
    /// When it stops by itself; empty for never.
    pub stops: String,
}

/// Makes a message, or changes one: all of a draft, the name, the text and the end of one that is under way. `version`
/// is the one that was changed.
///
/// # Errors
/// [`Error::NotFound`] for the message; [`Error::Conflict`] where somebody else changed it meanwhile, and for one that is
/// over; [`Error::Invalid`] for whatever makes no sense, with its place.
pub async fn save(
    w: &mut Write<'_>,
    id: Option<(MessageId, i64)>,
    draft: &Draft,
    zone: &str,
) -> Result<MessageId, Error> {
    let before = match id {
        None => None,
        Some((id, version)) => {
            let row = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
            if row.version != version {
                let message = "Somebody else changed this message meanwhile. Copy what you wrote and open it again";
                return Err(Error::Conflict(message.into()));
            }
            if row.state() == State::Stopped {
                return Err(Error::Conflict("This message is over. Duplicate it instead".into()));
            }
            Some(row)
        }
    };
    let body = draft.body.replace("\r\n", "\n").trim().to_owned();
    let known = values::known(&mut w.conn, w.workspace).await?;
    content::check(&body, &known)?;
    let channel = before.as_ref().filter(|row| row.state() != State::Draft).map(Row::channel);
    let subject = match channel.unwrap_or(draft.channel) {
        Channel::Chat => String::new(),
        Channel::Email => titled(&draft.subject, &known)?,
    };
    let name = named(&draft.name, &body)?;
    let dates = Dates::new(zone, w.now);
    let stops_at = moment(&dates, "stops", &draft.stops)?;
    let was = before.as_ref().map_or(Time(0), |row| row.stops_at);
    if stops_at.0 > 0 && stops_at <= w.now && stops_at != was {
        return Err(Error::invalid("stops", "the end is in the past: choose a later one"));
    }
    let row = match before {
        Some(row) if row.state() != State::Draft => Row { name, subject, body, stops_at, ..row },
        before => {
            let row = fresh(w, before, draft, stops_at, &dates).await?;
            Row { name, subject, body, ..row }
        }
    };
    if row.stops_at.0 > 0 && row.stops_at <= row.starts_at {
        return Err(Error::invalid("stops", "the end is before the beginning"));
    }
    write(w, &row).await?;
    w.touch(Topic::Messages);
    let action = if id.is_some() { "message_changed" } else { "message_made" };
    let data = json!({ "message": row.id, "name": row.name });
    w.log(Entry::of_workspace(action, w.now, data));
    Ok(row.id)
}

/// A subject as it is kept: one line.
fn titled(subject: &str, known: &content::Known) -> Result<String, Error> {
    let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    if subject.is_empty() || subject.chars().count() > SUBJECT {
        return Err(Error::invalid("subject", "write a subject of at most 200 characters"));
    }
    if subject.chars().any(char::is_control) {
        return Err(Error::invalid("subject", "a subject is one line of plain text"));
    }
    content::check(&subject, known).map_err(|error| error.of_field("subject"))?;
    Ok(subject)
}

/// A draft as a form says it, without its words.
async fn fresh(
    w: &mut Write<'_>,
    before: Option<Row>,
    draft: &Draft,
    stops_at: Time,
    dates: &Dates,
) -> Result<Row, Error> {
    let starts_at = moment(dates, "starts", &draft.starts)?;
    if starts_at.0 > 0 && starts_at <= w.now {
        let message =
            "the beginning is in the past: choose a later one, or leave it empty for at once";
        return Err(Error::invalid("starts", message));
    }
    let known = segments::known(&mut w.conn, w.workspace).await?;
    segments::resolve(&known, Subject::Contact, None, &draft.rule)?;
    let people = match draft.whom {
        Whom::Chosen => chosen(w, &draft.people).await?,
        _ => Vec::new(),
    };
    let id = match &before {
        Some(row) => row.id,
        None => {
            let count = "select count(*) from messages where workspace_id = $1";
            let (count,): (i64,) = run!(w.conn, |c| {
                sqlx::query_as::<_, (i64,)>(count).bind(w.workspace).fetch_one(c)
            })?;
            if count >= MOST {
                return Err(Error::Conflict(
                    "There are 1,000 messages. Delete drafts first".into(),
                ));
            }
            MessageId(w.app.db.next_id()?)
        }
    };
    Ok(Row {
        id,
        name: String::new(),
        state: State::Draft.word().into(),
        channel: draft.channel.word().into(),
        whom: draft.whom.word().into(),
        rule: draft.rule.text(),
        people: serde_json::to_string(&people).map_err(|_| Error::Internal)?,
        subject: String::new(),
        body: String::new(),
        author_id: before.as_ref().map_or(w.actor, |row| row.author_id),
        segment_id: SegmentId(0),
        opt_in_tag: tag(w, "opt_in", &draft.switches.opt_in).await?,
        opt_out_tag: tag(w, "opt_out", &draft.switches.opt_out).await?,
        exit_tag: tag(w, "exit", &draft.switches.exit).await?,
        starts_at,
        stops_at,
        started_at: Time(0),
        version: before.map_or(0, |row| row.version),
    })
}

fn named(name: &str, body: &str) -> Result<String, Error> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        let words = body.split_whitespace().take(8).collect::<Vec<_>>().join(" ");
        return Ok(words.chars().take(NAME).collect());
    }
    if name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "write a name of at most 100 characters"));
    }
    Ok(name)
}

fn moment(dates: &Dates, field: &str, text: &str) -> Result<Time, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Time(0));
    }
    let refused = || Error::invalid(field, "choose a day and a time");
    dates.moment(text).filter(|at| at.0 > 0).ok_or_else(refused)
}

async fn tag(w: &mut Write<'_>, field: &str, name: &str) -> Result<TagId, Error> {
    if name.trim().is_empty() {
        return Ok(TagId(0));
    }
    let made = tags::make(w, name).await.map_err(|error| error.of_field(field))?;
    Ok(made.0)
}

/// The people of this workspace among those who are named, each once, themselves or whom they were merged into.
async fn chosen(w: &mut Write<'_>, people: &str) -> Result<Vec<ContactId>, Error> {
    let ids: Vec<[i64; 1]> =
        people.split(',').filter_map(|id| id.trim().parse().ok()).map(|id| [id]).collect();
    if ids.len() > CHOSEN {
        return Err(Error::invalid("people", "choose at most 5,000 people, or write a rule"));
    }
    let ids = serde_json::to_string(&ids).map_err(|_| Error::Internal)?;
    let sql = "select distinct case when p.merged_into > 0 then p.merged_into else p.id end as id from json_each($2) j \
               cross join contacts p where p.workspace_id = $1 and p.id = cast(j.value ->> 0 as bigint) order by id";
    let found: Vec<(ContactId,)> = run!(w.conn, |c| {
        sqlx::query_as::<_, (ContactId,)>(sql).bind(w.workspace).bind(&ids).fetch_all(c)
    })?;
    if found.is_empty() {
        return Err(Error::invalid("people", "choose somebody"));
    }
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Writes a message down whole.
pub(super) async fn write(w: &mut Write<'_>, row: &Row) -> Result<(), Error> {
    let sql = "insert into messages (workspace_id, id, name, state, channel, whom, rule, people, subject, body, author_id, segment_id, \
               opt_in_tag, opt_out_tag, exit_tag, starts_at, stops_at, started_at, version, created_by, created_at, updated_at) \
               values ($1, $2, $3, $4, $20, $5, $6, $7, $21, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19) \
               on conflict (workspace_id, id) do update set name = excluded.name, state = excluded.state, channel = excluded.channel, whom = excluded.whom, \
               rule = excluded.rule, people = excluded.people, subject = excluded.subject, body = excluded.body, segment_id = excluded.segment_id, \
               opt_in_tag = excluded.opt_in_tag, opt_out_tag = excluded.opt_out_tag, exit_tag = excluded.exit_tag, \
               starts_at = excluded.starts_at, stops_at = excluded.stops_at, started_at = excluded.started_at, \
               stopped_at = case when excluded.state = 'stopped' then excluded.updated_at else 0 end, \
               version = excluded.version, updated_at = excluded.updated_at where messages.version = excluded.version - 1";
    let changed: Changed = run!(w.conn, |c| {
        sqlx::query(sql)
            .bind(w.workspace)
            .bind(row.id)
            .bind(&row.name)
            .bind(&row.state)
            .bind(&row.whom)
            .bind(&row.rule)
            .bind(&row.people)
            .bind(&row.body)
            .bind(row.author_id)
            .bind(row.segment_id)
            .bind(row.opt_in_tag)
            .bind(row.opt_out_tag)
            .bind(row.exit_tag)
            .bind(row.starts_at)
            .bind(row.stops_at)
            .bind(row.started_at)
            .bind(row.version + 1)
            .bind(w.actor)
            .bind(w.now)
            .bind(&row.channel)
            .bind(&row.subject)
            .execute(c)
    })?;
    if changed.0 == 0 {
        return Err(Error::Conflict(
            "Somebody else changed this message at the same moment. Try again".into(),
        ));
    }
    Ok(())
}

/// Makes a draft of the same text, audience and tags, in the name of whoever asks.
///
/// # Errors
/// [`Error::NotFound`] for the message.
pub async fn duplicate(w: &mut Write<'_>, id: MessageId) -> Result<MessageId, Error> {
    let row = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let name: String = format!("Copy of {}", row.name).chars().take(NAME).collect();
    let copy = Row {
        id: MessageId(w.app.db.next_id()?),
        name,
        state: State::Draft.word().into(),
        author_id: w.actor,
        segment_id: SegmentId(0),
        starts_at: Time(0),
        stops_at: Time(0),
        started_at: Time(0),
        version: 0,
        ..row
    };
    write(w, &copy).await?;
    w.touch(Topic::Messages);
    let data = json!({ "message": copy.id, "name": copy.name });
    w.log(Entry::of_workspace("message_made", w.now, data));
    Ok(copy.id)
}

/// Deletes a draft.
///
/// # Errors
/// [`Error::NotFound`] for the message; [`Error::Conflict`] for one that was started: what it did stays.
pub async fn delete(w: &mut Write<'_>, id: MessageId) -> Result<(), Error> {
    let row = find(&mut w.conn, w.workspace, id).await?.ok_or(Error::NotFound)?;
    let sql = "delete from messages where workspace_id = $1 and id = $2 and state = 'draft'";
    let gone: Changed = run!(w.conn, |c| sqlx::query(sql).bind(w.workspace).bind(id).execute(c))?;
    if gone.0 == 0 {
        return Err(Error::Conflict("A message that was started is kept, with what it did".into()));
    }
    w.touch(Topic::Messages);
    let data = json!({ "message": id, "name": row.name });
    w.log(Entry::of_workspace("message_deleted", w.now, data));
    Ok(())
}
