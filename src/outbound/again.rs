//! How often a message goes out again that an event sets off.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::time::MINUTE;
use crate::words::words;

/// The longest name of an event, in characters.
const NAME: usize = 120;
/// The longest pause, in hours: a year.
const LONGEST: i64 = 24 * 366;
/// The most that one person can get of a message.
const MOST: i64 = 1_000;

words! {
    /// Why something that somebody did did not set a message off again.
    Skip {
        /// The one before is too recent.
        Often = "often", "the one before is too recent";
        /// They had as many as one person gets.
        Most = "most", "they had as many as one person gets";
    }
}

/// What sets a message off, and how often for one person at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    /// The name of the event; empty where none does.
    pub event: String,
    /// So many hours lie between two at least.
    pub hours: i64,
    /// So many a person gets in all; 0 for no bound.
    pub most: i64,
}

impl Default for Again {
    /// No event; where one is named, at most one a day.
    fn default() -> Self {
        Self { event: String::new(), hours: 24, most: 0 }
    }
}

impl Again {
    /// As a message keeps it: in milliseconds.
    pub const fn every(&self) -> i64 {
        self.hours * 60 * MINUTE
    }

    /// As it may be kept.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the first field that is refused.
    pub fn checked(&self) -> Result<Self, Error> {
        let event = self.event.trim().to_owned();
        if event.is_empty() || event.chars().count() > NAME || event.chars().any(char::is_control) {
            return Err(Error::invalid("event", "name the event that sets it off"));
        }
        if !(1..=LONGEST).contains(&self.hours) {
            let message = "write a whole number of at least one hour and at most a year";
            return Err(Error::invalid("every", message));
        }
        if !(0..=MOST).contains(&self.most) {
            let message = "write a whole number from 1 to 1,000, or nothing for no bound";
            return Err(Error::invalid("most", message));
        }
        Ok(Self { event, ..*self })
    }

    /// Of a form: a number with its unit, and the bound, which may be left empty.
    ///
    /// # Errors
    /// As [`Self::checked`].
    pub fn read(event: &str, every: &str, unit: &str, most: &str) -> Result<Self, Error> {
        let number = |text: &str, empty: i64| match text.trim() {
            "" => empty,
            text => text.parse().unwrap_or(-1),
        };
        let unit = if unit == "days" { 24 } else { 1 };
        let hours = number(every, -1).saturating_mul(unit);
        Self { event: event.to_owned(), hours, most: number(most, 0) }.checked()
    }

    /// The pause as a form has it: a number and its unit.
    pub const fn pause(&self) -> (i64, &'static str) {
        if self.hours % 24 == 0 { (self.hours / 24, "days") } else { (self.hours, "hours") }
    }

    /// In words: `at most one a day`.
    pub fn often(&self) -> String {
        match self.pause() {
            (1, "days") => "at most one a day".into(),
            (1, _) => "at most one an hour".into(),
            (n, unit) => format!("at most one every {n} {unit}"),
        }
    }

    /// All of it in words: `“checkout”, at most one a day, 3 in all`.
    pub fn said(&self) -> String {
        let most = match self.most {
            0 => String::new(),
            n => format!(", {n} in all"),
        };
        format!("“{}”, {}{most}", self.event, self.often())
    }
}

#[cfg(test)]
mod tests {
    use super::Again;

    #[test]
    fn a_form_is_read_said_and_refused_by_field() {
        let day = Again::read(" checkout ", "1", "days", "").unwrap();
        assert_eq!(day, Again { event: "checkout".into(), ..Again::default() });
        assert_eq!(day.said(), "“checkout”, at most one a day");
        let some = Again::read("checkout", "36", "hours", "3").unwrap();
        assert_eq!(some.said(), "“checkout”, at most one every 36 hours, 3 in all");
        assert_eq!(Again::read("x", "2", "days", "").unwrap().pause(), (2, "days"));
        for (field, event, every, most) in [
            ("event", " ", "1", ""),
            ("every", "x", "", ""),
            ("every", "x", "0", ""),
            ("every", "x", "400", ""),
            ("every", "x", "often", ""),
            ("most", "x", "1", "-1"),
            ("most", "x", "1", "many"),
        ] {
            let refused = Again::read(event, every, "days", most).unwrap_err().to_string();
            assert!(refused.starts_with(&format!("{field}:")), "{field}: {refused}");
        }
    }
}
