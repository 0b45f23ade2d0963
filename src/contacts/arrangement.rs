//! In which order a teammate has the sections of facts, and which of them are folded.

use serde::{Deserialize, Serialize};

/// A section of what is known about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Facts that every person has.
    About,
    /// The companies that they are in.
    Companies,
    /// What the team wrote about them.
    Notes,
    /// Their tags.
    Tags,
    /// What the customer's product sent.
    Data,
    /// Segments, and why.
    Segments,
    /// Their conversations.
    Conversations,
    /// What they did.
    Events,
    /// Messages that go out by themselves.
    Messages,
    /// Which e-mail to many they want.
    Subscriptions,
    /// The browser and place of the last visit.
    Places,
}

impl Section {
    /// Every section with its word in forms and in the database and its title, in the usual order.
    pub const ALL: [(Self, &'static str, &'static str); 11] = [
        (Self::About, "about", "About"),
        (Self::Companies, "companies", "Companies"),
        (Self::Notes, "notes", "Notes"),
        (Self::Tags, "tags", "Tags"),
        (Self::Data, "data", "Data"),
        (Self::Segments, "segments", "Segments"),
        (Self::Conversations, "conversations", "Conversations"),
        (Self::Events, "events", "Events"),
        (Self::Messages, "messages", "Messages"),
        (Self::Subscriptions, "subscriptions", "E-mail to many"),
        (Self::Places, "places", "Devices and places"),
    ];

    fn row(self) -> (&'static str, &'static str) {
        // Every section has a row; the fallback is for the compiler.
        let found = Self::ALL.into_iter().find(|(section, ..)| *section == self);
        found.map_or(("about", "About"), |(_, word, title)| (word, title))
    }

    /// Its word in forms and in the database.
    pub fn word(self) -> &'static str {
        self.row().0
    }

    /// What stands above it.
    pub fn title(self) -> &'static str {
        self.row().1
    }
}

/// Every section once, in a teammate's order, and whether it is folded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrangement(Vec<(Section, bool)>);

impl Default for Arrangement {
    fn default() -> Self {
        Self(Section::ALL.map(|(section, ..)| (section, false)).into())
    }
}

impl Arrangement {
    /// Reads `about,companies,-notes`; what is not named stands at the end, open. `None` for a word that is no
    /// section, and for one that comes twice.
    pub fn read(text: &str) -> Option<Self> {
        let mut sections = Vec::new();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let (word, folded) = word.strip_prefix('-').map_or((word, false), |word| (word, true));
            let (section, ..) = Section::ALL.into_iter().find(|(_, w, _)| *w == word)?;
            if sections.iter().any(|(s, _)| *s == section) {
                return None;
            }
            sections.push((section, folded));
        }
        for (section, ..) in Section::ALL {
            if sections.iter().all(|(s, _)| *s != section) {
                sections.push((section, false));
            }
        }
        Some(Self(sections))
    }

    /// As [`read`](Self::read) reads it.
    pub fn written(&self) -> String {
        let word = |(section, folded): &(Section, bool)| {
            format!("{}{}", if *folded { "-" } else { "" }, section.word())
        };
        self.0.iter().map(word).collect::<Vec<_>>().join(",")
    }

    /// The sections in their order.
    pub fn order(&self) -> Vec<Section> {
        self.0.iter().map(|(section, _)| *section).collect()
    }

    /// The section of a place, from 0; the last where there are fewer.
    pub fn at(&self, place: usize) -> Section {
        // There is never none: it is made of every section.
        self.0.get(place).or(self.0.last()).map_or(Section::About, |(section, _)| *section)
    }

    /// Whether a section is folded.
    pub fn is_folded(&self, section: Section) -> bool {
        self.0.iter().any(|(s, folded)| *s == section && *folded)
    }

    /// The same with a section folded, or open.
    #[must_use]
    pub fn folded(mut self, section: Section, folded: bool) -> Self {
        self.0.iter_mut().filter(|(s, _)| *s == section).for_each(|(_, f)| *f = folded);
        self
    }

    /// The same with a section that many places further down, or up; `None` where there is no such place.
    pub fn moved(&self, section: Section, by: isize) -> Option<Self> {
        let from = self.0.iter().position(|(s, _)| *s == section)?;
        let to = from.checked_add_signed(by).filter(|to| *to < self.0.len())?;
        let mut moved = self.clone();
        let one = moved.0.remove(from);
        moved.0.insert(to, one);
        Some(moved)
    }
}

#[cfg(test)]
mod tests {
    use super::{Arrangement, Section};

    #[test]
    fn what_is_written_is_read_again() {
        let usual = Arrangement::default();
        assert_eq!(Arrangement::read(&usual.written()), Some(usual.clone()));
        assert_eq!(Arrangement::read(""), Some(usual.clone()));
        let own = Arrangement::read("events, -tags").expect("both are sections");
        assert_eq!(own.order()[..2], [Section::Events, Section::Tags]);
        assert_eq!(own.order().len(), Section::ALL.len(), "each once");
        assert_eq!((own.at(0), own.at(99)), (Section::Events, Section::Places));
        assert!(own.is_folded(Section::Tags) && !own.is_folded(Section::Events));
        assert!(!own.clone().folded(Section::Tags, false).is_folded(Section::Tags));
        assert_eq!(Arrangement::read(&own.written()), Some(own));
        for wrong in ["nothing", "tags,tags", "tags,-tags", "--tags"] {
            assert_eq!(Arrangement::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sections_move_as_far_as_there_is_room() {
        let usual = Arrangement::default();
        assert_eq!(usual.moved(Section::About, -1), None);
        assert_eq!(usual.moved(Section::Places, 1), None);
        let down = usual.moved(Section::About, 1).expect("there is room");
        assert_eq!(down.order()[..2], [Section::Companies, Section::About]);
        assert_eq!(down.moved(Section::About, -1), Some(usual));
    }
}
