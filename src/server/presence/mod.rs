//! Who has which conversation open now: leases, held by open tabs, gone when they go and not before.
//!
//! They live in the memory of this process, as the hub's topics do. Where several processes work on one database each
//! tells the others of its tabs (see [`nodes`](crate::server::nodes)), whose leases end by themselves when it falls silent.

mod leases;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use self::leases::{Lease, Place, keep, lease, own, present, written};
use crate::live::{Colleague, FromServer, REPLYING};
use crate::server::hub::{Hub, Listener};
use crate::server::nodes::{self, Here, Word};
use crate::server::state::AppState;
use crate::time::Time;

/// How long a tab counts that is silent, in milliseconds. It speaks every 20 seconds.
pub const LEASE: i64 = 45_000;
/// How often leases that are over are looked for.
const SWEEP: Duration = Duration::from_secs(1);

/// Who is where.
#[derive(Default)]
pub struct Presence {
    places: Mutex<HashMap<Place, Vec<Lease>>>,
}

impl Presence {
    /// A tab has a conversation open, or still has it: who looks at it is told if that is news. The caller has checked
    /// that it is of the workspace.
    pub fn take(&self, hub: &Hub, place: Place, socket: u64, who: Colleague, now: Time) {
        let here = || Word::Here(written(place, socket, &who, None, now));
        if lease(&mut self.lock(), hub, place, (None, socket), &who, now.plus(LEASE)).1 {
            hub.nodes.say(here);
        }
    }

    /// A tab no longer has a conversation open.
    pub fn release(&self, hub: &Hub, place: Place, socket: u64) {
        if keep(&mut self.lock(), hub, place, |lease| lease.tab != (None, socket)) > 0 {
            hub.nodes.say(|| Word::Gone(place.0, place.1, socket));
        }
    }

    /// Ends the leases that were not renewed in time.
    pub fn sweep(&self, hub: &Hub, now: Time) {
        let mut places = self.lock();
        let over = |(place, leases): (&Place, &Vec<Lease>)| {
            leases.iter().any(|l| l.until <= now).then_some(*place)
        };
        let over: Vec<_> = places.iter().filter_map(over).collect();
        for place in over {
            for socket in own(&places, place).filter(|l| l.until <= now).map(|l| l.tab.1) {
                hub.nodes.say(|| Word::Gone(place.0, place.1, socket));
            }
            keep(&mut places, hub, place, |lease| lease.until > now);
        }
    }

    /// A tab that has a conversation open writes a reply in it, since this moment, or does no more.
    pub fn reply(&self, hub: &Hub, place: Place, socket: u64, since: Option<Time>) {
        let mut places = self.lock();
        let leases = places.get_mut(&place).map_or(&mut [][..], Vec::as_mut_slice);
        if let Some(mine) = leases.iter_mut().find(|l| l.tab == (None, socket)) {
            mine.replies = since.map(|now| now.plus(REPLYING.into()));
            let now = since.unwrap_or(Time(0));
            hub.nodes.say(|| Word::Here(written(place, socket, &mine.who, mine.replies, now)));
        }
    }

    /// Tells the other processes of every tab that is connected to this one.
    pub fn tell_all(&self, hub: &Hub, now: Time) {
        let places = self.lock();
        for place in places.keys() {
            for mine in own(&places, *place) {
                let here = || written(*place, mine.tab.1, &mine.who, mine.replies, now);
                hub.nodes.say(|| Word::Here(here()));
            }
        }
    }

    /// A tab that is connected to another process has a conversation open, or still has it.
    pub(crate) fn hear_here(&self, hub: &Hub, node: u64, here: Here, now: Time) {
        let Here { workspace, conversation, socket, who, replies } = here;
        let mut places = self.lock();
        let until = now.plus(nodes::HOLDS);
        let place = (workspace, conversation);
        let (theirs, _) = lease(&mut places, hub, place, (Some(node), socket), &who, until);
        if let Some(theirs) = theirs {
            theirs.replies = (replies > 0).then(|| now.plus(replies.min(REPLYING.into())));
        }
    }

    /// A tab that is connected to another process no longer has a conversation open.
    pub(crate) fn hear_gone(&self, hub: &Hub, node: u64, place: Place, socket: u64) {
        keep(&mut self.lock(), hub, place, |lease| lease.tab != (Some(node), socket));
    }

    /// Tells a tab that opens a conversation who has it open, and who is replying: that was said before it listened.
    pub fn introduce(&self, place: Place, listener: &Listener, now: Time) {
        self.greet(place, listener);
        let places = self.lock();
        let leases = places.get(&place).map_or(&[][..], Vec::as_slice);
        for lease in leases.iter().filter(|l| l.replies.is_some_and(|until| until > now)) {
            let (name, teammate) = (Some(lease.who.name.clone()), Some(lease.who.id));
            let conversation = place.1;
            let message =
                FromServer::Typing { conversation, name, teammate, note: false, over: false };
            let _ = listener.queue.try_send(message);
        }
    }

    /// Tells one tab who has a conversation open.
    pub fn greet(&self, place: Place, listener: &Listener) {
        let places = self.lock();
        let who = present(places.get(&place).map_or(&[], Vec::as_slice));
        let message = FromServer::Present { conversation: place.1, who };
        // A full queue closes the socket soon, and the next one is told.
        let _ = listener.queue.try_send(message);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Place, Vec<Lease>>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends leases that are over, for as long as the process runs.
pub async fn watch(app: Weak<AppState>) {
    let mut beat = tokio::time::interval(SWEEP);
    loop {
        beat.tick().await;
        let Some(app): Option<Arc<AppState>> = app.upgrade() else { return };
        if *app.stopping.borrow() {
            return;
        }
        app.presence.sweep(&app.hub, app.clock.now());
    }
}
