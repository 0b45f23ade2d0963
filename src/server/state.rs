//! What every request may use.

use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::{Notify, watch};

use crate::messenger;
use crate::rest::Limits;
use crate::server::clock::Clock;
use crate::server::db::Db;
use crate::server::flash::Flashes;
use crate::server::geo::Geo;
use crate::server::hub::Hub;
use crate::tracking::Queue;

/// The parts that live as long as the process.
pub struct AppState {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Who is told of changes.
    pub hub: Hub,
    /// Becomes true when the process is told to stop: sockets say goodbye.
    pub stopping: watch::Sender<bool>,
    /// What native forms wrote before they failed.
    pub flashes: Flashes,
    /// Whether the address is https, so that cookies are sent over it only.
    pub secure: bool,
    /// Where IP addresses are.
    pub geo: Geo,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    queue: OnceLock<Queue>,
    /// Where files are kept: uploads on their way.
    pub data_dir: std::path::PathBuf,
    /// Rung when a job was added.
    pub jobs_added: Arc<Notify>,
    /// Calls of the REST API, by workspace.
    pub api_limits: Limits,
    /// Calls of Messengers, by address and by person.
    pub messengers: messenger::Limits,
    /// Whether anyone may look at the sample shop with the Messenger of a workspace; else its teammates may.
    pub demo_site: bool,
    /// Attempts to sign in, by folded e-mail address: ten at once, then six a minute.
    pub sign_ins: DefaultKeyedRateLimiter<String>,
}

impl AppState {
    /// The state of a process that has just started.
    pub fn new(db: Db, clock: Clock, secure: bool) -> Self {
        const SIX: NonZeroU32 = NonZeroU32::new(6).expect("six is not zero");
        const TEN: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");
        let sign_ins = RateLimiter::keyed(Quota::per_minute(SIX).allow_burst(TEN));
        Self {
            db,
            clock,
            hub: Hub::default(),
            stopping: watch::Sender::new(false),
            flashes: Flashes::default(),
            secure,
            geo: Geo::default(),
            data_dir: "data".into(),
            jobs_added: Arc::new(Notify::new()),
            trusted_proxies: Vec::new(),
            queue: OnceLock::new(),
            api_limits: Limits::default(),
            messengers: messenger::Limits::default(),
            demo_site: false,
            sign_ins,
        }
    }

    /// The queue of tracking calls, started when it is first asked for.
    pub fn queue(self: &Arc<Self>) -> &Queue {
        self.queue.get_or_init(|| Queue::start(Arc::downgrade(self)))
    }
}
