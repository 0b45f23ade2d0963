//! Messages as pages show them: the list, and one whole.

use super::content::review;
use super::counts::counts;
use super::days::days;
use super::recipients::list_of;
use super::store::{Row, all, find};
use super::{
    Blank, Brief, CHOSEN, Detail, Messages, Sought, State, Switches, Whom, asks_of_companies, types,
};
use crate::attachments;
use crate::attributes::Subject;
use crate::companies;
use crate::error::Error;
use crate::id::{CompanyId, MessageId, SubscriptionTypeId, TagId, WorkspaceId};
use crate::lists;
use crate::people::{self, Meant};
use crate::run;
use crate::segments::{self, Predicate, audience};
use crate::server::dates::Dates;
use crate::server::db::{Conn, Db};
use crate::stream;
use crate::tags;
use crate::time::Time;
use crate::ui::markdown;

fn brief(known: &segments::Known, dates: &Dates, row: &Row) -> Brief {
    let audience = match row.whom() {
        Whom::Chosen | Whom::One => match row.chosen().len() {
            1 => "1 person chosen".to_owned(),
            n => format!("{n} people chosen"),
        },
        _ => {
            let rule = row.predicate().and_then(|predicate| {
                Ok(segments::resolve(known, Subject::Contact, None, &predicate)?)
            });
            match rule {
                Ok(rule) => segments::sentence(known, Subject::Contact, &rule),
                Err(error) => format!("Matches nobody any more: {}", error.sentence()),
            }
        }
    };
    let goal = match row.goal() {
        None => String::new(),
        Some(goal) => {
            let rule = Predicate::parse(&goal.rule)
                .and_then(|predicate| segments::resolve(known, Subject::Contact, None, &predicate));
            let said = match rule {
                Ok(rule) => {
                    let said = segments::sentence(known, Subject::Contact, &rule);
                    said.trim_start_matches("People where ").trim_end_matches('.').to_owned()
                }
                Err(faults) => {
                    format!("Nobody can reach it any more: {}", faults.first().message)
                }
            };
            let days = if goal.days == 1 { "a day".into() } else { format!("{} days", goal.days) };
            format!("{said}, within {days} of receipt")
        }
    };
    let ahead = row.starts_at > dates.now() && !row.state().is_over();
    Brief {
        id: row.id,
        name: row.name.clone(),
        state: row.state(),
        channel: row.channel(),
        audience,
        set_off: row.again().map(|again| again.said()).unwrap_or_default(),
        begins: ahead.then(|| dates.short(row.starts_at)),
        measured: row.measured(),
        goal,
        counts: Default::default(),
    }
}

/// The messages of a workspace that are looked for.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn list(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    sought: &Sought,
) -> Result<Messages, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let known = segments::known(c, workspace).await?;
    let mut counted = counts(c, workspace, None).await?;
    let mut rows = all(c, workspace).await?;
    let total = rows.len() as i64;
    rows.retain(|row| sought.means(&row.name, &row.subject, row.state(), row.channel()));
    let one = |row: &Row| {
        let counts = counted.remove(&row.id).unwrap_or_default();
        Brief { counts, ..brief(&known, dates, row) }
    };
    Ok(Messages { seq, total, all: rows.iter().map(one).collect() })
}

/// A connection to read one message with: where that counts the people of its rule, who wrote that decides how long it takes,
/// so that it gets [`segments::LONGEST`].
///
/// # Errors
/// As [`Db::read`] and [`Db::read_within`].
pub async fn reader(db: &Db, workspace: WorkspaceId, id: MessageId) -> Result<Conn, Error> {
    let mut c = db.read().await?;
    match find(&mut c, workspace, id).await? {
        Some(row) if is_counted(&row) => db.read_within(segments::LONGEST).await,
        _ => Ok(c),
    }
}

/// Whether the people of a message's rule are counted: nobody keeps who they are yet.
fn is_counted(row: &Row) -> bool {
    row.state() == State::Draft && !row.whom().is_named()
}

/// One message; `None` where there is none. `mail`: whether e-mail is set up. Where there is no time to count its people, their
/// number is left out.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn detail(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    id: MessageId,
    mail: bool,
) -> Result<Option<Detail>, Error> {
    let seq = stream::last_seq(c, workspace).await?;
    let Some(row) = find(c, workspace, id).await? else { return Ok(None) };
    let known = segments::known(c, workspace).await?;
    let counts = counts(c, workspace, Some(id)).await?.remove(&id).unwrap_or_default();
    let brief = Brief { counts, ..brief(&known, dates, &row) };
    let tag = |id: TagId| known.tags.get(&id).cloned().unwrap_or_default();
    let switches = Switches {
        opt_in: tag(row.opt_in_tag),
        opt_out: tag(row.opt_out_tag),
        exit: tag(row.exit_tag),
    };
    let author = known.teammates.get(&row.author_id).cloned().unwrap_or_default();
    let mut fault = String::new();
    let mut reach = None;
    if matches!(row.state(), State::Running | State::Paused) && row.segment_id.0 > 0 {
        // It is kept, so that nobody need be counted.
        let sql = "select members, fault from segments where workspace_id = $1 and id = $2";
        let kept: Option<(i64, String)> = run!(c, |x| {
            sqlx::query_as::<_, (i64, String)>(sql)
                .bind(workspace)
                .bind(row.segment_id)
                .fetch_optional(x)
        })?;
        if let Some((members, why)) = kept {
            (reach, fault) = (Some((members, false)), why);
        }
    }
    // Those whom the rule has now, with what its tags do.
    let matching = match reach {
        Some(_) if fault.is_empty() => list_of(&row.effective()?),
        _ => String::new(),
    };
    let rule = if is_counted(&row) { Some(row.effective()?) } else { None };
    let form = |at: Time| if at.0 > 0 { dates.field(at) } else { String::new() };
    let chosen = row.chosen();
    let people: Vec<_> = chosen.iter().map(ToString::to_string).collect();
    let mut out = Detail {
        seq,
        version: row.version,
        author,
        whom: row.whom(),
        named: chosen.len() as i64,
        company: firm(c, workspace, row.company()).await?,
        people: people.join(","),
        switches,
        starts: form(row.starts_at),
        stops: form(row.stops_at),
        when: row.when(),
        zone: row.zone(),
        time_zone: dates.zone_name(),
        per_company: asked(&row).then(|| row.per_company()),
        again: row.again(),
        goal: row.goal(),
        about: row.type_id,
        types: used(c, workspace, row.type_id).await?,
        reach,
        matching,
        filling: filling(c, workspace, &row).await?,
        days: days(c, dates, workspace, &row).await?,
        files: attachments::of_message(c, workspace, id).await?,
        fault,
        tags: tags::names(c, workspace).await?,
        mail,
        findings: match row.state() {
            State::Draft => review(row.channel(), &row.subject, &row.body),
            _ => Vec::new(),
        },
        said: if row.state().is_over() || row.whom() == Whom::One {
            markdown::render(&row.body)
        } else {
            String::new()
        },
        subject: row.subject,
        body: row.body,
        rule: row.rule,
        brief,
    };
    // The last thing that is asked: nothing can be asked any more by a connection whose time is over.
    if let Some(rule) = rule {
        match audience::reach(c, workspace, &rule, dates.now()).await {
            Ok(found) => out.reach = Some(found),
            Err(Error::Invalid { message, .. }) => out.fault = message,
            Err(Error::Several(all)) => {
                out.fault = all.into_iter().next().map(|(_, why)| why).unwrap_or_default();
            }
            Err(Error::TooSlow) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(Some(out))
}

/// What the page of a new message needs to know. `mail`: whether e-mail is set up; `list`: the address of a list of people
/// who are meant, empty for none; `company`: the one on whose page it is begun, which a list of its people says too.
///
/// # Errors
/// As [`people::meant`].
pub async fn blank(
    c: &mut Conn,
    dates: &Dates,
    workspace: WorkspaceId,
    mail: bool,
    list: &str,
    company: Option<CompanyId>,
) -> Result<Blank, Error> {
    let (meant, company) = match list {
        "" => (None, company),
        list => {
            let asked: people::Asked = lists::asked_of(list);
            let meant = people::meant(c, workspace, &asked.filter, dates.now(), CHOSEN).await?;
            (Some(meant), company.or(asked.filter.company))
        }
    };
    let (rule, people) = match meant {
        None => (None, Vec::new()),
        Some(Meant::Rule(rule)) => (Some(rule.text()), Vec::new()),
        Some(Meant::People(people)) => (None, people),
    };
    let people: Vec<_> = people.iter().map(ToString::to_string).collect();
    Ok(Blank {
        rule,
        people: people.join(","),
        company: firm(c, workspace, company).await?,
        mail,
        time_zone: dates.zone_name(),
        types: used(c, workspace, SubscriptionTypeId(0)).await?,
        tags: tags::names(c, workspace).await?,
    })
}

/// A company with its name, where there is one.
async fn firm(
    c: &mut Conn,
    workspace: WorkspaceId,
    id: Option<CompanyId>,
) -> Result<Option<(CompanyId, String)>, Error> {
    let Some(id) = id else { return Ok(None) };
    let found = companies::find(c, workspace, id).await?;
    Ok(found.map(|company| (company.id, company.title())))
}

/// Whether the author of a message was asked how often it goes out to somebody in several companies: one that was begun on
/// a company's page is about that one.
fn asked(row: &Row) -> bool {
    let about_companies = row.per_company()
        || asks_of_companies(&row.rule, &row.body)
        || asks_of_companies("", &row.subject);
    about_companies && row.company().is_none()
}

/// The types that a message can belong to: those in use, and its own.
async fn used(
    c: &mut Conn,
    workspace: WorkspaceId,
    own: SubscriptionTypeId,
) -> Result<Vec<(SubscriptionTypeId, String)>, Error> {
    let all = types::all(c, workspace).await?;
    let used = all.into_iter().filter(|t| !t.archived || t.id == own);
    Ok(used.map(|t| (t.id, t.name)).collect())
}

async fn filling(
    c: &mut Conn,
    workspace: WorkspaceId,
    row: &Row,
) -> Result<Option<(i64, i64)>, Error> {
    let sql = "select done, total from segments where workspace_id = $1 and id = $2 and (judged = '' or filling <> '')";
    run!(c, |x| {
        sqlx::query_as::<_, (i64, i64)>(sql).bind(workspace).bind(row.segment_id).fetch_optional(x)
    })
}
