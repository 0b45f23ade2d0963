//! The list of people: found, filtered, sorted, and changed many at a time.

pub mod api;
mod columns;
#[cfg(feature = "ssr")]
mod select;
#[cfg(feature = "ssr")]
mod store;
pub mod views;

pub use columns::Column;
#[cfg(feature = "ssr")]
pub use select::{asked_of, ids};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{choose_columns, chosen_columns, list, options};

use crate::error::Error;
use crate::id::{CompanyId, ContactId, SegmentId, TagId};
use crate::ui::{Cell, escape};

/// Which people are asked for; everything empty is everyone who is not archived.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Beginnings of words of the name, e-mail address, ids or telephone number; all of them must be there.
    pub find: String,
    /// Who has this tag.
    pub tag: Option<TagId>,
    /// Who is in this company.
    pub company: Option<CompanyId>,
    /// Who is in this segment.
    pub segment: Option<SegmentId>,
    /// For whom this rule holds, as the JSON text of one; empty for any.
    pub rule: String,
    /// Who was last seen in this country, by its two letters; empty for anywhere.
    pub country: String,
    /// The archive instead of the list.
    pub archived: bool,
}

/// What people are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// When they were last seen; never comes last.
    #[default]
    LastSeen,
    /// Their name; those without come first.
    Name,
    /// Their e-mail address; those without come first.
    Email,
    /// When we first heard of them.
    Created,
    /// When they signed up.
    SignedUp,
}

impl Sort {
    const ALL: [Self; 5] = [Self::LastSeen, Self::Name, Self::Email, Self::Created, Self::SignedUp];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LastSeen => "last_seen",
            Self::Name => "name",
            Self::Email => "email",
            Self::Created => "created",
            Self::SignedUp => "signed_up",
        }
    }

    /// The order that an address names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// Whether the first click shows the largest first: the newest, but A before Z.
    pub const fn descends(self) -> bool {
        !matches!(self, Self::Name | Self::Email)
    }
}

/// A page of the list, as an address asks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Who.
    pub filter: Filter,
    /// By what.
    pub sort: Sort,
    /// The other way round than the first click shows.
    pub reversed: bool,
    /// After this cursor, as [`People::next`] gave it.
    pub after: Option<String>,
}

impl Asked {
    /// Reads the query of an address; what makes no sense is left out.
    pub fn from_query(get: impl Fn(&str) -> Option<String>) -> Self {
        let number = |name: &str| get(name).and_then(|v| v.parse::<i64>().ok());
        let country = get("country").unwrap_or_default().to_uppercase();
        let letters = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        Self {
            filter: Filter {
                find: get("find").unwrap_or_default(),
                tag: number("tag").map(TagId),
                company: number("company").map(CompanyId),
                segment: number("segment").map(SegmentId),
                rule: get("rule").unwrap_or_default(),
                country: if letters { country } else { String::new() },
                archived: get("archived").is_some(),
            },
            sort: get("sort").and_then(|w| Sort::from_word(&w)).unwrap_or_default(),
            reversed: get("reversed").is_some(),
            after: get("after"),
        }
    }

    /// The address of this page.
    pub fn address(&self) -> String {
        let mut pairs = Vec::new();
        let mut add = |name: &str, value: String| pairs.push(format!("{name}={}", escape(&value)));
        let f = &self.filter;
        if !f.find.is_empty() {
            add("find", f.find.clone());
        }
        if let Some(tag) = f.tag {
            add("tag", tag.to_string());
        }
        if let Some(company) = f.company {
            add("company", company.to_string());
        }
        if let Some(segment) = f.segment {
            add("segment", segment.to_string());
        }
        if !f.rule.is_empty() {
            add("rule", f.rule.clone());
        }
        if !f.country.is_empty() {
            add("country", f.country.clone());
        }
        if f.archived {
            add("archived", "1".into());
        }
        if self.sort != Sort::default() {
            add("sort", self.sort.word().into());
        }
        if self.reversed {
            add("reversed", "1".into());
        }
        if let Some(after) = &self.after {
            add("after", after.clone());
        }
        if pairs.is_empty() { "/people".into() } else { format!("/people?{}", pairs.join("&")) }
    }
}

/// One person in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Who.
    pub id: ContactId,
    /// The name to show.
    pub title: String,
    /// The e-mail address, where it is not the title.
    pub email: Option<String>,
    /// A cell for each chosen column.
    pub cells: Vec<Cell>,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// The number up to which this is true.
    pub seq: i64,
    /// What the rule says that filters them; empty where none does.
    pub said: String,
    /// How many match in all.
    pub total: i64,
    /// The chosen columns, in their order.
    pub columns: Vec<Column>,
    /// The people of this page.
    pub rows: Vec<Row>,
    /// What to ask for the next page, if there is one.
    pub next: Option<String>,
}

/// What filters and columns offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Tags by name.
    pub tags: Vec<(TagId, String)>,
    /// The companies with the most people.
    pub companies: Vec<(CompanyId, String)>,
    /// Countries where people were last seen: two letters, and the name.
    pub countries: Vec<(String, String)>,
    /// Every column that can be chosen.
    pub columns: Vec<Column>,
}

/// What is to be done with people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Add the tag.
    Add,
    /// Take the tag off.
    Remove,
}

/// A limit on what one job takes.
pub const MOST: usize = 2_000_000;

/// The refusal of a job for nobody.
pub fn nobody() -> Error {
    Error::invalid("people", "select the people first")
}
