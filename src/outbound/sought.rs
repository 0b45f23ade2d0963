//! Which messages the list shows.

use serde::{Deserialize, Serialize};

use super::{Channel, State};
use crate::id::ContactId;
use crate::ui::escape;

/// What the address of the list asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sought {
    /// Words of which each is in the name or the subject, in any case; empty for all messages.
    pub find: String,
    /// Where they stand; `None` for anywhere.
    pub state: Option<State>,
    /// How they get there; `None` for either way.
    pub kind: Option<Channel>,
    /// The person about whom the list was opened, to ask of a message why they get it or not.
    pub person: Option<ContactId>,
}

impl Sought {
    /// Reads the query of an address; what makes no sense is left out.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let word = |name: &str| get(name).unwrap_or_default();
        Self {
            find: word("find"),
            state: State::from_word(&word("state")),
            kind: Channel::from_word(&word("kind")),
            person: word("person").parse().ok(),
        }
    }

    /// The address of this list.
    pub fn address(&self) -> String {
        let pairs = [
            ("find", self.find.trim().to_owned()),
            ("state", self.state.map(State::word).unwrap_or_default().to_owned()),
            ("kind", self.kind.map(Channel::word).unwrap_or_default().to_owned()),
            ("person", self.person.map(|id| id.to_string()).unwrap_or_default()),
        ];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<_> =
            pairs.map(|(name, value)| format!("{name}={}", escape(&value))).collect();
        if pairs.is_empty() { "/outbound".into() } else { format!("/outbound?{}", pairs.join("&")) }
    }

    /// Whether it leaves nothing out.
    pub fn is_all(&self) -> bool {
        self.find.trim().is_empty() && self.state.is_none() && self.kind.is_none()
    }

    /// Whether it means a message of this name and subject that stands there and gets there so.
    pub fn means(&self, name: &str, subject: &str, state: State, kind: Channel) -> bool {
        let text = format!("{name}\n{subject}").to_lowercase();
        self.state.is_none_or(|one| one == state)
            && self.kind.is_none_or(|one| one == kind)
            && self.find.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::Sought;
    use crate::outbound::{Channel, State};

    #[test]
    fn an_address_is_read_written_and_means_what_it_says() {
        let of = |query: &str| {
            let pairs: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
            Sought::read(|name| {
                pairs.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of("state=none&kind=dove&person=x"), Sought::default());
        assert_eq!(Sought::default().address(), "/outbound");
        let all = Sought { find: "März".into(), ..of("state=paused&kind=email&person=7") };
        let address = "/outbound?find=M%C3%A4rz&state=paused&kind=email&person=7";
        assert_eq!((all.address().as_str(), all.is_all()), (address, false));
        let means = |s: &Sought, name: &str, subject: &str| {
            s.means(name, subject, State::Paused, Channel::Email)
        };
        assert!(means(&all, "Neues im MÄRZ", "") && means(&all, "News", "Das war der März"));
        assert!(!means(&all, "Neues im April", "") && means(&Sought::default(), "", ""));
        assert!(!all.means("März", "", State::Draft, Channel::Email));
        assert!(!all.means("März", "", State::Paused, Channel::Post));
        let words = Sought { find: " welcome  vips ".into(), ..Sought::default() };
        assert!(means(&words, "VIPs: welcome", "") && !means(&words, "Welcome", "all"));
        assert!(of("person=7").is_all());
    }
}
