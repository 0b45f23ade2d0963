//! Columns of a list.

use serde::{Deserialize, Serialize};

use super::Filters;

/// A column: a standard one by its word, or `a:NAME` for a custom attribute.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Column {
    /// Its word in addresses and settings.
    pub key: String,
    /// Its heading.
    pub label: String,
}

impl Column {
    /// Every standard column of a list, in the order in which they are offered.
    pub fn standard<F: Filters>() -> Vec<Self> {
        F::COLUMNS.iter().map(|(key, label)| Self::new(key, label)).collect()
    }

    /// The columns that a list has at first.
    pub fn at_first<F: Filters>() -> Vec<Self> {
        let mut all = Self::standard::<F>();
        all.retain(|c| F::AT_FIRST.contains(&c.key.as_str()));
        all
    }

    /// A column by its word and heading.
    pub fn new(key: &str, label: &str) -> Self {
        Self { key: key.into(), label: label.into() }
    }

    /// The column of a custom attribute; `label` is what people read, or empty.
    pub fn of_attribute(name: &str, label: &str) -> Self {
        Self::new(&format!("a:{name}"), if label.is_empty() { name } else { label })
    }

    /// The custom attribute that it shows.
    pub fn attribute(&self) -> Option<&str> {
        self.key.strip_prefix("a:")
    }
}
