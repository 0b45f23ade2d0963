//! The clock, passed to whoever needs the time, so that tests can set it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::time::Time;

/// Tells the time: the system's, or one that a test sets.
#[derive(Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still, in milliseconds UTC.
    Fixed(AtomicI64),
}

impl Clock {
    /// The moment it is now.
    pub fn now(&self) -> Time {
        match self {
            Self::System => {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "the one place that asks the machine"
                )]
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Time(since.as_millis() as i64)
            }
            Self::Fixed(at) => Time(at.load(Ordering::Relaxed)),
        }
    }
}
