//! The list of companies: found, filtered, sorted, and changed many at a time.

#[cfg(feature = "ssr")]
mod select;
#[cfg(feature = "ssr")]
mod store;

#[cfg(feature = "ssr")]
pub use select::{following, found, ids};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{list, options, standings};

use super::Health;
use crate::attributes::Subject;
use crate::id::{CompanyId, SegmentId, TagId};
use crate::lists::{Column, Filters, Page, Sorts};
use crate::time::Stamp;
use crate::ui::Cell;

/// How many numbers a filter names at most.
const ONLY: usize = 1_000;

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
    /// Those that are known to spend at most this a month.
    pub spend_most: Option<f64>,
    /// Those of at least so many people by the customer's account.
    pub size: Option<i64>,
    /// Those of at most so many people by the customer's account.
    pub size_most: Option<i64>,
    /// Those last seen at most so many days ago.
    pub seen: Option<i64>,
    /// Those of these numbers, at most 1,000; empty for any.
    pub only: Vec<CompanyId>,
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

impl Sorts for Sort {
    const ALL: &'static [(Self, &'static str, bool)] = &[
        (Self::LastSeen, "last_seen", true),
        (Self::Name, "name", false),
        (Self::Spend, "spend", true),
        (Self::People, "people", true),
        (Self::Sessions, "sessions", true),
        (Self::Since, "since", true),
    ];
}

/// A page of the list, as an address asks for it.
pub type Asked = crate::lists::Asked<Filter>;

/// A page of the list.
pub type Companies = Page<Row>;

impl Filters for Filter {
    type Sort = Sort;
    const OF: Subject = Subject::Company;
    const PATH: &'static str = "/companies";
    const SETTING: &'static str = "company_columns";
    const COLUMNS: &'static [(&'static str, &'static str)] = &[
        ("last_seen", "Last seen"),
        ("people", "People"),
        ("sessions", "Sessions"),
        ("plan", "Plan"),
        ("spend", "Spends a month"),
        ("since", "Customer since"),
        ("tags", "Tags"),
        ("size", "Size"),
        ("industry", "Industry"),
        ("website", "Website"),
        ("company_id", "Id"),
        ("owner", "Owner"),
        ("created", "First heard of"),
    ];
    const AT_FIRST: &'static [&'static str] =
        &["last_seen", "people", "sessions", "plan", "spend", "since", "tags"];

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Self {
        let number = |name: &str| get(name).and_then(|v| v.trim().parse::<i64>().ok());
        let money = |name: &str| {
            get(name).and_then(|v| v.trim().parse::<f64>().ok()).filter(|n| n.is_finite())
        };
        let only = get("only").unwrap_or_default();
        let only = only.split(',').filter_map(|id| id.trim().parse().ok()).take(ONLY);
        Self {
            find: get("find").unwrap_or_default(),
            health: get("health").and_then(|w| Health::from_word(&w)),
            plan: get("plan").unwrap_or_default(),
            tag: number("tag").map(TagId),
            segment: number("segment").map(SegmentId),
            rule: get("rule").unwrap_or_default(),
            spend: money("spend"),
            spend_most: money("spend_most"),
            size: number("size"),
            size_most: number("size_most"),
            seen: number("seen").filter(|days| (0..=36_500).contains(days)),
            only: only.collect(),
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let text = |value: Option<String>| value.unwrap_or_default();
        let only: Vec<_> = self.only.iter().map(ToString::to_string).collect();
        vec![
            ("find", self.find.clone()),
            ("health", text(self.health.map(|h| h.word().into()))),
            ("plan", self.plan.clone()),
            ("tag", text(self.tag.map(|t| t.to_string()))),
            ("segment", text(self.segment.map(|s| s.to_string()))),
            ("rule", self.rule.clone()),
            ("spend", text(self.spend.map(|n| n.to_string()))),
            ("spend_most", text(self.spend_most.map(|n| n.to_string()))),
            ("size", text(self.size.map(|n| n.to_string()))),
            ("size_most", text(self.size_most.map(|n| n.to_string()))),
            ("seen", text(self.seen.map(|n| n.to_string()))),
            ("only", only.join(",")),
        ]
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

/// What filters and columns offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Tags by name.
    pub tags: Vec<(TagId, String)>,
    /// Plans by name, the first 200.
    pub plans: Vec<String>,
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
                spend_most: Some(900.0),
                size: Some(10),
                size_most: Some(500),
                seen: Some(30),
                only: vec![CompanyId(4), CompanyId(5)],
            },
            sort: Sort::Spend,
            reversed: true,
            after: Some("abc".into()),
        };
        assert_eq!(
            asked.address(),
            "/companies?find=gr%C3%B6%C3%9Fe%20%26%20co&health=slipping_away&plan=Business%2B&tag=7&segment=8&rule=%7B%22version%22%3A1%7D&spend=49.5&spend_most=900&size=10&size_most=500&seen=30&only=4%2C5\
             &sort=spend&reversed=1&after=abc"
        );
        assert_eq!(
            asked.filter.export_address(),
            "/companies/export.csv?find=gr%C3%B6%C3%9Fe%20%26%20co&health=slipping_away&plan=Business%2B&tag=7&segment=8&rule=%7B%22version%22%3A1%7D&spend=49.5&spend_most=900&size=10&size_most=500&seen=30&only=4%2C5"
        );
        assert!(!asked.filter.only_a_segment() && !Filter::default().only_a_segment());
        let segment = Filter { segment: Some(SegmentId(8)), ..Filter::default() };
        assert!(segment.only_a_segment());
        assert!(!Filter { tag: Some(TagId(7)), ..segment }.only_a_segment());
        assert_eq!(Asked::from_query(|_| None), Asked::default());
        let odd = |name: &str| match name {
            "spend" | "spend_most" => Some("NaN".to_owned()),
            "only" => Some("x,".to_owned()),
            "seen" => Some("-4".to_owned()),
            "health" => Some("fine".to_owned()),
            _ => None,
        };
        assert_eq!(Asked::from_query(odd), Asked::default());
    }
}
