//! How many people or companies one transaction judges, so that others who write wait for a moment only.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::server::db::{Conn, Write};

/// The most that a transaction judges.
const MOST: usize = 500;
/// What the first takes, before anything is known: on most machines less than it may.
const FIRST: usize = 50;
/// The fewest: what each transaction costs whatever it does would take most of the time.
const LEAST: usize = 25;
/// How long a transaction may judge. Whoever writes meanwhile waits for one of them, its commit and themselves, which is to stay
/// under 50 ms on SQLite, where one writes at a time.
const HOLD: Duration = Duration::from_millis(8);
/// The same on PostgreSQL, where nobody else who writes waits for it: only who is judged next does, such as somebody tagged while a
/// whole company is, and they are to be where they belong within 150 ms.
const SERVED: Duration = Duration::from_millis(40);
/// From how slow a commit on a transaction may judge as long as that takes: on such a disk everybody waits for syncs, so that
/// fewer of them are better for all.
const SLOW: Duration = Duration::from_millis(100);

/// What one kind of work takes at a time. It follows how long that took: rules and machines differ.
pub struct Portion(AtomicUsize);

impl Default for Portion {
    fn default() -> Self {
        Self(AtomicUsize::new(FIRST))
    }
}

impl Portion {
    /// How many to take now.
    pub fn size(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Commits a transaction that has judged so many since then, and learns from how long that and the commit took.
    ///
    /// # Errors
    /// [`Error::Internal`] when the database fails.
    pub async fn commit(&self, w: Write<'_>, count: usize, began: Instant) -> Result<(), Error> {
        let judged = Instant::now();
        let hold = if matches!(w.conn, Conn::PostgresTx(_)) { SERVED } else { HOLD };
        w.commit().await?;
        self.took(count, judged - began, judged.elapsed(), hold);
        Ok(())
    }

    /// One that took few says little, unless it was slow.
    fn took(&self, count: usize, judging: Duration, commit: Duration, hold: Duration) {
        let hold = if commit < SLOW { hold } else { commit };
        self.0.store(next(self.size(), count, judging, hold), Ordering::Relaxed);
    }
}

fn next(size: usize, count: usize, time: Duration, hold: Duration) -> usize {
    if count == 0 || (count < size / 2 && time < hold) {
        return size;
    }
    let fits = hold.as_secs_f64() / time.as_secs_f64().max(1e-6) * count as f64;
    // One step that happened to be slow or quick is not believed at once.
    (fits as usize).clamp(size / 2, size * 2).clamp(LEAST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_time_within_its_bounds() {
        let ms = Duration::from_millis;
        let next = |size, count, time| super::next(size, count, time, ms(20));
        assert_eq!(next(500, 500, ms(240)), 250, "half at the most at a time");
        assert_eq!(next(100, 100, ms(25)), 80);
        assert_eq!(next(100, 100, ms(16)), 125);
        assert_eq!(next(100, 100, ms(1)), 200, "twice at the most at a time");
        assert_eq!(next(400, 400, ms(1)), MOST);
        assert_eq!(next(40, 40, ms(400)), LEAST);
        assert_eq!(next(200, 20, ms(3)), 200, "few say little");
        assert_eq!(next(200, 20, ms(30)), 100, "but for that they were slow");
        assert_eq!(next(200, 0, ms(0)), 200);
        let size = |commit| {
            let portion = Portion::default();
            portion.took(FIRST, ms(20), commit, HOLD);
            portion.size()
        };
        assert_eq!((size(ms(5)), size(ms(400))), (25, 100), "a slow disk wants fewer syncs");
        let served = Portion::default();
        served.took(FIRST, ms(20), ms(5), SERVED);
        assert_eq!(served.size(), 100, "where nobody waits more are judged at a time");
    }
}
