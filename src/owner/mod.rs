//! Whose profile it is: what notes, tags, data and streams belong to.

#[cfg(feature = "ssr")]
mod existing;

use serde::{Deserialize, Serialize};

use crate::id::{CompanyId, ContactId};
use crate::live::Topic;

/// A person or a company; written `contact-5` or `company-5` in forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Owner {
    /// A person.
    Contact(ContactId),
    /// A company.
    Company(CompanyId),
}

impl Owner {
    /// The word in the database.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Contact(_) => "contact",
            Self::Company(_) => "company",
        }
    }

    /// The number, whatever it is the number of.
    pub const fn number(self) -> i64 {
        match self {
            Self::Contact(id) => id.0,
            Self::Company(id) => id.0,
        }
    }

    /// The owner of this kind and number.
    pub fn new(kind: &str, number: i64) -> Option<Self> {
        match kind {
            "contact" => Some(Self::Contact(ContactId(number))),
            "company" => Some(Self::Company(CompanyId(number))),
            _ => None,
        }
    }
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.kind(), self.number())
    }
}

impl From<Owner> for String {
    fn from(owner: Owner) -> Self {
        owner.to_string()
    }
}

impl TryFrom<String> for Owner {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let found = text.split_once('-').and_then(|(kind, id)| Self::new(kind, id.parse().ok()?));
        found.ok_or_else(|| "owner: write contact-5 or company-5".into())
    }
}

impl Owner {
    /// The address of the profile.
    pub fn href(self) -> String {
        match self {
            Self::Contact(id) => format!("/contacts/{id}"),
            Self::Company(id) => format!("/companies/{id}"),
        }
    }

    /// What a page that shows the profile listens to.
    pub const fn topic(self) -> Topic {
        match self {
            Self::Contact(id) => Topic::Contact(id),
            Self::Company(id) => Topic::Company(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Owner;
    use crate::id::{CompanyId, ContactId};

    #[test]
    fn owners_are_written_and_read() {
        for owner in [Owner::Contact(ContactId(5)), Owner::Company(CompanyId(7))] {
            assert_eq!(Owner::try_from(owner.to_string()), Ok(owner));
        }
        for bad in ["", "contact", "contact-", "contact-x", "deal-5"] {
            assert!(Owner::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
