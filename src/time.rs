//! Moments, as milliseconds since 1970-01-01 UTC.

use serde::{Deserialize, Serialize};

/// A moment in milliseconds UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
#[serde(transparent)]
pub struct Time(
    /// Milliseconds since the epoch.
    pub i64,
);

impl Time {
    /// This moment moved by some milliseconds.
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0 + millis)
    }
}
