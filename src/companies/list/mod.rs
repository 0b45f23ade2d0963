//! The list of companies: found, filtered, sorted, and changed many at a time.

mod columns;
#[cfg(feature = "ssr")]
mod select;
#[cfg(feature = "ssr")]
mod store;

pub use columns::Column;
#[cfg(feature = "ssr")]
pub use select::{asked_of, following, found, ids};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{choose_columns, list, options};

use super::Health;
use crate::id::{CompanyId, SegmentId, TagId};
use crate::time::Stamp;
use crate::ui::{Cell, escape};

/// Which companies are asked for; everything empty is every one that is not archived.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Beginnings of words of the name, id or website; all of them must be there.
    pub find: String,
    /// Those that stand so.
    pub health: Option<Health>,
    /// Those on this plan; empty for any.
    pub plan: String,
    /// Those that have this tag.
    pub tag: Option<TagId>,
    /// Those that are in this segment.
    pub segment: Option<SegmentId>,
    /// For which this rule holds, as the JSON text of one; empty for any.
    pub rule: String,
    /// Those that spend at least this a month.
    pub spend: Option<f64>,
    /// Those of at least so many people by the customer's account.
    pub size: Option<i64>,
    /// Those last seen at most so many days ago.
    pub seen: Option<i64>,
}

/// What companies are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// When any of its people was last seen; never comes last.
    #[default]
    LastSeen,
    /// The name; those without come first.
    Name,
    /// What it spends a month; unknown comes last.
    Spend,
    /// How many people are in it.
    People,
    /// Sessions of all its people.
    Sessions,
    /// When it became a customer; unknown comes last.
    Since,
}

impl Sort {
    const ALL: [Self; 6] =
        [Self::LastSeen, Self::Name, Self::Spend, Self::People, Self::Sessions, Self::Since];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LastSeen => "last_seen",
            Self::Name => "name",
            Self::Spend => "spend",
            Self::People => "people",
            Self::Sessions => "sessions",
            Self::Since => "since",
        }
    }

    /// The order that an address names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// Whether the first click shows the largest first: the newest, but A before Z.
    pub const fn descends(self) -> bool {
        !matches!(self, Self::Name)
    }
}

/// A page of the list, as an address asks for it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Which.
    pub filter: Filter,
    /// By what.
    pub sort: Sort,
    /// The other way round than the first click shows.
    pub reversed: bool,
    /// After this cursor, as [`Companies::next`] gave it.
    pub after: Option<String>,
}

impl Asked {
    /// Reads the query of an address; what makes no sense is left out.
    pub fn from_query(get: impl Fn(&str) -> Option<String>) -> Self {
        let number = |name: &str| get(name).and_then(|v| v.trim().parse::<i64>().ok());
        let spend = get("spend").and_then(|v| v.trim().parse::<f64>().ok());
        Self {
            filter: Filter {
                find: get("find").unwrap_or_default(),
                health: get("health").and_then(|w| Health::from_word(&w)),
                plan: get("plan").unwrap_or_default(),
                tag: number("tag").map(TagId),
                segment: number("segment").map(SegmentId),
                rule: get("rule").unwrap_or_default(),
                spend: spend.filter(|n| n.is_finite()),
                size: number("size"),
                seen: number("seen").filter(|days| (0..=36_500).contains(days)),
            },
            sort: get("sort").and_then(|w| Sort::from_word(&w)).unwrap_or_default(),
            reversed: get("reversed").is_some(),
            after: get("after"),
        }
    }

    /// The address of a file with every company of the filter.
    pub fn export_address(&self) -> String {
        let all = Self { filter: self.filter.clone(), ..Self::default() };
        all.address().replacen("/companies", "/companies/export.csv", 1)
    }

    /// The address of this page.
    pub fn address(&self) -> String {
        let mut pairs = Vec::new();
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value.filter(|v| !v.is_empty()) {
                pairs.push(format!("{name}={}", escape(&value)));
            }
        };
        let f = &self.filter;
        add("find", Some(f.find.clone()));
        add("health", f.health.map(|h| h.word().into()));
        add("plan", Some(f.plan.clone()));
        add("tag", f.tag.map(|t| t.to_string()));
        add("segment", f.segment.map(|s| s.to_string()));
        add("rule", Some(f.rule.clone()));
        add("spend", f.spend.map(|n| n.to_string()));
        add("size", f.size.map(|n| n.to_string()));
        add("seen", f.seen.map(|n| n.to_string()));
        add("sort", (self.sort != Sort::default()).then(|| self.sort.word().into()));
        add("reversed", self.reversed.then(|| "1".into()));
        add("after", self.after.clone());
        if pairs.is_empty() {
            "/companies".into()
        } else {
            format!("/companies?{}", pairs.join("&"))
        }
    }
}

/// One company in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Which.
    pub id: CompanyId,
    /// The name to show.
    pub title: String,
    /// How it stands; `None` until it is first looked at.
    pub health: Option<Health>,
    /// When any of its people was last seen.
    pub last_seen: Option<Stamp>,
    /// A cell for each chosen column.
    pub cells: Vec<Cell>,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Companies {
    /// The number up to which this is true.
    pub seq: i64,
    /// What the rule says that filters them; empty where none does.
    pub said: String,
    /// How many match in all.
    pub total: i64,
    /// The chosen columns, in their order.
    pub columns: Vec<Column>,
    /// The companies of this page.
    pub rows: Vec<Row>,
    /// What to ask for the next page, if there is one.
    pub next: Option<String>,
}

/// What filters and columns offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Tags by name.
    pub tags: Vec<(TagId, String)>,
    /// Plans by name, the first 200.
    pub plans: Vec<String>,
    /// How many companies stand how, in the order of [`Health::ALL`].
    pub health: Vec<(Health, i64)>,
    /// Every column that can be chosen.
    pub columns: Vec<Column>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_written() {
        let asked = Asked {
            filter: Filter {
                segment: Some(SegmentId(8)),
                rule: r#"{"version":1}"#.into(),
                find: "größe & co".into(),
                health: Some(Health::SlippingAway),
                plan: "Business+".into(),
                tag: Some(TagId(7)),
                spend: Some(49.5),
                size: Some(10),
                seen: Some(30),
            },
            sort: Sort::Spend,
            reversed: true,
            after: Some("abc".into()),
        };
        assert_eq!(
            asked.address(),
            "/companies?find=gr%C3%B6%C3%9Fe%20%26%20co&health=slipping_away&plan=Business%2B&tag=7&segment=8&rule=%7B%22version%22%3A1%7D&spend=49.5&size=10&seen=30\
             &sort=spend&reversed=1&after=abc"
        );
        assert_eq!(
            asked.export_address(),
            "/companies/export.csv?find=gr%C3%B6%C3%9Fe%20%26%20co&health=slipping_away&plan=Business%2B&tag=7&segment=8&rule=%7B%22version%22%3A1%7D&spend=49.5&size=10&seen=30"
        );
        assert_eq!(Asked::from_query(|_| None), Asked::default());
        let odd = |name: &str| match name {
            "spend" => Some("NaN".to_owned()),
            "seen" => Some("-4".to_owned()),
            "health" => Some("fine".to_owned()),
            _ => None,
        };
        assert_eq!(Asked::from_query(odd), Asked::default());
    }
}
