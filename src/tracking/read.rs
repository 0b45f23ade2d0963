//! A tracking call read from JSON, with every refusal naming its field.

use serde_json::{Map, Value};

use super::context::context;
use super::moment::{self, Since};
use super::traits::{Traits, contact_traits, group_traits};
use super::{Arrival, Body, Call, Person};
use crate::contacts::is_email;
use crate::error::Error;
use crate::tags::clean_name;
use crate::time::Time;

/// How far ahead of our clock a sender's time may be; later ones become now plus this. A sender whose
/// `sentAt` is further off than this has a wrong clock, and its times are moved by the difference.
const SKEW: i64 = 5 * 60 * 1000;
/// The most bytes of one call.
const LARGEST: usize = 32 * 1024;

/// A call as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// What is taken.
    pub call: Call,
    /// What was left out of it, each as its refusal.
    pub left_out: Vec<Error>,
}

/// Reads a call of the named type, of which nothing may be left out.
///
/// # Errors
/// As [`read`], and for what that leaves out.
pub fn parse(kind: &str, source: &Value, arrival: Arrival) -> Result<Call, Error> {
    let Read { call, left_out } = read(kind, source, arrival)?;
    left_out.into_iter().next().map_or(Ok(call), Err)
}

/// Reads a call of the named type. An e-mail address that is none is left out: the rest of what a sender says is true
/// all the same, and is not sent again.
///
/// # Errors
/// [`Error::Invalid`] names the field that is refused and says what is expected.
pub fn read(kind: &str, source: &Value, arrival: Arrival) -> Result<Read, Error> {
    let Some(object) = source.as_object() else {
        return Err(Error::invalid("body", "send a JSON object"));
    };
    if source.to_string().len() > LARGEST {
        return Err(Error::invalid("body", "send at most 32 KB a call"));
    }
    crate::rest::plain(source)?;
    let mut left_out = Vec::new();
    let user_id = text_of(object, "userId", 255)?;
    let anonymous_id = text_of(object, "anonymousId", 255)?;
    let body = match kind {
        "identify" => {
            let traits = contact_traits("traits", object.get("traits"))?;
            left_out = traits.left_out;
            Body::Identify { details: Box::new(traits.details), companies: traits.companies }
        }
        "track" => {
            Body::Track { event: event(object)?, properties: properties(object.get("properties"))? }
        }
        "event" => Body::Event {
            email: email(object)?,
            role: role(object)?,
            event: event(object)?,
            properties: properties(object.get("properties"))?,
        },
        "page" | "screen" => Body::Page,
        "group" => {
            let id = text_of(object, "groupId", 255)?
                .ok_or_else(|| Error::invalid("groupId", "send the company's id"))?;
            Body::Group(Box::new(group_traits("traits", id, object.get("traits"))?))
        }
        "company" => {
            let id = text_of(object, "groupId", 255)?
                .ok_or_else(|| Error::invalid("groupId", "send the company's id"))?;
            let group = group_traits("traits", id, object.get("traits"))?;
            Body::Company(Box::new(group), tags(object)?)
        }
        "person" => Body::Person(Box::new(person(object, user_id.as_deref())?)),
        "alias" => Body::Alias {
            previous_id: text_of(object, "previousId", 255)?
                .ok_or_else(|| Error::invalid("previousId", "send the id used before"))?,
        },
        _ => {
            let known = "send identify, track, page, screen, group or alias";
            return Err(Error::invalid("type", known));
        }
    };
    let from_file = matches!(kind, "company" | "person" | "event");
    if !from_file && user_id.is_none() && (anonymous_id.is_none() || kind == "alias") {
        return Err(Error::invalid("userId", "send userId or anonymousId"));
    }
    let call = Call {
        user_id,
        anonymous_id,
        message_id: text_of(object, "messageId", 255)?,
        at: time(object, arrival)?,
        received: arrival.now,
        context: context(object, arrival.browser)?,
        body,
    };
    Ok(Read { call, left_out })
}

/// Text of 1 to `most` characters; a number is taken as its digits, as official clients send ids so.
pub(super) fn text_of(
    object: &Map<String, Value>,
    field: &str,
    most: usize,
) -> Result<Option<String>, Error> {
    let value = match object.get(field) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(s)) => s.trim().to_owned(),
        Some(Value::Number(n)) => n.to_string(),
        Some(_) => return Err(Error::invalid(field, "send text")),
    };
    if value.is_empty() {
        return Ok(None);
    }
    if value.chars().count() > most {
        return Err(Error::invalid(field, format!("send at most {most} characters")));
    }
    Ok(Some(value))
}

/// What a file says of a person; an e-mail address names them where no `userId` does.
fn person(object: &Map<String, Value>, user_id: Option<&str>) -> Result<Person, Error> {
    let Traits { details, companies, left_out } = contact_traits("traits", object.get("traits"))?;
    // A row is put aside whole, to be mended and sent again.
    if let Some(refusal) = left_out.into_iter().next() {
        return Err(refusal);
    }
    let role = role(object)?;
    let address = details.email.as_deref().unwrap_or_default();
    match user_id {
        Some(_) if role.as_deref() == Some("lead") => {
            let message = "a lead has no user_id: leave it out, or say user";
            return Err(Error::invalid("contact_role", message));
        }
        None if address.is_empty() => {
            return Err(Error::invalid("userId", "send a user_id or an email"));
        }
        _ => {}
    }
    Ok(Person { role, details, companies, tags: tags(object)? })
}

fn role(object: &Map<String, Value>) -> Result<Option<String>, Error> {
    let role = text_of(object, "role", 20)?;
    match role.as_deref() {
        Some("user" | "lead") | None => Ok(role),
        Some(_) => Err(Error::invalid("contact_role", "send user or lead")),
    }
}

/// The address that names a person where no id does.
fn email(object: &Map<String, Value>) -> Result<String, Error> {
    let email = text_of(object, "email", 1_000)?
        .ok_or_else(|| Error::invalid("userId", "send a user_id or an email"))?;
    match is_email(&email) {
        true => Ok(email),
        false => Err(Error::invalid("email", "send an address such as ada@example.com")),
    }
}

fn event(object: &Map<String, Value>) -> Result<String, Error> {
    let name = text_of(object, "event", 255)?;
    name.ok_or_else(|| Error::invalid("event", "name the event"))
}

/// The most tags of one row.
const TAGS: usize = 100;

fn tags(object: &Map<String, Value>) -> Result<Vec<String>, Error> {
    let names = object.get("tags").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if names.len() > TAGS {
        return Err(Error::invalid("tags", "send at most 100 tags"));
    }
    let clean = |name: &Value| {
        clean_name(name.as_str().unwrap_or_default()).map_err(|e| e.of_field("tags"))
    };
    names.iter().map(clean).collect()
}

fn properties(value: Option<&Value>) -> Result<Value, Error> {
    match value {
        None | Some(Value::Null) => Ok(Value::Object(Map::new())),
        Some(Value::Object(_)) => Ok(value.cloned().unwrap_or_default()),
        Some(_) => Err(Error::invalid("properties", "send an object")),
    }
}

/// A moment that a field names, if it is there.
///
/// # Errors
/// As [`moment::read`].
pub fn moment(object: &Map<String, Value>, field: &str) -> Result<Option<Time>, Error> {
    moment::read(field, object.get(field).unwrap_or(&Value::Null), Since::Epoch)
}

fn time(object: &Map<String, Value>, arrival: Arrival) -> Result<Time, Error> {
    let at = moment(object, "timestamp")?.or(moment(object, "originalTimestamp")?);
    let Some(at) = at else { return Ok(arrival.now) };
    let sent = moment(object, "sentAt")?.or(arrival.sent_at);
    let off = sent.map_or(0, |sent| arrival.now.0 - sent.0);
    let at = if off.abs() > SKEW { at.plus(off) } else { at };
    if at.0 < 0 {
        return Err(Error::invalid("sentAt", "send the sender's time, near that of the call"));
    }
    Ok(at.min(arrival.now.plus(SKEW)))
}
