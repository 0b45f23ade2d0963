//! A tracking call read from JSON, with every refusal naming its field.

use serde_json::{Map, Value};

use super::context::context;
use super::moment::{self, Since};
use super::traits::{Group, Traits, contact_traits, group_traits};
use crate::contacts::{Context, Details, IdentityKind, is_email};
use crate::error::Error;
use crate::tags::clean_name;
use crate::time::Time;

/// How far ahead of our clock a sender's time may be; later ones become now plus this. A sender whose
/// `sentAt` is further off than this has a wrong clock, and its times are moved by the difference.
const SKEW: i64 = 5 * 60 * 1000;
/// The most bytes of one call.
const LARGEST: usize = 32 * 1024;

/// One call, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The customer's own id of the user.
    pub user_id: Option<String>,
    /// The id of a browser or device whose person is not known yet.
    pub anonymous_id: Option<String>,
    /// The sender's id of this call: the only thing that makes it a repetition.
    pub message_id: Option<String>,
    /// When it happened, by the sender's account, at most five minutes ahead of us.
    pub at: Time,
    /// When it reached us.
    pub received: Time,
    /// The browser, the address and the page, as far as the sender tells.
    pub context: Context,
    /// What it says.
    pub body: Body,
}

/// What a call says.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Facts about the person, and the companies that they name.
    Identify {
        /// The facts.
        details: Box<Details>,
        /// Companies among the traits.
        companies: Vec<Group>,
    },
    /// Something the person did.
    Track {
        /// The event's name.
        event: String,
        /// Its metadata, an object.
        properties: Value,
    },
    /// Something that a person did whom a file names by their address.
    Event {
        /// The address, in any case.
        email: String,
        /// `user` or `lead`, where the file says which of those with the address is meant.
        role: Option<String>,
        /// The event's name.
        event: String,
        /// Its metadata, an object.
        properties: Value,
    },
    /// The person looked at a page or a screen.
    Page,
    /// The person belongs to a company.
    Group(Box<Group>),
    /// Facts about a person, from a file: without a `userId` the e-mail address says who is meant.
    Person(Box<Person>),
    /// Facts about a company alone, from a file, and tags to add to it.
    Company(Box<Group>, Vec<String>),
    /// The person was called something else before.
    Alias {
        /// What they were called.
        previous_id: String,
    },
}

/// What a row of a file says of a person.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Person {
    /// `user` or `lead`.
    pub role: Option<String>,
    /// The facts.
    pub details: Details,
    /// Companies that they are in.
    pub companies: Vec<Group>,
    /// Names of tags to add.
    pub tags: Vec<String>,
}

impl Call {
    /// Whom it is about.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it names nobody.
    pub fn identity(&self) -> Result<(IdentityKind, &str), Error> {
        match (&self.user_id, &self.anonymous_id) {
            (Some(id), _) => Ok((IdentityKind::ExternalId, id)),
            (None, Some(id)) => Ok((IdentityKind::AnonymousId, id)),
            (None, None) => Err(Error::invalid("userId", "send userId or anonymousId")),
        }
    }

    /// Whether it says no more than that somebody did something: it makes nobody one with another, and counts no session.
    pub const fn only_acts(&self) -> bool {
        let named_once = self.user_id.is_none() || self.anonymous_id.is_none();
        matches!(self.body, Body::Track { .. }) && named_once
    }
}

/// What arrives around a call: when, and from which address where the sender is a browser.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// Our time.
    pub now: Time,
    /// The address of the browser that sent it; never a server's.
    pub browser: Option<std::net::IpAddr>,
    /// `sentAt` of the batch that it came in.
    pub sent_at: Option<Time>,
}

impl Arrival {
    /// At this moment, from a server or a file.
    pub const fn at(now: Time) -> Self {
        Self { now, browser: None, sent_at: None }
    }
}

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
