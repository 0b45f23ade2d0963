//! Where in a rule something makes no sense, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, MOST_TOLD};

/// The way from the top of a rule to one of its parts: which part of each group, from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Path(
    /// The numbers.
    pub Vec<usize>,
);

impl Path {
    /// The way to a part of the part that this leads to.
    #[must_use]
    pub fn child(&self, n: usize) -> Self {
        let mut way = self.0.clone();
        way.push(n);
        Self(way)
    }

    /// A fault at this place.
    pub fn fault(&self, message: impl Into<String>) -> Fault {
        Fault { path: self.clone(), member: Member::default(), message: message.into() }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&numbers.join("."))
    }
}

impl std::str::FromStr for Path {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.split('.').filter(|n| !n.is_empty()).map(str::parse);
        numbers.collect::<Result<_, _>>().map(Self)
    }
}

/// What of a part is meant: nothing in particular, a member of its JSON, or a member of that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The names on the way to it, and the numbers of what stands in a list.
    pub way: Vec<String>,
    /// Whether its name is meant, not what it has.
    pub name: bool,
}

/// Why a rule makes no sense, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The part.
    pub path: Path,
    /// What of it.
    #[serde(default)]
    pub member: Member,
    /// What is expected there.
    pub message: String,
}

impl Fault {
    /// A fault of the whole.
    pub fn at_top(message: impl Into<String>) -> Self {
        Path::default().fault(message)
    }

    /// The same, of what stands in this member, by its name or, in a list, by its number.
    #[must_use]
    pub fn inside(mut self, member: impl fmt::Display) -> Self {
        self.member.way.insert(0, member.to_string());
        self
    }

    /// The same, of the name of this member.
    #[must_use]
    pub fn named(self, member: &str) -> Self {
        let Self { path, message, .. } = self;
        Self { path, member: Member { way: vec![member.to_owned()], name: true }, message }
    }
}

impl Fault {
    /// The field that a refusal names, and why.
    fn told(self) -> (String, String) {
        let way = self.path.to_string();
        let field = if way.is_empty() { "rule".into() } else { format!("rule.{way}") };
        (field, self.message)
    }
}

/// Where a rule makes no sense, in the order in which it is written: at least one place, and of very many the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    all: Vec<Fault>,
    /// Whether the rest of the rule was not looked at any more, as one of a rule that is too large.
    last: bool,
}

impl Faults {
    /// A fault after which the rest is not looked at.
    pub const fn last(all: Vec<Fault>) -> Self {
        Self { all, last: true }
    }

    /// The first of them.
    pub fn first(&self) -> Fault {
        self.all.first().cloned().unwrap_or_else(|| Fault::at_top("it makes no sense"))
    }

    /// All of them.
    pub fn all(self) -> Vec<Fault> {
        self.all
    }

    /// The same, where only the first matters and all of it is said of one place: of the value there.
    #[must_use]
    pub fn within(self, path: &Path) -> Self {
        // Where it was left only since it had so many, there is room again.
        let last = self.last && self.all.len() < MOST_TOLD;
        Self { all: vec![path.fault(self.first().message).inside("value")], last }
    }

    /// What every one of these is, or what is wrong with any of them.
    ///
    /// # Errors
    /// As each of them.
    pub fn of_each<T, R>(
        parts: impl IntoIterator<Item = T>,
        mut one: impl FnMut(T) -> Result<R, Self>,
    ) -> Result<Vec<R>, Self> {
        let (mut found, mut wrong) = (Vec::new(), Self { all: Vec::new(), last: false });
        for part in parts {
            match one(part) {
                Ok(part) => found.push(part),
                Err(more) => {
                    wrong.all.extend(more.all);
                    wrong.all.truncate(MOST_TOLD);
                    wrong.last = more.last || wrong.all.len() == MOST_TOLD;
                }
            }
            if wrong.last {
                break;
            }
        }
        if wrong.all.is_empty() { Ok(found) } else { Err(wrong) }
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self { all: vec![fault], last: false }
    }
}

impl From<Faults> for Error {
    fn from(faults: Faults) -> Self {
        Self::several(faults.all.into_iter().map(Fault::told).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odd(n: usize) -> Result<usize, Faults> {
        if n.is_multiple_of(2) { Ok(n) } else { Err(Path(vec![n]).fault("odd").into()) }
    }

    #[test]
    fn each_place_is_told_up_to_so_many() {
        assert_eq!(Faults::of_each([2, 4], odd), Ok(vec![2, 4]));
        let two = Faults::of_each([1, 2, 3], odd).unwrap_err();
        assert_eq!(two.first(), Path(vec![1]).fault("odd"));
        let error = Error::from(two);
        let told = ["rule.1", "rule.3"].map(|field| (field.to_owned(), "odd".to_owned()));
        assert_eq!(error, Error::Several(told.to_vec()));
        assert_eq!(error.sentence(), "Odd, and there is 1 more mistake.");
        let one = Error::from(Faults::of_each([1], odd).unwrap_err());
        assert_eq!(one, Error::invalid("rule.1", "odd"));
        let many = Faults::of_each(0..1_000, odd).unwrap_err();
        assert_eq!(many.clone().all().len(), MOST_TOLD);
        assert!(Error::from(many).sentence().ends_with("and there are many more mistakes."));
        // After the last one nothing is looked at.
        let mut seen = 0;
        let stop = |n: usize| {
            seen += 1;
            if n == 3 { Err(Faults::last(vec![Fault::at_top("too many")])) } else { odd(n) }
        };
        assert_eq!(Faults::of_each(1..1_000, stop).unwrap_err().all().len(), 2);
        assert_eq!(seen, 3);
    }
}
