//! How often Messengers may call: anyone in the world can.

use std::net::IpAddr;

use governor::DefaultKeyedRateLimiter;

use crate::id::ContactId;
use crate::server::buckets::{bucket, take};

/// Buckets of calls, by address and by person.
pub struct Limits {
    boots: DefaultKeyedRateLimiter<Option<IpAddr>>,
    calls: DefaultKeyedRateLimiter<ContactId>,
    messages: DefaultKeyedRateLimiter<ContactId>,
}

impl Default for Limits {
    /// An office behind one address boots 300 pages at once, then 120 a minute; a person asks 240 times at once, then
    /// 240 a minute, and writes 20 messages at once, then 30 a minute.
    fn default() -> Self {
        Self { boots: bucket(300, 120), calls: bucket(240, 240), messages: bucket(20, 30) }
    }
}

impl Limits {
    /// Takes a page's boot from an address; `None` is an address that is not known.
    pub fn boot(&self, ip: Option<IpAddr>) -> bool {
        take(&self.boots, ip)
    }

    /// Takes a call of a person.
    pub fn call(&self, contact: ContactId) -> bool {
        take(&self.calls, contact)
    }

    /// Takes a message of a person.
    pub fn message(&self, contact: ContactId) -> bool {
        take(&self.messages, contact)
    }
}
