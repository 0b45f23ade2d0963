//! A draft as a program sends it.

use serde_json::{Map, Value};

use crate::contacts::of_public_id;
use crate::error::Error;
use crate::id::{CompanyId, SubscriptionTypeId};
use crate::messenger::Hours;
use crate::outbound::{Again, Channel, Detail, Draft, Goal, LONGEST, Switches, When, Whom, Zone};
use crate::rest;
use crate::segments::Predicate;
use crate::server::dates::Dates;

/// What can be changed once it was started.
const LATER: [&str; 9] = [
    "name",
    "subject",
    "body",
    "stops_at",
    "hours",
    "zone",
    "subscription_type_id",
    "opt_out_tag",
    "version",
];

/// Refuses what a message that was started does not change any more. `opt_out`: the name of its opt-out tag, empty for none.
///
/// # Errors
/// [`Error::Invalid`] names the field.
pub fn still(sent: &Map<String, Value>, opt_out: &str) -> Result<(), Error> {
    let tag = sent.get("opt_out_tag").map(|tag| tag.as_str().unwrap_or_default().trim());
    if !opt_out.is_empty() && tag.is_some_and(|tag| tag != opt_out) {
        let message = "a message that was started keeps the opt-out tag that it has";
        return Err(Error::invalid("opt_out_tag", message));
    }
    match sent.keys().find(|field| !LATER.contains(&field.as_str())) {
        None => Ok(()),
        Some(field) => {
            let message = "only name, subject, body, stops_at, hours, zone, subscription_type_id and a missing opt_out_tag change once it was started";
            Err(Error::invalid(field, message))
        }
    }
}

/// What a new one is where nothing is said.
pub fn blank() -> Draft {
    Draft {
        name: String::new(),
        channel: Channel::Chat,
        subject: String::new(),
        body: String::new(),
        whom: Whom::Later,
        rule: Predicate::default(),
        people: String::new(),
        company: None,
        switches: Switches::default(),
        starts: String::new(),
        stops: String::new(),
        when: When::Always,
        zone: Zone::Workspace,
        per_company: None,
        about: SubscriptionTypeId(0),
        measured: true,
        again: Again::default(),
        goal: None,
    }
}

/// One as it is.
pub fn kept(found: Detail) -> Result<Draft, Error> {
    Ok(Draft {
        rule: Predicate::parse(&found.rule)?,
        name: found.brief.name,
        channel: found.brief.channel,
        subject: found.subject,
        body: found.body,
        whom: found.whom,
        people: found.people,
        company: found.company.map(|(id, _)| id),
        switches: found.switches,
        starts: found.starts,
        stops: found.stops,
        when: found.when,
        zone: found.zone,
        per_company: found.per_company,
        about: found.about,
        // Only e-mail is measured: one that becomes an e-mail is, unless it is said otherwise.
        measured: found.brief.measured || found.brief.channel.in_app(),
        again: found.again.unwrap_or_default(),
        goal: found.goal,
    })
}

/// A draft with what was sent in the place of what it says.
pub fn drafted(dates: &Dates, sent: &Map<String, Value>, before: Draft) -> Result<Draft, Error> {
    let text = |field: &str, before: String| {
        Ok::<_, Error>(rest::text(sent, field, LONGEST)?.unwrap_or(before))
    };
    let moment = |field: &str, before: String| {
        if !sent.contains_key(field) {
            return Ok::<_, Error>(before);
        }
        let at = rest::seconds(sent, field)?;
        Ok(at.map_or_else(String::new, |at| dates.field(at)))
    };
    let switches = before.switches;
    Ok(Draft {
        name: text("name", before.name)?,
        channel: word(sent, "channel", before.channel, Channel::from_word, "chat, post or email")?,
        subject: text("subject", before.subject)?,
        body: text("body", before.body)?,
        whom: word(
            sent,
            "audience",
            before.whom,
            |word| Whom::from_word(word).filter(|whom| *whom != Whom::One),
            "later, all, now, event or chosen",
        )?,
        rule: match sent.get("rule") {
            Some(rule) => Predicate::read(rule)?,
            None => before.rule,
        },
        people: match sent.get("contacts") {
            Some(people) => numbers(people)?,
            None => before.people,
        },
        company: company(sent, before.company)?,
        switches: Switches {
            opt_in: text("opt_in_tag", switches.opt_in)?,
            opt_out: text("opt_out_tag", switches.opt_out)?,
            exit: text("exit_tag", switches.exit)?,
        },
        starts: moment("starts_at", before.starts)?,
        stops: moment("stops_at", before.stops)?,
        when: hours(sent)?.unwrap_or(before.when),
        zone: word(sent, "zone", before.zone, Zone::from_word, "workspace or person")?,
        per_company: rest::boolean(sent, "per_company")?.or(before.per_company),
        about: match rest::text(sent, "subscription_type_id", 20)? {
            None => before.about,
            Some(id) if id.is_empty() => SubscriptionTypeId(0),
            Some(id) => SubscriptionTypeId(rest::decimal_id(&id).map_err(|_| {
                Error::invalid("subscription_type_id", "no type of subscription has this id")
            })?),
        },
        measured: rest::boolean(sent, "measured")?.unwrap_or(before.measured),
        again: again(sent, before.again)?,
        goal: match sent.get("goal") {
            None => before.goal,
            Some(Value::Null) => None,
            Some(goal) => Some(aim(goal)?),
        },
    })
}

/// Of which company of theirs it is to say something; null for none in particular.
fn company(
    sent: &Map<String, Value>,
    before: Option<CompanyId>,
) -> Result<Option<CompanyId>, Error> {
    match sent.get("company_id") {
        None => Ok(before),
        Some(Value::Null) => Ok(None),
        Some(id) => {
            let refused = || Error::invalid("company_id", "send the id of a company");
            let id = id.as_str().ok_or_else(refused)?;
            rest::decimal_id(id).map(|id| Some(CompanyId(id))).map_err(|_| refused())
        }
    }
}

/// What sets it off, and how often at most.
fn again(sent: &Map<String, Value>, before: Again) -> Result<Again, Error> {
    let whole = |field: &str, empty: i64, before: i64| match sent.get(field) {
        None => Ok(before),
        Some(Value::Null) => Ok(empty),
        Some(n) => n.as_i64().ok_or_else(|| Error::invalid(field, "send a whole number")),
    };
    Ok(Again {
        event: rest::text(sent, "event", LONGEST)?.unwrap_or(before.event),
        hours: whole("every_hours", Again::default().hours, before.hours)?,
        most: whole("most", 0, before.most)?,
    })
}

/// `{"rule": …, "days": 7}`.
fn aim(goal: &Value) -> Result<Goal, Error> {
    let rule = goal.get("rule").ok_or_else(|| {
        Error::invalid(
            "goal",
            "send {\"rule\": {\"version\": 1, \"rule\": …}, \"days\": 7}, or null for none",
        )
    })?;
    let rule = Predicate::read(rule).map_err(|faults| Error::from(faults).of_field("goal"))?;
    let days = goal.get("days").and_then(Value::as_i64).unwrap_or(-1);
    Goal { rule: rule.text(), days }.checked()
}

fn word<T>(
    sent: &Map<String, Value>,
    field: &str,
    before: T,
    of: fn(&str) -> Option<T>,
    known: &str,
) -> Result<T, Error> {
    match rest::text(sent, field, 20)? {
        None => Ok(before),
        Some(word) => of(&word).ok_or_else(|| Error::invalid(field, format!("send {known}"))),
    }
}

/// `always`, `office`, or hours of the week as they are answered.
fn hours(sent: &Map<String, Value>) -> Result<Option<When>, Error> {
    let refused = || {
        let message = "send always, office, or a list such as [{\"day\": 0, \"from\": 540, \"to\": 1020}]: days from 0 for Monday, minutes of the day";
        Error::invalid("hours", message)
    };
    match sent.get("hours") {
        None => Ok(None),
        Some(Value::String(word)) if word == "always" => Ok(Some(When::Always)),
        Some(Value::String(word)) if word == "office" => Ok(Some(When::Office)),
        Some(list) => {
            let hours: Vec<Hours> = serde_json::from_value(list.clone()).map_err(|_| refused())?;
            let days: Vec<_> = hours.iter().map(|h| h.day).collect();
            let fits = hours.iter().all(|h| h.day < 7 && h.from < h.to && h.to <= 1_440)
                && !days.is_empty()
                && days.is_sorted_by(|a, b| a < b);
            fits.then_some(Some(When::Hours(hours))).ok_or_else(refused)
        }
    }
}

fn numbers(people: &Value) -> Result<String, Error> {
    let refused = |n: usize| Error::invalid(format!("contacts[{n}]"), "send the id of a contact");
    let list = people.as_array().ok_or_else(|| Error::invalid("contacts", "send a list of ids"))?;
    let one = |(n, id): (usize, &Value)| {
        let id = id.as_str().and_then(|id| of_public_id(id).ok());
        id.map(|id| id.to_string()).ok_or_else(|| refused(n))
    };
    Ok(list.iter().enumerate().map(one).collect::<Result<Vec<_>, _>>()?.join(","))
}

/// A refusal under the name that the field was sent by.
pub fn as_sent(error: Error) -> Error {
    let name = match &error {
        Error::Invalid { field, .. } => match field.as_str() {
            "starts" => "starts_at",
            "stops" => "stops_at",
            "people" => "contacts",
            "opt_in" => "opt_in_tag",
            "opt_out" => "opt_out_tag",
            "exit" => "exit_tag",
            "about" => "subscription_type_id",
            "every" => "every_hours",
            "goal_days" => "goal",
            _ => return error,
        },
        _ => return error,
    };
    error.of_field(name)
}
