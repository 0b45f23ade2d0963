//! Contacts: the people on the customer's side, as users or leads.

pub mod api;
mod arrangement;
#[cfg(feature = "ssr")]
mod arranging;
#[cfg(feature = "ssr")]
mod details;
#[cfg(feature = "ssr")]
mod email;
#[cfg(feature = "ssr")]
mod erase;
#[cfg(feature = "ssr")]
mod export;
#[cfg(feature = "ssr")]
mod files;
#[cfg(feature = "ssr")]
mod fresh;
#[cfg(feature = "ssr")]
mod merge;
#[cfg(feature = "ssr")]
mod occurrences;
#[cfg(feature = "ssr")]
mod pictures;
#[cfg(feature = "ssr")]
mod profile;
#[cfg(feature = "ssr")]
mod record;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
mod search;
#[cfg(feature = "ssr")]
mod search_rule;
#[cfg(feature = "ssr")]
mod sessions;
mod shown;
#[cfg(feature = "ssr")]
mod states;
#[cfg(feature = "ssr")]
mod store;
#[cfg(feature = "ssr")]
mod summaries;
pub mod views;
#[cfg(feature = "ssr")]
mod visits;
#[cfg(feature = "ssr")]
mod words;
#[cfg(feature = "ssr")]
mod write;

pub use arrangement::{Arrangement, Section};
#[cfg(feature = "ssr")]
pub use arranging::{arrange, arrangement};
#[cfg(feature = "ssr")]
pub use details::{Details, update};
#[cfg(feature = "ssr")]
pub use email::is_email;
#[cfg(feature = "ssr")]
pub use erase::erase;
#[cfg(feature = "ssr")]
pub use export::export;
#[cfg(feature = "ssr")]
pub use files::router as files;
#[cfg(feature = "ssr")]
pub use fresh::{Fresh, make_many};
#[cfg(feature = "ssr")]
pub use merge::merge;
#[cfg(feature = "ssr")]
pub use occurrences::{Occurrence, track};
#[cfg(feature = "ssr")]
pub use pictures::{Pictures, picture_of};
#[cfg(feature = "ssr")]
pub use profile::profile;
#[cfg(feature = "ssr")]
pub use record::{Record, of_public_id, public_id, record, records_of_company};
#[cfg(feature = "ssr")]
pub use rest::{Whom, router as rest};
#[cfg(feature = "ssr")]
pub use search::search;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use sessions::GAP;
pub use shown::{CompanyFact, Credit, EventCount, Profile, Whereabouts};
#[cfg(feature = "ssr")]
pub use states::{Standing, stand};
#[cfg(feature = "ssr")]
pub use store::{
    COLUMNS_AS_P, claim, everyone, find, find_by_external_id, find_or_create, found, owner_of,
    role_of,
};
#[cfg(feature = "ssr")]
pub use summaries::{Summary, summarize};
#[cfg(feature = "ssr")]
pub use visits::{Context, Visit, visit};
#[cfg(feature = "ssr")]
pub(crate) use words::words_of;
#[cfg(feature = "ssr")]
pub use words::write_words;
#[cfg(feature = "ssr")]
pub use write::{Person, change, create, of_address};

use crate::id::{ContactId, TeammateId};
use crate::time::Time;

/// A person, as the database has them.
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
    /// The address of a picture.
    pub avatar: Option<String>,
    /// The teammate who looks after them, 0 for nobody.
    pub owner_id: TeammateId,
    /// When we first heard of the person.
    pub created_at: Time,
    /// When something about them last changed.
    pub updated_at: Time,
    /// When they signed up, by the customer's account.
    pub signed_up_at: Option<Time>,
    /// When they were first in the product.
    pub first_seen_at: Option<Time>,
    /// When they were last in the product; the epoch for never.
    pub last_seen_at: Time,
    /// Sessions in the product.
    pub session_count: i64,
    /// When a teammate last wrote to them.
    pub last_contacted_at: Option<Time>,
    /// When they last wrote.
    pub last_heard_from_at: Option<Time>,
    /// When they last had an e-mail to many on their screen; the epoch for never.
    pub last_email_opened_at: Time,
    /// When they last followed a link in one; the epoch for never.
    pub last_email_clicked_at: Time,
    /// When the mail server said that no mail gets to their address; the epoch for not.
    pub bounced_at: Time,
    /// When it was heard that they marked an e-mail as spam; the epoch for not.
    pub complained_at: Time,
    /// 1 when they want no bulk e-mail.
    pub unsubscribed: i64,
    /// The browser of the last visit.
    pub browser: Option<String>,
    /// Its version.
    pub browser_version: Option<String>,
    /// Its language.
    pub browser_language: Option<String>,
    /// The language to write to them in.
    pub language_override: Option<String>,
    /// The operating system of the last visit.
    pub os: Option<String>,
    /// The page that they saw last.
    pub last_page: Option<String>,
    /// The page that led them to the product.
    pub referrer: Option<String>,
    /// The campaign that they came by.
    pub utm_campaign: Option<String>,
    /// The campaign's content.
    pub utm_content: Option<String>,
    /// The campaign's medium.
    pub utm_medium: Option<String>,
    /// The campaign's source.
    pub utm_source: Option<String>,
    /// The campaign's term.
    pub utm_term: Option<String>,
    /// The IP address of the last visit.
    pub last_seen_ip: Option<String>,
    /// Where that is: a [`Place`] as JSON.
    pub location: Option<String>,
    /// The time zone that their device is set to, by its IANA name.
    pub time_zone: Option<String>,
    /// When they were put away; the epoch for not.
    pub archived_at: Time,
    /// Since when nothing they write is let in; the epoch for not.
    pub blocked_at: Time,
}

/// The name to show of a person: the first that is known of name, e-mail address and the customer's id.
pub fn title_of(id: ContactId, known: [&Option<String>; 3]) -> String {
    let known = known.into_iter().flatten().next();
    known.cloned().unwrap_or_else(|| format!("Visitor {id}"))
}

impl Contact {
    /// The name to show: the first there is of name, e-mail address and the customer's id.
    pub fn title(&self) -> String {
        title_of(self.id, [&self.name, &self.email, &self.external_id])
    }

    /// Where the last visit came from, if a database of places knew.
    pub fn place(&self) -> Option<Place> {
        serde_json::from_str(self.location.as_deref()?).ok()
    }
}

/// Where someone was when they were last seen, by their IP address.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The country's name in English.
    pub country: Option<String>,
    /// ISO 3166-1, two letters.
    pub country_code: Option<String>,
    /// The region or state.
    pub region: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// Two letters: AF, AN, AS, EU, NA, OC, SA.
    pub continent_code: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// An IANA time zone.
    pub time_zone: Option<String>,
}

impl Place {
    /// The city and the region as people are found by them, A to Z in small letters; empty where they are not known.
    pub fn keys(&self) -> [String; 2] {
        [&self.city, &self.region]
            .map(|name| name.as_deref().unwrap_or_default().to_ascii_lowercase())
    }

    /// The city and the country, as far as they are known: `Zürich, Switzerland`.
    pub fn words(&self) -> String {
        let country = self.country.as_ref().or(self.country_code.as_ref());
        let parts = [self.city.as_ref(), country];
        parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(", ")
    }
}

/// Which of a sender's names for a person is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentityKind {
    /// The customer's own id of a signed-up user.
    ExternalId,
    /// A browser's or device's id before that.
    AnonymousId,
    /// An e-mail address that somebody proved to be theirs, in small letters.
    VerifiedEmail,
}

impl IdentityKind {
    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ExternalId => "external_id",
            Self::AnonymousId => "anonymous_id",
            Self::VerifiedEmail => "verified_email",
        }
    }
}
