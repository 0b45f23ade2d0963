//! Saving a message as a form says it.

use serde_json::json;

use super::later::{switched_on, tag, wait_anew};
use super::{Draft, Named, Row, find, write};
use crate::attributes::Subject;
use crate::audit::Action;
use crate::companies;
use crate::error::Error;
use crate::id::{ContactId, MessageId, SegmentId, SubscriptionTypeId};
use crate::live::Topic;
use crate::outbound::{Again, CHOSEN, Channel, Goal, NAME, SUBJECT, State, Whom};
use crate::outbound::{asks_of_companies, content, types, values};
use crate::run;
use crate::segments::{self, Predicate};
use crate::server::dates::Dates;
use crate::server::db::{Entry, Write};
use crate::time::Time;
use crate::ui::markdown;

/// The most messages of a workspace.
const MOST: i64 = 1_000;

/// Makes a message, or changes one: all of a draft, the name, the text, the end, the hours and the type of one that is under way, and the
/// tag that takes people out of it where it has none. `version` is the one that was changed.
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
            if row.state().is_over() {
                return Err(Error::Conflict("This message is over. Duplicate it instead".into()));
            }
            if row.whom() == Whom::One {
                let message = "An e-mail that a program had written stays as it is. Duplicate it";
                return Err(Error::Conflict(message.into()));
            }
            Some(row)
        }
    };
    let body = draft.body.replace("\r\n", "\n").trim().to_owned();
    let known = values::known(&mut w.conn, w.workspace).await?;
    content::check(&body, &known)?;
    let channel = before.as_ref().filter(|row| row.state() != State::Draft).map(Row::channel);
    let subject = match channel.unwrap_or(draft.channel) {
        Channel::Chat | Channel::Post => String::new(),
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
        Some(row) if row.state() != State::Draft => {
            // Its own may have been put away meanwhile.
            let same = draft.about == row.type_id;
            let type_id =
                if same { row.type_id } else { about(w, row.channel(), draft.about).await? };
            let (hours, zone) = (draft.when.text(), draft.zone.word().to_owned());
            if (&hours, &zone) != (&row.hours, &row.zone) {
                wait_anew(w, row.id).await?;
            }
            let opt_out_tag = switched_on(w, &row, &draft.switches.opt_out).await?;
            Row { name, subject, body, stops_at, hours, zone, type_id, opt_out_tag, ..row }
        }
        before => {
            let row = fresh(w, before, draft, stops_at, &dates).await?;
            let per_company = i64::from(each(draft, &subject, &body)?);
            Row { name, subject, body, per_company, ..row }
        }
    };
    if row.stops_at.0 > 0 && row.stops_at <= row.starts_at {
        return Err(Error::invalid("stops", "the end is before the beginning"));
    }
    write(w, &row).await?;
    w.touch(Topic::Messages);
    let action = if id.is_some() { Action::MessageChanged } else { Action::MessageMade };
    let data = json!({ "message": row.id, "name": row.name });
    w.log(Entry::of_workspace(action, w.now, data));
    Ok(row.id)
}

/// The type as it may be kept.
async fn about(
    w: &mut Write<'_>,
    channel: Channel,
    about: SubscriptionTypeId,
) -> Result<SubscriptionTypeId, Error> {
    match channel {
        Channel::Email => types::used(w, about).await,
        Channel::Chat | Channel::Post => Ok(SubscriptionTypeId(0)),
    }
}

/// Whether it goes out once for each company. The author says so wherever data of companies has a part in it: nobody is to be
/// surprised by two messages, or by the data of another company.
fn each(draft: &Draft, subject: &str, body: &str) -> Result<bool, Error> {
    if draft.whom == Whom::Chosen && draft.company.is_some() {
        return Ok(true);
    }
    let rule = draft.whom != Whom::Chosen && asks_of_companies(&draft.rule.text(), "");
    if !rule && ![subject, body].into_iter().any(|text| asks_of_companies("", text)) {
        return Ok(false);
    }
    let message = "the message uses data of companies, and a person may be in several: choose whether each gets it once, \
                   or once for each company";
    draft.per_company.ok_or_else(|| Error::invalid("per_company", message))
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
    let named = match draft.whom {
        Whom::Chosen => named_by(w, draft).await?,
        _ => Named::default(),
    };
    let about = about(w, draft.channel, draft.about).await?;
    let again = match draft.whom {
        Whom::Event => draft.again.checked()?,
        _ => Again::default(),
    };
    let goal = draft.goal.clone().map(Goal::checked).transpose()?;
    if let Some(goal) = &goal {
        let rule = Predicate::parse(&goal.rule).and_then(|rule| {
            segments::resolve(&known, Subject::Contact, None, &rule).map(|_| rule)
        });
        let rule = rule.map_err(|faults| Error::from(faults).of_field("goal"))?;
        if rule == Predicate::default() {
            return Err(Error::invalid("goal", "say what somebody is to reach"));
        }
    }
    let id = match &before {
        Some(row) => row.id,
        None => {
            let count = "select count(*) from messages where workspace_id = $1 and whom <> 'one'";
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
        people: named.text()?,
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
        hours: draft.when.text(),
        zone: draft.zone.word().into(),
        per_company: 0,
        type_id: about,
        measured: i64::from(draft.measured),
        goal_days: goal.as_ref().map_or(0, |goal| goal.days),
        goal: goal.map_or_else(String::new, |goal| goal.rule),
        every: again.every(),
        most: again.most,
        event: again.event,
        version: before.map_or(0, |row| row.version),
    })
}

fn named(name: &str, body: &str) -> Result<String, Error> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        let words = markdown::words(body);
        let words = words.split_whitespace().take(8).collect::<Vec<_>>().join(" ");
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

/// Whom a draft names, and the company on whose page it was begun.
async fn named_by(w: &mut Write<'_>, draft: &Draft) -> Result<Named, Error> {
    let company = match draft.company {
        None => None,
        Some(id) => {
            let found = companies::find(&mut w.conn, w.workspace, id).await?;
            let gone = || Error::invalid("people", "the company of these people is not there");
            Some(found.ok_or_else(gone)?.id)
        }
    };
    Ok(Named { people: chosen(w, &draft.people).await?, company })
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
