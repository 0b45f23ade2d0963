//! Where in a rule something makes no sense, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::Error;

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
        Fault { path: self.clone(), message: message.into() }
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

/// Why a rule makes no sense, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The part.
    pub path: Path,
    /// What is expected there.
    pub message: String,
}

impl Fault {
    /// A fault of the whole.
    pub fn at_top(message: impl Into<String>) -> Self {
        Path::default().fault(message)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let way = fault.path.to_string();
        let field = if way.is_empty() { "rule".into() } else { format!("rule.{way}") };
        Self::invalid(field, fault.message)
    }
}
