//! How a company stands: a function of when it became a customer and when anyone of it was last seen.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::time::{DAY, Time};

/// How a company stands. The first that fits, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It became a customer lately.
    New,
    /// Someone of it was seen lately.
    Active,
    /// Nobody was seen lately, but not long ago.
    SlippingAway,
    /// Nobody was seen for long.
    Inactive,
    /// Nobody was ever seen.
    NeverSeen,
}

/// From when on a company stands otherwise, in whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// For how long it is new, 1 to 365.
    pub new: i64,
    /// Up to how long ago someone was seen while it is active, 1 to 3,650.
    pub active: i64,
    /// Up to how long ago someone was seen while it slips away; more than `active`, at most 3,650.
    pub slipping: i64,
}

impl Default for Thresholds {
    /// Intercom's: a day, 30 days, 60 days.
    fn default() -> Self {
        Self { new: 1, active: 30, slipping: 60 }
    }
}

impl Thresholds {
    /// Checks that they can be told apart.
    ///
    /// # Errors
    /// [`Error::Invalid`] for one out of its range, by name.
    pub fn checked(self) -> Result<Self, Error> {
        if !(1..=365).contains(&self.new) {
            return Err(Error::invalid("new", "new lasts 1 to 365 days"));
        }
        if !(1..=3_650).contains(&self.active) {
            return Err(Error::invalid("active", "active reaches back 1 to 3650 days"));
        }
        if self.slipping <= self.active || self.slipping > 3_650 {
            let message = "slipping away reaches back further than active, and at most 3650 days";
            return Err(Error::invalid("slipping", message));
        }
        Ok(self)
    }
}

/// How a company stands, and the moment at which that changes if nobody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// How it stands.
    pub health: Health,
    /// When time alone changes it; `None` for never.
    pub until: Option<Time>,
}

impl Health {
    /// Every one with its word, its name and the class of its badge, in the order in which they are tried.
    pub const ALL: [(Self, &'static str, &'static str, &'static str); 5] = [
        (Self::New, "new", "New", "badge new"),
        (Self::Active, "active", "Active", "badge good"),
        (Self::SlippingAway, "slipping_away", "Slipping away", "badge warn"),
        (Self::Inactive, "inactive", "Inactive", "badge danger"),
        (Self::NeverSeen, "never_seen", "Never seen", "badge quiet"),
    ];

    fn row(self) -> (Self, &'static str, &'static str, &'static str) {
        // Every one has a row; the fallback is for the compiler.
        Self::ALL.into_iter().find(|(h, ..)| *h == self).unwrap_or(Self::ALL[4])
    }

    /// The word in the database and in addresses.
    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// What people read.
    pub fn name(self) -> &'static str {
        self.row().2
    }

    /// The classes of its badge, which has a shape of its own besides the colour.
    pub fn class(self) -> &'static str {
        self.row().3
    }

    /// The one that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, w, ..)| *w == word).map(|(h, ..)| h)
    }

    /// Judges a company: `since` is when it became a customer, `seen` when anyone of it was last seen (the epoch for never).
    /// A customer who begins in the future is not new yet.
    pub fn of(since: Time, seen: Time, days: &Thresholds, now: Time) -> Verdict {
        let ends = |from: Time, days: i64| from.plus(days * DAY);
        let verdict = |health, until| Verdict { health, until };
        if since <= now && now < ends(since, days.new) {
            return verdict(Self::New, Some(ends(since, days.new)));
        }
        let seen_health = if seen.0 <= 0 {
            verdict(Self::NeverSeen, None)
        } else if now < ends(seen, days.active) {
            verdict(Self::Active, Some(ends(seen, days.active)))
        } else if now < ends(seen, days.slipping) {
            verdict(Self::SlippingAway, Some(ends(seen, days.slipping)))
        } else {
            verdict(Self::Inactive, None)
        };
        // Who begins later is new then.
        let begins = (since > now).then_some(since);
        let until = [seen_health.until, begins].into_iter().flatten().min();
        Verdict { until, ..seen_health }
    }

    /// Why it stands so, as a sentence without its full stop.
    pub fn why(self, seen: Time, days: &Thresholds, now: Time) -> String {
        let ago = (now.0 - seen.0).max(0) / DAY;
        let for_days = match ago {
            0 => "less than a day".to_owned(),
            1 => "1 day".to_owned(),
            n => format!("{n} days"),
        };
        match self {
            Self::New if days.new == 1 => "Customer for less than a day".into(),
            Self::New => format!("Customer for less than {} days", days.new),
            Self::Active if ago == 0 => "Someone was seen within the last day".into(),
            Self::Active => {
                format!("Someone was seen {for_days} ago; slipping away begins at {}", days.active)
            }
            Self::SlippingAway => {
                format!("No one seen for {for_days}; slipping away begins at {}", days.active)
            }
            Self::Inactive => {
                format!("No one seen for {for_days}; inactive begins at {}", days.slipping)
            }
            Self::NeverSeen => "No one of it has been seen".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_772_366_400_000);

    fn at(since: i64, seen: Option<i64>) -> Verdict {
        let ago = |days: i64| NOW.plus(-days * DAY);
        Health::of(ago(since), seen.map_or(Time(0), ago), &Thresholds::default(), NOW)
    }

    #[test]
    fn the_first_that_fits() {
        assert_eq!(at(0, None).health, Health::New);
        assert_eq!(at(0, Some(0)).health, Health::New);
        assert_eq!(at(1, Some(0)).health, Health::Active);
        assert_eq!(at(99, Some(29)).health, Health::Active);
        assert_eq!(at(99, Some(30)).health, Health::SlippingAway);
        assert_eq!(at(99, Some(59)).health, Health::SlippingAway);
        assert_eq!(at(99, Some(60)).health, Health::Inactive);
        assert_eq!(at(99, None).health, Health::NeverSeen);
    }

    #[test]
    fn it_stays_until_the_moment_told_and_is_another_then() {
        for (since, seen) in [
            (0, None),
            (0, Some(0)),
            (5, Some(3)),
            (99, Some(40)),
            (-3, None),
            (-3, Some(29)),
            (-90, Some(1)),
        ] {
            let (since, seen) =
                (NOW.plus(-since * DAY), seen.map_or(Time(0), |s: i64| NOW.plus(-s * DAY)));
            let days = Thresholds::default();
            let mut now = NOW;
            for _ in 0..6 {
                let verdict = Health::of(since, seen, &days, now);
                let Some(until) = verdict.until else {
                    let later = Health::of(since, seen, &days, now.plus(4_000 * DAY));
                    assert_eq!(later.health, verdict.health, "it never changes by time");
                    break;
                };
                assert!(until > now);
                assert_eq!(Health::of(since, seen, &days, until.plus(-1)).health, verdict.health);
                let next = Health::of(since, seen, &days, until);
                assert_ne!(next, verdict);
                now = until;
            }
        }
    }

    #[test]
    fn words_say_why() {
        let days = Thresholds::default();
        let why = |h: Health, ago: i64| h.why(NOW.plus(-ago * DAY), &days, NOW);
        assert_eq!(
            why(Health::SlippingAway, 41),
            "No one seen for 41 days; slipping away begins at 30"
        );
        assert_eq!(why(Health::Inactive, 61), "No one seen for 61 days; inactive begins at 60");
        assert_eq!(
            why(Health::Active, 1),
            "Someone was seen 1 day ago; slipping away begins at 30"
        );
    }

    #[test]
    fn thresholds_are_checked() {
        assert!(Thresholds::default().checked().is_ok());
        for (new, active, slipping) in
            [(0, 30, 60), (1, 0, 60), (1, 30, 30), (1, 30, 4_000), (400, 30, 60)]
        {
            assert!(Thresholds { new, active, slipping }.checked().is_err());
        }
    }
}
