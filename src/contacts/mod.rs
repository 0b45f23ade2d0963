//! Contacts: the people on the customer's side, as users or leads.

#[cfg(feature = "ssr")]
mod store;

use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{find_by_external_id, find_or_create, identify, track};

use crate::id::ContactId;
use crate::time::Time;

/// A person as a list shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Contact {
    /// The person's number.
    pub id: ContactId,
    /// `user` or `lead`.
    pub role: String,
    /// The customer's own id of the person.
    pub external_id: Option<String>,
    /// The full name.
    pub name: Option<String>,
    /// The e-mail address as it was sent.
    pub email: Option<String>,
    /// The telephone number as it was sent.
    pub phone: Option<String>,
    /// When the person was last in the product.
    pub last_seen_at: Option<Time>,
}

/// Which of a sender's names for a person is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentityKind {
    /// The customer's own id of a signed-up user.
    ExternalId,
    /// A browser's or device's id before that.
    AnonymousId,
}

impl IdentityKind {
    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ExternalId => "external_id",
            Self::AnonymousId => "anonymous_id",
        }
    }
}
