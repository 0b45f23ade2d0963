//! Telling whoever runs the program of statements that take long: one short line, and of one place at most once a minute. The
//! statement itself is not written down, which may have thousands of characters.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// From how long on a statement is told of.
const SLOW: Duration = Duration::from_secs(1);
/// How long nothing more is said of a place.
const QUIET: Duration = Duration::from_mins(1);
/// How many characters of a composed statement stand for it: its first pieces, which are the program's own words.
pub(super) const SAID: usize = 80;

static PLACES: LazyLock<Mutex<HashMap<Cow<'static, str>, Place>>> = LazyLock::new(Mutex::default);

/// Tells of what began then, if it took long; `place` says where in the program it is.
pub fn took(began: Instant, place: &'static str) {
    let now = Instant::now();
    if now - began >= SLOW {
        tell(Cow::Borrowed(place), now - began, now, false);
    }
}

/// The same of a statement that was composed at run time, and whether it was ended because its time was over.
pub(super) fn composed(began: Instant, said: String, cut: bool) {
    let now = Instant::now();
    if now - began >= SLOW || cut {
        tell(Cow::Owned(said), now - began, now, cut);
    }
}

fn tell(place: Cow<'static, str>, took: Duration, now: Instant, cut: bool) {
    let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
    let of = places.entry(place.clone()).or_default();
    let Some((more, longest)) = of.add(took, now) else { return };
    drop(places);
    let (took, longest) = (took.as_millis() as u64, longest.as_millis() as u64);
    if cut {
        tracing::warn!(ms = took, %place, more, longest, "a question took the database too long and was cut short");
    } else {
        tracing::warn!(ms = took, %place, more, longest, "a statement took the database long");
    }
}

/// What was slow in one place.
#[derive(Default)]
struct Place {
    /// When it was last told.
    told: Option<Instant>,
    /// How often it was slow since, and the longest of those.
    more: u64,
    longest: Duration,
}

impl Place {
    /// Adds one time; answers how many there were that nobody was told of, and the longest of all, when it is time to tell.
    fn add(&mut self, took: Duration, now: Instant) -> Option<(u64, Duration)> {
        self.longest = self.longest.max(took);
        if self.told.is_some_and(|told| now.saturating_duration_since(told) < QUIET) {
            self.more += 1;
            return None;
        }
        let untold = (self.more, self.longest);
        *self = Self { told: Some(now), ..Self::default() };
        Some(untold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_place_a_line_a_minute_says_how_many_there_were() {
        let (mut place, begin, second) = (Place::default(), Instant::now(), Duration::from_secs(1));
        assert_eq!(place.add(second * 2, begin), Some((0, second * 2)), "the first at once");
        for n in 1..30 {
            assert_eq!(place.add(second * (1 + n % 5), begin + second * n), None);
        }
        assert_eq!(place.add(second, begin + QUIET), Some((29, second * 5)));
        assert_eq!(place.add(second, begin + QUIET + second), None);
    }
}
