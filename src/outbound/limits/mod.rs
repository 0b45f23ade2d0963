//! Limits of what goes out: e-mails a minute, in all and to one domain, and messages that one person gets.

#[cfg(feature = "ssr")]
mod kept;
#[cfg(feature = "ssr")]
mod pace;
#[cfg(feature = "ssr")]
mod quiet;

#[cfg(feature = "ssr")]
pub use kept::{limits, save_limits};
#[cfg(feature = "ssr")]
pub use pace::{begins, minute_of, places};
#[cfg(feature = "ssr")]
pub use quiet::quiet;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The most e-mails a minute that can be asked for.
const MINUTE: i64 = 1_000_000;
/// The most messages of a quiet limit.
const MESSAGES: i64 = 1_000;
/// The most days of a quiet limit.
const DAYS: i64 = 365;

/// A workspace's limits, as they are kept: JSON under the name `outbound`. 0 is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// E-mails a minute.
    pub minute: i64,
    /// E-mails a minute to one domain.
    pub domain: i64,
    /// Messages that one person gets, of all messages together …
    pub messages: i64,
    /// … in so many days.
    pub days: i64,
}

impl Limits {
    /// From the text that is kept; what it does not say is no limit.
    pub fn read(text: Option<&str>) -> Self {
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// Whether e-mails have a pace.
    pub const fn paced(&self) -> bool {
        self.minute > 0 || self.domain > 0
    }

    /// Whether people are left in peace.
    pub const fn quiet(&self) -> bool {
        self.messages > 0 && self.days > 0
    }

    /// Whether anything is limited.
    pub const fn any(&self) -> bool {
        self.paced() || self.quiet()
    }
}

/// The limits' form, field by field as it is typed; empty is no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitsForm {
    /// As [`Limits::minute`].
    pub minute: String,
    /// As [`Limits::domain`].
    pub domain: String,
    /// As [`Limits::messages`].
    pub messages: String,
    /// As [`Limits::days`].
    pub days: String,
}

impl LimitsForm {
    /// The limits that were typed.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the first field that is refused.
    pub fn read(&self) -> Result<Limits, Error> {
        let limits = Limits {
            minute: number("minute", &self.minute, MINUTE)?,
            domain: number("domain", &self.domain, MINUTE)?,
            messages: number("messages", &self.messages, MESSAGES)?,
            days: number("days", &self.days, DAYS)?,
        };
        if limits.messages > 0 && limits.days == 0 {
            return Err(Error::invalid("days", "write in how many days, or leave both empty"));
        }
        if limits.days > 0 && limits.messages == 0 {
            return Err(Error::invalid("messages", "write how many messages, or leave both empty"));
        }
        Ok(limits)
    }
}

fn number(field: &str, text: &str, most: i64) -> Result<i64, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(0);
    }
    let number = text.parse::<i64>().ok().filter(|n| (1..=most).contains(n));
    number.ok_or_else(|| {
        Error::invalid(field, format!("write a whole number from 1 to {most}, or nothing"))
    })
}

#[cfg(test)]
mod tests {
    use super::{Limits, LimitsForm};

    #[test]
    fn a_form_is_read_or_refused_by_field() {
        let form = |minute: &str, domain: &str, messages: &str, days: &str| LimitsForm {
            minute: minute.into(),
            domain: domain.into(),
            messages: messages.into(),
            days: days.into(),
        };
        assert_eq!(form("", " ", "", "").read().unwrap(), Limits::default());
        let all = Limits { minute: 600, domain: 60, messages: 3, days: 7 };
        assert_eq!(form("600", "60", " 3", "7").read().unwrap(), all);
        for (field, form) in [
            ("minute", form("0", "", "", "")),
            ("domain", form("", "many", "", "")),
            ("messages", form("", "", "-1", "7")),
            ("days", form("", "", "3", "366")),
            ("days", form("", "", "3", "")),
            ("messages", form("", "", "", "7")),
        ] {
            let refused = form.read().unwrap_err().to_string();
            assert!(refused.starts_with(&format!("{field}:")), "{field}: {refused}");
        }
    }
}
