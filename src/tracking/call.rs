//! A tracking call read from JSON, with every refusal naming its field.

use serde_json::{Map, Value};

use crate::contacts::IdentityKind;
use crate::error::Error;
use crate::time::Time;

/// How far ahead of our clock a sender's time may be; later ones become now plus this.
const AHEAD: i64 = 5 * 60 * 1000;

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
    /// What it says.
    pub body: Body,
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
}

/// What a call says.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Facts about the person.
    Identify {
        /// The facts: text, numbers, true or false.
        traits: Map<String, Value>,
    },
    /// Something the person did.
    Track {
        /// The event's name.
        event: String,
        /// Its metadata, an object.
        properties: Value,
    },
}

/// Reads a call of the named type (`identify` or `track`).
///
/// # Errors
/// [`Error::Invalid`] names the field that is refused and says what is expected.
pub fn parse(kind: &str, source: &Value, now: Time) -> Result<Call, Error> {
    let Some(object) = source.as_object() else {
        return Err(Error::invalid("body", "send a JSON object"));
    };
    if source.to_string().contains("\\u0000") {
        return Err(Error::invalid("body", "NUL characters are not accepted"));
    }
    let body = match kind {
        "identify" => Body::Identify { traits: traits(object.get("traits"))? },
        "track" => Body::Track {
            event: text(object, "event", 255)?
                .ok_or_else(|| Error::invalid("event", "name the event"))?,
            properties: properties(object.get("properties"))?,
        },
        _ => return Err(Error::invalid("type", "send identify or track")),
    };
    let user_id = text(object, "userId", 255)?;
    let anonymous_id = text(object, "anonymousId", 255)?;
    if user_id.is_none() && anonymous_id.is_none() {
        return Err(Error::invalid("userId", "send userId or anonymousId"));
    }
    Ok(Call {
        user_id,
        anonymous_id,
        message_id: text(object, "messageId", 255)?,
        at: time(object, now)?,
        received: now,
        body,
    })
}

/// Text of 1 to `most` characters; a number is taken as its digits, as official clients send ids so.
fn text(object: &Map<String, Value>, field: &str, most: usize) -> Result<Option<String>, Error> {
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

fn traits(value: Option<&Value>) -> Result<Map<String, Value>, Error> {
    let object = match value {
        None | Some(Value::Null) => return Ok(Map::new()),
        Some(Value::Object(object)) => object,
        Some(_) => return Err(Error::invalid("traits", "send an object")),
    };
    let mut kept = Map::new();
    for (name, value) in object {
        let field = || format!("traits.{name}");
        if name.trim().is_empty() || name.chars().count() > 190 {
            return Err(Error::invalid(field(), "a name has 1 to 190 characters"));
        }
        match value {
            Value::Null => continue,
            Value::Array(_) | Value::Object(_) => {
                return Err(Error::invalid(field(), "send text, a number or true or false"));
            }
            Value::Number(n)
                if n.as_f64().is_none_or(|f| f.abs() > 9_007_199_254_740_992.0) && !n.is_f64() =>
            {
                return Err(Error::invalid(field(), "a whole number must be within 2^53"));
            }
            Value::String(s) if s.chars().count() > 10_000 => {
                return Err(Error::invalid(field(), "send at most 10,000 characters"));
            }
            _ if matches!(name.as_str(), "name" | "email" | "phone") && !value.is_string() => {
                return Err(Error::invalid(field(), "send text"));
            }
            _ => {}
        }
        kept.insert(name.clone(), value.clone());
    }
    Ok(kept)
}

fn properties(value: Option<&Value>) -> Result<Value, Error> {
    match value {
        None | Some(Value::Null) => Ok(Value::Object(Map::new())),
        Some(Value::Object(_)) => Ok(value.cloned().unwrap_or_default()),
        Some(_) => Err(Error::invalid("properties", "send an object")),
    }
}

fn time(object: &Map<String, Value>, now: Time) -> Result<Time, Error> {
    let Some(sent) = object.get("timestamp").filter(|v| !v.is_null()) else {
        return Ok(now);
    };
    let refused =
        || Error::invalid("timestamp", "send an ISO 8601 time such as 2026-03-01T12:00:00Z");
    let at: jiff::Timestamp = sent.as_str().ok_or_else(refused)?.parse().map_err(|_| refused())?;
    Ok(Time(at.as_millisecond().min(now.plus(AHEAD).0)))
}
