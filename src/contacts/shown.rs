//! A person as their profile shows them.

use serde::{Deserialize, Serialize};

use super::{Arrangement, Contact};
use crate::attributes;
use crate::id::{CompanyId, EventNameId, TeammateId};
use crate::tags::Tagging;
use crate::time::Stamp;
use crate::ui::Fact;

/// Who made a database of places, in the words that its licence asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// The words.
    pub words: String,
    /// Where they are found, if that is known.
    pub href: Option<String>,
}

/// A company of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyFact {
    /// Which.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// What is known of it.
    pub facts: Vec<Fact>,
}

/// Where a person was last seen, on a map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Whereabouts {
    /// The city and the country.
    pub words: String,
    /// Degrees east and north.
    pub point: Option<(f64, f64)>,
    /// The address of the map's picture.
    pub map: String,
}

/// One event that a person did, counted for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventCount {
    /// The event's name, as a number.
    pub id: EventNameId,
    /// Its name.
    pub name: String,
    /// How often.
    pub count: i64,
    /// The first time.
    pub first: Stamp,
    /// The last time.
    pub last: Stamp,
    /// The last 90 days as the path of a drawing 90 wide and 16 high; empty when nothing happened then.
    pub spark: String,
}

/// A person's profile, but for the stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Who.
    pub contact: Contact,
    /// The address of their picture on this site, if there is one.
    pub picture: Option<String>,
    /// The number up to which this is true: what a live page catches up from.
    pub seq: i64,
    /// Facts that every person has.
    pub about: Vec<Fact>,
    /// The browser of the last visit, and how it came.
    pub device: Vec<Fact>,
    /// Where the last visit came from; `None` when that is not known.
    pub place: Option<Whereabouts>,
    /// The time of day for them, with the zone: `14:05 CET`.
    pub local_time: Option<String>,
    /// Who made the databases of places that are set up.
    pub credits: Vec<Credit>,
    /// Whether a database of places is set up.
    pub places_known: bool,
    /// What the customer's product sent, and teammates changed.
    pub data: Vec<attributes::Datum>,
    /// Companies that the person is in.
    pub companies: Vec<CompanyFact>,
    /// Teammates who may look after the person.
    pub owners: Vec<(TeammateId, String)>,
    /// Events by the last time.
    pub events: Vec<EventCount>,
    /// Tags by name.
    pub tags: Vec<Tagging>,
    /// Names of the workspace's tags, to suggest.
    pub known_tags: Vec<String>,
    /// How the viewer arranges all of this.
    pub arrangement: Arrangement,
}
