//! How much of opening and clicking is noted: anyone who has an e-mail can ask for its picture as often as they like.

use std::net::IpAddr;

use governor::DefaultKeyedRateLimiter;

use crate::server::buckets::{bucket, take};

/// Buckets of loads, by address and by e-mail.
pub struct Loads {
    addresses: DefaultKeyedRateLimiter<Option<IpAddr>>,
    letters: DefaultKeyedRateLimiter<String>,
}

impl Default for Loads {
    /// A mail provider that loads pictures for its customers asks 2,000 times at once, then 2,000 a minute. An e-mail tells of
    /// itself 30 times at once, then 10 a minute.
    fn default() -> Self {
        Self { addresses: bucket(2_000, 2_000), letters: bucket(30, 10) }
    }
}

impl Loads {
    /// Takes a load of an address; `None` is one that is not known.
    pub fn address(&self, ip: Option<IpAddr>) -> bool {
        take(&self.addresses, ip)
    }

    /// Takes a load of an e-mail, by what names it.
    pub fn letter(&self, about: String) -> bool {
        take(&self.letters, about)
    }
}
