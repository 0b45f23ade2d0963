//! How often Messengers may call: anyone in the world can.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::id::ContactId;

/// From how many keys on those that have all their calls again are forgotten.
const MANY: usize = 10_000;

/// Buckets of calls, by address and by person.
pub struct Limits {
    boots: DefaultKeyedRateLimiter<Option<IpAddr>>,
    calls: DefaultKeyedRateLimiter<ContactId>,
    messages: DefaultKeyedRateLimiter<ContactId>,
}

/// Buckets of so many calls at once, and so many a minute.
pub fn bucket<K: Hash + Eq + Clone>(burst: u32, per_minute: u32) -> DefaultKeyedRateLimiter<K> {
    let some = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    RateLimiter::keyed(Quota::per_minute(some(per_minute)).allow_burst(some(burst)))
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

/// Takes a call out of a bucket, where there is one left.
pub fn take<K: Hash + Eq + Clone>(buckets: &DefaultKeyedRateLimiter<K>, key: K) -> bool {
    if buckets.len() > MANY {
        buckets.retain_recent();
    }
    buckets.check_key(&key).is_ok()
}
