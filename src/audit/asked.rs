//! What the address of the log asks for.

use super::Action;
use crate::error::Error;
use crate::id::TeammateId;

/// Whose changes the log shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Who {
    /// Everyone's.
    #[default]
    Everyone,
    /// Those that no teammate made, see [`super::OPERATOR`].
    Operator,
    /// A teammate's.
    Teammate(TeammateId),
}

impl Who {
    /// The word in addresses; empty for everyone.
    pub fn word(self) -> String {
        match self {
            Self::Everyone => String::new(),
            Self::Operator => "operator".into(),
            Self::Teammate(id) => id.to_string(),
        }
    }

    /// The one that a word of an address names.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "" => Some(Self::Everyone),
            "operator" => Some(Self::Operator),
            id => id.parse().ok().filter(|id: &TeammateId| id.0 > 0).map(Self::Teammate),
        }
    }

    /// The number in the log; none for everyone.
    pub const fn actor(self) -> Option<TeammateId> {
        match self {
            Self::Everyone => None,
            Self::Operator => Some(TeammateId(0)),
            Self::Teammate(id) => Some(id),
        }
    }
}

/// A part of the log, as an address asks for it; by default the newest of everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Whose changes.
    pub who: Who,
    /// Which; none for every one.
    pub action: Option<Action>,
    /// Those before this number of the log.
    pub before: Option<i64>,
}

impl Asked {
    /// The whole log.
    pub const PATH: &'static str = "/settings/audit";

    /// Reads the words of an address; empty ones ask for everything.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a word that means nothing: whoever follows a broken link must not take all for what it named.
    pub fn read(who: &str, action: &str, before: &str) -> Result<Self, Error> {
        let nobody = || Error::invalid("who", "choose somebody from the list");
        let nothing = || Error::invalid("action", "choose an action from the list");
        let nowhere = |_| Error::invalid("before", "follow a link of the list");
        Ok(Self {
            who: Who::from_word(who).ok_or_else(nobody)?,
            action: match action {
                "" => None,
                word => Some(Action::from_word(word).ok_or_else(nothing)?),
            },
            before: match before {
                "" => None,
                seq => Some(seq.parse().map_err(nowhere)?),
            },
        })
    }

    /// The address of this part.
    pub fn address(&self) -> String {
        let mut pairs = vec![
            ("who", self.who.word()),
            ("action", self.action.map_or("", Action::word).to_owned()),
            ("before", self.before.map(|seq| seq.to_string()).unwrap_or_default()),
        ];
        pairs.retain(|(_, value)| !value.is_empty());
        let pairs: Vec<_> =
            pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() {
            Self::PATH.into()
        } else {
            format!("{}?{}", Self::PATH, pairs.join("&"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Asked, Who};
    use crate::error::Error;
    use crate::id::TeammateId;

    #[test]
    fn an_address_says_what_is_asked() {
        let asked =
            Asked { who: Who::Operator, action: Some(Action::PasswordReset), before: Some(70) };
        assert_eq!(Asked::read("operator", "password_reset", "70"), Ok(asked));
        let address = "/settings/audit?who=operator&action=password_reset&before=70";
        assert_eq!(asked.address(), address);
        let ada = Asked { who: Who::Teammate(TeammateId(7)), ..Asked::default() };
        assert_eq!(Asked::read("7", "", ""), Ok(ada));
        assert_eq!(ada.address(), "/settings/audit?who=7");
        assert_eq!(Asked::read("", "", ""), Ok(Asked::default()));
        assert_eq!(Asked::default().address(), "/settings/audit");
    }

    #[test]
    fn nonsense_is_refused_by_its_name() {
        for who in ["0", "-7", "seven", "7x", "Operator"] {
            let Err(Error::Invalid { field, .. }) = Asked::read(who, "", "") else {
                panic!("{who}")
            };
            assert_eq!(field, "who");
        }
        assert!(Asked::read("", "dance", "").is_err());
        assert!(Asked::read("", "", "yesterday").is_err());
    }
}
