//! Columns of the list of companies.

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
const STANDARD: [(&str, &str); 13] = [
    ("last_seen", "Last seen"),
    ("people", "People"),
    ("sessions", "Sessions"),
    ("plan", "Plan"),
    ("spend", "Spends a month"),
    ("since", "Customer since"),
    ("tags", "Tags"),
    ("size", "Size"),
    ("industry", "Industry"),
    ("website", "Website"),
    ("company_id", "Id"),
    ("owner", "Owner"),
    ("created", "First heard of"),
];

/// The columns of a teammate who chose none.
const AT_FIRST: [&str; 7] = ["last_seen", "people", "sessions", "plan", "spend", "since", "tags"];

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
