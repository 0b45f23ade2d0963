//! What the address of a list asks for.

use std::fmt::Debug;

use crate::attributes::Subject;
use crate::ui::escape;

/// What a list can be sorted by.
pub trait Sorts: Copy + Default + PartialEq + Debug + Send + Sync + 'static {
    /// Every order: its word in addresses, and whether the first click shows the largest first: the newest, but A before Z.
    const ALL: &'static [(Self, &'static str, bool)];

    /// The word in addresses.
    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(s, ..)| *s == self).map_or("", |(_, word, _)| word)
    }

    /// The order that an address names.
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w, _)| *w == word).map(|(s, ..)| *s)
    }

    /// Whether the first click shows the largest first.
    fn descends(self) -> bool {
        Self::ALL.iter().any(|(s, _, descends)| *s == self && *descends)
    }
}

/// Which of all that there are a list shows; by default every one.
pub trait Filters: Clone + Default + PartialEq + Debug + Send + Sync + 'static {
    /// What it can be sorted by.
    type Sort: Sorts;
    /// What the list is of.
    const OF: Subject;
    /// The address of the list.
    const PATH: &'static str;
    /// The setting that holds a teammate's columns.
    const SETTING: &'static str;
    /// Every standard column with its heading, in the order in which they are offered.
    const COLUMNS: &'static [(&'static str, &'static str)];
    /// The columns of a teammate who chose none.
    const AT_FIRST: &'static [&'static str];

    /// Reads the query of an address; what makes no sense is left out.
    fn read(get: &dyn Fn(&str) -> Option<String>) -> Self;

    /// The pairs of the query; those whose value is empty say nothing.
    fn pairs(&self) -> Vec<(&'static str, String)>;

    /// Whether a segment is asked for, and nothing besides.
    fn only_a_segment(&self) -> bool {
        let pairs = self.pairs();
        let mut said = pairs.iter().filter(|(_, value)| !value.is_empty());
        said.next().is_some_and(|(name, _)| *name == "segment") && said.next().is_none()
    }

    /// The address of a file with everything that is meant.
    fn export_address(&self) -> String {
        let all = Asked { filter: self.clone(), ..Asked::default() };
        all.address().replacen(Self::PATH, &format!("{}/export.csv", Self::PATH), 1)
    }
}

/// A page of a list, as an address asks for it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked<F: Filters> {
    /// Which.
    pub filter: F,
    /// By what.
    pub sort: F::Sort,
    /// The other way round than the first click shows.
    pub reversed: bool,
    /// After this cursor, as [`super::Page::next`] gave it.
    pub after: Option<String>,
}

impl<F: Filters> Asked<F> {
    /// Reads the query of an address; what makes no sense is left out.
    pub fn from_query(get: impl Fn(&str) -> Option<String>) -> Self {
        // An address within a form is escaped twice, and may have a NUL still.
        let get = |name: &str| get(name).map(|value| value.replace('\0', ""));
        Self {
            filter: F::read(&get),
            sort: get("sort").and_then(|w| F::Sort::from_word(&w)).unwrap_or_default(),
            reversed: get("reversed").is_some(),
            after: get("after"),
        }
    }

    /// The same list from its beginning, with another filter.
    pub fn with(&self, change: impl FnOnce(&mut F)) -> Self {
        let mut next = Self { after: None, ..self.clone() };
        change(&mut next.filter);
        next
    }

    /// Whether the largest come first.
    pub fn descends(&self) -> bool {
        self.sort.descends() != self.reversed
    }

    /// The address of this page.
    pub fn address(&self) -> String {
        let one = |yes: bool| if yes { "1".to_owned() } else { String::new() };
        let sorted = self.sort != F::Sort::default();
        let mut pairs = self.filter.pairs();
        pairs.push(("sort", if sorted { self.sort.word().into() } else { String::new() }));
        pairs.push(("reversed", one(self.reversed)));
        pairs.push(("after", self.after.clone().unwrap_or_default()));
        pairs.retain(|(_, value)| !value.is_empty());
        let pair = |(name, value): &(&str, String)| format!("{name}={}", escape(value));
        let query: Vec<_> = pairs.iter().map(pair).collect();
        if query.is_empty() { F::PATH.into() } else { format!("{}?{}", F::PATH, query.join("&")) }
    }
}
