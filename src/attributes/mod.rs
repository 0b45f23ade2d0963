//! Data attributes: named, typed facts that a workspace keeps about people and companies.

#[cfg(feature = "ssr")]
mod amounts;
pub mod api;
#[cfg(feature = "ssr")]
mod choices;
#[cfg(feature = "ssr")]
mod definitions;
#[cfg(feature = "ssr")]
mod history;
#[cfg(feature = "ssr")]
mod many;
#[cfg(feature = "ssr")]
mod overview;
#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
mod shown;
#[cfg(feature = "ssr")]
mod standard;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
mod typed;
#[cfg(feature = "ssr")]
mod values;
pub mod views;

#[cfg(feature = "ssr")]
pub(crate) use amounts::{currencies, in_currency, is_number};
#[cfg(feature = "ssr")]
pub(crate) use choices::kept as kept_choices;
#[cfg(feature = "ssr")]
pub use definitions::{Definition, Description, declare, definition, definitions, describe};
#[cfg(feature = "ssr")]
pub use history::history;
#[cfg(feature = "ssr")]
pub use many::values_of_many;
#[cfg(feature = "ssr")]
pub use overview::overview;
#[cfg(feature = "ssr")]
pub use reading::{Reading, read};
#[cfg(feature = "ssr")]
pub use rest::router as rest;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use shown::data;
#[cfg(feature = "ssr")]
pub use store::{Changes, Writer, set, set_new};
#[cfg(feature = "ssr")]
pub use typed::typed;
#[cfg(feature = "ssr")]
pub use values::values;

use crate::id::AttributeId;
use crate::time::Stamp;
use crate::words::words;

/// What an attribute describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A person.
    Contact,
    /// A company.
    Company,
}

impl Subject {
    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Company => "company",
        }
    }

    /// The one that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Contact, Self::Company].into_iter().find(|s| s.word() == word)
    }
}

words! {
    /// The type of an attribute's values.
    DataType {
        /// Text.
        String = "string", "Text";
        /// A whole number within 2^53.
        Integer = "integer", "Whole number";
        /// A number.
        Float = "float", "Number";
        /// True or false.
        Boolean = "boolean", "Yes or no";
        /// A moment, kept as milliseconds UTC beside the text that was sent.
        Date = "date", "Date";
    }
}

impl DataType {
    /// The narrowest type that holds both: integers fit floats, everything fits text.
    #[must_use]
    pub fn widened(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Integer, Self::Float) | (Self::Float, Self::Integer) => Self::Float,
            _ => Self::String,
        }
    }

    /// Whether a value of `other` may stand in an attribute of this type.
    pub fn holds(self, other: Self) -> bool {
        self == Self::String || self.widened(other) == self
    }
}

/// One value of a subject, as a page shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The attribute's name, as it is sent.
    pub name: String,
    /// What people read instead, or empty.
    pub label: String,
    /// The attribute's type.
    pub data_type: DataType,
    /// Numbers, truths (0 or 1) and dates (milliseconds UTC).
    pub number: Option<f64>,
    /// The value as text.
    pub text: String,
    /// Whether teammates may change it.
    pub editable: bool,
    /// What teammates choose from; nothing where they write what they like.
    pub options: Vec<String>,
}

/// One attribute of someone, as it is shown and edited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Datum {
    /// The attribute's value; with empty text where there is none, but something to choose from.
    pub value: Value,
    /// The moment that it is, if it is a date.
    pub at: Option<Stamp>,
    /// The amount with its currency, where another attribute says in which it is.
    pub money: Option<String>,
}

/// What an attribute was at some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// When it became this.
    pub at: Stamp,
    /// What it became; `None` when it was taken away.
    pub value: Option<String>,
    /// The teammate who changed it; nobody when it came from the product.
    pub by: Option<String>,
}

/// An attribute with what the settings say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Which.
    pub id: AttributeId,
    /// What it describes.
    pub subject: Subject,
    /// Its name, as it is sent.
    pub name: String,
    /// What people read instead, or empty.
    pub label: String,
    /// What it means, or empty.
    pub description: String,
    /// The type of its values.
    pub data_type: DataType,
    /// What teammates choose from; nothing where they write what they like.
    pub options: Vec<String>,
    /// Whether the customer's product may write it.
    pub api_writable: bool,
    /// Whether the Messenger may.
    pub messenger_writable: bool,
    /// Whether teammates may.
    pub ui_writable: bool,
    /// When it was put away, if it is.
    pub archived: Option<Stamp>,
    /// When it was first heard of.
    pub since: Stamp,
    /// How many have a value, counted up to [`COUNTED`].
    pub count: u32,
}

/// From how many values on they are no longer counted.
pub const COUNTED: u32 = 10_000;

/// A workspace's own attributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// The number up to which this is true.
    pub seq: i64,
    /// All of them, archived ones too, by name.
    pub all: Vec<Attribute>,
}

#[cfg(test)]
mod tests {
    use super::DataType::{Boolean, Date, Float, Integer, String};

    #[test]
    fn types_widen_to_the_narrowest_that_holds_both() {
        assert_eq!(Integer.widened(Float), Float);
        assert_eq!(Float.widened(Integer), Float);
        assert_eq!(Boolean.widened(Integer), String);
        assert_eq!(Date.widened(String), String);
        assert!(Float.holds(Integer) && !Integer.holds(Float));
        assert!(String.holds(Date) && !Date.holds(String));
    }
}
