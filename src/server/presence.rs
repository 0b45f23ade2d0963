//! Who has which conversation open now: leases, held by open tabs, gone when they go and not before.
//!
//! They live in the memory of this process, as the hub's topics do. Several processes would each know their own tabs
//! only, until hints and leases travel between them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use crate::id::{ConversationId, WorkspaceId};
use crate::live::{Colleague, FromServer, REPLYING, Topic};
use crate::server::hub::{Hub, Listener};
use crate::server::state::AppState;
use crate::time::Time;

/// How long a tab counts that is silent, in milliseconds. It speaks every 20 seconds.
pub const LEASE: i64 = 45_000;
/// How often leases that are over are looked for.
const SWEEP: Duration = Duration::from_secs(1);

/// A tab that has a conversation open.
struct Lease {
    socket: u64,
    who: Colleague,
    until: Time,
    /// Until when they count as replying.
    replies: Option<Time>,
}

/// A conversation in its workspace.
type Place = (WorkspaceId, ConversationId);

/// Who is where.
#[derive(Default)]
pub struct Presence {
    places: Mutex<HashMap<Place, Vec<Lease>>>,
}

impl Presence {
    /// A tab has a conversation open, or still has it: who looks at it is told if that is news. The caller has checked
    /// that it is of the workspace.
    pub fn take(&self, hub: &Hub, place: Place, socket: u64, who: Colleague, now: Time) {
        let mut places = self.lock();
        let leases = places.entry(place).or_default();
        let until = now.plus(LEASE);
        if let Some(mine) = leases.iter_mut().find(|l| l.socket == socket) {
            mine.until = until;
            return;
        }
        let new = leases.iter().all(|l| l.who.id != who.id);
        leases.push(Lease { socket, who, until, replies: None });
        if new {
            tell(hub, place, leases);
        }
    }

    /// A tab no longer has a conversation open.
    pub fn release(&self, hub: &Hub, place: Place, socket: u64) {
        keep(&mut self.lock(), hub, place, |lease| lease.socket != socket);
    }

    /// Ends the leases that were not renewed in time.
    pub fn sweep(&self, hub: &Hub, now: Time) {
        let mut places = self.lock();
        let over = |(place, leases): (&Place, &Vec<Lease>)| {
            leases.iter().any(|l| l.until <= now).then_some(*place)
        };
        let over: Vec<_> = places.iter().filter_map(over).collect();
        for place in over {
            keep(&mut places, hub, place, |lease| lease.until > now);
        }
    }

    /// A tab that has a conversation open writes a reply in it, or does no more.
    pub fn reply(&self, place: Place, socket: u64, now: Option<Time>) {
        let mut places = self.lock();
        let leases = places.get_mut(&place).map_or(&mut [][..], Vec::as_mut_slice);
        if let Some(mine) = leases.iter_mut().find(|l| l.socket == socket) {
            mine.replies = now.map(|now| now.plus(REPLYING.into()));
        }
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

fn keep(
    places: &mut HashMap<Place, Vec<Lease>>,
    hub: &Hub,
    place: Place,
    stays: impl Fn(&Lease) -> bool,
) {
    let Some(leases) = places.get_mut(&place) else { return };
    let before = present(leases).len();
    leases.retain(stays);
    // Another tab of the same teammate keeps them here.
    if present(leases).len() != before {
        tell(hub, place, leases);
    }
    if leases.is_empty() {
        places.remove(&place);
    }
}

/// Each teammate once, whoever came first before the others.
fn present(leases: &[Lease]) -> Vec<Colleague> {
    let mut all: Vec<Colleague> = Vec::new();
    for lease in leases {
        if all.iter().all(|c| c.id != lease.who.id) {
            all.push(lease.who.clone());
        }
    }
    all
}

/// Said while the leases are locked, so that what is told last is what holds.
fn tell(hub: &Hub, (workspace, conversation): Place, leases: &[Lease]) {
    let message = FromServer::Present { conversation, who: present(leases) };
    hub.say(workspace, Topic::Conversation(conversation), &message);
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::{Notify, mpsc};

    use super::{LEASE, Place, Presence};
    use crate::id::{ConversationId, TeammateId, WorkspaceId};
    use crate::live::{self, Colleague, FromServer, Topic};
    use crate::server::hub::{Hub, Listener};
    use crate::time::Time;

    const REPLY: i64 = live::REPLYING as i64;
    const HERE: Place = (WorkspaceId(1), ConversationId(7));

    fn who(id: i64) -> Colleague {
        Colleague { id: TeammateId(id), name: format!("Teammate {id}") }
    }

    fn listener(hub: &Hub) -> (Listener, mpsc::Receiver<FromServer>) {
        let (queue, hears) = mpsc::channel(8);
        let listener = Listener { socket: 99, queue, overrun: Arc::new(Notify::new()) };
        hub.subscribe(HERE.0, Topic::Conversation(HERE.1), listener.clone());
        (listener, hears)
    }

    fn heard(hears: &mut mpsc::Receiver<FromServer>) -> Option<Vec<i64>> {
        match hears.try_recv() {
            Ok(FromServer::Present { who, .. }) => Some(who.iter().map(|c| c.id.0).collect()),
            _ => None,
        }
    }

    #[test]
    fn two_tabs_count_once_and_until_both_are_gone() {
        let (hub, presence) = (Hub::default(), Presence::default());
        let (_listener, mut hears) = listener(&hub);
        presence.take(&hub, HERE, 1, who(5), Time(0));
        assert_eq!(heard(&mut hears), Some(vec![5]));
        presence.take(&hub, HERE, 2, who(5), Time(0));
        presence.release(&hub, HERE, 1);
        assert_eq!(heard(&mut hears), None, "the other tab is still there");
        presence.take(&hub, HERE, 3, who(6), Time(0));
        assert_eq!(heard(&mut hears), Some(vec![5, 6]));
        presence.release(&hub, HERE, 2);
        assert_eq!(heard(&mut hears), Some(vec![6]));
        presence.release(&hub, HERE, 2);
        assert_eq!(heard(&mut hears), None, "who is gone cannot go");
    }

    #[test]
    fn a_lease_holds_to_its_end_and_a_renewed_one_longer() {
        let (hub, presence) = (Hub::default(), Presence::default());
        let (listener, mut hears) = listener(&hub);
        presence.take(&hub, HERE, 1, who(5), Time(0));
        presence.take(&hub, HERE, 2, who(6), Time(0));
        presence.take(&hub, HERE, 2, who(6), Time(20_000));
        while heard(&mut hears).is_some() {}
        presence.sweep(&hub, Time(LEASE - 1));
        assert_eq!(heard(&mut hears), None);
        presence.sweep(&hub, Time(LEASE));
        assert_eq!(heard(&mut hears), Some(vec![6]));
        presence.greet(HERE, &listener);
        assert_eq!(heard(&mut hears), Some(vec![6]));
        presence.sweep(&hub, Time(20_000 + LEASE));
        assert_eq!(heard(&mut hears), Some(vec![]));
        assert!(presence.lock().is_empty(), "nothing is left of them");
    }

    #[test]
    fn who_comes_later_hears_of_a_reply_until_it_is_over() {
        let (hub, presence) = (Hub::default(), Presence::default());
        let (listener, mut hears) = listener(&hub);
        presence.take(&hub, HERE, 1, who(5), Time(0));
        let mut hears_of_reply = |now| {
            while hears.try_recv().is_ok() {}
            presence.introduce(HERE, &listener, Time(now));
            assert_eq!(heard(&mut hears), Some(vec![5]));
            matches!(hears.try_recv(), Ok(FromServer::Typing { teammate: Some(TeammateId(5)), .. }))
        };
        assert!(!hears_of_reply(0));
        presence.reply(HERE, 1, Some(Time(0)));
        assert!(hears_of_reply(REPLY - 1));
        assert!(!hears_of_reply(REPLY), "they stopped");
        presence.reply(HERE, 1, Some(Time(REPLY)));
        assert!(hears_of_reply(REPLY));
        presence.reply(HERE, 1, None);
        assert!(!hears_of_reply(REPLY), "it was sent");
    }

    #[test]
    fn another_workspace_with_the_same_number_hears_nothing() {
        let (hub, presence) = (Hub::default(), Presence::default());
        let (_listener, mut hears) = listener(&hub);
        presence.take(&hub, (WorkspaceId(2), HERE.1), 1, who(5), Time(0));
        assert_eq!(heard(&mut hears), None);
    }
}
