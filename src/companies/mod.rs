//! Companies: the customers that people belong to.

#[cfg(feature = "ssr")]
mod listing;
#[cfg(feature = "ssr")]
mod members;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
mod store;

#[cfg(feature = "ssr")]
pub use listing::{Found, Place, listing, scroll};
#[cfg(feature = "ssr")]
pub(crate) use members::hand_over;
#[cfg(feature = "ssr")]
pub use members::{Joining, Membership, join, join_many, leave, of_contact};
#[cfg(feature = "ssr")]
pub use rest::router as rest;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{Details, find, find_by_company_id, find_or_create, update};

use crate::id::{CompanyId, TeammateId};
use crate::time::Time;

/// A company, as the database has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Company {
    /// The company's number.
    pub id: CompanyId,
    /// The customer's own id of it, as it was first sent; its case makes no difference.
    pub company_id: String,
    /// The name.
    pub name: Option<String>,
    /// The plan that it is on.
    pub plan: Option<String>,
    /// What it spends a month, in the customer's currency.
    pub monthly_spend: Option<f64>,
    /// How many people work there, by the customer's account.
    pub size: Option<i64>,
    /// Its website.
    pub website: Option<String>,
    /// Its industry.
    pub industry: Option<String>,
    /// The teammate who looks after it, 0 for nobody.
    pub owner_id: TeammateId,
    /// When it became a customer, by the customer's account.
    pub remote_created_at: Option<Time>,
    /// When we first heard of it.
    pub created_at: Time,
    /// When something about it last changed.
    pub updated_at: Time,
    /// When any of its people was last seen; the epoch for never.
    pub last_seen_at: Time,
    /// Sessions that its people began while they were in it.
    pub session_count: i64,
    /// How many people are in it.
    pub user_count: i64,
}

impl Company {
    /// The name to show.
    pub fn title(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.company_id.clone())
    }
}
