//! Buckets of calls: how often somebody may ask whom nobody knows, or whom anyone can name.

use std::hash::Hash;
use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// From how many keys on those that have all their calls again are forgotten.
const MANY: usize = 10_000;

/// Buckets of so many calls at once, and so many a minute.
pub fn bucket<K: Hash + Eq + Clone>(burst: u32, per_minute: u32) -> DefaultKeyedRateLimiter<K> {
    let some = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    RateLimiter::keyed(Quota::per_minute(some(per_minute)).allow_burst(some(burst)))
}

/// Takes a call out of a bucket, where there is one left.
pub fn take<K: Hash + Eq + Clone>(buckets: &DefaultKeyedRateLimiter<K>, key: K) -> bool {
    if buckets.len() > MANY {
        buckets.retain_recent();
    }
    buckets.check_key(&key).is_ok()
}
