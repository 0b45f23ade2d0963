//! Companies: the customers that people belong to.

#[cfg(feature = "ssr")]
mod amounts;
pub mod api;
#[cfg(feature = "ssr")]
mod around;
mod arriving;
#[cfg(feature = "ssr")]
mod counting;
pub mod end;
#[cfg(feature = "ssr")]
mod files;
mod health;
#[cfg(feature = "ssr")]
mod history;
#[cfg(feature = "ssr")]
mod joining;
pub mod list;
#[cfg(feature = "ssr")]
mod listing;
#[cfg(feature = "ssr")]
mod main_contact;
#[cfg(feature = "ssr")]
mod members;
pub mod message;
#[cfg(feature = "ssr")]
mod named;
#[cfg(feature = "ssr")]
mod past;
#[cfg(feature = "ssr")]
mod people;
#[cfg(feature = "ssr")]
mod profile;
#[cfg(feature = "ssr")]
mod rest;
mod roll;
#[cfg(feature = "ssr")]
mod standing;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
mod turns;
pub mod views;
#[cfg(feature = "ssr")]
mod words;

#[cfg(feature = "ssr")]
pub(crate) use around::around;
pub use arriving::Arriving;
#[cfg(feature = "ssr")]
pub(crate) use counting::count_sessions;
#[cfg(feature = "ssr")]
pub use files::router as files;
pub use health::{Health, Thresholds, Verdict};
#[cfg(feature = "ssr")]
pub use history::History;
#[cfg(feature = "ssr")]
pub(crate) use history::step as bring_history;
#[cfg(feature = "ssr")]
pub use joining::{Joining, join_many};
#[cfg(feature = "ssr")]
pub use listing::{Found, In, Kept, Place, listing, scroll};
#[cfg(feature = "ssr")]
pub use main_contact::set_main_contact;
#[cfg(feature = "ssr")]
pub use members::{Membership, join, leave, of_contact};
#[cfg(feature = "ssr")]
pub(crate) use members::{hand_over, look_again};
pub use message::Choice;
#[cfg(feature = "ssr")]
pub use named::{called, known_as};
#[cfg(feature = "ssr")]
pub(crate) use past::tell_past;
#[cfg(feature = "ssr")]
pub use people::{dots, everyone, members};
#[cfg(feature = "ssr")]
pub(crate) use profile::amount;
#[cfg(feature = "ssr")]
pub use profile::{profile, spend};
#[cfg(feature = "ssr")]
pub use rest::{router as rest, to_json};
pub use roll::{Order, Roll};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub(crate) use standing::seen;
#[cfg(feature = "ssr")]
pub use standing::{set_thresholds, sweep, thresholds};
#[cfg(feature = "ssr")]
pub(crate) use store::COLUMNS_AS_C;
#[cfg(feature = "ssr")]
pub use store::{Details, Gone, find, find_by_company_id, find_or_create, standing_for, update};

use crate::attributes::Datum;
use crate::contacts::Credit;
use crate::id::{CompanyId, ContactId, TeammateId};
use crate::outbound::Reason;
use crate::tags::Tagging;
use crate::time::{Stamp, Time};
use crate::ui::Fact;

/// The most that a company spends a month, either way, and the most people that work in one: what every engine and
/// script holds exactly.
pub const MOST: i64 = 1 << 53;

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
    /// How it stands, as a word of [`Health`]; empty until it is first looked at.
    pub health: String,
    /// Since when it stands so.
    pub health_at: Time,
    /// Who of its people was seen last, 0 for nobody.
    pub last_seen_contact_id: ContactId,
    /// Whom to talk to first, 0 for nobody.
    pub main_contact_id: ContactId,
    /// When it was put away; the epoch for not.
    pub archived_at: Time,
}

impl Company {
    /// The name to show.
    pub fn title(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.company_id.clone())
    }
}

/// Who of a company was seen last, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// When.
    pub at: Stamp,
    /// Who, with the name to show.
    pub who: Option<(ContactId, String)>,
}

/// A moment from which on a company stood otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// How it stood from then on.
    pub health: Health,
    /// When.
    pub at: Stamp,
    /// Why.
    pub why: String,
}

/// A company's profile, but for its people, its map and the stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// The number up to which this is true: what a live page catches up from.
    pub seq: i64,
    /// Which.
    pub company: Company,
    /// How it stands; `None` until it is first looked at.
    pub health: Option<Health>,
    /// Why it stands so, as a sentence without its full stop.
    pub why: String,
    /// Since when.
    pub health_since: Option<Stamp>,
    /// When it stood otherwise, the newest first, at most 8.
    pub turns: Vec<Turn>,
    /// Since when it is a customer, by their account, as a sentence: `Customer for 2 years 3 months, since 1 January 2024`.
    pub customer: Option<String>,
    /// The day on which it became one, as a form holds it: `2024-01-01`.
    pub customer_day: Option<String>,
    /// Who was seen last.
    pub seen: Option<Seen>,
    /// Sessions of its people in the last 90 days, as the path of a drawing 90 wide and 16 high.
    pub spark: String,
    /// Open conversations with its people, counted up to 1,000.
    pub open: i64,
    /// What is still on its way into its stream.
    pub arriving: Arriving,
    /// Whether it is about to be merged or deleted.
    pub ending: Option<end::Ending>,
    /// Whom to talk to first.
    pub main_contact: Option<(ContactId, String)>,
    /// What it spends, as it is read: `49.00 EUR a month`.
    pub spends: Option<String>,
    /// Facts that every company has.
    pub about: Vec<Fact>,
    /// What the customer's product sent, and teammates changed.
    pub data: Vec<Datum>,
    /// Teammates who may look after it.
    pub owners: Vec<(TeammateId, String)>,
    /// Tags by name.
    pub tags: Vec<Tagging>,
    /// Names of the workspace's tags, to suggest.
    pub known_tags: Vec<String>,
}

/// One of the people of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub id: ContactId,
    /// The name to show.
    pub title: String,
    /// The e-mail address, where it is not the title.
    pub email: Option<String>,
    /// The address of their picture on this site, if there is one.
    pub picture: Option<String>,
    /// When they were last seen; `None` for never.
    pub seen: Option<Stamp>,
    /// Their sessions.
    pub sessions: i64,
    /// Where they were last seen; empty while unknown.
    pub place: String,
    /// Their tags by name.
    pub tags: Vec<String>,
    /// Why no message to people of the company reaches them, if none does.
    pub left_out: Option<Reason>,
}

/// A page of the people of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    /// The number up to which this is true.
    pub seq: i64,
    /// How many match in all.
    pub total: i64,
    /// The people of this page.
    pub rows: Vec<Member>,
    /// Whether there is a next page.
    pub more: bool,
}

/// A place where people of a company were last seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dot {
    /// The city and the country.
    pub words: String,
    /// Degrees east and north.
    pub point: (f64, f64),
    /// How many people.
    pub people: i64,
}

/// Where the people of a company were last seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Places {
    /// The address of the map's picture.
    pub map: String,
    /// A dot a place, the largest first.
    pub dots: Vec<Dot>,
    /// Who made the databases of places that are set up.
    pub credits: Vec<Credit>,
}
