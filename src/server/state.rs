//! What every request may use.

use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use object_store::ObjectStore;
use tokio::sync::{Notify, watch};

use crate::alerts::push::Push;
use crate::contacts::Pictures;
use crate::conversations::Counted;
use crate::id::TeammateId;
use crate::live;
use crate::messenger;
use crate::notes::rooms::Rooms;
use crate::outbound::{Bells, Loads};
use crate::rest::Limits;
use crate::segments::Watch;
use crate::server::buckets::bucket;
use crate::server::clock::Clock;
use crate::server::db::Db;
use crate::server::flash::Flashes;
use crate::server::geo::Geo;
use crate::server::hub::Hub;
use crate::server::mail::Mailer;
use crate::server::presence::Presence;
use crate::server::turns::Turns;
use crate::server::used::Used;
use crate::tracking::Queue;
use crate::webhooks::Sender;

/// The parts that live as long as the process.
pub struct AppState {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// Who is told of changes.
    pub hub: Hub,
    /// Who has which conversation open.
    pub presence: Presence,
    /// How many conversations each list has.
    pub counted: Counted,
    /// Who may make a page now.
    pub turns: Turns,
    /// How long those rest at least who look by themselves whether there is something to do. Nothing, but for who wants to see that they are
    /// rung for whenever there is.
    pub rest: Duration,
    /// How often sockets are told that the server is there, and their sessions looked at again.
    pub beat: Duration,
    /// The notes that are open to be written in.
    pub notes: Rooms,
    /// Becomes true when the process is told to stop: sockets say goodbye.
    pub stopping: watch::Sender<bool>,
    /// What native forms wrote before they failed.
    pub flashes: Flashes,
    /// Whether the address is https, so that cookies are sent over it only.
    pub secure: bool,
    /// The address that browsers use, without a slash at its end: where links in mails lead.
    pub public_url: String,
    /// What mail goes out by, if any does.
    pub mail: Option<Mailer>,
    /// What tells browsers in which no page is open.
    pub push: Push,
    /// What fetches the pictures of people.
    pub pictures: Pictures,
    /// What tells webhooks.
    pub webhooks: Sender,
    /// When sessions and keys were last used.
    pub used: Used,
    /// Where IP addresses are.
    pub geo: Geo,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    queue: OnceLock<Queue>,
    /// Where files are kept: uploads on their way, and what comes with messages.
    pub data_dir: std::path::PathBuf,
    files: OnceLock<Arc<dyn ObjectStore>>,
    /// The rules of segments.
    pub segments: Watch,
    /// Rung when a message has somebody to go to.
    pub outbound: Bells,
    /// Rung when a job was added.
    pub jobs_added: Arc<Notify>,
    /// Calls of the REST API, by workspace.
    pub api_limits: Limits,
    /// Calls of Messengers, by address and by person.
    pub messengers: messenger::Limits,
    /// What e-mails tell of being opened and clicked, by address and by e-mail.
    pub loads: Loads,
    /// Whether anyone may look at the sample shop with the Messenger of a workspace; else its teammates may.
    pub demo_site: bool,
    /// Attempts to sign in, by the hash of the folded e-mail address, and those to prove by a password who one is: ten at once, then
    /// six a minute.
    pub sign_ins: DefaultKeyedRateLimiter<String>,
    /// Codes tried at the second step of signing in: five at once, then one a minute.
    pub codes: DefaultKeyedRateLimiter<TeammateId>,
    /// Mails asked for by someone who is not signed in, by the hash of the folded address: three at once, then one in ten minutes.
    pub mails: DefaultKeyedRateLimiter<String>,
}

impl AppState {
    /// The state of a process that has just started.
    pub fn new(db: Db, clock: Clock, secure: bool) -> Self {
        const THREE: NonZeroU32 = NonZeroU32::new(3).expect("three is not zero");
        const SIX: NonZeroU32 = NonZeroU32::new(6).expect("six is not zero");
        // Six an hour are one in ten minutes.
        let mails = RateLimiter::keyed(Quota::per_hour(SIX).allow_burst(THREE));
        Self {
            db,
            clock,
            hub: Hub::default(),
            presence: Presence::default(),
            counted: Counted::default(),
            turns: Turns::default(),
            rest: Duration::ZERO,
            beat: Duration::from_millis(u64::from(live::BEAT)),
            notes: Rooms::default(),
            stopping: watch::Sender::new(false),
            flashes: Flashes::default(),
            secure,
            public_url: "http://127.0.0.1:3000".into(),
            mail: None,
            push: Push::default(),
            pictures: Pictures::default(),
            webhooks: Sender::default(),
            used: Used::default(),
            geo: Geo::default(),
            data_dir: "data".into(),
            files: OnceLock::new(),
            segments: Watch::default(),
            outbound: Bells::default(),
            jobs_added: Arc::new(Notify::new()),
            trusted_proxies: Vec::new(),
            queue: OnceLock::new(),
            api_limits: Limits::default(),
            messengers: messenger::Limits::default(),
            loads: Loads::default(),
            demo_site: false,
            sign_ins: bucket(10, 6),
            codes: bucket(5, 1),
            mails,
        }
    }

    /// Keeps the files that come with messages elsewhere than under the data folder; to be said before the first is asked for.
    pub fn keep_files_in(&self, store: Arc<dyn ObjectStore>) {
        // Where one is there already, files were asked for: it stays, or they would not be found.
        let _ = self.files.set(store);
    }

    /// Where the files that come with messages are, made when it is first asked for.
    ///
    /// # Errors
    /// [`Error::Internal`](crate::error::Error::Internal) when the folder cannot be made.
    pub fn files(&self) -> Result<&Arc<dyn ObjectStore>, crate::error::Error> {
        if let Some(store) = self.files.get() {
            return Ok(store);
        }
        let store = crate::attachments::store_of(&self.data_dir)?;
        Ok(self.files.get_or_init(|| store))
    }

    /// The queue of tracking calls, started when it is first asked for.
    pub fn queue(self: &Arc<Self>) -> &Queue {
        self.queue.get_or_init(|| Queue::start(Arc::downgrade(self)))
    }
}
