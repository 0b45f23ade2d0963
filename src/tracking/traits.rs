//! Traits: the names that the tracking specification and Intercom know, and the workspace's own.

use serde_json::{Map, Value};

use super::moment::{self, Since};
use crate::companies::{self, Gone};
use crate::contacts::{Details, is_email};
use crate::error::Error;

/// How deep objects among traits are flattened into dotted names.
const DEEPEST: usize = 4;
/// The most companies that one call names for a person.
const COMPANIES: usize = 50;

/// A company that a call names, with what it says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The customer's own id of the company.
    pub company_id: String,
    /// Facts about it.
    pub details: companies::Details,
}

/// What the traits of a person say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Traits {
    /// Facts about the person.
    pub details: Details,
    /// Companies that they belong to.
    pub companies: Vec<Group>,
    /// What cannot be taken without refusing the rest, each as its refusal: an e-mail address that is none.
    pub left_out: Vec<Error>,
}

/// Reads a person's traits: known names where they belong, the rest as custom attributes, objects flattened
/// into dotted names. `company` and `companies` are companies that the person belongs to.
///
/// # Errors
/// [`Error::Invalid`] names the trait that is refused.
pub fn contact_traits(field: &str, value: Option<&Value>) -> Result<Traits, Error> {
    let (mut details, mut groups) = (Details::default(), Vec::new());
    let mut left_out = Vec::new();
    let Some(object) = object(field, value)? else { return Ok(Traits::default()) };
    let mut names = [None, None];
    for (name, value) in object {
        let path = format!("{field}.{name}");
        match name.as_str() {
            "name" => details.name = Some(text(&path, value)?),
            "email" => {
                let email = text(&path, value)?;
                if email.is_empty() || is_email(&email) {
                    details.email = Some(email);
                } else {
                    let message = "send an address such as ada@example.com";
                    left_out.push(Error::invalid(&path, message));
                }
            }
            "phone" => details.phone = Some(text(&path, value)?),
            "avatar" => details.avatar = Some(text(&path, value)?),
            "language_override" => details.language_override = Some(text(&path, value)?),
            "createdAt" | "created_at" | "signed_up_at" => {
                details.signed_up_at = moment::read(&path, value, Since::Century)?;
            }
            "unsubscribed_from_emails" | "unsubscribedFromEmails" => {
                details.unsubscribed = Some(truth(&path, value)?);
            }
            "marked_email_as_spam" | "markedEmailAsSpam" => {
                details.complained = Some(truth(&path, value)?);
            }
            "company" if value.is_object() => groups.extend(nested_group(&path, value)?),
            "companies" if value.as_array().is_some_and(|a| a.iter().all(Value::is_object)) => {
                let companies = value.as_array().map_or(&[][..], Vec::as_slice);
                if companies.len() > COMPANIES {
                    let message = "send at most 50 companies at once";
                    return Err(Error::invalid(&path, message));
                }
                for company in companies {
                    groups.extend(nested_group(&path, company)?);
                }
            }
            _ => {
                if let Some(n) = ["firstName", "lastName"].iter().position(|n| n == name) {
                    names[n] = value.as_str().map(str::trim).filter(|t| !t.is_empty());
                }
                custom(&mut details.custom, &path, name, value, DEEPEST)?;
            }
        }
    }
    if details.name.is_none() {
        let full = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        details.name = (!full.is_empty()).then_some(full);
    }
    Ok(Traits { details, companies: groups, left_out })
}

fn nested_group(path: &str, value: &Value) -> Result<Option<Group>, Error> {
    let Some(object) = value.as_object() else { return Ok(None) };
    let id = ["company_id", "id", "name"].iter().find_map(|key| match object.get(*key) {
        Some(Value::String(s)) if !s.trim().is_empty() => Some(s.trim().to_owned()),
        Some(Value::Number(n)) => Some(n.to_string()),
        _ => None,
    });
    let id = id.ok_or_else(|| Error::invalid(format!("{path}.id"), "send the company's id"))?;
    group_traits(path, id, Some(value)).map(Some)
}

/// Reads a company's traits.
///
/// # Errors
/// [`Error::Invalid`] names the trait that is refused.
pub fn group_traits(
    field: &str,
    company_id: String,
    value: Option<&Value>,
) -> Result<Group, Error> {
    if company_id.chars().count() > 255 {
        return Err(Error::invalid(format!("{field}.id"), "send at most 255 characters"));
    }
    let mut details = companies::Details::default();
    for (name, value) in object(field, value)?.into_iter().flatten() {
        let path = format!("{field}.{name}");
        match name.as_str() {
            "id" | "company_id" => {}
            "name" => details.name = Some(text(&path, value)?),
            "plan" => details.plan = Some(text(&path, value)?),
            "website" => details.website = Some(text(&path, value)?),
            "industry" => details.industry = Some(text(&path, value)?),
            "monthlySpend" | "monthly_spend" => {
                let spend = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
                let spend = spend.filter(|s| s.abs() <= companies::MOST as f64);
                let refused = || Error::invalid(&path, "send a number within 2^53");
                match value {
                    Value::Null => details.gone.push(Gone::MonthlySpend),
                    _ => details.monthly_spend = Some(spend.ok_or_else(refused)?),
                }
            }
            "employees" | "size" => {
                let size = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
                let size = size.filter(|s| (0..=companies::MOST).contains(s));
                let refused = || Error::invalid(&path, "send a whole number from 0 to 2^53");
                match value {
                    Value::Null => details.gone.push(Gone::Size),
                    _ => details.size = Some(size.ok_or_else(refused)?),
                }
            }
            "createdAt" | "created_at" | "remote_created_at" => {
                details.remote_created_at = moment::read(&path, value, Since::Century)?;
                if value.is_null() {
                    details.gone.push(Gone::RemoteCreatedAt);
                }
            }
            _ => custom(&mut details.custom, &path, name, value, DEEPEST)?,
        }
    }
    Ok(Group { company_id, details })
}

fn object<'a>(
    field: &str,
    value: Option<&'a Value>,
) -> Result<Option<&'a Map<String, Value>>, Error> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(Error::invalid(field, "send an object")),
    }
}

fn truth(path: &str, value: &Value) -> Result<bool, Error> {
    value.as_bool().ok_or_else(|| Error::invalid(path, "send true or false"))
}

/// Text of at most 1,000 characters, trimmed; null takes it away, a number is its digits.
fn text(path: &str, value: &Value) -> Result<String, Error> {
    let text = match value {
        Value::Null => String::new(),
        Value::String(s) => s.trim().to_owned(),
        Value::Number(n) => n.to_string(),
        _ => return Err(Error::invalid(path, "send text")),
    };
    if text.chars().count() > 1_000 {
        return Err(Error::invalid(path, "send at most 1,000 characters"));
    }
    Ok(text)
}

fn custom(
    into: &mut Map<String, Value>,
    path: &str,
    name: &str,
    value: &Value,
    depth: usize,
) -> Result<(), Error> {
    if name.trim().is_empty() || name.chars().count() > 190 || name.chars().any(char::is_control) {
        return Err(Error::invalid(
            path,
            "a name has 1 to 190 characters and no control characters",
        ));
    }
    match value {
        Value::Object(object) if depth > 0 => {
            for (inner, value) in object {
                let (path, name) = (format!("{path}.{inner}"), format!("{name}.{inner}"));
                custom(into, &path, &name, value, depth - 1)?;
            }
        }
        Value::Object(_) => return Err(Error::invalid(path, "objects are too deep")),
        Value::Null => {
            into.insert(name.to_owned(), Value::Null);
        }
        _ => {
            // Read here too, so that a bad value is refused before anything is written.
            crate::attributes::read(path, name, value)?;
            into.insert(name.to_owned(), value.clone());
        }
    }
    Ok(())
}
