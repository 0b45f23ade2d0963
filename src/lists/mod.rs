//! What the lists of people and of companies share: addresses, pages, columns, selection.

pub mod api;
mod asked;
mod column;
#[cfg(feature = "ssr")]
mod store;
pub mod views;

pub use asked::{Asked, Filters, Sorts};
pub use column::Column;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{Cursor, Extras, Key, ROWS, asked_of, choose_columns, chosen_columns, columns};

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<R> {
    /// The number up to which this is true.
    pub seq: i64,
    /// What the rule says that filters it; empty where none does.
    pub said: String,
    /// How many match in all.
    pub total: i64,
    /// The chosen columns, in their order.
    pub columns: Vec<Column>,
    /// What stands on this page.
    pub rows: Vec<R>,
    /// What to ask for the next page, if there is one.
    pub next: Option<String>,
}

/// What is to be done with those selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Add the tag.
    Add,
    /// Take the tag off.
    Remove,
}
