//! A rule that is being built: what an address or a form says of it.

use super::predicate::Predicate;
use crate::attributes::Subject;
use crate::id::SegmentId;
use crate::ui::escape;

/// A segment that is not saved yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// People or companies.
    pub of: Subject,
    /// The segment whose rule it is to be; nothing for a new one.
    pub id: Option<SegmentId>,
    /// The version of the segment that the changing of it began with; 0 for a new one.
    pub version: i64,
    /// The name so far.
    pub name: String,
    /// The JSON text of the rule.
    pub rule: String,
}

impl Draft {
    /// A new one that asks nothing yet.
    pub fn new(of: Subject) -> Self {
        Self { of, id: None, version: 0, name: String::new(), rule: Predicate::default().text() }
    }

    /// The address of that list with the rule as its filter.
    pub fn filtered(&self) -> String {
        format!("{}?rule={}", self.list(), escape(&self.rule))
    }

    /// The same as a new segment; it has no name yet where it would have that of the one that it was made of.
    #[must_use]
    pub fn copied(self, saved: &str) -> Self {
        let name = if self.name.trim() == saved { String::new() } else { self.name };
        Self { id: None, version: 0, name, ..self }
    }

    /// The address of the list of whom it concerns.
    pub const fn list(&self) -> &'static str {
        match self.of {
            Subject::Contact => "/people",
            Subject::Company => "/companies",
        }
    }

    /// The address of the builder with it.
    pub fn address(&self) -> String {
        let page = self.id.map_or_else(|| "new".to_owned(), |id| id.to_string());
        let (of, name, rule) = (self.of.word(), escape(&self.name), escape(&self.rule));
        let began = self.id.filter(|_| self.version > 0);
        let began = began.map_or_else(String::new, |_| format!("&version={}", self.version));
        format!("/segments/{page}?of={of}&name={name}{began}&rule={rule}")
    }
}
