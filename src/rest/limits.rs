//! How often a workspace may call the REST API.

use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::HeaderMap;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::id::WorkspaceId;
use crate::time::Time;

type Limiter = RateLimiter<
    WorkspaceId,
    DefaultKeyedStateStore<WorkspaceId>,
    DefaultClock,
    StateInformationMiddleware,
>;

/// How long a workspace that used up all its calls waits until it has all again, in milliseconds.
const REFILL: i64 = 10_000;

/// A bucket of calls for each workspace, which fills up again in ten seconds.
pub struct Limits {
    calls: NonZeroU32,
    limiter: Limiter,
}

/// What is left after a call, for the headers `X-RateLimit-*`.
#[derive(Debug, Clone, Copy)]
pub struct Left {
    /// Whether this call may go on.
    pub allowed: bool,
    limit: u32,
    remaining: u32,
}

impl Default for Limits {
    fn default() -> Self {
        const THOUSAND: NonZeroU32 = NonZeroU32::new(1_000).expect("a thousand is not zero");
        Self::new(THOUSAND)
    }
}

impl Limits {
    /// So many calls in ten seconds to each workspace: all at once if they like, and then one each time a part has filled up.
    pub fn new(calls: NonZeroU32) -> Self {
        let each = Duration::from_millis(REFILL as u64) / calls.get();
        // A period of zero, the only one refused, would need ten billion calls.
        let quota = Quota::with_period(each).unwrap_or(Quota::per_second(calls));
        let limiter = RateLimiter::keyed(quota.allow_burst(calls));
        Self { calls, limiter: limiter.with_middleware() }
    }

    /// Takes one call from a workspace's bucket, or says that there is none; one that is not allowed costs nothing.
    pub fn take(&self, workspace: WorkspaceId) -> Left {
        let limit = self.calls.get();
        match self.limiter.check_key(&workspace) {
            Ok(state) => Left { allowed: true, limit, remaining: state.remaining_burst_capacity() },
            Err(until) => {
                // Told so that a waiting caller comes back no earlier than there is a call for it.
                tracing::debug!(wait = ?until.wait_time_from(DefaultClock::default().now()), "rate limit");
                Left { allowed: false, limit, remaining: 0 }
            }
        }
    }
}

impl Left {
    /// Says it in headers: the limit, what remains of it, and the second at which all is there again.
    pub fn write(self, headers: &mut HeaderMap, now: Time) {
        let missing = i64::from(self.limit - self.remaining.min(self.limit));
        let wait = (missing * REFILL).div_euclid(i64::from(self.limit));
        let reset = now.plus(wait + 999).seconds();
        headers.insert("x-ratelimit-limit", self.limit.into());
        headers.insert("x-ratelimit-remaining", self.remaining.into());
        headers.insert("x-ratelimit-reset", reset.into());
        if !self.allowed {
            headers.insert("retry-after", 1.into());
        }
    }
}
