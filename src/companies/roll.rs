//! Which people of a company are asked for, and in which order.

use serde::{Deserialize, Serialize};

/// What the people of a company are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Who was seen last comes first.
    #[default]
    LastSeen,
    /// By name.
    Name,
    /// Who came most often comes first.
    Sessions,
}

impl Order {
    /// Every order with its word in addresses and its name.
    pub const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::LastSeen, "last_seen", "Last seen"),
        (Self::Name, "name", "Name"),
        (Self::Sessions, "sessions", "Sessions"),
    ];

    /// The order that an address names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, w, _)| *w == word).map(|(o, ..)| o)
    }

    /// Whether the first click shows the largest first: the latest, but A before Z.
    pub const fn descends(self) -> bool {
        !matches!(self, Self::Name)
    }

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(o, ..)| *o == self).map_or("last_seen", |(_, w, _)| w)
    }
}

/// Which people of a company are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Roll {
    /// Beginnings of words of the name, e-mail address or id; all of them must be there.
    pub find: String,
    /// By what.
    pub order: Order,
    /// The other way round.
    pub reversed: bool,
    /// Which page of 50, from 0 on.
    pub page: i64,
}
