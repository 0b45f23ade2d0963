//! Wording facts on the server.

use super::{Fact, web};
use crate::server::dates::Dates;
use crate::time::Time;

/// A fact that is text, unless it is empty.
pub fn text(label: &str, value: Option<&String>) -> Option<Fact> {
    let value = value.filter(|v| !v.is_empty())?.clone();
    Some(Fact { label: label.into(), value, ..Fact::default() })
}

/// Text that people want to copy.
pub fn copied(label: &str, value: Option<&String>) -> Option<Fact> {
    text(label, value).map(|fact| Fact { copy: true, ..fact })
}

/// Text that is an address where it looks like one.
pub fn linked(label: &str, value: Option<&String>) -> Option<Fact> {
    let fact = text(label, value)?;
    Some(Fact { link: web(&fact.value), ..fact })
}

/// A moment; the epoch is none.
pub fn moment(label: &str, at: Option<Time>, dates: &Dates) -> Option<Fact> {
    let at = dates.stamp(at.filter(|t| t.0 > 0)?);
    Some(Fact { label: label.into(), value: at.exact.clone(), at: Some(at), ..Fact::default() })
}
