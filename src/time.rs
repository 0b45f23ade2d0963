//! Moments, as milliseconds since 1970-01-01 UTC, and how they are said.

use serde::{Deserialize, Serialize};

/// The milliseconds of a day: "N days ago" is N times this, everywhere.
pub const DAY: i64 = 86_400_000;
/// The milliseconds of a minute.
pub const MINUTE: i64 = 60_000;

/// A moment in milliseconds UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
#[serde(transparent)]
pub struct Time(
    /// Milliseconds since the epoch.
    pub i64,
);

/// A moment as a page shows it, worded by the server in the workspace's time zone, so that
/// the browser needs no time-zone data and both say the same while hydrating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The moment.
    pub at: Time,
    /// To the minute, with the zone: `24 November 2026, 14:05 UTC`.
    pub exact: String,
    /// The time of day: `14:05`.
    pub clock: String,
    /// RFC 3339, for machines.
    pub iso: String,
    /// How long ago it was when the page was made: `5 minutes ago`.
    pub ago: String,
}

impl Stamp {
    /// How long ago it was, and exactly: `5 minutes ago (24 November 2026, 14:05 UTC)`.
    pub fn whole(&self) -> String {
        format!("{} ({})", self.ago, self.exact)
    }
}

impl Time {
    /// This moment moved by some milliseconds.
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0 + millis)
    }

    /// Whole seconds since the epoch, as the outside speaks of time.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The day that it is in: whole days since 1970-01-01 in UTC.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// How long before `now` this was, in the largest whole unit: `3 days ago`; of what lies ahead, `in 3 days`. Clocks
    /// differ: less than a minute either way is `just now`.
    pub fn ago(self, now: Self) -> String {
        // A twelfth of a year: with thirty days, a year less a week would be twelve months.
        const MONTH: i64 = 2_628_000;
        let ahead = self.0 > now.0;
        let seconds = (now.0 - self.0).abs() / 1000;
        let (n, unit) = match seconds {
            0..60 => return "just now".into(),
            60..3_600 => (seconds / 60, "minute"),
            3_600..86_400 => (seconds / 3_600, "hour"),
            86_400..MONTH => (seconds / 86_400, "day"),
            MONTH..31_536_000 => (seconds / MONTH, "month"),
            _ => (seconds / 31_536_000, "year"),
        };
        let length = format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
        if ahead { format!("in {length}") } else { format!("{length} ago") }
    }
}

#[cfg(test)]
mod tests {
    use super::Time;

    #[test]
    fn ages_use_the_largest_whole_unit() {
        let now = Time(2_000_000_000_000);
        let ago = |seconds: i64| now.plus(-seconds * 1000).ago(now);
        assert_eq!(ago(-5), "just now");
        assert_eq!(ago(-9 * 86_400), "in 9 days");
        assert_eq!(ago(59), "just now");
        assert_eq!(ago(60), "1 minute ago");
        assert_eq!(ago(7_200), "2 hours ago");
        assert_eq!(ago(86_399), "23 hours ago");
        assert_eq!(ago(86_400 * 45), "1 month ago");
        assert_eq!(ago(86_400 * 364), "11 months ago");
        assert_eq!(ago(86_400 * 800), "2 years ago");
    }
}
