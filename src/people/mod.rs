//! The list of people: found, filtered, sorted, and changed many at a time.

pub mod api;
#[cfg(feature = "ssr")]
mod files;
#[cfg(feature = "ssr")]
mod meant;
#[cfg(feature = "ssr")]
mod offered;
#[cfg(feature = "ssr")]
mod select;
#[cfg(feature = "ssr")]
mod store;
pub mod views;

#[cfg(feature = "ssr")]
pub use files::router as files;
#[cfg(feature = "ssr")]
pub use meant::{Meant, meant};
#[cfg(feature = "ssr")]
pub use offered::{firms, options, places};
#[cfg(feature = "ssr")]
pub use select::ids;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::list;

use crate::attributes::Subject;
use crate::error::Error;
use crate::id::{CompanyId, ContactId, SegmentId, TagId};
use crate::lists::{Column, Filters, Page, Sorts};
use crate::ui::Cell;

/// Which people are asked for; everything empty is everyone who is not archived.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Beginnings of words of the name, e-mail address, ids or telephone number; all of them must be there.
    pub find: String,
    /// Who has this tag.
    pub tag: Option<TagId>,
    /// Who is in this company.
    pub company: Option<CompanyId>,
    /// Who is in a company of this name, or, where no company has it, of one that begins so; empty for any.
    pub firm: String,
    /// Who is in this segment.
    pub segment: Option<SegmentId>,
    /// For whom this rule holds, as the JSON text of one; empty for any.
    pub rule: String,
    /// Who was last seen in this country, by its two letters; empty for anywhere.
    pub country: String,
    /// Within the country, who was last seen in a city or region that begins so; empty for anywhere.
    pub place: String,
    /// The archive instead of the list.
    pub archived: bool,
    /// These alone, whatever else is asked; empty for all.
    pub only: Vec<ContactId>,
}

/// The most people that an address names.
const ONLY: usize = 200;

/// What people are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// When they were last seen; never comes last.
    #[default]
    LastSeen,
    /// Their name; those without come first.
    Name,
    /// Their e-mail address; those without come first.
    Email,
    /// When we first heard of them.
    Created,
    /// When they signed up.
    SignedUp,
    /// How often they came.
    Sessions,
    /// When they were first in the product.
    FirstSeen,
    /// The customer's own id; those without come first.
    ExternalId,
}

impl Sorts for Sort {
    const ALL: &'static [(Self, &'static str, bool)] = &[
        (Self::LastSeen, "last_seen", true),
        (Self::Name, "name", false),
        (Self::Email, "email", false),
        (Self::Created, "created", true),
        (Self::SignedUp, "signed_up", true),
        (Self::Sessions, "sessions", true),
        (Self::FirstSeen, "first_seen", true),
        (Self::ExternalId, "external_id", false),
    ];
}

/// A page of the list, as an address asks for it.
pub type Asked = crate::lists::Asked<Filter>;

/// A page of the list.
pub type People = Page<Row>;

impl Filters for Filter {
    type Sort = Sort;
    const OF: Subject = Subject::Contact;
    const PATH: &'static str = "/people";
    const SETTING: &'static str = "people_columns";
    const COLUMNS: &'static [(&'static str, &'static str)] = &[
        ("last_seen", "Last seen"),
        ("companies", "Companies"),
        ("tags", "Tags"),
        ("location", "Location"),
        ("sessions", "Sessions"),
        ("signed_up", "Signed up"),
        ("first_seen", "First seen"),
        ("created", "First heard of"),
        ("external_id", "Id"),
        ("email", "E-mail"),
        ("phone", "Phone"),
        ("role", "Kind"),
        ("browser", "Browser"),
        ("os", "System"),
        ("language", "Language"),
        ("owner", "Owner"),
    ];
    const AT_FIRST: &'static [&'static str] = &["last_seen", "companies", "tags", "location"];

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Self {
        let number = |name: &str| get(name).and_then(|v| v.parse::<i64>().ok());
        let country = get("country").unwrap_or_default().to_uppercase();
        let letters = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        let text = |name: &str| get(name).unwrap_or_default().trim().to_owned();
        let only = get("only").unwrap_or_default();
        let only = only.split(',').filter_map(|id| id.trim().parse().ok()).take(ONLY);
        Self {
            find: get("find").unwrap_or_default(),
            tag: number("tag").map(TagId),
            company: number("company").map(CompanyId),
            firm: text("firm"),
            segment: number("segment").map(SegmentId),
            rule: get("rule").unwrap_or_default(),
            place: if letters { text("place") } else { String::new() },
            country: if letters { country } else { String::new() },
            archived: get("archived").is_some(),
            only: only.collect(),
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let text = |id: Option<String>| id.unwrap_or_default();
        let only: Vec<_> = self.only.iter().map(ToString::to_string).collect();
        vec![
            ("find", self.find.clone()),
            ("tag", text(self.tag.map(|id| id.to_string()))),
            ("company", text(self.company.map(|id| id.to_string()))),
            ("firm", self.firm.clone()),
            ("segment", text(self.segment.map(|id| id.to_string()))),
            ("rule", self.rule.clone()),
            ("country", self.country.clone()),
            ("place", self.place.clone()),
            ("archived", if self.archived { "1".into() } else { String::new() }),
            ("only", only.join(",")),
        ]
    }
}

/// One person in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Who.
    pub id: ContactId,
    /// The name to show.
    pub title: String,
    /// The e-mail address, where it is not the title.
    pub email: Option<String>,
    /// The address of their picture on this site, if there is one.
    pub picture: Option<String>,
    /// A cell for each chosen column.
    pub cells: Vec<Cell>,
}

/// What filters and columns offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Tags by name.
    pub tags: Vec<(TagId, String)>,
    /// The names of the companies with the most people.
    pub companies: Vec<String>,
    /// Countries where people were last seen: two letters, and the name.
    pub countries: Vec<(String, String)>,
    /// Every column that can be chosen.
    pub columns: Vec<Column>,
}

/// The most people of one job, or of one export: their numbers wait in its row, a bit or two each where they are close together.
pub const MOST: u64 = 2_000_000;

/// The refusal of a job for nobody.
pub fn nobody() -> Error {
    Error::invalid("people", "select the people first")
}
