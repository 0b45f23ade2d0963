//! Types of subscription: what e-mails are about, and what each person wants to hear of.

pub mod api;
#[cfg(feature = "ssr")]
mod chosen;
#[cfg(feature = "ssr")]
mod kept;
#[cfg(feature = "ssr")]
mod rest;

#[cfg(feature = "ssr")]
pub use chosen::{Said, choose, of_person, unsay, wanted};
#[cfg(feature = "ssr")]
pub use kept::{all, archive, counted, save, used};
#[cfg(feature = "ssr")]
pub use rest::router as rest;
use serde::{Deserialize, Serialize};

use crate::id::SubscriptionTypeId;
use crate::time::Stamp;

/// The longest name, in characters.
pub const NAME: usize = 60;
/// The longest description, in characters.
pub const DESCRIPTION: usize = 200;

/// Who gets e-mails of a type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Whoever has not said no.
    #[default]
    OptOut,
    /// Only who has said yes.
    OptIn,
}

impl Consent {
    /// Each with its word and what people read.
    pub const ALL: [(Self, &'static str, &'static str); 2] = [
        (Self::OptOut, "opt_out", "Everyone who has not said no"),
        (Self::OptIn, "opt_in", "Only who has said yes"),
    ];

    /// The word in the database and in forms.
    pub fn word(self) -> &'static str {
        if self == Self::OptIn { "opt_in" } else { "opt_out" }
    }

    /// What people read.
    pub fn said(self) -> &'static str {
        if self == Self::OptIn { Self::ALL[1].2 } else { Self::ALL[0].2 }
    }

    /// The one that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known, _)| *known == word).map(|(consent, ..)| consent)
    }
}

/// A type of subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Type {
    /// Which.
    pub id: SubscriptionTypeId,
    /// Its name, which customers read.
    pub name: String,
    /// What it is about, which customers read; may be empty.
    pub description: String,
    /// Who gets it.
    pub consent: Consent,
    /// Whether it is out of use.
    pub archived: bool,
}

/// What the settings of outbound messages show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// The number up to which this is true.
    pub seq: i64,
    /// The limits.
    pub limits: super::limits::Limits,
    /// The types, those in use first, by name, each with how many said that they want it and how many that they do not.
    pub types: Vec<(Type, (i64, i64))>,
}

/// How a person stands to a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Which type.
    pub id: SubscriptionTypeId,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// Whether they get it, as far as this type goes.
    pub wanted: bool,
    /// Who said so and when: `Ada Lovelace`, or nobody for themselves; nothing where nobody has.
    pub said: Option<(Option<String>, Stamp)>,
}

/// What a person wants to hear of by e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Whether they want no e-mail to many at all.
    pub unsubscribed: bool,
    /// Whether they marked an e-mail as spam, after which they get none either.
    pub complained: bool,
    /// Whether they have an e-mail address.
    pub has_email: bool,
    /// Each type in use.
    pub types: Vec<Choice>,
}
