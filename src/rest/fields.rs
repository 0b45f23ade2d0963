//! Reading the fields of what a caller sent: each refusal names its field.

use serde_json::{Map, Value};

use crate::error::Error;
use crate::time::Time;

/// The last second that a moment may have: near the end of the year 9999, which in every time zone is one.
const LAST: i64 = 253_402_207_200;

/// Text of at most `most` characters, trimmed. Null is empty text, which takes a value away; a number is its digits.
///
/// # Errors
/// [`Error::Invalid`] for anything else.
pub fn text(sent: &Map<String, Value>, field: &str, most: usize) -> Result<Option<String>, Error> {
    let text = match sent.get(field) {
        None => return Ok(None),
        Some(Value::Null) => String::new(),
        Some(Value::String(s)) => s.trim().to_owned(),
        Some(Value::Number(n)) => n.to_string(),
        Some(_) => return Err(Error::invalid(field, "send text")),
    };
    if text.chars().count() > most {
        return Err(Error::invalid(field, format!("send at most {most} characters")));
    }
    Ok(Some(text))
}

/// A moment as Unix seconds, as a number or as digits; null is none.
///
/// # Errors
/// [`Error::Invalid`] for what is not a second between 1970 and 9999.
pub fn seconds(sent: &Map<String, Value>, field: &str) -> Result<Option<Time>, Error> {
    let seconds = match sent.get(field) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(n)) => n.as_i64(),
        Some(Value::String(s)) => s.trim().parse().ok(),
        Some(_) => None,
    };
    let fits = seconds.filter(|s| (0..=LAST).contains(s));
    let refused = || Error::invalid(field, "send Unix seconds, such as 1772366400");
    fits.map(|s| Some(Time(s * 1000))).ok_or_else(refused)
}

/// True or false; null is none.
///
/// # Errors
/// [`Error::Invalid`] for anything else.
pub fn boolean(sent: &Map<String, Value>, field: &str) -> Result<Option<bool>, Error> {
    match sent.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(b)) => Ok(Some(*b)),
        Some(_) => Err(Error::invalid(field, "send true or false")),
    }
}

/// An object; null and nothing are an empty one.
///
/// # Errors
/// [`Error::Invalid`] for anything else.
pub fn object(sent: &Map<String, Value>, field: &str) -> Result<Map<String, Value>, Error> {
    match sent.get(field) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object.clone()),
        Some(_) => Err(Error::invalid(field, "send an object")),
    }
}

/// Refuses names that no attribute can have.
///
/// # Errors
/// [`Error::Invalid`] names the one.
pub fn names(custom: &Map<String, Value>) -> Result<(), Error> {
    let fits = |name: &String| {
        !name.trim().is_empty()
            && name.chars().count() <= 190
            && !name.chars().any(char::is_control)
    };
    match custom.keys().find(|name| !fits(name)) {
        None => Ok(()),
        Some(name) => Err(Error::invalid(
            format!("custom_attributes.{name}"),
            "a name has 1 to 190 characters and no control characters",
        )),
    }
}

/// The number that an id of decimal digits is; nothing has any other.
///
/// # Errors
/// [`Error::NotFound`] for what is not one.
pub fn decimal_id(text: &str) -> Result<i64, Error> {
    let digits = !text.is_empty() && text.len() <= 16 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().ok_or(Error::NotFound)
}
