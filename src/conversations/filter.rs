//! Which conversations a list has: a value that addresses, statements and sentences are made of.

use serde::{Deserialize, Serialize};

use crate::id::{CompanyId, ConversationId, SegmentId, TagId, TeamId, TeammateId};
use crate::ui::escape;
use crate::words::words;

/// Whose conversations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everybody's.
    #[default]
    All,
    /// The viewer's.
    Mine,
    /// Nobody's.
    Unassigned,
    /// Those in whose notes the viewer was named.
    Mentions,
    /// A teammate's.
    Teammate(TeammateId),
    /// A team's.
    Team(TeamId),
    /// Those with a tag.
    Tag(TagId),
    /// Those of people who are in a segment.
    Segment(SegmentId),
    /// Those of people who are in a company now.
    Company(CompanyId),
}

impl Scope {
    /// The word in addresses: `mine`, `team-5`.
    pub fn word(self) -> String {
        match self {
            Self::All => "all".into(),
            Self::Mine => "mine".into(),
            Self::Unassigned => "unassigned".into(),
            Self::Mentions => "mentions".into(),
            Self::Teammate(id) => format!("teammate-{id}"),
            Self::Team(id) => format!("team-{id}"),
            Self::Tag(id) => format!("tag-{id}"),
            Self::Segment(id) => format!("segment-{id}"),
            Self::Company(id) => format!("company-{id}"),
        }
    }

    /// The scope that an address names.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "all" => return Some(Self::All),
            "mine" => return Some(Self::Mine),
            "unassigned" => return Some(Self::Unassigned),
            "mentions" => return Some(Self::Mentions),
            _ => {}
        }
        let (kind, id) = word.split_once('-')?;
        let id = id.parse().ok()?;
        match kind {
            "teammate" => Some(Self::Teammate(TeammateId(id))),
            "team" => Some(Self::Team(TeamId(id))),
            "tag" => Some(Self::Tag(TagId(id))),
            "segment" => Some(Self::Segment(SegmentId(id))),
            "company" => Some(Self::Company(CompanyId(id))),
            _ => None,
        }
    }
}

words! {
    /// Where a conversation is on its way, in the order of the tabs.
    #[derive(Default)]
    State {
        /// Somebody should look at it.
        #[default]
        Open = "open", "Open";
        /// Put off until a moment, or until the person writes.
        Snoozed = "snoozed", "Snoozed";
        /// Done with.
        Closed = "closed", "Closed";
    }
}

words! {
    /// What a list begins with.
    #[derive(Default)]
    Order {
        /// What was touched last; of mentions, the newest.
        #[default]
        Newest = "newest", "Newest";
        /// What was touched longest ago.
        Oldest = "oldest", "Oldest";
        /// Who waits longest for an answer; conversations in which nobody waits are left out.
        Waiting = "waiting", "Waiting longest";
    }
}

/// The longest text to find people by, in characters.
const LONGEST: usize = 200;

fn cleaned(text: &str) -> String {
    text.trim().chars().filter(|c| *c != '\0').take(LONGEST).collect()
}

/// A list of conversations, as an address asks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Whose.
    pub scope: Scope,
    /// Where on their way.
    pub state: State,
    /// In which order.
    pub order: Order,
    /// Whether only those that are answered first.
    pub priority: bool,
    /// Beginnings of words of the person's name, e-mail address or ids; empty for anybody.
    pub find: String,
}

impl Filter {
    /// Reads the query of an address; what makes no sense is left out.
    pub fn from_query(get: impl Fn(&str) -> Option<String>) -> Self {
        let find = get("find").unwrap_or_default();
        Self {
            scope: get("in").and_then(|w| Scope::from_word(&w)).unwrap_or_default(),
            state: get("state").and_then(|w| State::from_word(&w)).unwrap_or_default(),
            order: get("order").and_then(|w| Order::from_word(&w)).unwrap_or_default(),
            priority: get("priority").as_deref() == Some("1"),
            find: cleaned(&find),
        }
    }

    /// The query of an address without the question mark; empty for every open conversation, newest first.
    pub fn query(&self) -> String {
        let mut pairs = Vec::new();
        let mut add = |name: &str, value: &str| pairs.push(format!("{name}={}", escape(value)));
        if self.scope != Scope::default() {
            add("in", &self.scope.word());
        }
        if self.state != State::default() {
            add("state", self.state.word());
        }
        if self.order != Order::default() {
            add("order", self.order.word());
        }
        if self.priority {
            add("priority", "1");
        }
        if !self.find.is_empty() {
            add("find", &self.find);
        }
        pairs.join("&")
    }

    /// The address of the list, or of a conversation beside it.
    pub fn address(&self, conversation: Option<ConversationId>) -> String {
        let path = conversation.map_or_else(|| "/inbox".into(), |id| format!("/inbox/{id}"));
        let query = self.query();
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    /// The same list of those who have this in their name or address.
    pub fn finding(&self, text: &str) -> Self {
        Self { find: cleaned(text), ..self.clone() }
    }

    /// Whether a list belongs to this view, in whichever state and order. Those that are answered first are a view of their own
    /// where they are everybody's; somebody's belong to the view of theirs.
    pub fn is_of(&self, list: &Self) -> bool {
        let first = list.priority && list.scope == Scope::All;
        self.scope == list.scope && self.priority == first
    }

    /// What the list has, in words: `Open priority conversations of the team Support with "grace", oldest first`.
    /// `name` says what a teammate, a team, a tag, a segment or a company is called.
    pub fn sentence(&self, name: impl Fn(Scope) -> Option<String>) -> String {
        let state = match self.state {
            State::Open => "Open",
            State::Snoozed => "Snoozed",
            State::Closed => "Closed",
        };
        let first = if self.priority { " priority" } else { "" };
        let called = || name(self.scope).unwrap_or_else(|| "that is gone".into());
        let whose = match self.scope {
            Scope::All => String::new(),
            Scope::Mine => " that you look after".into(),
            Scope::Unassigned => " that nobody looks after".into(),
            Scope::Mentions => " that mention you".into(),
            Scope::Teammate(_) => format!(" that {} looks after", called()),
            Scope::Team(_) => format!(" of the team {}", called()),
            Scope::Tag(_) => format!(" with the tag {}", called()),
            Scope::Segment(_) => format!(" of people in {}", called()),
            Scope::Company(_) => format!(" with people of {}", called()),
        };
        let with =
            if self.find.is_empty() { String::new() } else { format!(" with \"{}\"", self.find) };
        let order = match self.order {
            Order::Newest => "newest first",
            Order::Oldest => "oldest first",
            Order::Waiting => "those who wait longest first",
        };
        format!("{state}{first} conversations{whose}{with}, {order}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Filter, Order, Scope, State};
    use crate::id::{CompanyId, SegmentId, TagId, TeamId, TeammateId};

    fn read(query: &str) -> Filter {
        let get = |name: &str| {
            let pairs = query.split('&').filter_map(|p| p.split_once('='));
            pairs.clone().find(|(n, _)| *n == name).map(|(_, v)| v.to_owned())
        };
        Filter::from_query(get)
    }

    #[test]
    fn an_address_says_the_filter_and_back() {
        let scopes = [
            Scope::All,
            Scope::Mine,
            Scope::Unassigned,
            Scope::Mentions,
            Scope::Teammate(TeammateId(5)),
            Scope::Team(TeamId(6)),
            Scope::Tag(TagId(7)),
            Scope::Segment(SegmentId(8)),
            Scope::Company(CompanyId(9)),
        ];
        for scope in scopes {
            for &state in State::ALL {
                for &order in Order::ALL {
                    for priority in [false, true] {
                        let filter = Filter { scope, state, order, priority, find: "grace".into() };
                        assert_eq!(read(&filter.query()), filter);
                    }
                }
            }
        }
        assert_eq!(Filter::default().address(None), "/inbox");
        let first = Filter { priority: true, ..Filter::default() };
        assert_eq!(first.address(None), "/inbox?priority=1");
    }

    #[test]
    fn nonsense_is_left_out() {
        assert_eq!(
            read("in=team-x&state=lost&order=random&priority=yes&find=+"),
            Filter { find: "+".into(), ..Filter::default() }
        );
    }

    #[test]
    fn each_list_is_of_one_view() {
        let of = |scope, priority| Filter { scope, priority, ..Filter::default() };
        let views = [of(Scope::All, false), of(Scope::All, true), of(Scope::Mine, false)];
        for (scope, priority, view) in [
            (Scope::All, false, 0),
            (Scope::All, true, 1),
            (Scope::Mine, false, 2),
            (Scope::Mine, true, 2),
        ] {
            let list = Filter { state: State::Closed, order: Order::Oldest, ..of(scope, priority) };
            let found: Vec<_> = (0..views.len()).filter(|n| views[*n].is_of(&list)).collect();
            assert_eq!(found, [view], "{list:?}");
        }
    }

    #[test]
    fn a_filter_is_a_sentence() {
        let filter =
            Filter { scope: Scope::Team(TeamId(1)), find: "grace".into(), ..Filter::default() };
        let said = filter.sentence(|_| Some("Support".into()));
        assert_eq!(said, "Open conversations of the team Support with \"grace\", newest first");
        let said = Filter {
            scope: Scope::Mine,
            state: State::Snoozed,
            order: Order::Waiting,
            priority: true,
            find: String::new(),
        };
        assert_eq!(
            said.sentence(|_| None),
            "Snoozed priority conversations that you look after, those who wait longest first"
        );
    }
}
