//! Columns of the list of people.

use serde::{Deserialize, Serialize};

use super::Sort;

/// A column: a standard one by its word, or `a:NAME` for a custom attribute.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Column {
    /// Its word in addresses and settings.
    pub key: String,
    /// Its heading.
    pub label: String,
}

/// Every standard column, in the order in which they are offered.
const STANDARD: [(&str, &str); 16] = [
    ("last_seen", "Last seen"),
    ("companies", "Companies"),
    ("tags", "Tags"),
    ("location", "Location"),
    ("sessions", "Sessions"),
    ("signed_up", "Signed up"),
    ("first_seen", "First seen"),
    ("created", "First heard of"),
    ("external_id", "Id"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("role", "Kind"),
    ("browser", "Browser"),
    ("os", "System"),
    ("language", "Language"),
    ("owner", "Owner"),
];

/// The columns of a teammate who chose none.
const AT_FIRST: [&str; 4] = ["last_seen", "companies", "tags", "location"];

impl Column {
    /// Every standard column.
    pub fn standard() -> Vec<Self> {
        let column = |(key, label): (&str, &str)| Self { key: key.into(), label: label.into() };
        STANDARD.into_iter().map(column).collect()
    }

    /// The column of a custom attribute; `label` is what people read, or empty.
    pub fn of_attribute(name: &str, label: &str) -> Self {
        let label = if label.is_empty() { name } else { label };
        Self { key: format!("a:{name}"), label: label.into() }
    }

    /// The columns that the list has at first.
    pub fn at_first() -> Vec<Self> {
        let mut all = Self::standard();
        all.retain(|c| AT_FIRST.contains(&c.key.as_str()));
        all
    }

    /// The custom attribute that it shows.
    pub fn attribute(&self) -> Option<&str> {
        self.key.strip_prefix("a:")
    }

    /// What a click on its heading sorts by, if it can.
    pub fn sort(&self) -> Option<Sort> {
        Sort::from_word(&self.key)
    }
}
