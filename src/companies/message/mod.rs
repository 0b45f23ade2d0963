//! One message to some or all people of a company: a conversation with each.

pub mod api;
#[cfg(feature = "ssr")]
mod recipients;
#[cfg(feature = "ssr")]
mod store;

#[cfg(feature = "ssr")]
pub use recipients::{chosen, recipient, recipients};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::send;
#[cfg(feature = "ssr")]
pub(crate) use store::{forget, step};

use crate::id::{CompanyId, ContactId};
use crate::outbound::{CHOSEN, Reason};
use crate::people;
use crate::replies::Values;
use crate::time::Time;
use crate::ui::escape;

/// The longest text, in characters: that of a saved reply.
pub const LONGEST: usize = crate::replies::BODY;

/// What the client id of the words begins with in each of its conversations.
#[cfg(feature = "ssr")]
pub const GROUP: &str = "group-";

/// Who of a company is meant, as an address and a form say it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// Numbers of people, with commas.
    pub people: String,
    /// Everybody who is found, rather than those.
    pub all: bool,
    /// What everybody is found by, as in the list of people; empty for all.
    pub find: String,
}

impl Choice {
    /// The query of an address that says the same.
    pub fn query(&self, way: Way) -> String {
        let all = if self.all { "1" } else { "" };
        let pairs = [
            ("people", self.people.as_str()),
            ("all", all),
            ("find", self.find.as_str()),
            ("by", way.word()),
        ];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<_> =
            pairs.map(|(name, value)| format!("{name}={}", escape(value))).collect();
        pairs.join("&")
    }

    /// Reads the query of an address: `people`, numbers with commas; any number of `people[]`; `all`; `find`.
    pub fn from_query(get: impl Fn(&str) -> Vec<String>) -> Self {
        let people: Vec<_> = get("people").into_iter().chain(get("people[]")).collect();
        let first = |name: &str| get(name).into_iter().next();
        Self {
            people: people.join(","),
            all: first("all").is_some_and(|all| !all.is_empty()),
            find: first("find").unwrap_or_default(),
        }
    }

    /// The numbers.
    pub fn ids(&self) -> Vec<ContactId> {
        self.people.split(',').filter_map(|id| id.trim().parse().ok()).collect()
    }
}

/// The most people whom a message of outbound names one by one from here: their numbers stand in an address, of which
/// proxies take 8 KB.
pub const NAMED: usize = 500;

/// How it gets to them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// As a conversation with each, which the Messenger carries.
    #[default]
    Chat,
    /// As a message of outbound that stands larger in the Messenger.
    Post,
    /// As a message of outbound by e-mail.
    Email,
}

impl Way {
    /// The way that an address names.
    pub fn from_word(word: &str) -> Self {
        match word {
            "post" => Self::Post,
            "email" => Self::Email,
            _ => Self::Chat,
        }
    }

    /// The word in addresses; empty for the way that needs none.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Chat => "",
            Self::Post => "post",
            Self::Email => "email",
        }
    }
}

/// Why somebody who was blocked or archived then is left out, however it gets to them; the epoch is never.
pub fn kept_out(blocked: Time, archived: Time) -> Option<Reason> {
    match (blocked.0 > 0, archived.0 > 0) {
        (true, _) => Some(Reason::Blocked),
        (false, true) => Some(Reason::Archived),
        (false, false) => None,
    }
}

/// Who will get a message, and who will not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipients {
    /// The number up to which this is true.
    pub seq: i64,
    /// The company's name.
    pub company: String,
    /// How many will get it.
    pub total: i64,
    /// The names of the first three of them.
    pub names: Vec<String>,
    /// Whether everybody of the company is meant.
    pub everybody: bool,
    /// The first twenty of those who are left out.
    pub left_out: Vec<(ContactId, String, Reason)>,
    /// How many are left out in all.
    pub left_out_total: i64,
    /// How it gets to them.
    pub way: Way,
    /// For a message of outbound, the numbers of those who get it, at most one more than [`NAMED`].
    pub ids: Vec<ContactId>,
}

impl Recipients {
    /// Where a message of outbound to them is written: a few are named; everybody is meant by the list of people that has them, whose
    /// address is short however many they are. Nothing where they are too many for that.
    pub fn written_at(&self, company: CompanyId, choice: &Choice) -> Option<String> {
        let begin = format!("/outbound/new?channel={}", self.way.word());
        if self.ids.len() <= NAMED {
            let ids: Vec<_> = self.ids.iter().map(ToString::to_string).collect();
            return Some(format!("{begin}&company={company}&people={}", ids.join(",")));
        }
        let all = self.total + self.left_out_total;
        (choice.all && all <= CHOSEN as i64).then(|| {
            let filter = people::Filter {
                company: Some(company),
                find: choice.find.clone(),
                ..people::Filter::default()
            };
            let list = people::Asked { filter, ..people::Asked::default() }.address();
            format!("{begin}&list={}", escape(&list))
        })
    }

    /// Who gets it, in words: `Grace Hopper, Alan Turing and 3 more`, `All 48 people`.
    pub fn words(&self) -> String {
        let rest = self.total - self.names.len() as i64;
        match (self.names.as_slice(), rest) {
            ([], _) => "Nobody".into(),
            (_, _) if self.everybody && self.total > 1 => format!("All {} people", self.total),
            ([one], 0) => one.clone(),
            ([all @ .., last], 0) => format!("{} and {last}", all.join(", ")),
            (names, rest) => format!("{} and {rest} more", names.join(", ")),
        }
    }
}

/// One of those who will get a message, for the preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Who.
    pub id: ContactId,
    /// The name to show.
    pub title: String,
    /// Which of all, from 0 on.
    pub at: i64,
    /// How many there are.
    pub total: i64,
    /// What the variables are for them.
    pub values: Values,
}

#[cfg(test)]
mod tests {
    use super::{Choice, NAMED, Recipients, Way};
    use crate::id::{CompanyId, ContactId};

    fn recipients(names: &[&str], total: i64, everybody: bool) -> Recipients {
        let names = names.iter().map(|n| (*n).to_owned()).collect();
        let company = "Navy".to_owned();
        let (left_out, left_out_total) = (Vec::new(), 0);
        let (way, ids) = (Way::Chat, Vec::new());
        Recipients { seq: 1, company, total, names, everybody, left_out, left_out_total, way, ids }
    }

    fn to(names: &[&str], total: i64, everybody: bool) -> String {
        recipients(names, total, everybody).words()
    }

    #[test]
    fn recipients_are_named() {
        assert_eq!(to(&["Grace"], 1, true), "Grace");
        assert_eq!(to(&["Grace", "Alan"], 2, false), "Grace and Alan");
        assert_eq!(to(&["Grace", "Alan", "Ada"], 3, false), "Grace, Alan and Ada");
        assert_eq!(to(&["Grace", "Alan", "Ada"], 48, false), "Grace, Alan, Ada and 45 more");
        assert_eq!(to(&["Grace", "Alan", "Ada"], 48, true), "All 48 people");
        assert_eq!(to(&[], 0, true), "Nobody");
    }

    #[test]
    fn a_few_are_named_in_the_address_and_everybody_is_meant_by_their_list() {
        let to = |people: i64, choice: &Choice| {
            let ids = (1..=people).take(NAMED + 1).map(ContactId).collect();
            let all = recipients(&["Grace"], people, true);
            let all = Recipients { left_out_total: 2, way: Way::Email, ids, ..all };
            all.written_at(CompanyId(7), choice)
        };
        let everybody = Choice { all: true, ..Choice::default() };
        let named = "/outbound/new?channel=email&company=7&people=1,2,3";
        assert_eq!(to(3, &everybody).as_deref(), Some(named));
        assert_eq!(to(3, &Choice::default()).as_deref(), Some(named));
        let list = "/outbound/new?channel=email&list=%2Fpeople%3Fcompany%3D7";
        assert_eq!(to(501, &everybody).as_deref(), Some(list));
        let found = Choice { find: "gr".into(), ..everybody.clone() };
        let list = "/outbound/new?channel=email&list=%2Fpeople%3Ffind%3Dgr%26company%3D7";
        assert_eq!(to(4_998, &found).as_deref(), Some(list));
        assert_eq!(to(4_999, &everybody), None, "those who are left out stand in the list too");
        assert_eq!(to(501, &Choice::default()), None);
    }

    #[test]
    fn a_choice_is_read_from_both_kinds_of_addresses() {
        let get = |name: &str| match name {
            "people" => vec!["1,2".to_owned()],
            "people[]" => vec!["3".to_owned(), "x".to_owned()],
            "find" => vec!["grace".to_owned()],
            _ => Vec::new(),
        };
        let choice = Choice::from_query(get);
        assert_eq!(choice.ids(), [ContactId(1), ContactId(2), ContactId(3)]);
        assert!(!choice.all && choice.find == "grace");
        assert_eq!(choice.query(Way::Chat), "people=1%2C2%2C3%2Cx&find=grace");
        let all = Choice { all: true, ..Choice::default() };
        assert_eq!(all.query(Way::Email), "all=1&by=email");
        for way in [Way::Chat, Way::Post, Way::Email] {
            assert_eq!(Way::from_word(way.word()), way);
        }
    }
}
